package forgetest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxText = 4 << 20

// line is one line of a history with what belongs to it.
type line struct {
	number int
	text   string   // without indentation and comment
	quoted []string // the "| " lines right below, without the bar
	below  []*line  // the indented lines
}

// fault is a mistake in the text: what is wrong, and what to write instead.
type fault struct {
	line    int
	message string
}

func (f *fault) Error() string { return fmt.Sprintf("history line %d: %s", f.line, f.message) }

func (l *line) errorf(format string, args ...any) error {
	return &fault{l.number, fmt.Sprintf(format, args...)}
}

// level is an indentation in use: its white space, and the line that owns the
// lines at it.
type level struct {
	indent string
	owner  *line
}

// parse reads the lines of a history into a tree by their indentation.
func parse(text string) (*line, error) {
	root := &line{}
	if len(text) > maxText {
		return nil, fmt.Errorf("history of %d bytes: at most %d are read; use repeat for what repeats", len(text), maxText)
	}
	var levels []level
	last := root
	number := 0
	for raw := range strings.SplitSeq(text, "\n") {
		number++
		l := &line{number: number}
		raw = strings.TrimRightFunc(raw, unicode.IsSpace)
		if err := l.checkCharacters(raw); err != nil {
			return nil, err
		}
		body := strings.TrimLeft(raw, " \t")
		if quoted, ok := strings.CutPrefix(body, "|"); ok {
			if last == root {
				return nil, l.errorf(`"|" quotes the text of the line above, and there is none; write "text PATH" or a commit first`)
			}
			last.quoted = append(last.quoted, strings.TrimPrefix(quoted, " "))
			continue
		}
		if l.text = withoutComment(body); l.text == "" {
			continue
		}
		indent := raw[:len(raw)-len(body)]
		var err error
		if levels, err = l.descend(levels, indent, last, root); err != nil {
			return nil, err
		}
		owner := levels[len(levels)-1].owner
		owner.below = append(owner.below, l)
		last = l
	}
	return root, nil
}

// descend returns the levels down to the one that the line stands at. A deeper
// indentation than the line before opens a level that this line before owns.
func (l *line) descend(levels []level, indent string, before, root *line) ([]level, error) {
	if len(levels) == 0 {
		return []level{{indent, root}}, nil
	}
	top := levels[len(levels)-1]
	if len(indent) > len(top.indent) && strings.HasPrefix(indent, top.indent) {
		return append(levels, level{indent, before}), nil
	}
	for i := len(levels) - 1; i >= 0; i-- {
		if levels[i].indent == indent {
			return levels[:i+1], nil
		}
	}
	return nil, l.errorf("indentation that no line above has; begin with the same spaces or tabs as the lines it belongs with")
}

// checkCharacters refuses what would break git's objects from within a name or a
// message.
func (l *line) checkCharacters(raw string) error {
	if !utf8.ValidString(raw) {
		return l.errorf("not UTF-8; save the text as UTF-8")
	}
	for _, r := range raw {
		if unicode.IsControl(r) && r != '\t' {
			return l.errorf("control character %U; remove it", r)
		}
	}
	return nil
}

// withoutComment cuts a "#" that has white space, or nothing, on both sides, so
// that "Fix #12" stays whole. At the start of a line it needs none after it.
func withoutComment(s string) string {
	if strings.HasPrefix(s, "#") {
		return ""
	}
	for i := 1; i < len(s); i++ {
		if s[i] == '#' && blank(s[i-1]) && (i+1 == len(s) || blank(s[i+1])) {
			return strings.TrimRight(s[:i], " \t")
		}
	}
	return s
}

func blank(b byte) bool { return b == ' ' || b == '\t' }
