package class

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// patterns are the rows of [Patterns], sorted by how they are looked up, so that a
// path is not held against each of them. All give the rank of a class in order.
type patterns struct {
	folders map[string]int    // "vendor": a folder at any depth
	roots   map[string]int    // "doc": a folder of the root
	deep    []pattern         // "/gradle/wrapper/": several folders at any depth
	names   map[string]int    // "go.sum"
	globs   map[string][]glob // by extension: ".go" to "*_test.go"
	free    []glob            // any extension: "README.*"
	tails   []glob            // "values-*/strings.xml"
}

type pattern struct {
	text string
	rank int
}

// glob is a pattern for the last parts of a path.
type glob struct {
	pattern
	suffix string // what "*" stands before, where the pattern has nothing else
	parts  int    // of the path, counted from its end
	head   string // what the parts begin with, as it stands in the pattern
	tail   string // and end with
}

func newGlob(text string, rank int) glob {
	g := glob{pattern: pattern{text, rank}, parts: 1 + strings.Count(text, "/")}
	if rest, ok := strings.CutPrefix(text, "*"); ok && g.parts == 1 && !isGlob(rest) {
		g.suffix = rest
	}
	g.head = text[:strings.IndexAny(text+"*", wild)]
	g.tail = text[strings.LastIndexAny(text, wild)+1:]
	return g
}

func compile(rows []Row) *patterns {
	p := &patterns{
		folders: map[string]int{}, roots: map[string]int{},
		names: map[string]int{}, globs: map[string][]glob{},
	}
	for _, row := range rows {
		for _, text := range row.Patterns {
			p.add(text, rank(row.Class))
		}
	}
	return p
}

func (p *patterns) add(text string, rank int) {
	folder, isFolder := strings.CutSuffix(text, "/")
	switch {
	case isFolder && strings.HasPrefix(folder, "/"):
		p.roots[folder[1:]] = rank
	case isFolder && strings.Contains(folder, "/"):
		p.deep = append(p.deep, pattern{"/" + text, rank})
	case isFolder:
		p.folders[folder] = rank
	case strings.Contains(text, "/"):
		p.tails = append(p.tails, newGlob(text, rank))
	case !isGlob(text):
		p.names[text] = rank
	case isRange(path.Ext(text)):
		dot := strings.LastIndexByte(text, '.')
		for c := text[dot+2]; c <= text[dot+4]; c++ {
			p.add(text[:dot+1]+string(rune(c)), rank)
		}
	case isGlob(path.Ext(text)) || path.Ext(text) == "":
		p.free = append(p.free, newGlob(text, rank))
	default:
		e := path.Ext(text)
		p.globs[e] = append(p.globs[e], newGlob(text, rank))
	}
}

// wild are the characters that stand for others, and those that end or escape them.
const wild = `*?[]\`

func isGlob(text string) bool { return strings.ContainsAny(text, "*?[") }

// isRange reports whether an extension is one of a range, as in "*.[1-9]". Such a pattern
// is kept as one for each: it is asked of few names then, where it would be asked of all.
func isRange(ext string) bool {
	return len(ext) == len(".[1-9]") && ext[1] == '[' && ext[2] < utf8.RuneSelf && ext[3] == '-' && ext[4] < utf8.RuneSelf && ext[5] == ']'
}

// find returns the first class, in the order of precedence, of those whose
// patterns hold the path, and "" where none does.
func (p *patterns) find(name string) model.Class {
	classes := order()
	best := len(classes)
	see := func(rank int, ok bool) {
		if ok {
			best = min(best, rank)
		}
	}
	p.seeFolders(name, see)
	base := path.Base(name)
	rank, ok := p.names[base]
	see(rank, ok)
	for _, list := range [][]glob{p.globs[path.Ext(base)], p.free, p.tails} {
		for _, g := range list {
			see(g.rank, g.rank < best && g.match(name))
		}
	}
	if best == len(classes) {
		return ""
	}
	return classes[best]
}

func (p *patterns) seeFolders(name string, see func(int, bool)) {
	root := true
	for rest := name; ; root = false {
		folder, below, ok := strings.Cut(rest, "/")
		if !ok {
			break
		}
		rank, ok := p.folders[folder]
		see(rank, ok)
		if root {
			rank, ok = p.roots[folder]
			see(rank, ok)
		}
		rest = below
	}
	for _, d := range p.deep {
		at := strings.Index(name, d.text[1:])
		see(d.rank, at == 0 || at > 0 && strings.Contains(name, d.text))
	}
}

// match holds the last parts of a path against the glob. Most names neither begin nor end
// as it does, which is told much sooner.
func (g *glob) match(name string) bool {
	if g.suffix != "" {
		return strings.HasSuffix(name, g.suffix)
	}
	if !strings.HasSuffix(name, g.tail) {
		return false
	}
	cut := len(name)
	for range g.parts {
		cut = strings.LastIndexByte(name[:max(cut, 0)], '/')
	}
	if !strings.HasPrefix(name[cut+1:], g.head) {
		return false
	}
	ok, _ := path.Match(g.text, name[cut+1:])
	return ok
}
