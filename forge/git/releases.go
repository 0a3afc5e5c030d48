package git

import (
	"cmp"
	"context"
	"fmt"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// release is a tag that looks like a version: its name has a digit, and it names
// a commit.
type release struct {
	name   string
	object hash // of the tag
	at     time.Time
	tagger model.Identity // empty where the tag names nobody
}

// releases states the annotated tags of versions inside the period, by time and
// name. A lightweight tag shows a release but nobody who made it.
func (m *mining) releases(ctx context.Context) error {
	if !m.wants(model.ReleaseFacts) {
		return m.cover(ctx, model.ReleaseFacts, model.Unavailable, notAsked)
	}
	var found []release
	broken := 0
	for _, name := range slices.Sorted(maps.Keys(m.repo.refs)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		tag, ok := strings.CutPrefix(name, tagsPrefix)
		if !ok || !strings.ContainsAny(tag, "0123456789") {
			continue
		}
		r, ok, err := m.release(tag, m.repo.refs[name])
		if err != nil {
			broken++
			m.o.Log.Warn("a tag cannot be read", "repository", m.address, "tag", tag, "error", err)
		}
		if ok && m.period.Holds(r.at) {
			found = append(found, r)
		}
	}
	for name := range m.repo.broken {
		if tag, ok := strings.CutPrefix(name, tagsPrefix); ok && strings.ContainsAny(tag, "0123456789") {
			broken++
		}
	}
	slices.SortFunc(found, func(a, b release) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.name, b.name))
	})
	if err := m.tagsTip(ctx, found); err != nil {
		return err
	}
	nobody := 0
	for _, r := range found {
		if r.tagger == (model.Identity{}) {
			nobody++
			continue
		}
		artifact := model.NewArtifact(model.ReleaseArtifact, valid(r.name))
		if err := m.contribute(ctx, &model.Contribution{Artifact: artifact, Role: model.Releaser, Actor: r.tagger, At: r.at}); err != nil {
			return err
		}
	}
	return m.coverReleases(ctx, len(found), nobody, broken)
}

func (m *mining) coverReleases(ctx context.Context, found, nobody, broken int) error {
	var said []string
	if nobody > 0 {
		said = append(said, fmt.Sprintf("%d of %s nobody", nobody, plural(found, "version tag names", "version tags name")))
	}
	if broken > 0 {
		said = append(said, fmt.Sprintf("%s unreadable", plural(broken, "tag is", "tags are"))+m.repo.store.Trouble())
	}
	reason := strings.Join(said, "; ")
	switch {
	case reason == "":
		return m.cover(ctx, model.ReleaseFacts, model.Complete, "")
	case found == nobody:
		return m.cover(ctx, model.ReleaseFacts, model.Unavailable, reason)
	}
	return m.cover(ctx, model.ReleaseFacts, model.Partial, reason)
}

// release reads one tag. It is none (false) where it names no commit, or one
// outside the range that is mined.
func (m *mining) release(name string, h hash) (release, bool, error) {
	k, b, err := m.objects.Read(h)
	if err != nil {
		return release{}, false, err
	}
	r := release{name: name, object: h}
	var tag parse.Tag
	if k == object.Tag {
		if tag, err = parse.ParseTag(b); err != nil {
			return release{}, false, err
		}
		r.tagger = identity(tag.Tagger)
		if h, err = m.peel(h); err != nil {
			return release{}, false, nil // such as a tagged file; git itself has some
		}
	} else if k != object.Commit {
		return release{}, false, nil
	}
	if i, ok := m.graph.index[h]; m.o.Rev != "" && (!ok || m.landing.by[i] < 0 || m.landing.out[i]) {
		return release{}, false, nil
	}
	committed, err := m.committed(h)
	if err != nil {
		return release{}, false, err
	}
	r.at = committed
	if never, strict := m.neverAfter(); tag.Tagger.When.After(committed) && !(strict && tag.Tagger.When.After(never)) {
		r.at = tag.Tagger.When
	}
	return r, true, nil
}

// committed returns the committer date of a commit, 1970 where it is not readable
// or not believed.
func (m *mining) committed(h hash) (time.Time, error) {
	var seconds int64
	if i, ok := m.graph.index[h]; ok {
		seconds = m.graph.committed[i]
	} else {
		b, err := m.objects.ReadKind(h, object.Commit)
		if err != nil {
			return time.Time{}, err
		}
		if _, _, seconds, err = parse.ParseGraph(b, nil); err != nil {
			return time.Time{}, err
		}
	}
	if never, strict := m.neverAfter(); strict && seconds > never.Unix() {
		seconds = 0
	}
	return instant(seconds), nil
}

// valid makes a name of git's valid UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
