package score_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestChangesToOtherBranches(t *testing.T) {
	approved := func(by string) []said {
		return []said{{by: by, at: "2026-01-06", what: "approved", push: true}}
	}
	junk := func(s *story, n int, at, last string) {
		s.change(merged{n: n, by: "bob", at: at, base: "junk", became: last, head: last, start: "root", merger: "zoe", reviews: approved("ada")})
	}
	forwarded := func(s *story) {
		s.commit(act{by: gus, at: "2026-01-05"})
		s.commit(act{by: gus, at: "2026-01-05"})
		s.change(merged{n: 1, by: "gus", at: "2026-01-08", became: "c2", head: "c2", start: "root", merger: "mia", reviews: approved("bob")})
	}
	taken := map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "1 merger": "integration " + one, "1 reviewer": "reviews " + one,
		"2 author": "branch", "2 merger": "branch", "2 reviewer": "branch"}
	brought := func(s *story, at string) {
		s.commit(act{by: gus, at: at, landed: "c3"})
		s.commit(act{by: gus, at: at, landed: "c3"})
		s.commit(act{by: mia, at: at, merge: true})
	}
	runCases(t, newForgeStory, rostered, []judged{
		{"what a change to a declared branch has as its last commit is nobody else's, who merged it elsewhere before", func(s *story, _ *model.Tender) {
			forwarded(s)
			junk(s, 2, "2026-01-07", "c2")
		}, taken},
		{"or after", func(s *story, _ *model.Tender) {
			forwarded(s)
			junk(s, 2, "2026-01-09", "c2")
		}, taken},
		{"nor where a merge brought it in", func(s *story, _ *model.Tender) {
			brought(s, "2026-01-08")
			s.change(merged{n: 1, by: "gus", at: "2026-01-08", became: "c3", head: "c2", merger: "mia", reviews: approved("bob")})
			junk(s, 2, "2026-01-07", "c2")
		}, taken},
		{"nor where only the repository's references tell the last commit", func(s *story, _ *model.Tender) {
			brought(s, "2026-01-08")
			s.head(1, "c2", "2026-01-07")
			s.change(merged{n: 1, by: "gus", at: "2026-01-08", became: "c3", merger: "mia", reviews: approved("bob")})
			junk(s, 2, "2026-01-07", "c2")
		}, taken},
		{"nor the merge itself", func(s *story, _ *model.Tender) {
			brought(s, "2026-01-08")
			s.change(merged{n: 1, by: "gus", at: "2026-01-08", became: "c3", merger: "mia", reviews: approved("bob")})
			junk(s, 2, "2026-01-07", "c3")
		}, taken},
		{"other commits of it belong to whoever had them merged elsewhere before", func(s *story, _ *model.Tender) {
			forwarded(s)
			junk(s, 2, "2026-01-07", "c1")
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "1 merger": "integration " + one, "2 merger": "integration " + one}},
		{"not after", func(s *story, _ *model.Tender) {
			forwarded(s)
			junk(s, 2, "2026-01-09", "c1")
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "2 merger": "duplicate"}},
		{"and of a merge", func(s *story, _ *model.Tender) {
			brought(s, "2026-01-08")
			s.change(merged{n: 1, by: "gus", at: "2026-01-08", became: "c3", head: "c2", merger: "mia", reviews: approved("bob")})
			junk(s, 2, "2026-01-07", "c1")
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "1 merger": "integration " + one, "2 merger": "integration " + one}},
		{"moving another branch to the same commit takes nothing that was pushed to a declared one", func(s *story, _ *model.Tender) {
			for n, by := range []string{gus, mia, gus, bob} {
				s.commit(act{by: by, at: fmt.Sprintf("2026-01-%02d", 5+n)})
			}
			s.commit(act{by: gus, taker: mia, at: "2026-01-10"})
			s.change(merged{n: 1, by: "zoe", at: "2026-01-20", base: "production", became: "c5", head: "c5", start: "root", merger: "bob"})
			s.change(merged{n: 2, by: "zoe", at: "2026-01-20", base: "production", head: "c5", merger: "bob"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "c4 author": "changes " + one,
			"c5 author": "changes " + one, "c5 committer": "integration " + one, "1 author": "branch", "1 merger": "branch", "2 merger": "branch"}},
		{"not even where the forge's clock is behind", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-05"})
			s.change(merged{n: 1, by: "zoe", at: "2026-01-04", base: "production", became: "c1", head: "c1", start: "root", merger: "bob"})
		}, map[string]string{"1 merger": "branch", "c1 author": "changes " + one}},
		{"nor what was pushed before a commit that it may have", func(s *story, _ *model.Tender) {
			for _, by := range []string{gus, mia, mia} {
				s.commit(act{by: by, at: "2026-01-05"})
			}
			s.change(merged{n: 1, by: "zoe", at: "2026-01-06", base: "topic", became: "c2", head: "c2", start: "root", merger: "bob"})
			s.change(merged{n: 2, by: "mia", at: "2026-01-07", became: "c3", head: "c3", start: "c1", merger: "bob"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "1 merger": "integration " + one}},
		{"what the forge made of a change elsewhere is its own, even if it was pushed from there", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, taker: hub, at: "2026-01-05"})
			s.change(merged{n: 1, by: "gus", at: "2026-01-05", base: "develop", became: "c1", head: "own", start: "root", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "1 merger": "integration " + one}},
		{"nor what came with a merge before", func(s *story, _ *model.Tender) {
			brought(s, "2026-01-08")
			s.change(merged{n: 1, by: "zoe", at: "2026-01-09", base: "production", became: "c1", head: "c1", start: "root", merger: "bob"})
		}, map[string]string{"c1 author": "changes " + one, "1 merger": "branch", "c3 author": "integration " + one}},
		{"nor what a merge of the base seems to have brought in later", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-01-20", landed: "c4"})
			s.commit(act{by: mia, at: "2026-01-20", landed: "c4"})
			s.commit(act{by: ada, at: "2026-01-06", after: "root"})
			s.commit(act{by: ada, at: "2026-01-20", merge: true})
			s.change(merged{n: 1, by: "zoe", at: "2026-01-10", base: "production", became: "c2", head: "c2", start: "root", merger: "bob"})
			s.change(merged{n: 2, by: "ada", at: "2026-01-20", head: "c4", start: "c2", merger: "mia"})
		}, map[string]string{"1 merger": "branch", "c1 author": "changes 500000", "c2 author": "changes 500000", "c3 author": "changes " + one, "2 merger": "integration " + one}},
		{"unless it is decided otherwise", func(s *story, doc *model.Tender) {
			doc.Decisions = []model.Decision{{ID: "D", On: "change:1", Decide: "count", Rule: "branch"}}
			s.commit(act{by: gus, at: "2026-01-05"})
			s.commit(act{by: gus, at: "2026-01-06"})
			s.change(merged{n: 1, by: "gus", at: "2026-01-20", base: "develop", became: "c2", head: "c2", start: "root", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "1 merger": "integration " + one}},
		{"taking the same commits to another declared branch is a port, once for each", func(s *story, _ *model.Tender) {
			for n := range 3 {
				s.commit(act{by: ada, at: fmt.Sprintf("2026-01-%02d", 5+n), branches: "main stable old"})
			}
			for n, base := range []string{"main", "stable", "stable", "old", "main", "topic"} {
				s.change(merged{n: n + 1, by: "ada", at: fmt.Sprintf("2026-01-%02d", 8+n), base: base, became: "c3", head: "c3", start: "root", merger: "mia"})
			}
		}, map[string]string{"c1 author": "changes " + one, "1 merger": "integration " + one, "2 merger": "ports " + one, "2 author": "duplicate",
			"3 merger": "unit+", "4 merger": "ports " + one, "5 merger": "duplicate", "6 merger": "branch"}},
		{"not of what a robot wrote", func(s *story, _ *model.Tender) {
			s.commit(act{by: robot, at: "2026-01-05", branches: "main stable"})
			s.change(merged{n: 1, by: "ada", at: "2026-01-08", became: "c1", head: "c1", start: "root", merger: "mia"})
			s.change(merged{n: 2, by: "ada", at: "2026-01-09", base: "stable", became: "c1", head: "c1", start: "root", merger: "mia"})
		}, map[string]string{"2 merger": "duplicate"}},
	})
}

func TestUndeclaredBranchesAreNamed(t *testing.T) {
	s, doc := newForgeStory(), rostered()
	into := func(base string, times int) {
		for range times {
			s.n++
			s.change(merged{n: s.n, by: "gus", at: "2026-01-08", base: base, became: "gone", merger: "mia", reviews: []said{{by: "bob", what: "approved", push: true}}})
		}
	}
	reason := func() (model.State, string) {
		r := evaluate(t, doc, s)
		reviews, merges := indicator(r, model.Reviews, model.ReviewsDone), indicator(r, model.Maintenance, model.Integration)
		require.Equal(t, reviews.Reason, merges.Reason)
		return reviews.State, reviews.Reason
	}
	s.commit(act{by: ada, at: "2026-01-09", landed: "c2"})
	s.commit(act{by: mia, at: "2026-01-09", merge: true})
	s.change(merged{n: 99, by: "ada", at: "2026-01-08", base: "topic", became: "c1", merger: "mia", reviews: []said{{by: "mia", what: "approved", push: true}}})
	s.commit(act{by: ada, at: "2026-01-09", landed: "c4"})
	s.commit(act{by: ada, at: "2026-01-09", landed: "c4", merge: true, name: "inner"})
	s.commit(act{by: mia, at: "2026-01-09", merge: true, name: "c4"})
	s.change(merged{n: 97, by: "ada", at: "2026-01-08", base: "topic", became: "inner", merger: "mia"})
	s.change(merged{n: 98, by: "ada", at: "2020-01-08", base: "ancient", became: "gone", merger: "mia"})
	state, _ := reason()
	assert.Equal(t, model.Complete, state, "what reached a declared branch is no loss, nor what lies before the window")
	into("master", 1)
	state, text := reason()
	assert.Equal(t, model.Partial, state)
	assert.Equal(t, "1 change was merged into master, which the document does not declare", text)
	into("master", 2)
	_, text = reason()
	assert.Equal(t, "3 changes were merged into master, which the document does not declare", text)
	into("x\ny", 2)
	_, text = reason()
	assert.Equal(t, `5 changes were merged into master (3) and "x\ny" (2), which the document does not declare`, text)
	into("b", 1)
	into("a", 1)
	into(fmt.Sprintf("%0999d", 0), 2)
	_, text = reason()
	assert.Equal(t, fmt.Sprintf(`9 changes were merged into master (3), %060d… (2), "x\ny" (2) and 2 more, which the document does not declare`, 0), text)
}

// What a forge names in a form that is no commit id is as good as unsaid, and said.
func TestOddCommitIds(t *testing.T) {
	s, doc := newForgeStory(), rostered()
	s.commit(act{by: gus, at: "2026-01-05"})
	s.head(1, "c1", "2026-01-05T11:59:00Z")
	s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c1", merger: "mia", reviews: []said{{by: "zoe", what: "approved", push: true, on: "c1"}}})
	odd := func(set func(*model.Change, *model.Review)) (map[string]model.Verdict, string) {
		told := &story{project: "p", n: s.n}
		var change *model.Change
		for _, r := range s.records {
			if c := r.Contribution; c != nil && c.Change != nil {
				if change == nil {
					was := *c.Change
					change = &was
				}
				c := *c
				c.Change = change
				if c.Review != nil {
					review := *c.Review
					c.Review = &review
					set(change, &review)
				}
				r.Contribution = &c
			}
			told.add(r)
		}
		return told.verdicts(doc), indicator(evaluate(t, doc, told), model.Commits, model.Changes).Reason
	}
	const said = "1 change names its commits in a form that is no commit id"
	got, reason := odd(func(*model.Change, *model.Review) {})
	assert.NotContains(t, reason, said)
	assert.Equal(t, "reviews 250000", outcome(got["1 reviewer"]))
	for why, set := range map[string]func(*model.Change, *model.Review){
		"became": func(c *model.Change, _ *model.Review) { c.MergeCommit = "abc" },
		"head":   func(c *model.Change, _ *model.Review) { c.Head = fmt.Sprintf("%064d", 1) },
		"start":  func(c *model.Change, _ *model.Review) { c.Start = "zz" + sha("x")[2:] },
		"review": func(_ *model.Change, r *model.Review) { r.Commit = "xyz" },
	} {
		got, reason = odd(set)
		assert.Contains(t, reason, said, why)
		assert.Equal(t, "changes "+one, outcome(got["c1 author"]), why)
		assert.Equal(t, "integration "+one, outcome(got["1 merger"]), why)
	}
	assert.EqualValues(t, "change:1", got["c1 author"].Change, "what the forge did name holds")

	s.commit(act{by: gus, at: "2026-01-09", landed: "c3"})
	s.commit(act{by: mia, at: "2026-01-09", merge: true})
	s.change(merged{n: 2, by: "gus", at: "2026-01-05", base: "topic", head: "c2", merger: "zoe"})
	s.records[len(s.records)-1].Contribution.Change.MergeCommit = "abc"
	s.change(merged{n: 3, by: "gus", at: "2020-01-05", merger: "zoe"})
	s.records[len(s.records)-1].Contribution.Change.MergeCommit = "abc"
	r := indicator(evaluate(t, doc, s), model.Commits, model.Changes)
	assert.Contains(t, r.Reason, said)
	assert.Equal(t, "branch", outcome(s.verdicts(doc)["2 merger"]), "it became something else there, whatever that was")
}

func TestTimesThatLieFarApartAreSaid(t *testing.T) {
	for at, far := range map[string]bool{"2026-01-31": false, "2026-01-31T12:00:01Z": true, "2025-12-02": false, "2025-12-02T11:59:59Z": true, "2020-01-01": true} {
		s := newForgeStory()
		s.commit(act{by: ada, at: "2026-01-01"})
		s.commit(act{by: ada, at: "2026-01-02"})
		s.change(merged{n: 1, by: "ada", opened: "2020-01-01", at: at, became: "c1", head: "c1", start: "root", merger: "mia"})
		s.change(merged{n: 2, by: "ada", at: "2020-01-01", base: "topic", became: "c1", merger: "mia"})
		r := indicator(evaluate(t, rostered(), s), model.Commits, model.Changes)
		assert.Equal(t, far, r.Reason == "1 change has a time of merge on the forge that lies more than 30 days from git's", "%s: %s", at, r.Reason)
	}
	s := newForgeStory()
	s.commit(act{by: ada, at: "2020-01-01"})
	s.commit(act{by: ada, at: "2026-01-02"})
	s.change(merged{n: 1, by: "ada", at: "2026-01-01", became: "c1", head: "c1", start: "root", merger: "mia"})
	assert.Contains(t, indicator(evaluate(t, rostered(), s), model.Commits, model.Changes).Reason, "more than 30 days", "the forge's word alone puts it in the window")
}
