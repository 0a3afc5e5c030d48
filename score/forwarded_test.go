package score_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestFastForwardedChanges(t *testing.T) {
	push := func(s *story, by string, commits int) {
		for range commits {
			s.commit(act{by: by, at: fmt.Sprintf("2026-01-05T00:%02d:00Z", s.n)})
		}
	}
	forward := func(n int, by, head, start string) merged {
		return merged{n: n, by: by, at: fmt.Sprintf("2026-01-%02d", 5+n), head: head, start: start, merger: "mia"}
	}
	runCases(t, newForgeStory, rostered, []judged{
		{"one after the other, each its own", func(s *story, _ *model.Tender) {
			push(s, ada, 2)
			push(s, gus, 2)
			push(s, zoe, 1)
			s.change(forward(1, "ada", "c2", "root"))
			s.change(forward(2, "gus", "c4", "c2"))
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "1 merger": "integration " + one,
			"c3 author": "changes " + one, "c4 author": "unit+", "2 merger": "integration " + one, "c5 author": "changes " + one}},
		{"its authors share it", func(s *story, _ *model.Tender) {
			push(s, ada, 1)
			push(s, gus, 1)
			s.change(forward(1, "ada", "c2", "root"))
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 500000"}},
		{"what came in with an earlier change stays with it, and so does what that one followed", func(s *story, _ *model.Tender) {
			push(s, gus, 2)
			push(s, ada, 2)
			s.change(merged{n: 1, by: "gus", at: "2026-01-06", became: "c2", merger: "mia"}) // no word of its beginning
			s.change(forward(2, "ada", "c4", "root"))                                        // made on the first one before that was merged
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "c4 author": "unit+"}},
		{"stacked and merged at once: the first one merged has all", func(s *story, _ *model.Tender) {
			push(s, ada, 3)
			m := forward(1, "ada", "c2", "root")
			m.at = "2026-01-08T00:00:01Z"
			s.change(m)
			m = forward(2, "ada", "c3", "root")
			m.at = "2026-01-08T00:00:00Z"
			s.change(m)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "c3 author": "unit+", "2 merger": "integration " + one, "1 merger": "duplicate", "1 author": "duplicate"}},
		{"where the line does not lead to the beginning, only the last commit is known to be its own", func(s *story, _ *model.Tender) {
			push(s, gus, 1)
			push(s, zoe, 1)
			push(s, ada, 1)
			s.commit(act{by: bob, at: "2026-01-06", after: "c1", landed: "c5"})
			s.commit(act{by: ada, at: "2026-01-06", merge: true})
			push(s, bob, 1)
			s.change(forward(1, "ada", "c3", "elsewhere"))
			s.change(forward(2, "bob", "c6", "c4")) // brought in by the side
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one,
			"c6 author": "changes " + one, "1 merger": "integration " + one, "2 merger": "integration " + one}},
		{"what its own merges brought in is part of it", func(s *story, _ *model.Tender) {
			push(s, ada, 1)
			s.commit(act{by: gus, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: ada, at: "2026-01-05", merge: true})
			push(s, ada, 1)
			s.change(forward(1, "ada", "c4", "root"))
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 500000", "c4 author": "unit+", "c3 author": "merge", "1 merger": "integration " + one}},
		{"one that ends in a merge, too", func(s *story, _ *model.Tender) {
			push(s, ada, 1)
			s.commit(act{by: gus, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: ada, at: "2026-01-05", merge: true})
			s.change(forward(1, "ada", "c3", "root"))
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 500000", "1 merger": "integration " + one}},
		{"a merge of the base, then fast-forwarded, takes nothing from the changes that it seems to bring in", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-09", landed: "c6"})
			s.commit(act{by: gus, at: "2026-01-09", authored: "2026-01-10", landed: "c6"})
			s.commit(act{by: zoe, at: "2026-01-09", landed: "c6"})
			s.commit(act{by: zoe, at: "2026-01-09", authored: "2026-01-10", landed: "c6"})
			push(s, ada, 1)
			s.commit(act{by: ada, at: "2026-01-09", merge: true})
			s.change(forward(1, "gus", "c2", "root"))
			s.change(forward(2, "zoe", "c3", "c2"))
			s.change(forward(4, "ada", "c6", "c4"))
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "1 merger": "integration " + one, "c3 author": "changes " + one,
			"2 merger": "integration " + one, "c4 author": "changes " + one, "c5 author": "changes " + one, "4 merger": "integration " + one, "4 author": "unit+"}},
		{"nor does it split the change", func(s *story, _ *model.Tender) {
			s.commit(act{by: zoe, at: "2026-01-09", landed: "c6"})
			push(s, ada, 4)
			s.commit(act{by: ada, at: "2026-01-09", merge: true})
			s.change(forward(1, "zoe", "c1", "root"))
			s.change(forward(4, "ada", "c6", "c1"))
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "unit+", "c4 author": "unit+", "c5 author": "unit+",
			"c6 author": "merge", "1 merger": "integration " + one, "4 merger": "integration " + one}},
		{"wherever the base was merged, and however often; what was pushed to the base stays whose it is", func(s *story, _ *model.Tender) {
			push(s, ada, 1)
			s.commit(act{by: zoe, at: "2026-01-06", landed: "c3", after: "root"})
			s.commit(act{by: ada, at: "2026-01-06", merge: true})
			push(s, ada, 1)
			s.commit(act{by: gus, at: "2026-01-08", landed: "c6", after: "c2"})
			s.commit(act{by: ada, at: "2026-01-08", merge: true})
			s.commit(act{by: ada, at: "2026-01-08"})
			s.change(forward(4, "ada", "c7", "c5"))
		}, map[string]string{"c1 author": "changes " + one, "c4 author": "unit+", "c7 author": "unit+", "c2 author": "changes " + one, "c5 author": "changes " + one,
			"c3 author": "merge", "c6 author": "merge", "4 merger": "integration " + one}},
		{"a beginning that it does not hold tells nothing", func(s *story, _ *model.Tender) {
			push(s, gus, 1)
			push(s, ada, 1)
			s.commit(act{by: zoe, at: "2026-01-09", landed: "c4", after: "root"})
			s.commit(act{by: mia, at: "2026-01-09", merge: true})
			s.change(forward(1, "ada", "c2", "c3"))
			for _, a := range []act{{by: gus, landed: "c7"}, {by: ada, landed: "c7"}, {by: mia, merge: true}, {by: zoe, landed: "c9", after: "c4"}, {by: mia, merge: true}} {
				a.at = "2026-01-10"
				s.commit(a)
			}
			m := forward(2, "ada", "c6", "c8")
			m.base = "topic"
			s.change(m)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c5 author": "changes " + one, "c6 author": "changes " + one,
			"1 merger": "integration " + one, "2 merger": "integration " + one}},
		{"two such changes, one after the other", twice("x"), twiceSo},
		{"the same where the forge does not say what they became", twice(""), twiceSo},
		{"into another branch, which a merge then brought along", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-20", landed: "c5"})
			s.commit(act{by: ada, at: "2026-01-20", landed: "c5", after: "root"})
			s.commit(act{by: ada, at: "2026-01-20", landed: "c5"})
			s.commit(act{by: ada, at: "2026-01-20", landed: "c5", merge: true})
			s.commit(act{by: zoe, at: "2026-01-20", merge: true})
			m := forward(1, "ada", "c4", "c1")
			m.base = "topic"
			s.change(m)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "unit+", "c4 author": "merge", "1 merger": "integration " + one}},
		{"who merged into their own branch integrated nothing and needed no right to", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-07", landed: "c3"})
			s.commit(act{by: ada, at: "2026-01-07"})
			s.commit(act{by: ada, at: "2026-01-07", merge: true})
			m := forward(1, "gus", "c1", "root")
			m.merger = "marge[bot]"
			s.change(m)
			m = forward(2, "ada", "c3", "c1")
			m.merger = "marge[bot]"
			s.change(m)
			s.commit(act{by: gus, at: "2026-01-08", landed: "c5"})
			s.commit(act{by: bob, at: "2026-01-08", merge: true})
			s.commit(act{by: gus, at: "2026-01-08"})
			m = forward(3, "gus", "c6", "c3")
			m.merger = ""
			s.change(m)
			s.commit(act{by: gus, at: "2026-01-09", landed: "c8"})
			s.commit(act{by: zoe, at: "2026-01-09", merge: true})
			s.change(merged{n: 4, by: "zoe", at: "2026-01-09", became: "c8", head: "c8", merger: "marge[bot]"})
			s.commit(act{by: gus, taker: hub, at: "2026-01-20"})
			s.change(merged{n: 5, by: "gus", at: "2026-01-20", became: "c9", reviews: []said{{by: "ada", what: "approved", length: 30}, {by: "bob", what: "approved", length: 30}, {by: "zoe", what: "approved", length: 30}}})
		}, map[string]string{"c3 author": "merge", "c5 author": "merge", "c8 author": "merge", "2 author": "unit+", "3 author": "unit+",
			"5 reviewer": "reviews 250000", "5 reviewer'": "reviews 250000", "5 reviewer''": "reviews 250000"}},
		{"the forge's own merge of what began on another branch takes all that it brought in", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			m := forward(1, "ada", "c2", "c1")
			m.became = "c3"
			s.change(m)
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 500000", "1 merger": "integration " + one}},
		{"into another branch that a merge then brought along", func(s *story, _ *model.Tender) {
			for _, by := range []string{ada, ada, gus} {
				s.commit(act{by: by, at: "2026-01-09", landed: "c4"})
			}
			s.commit(act{by: zoe, at: "2026-01-09", merge: true})
			m := forward(1, "ada", "c2", "root")
			m.base, m.became = "topic", "c2"
			s.change(m)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "c3 author": "changes " + one, "1 merger": "integration " + one}},
		{"the same where the forge does not say what it became, unless a change to a declared branch has it", func(s *story, _ *model.Tender) {
			for _, by := range []string{ada, ada, gus} {
				s.commit(act{by: by, at: "2026-01-09", landed: "c4"})
			}
			s.commit(act{by: zoe, at: "2026-01-09", merge: true})
			push(s, bob, 2)
			m := forward(1, "ada", "c2", "root")
			m.base = "topic"
			s.change(m)
			m = forward(2, "bob", "c6", "c4")
			m.base = "topic"
			s.change(m)
			s.change(forward(3, "bob", "c6", "c4"))
			m = forward(4, "zoe", "c2", "root")
			m.base, m.became = "topic", "gone"
			s.change(m)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "c3 author": "changes " + one, "1 merger": "integration " + one,
			"c5 author": "changes " + one, "2 merger": "branch", "3 merger": "integration " + one, "4 merger": "branch"}},
		{"brought along by another fast-forward", func(s *story, _ *model.Tender) {
			push(s, bob, 1)
			push(s, ada, 2)
			push(s, bob, 1)
			m := forward(1, "ada", "c3", "c1")
			m.base, m.became = "topic", "c3"
			s.change(m)
			s.change(forward(2, "bob", "c4", "root"))
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "unit+", "c4 author": "unit+",
			"1 merger": "integration " + one, "2 merger": "integration " + one}},
		{"what another repository accepted first stays there, and so does what it follows", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-02", name: "c2", repo: "elsewhere"})
			for n, by := range []string{gus, ada, ada, ada} {
				s.commit(act{by: by, at: fmt.Sprintf("2026-01-05T0%d:00:00Z", n), name: fmt.Sprint("c", n+1)})
			}
			s.change(forward(1, "ada", "c4", "root"))
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "c4 author": "unit+"}},
		{"what an earlier merge brought in stays with it", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: zoe, at: "2026-01-05", merge: true})
			s.commit(act{by: ada, at: "2026-01-07", landed: "c5", after: "c1"})
			s.commit(act{by: ada, at: "2026-01-07", authored: "2026-01-08", landed: "c5"})
			s.commit(act{by: zoe, at: "2026-01-07", merge: true})
			m := forward(1, "ada", "c4", "root")
			m.base, m.became = "topic", "c4"
			s.change(m)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "integration " + one, "c3 author": "changes " + one, "c4 author": "unit+", "1 merger": "integration " + one}},
		{"nor does a rebase take it", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: zoe, at: "2026-01-05", merge: true})
			s.commit(act{by: ada, at: "2026-01-06"})
			s.head(1, "own", "2026-01-04", "c1", "c3")
			s.change(merged{n: 1, by: "ada", at: "2026-01-06", became: "c3", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "integration " + one, "c3 author": "changes " + one}},
		{"who committed others' work for somebody else to merge needed no right to", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, taker: zoe, at: "2026-01-05"})
			s.commit(act{by: bob, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: ada, at: "2026-01-05", merge: true})
			s.change(forward(1, "ada", "c3", "root"))
			s.commit(act{by: gus, taker: hub, at: "2026-01-20"})
			s.change(merged{n: 2, by: "gus", at: "2026-01-20", became: "c4", reviews: []said{{by: "zoe", what: "approved", length: 30}, {by: "ada", what: "approved", length: 30}, {by: "mia", what: "approved"}}})
		}, map[string]string{"2 reviewer": "reviews 250000", "2 reviewer'": "reviews 250000", "2 reviewer''": "reviews " + one, "c1 committer": "unit+"}},
		{"who fast-forwarded it had the right to", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, taker: zoe, at: "2026-01-05"})
			m := forward(1, "gus", "c1", "root")
			m.at, m.merger = "2026-01-10", "zoe"
			s.change(m)
			s.commit(act{by: gus, taker: hub, at: "2026-01-20"})
			s.change(merged{n: 2, by: "gus", at: "2026-01-20", became: "c2", reviews: []said{{by: "zoe", at: "2026-01-06", what: "approved"}}})
		}, map[string]string{"2 reviewer": "reviews " + one}},
	})
}

