package score_test

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// diary writes the records of what accounts do, each commit in a row as a source does.
type diary struct {
	rows [][]model.Record
	n    int
}

// entry is one commit. Absent fields: committed by the author, at once.
type entry struct {
	by, taker string
	at        time.Time
	late      time.Duration // from author to committer
	subject   string
	merge     bool
	repo      string
	name      string // absent: a number
}

func (d *diary) commit(e entry) {
	d.n++
	if e.name == "" {
		e.name = fmt.Sprint("d", d.n)
	}
	if e.taker == "" {
		e.taker = e.by
	}
	c := &model.Commit{Parents: []string{sha("a")}, Subject: e.subject, Authored: e.at, Committed: e.at.Add(e.late)}
	if e.merge {
		c.Parents = append(c.Parents, sha("b"))
	}
	var row []model.Record
	for role, who := range map[model.Role]string{model.Author: e.by, model.Committer: e.taker, model.Signer: e.by} {
		row = append(row, model.Record{Project: "p", Repository: e.repo, Contribution: &model.Contribution{
			Artifact: commitOf(e.name), Role: role, Actor: identity(who), At: e.at.Add(e.late), Commit: c}})
	}
	d.rows = append(d.rows, row)
}

func (d *diary) forge(role model.Role, who model.Identity, opened, at time.Time) {
	d.n++
	d.rows = append(d.rows, []model.Record{{Project: "p", Contribution: &model.Contribution{
		Artifact: model.NewArtifact(model.IssueArtifact, fmt.Sprint(d.n)), Role: role, Actor: who, At: at, Issue: &model.Issue{Opened: opened}}}})
}

func (d *diary) records(err error) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, r := range slices.Concat(d.rows...) {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(model.Record{}, err)
		}
	}
}

// suggested writes who is suspected, and the signs that are hints (~) or plain.
func suggested(t *testing.T, d *diary, settled func(model.Identity, time.Time) bool) map[string]string {
	t.Helper()
	list, err := score.SuggestBots(d.records(nil), settled)
	require.NoError(t, err)
	got := map[string]string{}
	for _, s := range list {
		text := s.Doing
		for _, m := range s.Measured {
			switch m.Strength {
			case score.Hint:
				text += " ~" + m.Sign
			case score.Alone:
				text += " " + m.Sign
			}
		}
		got[s.Identity] = text
	}
	return got
}

// office returns the n-th moment at which somebody in an office works: five a day from
// nine to five, none on weekends.
func office(n int) time.Time {
	day := n / 5
	return time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC).AddDate(0, 0, day/5*7+day%5).
		Add(time.Duration(n%5)*97*time.Minute + time.Duration(n*n*7919%3600)*time.Second)
}

func words(n int) string {
	return []string{"Mend", "Add", "Drop", "Move", "Test", "Split", "Name"}[n%7] + " the " +
		[]string{"parser", "printer", "cache", "index", "store"}[n/7%5] + " of " + string(rune('a'+n/35%26)) + string(rune('a'+n/910%26))
}

const (
	nightly = "Nightly Build <nightly@karst.example>"
	porter  = "Porter <porter@karst.example>"
	traffic = "Traffic <traffic@karst.example>"
)

