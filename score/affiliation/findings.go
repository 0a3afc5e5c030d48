package affiliation

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Finding is something about the rosters that a person should look at.
type Finding struct {
	Kind    FindingKind `json:"kind"`
	Subject string      `json:"subject"` // an identity, a person or a domain; personal data
	Text    string      `json:"text"`    // without the subject
}

// FindingKind is a kind of finding.
type FindingKind string

// The kinds of findings.
const (
	SharedIdentity FindingKind = "shared-identity" // two persons are said to have it
	LargeCluster   FindingKind = "large-cluster"   // one person has very many addresses
	PublicDomain   FindingKind = "public-domain"   // a company claims what is nobody's
	PersonalDomain FindingKind = "personal-domain" // an organisation may be one person's own domain
)

func (r *Roster) find(kind FindingKind, subject, text string) {
	r.findings = append(r.findings, Finding{kind, subject, text})
}

// Findings returns what a person should look at, sorted, each once.
func (r *Roster) Findings() []Finding { return slices.Compact(slices.Clone(r.findings)) }

func compareFindings(a, b Finding) int {
	return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Text, b.Text))
}

// Departure is somebody who left a vendor.
type Departure struct {
	Person string     `json:"person"` // key; personal data
	Vendor string     `json:"vendor"`
	Day    model.Date `json:"day"`            // the first on which the vendor's claim holds no more
	Next   []string   `json:"next,omitempty"` // whose they are then; none where nobody knows
}

// Departures returns who left a vendor of the tender within a period, by the rosters:
// sorted by day, person and vendor. Mail domains alone tell of nobody's leaving, and
// nobody left a vendor because another one claims them too.
func (r *Roster) Departures(p model.Period) []Departure {
	var list []Departure
	for person, spans := range r.employed {
		for i := 1; i < len(spans); i++ {
			day := spans[i].from
			if !p.Holds(day.Time()) {
				continue
			}
			next := vendorsOf(spans[i].parts)
			for _, v := range vendorsOf(spans[i-1].parts) {
				if _, ours := r.vendors[v]; ours && !slices.Contains(next, v) && !slices.Contains(spans[i].rivals, v) {
					list = append(list, Departure{person, v, day, next})
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b Departure) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.Person, b.Person), strings.Compare(a.Vendor, b.Vendor))
	})
	return list
}

func vendorsOf(parts []model.Part) (list []string) {
	for _, p := range parts {
		if p.Vendor != "" {
			list = append(list, p.Vendor)
		}
	}
	return list
}

// Entry is what one roster states of a person.
type Entry struct {
	File       string             `json:"file"` // of a table; "" for the people documents
	ID         string             `json:"id,omitempty"`
	Identities []string           `json:"identities,omitempty"`
	Employment []model.Employment `json:"employment,omitempty"`
	Alias      string             `json:"alias,omitempty"` // what a table says is the same
}

// Entries returns what the tender's rosters state of persons, by their keys.
func (r *Roster) Entries(t *model.Tender, persons map[string]bool) []Entry {
	var list []Entry
	about := func(keys []string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return persons[r.persons[k]] || persons[k] })
	}
	for _, p := range t.People {
		if persons[p.ID] || about(r.keysOf(p)) {
			list = append(list, Entry{ID: p.ID, Identities: p.Identities, Employment: p.Employment})
		}
	}
	for _, table := range t.Tables {
		for _, p := range table.People {
			if about(r.keysOf(p)) {
				list = append(list, Entry{File: table.File, Identities: p.Identities, Employment: p.Employment})
			}
		}
		for _, a := range table.Aliases {
			if from, to := identityKey(mailKey+a.From.Mail), identityKey(mailKey+a.To.Mail); about([]string{from, to}) {
				list = append(list, Entry{File: table.File, Alias: a.From.Mail + " is " + a.To.Mail})
			}
		}
	}
	return list
}