// twice tells of two changes that were made on the same commit; each merged its base
// before it was fast-forwarded, and a third one lay between them. To git the last merge
// brought in all that the branch held.
func twice(became string) func(*story, *model.Tender) {
	return func(s *story, _ *model.Tender) {
		for _, a := range []act{
			{by: gus, at: "2026-01-20", landed: "c6"}, {by: ada, at: "2026-01-20", landed: "c6", after: "root"},
			{by: ada, at: "2026-01-20", landed: "c6", merge: true}, {by: zoe, at: "2026-01-20", landed: "c6"},
			{by: bob, at: "2026-01-06", after: "root"}, {by: bob, at: "2026-01-20", merge: true}} {
			s.commit(a)
		}
		for n, m := range []merged{{by: "gus", at: "2026-01-08", head: "c1", start: "root"}, {by: "ada", at: "2026-01-10", head: "c3", start: "c1"},
			{by: "zoe", at: "2026-01-12", head: "c4", start: "c3"}, {by: "bob", at: "2026-01-20", head: "c6", start: "c4"}} {
			m.n, m.merger = n+1, "mia"
			if became != "" {
				m.became = m.head
			}
			s.change(m)
		}
	}
}

var twiceSo = map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "merge", "c4 author": "changes " + one,
	"c5 author": "changes " + one, "c6 author": "merge", "1 merger": "integration " + one, "2 merger": "integration " + one,
	"3 merger": "integration " + one, "4 merger": "integration " + one}

