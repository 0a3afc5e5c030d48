// Package affiliation says who works for whom, and when.
//
// It joins three things that sources and documents state apart: an identity (what
// a source saw) becomes a person, through the tender's rosters and the project's
// .mailmap; a person becomes a vendor at a date, through employments and mail
// domains, each with its level of evidence. Nobody is merged on a display name
// alone, and today's employer never speaks for the past. Nothing hangs on the order in
// which anything is stated: what contradicts itself is contested, or joins nobody.
package affiliation

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Roster holds the dated affiliations of one tender. It is read-only once made
// and safe for concurrent use.
type Roster struct {
	evidence model.Level
	persons  map[string]string // key of an identity, such as mail:ada@karst.example → person
	firm     map[string]bool   // persons that people documents or vendors' lists name
	// employed holds what is claimed of each person, in order of time.
	employed map[string][]turn
	// domains and subdomains hold what is claimed of mail domains, by the document and by
	// tables: of addresses in just the domain, and of those in domains below it.
	domains, subdomains map[string][]turn
	vendors             map[string]model.Vendor
	aliases             []model.Alias // of tables
	decided             map[string][]model.Decision
	settled             map[string]string // claimants, joined → whom [Roster.Settled] names
	exact               map[string]bool   // mail addresses that tables list, themselves or by an alias
	erased              *model.Erased
	personal            map[string]bool // organisations that are a person's own domain
	findings            []Finding
}

// NewRoster takes the vendors, the people and the tables of a tender.
func NewRoster(t *model.Tender) *Roster {
	r := &Roster{
		evidence: t.Evidence,
		persons:  map[string]string{},
		employed: map[string][]turn{},
		vendors:  t.Vendors,
		decided:  map[string][]model.Decision{},
		domains:  map[string][]turn{}, subdomains: map[string][]turn{},
	}
	names, w := newEmployers(t), &weigher{t.Evidence, map[string]*span{}}
	r.erased, r.personal = t.Erased, map[string]bool{}
	for _, domain := range t.Personal {
		r.personal[foldDomain(domain)] = true
	}
	for _, table := range t.Tables {
		for _, a := range table.Aliases {
			if r.erased.Replace(a.From) == a.From && r.erased.Replace(a.To) == a.To {
				r.aliases = append(r.aliases, a)
			}
		}
	}
	r.listExact(t)
	r.join(t, names, w)
	r.takeDomains(t, names, w)
	for _, d := range t.Decisions {
		if d.On.Kind() == model.PersonArtifact && d.Decide != model.Pending {
			r.decided[d.On.Name()] = append(r.decided[d.On.Name()], d)
		}
	}
	slices.SortFunc(r.findings, compareFindings)
	return r
}

// listExact notes the mail addresses that tables list one by one, also where they say that
// nobody knows the employer. The lists of vendors are no such tables: a vendor that lists an
// address on some other day would take away what a table says of its domain.
func (r *Roster) listExact(t *model.Tender) {
	r.exact = map[string]bool{}
	for _, table := range t.Tables {
		for _, p := range table.People {
			if slices.ContainsFunc(p.Employment, func(e model.Employment) bool { return e.Level.Reaches(model.Listed) }) {
				continue
			}
			for _, k := range r.keysOf(p) {
				if mail, ok := strings.CutPrefix(k, mailKey); ok {
					r.exact[mail] = true
				}
			}
		}
	}
	leading := map[string][]string{} // address → those that an alias leads to it
	for _, a := range r.aliases {
		if from, to := FoldMail(a.From.Mail), FoldMail(a.To.Mail); a.From.Name == "" && from != "" {
			leading[to] = append(leading[to], from)
		}
	}
	queue := slices.Collect(maps.Keys(r.exact)) // the order makes no difference to a set
	for len(queue) > 0 {
		next := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, from := range leading[next] {
			if !r.exact[from] {
				r.exact[from] = true
				queue = append(queue, from)
			}
		}
	}
}

// takeDomains takes the mail domains of the document's vendors and of tables. Those that
// lend addresses to the public are nobody's, whatever a table says.
func (r *Roster) takeDomains(t *model.Tender, names *employers, w *weigher) {
	here, below := map[string][]claim{}, map[string][]claim{}
	for id, v := range t.Vendors {
		for _, d := range v.Domains {
			name := foldDomain(d.Name)
			c := newClaim(id, d.From, d.Until, model.Domain)
			here[name], below[name] = append(here[name], c), append(below[name], c)
		}
	}
	for _, table := range t.Tables {
		for _, d := range table.Domains {
			name := foldDomain(d.Domain)
			if name == "" || IsPublicMail(name) {
				r.find(PublicDomain, d.Domain, "a table gives this mail domain to "+d.Employer+", but it is nobody's: it lends addresses to the public, or is no domain")
				continue
			}
			for _, e := range names.resolve(d.Employer, d.From, d.Until) {
				c := newClaim(e.vendor, e.from, e.until, model.Imported)
				here[name] = append(here[name], c)
				if !d.Exact {
					below[name] = append(below[name], c)
				}
			}
		}
	}
	for name := range here {
		r.domains[name], r.subdomains[name] = w.spans(here[name]), w.spans(below[name])
	}
}

