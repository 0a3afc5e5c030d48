package gitlab

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Each case is a conversation on a change by "ada" that was merged at 100 minutes: time in
// minutes, who, and what; the system's words begin with "*", a comment on a line with "+".
func TestReviews(t *testing.T) {
	for name, c := range map[string]struct {
		notes []string
		want  []string
	}{
		"words alone": {[]string{"1 bob hello", "2 bob again"}, nil},
		"words within a minute belong together": {[]string{"1 bob one", "2 bob three", "3 bob *approved this merge request", "4 bob more", "5.5 bob apart"},
			[]string{"bob 3 approved 12 0"}},
		"words that are apart do not":      {[]string{"1 bob one", "2.5 bob *approved this merge request", "3.6 bob no"}, []string{"bob 2.5 approved 0 0"}},
		"lines without a verdict":          {[]string{"1 bob +a", "2 bob +b", "2 bob why", "5 bob +c"}, []string{"bob 2 commented 3 2", "bob 5 commented 0 1"}},
		"two people at once":               {[]string{"1 bob +a", "1 cyd +a", "1.5 bob *approved this merge request"}, []string{"cyd 1 commented 0 1", "bob 1.5 approved 0 1"}},
		"two verdicts within a minute":     {[]string{"1 bob *requested changes", "1.5 bob *approved this merge request"}, []string{"bob 1 changes-requested 0 0", "bob 1.5 approved 0 0"}},
		"taken back":                       {[]string{"1 bob *approved this merge request", "9 bob *unapproved this merge request"}, []string{"bob 1 dismissed 0 0"}},
		"given again":                      {[]string{"1 bob *approved this merge request", "9 bob *unapproved this merge request", "20 bob *approved this merge request"}, []string{"bob 1 dismissed 0 0", "bob 20 approved 0 0"}},
		"taken back by another":            {[]string{"1 bob *approved this merge request", "9 cyd *unapproved this merge request"}, []string{"bob 1 approved 0 0"}},
		"taken back after the merge":       {[]string{"1 bob *approved this merge request", "109 bob *unapproved this merge request"}, []string{"bob 1 approved 0 0"}},
		"asked again":                      {[]string{"1 bob *approved this merge request", "9 ada *requested review from @bob and removed approval"}, []string{"bob 1 dismissed 0 0"}},
		"asked with somebody else":         {[]string{"1 bob *approved this merge request", "9 ada *requested review from @cyd and removed review request for @bob"}, []string{"bob 1 approved 0 0"}},
		"noted twice":                      {[]string{"1 bob *approved this merge request", "1.5 bob *approved this merge request", "1.6 bob words"}, []string{"bob 1 approved 5 0"}},
		"noted twice, far apart":           {[]string{"1 bob *approved this merge request", "3 bob *approved this merge request"}, []string{"bob 1 approved 0 0", "bob 3 approved 0 0"}},
		"given anew within a minute":       {[]string{"1 bob *approved this merge request", "1.2 bob *unapproved this merge request", "1.5 bob *approved this merge request"}, []string{"bob 1 dismissed 0 0", "bob 1.5 approved 0 0"}},
		"noted after the merge":            {[]string{"104 bob *approved this merge request", "105.1 cyd *approved this merge request"}, []string{"bob 100 approved 0 0", "cyd 105.1 approved 0 0"}},
		"noted before and after the merge": {[]string{"99.8 bob *approved this merge request", "100.3 bob *approved this merge request"}, []string{"bob 99.8 approved 0 0"}},
		"changes wanted after the merge":   {[]string{"101 bob *requested changes"}, []string{"bob 101 changes-requested 0 0"}},
		"reset by a push": {[]string{"1 bob *approved this merge request", "2 cyd *approved this merge request", "3 dot *approved this merge request", "9 ada *reset approvals from @bob and @cyd by pushing to the branch"},
			[]string{"bob 1 dismissed 0 0", "cyd 2 dismissed 0 0", "dot 3 approved 0 0"}},
		"reset after the merge":            {[]string{"1 bob *approved this merge request", "109 ada *reset approvals from @bob by pushing to the branch"}, []string{"bob 1 approved 0 0"}},
		"pushed to":                        {[]string{"1 bob *approved this merge request", "9 ada *added 3 commits\n\n<ul>", "10 cyd *approved this merge request"}, []string{"bob 1 approved 0 0 stale", "cyd 10 approved 0 0"}},
		"pushed to after the merge":        {[]string{"1 bob *approved this merge request", "109 ada *added 1 commit"}, []string{"bob 1 approved 0 0"}},
		"somebody says that it was pushed": {[]string{"1 bob *approved this merge request", "9 ada added 3 commits"}, []string{"bob 1 approved 0 0"}},
		"somebody says the words":          {[]string{"1 bob approved this merge request"}, nil},
		"the author's own":                 {[]string{"1 ada +a", "1 ada b", "2 ada *approved this merge request"}, []string{"ada 2 approved 0 0"}},
		"nobody":                           {[]string{"1 - +a", "2 - +b", "3 - *approved this merge request"}, []string{" 3 approved 0 2"}},
		"in any order":                     {[]string{"9 bob *unapproved this merge request", "1 bob *approved this merge request"}, []string{"bob 1 dismissed 0 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &listing{host: &host{name: "x"}}
			ch := &change{author: person("ada"), merged: minutes("100")}
			for n, text := range c.notes {
				parts := strings.SplitN(text, " ", 3)
				at := minutes(parts[0])
				note := &note{ID: number(n + 1), REST: &at, Author: person(parts[1]), Body: strings.TrimLeft(parts[2], "*+"), System: parts[2][0] == '*'}
				note.length = len(note.Body)
				if parts[2][0] == '+' {
					note.Type = "DiffNote"
				}
				ch.notes = append(ch.notes, note)
			}
			var got []string
			for _, r := range l.reviews(ch, inOrder(ch.notes)) {
				line := fmt.Sprintf("%s %v %s %d %d", r.who.Login, r.at.Sub(time.Unix(0, 0)).Minutes(), r.out.State, r.out.Length, r.out.Inline)
				if r.verdict == "approved" {
					assert.Equal(t, "approved", r.out.Said)
				}
				if r.out.Stale {
					line += " stale"
				}
				got = append(got, line)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func person(name string) *user {
	if name == "-" {
		return nil
	}
	return &user{ID: number(name[0]), Username: name}
}

func minutes(text string) time.Time {
	var n float64
	fmt.Sscan(text, &n)
	return time.Unix(int64(n*60), 0).UTC()
}

func TestRequestedAndAssigned(t *testing.T) {
	for text, want := range map[string][]string{
		"requested review from @bob":                                               {"bob"},
		"requested review from @a.b, @c-d, and @e_f":                               {"a.b", "c-d", "e_f"},
		"requested review from @bob and @cyd and removed review request for @dot.": {"bob", "cyd"},
		"requested review from @bob and removed approval":                          {"bob"},
		"removed review request for @bob":                                          nil,
		"requested review":                                                         nil,
	} {
		assert.Equal(t, want, requested(&note{System: true, Body: text}), text)
		assert.Empty(t, requested(&note{Body: text}), "somebody's words")
	}
	system := func(bodies ...string) (list []*note) {
		for _, b := range bodies {
			list = append(list, &note{System: true, Body: b})
		}
		return list
	}
	for want, bodies := range map[int][]string{
		1: {"assigned to @marge and @bob"}, 2: {"assigned to @marge", "assigned to @Marge additionally to @bob"},
		0: {"assigned to @marge-bot", "assigned to @marge", "assigned to @bob and unassigned @marge"},
	} {
		assert.Len(t, assigned(system(bodies...), "marge"), want, "%q", bodies)
	}
	assert.Empty(t, assigned([]*note{{Body: "assigned to @marge"}}, "marge"), "somebody's words")
}

// GitLab's own robots have names of their own.
func TestRobots(t *testing.T) {
	for name, is := range map[string]bool{
		"project_7_bot": true, "project_7_bot1": true, "project_7_bot_0a1b2c": true, "group_12_bot_ff": true, "service_account_0a1b": true,
		"service_account_group_7_0a1b": true, "project_bot": false, "abbot": false, "my_project_7_bot": false, "project_7_bottle": false,
	} {
		l := &listing{host: &host{name: "x"}}
		assert.Equal(t, is, l.identity(&user{ID: 1, Username: name}).Type == "bot", name)
	}
}
