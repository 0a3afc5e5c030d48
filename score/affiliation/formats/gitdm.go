package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Bounds on what a configuration of gitdm may ask for.
const (
	gitdmMostFiles = 1000 // that it names
	gitdmMostLines = 2_000_000
)

// gitdm reads the maps of the git data miner. Lines of one address or domain come from
// several files, so all are gathered before any is understood.
type gitdm struct {
	notes
	fsys   fs.FS
	folder string // of the configuration
	lines  int    // read so far

	claims  map[string][]gitdmClaim // by address or domain, in lower case
	written map[string]string       // the address as the maps write it; of several spellings the first as text
	aliases []gitdmAlias
	virtual map[string]*gitdmVirtual // by name
}

// gitdmClaim is one line of a map: the employer until a day.
type gitdmClaim struct {
	from, until model.Date // from is known when all lines are
	employer    string     // "" is unknown
	file        string
	line        int
}

// gitdmAlias is one line of an alias file.
type gitdmAlias struct {
	from, to  string // as written
	alias, of string // the same in lower case
	file      string
	line      int
}

// gitdmVirtual is an employer that stands for parts of several. One with a fault has no
// parts.
type gitdmVirtual struct {
	name  string
	line  int
	fault string
	sum   int
	parts map[string]int // percent by employer
}

// gitdmDirective is a line of the configuration.
type gitdmDirective struct {
	line  int
	words []string
}

// readGitdm reads a configuration of gitdm with the files that it names, or one EmailMap
// alone, which is what a file without any keyword of the configuration is taken for.
// Files are looked for in the configuration's folder, then in the tender's, since gitdm
// looks where it is run. A missing one is an error: a table that lacks a part names
// wrong employers.
//
// Each exact address becomes a person with that one address, also where all that is said
// is that the employer is unknown: gitdm then does not ask the domain either. A line with
// a day holds from the day of the line before it, by day, until its own. A line for
// an address that is an alias is refused: gitdm goes on with the other address and
// never looks at it.
//
// It differs from gitdm in this. Case never matters (there, an alias with capitals
// matches nothing). Aliases are followed to their end (there, one step). Of two domains
// the longer one decides (there, the shorter). Lines that name other employers for the
// same days all stand (there, the first). A virtual employer may stand below the maps
// that name it. A line at odds with the form is left out (there, it ends the run).
func readGitdm(fsys fs.FS, r model.Roster, _ *model.Tender) (*model.Table, error) {
	g := &gitdm{
		fsys: fsys, folder: path.Dir(r.File),
		claims: map[string][]gitdmClaim{}, written: map[string]string{}, virtual: map[string]*gitdmVirtual{},
	}
	list, known, err := g.config(r.File)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.File, err)
	}
	if known {
		if err := g.follow(r.File, list); err != nil {
			return nil, err
		}
		return g.table(), nil
	}
	g.notes, g.lines = notes{}, 0
	if err := g.each(r.File, g.mapLine); err != nil {
		return nil, fmt.Errorf("%s: %w", r.File, err)
	}
	if len(g.claims) == 0 && len(g.list) > 0 {
		return nil, fmt.Errorf("%s is neither a configuration of gitdm nor one of its maps; name its gitdm.config, or a file of lines such as karst.example Karst", r.File)
	}
	return g.table(), nil
}

// each yields the lines of a file that say something, without their comments. Python's
// gitdm cuts at the first # wherever it stands.
func (g *gitdm) each(name string, yield func(line int, s string)) error {
	g.file = name
	err := lines(g.fsys, name, func(n int, s string) {
		g.lines++
		s, _, _ = strings.Cut(s, "#")
		if s = strings.TrimSpace(s); s != "" && g.lines <= gitdmMostLines {
			yield(n, s)
		}
	})
	if err == nil && g.lines > gitdmMostLines {
		err = fmt.Errorf("with this file there are more than %d lines; leave out what the tender does not need", gitdmMostLines)
	}
	return err
}

// config reads the configuration's lines that name files, and its virtual employers.
// known is false where no line begins with a keyword of gitdm.
func (g *gitdm) config(name string) (list []gitdmDirective, known bool, err error) {
	var open *gitdmVirtual
	err = g.each(name, func(n int, s string) {
		words := strings.Fields(s)
		keyword := gitdmKeyword(words[0])
		known = known || keyword
		if open != nil && !keyword && words[0] != "end" {
			open.part(words)
			return
		}
		if open != nil {
			g.define(open, words[0] == "end")
			open = nil
			if !keyword {
				return
			}
		}
		switch {
		case !keyword:
			g.refuse(n, "the keyword is not one of gitdm's")
		case len(words) < 2:
			g.refuse(n, "the keyword %s stands alone", words[0])
		case words[0] == "VirtualEmployer":
			open = &gitdmVirtual{name: employer(strings.Join(words[1:], " ")), line: n, parts: map[string]int{}}
		default:
			list = append(list, gitdmDirective{n, words})
		}
	})
	if open != nil {
		g.define(open, false)
	}
	return list, known, err
}

