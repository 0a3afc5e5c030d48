package tenderfile

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-oss/tributary/model"
)

// check looks for what is wrong in a tender whose every value is of its type:
// references to nothing, contradictions, and numbers that cannot both hold.
// Values that the decoder found at fault are at their defaults, mostly empty,
// and checks pass over those.
type check struct {
	*document // the tender's own
	tender    *model.Tender
	persons   []personAt
	vendorIDs []string            // sorted
	owners    map[string][]period // by vendor, in order, and none at the same time
	// blind says that a roster could not be read, or is withheld, so that nobody can say which
	// persons exist.
	blind bool
}

// personAt is a person and where its roster states it.
type personAt struct {
	*document
	*model.Person
	at *node
}

func (c *check) all() {
	c.vendorIDs = slices.Sorted(maps.Keys(c.tender.Vendors))
	c.owners = map[string][]period{}
	c.weights()
	c.window()
	c.points()
	c.projects()
	c.lots()
	c.vendors()
	c.people()
	c.bidders()
	c.bots()
	c.decisions()
	c.seal()
}

// rosters reads the rosters into the tender.
func (c *check) rosters(fsys fs.FS, formats []model.RosterFormat) {
	seen := map[string]bool{}
	c.blind = len(c.tender.Withheld) > 0
	for i, r := range c.tender.Rosters {
		at := c.root.at("rosters", i, "file")
		name := path.Join(path.Dir(c.file), r.File)
		switch {
		case r.File == "":
			c.blind = true // told already
		case !fs.ValidPath(r.File) || r.File == ".":
			c.fault(at, "roster %s is no path beside the tender; write one such as people.yaml or rosters/people.yaml", quote(r.File))
			c.blind = true
		case seen[name]:
			c.fault(at, "roster %s is named twice; keep one", quote(r.File))
		case r.Format == rosterFormat:
			seen[name] = true
			before := len(c.persons)
			c.roster(fsys, name, at)
			c.tender.Rosters[i].Persons = len(c.persons) - before
		case r.Format != "": // told already
			seen[name] = true
			c.table(fsys, r, formats, at)
		}
	}
	c.tender.People = slices.Grow(c.tender.People, len(c.persons))
	for _, p := range c.persons {
		c.tender.People = append(c.tender.People, *p.Person)
	}
}

// table reads a roster of another form.
func (c *check) table(fsys fs.FS, r model.Roster, formats []model.RosterFormat, at *node) {
	n := slices.IndexFunc(formats, func(f model.RosterFormat) bool { return f.Name == r.Format })
	if n < 0 {
		c.fault(at, "roster %s: this program does not read the format %s; convert it to a people document, or pass the reader of the format", quote(r.File), r.Format)
		return
	}
	dir, err := fs.Sub(fsys, path.Dir(c.file))
	if err == nil {
		var t *model.Table
		if t, err = formats[n].Read(dir, r, c.tender); err == nil {
			t.File = r.File
			c.tender.Tables = append(c.tender.Tables, *t)
			return
		}
	}
	c.fault(at, "roster %s is refused: %v", quote(r.File), err)
	c.blind = true
}

func (c *check) roster(fsys fs.FS, name string, at *node) {
	doc := &document{file: name, format: model.PeopleFormat, collector: c.collector}
	b, err := doc.load(fsys)
	if err != nil {
		c.fault(at, "roster %s cannot be opened; put the file beside the tender, or correct the name", quote(name))
		c.blind = true
		return
	}
	var people model.People
	if !doc.read(b, &people) {
		c.blind = true
		return
	}
	c.persons = slices.Grow(c.persons, len(people.People))
	for i := range people.People {
		p := personAt{doc, &people.People[i], doc.root.at("people", i)}
		for k := range p.Employment {
			if p.Employment[k].Level == "" {
				p.Employment[k].Level = model.Listed
			}
		}
		c.persons = append(c.persons, p)
	}
}

// isShort reports whether s can be a short name: it is not empty and has no
// spaces or invisible characters.
func isShort(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f && unicode.Is(unicode.C, r)
	})
}

// short notes an id that is no short name.
func (d *document) short(what, id string, at *node) {
	if id != "" && !isShort(id) && !d.full() {
		d.fault(at, "%s %s has spaces or invisible characters; write a short name such as %s",
			what, quote(id), quote(strings.Join(strings.Fields(id), "-")))
	}
}

// unique notes an id that is no short name or that stands a second time.
func (c *check) unique(seen map[string]*node, what, id string, at *node) {
	if id == "" {
		return
	}
	c.short(what, id, at)
	if first, ok := seen[id]; ok {
		c.fault(at, "%s %s stands twice, first at line %d; give each its own id", what, quote(id), first.line)
		return
	}
	seen[id] = at
}

// isIdentity reports whether s is mail:ADDRESS, HOST:ID or HOST:PORT:ID.
func isIdentity(s string) bool {
	kind, rest, _ := strings.Cut(s, ":")
	if kind == "mail" {
		name, domain, _ := strings.Cut(rest, "@")
		return name != "" && domain != "" && !strings.Contains(domain, "@") && !strings.ContainsAny(rest, "<> \t\n\f\r")
	}
	host := kind != "" && !strings.HasPrefix(kind, ".") && !strings.HasPrefix(kind, "-") &&
		strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
	port, id, ported := strings.Cut(rest, ":")
	return host && digits(port) && (!ported || digits(id))
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// identity reports whether s is an identity, and notes a fault without repeating
// it where not: it may be somebody's address.
func (d *document) identity(s string, at *node) bool {
	ok := isIdentity(s)
	if !ok && at.shape == text {
		d.fault(at, "this is no identity; write mail:ADDRESS, or HOST:ID with the numeric id of a forge account, such as github:1234567")
	}
	return ok
}

// sameIdentity folds what is no difference between identities.
func sameIdentity(s string) string { return strings.ToLower(s) }

// days is a time in days, [from, until), with the open ends made comparable.
type days struct{ from, until int64 }

const (
	always = -1 << 40
	still  = 1 << 40
)

func daysOf(from, until model.Date) days {
	d := days{int64(from), int64(until)}
	if from == 0 {
		d.from = always
	}
	if until == 0 {
		d.until = still
	}
	return d
}

func (d days) overlaps(e days) bool { return d.from < e.until && e.from < d.until }

func (d days) both(e days) days { return days{max(d.from, e.from), min(d.until, e.until)} }

// String names the days for a message, such as "from 2024-01-01 until 2024-03-01".
func (d days) String() string {
	from, until := model.Date(d.from).String(), model.Date(d.until).String()
	switch {
	case d.from == always && d.until == still:
		return "at all times"
	case d.from == always:
		return "until " + until
	case d.until == still:
		return "from " + from + " on"
	}
	return "from " + from + " until " + until
}

// backwards notes a period that ends before it begins, and reports whether it did.
func (d *document) backwards(at *node, from, until model.Date) bool {
	if daysOf(from, until).from < daysOf(from, until).until {
		return false
	}
	d.fault(at.at("until"), "until %s is not after from %s; until is the first day after", until, from)
	return true
}
