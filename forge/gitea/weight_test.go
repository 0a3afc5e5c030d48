package gitea_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	ft "github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/model"
)

// What people write may be long. Of it no more is kept than is stated.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	review := fmt.Sprintf(`{"id":1,"body":"  %[1]s ","state":"%[1]s","commit_id":"%[1]s","user":{"id":3,"login":"%[1]s"},"team":{"name":"%[1]s"}}`, long)
	event := fmt.Sprintf(`{"id":1,"type":"%%s","body":"%[1]s","user":{"id":3,"login":"%[1]s"},"created_at":"2026-03-02T01:00:00Z"},`, long)
	timeline := "[" + strings.Repeat(fmt.Sprintf(event, "comment"), 11) + fmt.Sprintf(event, "label") + fmt.Sprintf(event, "commit_ref") + fmt.Sprintf(event, long) +
		strings.TrimSuffix(strings.Replace(fmt.Sprintf(event, "close"), `"body":"`+long, `"body":"`, 1), ",") + "]"
	kept, err := gitea.Kept("["+review+"]", timeline)
	require.NoError(t, err)
	assert.Less(t, len(kept), 10_000)
	assert.Contains(t, kept, `"body":1048576`)
	assert.Equal(t, 10, strings.Count(kept, `"type":"comment"`), "the first ten are looked at")
	assert.Equal(t, 1, strings.Count(kept, `"type":"close"`))
	assert.Equal(t, 11, strings.Count(kept, `"type"`), "and nothing else that is neither label nor closing")
}

// The first ten comments are looked at on however many pages they are, and texts are told by
// their lengths.
func TestManyComments(t *testing.T) {
	p := small()
	p.Changes[0].Reviews, p.Issues[0].Comments = nil, nil
	for n := range 30 {
		when := at(1).Add(time.Duration(n) * time.Minute)
		p.Changes[0].Reviews = append(p.Changes[0].Reviews, ft.Review{Author: cyd, State: "COMMENTED", Submitted: when, Body: strings.Repeat("ü", 3000)})
		p.Issues[0].Comments = append(p.Issues[0].Comments, ft.Comment{Author: ft.Account{Login: fmt.Sprint("p", n), ID: int64(100 + n)}, At: when, Body: "+1"})
	}
	d := newDesk(t, p)
	d.server.MaxItems = 4
	text := d.mine()
	assert.Equal(t, 30, strings.Count(text, `"length":3000`))
	assert.Equal(t, 10, strings.Count(text, `"role":"responder"`))
	assert.Contains(t, text, `"login":"p9"`)
}

// Of the commands to a robot the last hundred are stated, and of a name the beginning.
func TestManyCommands(t *testing.T) {
	p := small()
	p.Changes[1].Comments = nil
	for n := range 150 {
		p.Changes[1].Comments = append(p.Changes[1].Comments, ft.Comment{Author: cyd, At: at(1).Add(time.Duration(n) * time.Second), Body: "/merge"})
	}
	p.Changes[1].Comments = append(p.Changes[1].Comments, ft.Comment{Author: ft.Account{Login: strings.Repeat("ü", 200), ID: 5}, At: at(2), Body: "bors r=" + strings.Repeat("y", 1000)})
	d := newDesk(t, p)
	var first *model.Contribution
	commands := 0
	for r, err := range model.ReadRecords(strings.NewReader(d.mine())) {
		assert.NoError(t, err)
		if c := r.Contribution; c != nil && c.Role == model.Commander {
			if first == nil {
				first = c
			}
			if commands++; commands == 100 {
				assert.Equal(t, strings.Repeat("ü", 127), c.Actor.Login)
				assert.Equal(t, "bors r="+strings.Repeat("y", 248), c.Verb)
			}
		}
	}
	assert.Equal(t, 100, commands)
	assert.Equal(t, at(1).Add(51*time.Second), first.At)
}

// A server that puts on a page what it likes, and always has another one, is not followed
// for long.
func TestItemsWithoutEnd(t *testing.T) {
	t.Parallel()
	many := func(item string) string { return "[" + strings.TrimSuffix(strings.Repeat(item+",", 1000), ",") + "]" }
	for path, test := range map[string]struct {
		item, reason string
		kind         model.Kind
		most         int
	}{
		"/repos/karst/cave/pulls/1/reviews":   {`{"id":%d,"state":"COMMENT","submitted_at":"2026-03-02T01:00:00Z"}`, "more than 5000 reviews", model.ReviewFacts, 6},
		"/repos/karst/cave/issues/7/timeline": {`{"id":1,"type":"label","body":"1","created_at":"2026-03-02T01:00:00Z"}`, "more than 10000 entries", model.IssueFacts, 11},
	} {
		d := newDesk(t, small())
		asked := 0
		d.server.OnRequest(func(r fake.Request) *fake.Fault {
			if r.Path != path {
				return nil
			}
			asked++
			return &fake.Fault{Status: 200, Body: strings.ReplaceAll(many(test.item), "%d", fmt.Sprint(asked))}
		})
		c := coverage(t, d.mine())[test.kind]
		assert.Equal(t, model.Partial, c.State, c.Reason)
		assert.Contains(t, c.Reason, test.reason)
		assert.NoError(t, d.gap, "the others are read")
		assert.Equal(t, test.most, asked)
	}
}
