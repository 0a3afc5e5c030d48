package formats

import (
	"crypto/sha1"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

type hatFile struct {
	Blacklist     []string                  `json:"blacklist"`
	Organizations map[string][]hatDomainOut `json:"organizations"`
	Source        *string                   `json:"source"`
	Persons       map[string]hatPersonOut   `json:"uidentities"`
}

type hatDomainOut struct {
	Domain string `json:"domain"`
	Top    bool   `json:"is_top"`
}

type hatPersonOut struct {
	Enrollments []hatEnrollmentOut `json:"enrollments"`
	Identities  []hatIdentityOut   `json:"identities"`
	Profile     *hatProfileOut     `json:"profile"`
	UUID        string             `json:"uuid"`
}

type hatEnrollmentOut struct {
	End          string `json:"end"`
	Organization string `json:"organization"`
	Start        string `json:"start"`
	UUID         string `json:"uuid"`
}

type hatIdentityOut struct {
	Mail   *string `json:"email"`
	ID     string  `json:"id"`
	Name   *string `json:"name"`
	Source string  `json:"source"`
	Login  *string `json:"username"`
	UUID   string  `json:"uuid"`
}

// hatProfileOut is the profile of a robot. SortingHat asks for all of its keys; what a
// table does not know, and nobody here wants to, stays null.
type hatProfileOut struct {
	Country   *string `json:"country"`
	Mail      *string `json:"email"`
	Gender    *string `json:"gender"`
	GenderAcc *int    `json:"gender_acc"`
	Robot     bool    `json:"is_bot"`
	Name      *string `json:"name"`
	UUID      string  `json:"uuid"`
}

// hatUnknown is the source of identities of which a table does not say where they were
// seen.
const hatUnknown = "unknown"

// writeSortinghat writes identities and organizations as SortingHat up to version 0.7
// loads them, sorted, with the identifiers that SortingHat itself would give. The time of
// the export is left out, so that the same table gives the same file.
//
// Left out and noted are accounts but those known by name of GitHub and gitlab.com,
// employments that are self-typed or a part of the working time, days outside of the
// years 1901 to 2099, mail domains with days or stated in several ways, further names of
// employers, and aliases of addresses. An error is the writer's.
func writeSortinghat(w io.Writer, t *model.Table) ([]model.Note, error) {
	l := &unsaid{form: "sortinghat"}
	out := hatFile{Blacklist: []string{}, Organizations: map[string][]hatDomainOut{}, Persons: map[string]hatPersonOut{}}
	for _, p := range writable(t, l, hatFits) {
		person := hatEntry(p.Identities)
		jobs := stated(dated(p.Employment, hatAlways+1, hatStill-1, l), l)
		for _, e := range sortedJobs(jobs) {
			person.enroll(e, l)
		}
		for _, e := range person.Enrollments {
			out.organization(e.Organization)
		}
		out.Persons[person.UUID] = person
	}
	for _, id := range distinct(slices.Clone(t.Bots)) {
		if !hatFits(id) {
			l.leave("robots whose identity the form cannot hold", 1)
			continue
		}
		robot := hatEntry([]string{id})
		robot.Profile = &hatProfileOut{Robot: true, UUID: robot.UUID}
		out.Persons[robot.UUID] = robot
	}
	out.domains(t.Domains, l)
	l.leave("further names of employers", len(t.Names))
	l.leave("aliases of addresses", len(t.Aliases))
	return l.all(), jsonText(w, out)
}

// hatFits reports whether the form can hold an identity.
func hatFits(id string) bool {
	if mail, ok := strings.CutPrefix(id, "mail:"); ok {
		return writtenMail(mail)
	}
	host, login, ok := strings.Cut(id, "/")
	return ok && (host == "github" || host == "gitlab.com") && plainLogin(login)
}

// hatEntry makes a person of identities; the first one's identifier is the person's.
func hatEntry(ids []string) hatPersonOut {
	p := hatPersonOut{Enrollments: []hatEnrollmentOut{}}
	for _, id := range ids {
		i := hatIdentityOut{Source: hatUnknown}
		if mail, ok := strings.CutPrefix(id, "mail:"); ok {
			i.Mail = &mail
		} else {
			host, login, _ := strings.Cut(id, "/")
			i.Source, i.Login = strings.TrimSuffix(host, ".com"), &login
		}
		i.ID = hatID(i)
		p.Identities = append(p.Identities, i)
	}
	p.UUID = p.Identities[0].ID
	for n := range p.Identities {
		p.Identities[n].UUID = p.UUID
	}
	return p
}

// hatID is the identifier of an identity: the SHA-1 of its source, address, name and
// account name in lower case, joined by colons, with "none" for what is missing.
func hatID(i hatIdentityOut) string {
	word := func(s *string) string {
		if s == nil {
			return "none"
		}
		return strings.ToLower(*s)
	}
	sum := sha1.Sum([]byte(strings.Join([]string{i.Source, word(i.Mail), "none", word(i.Login)}, ":")))
	return hex.EncodeToString(sum[:])
}

// enroll adds an employment.
func (p *hatPersonOut) enroll(e model.Employment, l *unsaid) {
	switch {
	case e.Share() != 1:
		l.leave("employments that are a part of the working time", 1)
		return
	case !hatName(e.Vendor):
		l.leave("employments by employers whose name would be read as another", 1)
		return
	}
	n := hatEnrollmentOut{Organization: e.Vendor, Start: hatDayOf(e.From, hatAlways), End: hatDayOf(e.Until, hatStill), UUID: p.UUID}
	if !slices.Contains(p.Enrollments, n) {
		p.Enrollments = append(p.Enrollments, n)
	}
}

// hatName reports whether an employer's name would be read as it is written.
func hatName(name string) bool { return plainName(name) && employer(name) == name }

// hatDayOf writes a day; the zero one is the first of the year open.
func hatDayOf(d model.Date, open int) string {
	if d == 0 {
		return (model.Month(open * 12)).Time().Format("2006-01-02T15:04:05")
	}
	return d.Time().Format("2006-01-02T15:04:05")
}

// organization makes sure that an organization is there.
func (f *hatFile) organization(name string) {
	if f.Organizations[name] == nil {
		f.Organizations[name] = []hatDomainOut{}
	}
}

// domains adds the mail domains of employers. SortingHat knows one owner of each.
func (f *hatFile) domains(list []model.DomainTenure, l *unsaid) {
	list = slices.Clone(list)
	owners := map[string]model.DomainTenure{}
	several := map[string]bool{}
	for i, d := range list {
		d.Domain = strings.ToLower(d.Domain)
		list[i] = d
		if other, ok := owners[d.Domain]; ok && other != d {
			several[d.Domain] = true
		}
		owners[d.Domain] = d
	}
	slices.SortFunc(list, compareDomains)
	for _, d := range slices.Compact(list) {
		switch {
		case d.From != 0 || d.Until != 0 || several[d.Domain]:
			l.leave("mail domains with days, or stated in several ways", 1)
		case !hatName(d.Employer) || !plainDomain(d.Domain):
			l.leave("mail domains that the form cannot hold", 1)
		default:
			f.Organizations[d.Employer] = append(f.Organizations[d.Employer], hatDomainOut{d.Domain, !d.Exact})
		}
	}
}
