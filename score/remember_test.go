package score_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// What the judge must remember is at most 200 bytes a commit, so that a project
// of a million commits fits anywhere.
func TestJudgeRemembersLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about memory, of which the race detector takes more")
	}
	const commits = 200_000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	j := newJudge(tender())
	detail := func(i int) *model.Commit {
		return &model.Commit{Subject: fmt.Sprint("Change ", i), Landed: sha(fmt.Sprint(i)), Branches: []string{"main"}, Authored: time.Unix(int64(i), 0)}
	}
	for i := range commits {
		d := detail(i)
		for _, role := range []model.Role{model.Author, model.Committer, model.Signer} {
			require.NoError(t, j.Add(model.Record{Project: "p", Repository: "r", Contribution: &model.Contribution{
				Artifact: commitOf(fmt.Sprint(i)), Role: role, Actor: identity(ada), At: d.Authored, Commit: d}}))
		}
	}
	each := float64(heap()-before) / commits
	t.Logf("%.0f bytes a commit", each)
	assert.Less(t, each, 200.0)
	runtime.KeepAlive(j)
}

// Nor does it remember much of a change: a project with a hundred thousand of them fits
// anywhere.
func TestJudgeRemembersLittleOfChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about memory, of which the race detector takes more")
	}
	const changes = 20_000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	j := newJudge(tender())
	for i := range changes {
		d := &model.Change{Title: strings.Repeat("A long title ", 20), Base: "main", Merged: when("2026-01-05"), MergeCommit: sha(fmt.Sprint(i))}
		c := model.Contribution{Artifact: model.NewArtifact(model.ChangeArtifact, fmt.Sprint(i)), Actor: account(accounts[i%5]), At: d.Merged, Change: d}
		h := model.Head{Change: c.Artifact, Commit: sha(fmt.Sprint("own", i)), Committed: d.Merged}
		require.NoError(t, j.Add(model.Record{Project: "p", Repository: "r", Head: &h}))
		for _, role := range []model.Role{model.Author, model.Merger, model.Reviewer, model.Reviewer, model.Requested, model.Requested} {
			c := c
			if c.Role = role; role == model.Reviewer {
				c.Review = &model.Review{State: model.Approved, Commit: h.Commit}
			}
			require.NoError(t, j.Add(model.Record{Project: "p", Repository: "r", Contribution: &c}))
		}
	}
	each := float64(heap()-before) / changes
	t.Logf("%.0f bytes a change", each)
	assert.Less(t, each, 1024.0)
	runtime.KeepAlive(j)
}