func TestSuggestBots(t *testing.T) {
	begin := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	responder := model.Identity{Account: "github:77", Login: "greeter", Type: model.UserAccount}
	for _, c := range []struct {
		name string
		tell func(d *diary)
		want map[string]string
	}{
		{"people are not suspected", func(d *diary) {
			for n := range 400 {
				d.commit(entry{by: ada, at: office(n), subject: words(n)})
				d.commit(entry{by: mia, at: office(n).Add(5 * time.Hour), late: time.Duration(n) * time.Minute, subject: words(n), taker: zoe})
			}
		}, map[string]string{}},
		{"who says the same again and again is", func(d *diary) {
			for n := range 30 {
				d.commit(entry{by: porter, at: office(n), subject: fmt.Sprintf(`Update %d files of "part %s" to v1.%d.0`, n, words(n), n)})
			}
		}, map[string]string{"mail:porter@karst.example": "writing repeats"}},
		{"but not after 29 acts", func(d *diary) {
			for n := range 29 {
				d.commit(entry{by: porter, at: begin.AddDate(0, 0, n), subject: "Update"})
			}
		}, map[string]string{}},
		{"nor where only merges say the same, as forges write them", func(d *diary) {
			for n := range 60 {
				d.commit(entry{by: gus, at: office(n), subject: fmt.Sprintf("Merge branch '%s' into 'main'", words(n)), merge: true})
			}
		}, map[string]string{}},
		{"unless that comes at all hours too", func(d *diary) {
			for n := range 120 {
				d.commit(entry{by: traffic, at: office(n).Add(time.Duration(n) * time.Hour), subject: fmt.Sprintf("Merge branch '%s' into 'main'", words(n)), merge: true})
			}
		}, map[string]string{"mail:traffic@karst.example": "writing ~repeated-merges ~night"}},
		{"and not in the hours around midnight alone", func(d *diary) {
			for n := range 126 {
				d.commit(entry{by: traffic, at: office(n).Truncate(24 * time.Hour).Add(time.Duration(3+n%18)*time.Hour + time.Duration(n*n*7919%59)*time.Minute), subject: fmt.Sprintf("Merge branch '%s' into 'main'", words(n)), merge: true})
			}
		}, map[string]string{}},
		{"who comes at the same time of the day", func(d *diary) {
			for n := range 30 {
				d.commit(entry{by: porter, at: begin.AddDate(0, 0, n*(n+1)).Add(3*time.Hour + time.Duration(n*37%20)*time.Minute), subject: words(n)})
			}
		}, map[string]string{"mail:porter@karst.example": "writing clock"}},
		{"also around midnight", func(d *diary) {
			for n := range 30 {
				d.commit(entry{by: porter, at: begin.AddDate(0, 0, n*(n+1)).Add(time.Duration(n*37%18-9) * time.Minute), subject: words(n)})
			}
		}, map[string]string{"mail:porter@karst.example": "writing clock"}},
		{"whose acts are as far apart", func(d *diary) {
			for n := range 60 {
				d.commit(entry{by: porter, at: begin.Add(time.Duration(n)*7*time.Hour + time.Duration(n*n*7%29)*time.Second), subject: words(n)})
			}
		}, map[string]string{"mail:porter@karst.example": "writing interval"}},
		{"who never sleeps, with many acts", func(d *diary) {
			for n := range 520 {
				d.commit(entry{by: porter, at: begin.Add(time.Duration(n)*5*time.Hour + time.Duration(n*n%97)*time.Minute), subject: words(n)})
			}
		}, map[string]string{"mail:porter@karst.example": "writing ~night round-the-clock ~weekdays"}},
		{"who is called a machine, in a hurry", func(d *diary) {
			for n := range 500 {
				d.commit(entry{by: nightly, at: office(n / 50 * 5).Add(time.Duration(n%50) * 23 * time.Second), subject: words(n)})
			}
		}, map[string]string{"mail:nightly@karst.example": "writing ~pace ~name"}},
		{"who answers at once", func(d *diary) {
			for n := range 40 {
				d.forge(model.Responder, responder, office(n), office(n).Add(30*time.Second))
				d.forge(model.Responder, model.Identity{Account: "github:78"}, office(n), office(n).Add(30*time.Minute))
			}
		}, map[string]string{"github:77": "answering prompt"}},
		{"an organisation answers for many, and no answer precedes its question", func(d *diary) {
			for n := range 40 {
				d.forge(model.Responder, model.Identity{Account: "github:79", Type: model.OrganizationAccount}, office(n), office(n))
				d.forge(model.Responder, model.Identity{Account: "github:80"}, office(n), office(n).Add(-time.Minute))
			}
		}, map[string]string{}},
		{"a history in two repositories is one", func(d *diary) {
			for n := range 200 {
				for _, repo := range []string{"r", "fork"} {
					d.commit(entry{by: ada, at: office(n), subject: words(n), repo: repo, name: fmt.Sprint("same", n)})
				}
			}
		}, map[string]string{}},
		{"who takes one's own work does one thing", func(d *diary) {
			for n := range 29 {
				d.commit(entry{by: porter, at: office(n), late: time.Hour, subject: "Update"})
			}
		}, map[string]string{}},
		{"what others wrote says nothing of who takes it", func(d *diary) {
			for n := range 40 {
				d.commit(entry{by: porter, taker: gus, at: office(n), subject: "Update"})
			}
		}, map[string]string{"mail:porter@karst.example": "writing repeats"}},
		{"an address that no document could state is passed over", func(d *diary) {
			for n := range 40 {
				d.commit(entry{by: "Porter <porter>", at: office(n), subject: "Update"})
			}
		}, map[string]string{}},
		{"a private address is the account", func(d *diary) {
			for n := range 40 {
				d.commit(entry{by: "Porter <99+Porter@users.noreply.github.com>", at: office(n), subject: "Update"})
			}
		}, map[string]string{"github:99": "writing repeats"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d diary
			c.tell(&d)
			assert.Equal(t, c.want, suggested(t, &d, nil))
		})
	}
}

