// Package affiliation says who works for whom, and when.
//
// It joins three things that sources and documents state apart: an identity (what
// a source saw) becomes a person, through the tender's rosters and the project's
// .mailmap; a person becomes a vendor at a date, through employments and mail
// domains, each with its level of evidence. Nobody is merged on a display name
// alone, and today's employer never speaks for the past.
package affiliation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Roster holds the dated affiliations of one tender. It is read-only once made
// and safe for concurrent use.
type Roster struct {
	evidence  model.Level
	persons   map[string]string // identity, such as mail:ada@karst.example → person
	employers map[string][]model.Employment
	domains   map[string][]tenure // mail domain → vendors
	vendors   map[string]model.Vendor
}

type tenure struct {
	vendor      string
	from, until model.Date
}

// NewRoster takes the vendors and people of a tender.
func NewRoster(t *model.Tender) *Roster {
	r := &Roster{
		evidence:  t.Evidence,
		persons:   map[string]string{},
		employers: map[string][]model.Employment{},
		domains:   map[string][]tenure{},
		vendors:   t.Vendors,
	}
	for _, p := range t.People {
		for _, id := range p.Identities {
			r.persons[fold(id)] = p.ID
		}
		r.employers[p.ID] = append(r.employers[p.ID], p.Employment...)
	}
	for id, v := range t.Vendors {
		for _, d := range v.Domains {
			name := fold(d.Name)
			r.domains[name] = append(r.domains[name], tenure{id, d.From, d.Until})
		}
	}
	return r
}

// Outcome says how an affiliation was found, or why not.
type Outcome string

// The outcomes.
const (
	Known     Outcome = "known"     // to a vendor of the tender, with enough evidence
	Guessed   Outcome = "guessed"   // to an organisation named after its mail domain
	Unknown   Outcome = "unknown"   // nothing says
	Weak      Outcome = "weak"      // below the level that the tender asks for
	Contested Outcome = "contested" // equal evidence for more than one whole employment
)

// At returns whose employee the person was at t, as seen under the identity: the
// claims at the highest level of evidence decide, and a lower claim never contests
// them. A mail domain of a vendor is evidence for the acts that bear it, at that
// time only; .mailmap does not move it. Where no claim is made at all, a mail
// domain that is not a public provider's stands for an organisation of that name.
func (r *Roster) At(person string, id model.Identity, t time.Time) ([]model.Part, Outcome) {
	claims := r.claims(person, id, t)
	if len(claims) == 0 {
		if org := Organisation(id.Mail); org != "" {
			return []model.Part{{Vendor: org, Part: model.Whole}}, Guessed
		}
		return []model.Part{{Part: model.Whole}}, Unknown
	}
	best := claims[0].Level
	for _, c := range claims {
		if c.Level.Reaches(best) {
			best = c.Level
		}
	}
	if !best.Reaches(r.evidence) {
		return []model.Part{{Part: model.Whole}}, Weak
	}
	claims = slices.DeleteFunc(claims, func(c model.Part) bool { return c.Level != best })
	return settle(claims)
}

// Claimants returns the vendors that claim the person at t, at any level, sorted.
func (r *Roster) Claimants(person string, id model.Identity, t time.Time) []string {
	var list []string
	for _, c := range r.claims(person, id, t) {
		list = append(list, c.Vendor)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// settle adds up claims of one level. The same vendor twice is one claim; more
// than one whole employment is contested, and then belongs to nobody.
func settle(claims []model.Part) ([]model.Part, Outcome) {
	slices.SortFunc(claims, func(a, b model.Part) int {
		return cmp.Or(strings.Compare(a.Vendor, b.Vendor), cmp.Compare(b.Part, a.Part))
	})
	claims = slices.CompactFunc(claims, func(a, b model.Part) bool { return a.Vendor == b.Vendor })
	var sum int64
	for _, c := range claims {
		sum += c.Part
	}
	switch {
	case sum > model.Whole:
		return []model.Part{{Part: model.Whole}}, Contested
	case sum < model.Whole:
		claims = append(claims, model.Part{Part: model.Whole - sum})
	}
	return claims, Known
}

func (r *Roster) claims(person string, id model.Identity, t time.Time) []model.Part {
	var claims []model.Part
	for _, e := range r.employers[person] {
		if model.Within(t, e.From, e.Until) {
			part := int64(float64(e.Share()*model.Whole) + 0.5)
			claims = append(claims, model.Part{Vendor: e.Vendor, Part: part, Level: cmp.Or(e.Level, model.Listed)})
		}
	}
	v := r.byDomain(id.Mail, t)
	stated := func(c model.Part) bool { return c.Vendor == v && c.Level == model.Domain } // with its fraction
	if v != "" && !slices.ContainsFunc(claims, stated) {
		claims = append(claims, model.Part{Vendor: v, Part: model.Whole, Level: model.Domain})
	}
	return claims
}

// byDomain finds the vendor whose mail domain is the longest suffix of the mail's.
func (r *Roster) byDomain(mail string, t time.Time) string {
	_, domain, ok := strings.Cut(fold(mail), "@")
	for ok && domain != "" {
		for _, d := range r.domains[domain] {
			if model.Within(t, d.from, d.until) {
				return d.vendor
			}
		}
		_, domain, ok = strings.Cut(domain, ".")
	}
	return ""
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

// fold writes an identity or mail address in the form that is compared. Domains
// do not know case; local parts do by the letter of RFC 5321 and nowhere in
// practice, and .mailmap folds them too.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
