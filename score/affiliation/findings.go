package affiliation

import (
	"cmp"
	"slices"
	"strings"
)

// Finding is something about the rosters that a person should look at.
type Finding struct {
	Kind    FindingKind
	Subject string // an identity or a domain; personal data
	Text    string // without the subject
}

// FindingKind is a kind of finding.
type FindingKind string

// The kinds of findings.
const (
	SharedIdentity FindingKind = "shared-identity" // two persons are said to have it
	LargeCluster   FindingKind = "large-cluster"   // one person has very many addresses
	PublicDomain   FindingKind = "public-domain"   // a company claims what is nobody's
)

func (r *Roster) find(kind FindingKind, subject, text string) {
	r.findings = append(r.findings, Finding{kind, subject, text})
}

// Findings returns what a person should look at, sorted, each once.
func (r *Roster) Findings() []Finding { return slices.Compact(slices.Clone(r.findings)) }

func compareFindings(a, b Finding) int {
	return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Text, b.Text))
}
