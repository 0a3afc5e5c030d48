package formats

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// stackUnknown is the company that stands for days on which nobody is known. The form has
// no word of its own for it; to Stackalytics it is a company of that name.
const stackUnknown = "Unknown"

type stackUserOut struct {
	GitHub    string        `json:"github_id,omitempty"`
	Launchpad string        `json:"launchpad_id,omitempty"`
	Name      string        `json:"user_name"`
	Mails     []string      `json:"emails"`
	Companies []stackJobOut `json:"companies"`
}

type stackJobOut struct {
	Name string  `json:"company_name"`
	End  *string `json:"end_date"`
}

type stackCompanyOut struct {
	Name    string   `json:"company_name"`
	Domains []string `json:"domains"`
	Aliases []string `json:"aliases,omitempty"`
}

// writeStackalytics writes the users and companies of a default_data.json, sorted, with the robots last; its
// sections on releases and repositories have to be added before Stackalytics takes it.
//
// A user has exactly one whole employer each day, from the beginning of time on. Days on
// which the table knows nobody, or names several or parts of the working time, get the
// company "Unknown"; where the table's evidence differs, the best decides. Users need a
// name and a mail address: who has no address is left out, and the name repeats an account
// or an address, since a table holds no names of people.
//
// Left out and noted are further accounts of one person, those of other forges and those
// known by number, employments that are self-typed, mail domains with days or without
// their subdomains, and aliases of addresses. An error is the writer's.
func writeStackalytics(w io.Writer, t *model.Table) ([]model.Note, error) {
	l := &unsaid{form: "stackalytics"}
	out := struct {
		Companies []stackCompanyOut `json:"companies"`
		Users     []stackUserOut    `json:"users"`
	}{stackCompanies(t, l), []stackUserOut{}}
	for _, p := range writable(t, l, stackFits) {
		if u, ok := stackUserOf(p.Identities, l); ok {
			u.Companies = stackJobs(stated(dated(p.Employment, firstYear, lastYear, l), l), l)
			out.Users = append(out.Users, u)
		}
	}
	for _, id := range distinct(slices.Clone(t.Bots)) {
		if !stackFits(id) {
			l.leave("robots whose identity the form cannot hold", 1)
		} else if u, ok := stackUserOf([]string{id}, l); ok {
			u.Companies = []stackJobOut{{Name: stackRobots}}
			out.Users = append(out.Users, u)
		}
	}
	l.leave("aliases of addresses", len(t.Aliases))
	return l.all(), jsonText(w, out)
}

// stackFits reports whether a user can have an identity.
func stackFits(id string) bool {
	if mail, ok := strings.CutPrefix(id, "mail:"); ok {
		return writtenMail(mail)
	}
	host, login, ok := strings.Cut(id, "/")
	return ok && (host == "github" || host == "launchpad") && plainLogin(login)
}

// writtenMail reports whether a mail address would be read as it is written.
func writtenMail(mail string) bool {
	read, ok := mailAddress(mail)
	return ok && read == mail
}

// stackUserOf makes a user of sorted identities. Without a mail address there is none.
func stackUserOf(ids []string, l *unsaid) (u stackUserOut, ok bool) {
	for _, id := range ids {
		mail, isMail := strings.CutPrefix(id, "mail:")
		host, login, _ := strings.Cut(id, "/")
		switch {
		case isMail:
			u.Mails = append(u.Mails, mail)
		case host == "github" && u.GitHub == "":
			u.GitHub = login
		case host == "launchpad" && u.Launchpad == "":
			u.Launchpad = login
		default:
			l.leave("further accounts of one person", 1)
		}
	}
	if len(u.Mails) == 0 {
		l.leave("persons and robots without a mail address", 1)
		return u, false
	}
	u.Name = cmp.Or(u.Launchpad, u.GitHub, u.Mails[0])
	return u, true
}

// stackJobs writes employments as companies that follow each other.
func stackJobs(jobs []model.Employment, l *unsaid) []stackJobOut {
	var list []stackJobOut
	for _, s := range stretches(jobs) {
		name := stackUnknown
		switch best := s.best(); {
		case len(best) == 1 && best[0].Share() == 1:
			if name = stackName(best[0].Vendor); name == "" {
				l.lose("spans of days with an employer whose name would be read as another, written as Unknown", 1)
				name = stackUnknown
			}
		case len(best) > 0:
			l.lose("spans of days with several employers or parts of the working time, written as Unknown", 1)
		}
		if n := len(list); n > 0 && list[n-1].Name == name {
			list = list[:n-1]
		}
		list = append(list, stackJobOut{name, stackEnd(day(s.until))})
	}
	return list
}

// stackEnd writes the day of an end; nil is open.
func stackEnd(d model.Date) *string {
	if d == 0 {
		return nil
	}
	s := d.Time().Format("2006-Jan-02")
	return &s
}

// stackName writes the name of an employer; "" where it would be read as another one.
func stackName(vendor string) string {
	switch {
	case vendor == model.Independent:
		return stackIndependent
	case employer(vendor) != vendor || vendor == stackRobots || !plainName(vendor):
		return ""
	}
	return vendor
}

// stackCompanies writes the domains and further names of employers. Stackalytics needs the
// entry of the independent: the empty domain is all others.
func stackCompanies(t *model.Table, l *unsaid) []stackCompanyOut {
	known := map[string]*stackCompanyOut{stackIndependent: {Name: stackIndependent, Domains: []string{""}}}
	at := func(employer string) *stackCompanyOut {
		name := stackName(employer)
		if name != "" && known[name] == nil {
			known[name] = &stackCompanyOut{Name: name, Domains: []string{}}
		}
		return known[name]
	}
	for _, d := range t.Domains {
		domain := strings.ToLower(d.Domain)
		switch c := at(d.Employer); {
		case d.From != 0 || d.Until != 0 || d.Exact:
			l.leave("mail domains with days, or without their subdomains", 1)
		case c == nil || !plainDomain(domain):
			l.leave("mail domains that the form cannot hold", 1)
		default:
			c.Domains = append(c.Domains, domain)
		}
	}
	for _, n := range t.Names {
		c := at(n.Employer)
		if c == nil || strings.HasPrefix(c.Name, "*") || !otherName(n.Name, n.Employer) {
			l.leave("further names of employers that the form cannot hold", 1)
			continue
		}
		c.Aliases = append(c.Aliases, n.Name)
	}
	var list []stackCompanyOut
	for _, name := range slices.Sorted(maps.Keys(known)) {
		c := *known[name]
		slices.Sort(c.Domains)
		slices.Sort(c.Aliases)
		c.Domains, c.Aliases = slices.Compact(c.Domains), slices.Compact(c.Aliases)
		list = append(list, c)
	}
	return list
}