// A merge of the base names nobody who took what it seems to bring in.
func TestMergesOfTheBaseNameNobody(t *testing.T) {
	s := newForgeStory()
	s.commit(act{by: gus, at: "2026-01-09", landed: "c3"})
	s.commit(act{by: ada, at: "2026-01-07"})
	s.commit(act{by: ada, at: "2026-01-09", merge: true})
	for n, m := range []merged{{by: "gus", head: "c1", start: "root"}, {by: "ada", head: "c3", start: "c1"}} {
		m.n, m.at, m.merger = n+1, fmt.Sprintf("2026-01-%02d", 8+n), []string{"marge[bot]", "mia"}[n]
		s.change(m)
	}
	r := indicator(evaluate(t, rostered(), s), model.Maintenance, model.Integration)
	assert.Equal(t, "git and the forge name a person who took the change for 1 of 2 changes; a robot or a forge took the others", r.Reason)
}

// A change of more than a thousand commits is not followed; one of a thousand is.
func TestFastForwardedChangesAreBounded(t *testing.T) {
	for n, all := range map[int]bool{1000: true, 1001: false} {
		s, doc := newForgeStory(), rostered()
		for range n {
			s.commit(act{by: ada, at: "2026-01-05"})
		}
		s.change(merged{n: 1, by: "ada", at: "2026-01-08", head: fmt.Sprint("c", n), start: "root", merger: "mia"})
		got := s.verdicts(doc)
		assert.EqualValues(t, "change:1", got[fmt.Sprintf("c%d author", n)].Change, n)
		assert.Equal(t, all, got["c1 author"].Change == "change:1", n)
	}
}

