package comment

import (
	"bytes"
	"path"
	"strings"
)

// Table finds the syntax of a file. It does not change after [New] and may be used by
// several goroutines at once.
type Table struct {
	files    map[string]*Syntax // extensions and names, in small letters
	globs    []glob
	programs map[string]*Syntax
	names    map[string]*Syntax // by language
	script   *Syntax            // of a file without an extension
}

// glob is a name that begins and ends in a certain way.
type glob struct {
	head, tail string
	syntax     *Syntax
}

// New reads the tables.
func New() *Table {
	t := &Table{files: map[string]*Syntax{}, programs: map[string]*Syntax{}, names: map[string]*Syntax{}}
	for _, e := range entries() {
		s := e.syntax.compile(e.Name)
		t.names[e.Name] = s
		for _, f := range e.Files {
			f = strings.ToLower(f)
			if head, tail, ok := strings.Cut(f, "*"); ok {
				t.globs = append(t.globs, glob{head, tail, s})
			} else {
				t.files[f] = s
			}
		}
		for _, p := range e.Programs {
			t.programs[p] = s
		}
	}
	t.script = &Syntax{}
	return t
}

// Path returns the syntax of a file by its path, nil where it is not known.
func (t *Table) Path(name string) *Syntax {
	base := strings.ToLower(path.Base(name))
	if s := t.files[base]; s != nil {
		return s
	}
	for _, g := range t.globs {
		if len(base) >= len(g.head)+len(g.tail) && strings.HasPrefix(base, g.head) && strings.HasSuffix(base, g.tail) {
			return g.syntax
		}
	}
	for i := 0; i < len(base); i++ {
		if s := t.files[base[i:]]; base[i] == '.' && s != nil {
			return s
		}
	}
	if !strings.Contains(base, ".") {
		return t.script
	}
	return nil
}

// settle returns the syntax of a file with this content, nil where it is not known.
func (t *Table) settle(s *Syntax, content []byte) *Syntax {
	switch {
	case s == t.script:
		return t.guessScript(content)
	case s != nil && s.guess != nil:
		return t.names[s.guess(content)]
	}
	return s
}

// guessScript looks at the first line: "#!/usr/bin/env python3" names Python.
func (t *Table) guessScript(content []byte) *Syntax {
	line, _, _ := bytes.Cut(content[:min(len(content), 256)], []byte{'\n'})
	rest, ok := strings.CutPrefix(string(line), "#!")
	words := strings.Fields(rest)
	if !ok || len(words) == 0 {
		return nil
	}
	name := path.Base(words[0])
	if name == "env" {
		name = program(words[1:])
	}
	return t.programs[strings.TrimRight(name, ".0123456789")]
}

// program returns the first word of a line for env that is neither an option nor a
// variable.
func program(words []string) string {
	for _, w := range words {
		if !strings.HasPrefix(w, "-") && !strings.Contains(w, "=") {
			return path.Base(w)
		}
	}
	return ""
}
