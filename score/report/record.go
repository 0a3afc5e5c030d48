package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Record returns a tender as it was evaluated, without the personal data in it: what may be
// handed on with a result. Rosters, the list of erased people, corrections to the list of
// robots and domains that are a person's own are left out; [model.Tender.Withheld] states
// the SHA-256 of each. Staff, and the persons of decisions, stand under the pseudonyms of the
// evidence. What [RecordRanking] says of those who decided and object holds here too. Keys
// that sign claims are left out, since their remarks are mail addresses as often as not.
func Record(t *model.Tender, show People) *model.Tender {
	k := newKeeper(t, show)
	r := *t
	r.Withheld = withheld(t)
	r.Rosters, r.People, r.Tables, r.Erased, r.ErasedFile = nil, nil, nil, nil, ""
	r.Bots, r.Personal = model.Bots{}, nil
	r.About.Title, r.About.Buyer = noMail(t.About.Title), noMail(t.About.Buyer)
	r.Vendors = make(map[string]model.Vendor, len(t.Vendors))
	for id, v := range t.Vendors {
		v.Keys, v.Name, v.Names = nil, noMail(v.Name), slices.Clone(v.Names)
		for i := range v.Names {
			v.Names[i].Name = noMail(v.Names[i].Name)
		}
		r.Vendors[id] = v
	}
	r.Lots = slices.Clone(t.Lots)
	for i := range r.Lots {
		r.Lots[i].Title = noMail(r.Lots[i].Title)
	}
	r.Bidders.List = slices.Clone(t.Bidders.List)
	for i, b := range r.Bidders.List {
		staff := make([]string, len(b.Staff))
		for n, p := range b.Staff {
			staff[n] = show.pseudonym(p)
		}
		r.Bidders.List[i].Staff, r.Bidders.List[i].Name = slices.Clip(staff), noMail(b.Name)
	}
	r.Projects = make(map[string]model.Project, len(t.Projects))
	for name, p := range t.Projects {
		r.Projects[name] = k.project(p)
	}
	r.Decisions = slices.Clone(t.Decisions)
	for i, d := range r.Decisions {
		r.Decisions[i] = k.decision(d)
		if d.On.Kind() == model.PersonArtifact {
			r.Withheld[model.WithheldDecisions] = sumOf(t.Decisions)
		}
	}
	markAddresses(&r, t)
	if len(r.Withheld) == 0 {
		r.Withheld = nil
	}
	return &r
}

// markAddresses states that something is withheld from the parts that a method digests where
// an address was taken out of a text in them: otherwise the record would not make the digest.
func markAddresses(r, t *model.Tender) {
	if sum := sumOf(t.Lots); sum != sumOf(r.Lots) {
		r.Withheld[model.WithheldLots] = sum
	}
	if sum := sumOf(vendorNames(t)); sum != sumOf(vendorNames(r)) {
		r.Withheld[model.WithheldVendors] = sum
	}
	if sum := sumOf(accepted(t)); sum != sumOf(accepted(r)) {
		r.Withheld[model.WithheldThresholds] = sum
	}
}

// Discreet returns a tender whose texts can be published with its criterion: mail addresses are
// taken out of them, and who decided is left out where [RecordRanking] takes it for a person.
// All else is as in the tender, so it makes other digests.
func Discreet(t *model.Tender) *model.Tender {
	k := newKeeper(t, People{})
	r := *t
	r.About.Title, r.About.Buyer = noMail(t.About.Title), noMail(t.About.Buyer)
	r.Lots = slices.Clone(t.Lots)
	for i := range r.Lots {
		r.Lots[i].Title = noMail(r.Lots[i].Title)
	}
	r.Projects = make(map[string]model.Project, len(t.Projects))
	for name, p := range t.Projects {
		r.Projects[name] = k.project(p)
	}
	r.Decisions = slices.Clone(t.Decisions)
	for i, d := range t.Decisions {
		r.Decisions[i].Reason = noMail(d.Reason)
		if k.who(d.By) != d.By {
			r.Decisions[i].By = ""
		}
	}
	return &r
}

func vendorNames(t *model.Tender) map[string][]any {
	m := map[string][]any{}
	for id, v := range t.Vendors {
		m[id] = []any{v.Name, v.Names}
	}
	return m
}

func accepted(t *model.Tender) map[string][]model.Acceptance {
	m := map[string][]model.Acceptance{}
	for name, p := range t.Projects {
		m[name] = p.Accept
	}
	return m
}

