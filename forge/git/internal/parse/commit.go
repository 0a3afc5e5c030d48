package parse

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Commit is a commit object.
type Commit struct {
	Tree              Hash
	Parents           []Hash // none of a root commit
	Author, Committer Signature
	// Signed says that the commit bears a signature of its own; it is not
	// verified. A merge that embeds a signed tag is not signed by that.
	Signed bool
	// Subject is the first paragraph on one line, at most 4 KiB. Body is the rest
	// with its trailers, "\n" newlines and no blank ends, at most 1 MiB.
	Subject, Body string
	// Trailers are in the order of the message; parseTrailers says which count.
	Trailers []Trailer
	// ChangeID is the last Change-Id of the last paragraphs in Gerrit's form, "I"
	// and 40 lower-case digits. Unlike other trailers it need not stand in a block
	// that git recognises: Gerrit's clients put it below any last paragraph.
	ChangeID string
	// Picked and Reverts are the object names, as written and possibly short, in
	// lines of the body that begin with "(cherry picked from commit" and with
	// "This reverts commit". Each name stands once, in order.
	Picked, Reverts []string
	// Faults say what was odd and lived with, without any personal data.
	Faults []string
}

// ParseGraph reads what a walk through the history needs: the tree, the parents,
// which are appended to the given slice, and the committer's time in seconds
// since 1970, 0 where it is unreadable. It allocates nothing else. It fails
// exactly where [ParseCommit] does.
func ParseGraph(b []byte, to []Hash) (tree Hash, parents []Hash, committed int64, err error) {
	tree, parents, b, err = parseHead(b, to)
	if err != nil {
		return tree, to, 0, err
	}
	for len(b) > 0 && b[0] != '\n' {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte{'\n'})
		if v, ok := bytes.CutPrefix(line, []byte("committer ")); ok {
			committed, _ = parseTime(v)
			break
		}
	}
	return tree, parents, committed, nil
}

var (
	errTree   = errors.New("commit without a readable tree line; check the repository with git fsck")
	errParent = errors.New("commit with an unreadable parent line; check the repository with git fsck")
)

// parseHead reads the tree and parent lines, which git puts first, and returns
// what follows them. Parent lines further down mean nothing to git.
func parseHead(b []byte, to []Hash) (tree Hash, parents []Hash, rest []byte, err error) {
	v, ok := bytes.CutPrefix(b, []byte("tree "))
	if tree, rest, ok = hashLine(v, ok); !ok {
		return Hash{}, to, nil, errTree
	}
	for {
		v, ok := bytes.CutPrefix(rest, []byte("parent "))
		if !ok {
			return tree, to, rest, nil
		}
		var parent Hash
		if parent, rest, ok = hashLine(v, true); !ok {
			return tree, to, nil, errParent
		}
		to = append(to, parent)
	}
}

// hashLine reads 40 digits and a newline.
func hashLine(b []byte, ok bool) (h Hash, rest []byte, _ bool) {
	if !ok || len(b) < 41 || b[40] != '\n' {
		return h, nil, false
	}
	h, ok = hexHash(b[:40])
	return h, b[41:], ok
}

// ParseCommit reads a commit object. It fails only where the tree or the parents
// are unreadable; everything else that is wrong becomes a fault.
func ParseCommit(b []byte) (Commit, error) {
	var c Commit
	var err error
	if c.Tree, c.Parents, b, err = parseHead(b, nil); err != nil {
		return Commit{}, err
	}
	h, message := c.headers(b)
	set := charset(string(h.encoding))
	c.Author = c.signature("author", h.author, set)
	c.Committer = c.signature("committer", h.committer, set)
	c.message(message, set)
	return c, nil
}

// headers are the raw lines of a commit below its parents.
type headers struct{ author, committer, encoding []byte }

