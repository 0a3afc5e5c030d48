package forgetest

import (
	"fmt"
	"iter"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// on stands on a branch, and makes it where the line says from what.
func (h *history) on(l *line, rest string) error {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return l.errorf("no branch named; write \"on main\"")
	}
	name := words[0]
	_, exists := h.branches[name]
	switch {
	case len(words) == 1 && exists:
	case len(words) == 1 && h.head == "", len(words) == 2 && words[1] == "orphan":
		return h.makeBranch(l, name, nil)
	case len(words) == 1:
		return l.errorf("no branch %q yet; write \"on %s from %s\", or \"on %s orphan\" for a history of its own", name, name, h.head, name)
	case len(words) == 3 && words[1] == "from":
		c, err := h.commitAt(l, words[2])
		if err != nil {
			return err
		}
		return h.makeBranch(l, name, c)
	default:
		return l.errorf("cannot read %q; write \"on stable\", \"on stable from v1.0\" or \"on pages orphan\"", "on "+rest)
	}
	h.current = name
	return nil
}

func (h *history) makeBranch(l *line, name string, at *commit) error {
	if _, exists := h.branches[name]; exists {
		return l.errorf("branch %q exists; write only \"on %s\", or choose another name", name, name)
	}
	if err := h.free(l, name); err != nil {
		return err
	}
	if err := h.claim(l, branchReference(name)); err != nil {
		return err
	}
	if h.head == "" {
		if strings.HasPrefix(name, "refs/") {
			return l.errorf("the first branch becomes HEAD and cannot be %q; write \"on main\" above", name)
		}
		h.head = name
	}
	h.branches[name], h.current = at, name
	return nil
}

// free refuses a name that something else has, so that "from NAME" is never
// ambiguous.
func (h *history) free(l *line, name string) error {
	var kind string
	if _, is := h.branches[name]; is {
		kind = "branch"
	} else if _, is := h.tags[name]; is {
		kind = "tag"
	} else if _, is := h.commits[name]; is {
		kind = "commit"
	} else {
		return nil
	}
	return l.errorf("%q already names a %s; choose another name, inside a repeat one with its counter", name, kind)
}

// commitAt returns the commit that a branch, a tag or a name stands for.
func (h *history) commitAt(l *line, name string) (*commit, error) {
	if c, is := h.branches[name]; is {
		if c == nil {
			return nil, l.errorf("branch %q has no commit yet; write one first", name)
		}
		return c, nil
	}
	if t, is := h.tags[name]; is {
		return t.commit, nil
	}
	if c, is := h.commits[name]; is {
		return c, nil
	}
	return nil, l.errorf("no branch, tag or commit %q above; correct the name, or give it to the commit that is meant", name)
}

// tip returns the last commit of the current branch, nil where it has none.
func (h *history) tip(l *line) (*commit, error) {
	if h.current == "" {
		return nil, l.errorf("not on a branch; write \"on main\" above")
	}
	return h.branches[h.current], nil
}

func (h *history) drop(l *line, name string) error {
	if _, is := h.branches[name]; !is {
		return l.errorf("no branch %q to drop; correct the name", name)
	}
	if name == h.current || name == h.head {
		return l.errorf("branch %q cannot be dropped: it is the first one, or the one that the history is on; write \"on\" another one above", name)
	}
	delete(h.branches, name)
	ref := branchReference(name)
	delete(h.refs, ref)
	for f := range foldersOf(ref) {
		if h.folders[f]--; h.folders[f] == 0 {
			delete(h.folders, f)
		}
	}
	return nil
}

func (h *history) lightTag(l *line, name string) error {
	c, err := h.taggable(l, name)
	if err != nil {
		return err
	}
	h.tags[name] = tag{c.id, c}
	return h.claim(l, plumbing.NewTagReferenceName(name))
}

func (h *history) tag(l *line, rest string) error {
	a, err := h.act(l, rest)
	if err != nil {
		return err
	}
	if len(a.words) != 1 || a.name != "" || a.subject == "" {
		return l.errorf("cannot read %q; write \"tag v1.0 2024-05-01 ada: Version 1.0\"", "tag "+rest)
	}
	name := a.words[0]
	c, err := h.taggable(l, name)
	if err != nil {
		return err
	}
	if len(l.below) > 0 {
		return l.below[0].errorf("nothing can stand under a tag but \"| \" lines of its message; begin the line where \"tag\" begins")
	}
	body, err := h.quoted(l)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("object %s\ntype commit\ntag %s\ntagger %s\n\n%s", c.id, name, signature(a.who, a.when), message(a.subject, body, nil))
	id, err := h.store(l, plumbing.TagObject, []byte(text))
	if err != nil {
		return err
	}
	h.tags[name] = tag{id, c}
	return h.claim(l, plumbing.NewTagReferenceName(name))
}

// taggable returns the commit that a new tag would name.
func (h *history) taggable(l *line, name string) (*commit, error) {
	if err := h.free(l, name); err != nil {
		return nil, err
	}
	c, err := h.tip(l)
	if err == nil && c == nil {
		err = l.errorf("nothing to tag on branch %q; write a commit first", h.current)
	}
	return c, err
}

// branchReference returns the reference of a branch; a name that begins with
// "refs/" is one.
func branchReference(name string) plumbing.ReferenceName {
	if strings.HasPrefix(name, "refs/") {
		return plumbing.ReferenceName(name)
	}
	return plumbing.NewBranchReferenceName(name)
}

// claim takes a reference. Git may keep references as files in folders, so one
// cannot be where another has its folder.
func (h *history) claim(l *line, ref plumbing.ReferenceName) error {
	if len(ref) > 200 || ref.Validate() != nil {
		return l.errorf("%q cannot name a branch or a tag; use at most 180 letters, digits, \"-\" and \"/\"", ref.Short())
	}
	taken := h.folders[ref] > 0 || h.refs[ref]
	for f := range foldersOf(ref) {
		taken = taken || h.refs[f]
	}
	if taken {
		return l.errorf("%q cannot stand beside what is called so above, as git keeps names with \"/\" in folders; choose another name", ref.Short())
	}
	h.refs[ref] = true
	for f := range foldersOf(ref) {
		h.folders[f]++
	}
	return nil
}

// foldersOf yields the folders that a reference lies in.
func foldersOf(ref plumbing.ReferenceName) iter.Seq[plumbing.ReferenceName] {
	return func(yield func(plumbing.ReferenceName) bool) {
		for i, r := range ref {
			if r == '/' && !yield(ref[:i]) {
				return
			}
		}
	}
}