// Names that lead in circles end the search, and a beginning that is the end is none.
func TestFastForwardsThatAreNone(t *testing.T) {
	s, doc := newForgeStory(), rostered()
	s.commit(act{by: ada, at: "2026-01-05", after: "c2"})
	s.commit(act{by: ada, at: "2026-01-05"})
	s.commit(act{by: gus, at: "2026-01-05", after: "c3"})
	s.change(merged{n: 1, by: "ada", at: "2026-01-06", head: "c2", start: "root", merger: "mia"})
	s.change(merged{n: 2, by: "gus", at: "2026-01-06", head: "c3", start: "c3", merger: "mia"})
	got := s.verdicts(doc)
	for _, key := range []string{"c1 author", "c2 author", "c3 author"} {
		assert.Equal(t, "changes "+one, outcome(got[key]), key)
	}
}

// Reviews that were dismissed or are stale are work that was done.
func TestStaleAndDismissedReviews(t *testing.T) {
	review := func(r said, head string) string {
		s, doc := newForgeStory(), rostered()
		s.head(1, head, "2026-01-05T11:00:00Z")
		s.commit(act{by: gus, at: "2026-01-05T11:00:00Z"})
		r.by, r.push = "zoe", true
		s.change(merged{n: 1, by: "gus", at: "2026-01-05", became: "c1", merger: "mia", reviews: []said{r}})
		return outcome(s.verdicts(doc)["1 reviewer"])
	}
	const whole, quarter = "reviews " + one, "reviews 250000"
	for _, c := range []struct {
		why, want string
		said
	}{
		{"at once after the last push", quarter, said{at: "2026-01-05T11:05:00Z", what: "approved", on: "c1"}},
		{"not at once", whole, said{at: "2026-01-05T11:05:01Z", what: "approved", on: "c1"}},
		{"of which commit is not known", whole, said{at: "2026-01-05T11:01:00Z", what: "approved"}},
		{"of another commit", whole, said{at: "2026-01-05T11:01:00Z", what: "approved", on: "c0", stale: true}},
		{"the same commit was pushed again after it", whole, said{at: "2026-01-05T11:01:00Z", what: "approved", on: "c1", stale: true}},
		{"stale, of an unknown commit", whole, said{at: "2026-01-04", what: "approved", stale: true}},
		{"changes requested, stale", whole, said{at: "2026-01-04", what: "changes-requested", on: "c0", stale: true}},
		{"dismissed", whole, said{at: "2026-01-04", what: "dismissed", on: "c0"}},
		{"dismissed and stale", whole, said{at: "2026-01-04", what: "dismissed", on: "c0", stale: true}},
		{"dismissed, at once after the last push", quarter, said{at: "2026-01-05T11:01:00Z", what: "dismissed", on: "c1"}},
		{"dismissed, after the merge", "late", said{at: "2026-01-05T12:00:01Z", what: "dismissed", on: "c1"}},
		{"stale, after the merge", "late", said{at: "2026-01-05T12:00:01Z", what: "approved", on: "c0", stale: true}},
		{"a stale remark", "context", said{at: "2026-01-04", what: "commented", inline: 1, stale: true}},
		{"stale remarks that say something", whole, said{at: "2026-01-04", what: "commented", inline: 2, stale: true}},
	} {
		assert.Equal(t, c.want, review(c.said, "c1"), c.why)
	}
	assert.Equal(t, whole, review(said{at: "2026-01-05T11:01:00Z", what: "approved"}, strings.Repeat("0", 40)), "nothing known is not the same commit")
}

