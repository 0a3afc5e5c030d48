package forgetest

import (
	"container/heap"
	"fmt"
)

// merge is "merge BRANCH… [as NAME] DATE WHO: SUBJECT", always with a commit.
func (h *history) merge(l *line, rest string) error {
	a, err := h.act(l, rest)
	if err != nil {
		return err
	}
	ours, err := h.tip(l)
	if err != nil {
		return err
	}
	if len(a.words) == 0 || a.subject == "" || ours == nil {
		return l.errorf("cannot merge here; on a branch with commits write \"merge topic 2024-03-06 bob: Merge topic\"")
	}
	d := h.draft(a, h.current, ours)
	d.conflicts = map[string]bool{}
	for _, name := range a.words {
		theirs, err := h.commitAt(l, name)
		if err != nil {
			return err
		}
		if err := h.join(l, d, name, theirs); err != nil {
			return err
		}
	}
	return h.finish(l, d)
}

// join adds a parent and takes over the files that its side alone changed.
func (h *history) join(l *line, d *draft, name string, theirs *commit) error {
	var base *folder
	for _, p := range d.parents {
		common, seen := mergeBase(p, theirs)
		if err := h.spend(l, 16*seen); err != nil {
			return err
		}
		if common == theirs {
			return l.errorf("%q brings nothing that branch %q lacks; commit to it first", name, h.current)
		}
		if p == d.parents[0] && common != nil {
			base = common.tree
		}
	}
	d.parents = append(d.parents, theirs)
	for c := range changes(base, theirs.tree) {
		switch d.tree.file(c.path) {
		case c.new:
		case c.old:
			if clash := d.tree.clash(c.path); clash != "" && !c.new.IsZero() {
				return l.errorf("%s is a file on one side and a folder on the other; move one of them first", clash)
			}
			d.tree = d.tree.with(c.path, c.new)
		default:
			d.conflicts[c.path] = true
		}
		if err := h.spend(l, len(c.path)); err != nil {
			return err
		}
	}
	return nil
}

// mergeBase returns the youngest common ancestor by ordinal, which is never an
// ancestor of another common one; nil where there is none. It walks both sides
// from the youngest commit down, so it ends soon after they meet, and says how
// many commits it saw.
func mergeBase(a, b *commit) (base *commit, seen int) {
	sides := map[*commit]int{a: 1}
	queue := &youngest{a}
	push := func(c *commit, side int) {
		if sides[c] == 0 {
			heap.Push(queue, c)
		}
		sides[c] |= side
	}
	push(b, 2)
	for queue.Len() > 0 {
		c := heap.Pop(queue).(*commit)
		if sides[c] == 3 {
			return c, len(sides)
		}
		for _, p := range c.parents {
			push(p, sides[c])
		}
	}
	return nil, len(sides)
}

// youngest is a heap of commits with the highest ordinal on top.
type youngest []*commit

func (q youngest) Len() int           { return len(q) }
func (q youngest) Less(i, j int) bool { return q[i].ordinal > q[j].ordinal }
func (q youngest) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *youngest) Push(c any)        { *q = append(*q, c.(*commit)) }
func (q *youngest) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}

// pick is "pick NAME [onto BRANCH] [as NAME] DATE WHO[: SUBJECT]".
func (h *history) pick(l *line, rest string) error {
	a, err := h.act(l, rest)
	if err != nil {
		return err
	}
	branch := h.current
	if onto := option(&a.words, "onto"); onto != "" {
		branch = onto
	}
	original, err := h.replayed(l, a, "pick")
	if err != nil {
		return err
	}
	parent, exists := h.branches[branch]
	if !exists {
		return l.errorf("no branch %q to pick onto; write \"on %s from NAME\" above", branch, branch)
	}
	d := h.draft(a, branch, parent)
	d.replay = true
	d.author, d.authored = original.author, original.authored
	d.body = append(d.body, original.body...)
	d.trailers = append(d.trailers, original.trailers...)
	d.steps = from(l, original.steps)
	if d.subject == "" {
		d.subject = original.subject
	}
	return h.finish(l, d)
}

// replayed returns the one commit that a pick or a revert names.
func (h *history) replayed(l *line, a act, verb string) (*commit, error) {
	if len(a.words) != 1 {
		return nil, l.errorf("one commit is needed; write \"%s NAME 2024-03-04 ada\" with the name of a commit", verb)
	}
	c, err := h.commitAt(l, a.words[0])
	if err == nil && len(c.parents) > 1 {
		err = l.errorf("%q is a merge; %s the commits that it brought", a.words[0], verb)
	}
	return c, err
}

// revert is "revert NAME [as NAME] DATE WHO[: SUBJECT]". With a subject of its
// own the message does not say what was reverted.
func (h *history) revert(l *line, rest string) error {
	a, err := h.act(l, rest)
	if err != nil {
		return err
	}
	undone, err := h.replayed(l, a, "revert")
	if err != nil {
		return err
	}
	parent, err := h.tip(l)
	if err != nil {
		return err
	}
	d := h.draft(a, h.current, parent)
	if d.subject == "" {
		d.subject = fmt.Sprintf("Revert %q", undone.subject)
		d.body = []string{fmt.Sprintf("This reverts commit %s.", undone.id)}
	}
	var before *folder
	if len(undone.parents) > 0 {
		before = undone.parents[0].tree
	}
	for c := range changes(undone.tree, before) {
		if d.tree.file(c.path) != c.old {
			return l.errorf("%s has changed since; revert before that, or undo it with \"text %s\" in a commit", c.path, c.path)
		}
		s := step{verb: "text", path: c.path, content: h.objects[c.new], line: l}
		if c.new.IsZero() {
			s.verb = "delete"
		}
		d.steps = append(d.steps, s)
	}
	return h.finish(l, d)
}
