package formats

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// sortinghat is the form in which SortingHat up to version 0.7 exports identities and
// organizations:
//
//	{"blacklist": ["root@localhost"],
//	 "organizations": {"Karst": [{"domain": "karst.example", "is_top": true}]},
//	 "source": null, "time": "2020-01-01 00:00:00",
//	 "uidentities": {UUID: {"uuid": UUID,
//	   "profile": {"is_bot": false, …},
//	   "identities": [{"source": "github", "username": "ada", "email": "ada@karst.example", …}],
//	   "enrollments": [{"organization": "Karst", "start": "1900-01-01T00:00:00", "end": "2100-01-01T00:00:00"}]}}}
//
// Its manual leaves open whether the day of an end belongs to the enrollment. Here it does
// not: who moves has an end that is the next start, and would have two employers that day.
func sortinghat() model.RosterFormat {
	return model.RosterFormat{
		Name: "sortinghat",
		Doc:  "Exports of SortingHat up to version 0.7, of identities, organizations or both; https://github.com/chaoss/grimoirelab-sortinghat",
		Read: readSortinghat, Write: writeSortinghat,
	}
}

// Years that stand for an open beginning and an open end.
const (
	hatAlways = 1900
	hatStill  = 2100
)

// hatPerson is what is read of a unique identity. Of its profile, that is whether it is a
// robot: names, sex and country stand there too.
type hatPerson struct {
	Profile     hatProfile      `json:"profile"`
	Identities  []hatIdentity   `json:"identities"`
	Enrollments []hatEnrollment `json:"enrollments"`
	line        int
}

type hatProfile struct {
	Robot bool `json:"is_bot"`
}

type hatIdentity struct {
	Mail   string `json:"email"`
	Login  string `json:"username"`
	Source string `json:"source"`
}

type hatEnrollment struct {
	Organization string `json:"organization"`
	Start        string `json:"start"`
	End          string `json:"end"`
}

type hatDomain struct {
	Domain string `json:"domain"`
	Top    *bool  `json:"is_top"`
}

type hatReader struct {
	gatherer
	persons []hatPerson
	nobody  map[string]bool // of the blacklist, in lower case
}

// readSortinghat reads an export of identities, of organizations, or both in one.
//
// A unique identity is one person. An address or account name that is on the blacklist
// belongs to nobody in particular, and the identity with it is left out; names of people on
// it matter nothing, since nobody is known by a name here. Account names are read where the
// source says of which forge they are: github, and gitlab, which is taken for gitlab.com.
// Days are taken as they are written, whatever the time zone, as SortingHat does.
//
// Version 0.8 and later keep their data elsewhere and have no such export; what other
// programs write of it is not read.
func readSortinghat(fsys fs.FS, r model.Roster, _ *model.Tender) (*model.Table, error) {
	h := &hatReader{gatherer: newGatherer(), nobody: map[string]bool{}}
	found := false
	err := h.read(fsys, r.File, func(key string) error {
		switch key {
		case "uidentities":
			found = true
			return h.members("uidentities", h.person)
		case "organizations":
			found = true
			return h.members("organizations", h.organization)
		case "blacklist":
			return h.values("blacklist", h.exclude)
		}
		return h.skip()
	})
	if err == nil && !found {
		err = errors.New(r.File + " has neither uidentities nor organizations; name an export of SortingHat up to version 0.7")
	}
	if err != nil {
		return nil, err
	}
	for _, p := range h.persons { // the blacklist may stand behind them
		h.take(p)
	}
	return h.finish(), nil
}

func (h *hatReader) person(_ string, v jsonValue) {
	p := hatPerson{line: v.line}
	if h.decode(v, "a unique identity", &p) {
		h.persons = append(h.persons, p)
	}
}

func (h *hatReader) exclude(v jsonValue) {
	var s string
	if h.decode(v, "an entry of the blacklist", &s) {
		h.nobody[hatFold(s)] = true
	}
}

