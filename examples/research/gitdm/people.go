package gitdm

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Rows of employers that are no company.
const (
	Unknown     = "(Unknown)"     // nothing says
	Contested   = "(Contested)"   // equal evidence for more than one whole employment
	Independent = "(Independent)" // on their own
	Academic    = "(Academic)"    // at a school without a name
)

// Nobody is the row of acts that bear neither a name nor an address.
const Nobody = "(Nobody)"

// people finds the developers behind identities, and their employers.
type people struct {
	tender     *model.Tender
	guess      bool
	roster     *affiliation.Roster
	developers *affiliation.People
	aliases    map[string]string
}

func newPeople(t *model.Tender, h *history, guess bool) *people {
	p := &people{tender: t, guess: guess, roster: affiliation.NewRoster(t), aliases: aliasesOf(t)}
	p.developers = p.roster.People(h.aliases)
	for _, c := range h.commits {
		for _, a := range c.acts {
			p.developers.Learn(a.Actor)
		}
	}
	return p
}

// aliasesOf returns for which address each alias of the tables stands, at the end of all
// aliases. One that stands for several, or goes round in a circle, stands for itself, and
// so does one of somebody who must not be held any more.
func aliasesOf(t *model.Tender) map[string]string {
	next, several := map[string]string{}, map[string]bool{}
	for _, table := range t.Tables {
		for _, a := range table.Aliases {
			if !mayJoin(t.Erased, a) {
				continue
			}
			from, to := affiliation.FoldMail(a.From.Mail), affiliation.FoldMail(a.To.Mail)
			if a.From.Name != "" || from == "" || to == "" || from == to {
				continue
			}
			was, ok := next[from]
			several[from] = several[from] || ok && was != to
			next[from] = to
		}
	}
	ends := map[string]string{}
	for from := range next {
		to := from
		for range len(next) {
			if next[to] == "" || several[to] {
				break
			}
			to = next[to]
		}
		if next[to] == "" || several[to] {
			ends[from] = to
		}
	}
	return ends
}

// developer returns the key of the person behind an identity: personal data.
func (p *people) developer(id model.Identity) string { return p.developers.Person(id) }

// share is an employer's part of somebody's working time, in millionths.
type share struct {
	employer string
	part     int64
}

// employers returns whose employee somebody was at a time, each employer once; the parts
// add up to one whole. An address that the roster makes an alias speaks through the
// one that it stands for, as in the original.
func (p *people) employers(id model.Identity, at time.Time) []share {
	if to, ok := p.aliases[affiliation.FoldMail(id.Mail)]; ok {
		id.Mail = to
	}
	parts, outcome := p.roster.At(p.developers.Person(id), id, at)
	var list []share
	for _, part := range parts {
		name := p.name(part.Vendor, outcome)
		if i := slices.IndexFunc(list, func(s share) bool { return s.employer == name }); i >= 0 {
			list[i].part += part.Part
			continue
		}
		list = append(list, share{name, part.Part})
	}
	return list
}

// name returns the row of a vendor.
func (p *people) name(vendor string, outcome affiliation.Outcome) string {
	switch {
	case outcome == affiliation.Contested:
		return Contested
	case vendor == "", outcome == affiliation.Guessed && !p.guess:
		return Unknown
	case vendor == model.Independent:
		return Independent
	case vendor == model.Academic:
		return Academic
	}
	return p.roster.Name(vendor)
}

// names finds the name of each developer: of those that they acted under the most
// frequent, of equally frequent ones the first as text.
type names map[string]map[string]int

func (n names) add(developer, name string) {
	if n[developer] == nil {
		n[developer] = map[string]int{}
	}
	n[developer][name]++
}

func (n names) of(developer string) string {
	best, times := "", 0
	for name, k := range n[developer] {
		if cmp.Or(cmp.Compare(times, k), cmp.Compare(name, best)) < 0 {
			best, times = name, k
		}
	}
	return best
}

// Share is an employer's part of somebody's working time, in millionths.
type Share struct {
	Employer string // its name, or one of the rows of employers that are no company
	Part     int64
}

// Employers says who the developers of a history are and whom they worked for, in the words
// of the tables that [Count] makes.
type Employers struct{ p *people }

// NewEmployers takes who works for whom from the tender, and who is whom from it and from
// the aliases. All identities that will be asked for must be among ids: private addresses
// of a forge give accounts away. With guess, mail domains speak where no roster does.
func NewEmployers(t *model.Tender, ids []model.Identity, aliases []model.Alias, guess bool) *Employers {
	return (&Employers{newPeople(t, &history{}, guess)}).With(ids, aliases)
}

// With returns the employers of the same tender for the identities and aliases of another
// history, in the place of those before. It is much quicker than [NewEmployers] where rosters
// are large.
func (e *Employers) With(ids []model.Identity, aliases []model.Alias) *Employers {
	p := *e.p
	p.developers = p.roster.People(slices.DeleteFunc(slices.Clone(aliases), func(a model.Alias) bool { return !mayJoin(p.tender.Erased, a) }))
	for _, id := range ids {
		p.developers.Learn(id)
	}
	return &Employers{&p}
}

// Domains returns what learns which organisations may be named. Nobody was seen yet.
func (e *Employers) Domains() *discreet.Domains { return discreet.New(e.p.tender) }

// Developer returns the key of the person behind an identity, "" for nobody: personal data.
func (e *Employers) Developer(id model.Identity) string { return e.p.developer(id) }

// Of returns whose employee somebody was at a time, each employer once. The parts add up to
// one whole.
func (e *Employers) Of(id model.Identity, at time.Time) []Share {
	var list []Share
	for _, s := range e.p.employers(id, at) {
		list = append(list, Share{s.employer, s.part})
	}
	return list
}

// Named returns the row of a vendor by its short name, as the parts of verdicts have it.
func (e *Employers) Named(vendor string) string { return e.p.name(vendor, affiliation.Known) }