// gitdmKeyword reports whether a line of a configuration may begin so. No line of a map
// can, since addresses have an @ and domains a dot.
func gitdmKeyword(s string) bool {
	switch s {
	case "EmailAliases", "RXEmailAliases", "EmailMap", "GroupMap", "FileTypeMap", "VirtualEmployer":
		return true
	}
	return false
}

// part reads one share of a virtual employer, such as 60% Karst.
func (v *gitdmVirtual) part(words []string) {
	percent, err := strconv.Atoi(strings.TrimSuffix(words[0], "%"))
	if err != nil || percent <= 0 || percent > 100 || len(words) < 2 {
		v.fault = "a line of it is not a percentage from 1 to 100 and an employer"
		return
	}
	v.sum += percent
	v.parts[employer(strings.Join(words[1:], " "))] += percent
}

// define closes a virtual employer. Neither of two that bear one name can be told to be
// the right one.
func (g *gitdm) define(v *gitdmVirtual, ended bool) {
	switch {
	case v.fault != "":
	case !ended:
		v.fault = "it has no line \"end\""
	case v.name == "":
		v.fault = "its name says that nobody is known"
	case v.sum != 100:
		v.fault = fmt.Sprintf("its parts add up to %d%%, not 100%%", v.sum)
	}
	if other := g.virtual[v.name]; other != nil {
		v.fault = fmt.Sprintf("line %d defines it too", other.line)
		if other.fault == "" {
			other.fault = fmt.Sprintf("line %d defines it too", v.line)
			g.refuseVirtual(other)
		}
	}
	if v.fault != "" {
		g.refuseVirtual(v)
	}
	if v.name != "" {
		g.virtual[v.name] = v
	}
}

func (g *gitdm) refuseVirtual(v *gitdmVirtual) {
	v.parts = nil
	g.refuse(v.line, "the virtual employer says nothing, nor do lines that name it: %s", v.fault)
}

// follow reads the files that the configuration names.
func (g *gitdm) follow(config string, list []gitdmDirective) error {
	g.nest(config)
	for i, d := range list {
		g.file = config
		read := g.reader(d)
		if read == nil {
			continue
		}
		if i == gitdmMostFiles {
			return fmt.Errorf("%s:%d: more than %d files are named; join them", config, d.line, gitdmMostFiles)
		}
		name, err := g.find(d.words[1])
		if err == nil {
			err = g.each(name, read)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %s: %w", config, d.line, d.words[1], err)
		}
	}
	return nil
}

// reader returns what reads the lines of the file that a line of the configuration names;
// nil where the file is not read.
func (g *gitdm) reader(d gitdmDirective) func(line int, s string) {
	switch d.words[0] {
	case "EmailMap":
		return g.mapLine
	case "EmailAliases":
		return g.aliasLine
	case "RXEmailAliases":
		return g.patternLine
	case "GroupMap":
		if len(d.words) < 3 {
			g.refuse(d.line, "the employer of the group is missing")
			return nil
		}
		name := employer(strings.Join(d.words[2:], " "))
		return func(n int, s string) { g.claim(n, s, name, 0) }
	}
	g.say(d.line, "kinds of files say nothing on employers; the file is not read")
	return nil
}

// nest refuses virtual employers whose parts are virtual: gitdm knows one level only.
func (g *gitdm) nest(config string) {
	g.file = config
	var bad []*gitdmVirtual
	for _, name := range sortedKeys(g.virtual) {
		for part := range g.virtual[name].parts {
			if g.virtual[part] != nil {
				bad = append(bad, g.virtual[name])
				break
			}
		}
	}
	for _, v := range bad {
		v.fault = "a part of it is a virtual employer itself"
		g.refuseVirtual(v)
	}
}

// find returns where in the file system a file lies that the configuration names.
func (g *gitdm) find(name string) (string, error) {
	inside := false
	for _, p := range []string{path.Join(g.folder, name), path.Clean(name)} {
		if path.IsAbs(name) || !fs.ValidPath(p) || p == "." {
			continue
		}
		inside = true
		if info, err := fs.Stat(g.fsys, p); err == nil && !info.IsDir() {
			return p, nil
		}
	}
	if !inside {
		return "", errors.New("the file lies outside the tender's folder; copy it beside the configuration and name it so")
	}
	return "", errors.New("there is no such file; copy it beside the configuration, or correct its name")
}