// forwarding tells of a project that fast-forwards all its changes, every one of as
// many commits as split says of it, among work that was pushed directly or merged.
func forwarding(seed uint64, split func(n int) int) *story {
	rng := rand.New(rand.NewPCG(seed, 3))
	people := []string{ada, bob, mia, zoe, gus}
	s, start := newForgeStory(), "root"
	for n := range 60 {
		at := when("2025-07-10").Add(time.Duration(n*130+rng.IntN(100)) * time.Hour)
		name, who := fmt.Sprint("x", n), rng.IntN(len(people))
		a := act{by: people[who], name: name, at: at.Format(time.RFC3339), upkeep: rng.IntN(3) == 0}
		if rng.IntN(4) == 0 {
			a.trailers = []string{"co-author " + people[rng.IntN(len(people))]}
		}
		kind := rng.IntN(8)
		switch kind {
		case 0:
			s.commit(a)
		case 1:
			a.landed = name + "m"
			s.commit(a)
			name = a.landed
			s.commit(act{by: people[rng.IntN(len(people))], at: a.at, name: name, merge: true})
		default:
			m := merged{n: n, by: accounts[who], at: at.Add(time.Hour).Format(time.RFC3339), head: name, start: start,
				merger: []string{"", "mia", "zoe", "ci[bot]", "ghost"}[rng.IntN(5)]}
			for range rng.IntN(3) {
				m.reviews = append(m.reviews, said{by: accounts[rng.IntN(len(accounts))], at: a.at, what: "approved", push: rng.IntN(2) == 0})
			}
			if kind == 2 { // others pushed to the base meanwhile
				s.commit(act{by: people[rng.IntN(len(people))], at: a.at, name: name + "s", landed: name + "m", after: start})
			}
			for k := range split(n) - 1 {
				part := a
				part.name, part.at = fmt.Sprint(name, "-", k), at.Add(-time.Duration(40-k)*time.Minute).Format(time.RFC3339)
				s.commit(part)
			}
			s.commit(a)
			switch kind {
			case 2: // who made the change merged that before it was fast-forwarded
				m.start, name = name+"s", name+"m"
				s.commit(act{by: a.by, at: a.at, name: name, merge: true})
			case 3: // it went into another branch first, and somebody's change brought it along
				first := m
				first.n, first.base, first.at = 1000+n, "topic", a.at
				s.change(first)
				name += "t"
				s.commit(act{by: people[rng.IntN(len(people))], at: m.at, name: name})
			}
			if m.head = name; rng.IntN(2) == 0 {
				m.became = name
			}
			s.change(m)
		}
		start = name
	}
	return s
}

// Splitting the commits of a fast-forwarded change changes no score.
func TestSplittingAFastForwardEarnsNothing(t *testing.T) {
	for seed := range uint64(40) {
		whole := evaluate(t, rostered(), forwarding(seed, func(int) int { return 1 }))
		parts := evaluate(t, rostered(), forwarding(seed, func(n int) int { return 1 + (n+int(seed))%4 }))
		require.NotEmpty(t, whole.Projects[0].Scores)
		assert.Equal(t, whole.Projects[0].Scores, parts.Projects[0].Scores, "seed %d", seed)
		assert.Equal(t, whole.Projects[0].Indicators, parts.Projects[0].Indicators, "seed %d", seed)
		assert.Equal(t, whole.Lots, parts.Lots, "seed %d", seed)
	}
}