func (h *hatReader) organization(name string, v jsonValue) {
	var domains []hatDomain
	if !h.decode(v, "an organization", &domains) || len(domains) == 0 {
		return
	}
	org := employer(name)
	if org == "" || !plainName(org) {
		h.refuse(v.line, "the domains of what has no name are left out")
		return
	}
	for _, d := range domains {
		if d.Top == nil {
			h.refuse(v.line, "a domain here does not say whether its subdomains are meant (is_top)")
			continue
		}
		h.domain(d.Domain, org, !*d.Top, v.line)
	}
}

// take makes a person of a unique identity.
func (h *hatReader) take(p hatPerson) {
	var ids []string
	excluded := 0
	for _, id := range p.Identities {
		if h.excluded(id) {
			excluded++
			continue
		}
		ids = h.mail(ids, id.Mail, p.line)
		ids = h.login(ids, id, p.line)
	}
	if excluded > 0 {
		h.refuse(p.line, "left out, as the blacklist says that they are nobody's: identities (%d)", excluded)
	}
	var jobs []model.Employment
	for _, e := range p.Enrollments {
		jobs = h.employment(jobs, e, p.line)
	}
	if p.Profile.Robot && len(jobs) > 0 {
		h.say(p.line, "the organizations of a robot are not read")
	}
	h.gatherer.person(ids, p.Profile.Robot, jobs, p.line)
}

func (h *hatReader) excluded(id hatIdentity) bool {
	mail, login := hatFold(id.Mail), hatFold(id.Login)
	return mail != "" && h.nobody[mail] || login != "" && h.nobody[login]
}

func hatFold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// login adds the account of an identity, where its forge is known.
func (h *hatReader) login(ids []string, id hatIdentity, line int) []string {
	source := hatFold(id.Source)
	if strings.TrimSpace(id.Login) == "" {
		return ids
	}
	switch source {
	case "github":
		return h.account(ids, "github", id.Login, line)
	case "gitlab":
		h.once(line, "account names of the source gitlab are taken for those of gitlab.com")
		return h.account(ids, "gitlab.com", id.Login, line)
	}
	if !plainLogin(source) {
		source = "without a plain name"
	}
	h.once(line, "account names of the source "+source+" are of no forge that is known here; they are not read")
	return ids
}

// employment adds what an enrollment says. Of times of the day the day is taken.
func (h *hatReader) employment(jobs []model.Employment, e hatEnrollment, line int) []model.Employment {
	name := employer(e.Organization)
	if name == "" {
		return jobs
	}
	from, timedFrom, okFrom := hatDay(e.Start, hatAlways)
	until, timedUntil, okUntil := hatDay(e.End, hatStill)
	switch {
	case !plainName(name):
		h.refuse(line, "an enrollment names an organization by what is no text")
		return jobs
	case !okFrom || !okUntil:
		h.refuse(line, "an enrollment has a day that cannot be said; write it as 2026-11-01T00:00:00, from 1900 to 2100")
		return jobs
	case from != 0 && until != 0 && from >= until:
		h.refuse(line, "an enrollment ends before or on the day of its start")
		return jobs
	case timedFrom || timedUntil:
		h.say(line, "an enrollment begins or ends in the middle of a day; its days are taken, the last one excluded")
	}
	return append(jobs, model.Employment{Vendor: name, From: from, Until: until, Source: h.source(line)})
}

// hatDay reads a day; the year open, and nothing, stand for an open end or beginning. timed
// says that there is a time of the day beside midnight.
func hatDay(s string, open int) (d model.Date, timed, ok bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, false, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", time.DateOnly} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		year, month, day := t.Date()
		if year == open {
			return 0, false, true
		}
		d = model.DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
		timed = t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 || t.Nanosecond() != 0
		unsaid := d == 0 && open == hatStill // 1970-01-01; nothing is older, so it can stand for a beginning
		return d, timed, !unsaid && hatAlways < year && year < hatStill
	}
	return 0, false, false
}
