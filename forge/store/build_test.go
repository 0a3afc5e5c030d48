package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// openNew opens a new store that is closed when the test ends.
func openNew(t testing.TB) (*store.Store, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "facts.db")
	return open(t, file, nil), file
}

func open(t testing.TB, file string, o *store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), file, o)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func day(n int) time.Time { return start.AddDate(0, 0, n) }

func account(n int) model.Identity {
	return model.Identity{Account: fmt.Sprint("github:", 1000+n), Login: fmt.Sprint("dev", n), Type: model.UserAccount}
}

// change is a merged change as a forge states it: its author, merger and reviewer.
func change(n int) store.Fact {
	details := &model.Change{
		Title: fmt.Sprintf("flow: keep the %d. gauge open while it is read", n), Opened: day(n - 2), Merged: day(n), Base: "main",
		Head: fmt.Sprintf("%040x", n*7919), MergeCommit: fmt.Sprintf("%040x", n*104729), Labels: []string{"kind/bug", "lgtm"},
	}
	c := model.Contribution{Artifact: model.NewArtifact(model.ChangeArtifact, fmt.Sprint(n)), At: day(n), Change: details}
	author, merger, reviewer := c, c, c
	author.Role, author.Actor = model.Author, account(n%17)
	merger.Role, merger.Actor = model.Merger, account(n%5)
	reviewer.Role, reviewer.Actor, reviewer.At = model.Reviewer, account(n%11), day(n-1)
	reviewer.Review = &model.Review{State: model.Approved, Said: "APPROVED", Inline: n % 4, Length: n % 90, Commit: details.Head, CanPush: true, Association: "MEMBER"}
	return store.Fact{Key: fmt.Sprint("change/", n), Records: []model.Record{{Contribution: &author}, {Contribution: &merger}, {Contribution: &reviewer}}}
}

func changes(from, to int) (facts []store.Fact) {
	for n := from; n < to; n++ {
		facts = append(facts, change(n))
	}
	return facts
}

// every has a fact of every kind of record, with all that it may say.
func every() []store.Fact {
	issue := &model.Issue{Title: "Gauge \"A\" <leaks> \u2028 & drips", Opened: day(1), Closed: day(3), Reason: "NOT_PLANNED", Labels: []string{"a", "b"}}
	advisory := &model.Advisory{Aliases: []string{"CVE-2026-1"}, Published: day(4), Fixes: []model.Artifact{"change:7", "commit:ab"}}
	commit := &model.Commit{
		Parents: []string{"p", "q"}, Subject: "s", Authored: day(1), Committed: day(2), Landed: "l", LandedMerge: true, Branches: []string{"main"},
		ChangeID: "I1", Picked: []string{"x"}, Reverts: []string{"y"}, Signed: true,
		Files: &model.Files{Touched: 2, Upkeep: 1, Unknown: 1, Lines: &model.Lines{Added: 3, Deleted: 4},
			Churn: []model.Churn{{Class: model.CodeFiles, Files: 1, Space: 1, Lines: model.Lines{Added: 3, Deleted: 4}}},
			Patch: &model.Patch{ID: "0123456789abcdef0123456789abcdef", Place: "0123456789abcdef", Size: 2, Sketch: model.Sketch{1, 1<<64 - 1}}},
	}
	act := func(a model.Artifact, r model.Role) model.Contribution {
		return model.Contribution{Artifact: a, Role: r, Actor: account(1), At: day(5)}
	}
	one, two := act("issue:88", model.Triager), act("issue:88", model.Responder)
	one.Issue, two.Issue, one.Verb = issue, issue, "closed"
	three, four := act("advisory:GHSA-1", model.Publisher), act("advisory:GHSA-1", model.Remediator)
	three.Advisory, four.Advisory, four.Verb = advisory, advisory, "remediation_developer"
	five, six := act("commit:ab", model.Author), act("commit:ab", model.Committer)
	five.Commit, six.Commit = commit, commit
	five.Actor = model.Identity{Name: "Ada \"<>&", Mail: "ada@karst.example"}
	release, role := act("release:v1", model.Releaser), act("role:MAINTAINERS", model.Maintainer)
	role.Until = day(9)
	return []store.Fact{
		change(412),
		{Key: "issue/88", Records: []model.Record{{Contribution: &one}, {Contribution: &two}}},
		{Key: "advisory/GHSA-1", Records: []model.Record{{Contribution: &three}, {Contribution: &four}}},
		{Key: "commit/ab", Records: []model.Record{{Contribution: &five}, {Contribution: &six}}},
		{Key: "release/v1", Records: []model.Record{{Contribution: &release}}},
		{Key: "role/MAINTAINERS", Records: []model.Record{{Contribution: &role}}},
		{Key: "coverage/reviews", Records: []model.Record{{Coverage: &model.Coverage{Source: "github", Kind: model.ReviewFacts, State: model.Partial, Reason: "stopped"}}}},
		{Key: "alias", Records: []model.Record{{Alias: &model.Alias{From: account(1), To: account(2)}}}},
		{Key: "tip/main", Records: []model.Record{{Project: "p", Repository: "r", Tip: &model.Tip{Branch: "main", Commit: "ab"}}}},
		{Key: "head/412", Records: []model.Record{{Head: &model.Head{Change: "change:412", Commit: "ab", Committed: day(1), Own: 2, Accepted: []string{"cd"}}}}},
		{Key: "mixed/0/a", Records: []model.Record{{Contribution: &one}, {Contribution: &five}, {Contribution: &two}, {}}},
	}
}

// facts returns what the log yields under a prefix.
func facts(t testing.TB, l *store.Log, prefix string) (all []store.Fact) {
	t.Helper()
	for f, err := range l.Facts(prefix) {
		require.NoError(t, err)
		all = append(all, f)
	}
	return all
}

func keys(all []store.Fact) (keys []string) {
	for _, f := range all {
		keys = append(keys, f.Key)
	}
	return keys
}

func records(t testing.TB, l *store.Log, p model.Period) (all []model.Record) {
	t.Helper()
	for r, err := range l.Replay(p) {
		require.NoError(t, err)
		all = append(all, r)
	}
	return all
}