// headers splits b into the headers that matter and the message. Lines that
// begin with a space continue the header above them: signatures, merged tags.
func (c *Commit) headers(b []byte) (h headers, message []byte) {
	for len(b) > 0 && b[0] != '\n' {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte{'\n'})
		key, value, _ := bytes.Cut(line, []byte{' '})
		switch string(key) {
		case "author":
			c.first(&h.author, value, "author")
		case "committer":
			c.first(&h.committer, value, "committer")
		case "encoding":
			h.encoding = value[:min(len(value), 32)]
		case "gpgsig", "gpgsig-sha256":
			c.Signed = c.Signed || len(value) > 0
		case "tree", "parent":
			c.fault("late %s line, which git ignores", key)
		}
	}
	return h, b
}

// first keeps the first of several headers, as git does.
func (c *Commit) first(to *[]byte, value []byte, what string) {
	if *to != nil {
		c.fault("more than one %s", what)
		return
	}
	*to = value
	if value == nil {
		*to = []byte{}
	}
}

func (c *Commit) signature(what string, b []byte, set *charmap.Charmap) Signature {
	if b == nil {
		c.fault("%s: none", what)
		return Signature{Bad: true}
	}
	s, faults := parseSignature(b, set)
	for _, f := range faults {
		c.fault("%s: %s", what, f)
	}
	return s
}

// fault notes an oddity, once.
func (c *Commit) fault(format string, args ...any) {
	f := fmt.Sprintf(format, args...)
	for _, old := range c.Faults {
		if old == f {
			return
		}
	}
	c.Faults = append(c.Faults, f)
}

// message reads subject, body, trailers and references. git shows nothing
// behind a NUL, so nothing hidden there may count.
func (c *Commit) message(b []byte, set *charmap.Charmap) {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		c.fault("NUL in the message")
		b = b[:i]
	}
	head, tail := b, b
	if len(b) > messageMost {
		c.fault("message over 1 MiB")
		head, tail = b[:messageMost], afterNewline(b[len(b)-messageMost:])
	}
	text := messageText(head, set)
	title, body := splitTitle(text)
	c.Subject = oneLine(strings.ReplaceAll(title, "\n", " "), subjectMost)
	c.Body = cut(strings.TrimRight(plainLines(body), " \t\n"), messageMost)
	c.Picked = references(c.Body, "(cherry picked from commit ")
	c.Reverts = references(c.Body, "This reverts commit ")
	if len(b) > messageMost {
		body = messageText(tail, set)
	}
	var more bool
	if c.Trailers, c.ChangeID, more = parseTrailers(strings.Split(body, "\n")); more {
		c.fault("more than %d trailers", trailersMost)
	}
}

// messageText decodes a message and makes its newlines "\n". White space at the
// beginning goes line by line, as in git.
func messageText(b []byte, set *charmap.Charmap) string {
	s := strings.ReplaceAll(decode(b, set), "\r\n", "\n")
	for {
		line, rest, found := strings.Cut(s, "\n")
		if !found || !isBlank(line) {
			return s
		}
		s = rest
	}
}

func afterNewline(b []byte) []byte {
	_, rest, _ := bytes.Cut(b, []byte{'\n'})
	return rest
}

// splitTitle cuts a message behind its first paragraph. The body keeps no blank
// lines at its beginning.
func splitTitle(s string) (title, body string) {
	at := 0
	for line := range strings.Lines(s) {
		if isBlank(line) {
			break
		}
		at += len(line)
	}
	title, body = strings.TrimRight(s[:at], "\n"), s[at:]
	for {
		line, rest, found := strings.Cut(body, "\n")
		if !isBlank(line) {
			return title, body
		}
		if !found {
			return title, ""
		}
		body = rest
	}
}

// references returns the object names of 7 to 64 hexadecimal digits that follow
// prefix at the beginning of a line.
func references(body, prefix string) (names []string) {
	seen := map[string]bool{}
	for line := range strings.Lines(body) {
		rest, ok := strings.CutPrefix(line, prefix)
		if !ok || len(names) == trailersMost {
			continue
		}
		n := 0
		for n < len(rest) && nibble(rest[n]) < 16 {
			n++
		}
		if name := rest[:n]; 7 <= n && n <= 64 && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
