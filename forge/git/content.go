package git

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/forge/git/internal/lines"
	"github.com/tributary-oss/tributary/forge/git/internal/patch"
	"github.com/tributary-oss/tributary/model"
)

// mostSteps bounds the comparison of two files; it is some seconds' work, and
// suffices for 200,000 lines on each side.
const mostSteps = 1 << 30

// depth says which contents of a commit are of interest.
type depth struct{ lines, churn, patch bool }

func (d depth) none() bool { return d == depth{} }

// depthOf returns what is of interest in commit i: outside the period at most
// what it has in common with work inside.
func (m *mining) depthOf(i int32) depth {
	if m.inside(i) {
		return m.depth
	}
	return depth{patch: m.depth.patch && m.candidate[i]}
}

// content is what is known of the contents of a commit's files, added up.
type content struct {
	depth
	lines   model.Lines
	churn   []model.Churn
	patch   patch.Sum
	unknown int // files that could not be read or compared
}

// fill states what was asked for, and what could be seen.
func (c *content) fill(f *model.Files) {
	f.Unknown += c.unknown
	if c.depth.lines {
		f.Lines = &c.lines
	}
	if c.depth.churn {
		slices.SortFunc(c.churn, func(a, b model.Churn) int { return strings.Compare(string(a.Class), string(b.Class)) })
		f.Churn = c.churn
	}
	if c.depth.patch && f.Unknown == 0 {
		f.Patch = c.patch.Patch()
	}
}

// add adds one file, whose changed lines are in from.
func (c *content) add(one model.Churn, from *patch.File) {
	if c.depth.patch {
		c.patch.Add(from)
	}
	c.lines.Added += one.Added
	c.lines.Deleted += one.Deleted
	if !c.depth.churn {
		return
	}
	i := slices.IndexFunc(c.churn, func(o model.Churn) bool { return o.Class == one.Class })
	if i < 0 {
		i = len(c.churn)
		c.churn = append(c.churn, model.Churn{Class: one.Class})
	}
	to := &c.churn[i]
	to.Files++
	to.Space += one.Space
	to.Comment += one.Comment
	to.Added += one.Added
	to.Deleted += one.Deleted
}

// look reads both sides of a file that the commit at place k changes, and adds
// what differs to what is known of the commit.
func (m *mining) look(ctx context.Context, w *worker, s *segment, k int32, f *file, old, new side) error {
	to := s.mined[k].content
	w.lines.Stop = func() bool { return ctx.Err() != nil }
	one, ok := m.compare(w, f, old, new, to.depth)
	w.read.Release()
	if err := ctx.Err(); err != nil {
		return err // it was stopped, and says nothing about the file
	}
	lock := &s.locks[int(k)%len(s.locks)]
	lock.Lock()
	defer lock.Unlock()
	if ok {
		to.add(one, &w.patch)
	} else {
		to.unknown++
	}
	return nil
}

// compare says what changed in one file; false where that cannot be known. The
// worker's patch then holds the lines.
func (m *mining) compare(w *worker, f *file, old, new side, d depth) (one model.Churn, ok bool) {
	if d.patch || d.churn {
		w.patch.Start(f.path)
		w.patch.Note(old.note(), new.note())
	}
	one.Files, one.Class = 1, f.class.Of(nil)
	if old.id == new.id && old.kind() == new.kind() {
		return one, true
	}
	a, errA := text(w.read, old)
	b, errB := text(w.read, new)
	if errA != nil || errB != nil {
		return one, false
	}
	if lines.Binary(a) || lines.Binary(b) {
		one.Class = model.BinaryFiles
		if d.patch || d.churn {
			w.patch.Note("blob "+old.id.String(), "blob "+new.id.String())
		}
		return one, true
	}
	if most := m.o.mostLines(); len(a)+len(b) > most && bytes.Count(a, []byte{'\n'})+bytes.Count(b, []byte{'\n'}) > most {
		return one, false
	}
	if d.churn && new.kind()|old.kind() == modeFile {
		one.Class = f.class.Of(newer(a, b))
	}
	if !d.patch && !d.churn {
		one.Added, one.Deleted, ok = w.lines.CountWithin(a, b, mostSteps)
		return one, ok
	}
	steps := int64(mostSteps)
	if !d.lines && !d.churn {
		steps = 0 // the lines are wanted, not their number
	}
	var counted, listed bool
	one.Added, one.Deleted, counted, listed = w.lines.Diff(a, b, steps, w.patch.Line)
	w.patch.Around(w.lines.Around(b))
	if listed && w.patch.Empty() {
		if inOrder(a, b) {
			one.Space = 1
		}
		w.lines.Diff(a, b, 0, w.patch.Exact)
	} else if listed && d.churn && one.Added+one.Deleted > 0 && remarked(old, new) {
		before, after := w.lines.Around(b)
		if w.comments.Only(f.comments, a, b, len(before), len(after)) {
			one.Comment = 1
		}
	}
	return one, (counted || steps == 0) && listed
}

// inOrder reports whether two texts are the same without white space. Lines in another
// order are not: a statement that moves before a lock is another program.
func inOrder(a, b []byte) bool {
	for {
		a, b = bytes.TrimLeft(a, " \t\r\n\v\f"), bytes.TrimLeft(b, " \t\r\n\v\f")
		switch {
		case len(a) == 0 || len(b) == 0:
			return len(a) == len(b)
		case a[0] != b[0]:
			return false
		}
		n := 1
		for n < len(a) && n < len(b) && a[n] == b[n] {
			n++
		}
		a, b = a[n:], b[n:]
	}
}

// remarked reports whether a change of comments could be all that a change of a file is:
// a file that becomes a program or a link has changed otherwise, too.
func remarked(old, new side) bool {
	return new.kind()|old.kind() == modeFile && (old.mode == new.mode || old.mode == 0 || new.mode == 0)
}

// newer returns the content that says what a file is: the new one, or of a deleted
// file the old one.
func newer(old, new []byte) []byte {
	if len(new) == 0 {
		return old
	}
	return new
}

// note returns what is known of a file apart from its lines: its mode, and that
// it is empty. It tells no more than that of a plain file, so that one that is new
// on one branch and changed on another has the same patch.
func (s side) note() string {
	switch {
	case s.mode == 0 || s.kind() == modeFile && s.mode&0o111 == 0 && s.id != emptyBlob:
		return ""
	case s.id == emptyBlob:
		return fmt.Sprintf("empty %06o", s.mode)
	}
	return fmt.Sprintf("mode %06o", s.mode)
}
