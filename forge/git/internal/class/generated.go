package class

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/go-enry/go-enry/v2/data"
)

// This file answers as enry.IsGenerated does, without its price: that asks about
// thirty matchers of each path, and as many of each content, of which all but a
// few refuse by the extension. The paths' part is asked once a path. The contents'
// part is asked only where the extension has a matcher, and then of no more than
// the lines it reads, and only if these hold the syllables that all of its marks
// share. That the answers are equal is tested over all extensions and marks.
//
// go-enry's package data is used directly. Its root package brings the tables of a
// classifier, which take 36 ms of each start and 7 MB of each program.

// reach is how much of a content is looked at: some of the matchers are regular
// expressions that take 40 ms for so much of a single line.
const reach = 256 << 10

// ask says what of a content can matter to the matchers of an extension.
type ask struct {
	lines int    // from the beginning; 0 is none
	whole bool   // all of it, rather than lines
	mark  string // one of these lines must hold it or mark2, unless it is ""
	mark2 string
}

// generally is in all marks but those named in askOf.
const generally = "enerated"

func askOf(name, ext string) ask {
	if strings.HasSuffix(strings.ToLower(name), "ppport.h") {
		return ask{lines: 10}
	}
	switch ext {
	case ".go":
		return ask{lines: 40, mark: generally}
	case ".proto":
		return ask{lines: 20, mark: generally}
	case ".c", ".h":
		return ask{lines: 6, mark: generally, mark2: "GIMP"}
	case ".py", ".rb", ".java", ".php", ".m", ".cc", ".cpp", ".hpp", ".lua", ".cs", ".dsp", ".rd":
		return ask{lines: 6, mark: generally}
	case ".mod", ".meta", ".dart":
		return ask{lines: 1}
	case ".yy", ".yyp":
		return ask{lines: 3}
	case ".html", ".htm", ".xhtml":
		return ask{lines: 30}
	case ".xml":
		return ask{lines: 3, whole: true, mark: "<assembly>"}
	case ".js", ".css", ".yml", ".ps", ".eps", ".pfa":
		return ask{whole: true}
	}
	return ask{}
}

// generatedPath is enry.IsGenerated for a path alone, which is its answer for an
// empty content.
func generatedPath(name, ext string) bool {
	if !mayBeGeneratedName(name, ext) {
		return false
	}
	if _, ok := data.GeneratedCodeExtensions[ext]; ok {
		return true
	}
	for _, m := range data.GeneratedCodeNameMatchers {
		if m(name) {
			return true
		}
	}
	return matches(name, ext, nil)
}

// mayBeGeneratedName refuses most names before the regular expressions are asked,
// which take 14 µs: each of them needs one of these extensions or syllables. Those
// that fold letters may find ſ for s, so names beyond ASCII are never refused.
func mayBeGeneratedName(name, ext string) bool {
	switch ext {
	case ".cs", ".vb", ".pas", ".map", ".nib", ".xcworkspacedata", ".xcuserstate":
		return true
	}
	for _, c := range []byte(name) {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	for _, s := range [...]string{
		"lock", ".idea/", "Pods/", "Carthage/", "node_modules/", "vendor/", "shrinkwrap",
		".pnp.", "Godeps/", ".zep.", ".toml.orig", "__generated__/", "htmlcov/", ".sqlx/",
	} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// matches asks the matchers of content, which want paths in small letters.
func matches(name, ext string, content []byte) bool {
	name = strings.ToLower(name)
	for _, m := range data.GeneratedCodeMatchers {
		if m(name, ext, content) {
			return true
		}
	}
	return false
}

// generated reports whether the content is a program's, for a path that alone
// does not say so.
func (p *Path) generated(content []byte) bool {
	content = content[:min(len(content), reach)]
	for _, m := range p.marks {
		if bytes.Contains(lines(content, m.lines), m.text) {
			return true
		}
	}
	head := lines(content, max(1, p.ask.lines))
	if !mayBeSourceMap(content) && !p.ask.wants(head) {
		return false
	}
	if p.ask.whole {
		return matches(p.path, p.ext, content)
	}
	return matches(p.path, p.ext, head)
}

// wants reports whether a content that begins with these lines may bear a mark.
func (a *ask) wants(head []byte) bool {
	switch {
	case a.mark == "":
		return a.whole || a.lines > 0
	case bytes.Contains(head, []byte(a.mark)):
		return true
	}
	return a.mark2 != "" && bytes.Contains(head, []byte(a.mark2))
}

// mayBeSourceMap holds for the beginnings of source maps, the one kind of content
// that go-enry looks for in files of any name.
func mayBeSourceMap(content []byte) bool {
	return bytes.HasPrefix(content, []byte(`{"version":`)) ||
		bytes.HasPrefix(content, []byte(`/** Begin line maps.`))
}

// lines returns the first n lines with their ends.
func lines(content []byte, n int) []byte {
	end := 0
	for range n {
		i := bytes.IndexByte(content[end:], '\n')
		if i < 0 {
			return content
		}
		end += i + 1
	}
	return content[:end]
}

// compiledMark is a mark for one pattern of names.
type compiledMark struct {
	name  glob
	lines int
	text  []byte
}

// compileMarks sorts the marks by the extensions of their patterns.
func compileMarks(marks []Mark) map[string][]compiledMark {
	byExt := map[string][]compiledMark{}
	for _, m := range marks {
		for _, name := range m.Names {
			e := path.Ext(name)
			byExt[e] = append(byExt[e], compiledMark{newGlob(name, 0), m.Lines, []byte(m.Text)})
		}
	}
	return byExt
}

// marksOf returns the marks that a file of this name may bear.
func (t *Table) marksOf(name string) (may []compiledMark) {
	all := t.marks[path.Ext(name)]
	for i, m := range all {
		if m.name.match(name) {
			if may == nil {
				may = make([]compiledMark, 0, len(all)-i)
			}
			may = append(may, m)
		}
	}
	return may
}
