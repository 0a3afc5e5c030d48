package git

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	repoaddress "github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// Tag is a tag that names a commit.
type Tag struct {
	Name string
	// At is when the tag was made by its own word, and of a lightweight tag, which has
	// none, the committer date of the commit.
	At        time.Time
	Commit    string
	Annotated bool
}

// Tags returns the tags of a repository that name commits, by name. Those that name
// something else, such as a file, are left out, and so are those that cannot be read, with
// a warning to [Options.Log]. A remote repository is fetched, unless [Options.Offline].
func (s *Source) Tags(ctx context.Context, repo model.Repository) ([]Tag, error) {
	m := &mining{Source: s, address: repoaddress.Redact(repo.URL)}
	list, err := m.tags(ctx, repo)
	if err != nil {
		return nil, fmt.Errorf("reading the tags of %s: %w", m.address, err)
	}
	return list, nil
}

func (m *mining) tags(ctx context.Context, repo model.Repository) (list []Tag, err error) {
	if err := m.o.check(); err != nil {
		return nil, err
	}
	if m.repo, err = m.open(ctx, repo.URL); err != nil {
		return nil, err
	}
	defer m.repo.close()
	m.objects = m.repo.store.Reader(m.o.atHand() / 16)
	for _, name := range slices.Sorted(maps.Keys(m.repo.refs)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		short, ok := strings.CutPrefix(name, tagsPrefix)
		if !ok {
			continue
		}
		tag, ok, err := m.tag(m.repo.refs[name])
		if err != nil {
			m.o.Log.Warn("a tag cannot be read", "repository", m.address, "tag", short, "error", err)
		}
		if ok {
			tag.Name = valid(short)
			list = append(list, tag)
		}
	}
	return list, nil
}

// tag reads what a tag's reference names. It is none (false) where that is no commit.
func (m *mining) tag(h hash) (Tag, bool, error) {
	k, b, err := m.objects.Read(h)
	if err != nil {
		return Tag{}, false, err
	}
	var t Tag
	if k == object.Tag {
		tag, err := parse.ParseTag(b)
		if err != nil {
			return Tag{}, false, err
		}
		t.Annotated, t.At = true, tag.Tagger.When.UTC()
		if h, err = m.peel(h); err != nil {
			return Tag{}, false, nil // such as a tagged file; git itself has some
		}
	} else if k != object.Commit {
		return Tag{}, false, nil
	}
	t.Commit = h.String()
	if t.At.IsZero() || t.At.Unix() <= 0 { // old tags name nobody
		b, err := m.objects.ReadKind(h, object.Commit)
		if err != nil {
			return Tag{}, false, err
		}
		_, _, seconds, err := parse.ParseGraph(b, nil)
		if err != nil {
			return Tag{}, false, err
		}
		t.At = instant(seconds)
	}
	return t, true, nil
}