// RecordRanking returns a ranking without the personal data that came into it with the
// document's decisions. Their persons stand under pseudonyms. Who decided, and who objects,
// stands as in the document where it is an organisation of the document or a function in small
// letters, such as "contracting officer"; otherwise under a pseudonym, unless names are to be
// shown. Mail addresses are taken out of reasons, also then; other names in free texts
// nobody can tell from words, so the document must not have any.
func RecordRanking(r *model.Ranking, t *model.Tender, show People) *model.Ranking {
	k := newKeeper(t, show)
	c := *r
	c.Tender.Title, c.Tender.Buyer = noMail(r.Tender.Title), noMail(r.Tender.Buyer)
	c.Decisions = slices.Clone(r.Decisions)
	for i := range c.Decisions {
		c.Decisions[i].Decision = k.decision(c.Decisions[i].Decision)
	}
	c.Warnings = slices.Clone(r.Warnings)
	for i, w := range c.Warnings {
		for _, d := range t.Decisions {
			if d.On.Kind() == model.PersonArtifact {
				w = strings.ReplaceAll(w, string(d.On), string(k.on(d.On)))
			}
		}
		c.Warnings[i] = noMail(w)
	}
	c.Lots = slices.Clone(r.Lots)
	for i, l := range c.Lots {
		c.Lots[i].Title, c.Lots[i].Standings = noMail(l.Title), slices.Clone(l.Standings)
		for n, s := range l.Standings {
			c.Lots[i].Standings[n].Name = noMail(s.Name)
		}
	}
	c.Projects = slices.Clone(r.Projects)
	for i, p := range c.Projects {
		c.Projects[i].Indicators = slices.Clone(p.Indicators)
		for n, x := range p.Indicators {
			c.Projects[i].Indicators[n].Reason = noMail(x.Reason)
		}
	}
	return &c
}

// RecordSensitivity returns a study without the mail addresses in the document's free texts.
// Persons it has under pseudonyms only.
func RecordSensitivity(s *model.Sensitivity) *model.Sensitivity {
	c := *s
	c.Tender.Title, c.Tender.Buyer = noMail(s.Tender.Title), noMail(s.Tender.Buyer)
	c.Lots = slices.Clone(s.Lots)
	for i, l := range c.Lots {
		c.Lots[i].Title, c.Lots[i].Measurement, c.Lots[i].Specification = noMail(l.Title), spreads(l.Measurement), spreads(l.Specification)
	}
	return &c
}

func spreads(all []model.Spread) []model.Spread {
	all = slices.Clone(all)
	for i := range all {
		all[i].Name = noMail(all[i].Name)
	}
	return all
}

// keeper knows which words of a document may be handed on.
type keeper struct {
	show  People
	names map[string]bool // of organisations
	ids   map[string]bool // of persons in rosters
}

func newKeeper(t *model.Tender, show People) *keeper {
	k := &keeper{show, map[string]bool{t.About.Buyer: true}, map[string]bool{}}
	for id, v := range t.Vendors {
		k.names[id], k.names[v.Name] = true, true
	}
	for _, b := range t.Bidders.List {
		k.names[b.ID], k.names[b.Name] = true, true
	}
	for _, p := range t.People {
		k.ids[p.ID] = true
	}
	return k
}

func (k *keeper) project(p model.Project) model.Project {
	p.Accept, p.Justify = slices.Clone(p.Accept), slices.Clone(p.Justify)
	for i := range p.Accept {
		p.Accept[i].Reason = noMail(p.Accept[i].Reason)
	}
	for i := range p.Justify {
		p.Justify[i].Reason = noMail(p.Justify[i].Reason)
	}
	return p
}

func (k *keeper) decision(d model.Decision) model.Decision {
	d.On, d.By, d.Reason = k.on(d.On), k.who(d.By), noMail(d.Reason)
	if d.Objection != nil {
		d.Objection = &model.Objection{By: k.who(d.Objection.By), At: d.Objection.At, Text: noMail(d.Objection.Text)}
	}
	return d
}

// on puts a pseudonym in the place of a person.
func (k *keeper) on(a model.Artifact) model.Artifact {
	if a.Kind() != model.PersonArtifact {
		return a
	}
	return model.Artifact(model.PersonArtifact + ":" + k.show.pseudonym(a.Name()))
}

// pseudonymForm is what a record already has in the place of a name.
var pseudonymForm = regexp.MustCompile(`^person-[0-9a-f]{12}$`)

// who keeps the names of organisations and functions.
func (k *keeper) who(by string) string {
	capital := strings.ContainsFunc(by, unicode.IsUpper) || strings.ContainsFunc(by, unicode.IsTitle)
	switch {
	case k.names[by], by == "", k.show.Names && !strings.Contains(by, "@"), pseudonymForm.MatchString(by):
		return by
	case capital, k.ids[by], strings.Contains(by, "@"):
		return k.show.pseudonym(by)
	}
	return by
}

var mailForm = regexp.MustCompile(`[^\s<>()\[\]{},;:"'/]+@[^\s<>()\[\]{},;:"'/]+`)

// withheldMail stands where a mail address stood. It is a sign and no word, since texts that
// people wrote are not translated; and it is no address, so that a record of a record is the same.
const withheldMail = "(…)"

// noMail takes mail addresses out of a text.
func noMail(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	return mailForm.ReplaceAllString(s, withheldMail)
}

// withheld digests what is left out of a record.
func withheld(t *model.Tender) map[string]string {
	m := map[string]string{}
	for part, sum := range t.Withheld {
		m[part] = sum
	}
	for file, sum := range score.RosterDigests(t) {
		m[model.WithheldRoster+file] = sum
	}
	if t.Erased != nil {
		m[model.WithheldErased] = score.MethodBasisOf(t, &model.Ranking{}).Erased
	}
	if len(t.Bots.Add)+len(t.Bots.Exempt) > 0 {
		m[model.WithheldBots] = sumOf(t.Bots)
	}
	if len(t.Personal) > 0 {
		m[model.WithheldPersonal] = sumOf(t.Personal)
	}
	return m
}

// sumOf is the SHA-256 of a value as JSON.
func sumOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("report: a part of a document cannot be written: %v", err)) // numbers are checked on reading
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
