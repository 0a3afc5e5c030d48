package comment

import "bytes"

// Most is the size, in bytes of each version, above which a file is not looked at. A text of
// that size takes some milliseconds.
const Most = 1 << 20

// reach is how far before a change the beginning of the comment that it stands in is
// looked for. Longer comments are rare, and a change in their middle is then one of code.
const reach = 16 << 10

// Comparer compares texts. It keeps memory of a few lines from one pair to the next, and is
// not for concurrent use.
type Comparer struct {
	table    *Table
	old, new scanner
}

// NewComparer returns a comparer for what a table tells of paths.
func NewComparer(t *Table) *Comparer { return &Comparer{table: t} }

// Only reports whether nothing but comments and white space differs between two texts, of
// which the first head and the last tail bytes are the same, in whole lines. The texts
// differ. An empty text is that of no file: the other is then looked at as a whole. It is false
// where s is nil, and whenever it is in doubt.
//
// It takes some microseconds for most pairs, as one differing line of code is enough; and
// the time to read a text once where the first line that differs may be a comment.
func (c *Comparer) Only(s *Syntax, old, new []byte, head, tail int) bool {
	if s == nil || len(old) > Most || len(new) > Most {
		return false
	}
	if s = c.table.settle(s, longer(old, new)); s == nil {
		return false
	}
	if s.cgo && (bytes.Contains(old, []byte(`import "C"`)) || bytes.Contains(new, []byte(`import "C"`))) {
		return false
	}
	defer c.release()
	before := new[:head]
	if !c.same(s, state{}, old, new, head, tail) && !s.mayInside(before) {
		return false
	}
	return c.same(s, c.after(s, new, head), old, new, head, tail)
}

func longer(a, b []byte) []byte {
	if len(a) > len(b) {
		return a
	}
	return b
}

// after returns the state at a place of a text, which begins a line.
func (c *Comparer) after(s *Syntax, text []byte, at int) state {
	st := state{}
	if s.islands {
		st.in = inPage
	}
	c.new.start(s, st, text, 0, at)
	c.new.mute = true
	c.new.next()
	return c.new.state
}

// same reports whether the code between head and tail is the same, and what follows
// means the same on both sides.
func (c *Comparer) same(s *Syntax, st state, old, new []byte, head, tail int) bool {
	c.old.start(s, st, old, head, len(old)-tail)
	c.new.start(s, st, new, head, len(new)-tail)
	for {
		a, b := c.old.next(), c.new.next()
		switch {
		case !bytes.Equal(a, b):
			return false
		case a == nil:
			return c.old.state == c.new.state
		}
	}
}

// mayInside reports whether the text may end in the middle of a comment of several lines,
// quickly: where it is false, it does not.
func (s *Syntax) mayInside(text []byte) bool {
	near := text[max(0, len(text)-reach):]
	for i := range s.block {
		b := &s.block[i]
		if !bytes.Contains(near, []byte(b.open)) {
			continue
		}
		at := bytes.LastIndex(near, []byte(b.open)) + len(b.open)
		if !bytes.Contains(near[at:], []byte(b.close)) {
			return true
		}
	}
	return s.doc && odd(text, `"""`) || s.doc && odd(text, "'''") || s.longOpen(near)
}

func odd(text []byte, quote string) bool { return bytes.Count(text, []byte(quote))%2 == 1 }

// longOpen reports whether a long bracket may be open.
func (s *Syntax) longOpen(near []byte) bool {
	if s.longMark == "" {
		return false
	}
	at := bytes.LastIndex(near, []byte(s.longMark+"["))
	return at >= 0 && !bytes.Contains(near[at:], []byte("]]"))
}

// release gives back what unusual lines needed, and the texts.
func (c *Comparer) release() {
	for _, s := range []*scanner{&c.old, &c.new} {
		if s.text = nil; cap(s.out) > 1<<16 {
			s.out = nil
		}
	}
}