// Whom the list, the document or a roster knows is not suggested again, nor who was
// found to be a person.
func TestSuggestWhoIsNotSettled(t *testing.T) {
	var d diary
	for n := range 40 {
		for _, who := range []string{porter, traffic, nightly, "Zuul <zuul@x.example>"} {
			d.commit(entry{by: who, at: office(n), subject: "Update"})
		}
	}
	assert.Len(t, suggested(t, &d, nil), 4)
	doc := &model.Tender{Bots: model.Bots{Add: []string{"mail:porter@karst.example"}, Exempt: []string{"mail:traffic@karst.example"}}}
	assert.Equal(t, map[string]string{"mail:nightly@karst.example": "writing repeats ~name"}, suggested(t, &d, score.Settled(doc)))
}

// What is kept of an account is bounded: the newest acts, whatever order they come in.
func TestSuggestionsDependOnNoOrder(t *testing.T) {
	var d diary
	for n := range 10_000 {
		subject := "Update"
		if n >= 9_000 {
			subject = words(n) // of late it does other things as well
		}
		d.commit(entry{by: fmt.Sprintf("Porter %d <porter@karst.example>", n/5_000), at: office(n), subject: subject})
	}
	for n := range 50 {
		d.commit(entry{by: traffic, at: office(n), subject: "Update"})
		d.commit(entry{by: nightly, at: office(n), subject: "Update"})
	}
	want, err := score.SuggestBots(d.records(nil), nil)
	require.NoError(t, err)
	require.Len(t, want, 3)
	assert.Equal(t, "mail:nightly@karst.example", want[0].Identity, "a plain sign and a hint")
	p := want[2]
	if want[1].Identity == "mail:porter@karst.example" {
		p = want[1]
	}
	assert.Equal(t, "Porter 1", p.Name)
	assert.Equal(t, 4096, p.Acts)
	assert.Equal(t, office(10_000-4096), p.First)
	assert.Equal(t, office(9_999), p.Last)
	r := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		r.Shuffle(len(d.rows), func(i, j int) { d.rows[i], d.rows[j] = d.rows[j], d.rows[i] })
		got, err := score.SuggestBots(d.records(nil), nil)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestSuggestingFails(t *testing.T) {
	broken := errors.New("broken")
	_, err := score.SuggestBots((&diary{}).records(broken), nil)
	assert.ErrorIs(t, err, broken)
	none, err := score.SuggestBots((&diary{}).records(nil), nil)
	assert.NoError(t, err)
	assert.Empty(t, none)
}

// Each sign can be read on its own.
func TestBotSigns(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range score.BotSigns() {
		assert.NotEmpty(t, s.Doc)
		assert.NotEmpty(t, s.Source)
		assert.False(t, seen[s.Name], s.Name)
		seen[s.Name] = true
		if s.Hint > 0 && s.Alone > 0 {
			assert.Less(t, s.Hint, s.Alone, s.Name)
		}
	}
}
