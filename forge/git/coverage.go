package git

import (
	"context"
	"fmt"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// preface states what is known before the commits are read: tips, aliases and the
// coverage of what git does not show at all.
func (m *mining) preface(ctx context.Context) error {
	for _, b := range m.branches {
		if err := m.emit(ctx, model.Record{Tip: &model.Tip{Branch: b.name, Commit: b.tip.String()}}); err != nil {
			return err
		}
	}
	if err := m.mainTip(ctx); err != nil {
		return err
	}
	mailmap, err := m.mailmap(ctx)
	if err != nil {
		return err
	}
	short := m.graph.shortfall()
	if len(m.graph.missing) > 0 {
		short += m.repo.store.Trouble()
	}
	if mailmap != "" && short != "" {
		short += "; "
	}
	if short += mailmap; short == "" {
		err = m.cover(ctx, model.CommitFacts, model.Complete, "")
	} else {
		err = m.cover(ctx, model.CommitFacts, model.Partial, short)
	}
	if err != nil {
		return err
	}
	for _, c := range []model.Coverage{
		{Kind: model.ReviewFacts, State: model.Partial, Reason: "only review trailers in commit messages"},
		{Kind: model.MergeFacts, State: model.Partial, Reason: "only committers and merge commits"},
		{Kind: model.AdvisoryFacts, State: model.Unavailable, Reason: "git does not record advisories"},
		{Kind: model.IssueFacts, State: model.Unavailable, Reason: "git does not record issues"},
	} {
		if err := m.emit(ctx, model.Record{Coverage: &c}); err != nil {
			return err
		}
	}
	return nil
}

// mailmap states the aliases of the first branch's .mailmap, and returns what is
// to be said where there is one that cannot be read.
func (m *mining) mailmap(ctx context.Context) (shortfall string, err error) {
	d := &differ{read: m.objects}
	tip := m.graph.index[m.branches[0].tip]
	f, err := d.top(m.graph.trees[tip], ".mailmap")
	if err == nil && f.mode&modeKind != modeFile {
		return "", nil // git reads no link either
	}
	var b []byte
	if err == nil {
		b, err = m.objects.ReadKind(f.id, object.Blob)
	}
	if err != nil {
		m.o.Log.Warn(".mailmap cannot be read", "repository", m.address, "error", err)
		return ".mailmap is absent or unreadable" + m.repo.store.Trouble(), nil
	}
	for _, a := range parse.ParseMailmap(b) {
		if err := m.emit(ctx, model.Record{Alias: &a}); err != nil {
			return "", err
		}
	}
	return "", nil
}

// closing states the coverage that only the reading has shown.
func (m *mining) closing(ctx context.Context) error {
	u := m.unknown
	in := " in " + plural(u.commits, "commit", "commits")
	why := m.repo.store.Trouble()
	var folders, contents []string
	if u.folders > 0 {
		folders = []string{fmt.Sprintf("%s absent or unreadable%s", plural(u.folders, "folder or parent is", "folders or parents are"), in)}
	}
	if u.files > 0 {
		contents = []string{fmt.Sprintf("%s absent, unreadable or too large to compare%s", plural(u.files, "file is", "files are"), in)}
	}
	if err := m.coverFacts(ctx, model.FileFacts, folders, why); err != nil {
		return err
	}
	for _, k := range []model.Kind{model.LineFacts, model.ChurnFacts, model.PatchFacts} {
		if err := m.coverFacts(ctx, k, slices.Concat(contents, folders), why); err != nil {
			return err
		}
	}
	return nil
}

// coverFacts states the coverage of facts that lack something for some reasons.
func (m *mining) coverFacts(ctx context.Context, k model.Kind, lacks []string, why string) error {
	if !m.wants(k) {
		return m.cover(ctx, k, model.Unavailable, notAsked)
	}
	return m.coverUnless(ctx, k, len(lacks) == 0, strings.Join(lacks, "; ")+why)
}

// notAsked is the reason why facts are not known that nobody wanted.
const notAsked = "not asked for"

// coverUnless states complete coverage, or partial for a reason.
func (m *mining) coverUnless(ctx context.Context, k model.Kind, complete bool, reason string) error {
	if complete {
		return m.cover(ctx, k, model.Complete, "")
	}
	return m.cover(ctx, k, model.Partial, reason)
}
