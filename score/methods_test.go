package score_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// The same work, two commits of Ada's of which Gus shares one, reviewed by Zoe and taken
// by Mia, is one change however it was merged.
func TestOneChangeHoweverItWasMerged(t *testing.T) {
	const robotMerge = "bors[bot] <bors@x.example>"
	by := func(became, head, start string) merged {
		return merged{n: 412, head: head, start: start, by: "ada", at: "2026-01-05", became: became, merger: "mia",
			reviews: []said{{by: "zoe", at: "2026-01-04", what: "approved", push: true}}, asked: []string{"zoe"}}
	}
	change := func(became string) merged { return by(became, "", "") }
	pushed := func(s *story) {
		s.commit(act{by: bob, at: "2026-01-02", name: "before"})
		s.commit(act{by: ada, at: "2026-01-03", name: "c1", trailers: []string{"co-author " + gus}})
		s.commit(act{by: ada, at: "2026-01-04", name: "c2"})
	}
	merged := func(s *story, commits ...string) {
		s.commit(act{by: bob, at: "2026-01-04", name: "before"})
		for n, name := range commits {
			a := act{by: ada, at: "2026-01-05", landed: "c3", name: name}
			if n == 0 {
				a.trailers = []string{"co-author " + gus}
			}
			s.commit(a)
		}
		s.commit(act{by: mia, taker: hub, at: "2026-01-05", merge: true, name: "c3"})
	}
	tells := map[string]func(s *story){
		"squash": func(s *story) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", trailers: []string{"co-author " + gus}})
			s.change(change("c1"))
		},
		"rebase": func(s *story) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
			s.head(412, "own", "2026-01-03", "c1", "c2")
			s.change(change("c2"))
		},
		"merge": func(s *story) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, taker: hub, at: "2026-01-05", merge: true})
			s.change(change("c3"))
		},
		"robot": func(s *story) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: robotMerge, at: "2026-01-05", merge: true, trailers: []string{"signer " + mia}})
			c := change("c3")
			c.merger, c.commands = "bors[bot]", []said{{by: "mia", what: "bors r+"}}
			s.change(c)
		},
		"without the merge commit": func(s *story) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
			s.head(412, "own", "2026-01-03", "c1", "c2")
			s.change(change(""))
		},
		"without the merge commit, merged": func(s *story) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, taker: hub, at: "2026-01-05", merge: true})
			s.head(412, "c2", "2026-01-03")
			s.change(change("gone"))
		},
		"without the merge commit, merged by a clock that is ahead": func(s *story) {
			s.commit(act{by: ada, at: "2026-01-05T12:00:30Z", landed: "c3", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, at: "2026-01-05T12:00:30Z", landed: "c3"})
			s.commit(act{by: mia, taker: hub, at: "2026-01-05T12:00:30Z", merge: true})
			s.change(by("", "c2", ""))
		},
		"fast-forward, told": func(s *story) {
			pushed(s)
			s.change(by("c2", "c2", "before"))
		},
		"fast-forward, not told": func(s *story) {
			pushed(s)
			s.change(by("", "c2", "before"))
		},
		"fast-forward, and only git tells the head": func(s *story) {
			pushed(s)
			s.head(412, "c2", "2026-01-03")
			s.change(by("", "", "before"))
		},
		"fast-forward of a history that was rewritten": func(s *story) {
			pushed(s)
			s.change(by("gone", "c2", "before"))
		},
		"rebase on a base that went on": func(s *story) {
			s.commit(act{by: bob, at: "2026-01-04", name: "before"})
			s.commit(act{by: bob, at: "2026-01-04", name: "other"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", name: "c1", trailers: []string{"co-author " + gus}})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", name: "c2"})
			s.head(412, "own", "2026-01-03", "c1", "c2")
			s.change(by("c2", "own", "before"))
		},
		"rebase and merge": func(s *story) {
			merged(s, "c1", "c2")
			s.head(412, "own", "2026-01-03", "c1", "c2")
			s.change(by("c3", "own", "before"))
		},
		"semi-linear merge": func(s *story) {
			merged(s, "c1", "c2")
			s.change(by("c3", "c2", "before"))
		},
		"merge that the forge does not tell, nor do references": func(s *story) {
			merged(s, "c1", "c2")
			s.change(by("", "c2", "before"))
		},
		"squash on a base that went on": func(s *story) {
			s.commit(act{by: bob, at: "2026-01-04", name: "before"})
			s.commit(act{by: bob, at: "2026-01-04", name: "other"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", name: "c1", trailers: []string{"co-author " + gus}})
			s.head(412, "own", "2026-01-03")
			s.change(by("c1", "own", "before"))
		},
		"squash of one commit": func(s *story) {
			s.commit(act{by: bob, at: "2026-01-04", name: "before"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", name: "c1", trailers: []string{"co-author " + gus}})
			s.change(by("c1", "c1", "before"))
		},
		"squash and merge, by the squashed commit": func(s *story) {
			merged(s, "c1")
			s.change(by("c1", "own", "before"))
		},
		"squash and merge, by the merge": func(s *story) {
			merged(s, "c1")
			s.change(by("c3", "own", "before"))
		},
	}
	for name, tell := range tells {
		t.Run(name, func(t *testing.T) {
			s, doc := newForgeStory(), rostered()
			tell(s)
			got := s.verdicts(doc)
			assert.Equal(t, "changes 500000", outcome(got["c1 author"]))
			assert.Equal(t, "changes 500000", outcome(got["c1 co-author"]))
			assert.Equal(t, "unit+", outcome(got["412 author"]))
			assert.Equal(t, "reviews "+one, outcome(got["412 reviewer"]))
			assert.Equal(t, "context", outcome(got["412 requested"]))
			if name == "robot" {
				assert.Equal(t, "bot", outcome(got["412 merger"]))
				assert.Equal(t, "integration 1000000 reviews 250000", outcome(got["412 commander"]), "r+ says reviewed")
				assert.Equal(t, "unit+", outcome(got["c3 signer"]), "the forge says who commanded")
			} else {
				assert.Equal(t, "integration "+one, outcome(got["412 merger"]))
			}
			earned := map[string]int64{}
			for key, v := range got {
				if v.Person == "bob" {
					assert.NotEqualValues(t, "change:412", v.Change, "what was there before is not part of it")
					continue
				}
				if name == "squash and merge, by the squashed commit" && strings.HasPrefix(key, "c3") {
					assert.Contains(t, []string{"counted with change:412", ""}, v.Reason, "a part of it all the same")
				} else if !strings.HasPrefix(key, "412") {
					assert.EqualValues(t, "change:412", v.Change, key)
				}
				for _, c := range v.Credits {
					earned[v.Person+" "+string(c.Indicator)] += c.Amount
				}
			}
			want := map[string]int64{"ada changes": 500_000, "gus changes": 500_000, "zoe reviews": model.Whole, "mia integration": model.Whole}
			if name == "robot" {
				want["mia reviews"] = model.Whole / 4
			}
			assert.Equal(t, want, earned)
		})
	}
}
