package git

import (
	"cmp"
	"errors"
	"fmt"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// branch is a line of history that is mined.
type branch struct {
	name string
	tip  hash
	// pinned says that the document states the tip.
	pinned bool
}

const (
	headsPrefix  = "refs/heads/"
	originPrefix = "refs/remotes/origin/"
	tagsPrefix   = "refs/tags/"
)

// choose finds what to mine: a revision, or the declared branches.
func (m *mining) choose(repo model.Repository) error {
	if m.o.Rev != "" {
		return m.chooseRevision(m.o.Rev)
	}
	heads := m.repo.heads()
	if len(heads) == 0 && m.repo.headAt == (hash{}) && len(m.repo.brokenHeads()) == 0 && m.repo.brokenRef("HEAD") == nil {
		return errEmpty(m.repo)
	}
	names, err := m.repo.chosen(repo, heads)
	if err != nil {
		return err
	}
	_, m.whole = repo.Tips[model.TagsTip]
	for pinned := range maps.Keys(branchTips(repo)) {
		if !slices.Contains(names, pinned) {
			return fmt.Errorf("a tip is pinned for branch %q, which is not among the declared ones (%s); declare it", pinned, some(names))
		}
	}
	for _, name := range names {
		if _, pinned := repo.Tips[name]; !pinned {
			if err := m.repo.brokenHead(name); err != nil {
				return err
			}
		}
		b := branch{name: name, tip: heads[name]}
		if name == "HEAD" && heads[name] == (hash{}) {
			b.tip = m.repo.headAt
		}
		if at, ok := repo.Tips[name]; ok {
			b.pinned = true
			if b.tip, err = m.pinned(name, at); err != nil {
				return err
			}
		}
		if b.tip, err = m.peel(b.tip); err != nil {
			return fmt.Errorf("the tip of branch %q cannot be read: %w%s", name, err, m.repo.store.Trouble())
		}
		m.branches = append(m.branches, b)
	}
	return nil
}

func errEmpty(r *repository) error {
	if r.head == "" {
		return fmt.Errorf("it has no commits")
	}
	return fmt.Errorf("it has no commits: HEAD names %q, which is not born yet, and there is no other branch", short(r.head))
}

// pinned returns the commit that a document pins for a branch.
func (m *mining) pinned(name, at string) (hash, error) {
	h, err := parse.ParseHash(at)
	if err != nil {
		return h, fmt.Errorf("the tip pinned for branch %q: %w", name, err)
	}
	if _, _, err := m.objects.Read(h); err != nil {
		if errors.Is(err, object.ErrAbsent) {
			return h, fmt.Errorf("commit %v, pinned for branch %q, is not in the repository; fetch it, or pin another one%s", h, name, m.repo.store.Trouble())
		}
		return h, fmt.Errorf("reading the commit pinned for branch %q: %w", name, err)
	}
	return h, nil
}

// heads returns the branches by name.
func (r *repository) heads() map[string]hash {
	heads := map[string]hash{}
	for name, h := range r.refs {
		if b, ok := strings.CutPrefix(name, originPrefix); ok && r.work && b != "HEAD" {
			_, own := r.refs[headsPrefix+b]
			if _, broken := r.broken[headsPrefix+b]; !own && !broken {
				heads[b] = h
			}
		}
		if b, ok := strings.CutPrefix(name, headsPrefix); ok {
			heads[b] = h
		}
	}
	return heads
}

// short returns a branch's name as people write it.
func short(ref string) string { return strings.TrimPrefix(ref, headsPrefix) }

// chosen returns the names of the declared branches, the default one first, the
// others sorted. A branch with a pinned tip need not be there any more.
//
// A declared branch is a name, or a pattern of [path.Match]: "*" stands for any
// characters but a slash, so that "*" alone misses release/1.0, which "release/*"
// or "*/*" has. "**" alone is every branch. A broken branch that matches is
// returned too, for leaving it out would make the result smaller in silence.
func (r *repository) chosen(repo model.Repository, heads map[string]hash) ([]string, error) {
	pinned := slices.Sorted(maps.Keys(branchTips(repo)))
	_, whole := repo.Tips[model.TagsTip]
	if len(repo.Branches) == 0 {
		if whole && len(pinned) == 1 {
			return pinned, nil
		}
		name, err := r.standard(heads)
		return []string{name}, err
	}
	there := slices.Sorted(maps.Keys(heads))
	known := slices.Concat(there, pinned, r.brokenHeads())
	if whole {
		known = pinned
	}
	var names []string
	for _, pattern := range repo.Branches {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("branch %q is no pattern: %w; write it as 2.*.x", pattern, err)
		}
		found := false
		for _, name := range known {
			if ok, _ := path.Match(pattern, name); ok || name == pattern || pattern == "**" {
				names, found = append(names, name), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no branch matches %q; there are %s", pattern, some(there))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	main := short(r.head)
	if at, ok := repo.Tips[model.MainTip]; ok && !slices.Contains(names, model.MainTip) {
		i := slices.IndexFunc(names, func(name string) bool { return repo.Tips[name] == at })
		if i < 0 {
			return nil, fmt.Errorf("a tip is pinned for HEAD, the main line, and no declared branch has it pinned too; pin the branch")
		}
		main = names[i]
	}
	if i := slices.Index(names, main); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, main)
	}
	return names, nil
}

// standard returns the default branch.
func (r *repository) standard(heads map[string]hash) (string, error) {
	if r.head == "" && r.headAt != (hash{}) {
		return "HEAD", nil
	}
	if err := cmp.Or(r.brokenRef("HEAD"), r.brokenHead(short(r.head))); err != nil {
		return "", err
	}
	if r.head == "" {
		return "", fmt.Errorf("it names no default branch; declare a branch: there are %s", some(slices.Sorted(maps.Keys(heads))))
	}
	if _, ok := heads[short(r.head)]; !ok {
		return "", fmt.Errorf("HEAD names branch %q, which is not there; declare a branch: there are %s",
			short(r.head), some(slices.Sorted(maps.Keys(heads))))
	}
	return short(r.head), nil
}

// some lists at most ten names.
func some(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	if len(names) > 10 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:10], ", "), len(names)-10)
	}
	return strings.Join(names, ", ")
}

// peel follows annotated tags to a commit.
func (m *mining) peel(h hash) (hash, error) {
	for range 8 {
		k, b, err := m.objects.Read(h)
		if err != nil {
			return h, err
		}
		if k == object.Commit {
			return h, nil
		}
		if k != object.Tag {
			return h, fmt.Errorf("object %v is no commit", h)
		}
		tag, err := parse.ParseTag(b)
		if err != nil {
			return h, fmt.Errorf("tag %v: %w", h, err)
		}
		h = tag.Object
	}
	return h, fmt.Errorf("object %v is a tag of a tag of a tag", h)
}

// likelyHead guesses the default branch from the commit that HEAD is.
func likelyHead(head hash, heads map[string]hash) string {
	var at []string
	for name, h := range heads {
		if head == (hash{}) || h == head {
			at = append(at, name)
		}
	}
	for _, name := range []string{"main", "master", "trunk"} {
		if slices.Contains(at, name) {
			return name
		}
	}
	if slices.Sort(at); head == (hash{}) && len(at) != 1 || len(at) == 0 {
		return ""
	}
	return at[0]
}
