package comment

import "slices"

// Syntax is how one language, or several that are alike, write comments and strings.
// It does not change once it is made.
type Syntax struct {
	line   []mark
	block  []block
	quotes []quote
	// token is asked at the bytes in asks, before quotes are looked for: it takes what
	// the tables cannot say from the scanner, or returns false.
	token func(*scanner) bool
	asks  string
	// guess names the language of a file whose name leaves it open, "" where it is in doubt.
	guess func(content []byte) string

	layout   bool   // indentation has meaning
	spaced   bool   // white space around punctuation has meaning
	doc      bool   // a string that is a statement is a comment (Python)
	scalars  bool   // blocks of text are known by their indentation (YAML)
	islands  bool   // code stands in <? ?> (PHP)
	longMark string // begins a comment in long brackets, with a bracket behind it (Lua, CMake)
	cgo      bool   // a file with import "C" is in doubt (Go)

	words, rests, raws []string // of [Directives]

	stop [256]bool // bytes at which something may begin
}

// mark begins a comment that goes on to the end of the line.
type mark struct {
	text  string
	place place
}

// place says where a mark is one.
type place int8

const (
	anywhere place = iota
	apart          // at the beginning of a line or behind white space, not of a continued line
	first          // with nothing but white space before it
	column         // at the very beginning of a line
	dashes         // as apart, and with no sign behind it that would make it an operator
)

// block is a comment with two ends.
type block struct {
	open, close string
	nest        bool // holds others
	column      bool // both ends stand at the beginning of a line, and take all of it
}

// quote is a string.
type quote struct {
	open, close string
	escape      byte // 0 is none
	many        bool // may span lines
}

// compile fills in what can be derived, for a language.
func (s Syntax) compile(language string) *Syntax {
	for _, d := range Directives() {
		if d.Languages != nil && !slices.Contains(d.Languages, language) {
			continue
		}
		s.words = append(s.words, d.Words...)
		s.rests = append(s.rests, d.Rest...)
		s.raws = append(s.raws, d.Raw...)
	}
	for _, m := range s.line {
		s.stop[m.text[0]] = true
	}
	for _, b := range s.block {
		s.stop[b.open[0]] = true
	}
	for _, q := range s.quotes {
		s.stop[q.open[0]] = true
	}
	for i := range len(s.asks) {
		s.stop[s.asks[i]] = true
	}
	if s.doc {
		for _, b := range []byte("()[]{}") {
			s.stop[b] = true
		}
	}
	if s.islands {
		s.stop['?'] = true
	}
	return &s
}
