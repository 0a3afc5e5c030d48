package gitdm

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// measure is something that developers and employers are counted by.
type measure struct {
	name string     // as tables and units are called
	role model.Role // who does it
	// own says that it counts on one's own changesets, too.
	own bool
}

// The measures, in the order of the tables.
const (
	byChangesets = iota
	byLines
	bySignoffs
	byReviews
	byTests
	byReports
	byDevelopers // of employers alone
)

func measures() []measure {
	return []measure{
		byChangesets: {"changesets", model.Author, true},
		byLines:      {"changed lines", model.Author, true},
		bySignoffs:   {"signoffs", model.Signer, false},
		byReviews:    {"reviews", model.Reviewer, true},
		byTests:      {"tests", model.Tester, true},
		byReports:    {"reports", model.Reporter, true},
		byDevelopers: {"developers", "", true},
	}
}

// tally is what one developer or employer comes to. Figures are millionths, as changesets
// are divided among employers.
type tally struct {
	counts         [byDevelopers + 1]int64
	added, deleted int64
	authors        map[string]bool // of an employer
}

// add adds the figures of another employer; who its authors are was counted before.
func (t *tally) add(other *tally) {
	for i, n := range other.counts {
		t.counts[i] += n
	}
	t.added, t.deleted = t.added+other.added, t.deleted+other.deleted
}

// tallies are those of all developers, or of all employers.
type tallies map[string]*tally

func (t tallies) of(key string) *tally {
	if t[key] == nil {
		t[key] = &tally{authors: map[string]bool{}}
	}
	return t[key]
}

// counter counts changesets.
type counter struct {
	*people
	o     Options
	skip  map[string]bool
	names names

	totals                Totals
	developing, employing tallies
	domains               *discreet.Domains
}

func newCounter(t *model.Tender, h *history, o Options) *counter {
	c := &counter{people: newPeople(t, h, o.Guess), o: o, skip: map[string]bool{}, names: names{},
		developing: tallies{}, employing: tallies{}}
	for _, mail := range o.Skip {
		c.skip[affiliation.FoldMail(mail)] = true
	}
	delete(c.skip, "") // no address
	if c.domains = discreet.New(t); o.Show.Names {
		c.domains = discreet.Identified()
	}
	c.employing.of(Unknown)
	return c
}

// commit counts one changeset.
func (c *counter) commit(k commit) {
	author := k.acts[0]
	mail := affiliation.FoldMail(author.Actor.Mail)
	if c.skip[mail] || c.skip[c.aliases[mail]] {
		c.totals.Skipped++
		return
	}
	c.totals.Changesets++
	by := c.developer(author.Actor)
	c.lines(k, by)
	type part struct {
		role   model.Role
		person string
	}
	seen := map[part]bool{}
	for _, a := range k.acts {
		person := c.developer(a.Actor)
		c.names.add(person, a.Actor.Name)
		if p := (part{a.Role, person}); !seen[p] {
			seen[p] = true
			c.act(a, person, person == by)
		}
	}
}

// act counts what somebody did in a role.
func (c *counter) act(a model.Contribution, person string, own bool) {
	at := c.when(a)
	for i, m := range measures() {
		if m.role != a.Role || i == byLines || own && !m.own && !c.o.OwnSignoffs {
			continue
		}
		c.developing.of(person).counts[i] += model.Whole
		for _, s := range c.employers(a.Actor, at) {
			c.acted(s.employer, person, a.Actor)
			e := c.employing.of(s.employer)
			e.counts[i] += s.part
			if i == byChangesets {
				e.authors[person] = true
			}
		}
	}
}

// lines counts the lines of a changeset.
func (c *counter) lines(k commit, by string) {
	f := k.Files
	if f == nil || f.Lines == nil || f.Unknown > 0 {
		c.totals.Incomplete++
	}
	if f == nil {
		return
	}
	c.totals.Files += f.Touched
	if f.Lines == nil {
		return
	}
	added, deleted := f.Lines.Added, f.Lines.Deleted
	changed := max(added, deleted)
	c.totals.Added += added
	c.totals.Deleted += deleted
	c.totals.Changed += changed
	add := func(t *tally, part int64) {
		t.counts[byLines] += int64(changed) * part
		t.added += int64(added) * part
		t.deleted += int64(deleted) * part
	}
	add(c.developing.of(by), model.Whole)
	for _, s := range c.employers(k.acts[0].Actor, c.when(k.acts[0])) {
		add(c.employing.of(s.employer), s.part)
	}
}

// acted notes who acted for an employer that may have to stay unnamed.
func (c *counter) acted(employer, person string, id model.Identity) {
	if c.domains.MayHide(employer) {
		c.domains.Saw(employer, discreet.Sign(person), discreet.Sign(id.Mail), discreet.Sign(id.Name))
	}
}

// when returns the time at which the employer is looked up.
func (c *counter) when(a model.Contribution) time.Time {
	switch c.o.When {
	case Committed:
		return a.Commit.Committed
	case Accepted:
		return a.At
	}
	return a.Commit.Authored
}

// report makes tables of what was counted.
func (c *counter) report(merges int) *Report {
	r := &Report{Totals: c.totals}
	r.Merges = merges
	for _, t := range c.developing {
		if t.counts[byChangesets] > 0 {
			r.Developers++
		}
	}
	for name, t := range c.employing {
		t.counts[byDevelopers] = int64(len(t.authors)) * model.Whole
		if t.counts[byChangesets] > 0 && name != Unknown && name != Contested {
			r.Employers++
		}
	}
	employing := c.named()
	for i, m := range measures()[:byDevelopers] {
		r.Tables = append(r.Tables, newTable(OfDevelopers, i, m, c.developing, c.shown))
	}
	for i, m := range measures() {
		r.Tables = append(r.Tables, newTable(OfEmployers, i, m, employing, func(name string) string { return name }))
	}
	return r
}

// named returns what was counted of employers, with those that must not be named in one. They
// were counted as employers apart.
func (c *counter) named() tallies {
	list := tallies{}
	for name, one := range c.employing {
		list.of(c.domains.Of(name)).add(one)
	}
	return list
}

// shown returns how a developer appears.
func (c *counter) shown(developer string) string {
	return cmp.Or(c.o.Show.Show(developer, c.names.of(developer)), Nobody)
}

// newTable makes the table of one measure. Rows of nothing are left out, save that of
// unknown employers, which says that there are none.
func newTable(of Subject, i int, m measure, from tallies, shown func(key string) string) Table {
	t := Table{Of: of, By: m.name}
	for key, one := range from {
		n := one.counts[i]
		t.Total += n
		if n > 0 || of == OfEmployers && key == Unknown {
			row := Row{Name: shown(key), Count: n, key: key}
			if i == byLines {
				row.Added, row.Deleted = one.added, one.deleted
			}
			t.Rows = append(t.Rows, row)
		}
	}
	slices.SortFunc(t.Rows, compareRows)
	return t
}
