package score_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

const one = "1000000"

func TestMergedChanges(t *testing.T) {
	squash := func(s *story, m merged, by string, trailers ...string) {
		name := s.commit(act{by: by, taker: hub, at: m.at, trailers: trailers})
		if m.became == "" {
			m.became = name
		}
		s.change(m)
	}
	runCases(t, newForgeStory, rostered, []judged{
		{"ports and replays: once per change, to who committed, else to who took it", func(s *story, _ *model.Tender) {
			for n := range 2 {
				s.commit(act{by: ada, taker: hub, at: "2026-01-05", changeID: fmt.Sprint("I", n)})
			}
			s.commit(act{by: ada, taker: mia, at: "2026-02-05", changeID: "I0", branches: "stable", landed: "c5"})
			s.commit(act{by: ada, taker: mia, at: "2026-02-05", changeID: "I1", branches: "stable", landed: "c5"})
			s.commit(act{by: zoe, taker: hub, at: "2026-02-05", merge: true, branches: "stable"})
			s.change(merged{n: 1, by: "mia", at: "2026-02-05", base: "stable", became: "c5", merger: "zoe", reviews: []said{{by: "gus", what: "approved"}}})
			s.commit(act{by: ada, taker: hub, at: "2026-03-05", changeID: "I0", branches: "old"})
			s.change(merged{n: 2, by: "mia", at: "2026-03-05", base: "old", became: "c6", merger: "zoe"})
			s.commit(act{by: ada, taker: hub, at: "2026-03-06", changeID: "I0"})
			s.change(merged{n: 3, by: "mia", at: "2026-03-06", became: "c7", merger: "zoe"})
		}, map[string]string{"c3 committer": "ports " + one, "c4 committer": "unit+", "1 author": "duplicate", "1 merger": "unit+", "1 reviewer": "duplicate",
			"c5 author": "merge", "2 merger": "ports " + one, "2 author": "duplicate", "3 merger": "duplicate"}},
		{"the author takes nothing, nor does who opened it", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "ada", at: "2026-01-05", merger: "ada", reviews: []said{{by: "ada", what: "approved"}}}, ada)
			squash(s, merged{n: 2, by: "mia", at: "2026-01-06", merger: "mia", reviews: []said{{by: "mia", what: "approved"}}}, gus)
		}, map[string]string{"1 merger": "self", "1 reviewer": "self", "2 merger": "self", "2 reviewer": "self", "2 author": "context", "c2 author": "changes " + one}},
		{"where the forge does not say who merged, git does", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
			s.head(1, "own", "2026-01-03", "c1", "c2")
			s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c2"})
			s.commit(act{by: ada, at: "2026-01-06", landed: "c4"})
			s.commit(act{by: mia, at: "2026-01-06", merge: true})
			s.change(merged{n: 2, by: "ada", at: "2026-01-06", became: "c4", merger: "ghost"})
		}, map[string]string{"c1 committer": "integration " + one, "c2 committer": "unit+", "c4 author": "integration " + one, "2 merger": "anonymous"}},
		{"git's committers and merges are part of what the forge says", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, taker: mia, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: zoe, taker: hub, at: "2026-01-05", merge: true})
			s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c2", merger: "zoe"})
		}, map[string]string{"c1 committer": "unit+", "c2 author": "unit+", "1 merger": "integration " + one}},
		{"commands: the strongest before the merge, then the latest, never the author's", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "ada", at: "2026-01-05", merger: "k8s[bot]", commands: []said{
				{by: "zoe", at: "2026-01-03", what: "/approve"}, {by: "gus", at: "2026-01-05T11:00:00Z", what: "/lgtm"},
				{by: "mia", at: "2026-01-04", what: "/approve"}, {by: "ada", at: "2026-01-04", what: "/merge"},
				{by: "mia", at: "2026-01-02", what: "/lgtm"}, {by: "zoe", at: "2026-01-06", what: "/merge"},
				{by: "zoe", at: "2026-01-04", what: "/approve cancel"}}}, ada)
			squash(s, merged{n: 2, by: "ada", at: "2026-01-06", merger: "k8s[bot]"}, ada)
			squash(s, merged{n: 3, by: "ada", at: "2026-01-07", merger: "gus", commands: []said{{by: "mia", what: "/merge"}}}, ada)
		}, map[string]string{"1 commander": "context", "1 commander'": "context", "1 commander''": "integration 1000000 reviews 250000",
			"1 commander'''": "self", "1 commander''''": "unit+", "1 commander'''''": "late", "1 commander''''''": "context", "1 merger": "bot",
			"c1 committer": "bot", "2 merger": "bot", "3 merger": "integration " + one, "3 commander": "context"}},
		{"a command says as much as its giver may", func(s *story, _ *model.Tender) {
			s.listing(mia, "2020-01-01", "")
			squash(s, merged{n: 1, by: "ada", at: "2026-01-05", merger: "k8s[bot]", commands: []said{{by: "mia", what: "/lgtm"},
				{by: "zoe", at: "2026-01-03", what: "/merge"}, {by: "zoe", at: "2026-01-04", what: "/merge"}}}, ada)
		}, map[string]string{"1 commander": "integration " + one + " reviews " + one, "1 commander'": "context", "1 commander''": "context"}},
		{"who only prepared what a robot merged took nothing", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
			s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c1", merger: "k8s[bot]"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-06"})
			s.change(merged{n: 2, by: "ada", at: "2026-01-06", became: "c2", merger: "bors[bot]", commands: []said{{by: "zoe", what: "bors:r+"},
				{by: "mia", what: "/hold"}, {by: "gus", at: "2026-01-05", what: "@mergifyio queue"}}})
		}, map[string]string{"c1 committer": "bot", "1 merger": "bot", "2 commander": "integration 1000000 reviews 250000", "2 commander'": "context", "2 commander''": "context"}},
		{"reviews: who may approve, what says something, haste, remarks, lateness", func(s *story, _ *model.Tender) {
			s.listing(bob, "2020-01-01", "")
			s.head(1, "own", "2026-01-04T12:00:00Z")
			squash(s, merged{n: 1, by: "gus", at: "2026-01-05", reviews: []said{
				{by: "ada", at: "2026-01-04T12:05:00Z", what: "approved", push: true, on: "own"},
				{by: "bob", at: "2026-01-04T12:05:01Z", what: "approved", on: "own"},
				{by: "mia", at: "2026-01-04", what: "changes-requested", length: 30},
				{by: "zoe", at: "2026-01-04", what: "dismissed", owner: true},
				{by: "x", at: "2026-01-04", what: "commented", inline: 2},
				{by: "xx", at: "2026-01-04", what: "commented", inline: 1, push: true},
				{by: "xxx", at: "2026-01-03", what: "commented", inline: 1},
				{by: "xxx", at: "2026-01-04", what: "commented", inline: 1},
				{by: "xxxx", at: "2026-01-05T12:00:01Z", what: "approved", push: true},
				{by: "xxxxx", at: "2026-01-04T12:01:00Z", what: "approved", push: true, on: "older"},
				{by: "xxxxxx", at: "2026-01-04T12:01:00Z", what: "approved", push: true, on: "own", length: 20},
				{by: "xxxxxxx", at: "2026-01-04T11:59:59Z", what: "approved", push: true, on: "own"},
				{by: "ci[bot]", at: "2026-01-04", what: "approved", push: true},
				{by: "ghost", at: "2026-01-04", what: "approved", push: true},
				{by: "xxxxxxxx", at: "2026-01-04", what: "changes-requested", length: 9},
				{by: "xxxxxxxxx", at: "2026-01-04", what: "approved", inline: 1},
				{by: "xxxxxxxxxx", at: "2026-01-04", what: "commented", inline: 1, length: 80},
			}}, gus)
		}, map[string]string{"1 reviewer": "reviews 250000", "1 reviewer'": "reviews " + one, "1 reviewer''": "reviews 250000", "1 reviewer'''": "reviews " + one,
			"1 reviewer''''": "reviews " + one, "1 reviewer'''''": "context", "1 reviewer''''''": "reviews " + one, "1 reviewer'''''''": "unit+",
			"1 reviewer''''''''": "late", "1 reviewer'''''''''": "reviews " + one, "1 reviewer''''''''''": "reviews " + one,
			"1 reviewer'''''''''''": "reviews " + one, "1 reviewer''''''''''''": "bot", "1 reviewer'''''''''''''": "anonymous",
			"1 reviewer''''''''''''''": "context", "1 reviewer'''''''''''''''": "reviews 250000", "1 reviewer''''''''''''''''": "reviews " + one}},
		{"the best of a person's reviews counts, trailers among them", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "gus", at: "2026-01-05", reviews: []said{
				{by: "zoe", at: "2026-01-03", what: "approved", length: 30}, {by: "zoe", at: "2026-01-04", what: "approved", push: true},
				{by: "mia", at: "2026-01-04", what: "approved", length: 30}}}, gus, "reviewer "+zoe, "tester "+mia)
		}, map[string]string{"1 reviewer": "unit+", "1 reviewer'": "reviews " + one, "c1 reviewer": "unit+", "1 reviewer''": "unit+", "c1 tester": "reviews 500000"}},
		{"taking others' work on the forge shows the right to approve", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "gus", at: "2026-01-05", merger: "mia"}, gus)
			squash(s, merged{n: 2, by: "gus", at: "2026-01-08", reviews: []said{
				{by: "mia", at: "2026-01-06", what: "approved"}, {by: "zoe", at: "2026-01-06", what: "approved"}}}, gus)
		}, map[string]string{"2 reviewer": "reviews " + one, "2 reviewer'": "context"}},
		{"mates earn half", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "ada", at: "2026-01-05", merger: "bob", reviews: []said{{by: "bob", at: "2026-01-04", what: "approved", push: true, length: 20}}}, ada)
			squash(s, merged{n: 2, by: "ada", at: "2026-01-06", reviews: []said{{by: "bob", at: "2026-01-04", what: "approved", push: true, length: 19}}}, ada)
		}, map[string]string{"1 merger": "mate+ integration 500000", "1 reviewer": "mate+ reviews 500000", "2 reviewer": "context"}},
		{"an author belongs where they worked when the change was opened", func(s *story, doc *model.Tender) {
			doc.People[4].Employment = []model.Employment{{Vendor: "karst", Level: model.Domain, Until: date("2026-02-01")},
				{Vendor: "bigco", Level: model.Domain, From: date("2026-02-01")}}
			squash(s, merged{n: 1, by: "gus", opened: "2026-01-20", at: "2026-02-05", merger: "zoe"}, gus)
			squash(s, merged{n: 2, by: "gus", opened: "2026-01-20", at: "2026-02-05", merger: "bob"}, gus)
		}, map[string]string{"1 merger": "integration " + one, "2 merger": "mate+ integration 500000"}},
		{"the forge's time counts, not git's", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-07-02"})
			s.change(merged{n: 1, by: "ada", at: "2026-06-30", became: "c1", merger: "mia"})
			s.commit(act{by: ada, taker: hub, at: "2026-06-30"})
			s.change(merged{n: 2, by: "ada", at: "2026-07-02", became: "c2", merger: "mia", reviews: []said{{by: "zoe", at: "2026-06-29", what: "approved", push: true}}})
		}, map[string]string{"c1 author": "changes " + one, "1 merger": "integration " + one, "c2 author": "window", "2 merger": "window", "2 reviewer": "window"}},
		{"a commit belongs to the change that was merged first, then to the lowest number", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.change(merged{n: 10, by: "gus", at: "2026-01-05", became: "c2", merger: "mia", reviews: []said{{by: "zoe", at: "2026-01-04", what: "approved", push: true}}})
			s.change(merged{n: 9, by: "ada", at: "2026-01-05", became: "c2", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "9 merger": "integration " + one, "9 author": "unit+", "10 author": "duplicate", "10 merger": "duplicate", "10 reviewer": "duplicate"}},
		{"work that went into another branch first counts when it is accepted", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.change(merged{n: 1, by: "ada", at: "2025-06-05", base: "topic", became: "c1", merger: "zoe"})
		}, map[string]string{"c1 author": "changes " + one, "1 merger": "integration " + one}},
		{"merged earlier goes before a lower number, and a merge of nothing new is none", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: bob, at: "2026-01-05", merge: true})
			s.change(merged{n: 1, by: "zoe", at: "2026-01-05", became: "c1", merger: "mia"})
			s.change(merged{n: 2, by: "bob", at: "2026-01-04", became: "c1", merger: "mia"})
			s.change(merged{n: 3, by: "bob", at: "2026-01-05", became: "c2", merger: "zoe"})
		}, map[string]string{"2 merger": "integration " + one, "1 merger": "duplicate", "3 merger": "duplicate", "c2 author": "unit+"}},
		{"what went into another branch first came with the change that brought it in", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", landed: "c4"})
			s.commit(act{by: bob, at: "2026-01-05", landed: "c4"})
			s.commit(act{by: bob, at: "2026-01-05", merge: true, landed: "c4"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.change(merged{n: 1, by: "ada", at: "2026-01-02", base: "topic", became: "c1", merger: "bob"})
			s.change(merged{n: 2, by: "bob", at: "2026-01-03", base: "topic", became: "c3", merger: "ada"})
			s.change(merged{n: 3, by: "bob", at: "2026-01-05", became: "c4", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "1 merger": "mate+ integration 500000", "2 merger": "branch", "2 author": "branch", "3 merger": "integration " + one}},
		{"work that also went into a branch that does not count belongs to the change that counts", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.head(1, "c1", "2026-01-01")
			s.change(merged{n: 1, by: "ada", at: "2026-01-02", base: "topic", became: "gone", merger: "bob"})
			s.change(merged{n: 2, by: "ada", at: "2026-01-05", became: "c2", merger: "mia"})
		}, map[string]string{"1 merger": "branch", "2 merger": "integration " + one}},
		{"a rebase takes no ports, no older look-alikes and nothing of other changes", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2025-12-05"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", branches: "stable"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
			s.change(merged{n: 1, by: "ada", at: "2026-01-04T13:00:00Z", became: "c3"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-06"})
			s.head(2, "own", "2026-01-04", "c1", "c2", "c3", "c4", "c5")
			s.change(merged{n: 2, by: "ada", at: "2026-01-05", became: "c4"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "c4 author": "changes " + one, "c5 author": "changes " + one}},
		{"a squash takes nothing that others pushed while its branch held a copy", func(s *story, _ *model.Tender) {
			s.commit(act{by: zoe, at: "2026-01-04"})
			s.commit(act{by: mia, at: "2026-01-05"})
			s.head(1, "own", "2026-01-03", "c1", "c2")
			squash(s, merged{n: 1, by: "ada", opened: "2026-01-01", at: "2026-01-06", merger: "zoe"}, ada)
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "1 merger": "integration " + one}},
		{"nor does a rebase, which lays its commits in a row, applied by one person", func(s *story, _ *model.Tender) {
			s.commit(act{by: zoe, at: "2026-01-04"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
			s.commit(act{by: mia, taker: hub, at: "2026-01-05"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
			s.head(1, "own", "2026-01-03", "c1", "c2", "c4")
			s.change(merged{n: 1, by: "ada", opened: "2026-01-01", at: "2026-01-06", became: "c4"})
			s.commit(act{by: zoe, taker: mia, at: "2026-01-07"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-08"})
			s.head(2, "own", "2026-01-03", "c5", "c6")
			s.change(merged{n: 2, by: "ada", opened: "2026-01-01", at: "2026-01-08", became: "c6"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "c3 author": "changes " + one, "c4 author": "changes " + one,
			"c5 author": "changes " + one, "c6 author": "changes " + one}},
		{"nor what its branch was made on", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-04"})
			s.commit(act{by: ada, at: "2026-01-06", landed: "c3"})
			s.commit(act{by: zoe, at: "2026-01-06", merge: true})
			s.head(1, "own", "2026-01-03", "c1", "c2")
			s.change(merged{n: 1, by: "ada", opened: "2026-01-01", at: "2026-01-05", base: "topic", became: "c2", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "changes " + one, "1 merger": "integration " + one}},
		{"names that lead in circles end", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", after: "c2"})
			s.commit(act{by: ada, at: "2026-01-05", after: "c1"})
			s.head(1, "own", "2026-01-03", "c1", "c2")
			s.change(merged{n: 1, by: "ada", opened: "2026-01-01", at: "2026-01-05", became: "c2", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "unit+", "1 merger": "integration " + one}},
		{"its clock does not make a fast-forward of a merge by hand", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-02-05", landed: "c3"})
			s.commit(act{by: ada, at: "2026-02-05", landed: "c3", after: "root"})
			s.commit(act{by: mia, at: "2026-02-05", merge: true})
			s.change(merged{n: 1, by: "ada", opened: "2026-01-20", at: "2026-01-10", head: "c2", start: "root", merger: "mia"})
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 500000", "1 merger": "integration " + one}},
		{"said to be merged before it was opened, it was when git says", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, at: "2026-02-05", landed: "c2"})
			s.commit(act{by: mia, at: "2026-02-05", merge: true})
			s.change(merged{n: 1, by: "gus", opened: "2026-01-20", at: "2025-06-30", became: "c2", merger: "mia", reviews: []said{{by: "zoe", at: "2026-02-04", what: "approved", push: true},
				{by: "bob", at: "2026-02-04", what: "commented", inline: 2}}})
			s.commit(act{by: gus, taker: hub, at: "2026-02-05"})
			s.change(merged{n: 4, by: "gus", opened: "2026-01-20", at: "2025-06-30", became: "c3", merger: "k8s[bot]", commands: []said{{by: "zoe", at: "2026-02-04", what: "/merge"}}})
			s.commit(act{by: gus, taker: hub, at: "2026-02-06", landed: "c5"})
			s.commit(act{by: mia, at: "2026-02-06", merge: true})
			s.change(merged{n: 5, by: "gus", opened: "2026-01-20", at: "2025-06-30", became: "c5", merger: "mia"})
			s.change(merged{n: 6, by: "gus", at: "2026-02-05", became: "c5", merger: "zoe"})
			squash(s, merged{n: 2, by: "gus", opened: "2026-02-10", at: "2026-02-10", reviews: []said{{by: "mia", at: "2026-02-04", what: "approved", length: 30}, {by: "mia", at: "2026-02-05T12:00:01Z", what: "approved"}}}, gus)
		}, map[string]string{"c1 author": "changes " + one, "1 merger": "integration " + one, "1 reviewer": "reviews " + one, "1 reviewer'": "reviews " + one, "4 commander": "integration " + one,
			"5 merger": "duplicate", "6 merger": "integration " + one, "2 reviewer": "unit+", "2 reviewer'": "reviews " + one}},
		{"without a commit, who opened it is the author, where it was merged into a declared branch", func(s *story, _ *model.Tender) {
			s.commit(act{by: zoe, at: "2026-01-04"})
			s.change(merged{n: 1, by: "ada", at: "2026-01-05", merger: "mia"})
			s.change(merged{n: 2, by: "ada", at: "2026-01-05", base: "topic", became: "gone", merger: "mia", reviews: []said{{by: "ghost", what: "approved"}}})
			s.change(merged{n: 3, by: "ghost", at: "2026-01-05", merger: "mia", reviews: []said{{by: "zoe", at: "2026-01-04", what: "approved", push: true}}})
			s.change(merged{n: 4, by: "renovate[bot]", at: "2026-01-05", merger: "mia"})
			s.change(merged{n: 5, by: "ada", at: "2020-01-05", merger: "mia"})
		}, map[string]string{"1 author": "changes " + one, "1 merger": "integration " + one, "2 author": "branch", "2 merger": "branch", "2 reviewer": "branch",
			"3 author": "anonymous", "3 merger": "integration " + one, "3 reviewer": "reviews " + one, "4 author": "bot", "4 merger": "bot", "5 author": "window"}},
		{"what a robot wrote earns nobody anything", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "dependabot[bot]", at: "2026-01-05", merger: "mia", reviews: []said{{by: "zoe", at: "2026-01-04", what: "approved", push: true}}}, robot)
		}, map[string]string{"c1 author": "bot", "1 author": "bot", "1 merger": "bot", "1 reviewer": "bot"}},
		{"what an agent wrote is whose who handed it in, else whose who took it", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "ada", at: "2026-01-05", merger: "mia"}, agent)
			squash(s, merged{n: 2, by: "copilot[bot]", at: "2026-01-06", merger: "mia", reviews: []said{{by: "mia", what: "approved"}, {by: "zoe", at: "2026-01-05", what: "approved", push: true}}}, agent)
			squash(s, merged{n: 3, by: "copilot[bot]", at: "2026-01-07", merger: "k8s[bot]", commands: []said{{by: "zoe", what: "/merge"}}}, agent)
		}, map[string]string{"1 author": "changes " + one, "1 merger": "integration " + one, "2 merger": "changes " + one, "2 reviewer": "self",
			"2 reviewer'": "reviews " + one, "3 commander": "changes " + one}},
		{"upkeep is the whole change's", func(s *story, _ *model.Tender) {
			for range 2 {
				s.commit(act{by: ada, at: "2026-01-05", landed: "c3", upkeep: true})
			}
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c3"})
		}, map[string]string{"c1 author": "changes 1000000 upkeep 1000000", "c2 author": "unit+"}},
		{"the same merge twice is one", func(s *story, _ *model.Tender) {
			squash(s, merged{n: 1, by: "gus", at: "2026-01-05", merger: "mia"}, gus)
			s.change(merged{n: 1, at: "2026-01-05", merger: "mia"})
		}, map[string]string{"1 merger": "integration " + one, "1 merger'": "unit+"}},
		{"work that another repository accepted first", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", name: "c1", repo: "elsewhere"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-06", name: "c1"})
			s.change(merged{n: 1, by: "ada", at: "2026-01-06", became: "c1", merger: "mia"})
		}, map[string]string{"c1 author": "changes " + one, "c1 author'": "duplicate", "1 merger": "duplicate"}},
		{"caps count what the forge shows", func(s *story, doc *model.Tender) {
			doc.Rules.ActsPerDay = 1
			for n := range 2 {
				squash(s, merged{n: n + 1, by: "gus", at: "2026-01-05", merger: "mia", reviews: []said{{by: "zoe", what: "approved", push: true}}}, gus)
			}
		}, map[string]string{"1 merger": "integration " + one, "2 merger": "cap", "1 reviewer": "reviews " + one, "2 reviewer": "cap"}},
		{"what is left of a command counts", func(s *story, doc *model.Tender) {
			doc.Rules.ActsPerDay = 1
			s.listing(mia, "2020-01-01", "")
			command := []said{{by: "mia", at: "2026-01-05", what: "/approve"}}
			squash(s, merged{n: 1, by: "gus", at: "2026-01-05", merger: "k8s[bot]", commands: command,
				reviews: []said{{by: "mia", at: "2026-01-04", what: "approved"}}}, gus)
			squash(s, merged{n: 2, by: "gus", at: "2026-01-05", merger: "k8s[bot]", commands: command}, gus)
		}, map[string]string{"1 commander": "integration " + one, "1 reviewer": "reviews " + one, "2 commander": "reviews " + one}},
		{"decisions on a change are on its commits, too", func(s *story, doc *model.Tender) {
			doc.Decisions = []model.Decision{{ID: "D1", On: "change:1", Decide: "refuse"}, {ID: "D2", On: "change:2", Decide: "vendor: bigco"},
				{ID: "D3", On: "change:3", Decide: "count", Rule: "window"}, {ID: "D4", On: "change:4", Decide: "count", Rule: "branch"}}
			squash(s, merged{n: 1, by: "gus", at: "2026-01-05", merger: "mia"}, gus)
			squash(s, merged{n: 2, by: "gus", at: "2026-01-06"}, gus)
			squash(s, merged{n: 3, by: "gus", at: "2020-01-06"}, gus)
			s.change(merged{n: 4, by: "ada", at: "2026-01-05", base: "topic", merger: "mia"})
		}, map[string]string{"c1 author": "decision", "1 merger": "decision", "c2 author": "changes " + one, "c3 author": "changes " + one, "4 author": "changes " + one}},
	})
}

func TestAffiliationOfForgeActs(t *testing.T) {
	s, doc := newForgeStory(), rostered()
	doc.People[4].Employment = []model.Employment{{Vendor: "karst", Level: model.Domain, Until: date("2026-02-01")},
		{Vendor: "bigco", Level: model.Domain, From: date("2026-02-01")}}
	s.commit(act{by: gus, taker: hub, at: "2026-02-05"})
	s.change(merged{n: 1, by: "gus", opened: "2026-01-31", at: "2026-02-05", became: "c1"})
	s.change(merged{n: 2, by: "gus", opened: "2026-01-31", at: "2026-02-06", merger: "mia"})
	s.commit(act{by: ada, taker: hub, at: "2026-02-07"})
	s.change(merged{n: 3, by: "ada", opened: "2026-01-01", at: "2026-02-07", became: "c2", merger: "gus",
		reviews: []said{{by: "gus", at: "2026-01-31", what: "approved", push: true, length: 30}}})
	s.change(merged{n: 4, by: "gus", opened: "0001-01-01T00:00:00Z", at: "2026-02-08"})
	got := s.verdicts(doc)
	for key, want := range map[string]string{"c1 author": "karst", "2 author": "karst", "4 author": "bigco", "3 merger": "bigco", "3 reviewer": "karst"} {
		assert.Equal(t, want, got[key].Parts[0].Vendor, key)
	}
	doc.Decisions = []model.Decision{{ID: "D", On: "change:3", Decide: "vendor: moraine"}}
	assert.Equal(t, "moraine", s.verdicts(doc)["c2 author"].Parts[0].Vendor, "a decision on the change gives its authorship")
	assert.Equal(t, when("2026-02-05"), got["c1 author"].At, "it counts when it was merged")
	assert.EqualValues(t, "2026-02", got["c1 author"].Credits[0].Month.String())
	assert.Equal(t, "2026-01", got["3 reviewer"].Credits[0].Month.String())
}

func TestReasonsLeadToTheForge(t *testing.T) {
	s, doc := newForgeStory(), rostered()
	s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
	s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c1", merger: "zoe"})
	s.change(merged{n: 2, by: "ada", at: "2026-01-05", became: "c1", merger: "zoe"})
	got := s.verdicts(doc)
	assert.Equal(t, "counted with change:1", got["c1 committer"].Reason)
	assert.Equal(t, "counted with "+string(commitOf("c1")), got["1 author"].Reason)
	assert.Equal(t, "the same work as change:1", got["2 merger"].Reason)
}

func TestPeopleMeetThroughTheForgesAddresses(t *testing.T) {
	s := newForgeStory()
	const hidden = "Kim <100+kim@users.noreply.github.com>"
	s.commit(act{by: hidden, taker: hub, at: "2026-01-05"})
	s.change(merged{n: 1, by: "mia", at: "2026-01-05", became: "c1", merger: "kim"})
	for _, r := range s.records {
		if r.Contribution != nil && r.Contribution.Role == model.Merger {
			r.Contribution.Actor.Account = "github:100"
		}
	}
	assert.Equal(t, "self", outcome(s.verdicts(tender())["1 merger"]), "Kim merged her own change")
}

func TestUnmatchedChangesAreSaid(t *testing.T) {
	s, doc := newForgeStory(), rostered()
	s.commit(act{by: ada, taker: hub, at: "2026-01-06"})
	s.head(2, "own", "2026-01-05")
	s.change(merged{n: 2, by: "ada", at: "2026-01-06", became: "c1", merger: "mia"})
	changes := func() model.IndicatorResult { return indicator(evaluate(t, doc, s), model.Commits, model.Changes) }
	assert.Equal(t, model.Complete, changes().State)
	s.change(merged{n: 1, by: "ada", at: "2026-01-05", merger: "mia"})
	s.change(merged{n: 4, at: "2020-01-05", merger: "mia"})
	assert.Equal(t, model.Partial, changes().State)
	assert.Contains(t, changes().Reason, "1 of the changes that the forge merged")
	assert.NotContains(t, changes().Reason, "one commit is known")
	s.commit(act{by: ada, at: "2026-01-06", name: "ff"})
	s.change(merged{n: 5, by: "ada", at: "2026-01-06", head: "ff", start: "c1", merger: "mia"})
	assert.NotContains(t, changes().Reason, "one commit is known", "the forge says where it began")
	s.head(6, "own", "2026-01-06")
	s.change(merged{n: 6, by: "ada", at: "2026-01-06", became: s.commit(act{by: ada, taker: hub, at: "2026-01-06"}), head: "own", start: "c1"})
	assert.NotContains(t, changes().Reason, "one commit is known", "a squash is one")
	own := s.commit(act{by: ada, at: "2026-01-06"})
	s.head(8, own, "2026-01-06")
	s.change(merged{n: 8, by: "ada", at: "2026-01-06", head: own, start: "ff"})
	assert.NotContains(t, changes().Reason, "one commit is known", "the line leads to its beginning over what came by itself")
	pushed := *s
	pushed.head(9, pushed.commit(act{by: ada, at: "2026-01-06", name: "by hand"}), "2026-01-06")
	pushed.change(merged{n: 9, by: "ada", at: "2026-01-06", head: "by hand", became: "by hand"})
	assert.Contains(t, indicator(evaluate(t, doc, &pushed), model.Commits, model.Changes).Reason, "of 1 of the changes", "its last commit landed, and nobody says where it began")
	lost := *s
	lost.commit(act{by: ada, at: "2026-01-06", name: "forwarded"})
	lost.head(7, "forwarded", "2026-01-06")
	lost.change(merged{n: 7, by: "ada", at: "2026-01-06", head: "forwarded", start: "lost"})
	assert.Contains(t, indicator(evaluate(t, doc, &lost), model.Commits, model.Changes).Reason, "of 1 of the changes", "where it began is not there")
	s.change(merged{n: 3, by: "ada", at: "2026-01-07", became: s.commit(act{by: ada, taker: hub, at: "2026-01-07"}), merger: "mia"})
	assert.Contains(t, changes().Reason, "of 1 of the changes that the forge merged in the window one commit is known")
}

func TestTheBestSourceCounts(t *testing.T) {
	story := func(git, forge model.State) *story {
		s := &story{project: "p"}
		s.cover(model.CommitFacts, model.Complete, "")
		s.coverFrom("git", model.ReviewFacts, git, "git's reason")
		s.coverFrom("git", model.MergeFacts, model.Complete, "")
		if forge != "" {
			s.coverFrom("github", model.ReviewFacts, forge, "the forge's reason")
		}
		s.monthly(ada, 12)
		if forge == model.Complete || forge == model.Partial {
			s.change(merged{n: 1, by: "ada", at: "2026-01-05", merger: "mia", reviews: []said{{by: "zoe", what: "approved", length: 30}}})
		}
		return s
	}
	for _, c := range []struct {
		git, forge, want model.State
		reasons          []string
	}{
		{model.Partial, model.Complete, model.Complete, nil},
		{model.Unavailable, model.Partial, model.Partial, []string{"git's reason", "the forge's reason"}},
		{model.Partial, model.Unavailable, model.Unavailable, []string{"0 of the window's 12 changes"}},
		{model.Partial, "", model.Unavailable, []string{"0 of the window's 12 changes"}},
	} {
		r := indicator(evaluate(t, rostered(), story(c.git, c.forge)), model.Reviews, model.ReviewsDone)
		assert.Equal(t, c.want, r.State, "%+v", c)
		for _, reason := range c.reasons {
			assert.Contains(t, r.Reason, reason, "%+v", c)
		}
		if c.reasons == nil {
			assert.NotContains(t, r.Reason, "git", "what the best source shows is no gap")
		}
	}

	s := story(model.Partial, model.Complete)
	s.coverFrom("github", model.ReviewFacts, model.Partial, "one page is missing")
	assert.Equal(t, "git's reason; one page is missing", indicator(evaluate(t, rostered(), s), model.Reviews, model.ReviewsDone).Reason,
		"what one source states of the same kind adds up")

	s = story(model.Partial, model.Complete)
	s.add(model.Record{Repository: "other", Coverage: &model.Coverage{Source: "git", Kind: model.ReviewFacts, State: model.Partial, Reason: "the other one's"}})
	r := evaluate(t, rostered(), s)
	assert.Equal(t, model.Partial, indicator(r, model.Reviews, model.ReviewsDone).State, "each repository by itself")
	assert.Equal(t, "the other one's", indicator(r, model.Reviews, model.ReviewsDone).Reason)
	assert.Len(t, r.Projects[0].Coverage, 5, "what the others state stays shown")
}

func TestWhoTookAChangeIsKnownFromTheForge(t *testing.T) {
	s := newForgeStory()
	for n := range 4 {
		name := s.commit(act{by: ada, taker: hub, at: fmt.Sprintf("2026-0%d-05", n+1)})
		m := merged{n: n + 1, by: "ada", at: fmt.Sprintf("2026-0%d-05", n+1), became: name, merger: "mia"}
		if n == 3 {
			m.merger = "k8s[bot]"
		}
		s.change(m)
	}
	s.commit(act{by: ada, taker: zoe, at: "2026-05-05"})
	s.change(merged{n: 5, by: "ada", at: "2026-05-05", became: "c5", merger: "k8s[bot]"})
	r := indicator(evaluate(t, rostered(), s), model.Maintenance, model.Integration)
	assert.Equal(t, model.Partial, r.State)
	assert.Equal(t, "git and the forge name a person who took the change for 3 of 5 changes; a robot or a forge took the others", r.Reason)
}

func TestAccountTypes(t *testing.T) {
	for typ, want := range map[model.AccountType]string{model.UserAccount: "integration " + one, model.BotAccount: "bot", model.AppAccount: "bot",
		model.GhostAccount: "anonymous", model.MannequinAccount: "anonymous", model.OrganizationAccount: "anonymous", model.TeamAccount: "anonymous"} {
		s, doc := newForgeStory(), rostered()
		s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
		s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c1", merger: "kim"})
		actor := &s.records[len(s.records)-1].Contribution.Actor
		actor.Type = typ
		assert.Equal(t, want, outcome(s.verdicts(doc)["1 merger"]), typ)
		if want == "bot" {
			doc.Bots.Exempt = []string{actor.Account}
			assert.Equal(t, "integration "+one, outcome(s.verdicts(doc)["1 merger"]), "the document's word wins")
		}
	}
	s := newForgeStory()
	s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
	s.change(merged{n: 1, by: "ada", at: "2026-01-05", became: "c1", merger: "bors"})
	assert.Equal(t, "bot", outcome(s.verdicts(rostered())["1 merger"]), "the printed list knows account names")
}

func TestBadForgeRecordsAreRefused(t *testing.T) {
	at := when("2026-01-05")
	change := &model.Change{Merged: at, Base: "main"}
	for want, r := range map[string]model.Record{
		"change's details":    {Contribution: &model.Contribution{Artifact: "change:1", Role: model.Merger}},
		"time of the merge":   {Contribution: &model.Contribution{Artifact: "change:1", Role: model.Merger, Change: &model.Change{}}},
		"review's details":    {Contribution: &model.Contribution{Artifact: "change:1", Role: model.Reviewer, Change: change}},
		"issue's details":     {Contribution: &model.Contribution{Artifact: "issue:1", Role: model.Responder}},
		"advisory's details":  {Contribution: &model.Contribution{Artifact: "advisory:1", Role: model.Remediator}},
		"\"head\" is no full": {Head: &model.Head{Change: "change:1", Commit: "head"}},
		"\"kept\" is no full": {Head: &model.Head{Change: "change:1", Commit: sha("x"), Accepted: []string{"kept"}}},
	} {
		r.Project, r.Repository = "p", "r"
		require.ErrorContains(t, score.NewJudge(tender(), "p").Add(r), want)
	}
}
