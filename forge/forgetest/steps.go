package forgetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

const maxLines = 100_000

// step is what a commit does to one file. A pick or "like" repeats it with the
// same seed and so with the same lines.
type step struct {
	verb    string
	path    string
	to      string // move
	count   int    // lines, or bytes of binary; 0 is all lines of reindent
	content []byte // text
	seed    string
	line    *line // which a mistake is in: of the pick or "like" where that repeats it
}

// step reads a line such as "write src/header.go 12".
func (h *history) step(l *line, verb, rest string) (step, error) {
	words := strings.Fields(rest)
	forms := map[string]string{
		"write": "write PATH 12", "edit": "edit PATH 2", "binary": "binary PATH 100", "reindent": "reindent PATH",
		"text": "text PATH", "delete": "delete PATH", "move": "move OLD NEW",
	}
	form, known := forms[verb]
	if !known {
		return step{}, l.errorf("%q is nothing that stands under a commit; write one of by, at, write, edit, reindent, text, binary, move, delete, like, or a trailer as \"Reviewed-by: NAME\"", verb)
	}
	s := step{verb: verb, line: l}
	wanted := len(strings.Fields(form)) - 1
	if verb == "reindent" && len(words) == 2 {
		wanted = 2
	}
	if len(words) != wanted {
		return s, l.errorf("cannot read %q; write \"%s\"; paths hold no spaces", verb+" "+rest, form)
	}
	s.path = words[0]
	for _, path := range words[:min(len(words), 1+strings.Count(form, "NEW"))] {
		if !validPath(path) {
			return s, l.errorf("%q is no path in a repository; write it as src/header.go, without \"..\" or \".git\"", path)
		}
	}
	switch {
	case verb == "move":
		s.to = words[1]
	case wanted == 2:
		n, err := strconv.Atoi(words[1])
		if err != nil || n < 1 || n > maxLines {
			return s, l.errorf("%q is no number from 1 to %d; write \"%s\"", words[1], maxLines, form)
		}
		s.count = n
	case verb == "text":
		return s, h.fileText(l, &s)
	}
	return s, nil
}

// fileText reads the "| " lines of a file; unknown words in braces stay.
func (h *history) fileText(l *line, s *step) error {
	for _, q := range l.quoted {
		q, _ = h.replace(q)
		if err := h.spend(l, len(q)); err != nil {
			return err
		}
		s.content = append(append(s.content, q...), '\n')
	}
	return nil
}

func validPath(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if strings.EqualFold(part, ".git") {
			return false
		}
	}
	return fs.ValidPath(path) && path != "." && len(path) <= 1000 && !strings.Contains(path, `\`)
}

// from returns the steps with the line that repeats them.
func from(l *line, steps []step) []step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].line = l
	}
	return steps
}

// apply does a step to the draft's tree.
func (h *history) apply(d *draft, s step) error {
	l := s.line
	delete(d.conflicts, s.path)
	old := d.tree.file(s.path)
	if old.IsZero() && s.verb != "write" && s.verb != "text" && s.verb != "binary" {
		return l.errorf("no file %s to %s on branch %q; write it first", s.path, s.verb, d.branch)
	}
	switch s.verb {
	case "delete":
		return h.put(l, d, s.path, plumbing.ZeroHash)
	case "move":
		if err := h.put(l, d, s.path, plumbing.ZeroHash); err != nil {
			return err
		}
		delete(d.conflicts, s.to)
		return h.put(l, d, s.to, old)
	}
	after, wrong := s.rewrite(h.objects[old])
	if wrong != "" {
		return l.errorf("%s", wrong)
	}
	blob, err := h.store(l, plumbing.BlobObject, after)
	if err != nil {
		return err
	}
	return h.put(l, d, s.path, blob)
}

// put changes one file of the tree. What it copies counts as work.
func (h *history) put(l *line, d *draft, path string, blob plumbing.Hash) error {
	if clash := d.tree.clash(path); clash != "" {
		kind := "file"
		if clash == path {
			kind = "folder"
		}
		return l.errorf("%s is a %s; choose another path", clash, kind)
	}
	d.tree = d.tree.with(path, blob)
	return h.spend(l, 64+len(path))
}

// rewrite returns the file's new content, or what is wrong.
func (s step) rewrite(before []byte) (after []byte, wrong string) {
	lines := slices.Collect(bytes.Lines(before))
	switch s.verb {
	case "text":
		return s.content, ""
	case "binary":
		return s.noise(), ""
	case "write":
		return append(slices.Clip(before), s.lines()...), ""
	}
	if s.count > len(lines) {
		return nil, fmt.Sprintf("%s has only %d lines; write at most that number", s.path, len(lines))
	}
	if s.verb == "reindent" {
		if s.count == 0 {
			s.count = len(lines)
		}
		for i := range s.count {
			lines[i] = reindented(lines[i])
		}
		return bytes.Join(lines, nil), ""
	}
	sum := s.hash(-1)
	from := int(binary.BigEndian.Uint32(sum[:]) % uint32(len(lines)-s.count+1))
	rest := bytes.Join(lines[from+s.count:], nil)
	return slices.Concat(bytes.Join(lines[:from], nil), s.lines(), rest), ""
}

// reindented takes one tab away from the line's start, or gives it one.
func reindented(line []byte) []byte {
	if rest, had := bytes.CutPrefix(line, []byte("\t")); had {
		return rest
	}
	return append([]byte("\t"), line...)
}

// lines returns the step's own lines: words that no other step writes in the
// same order, and nothing that looks like a comment.
func (s step) lines() []byte {
	vocabulary := strings.Fields("tile cache index layer style query bounds zoom raster vector feature filter render record schema token header buffer legend symbol extent datum origin metric")
	var b bytes.Buffer
	for i := range s.count {
		sum := s.hash(i)
		for _, v := range sum[:4] {
			b.WriteString(vocabulary[int(v)%len(vocabulary)] + " ")
		}
		fmt.Fprintf(&b, "%x\n", sum[4:9])
	}
	return b.Bytes()
}

// noise returns bytes that begin with a NUL, which is what makes git call a file
// binary.
func (s step) noise() []byte {
	b := []byte{0}
	for i := 0; len(b) < s.count; i++ {
		sum := s.hash(i)
		b = append(b, sum[:]...)
	}
	return b[:s.count]
}

func (s step) hash(i int) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", s.seed, s.path, i))
}