// Without returns the roster as it is without one decision on a person, by its name.
func (r *Roster) Without(decision string) *Roster {
	s := *r
	s.decided = map[string][]model.Decision{}
	for person, list := range r.decided {
		for _, d := range list {
			if d.ID != decision || decision == "" {
				s.decided[person] = append(s.decided[person], d)
			}
		}
	}
	return &s
}

// Settled returns the roster as it is if, of the people whom exactly these vendors claim
// with equal evidence, the claims of the one named alone held.
func (r *Roster) Settled(claimants []string, vendor string) *Roster {
	s := *r
	s.settled = maps.Clone(r.settled)
	if s.settled == nil {
		s.settled = map[string]string{}
	}
	s.settled[joined(claimants)] = vendor
	return &s
}

// joined writes sorted claimants as one key.
func joined(claimants []string) string { return strings.Join(claimants, "\x00") }

// Outcome says how an affiliation was found, or why not.
type Outcome string

// The outcomes.
const (
	Known     Outcome = "known"     // to a vendor of the tender, with enough evidence
	Guessed   Outcome = "guessed"   // to an organisation named after its mail domain
	Unknown   Outcome = "unknown"   // nothing says
	Weak      Outcome = "weak"      // below the level that the tender asks for
	Contested Outcome = "contested" // equal evidence for more than better evidence leaves of one whole employment
)

// At returns whose employee the person was at t, as seen under the identity.
//
// A decision of the document comes first. Otherwise the claims at the highest level of
// evidence decide, and a lower claim never contests them: it only fills what they leave
// of the working time, and only as a whole. A mail domain of a vendor is evidence for
// the acts that bear it, at that time only; .mailmap does not move it. A domain that a
// table gives to an employer says less than a claim to the person at the same level.
// Where no claim is made at all, a mail domain that is not a public provider's stands
// for an organisation of that name. The parts sum to one whole; nobody may change them.
func (r *Roster) At(person string, id model.Identity, t time.Time) ([]model.Part, Outcome) {
	s := r.Seen(person, id)
	return s.At(t)
}

// claimsOn returns what is claimed on a day of a person who acts under an identity.
func (r *Roster) claimsOn(person string, id model.Identity, day model.Date) *span {
	s := r.Seen(person, id)
	return s.claimsOn(day)
}

// decision returns what the document decided of the person on a day; nil for nothing.
// Of several decisions, the one with the later beginning holds, then that with the
// larger name, then the one that says the larger.
func (r *Roster) decision(person string, day model.Date) []model.Part {
	var best *model.Decision
	for i, d := range r.decided[person] {
		if !(d.From == 0 || day >= d.From) || !(d.Until == 0 || day < d.Until) {
			continue
		}
		if best == nil || laterDecision(d, *best) > 0 {
			best = &r.decided[person][i]
		}
	}
	if best == nil {
		return nil
	}
	vendor, _ := strings.CutPrefix(best.Decide, "vendor:")
	if best.Decide == "refuse" {
		vendor = ""
	}
	return []model.Part{{Vendor: strings.TrimSpace(vendor), Part: model.Whole, Level: model.Decided}}
}

func laterDecision(a, b model.Decision) int {
	from, _ := bounds(a.From, 0)
	was, _ := bounds(b.From, 0)
	return cmp.Or(cmp.Compare(from, was), strings.Compare(a.ID, b.ID), strings.Compare(a.Decide, b.Decide))
}

// Claimants returns the vendors that claim the person at t, at any level, sorted.
func (r *Roster) Claimants(person string, id model.Identity, t time.Time) []string {
	var list []string
	for _, c := range r.claimsOn(person, id, model.DateOf(t)).claims {
		list = append(list, c.Vendor)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Rivals returns the vendors whose claims to the person at t are of equal evidence and
// exclude each other, sorted; none where nothing is contested.
func (r *Roster) Rivals(person string, id model.Identity, t time.Time) []string {
	return r.claimsOn(person, id, model.DateOf(t)).rivals
}

// ownEntry returns whom tables list under an address, where the person is one that only they
// know.
func (r *Roster) ownEntry(person, mail string) (string, bool) {
	if len(r.exact) == 0 || r.firm[person] {
		return "", false
	}
	own, ok := r.persons[mailKey+mail]
	return own, ok
}

// byDomain returns what is claimed of whoever writes from a mail address on a day, by the
// longest suffix of its domain of which anything is; [unclaimed] for nothing.
func (r *Roster) byDomain(mail string, day model.Date) *span {
	_, domain, ok := strings.Cut(mail, "@")
	for list := r.domains; ok && domain != ""; list = r.subdomains {
		if s := spanAt(list[domain], day); s != unclaimed {
			return s
		}
		_, domain, ok = strings.Cut(domain, ".")
	}
	return unclaimed
}

// Group returns the vendor's ultimate parent at t: the vendor itself where it has
// none, "" for an unknown vendor and for people on their own.
func (r *Roster) Group(vendor string, t time.Time) string {
	if vendor == model.Independent || vendor == model.Academic {
		return ""
	}
	for range len(r.vendors) {
		parent := ""
		for _, p := range r.vendors[vendor].Parent {
			if model.Within(t, p.From, p.Until) {
				parent = p.Vendor
			}
		}
		if parent == "" {
			break
		}
		vendor = parent
	}
	return vendor
}

// Name returns the vendor's name as a person reads it, and its short name where
// the tender gives no other.
func (r *Roster) Name(vendor string) string {
	return cmp.Or(r.vendors[vendor].Name, vendor)
}
