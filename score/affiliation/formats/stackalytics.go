package formats

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// stackalytics is the form of the file default_data.json of Stackalytics:
//
//	{"users": [{"launchpad_id": "ada", "github_id": "ada-l", "user_name": "Ada",
//	            "emails": ["ada@karst.example"],
//	            "companies": [{"company_name": "Delta", "end_date": "2020-Mar-01"},
//	                          {"company_name": "Karst", "end_date": null}]}],
//	 "companies": [{"company_name": "Karst", "domains": ["karst.example"], "aliases": ["Karst SARL"]}]}
//
// The companies of a user follow each other in the order of their ends, null last. An end
// is exclusive: Stackalytics takes the first company whose end_date is after the moment of
// the act, so the next one begins on that day.
func stackalytics() model.RosterFormat {
	return model.RosterFormat{
		Name: "stackalytics",
		Doc:  "Users and companies of Stackalytics' default_data.json; https://opendev.org/x/stackalytics",
		Read: readStackalytics, Write: writeStackalytics,
	}
}

// Names of companies that are none. They begin with an asterisk.
const (
	stackRobots      = "*robots"
	stackIndependent = "*independent"
)

// stackDay is how days are written; the day of the month may have one digit.
const stackDay = "2006-Jan-2"

// stackUser is what is read of a user.
type stackUser struct {
	Launchpad string            `json:"launchpad_id"`
	GitHub    string            `json:"github_id"`
	Mails     []string          `json:"emails"`
	Companies []json.RawMessage `json:"companies"`
}

type stackCompany struct {
	Name    string   `json:"company_name"`
	Domains []string `json:"domains"`
	Aliases []string `json:"aliases"`
}

// stackJob is a company of a user, until a day.
type stackJob struct {
	Name string `json:"company_name"`
	End  string `json:"end_date"`
	day  model.Date
}

type stackReader struct{ gatherer }

// readStackalytics reads users and companies. Sections on repositories, releases and
// kinds of projects are skipped.
//
// It differs from Stackalytics in what that adds on its own: after the last end, when it
// takes people for independent, nobody is known here; names that people gave for having no
// company ("free", "test") do not become names of independent people, as they would hide
// companies of these names; and where two companies of a user end on one day, both are
// kept, not the first. Where the days of one company of a user cannot be read, those of
// the others cannot be known, so none is taken.
func readStackalytics(fsys fs.FS, r model.Roster, _ *model.Tender) (*model.Table, error) {
	s := &stackReader{newGatherer()}
	found := false
	err := s.read(fsys, r.File, func(key string) error {
		switch key {
		case "users":
			found = true
			return s.values("users", s.user)
		case "companies":
			found = true
			return s.values("companies", s.company)
		}
		return s.skip()
	})
	if err == nil && !found {
		err = errors.New(r.File + " has neither users nor companies; name a default_data.json of Stackalytics")
	}
	if err != nil {
		return nil, err
	}
	return s.finish(), nil
}

func (s *stackReader) user(v jsonValue) {
	var u stackUser
	if !s.decode(v, "a user", &u) {
		return
	}
	s.otherKeys(v)
	var ids []string
	for _, m := range u.Mails {
		ids = s.mail(ids, m, v.line)
	}
	ids = s.account(ids, "github", u.GitHub, v.line)
	ids = s.account(ids, "launchpad", u.Launchpad, v.line)
	jobs, robot := s.employment(u.Companies, v.line)
	s.person(ids, robot, jobs, v.line)
}

// otherKeys notes keys of a user that are not read, unless they say nothing on who works
// for whom.
func (s *stackReader) otherKeys(v jsonValue) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(v.text, &keys) != nil {
		return // it was an object
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		switch key {
		case "launchpad_id", "github_id", "emails", "companies": // read
		case "user_name", "user_id", "static", "seq": // names join nobody; the others are the program's own
		case "gerrit_id", "ldap_id", "zanata_id", "member_id", "core":
			s.once(v.line, "users have a key "+key+", which nothing here asks for")
		default:
			s.once(v.line, "users have keys that are no part of the form; they are not read")
		}
	}
}

// employment returns the employments of a user, and whether it is a robot.
func (s *stackReader) employment(list []json.RawMessage, line int) (jobs []model.Employment, robot bool) {
	chain, fault := stackChain(list)
	if fault != "" {
		s.refuse(line, "the companies of this user are left out: %s", fault)
		return nil, false
	}
	robots, from := 0, model.Date(0)
	for i, job := range chain {
		if i > 0 && chain[i-1].day != job.day {
			from = chain[i-1].day
		}
		vendor := employer(job.Name)
		switch {
		case vendor == stackRobots:
			robots++
		case vendor != "":
			jobs = append(jobs, model.Employment{Vendor: vendor, From: from, Until: job.day, Source: s.source(line)})
		}
	}
	if robots > 0 && len(jobs) > 0 {
		s.refuse(line, "this user is a robot for a time, which cannot be said; that time is left out")
	}
	return jobs, robots > 0 && len(jobs) == 0
}

// stackChain returns the companies of a user in the order of their ends.
func stackChain(list []json.RawMessage) (chain []stackJob, fault string) {
	for _, raw := range list {
		var job stackJob
		var keys map[string]json.RawMessage
		if json.Unmarshal(raw, &job) != nil || json.Unmarshal(raw, &keys) != nil {
			return nil, "one of them is no object with a company_name and an end_date"
		}
		if _, ok := keys["end_date"]; !ok || len(keys) != 2 || !plainName(job.Name) {
			return nil, "one of them has not exactly a company_name and an end_date"
		}
		if job.End != "" {
			t, err := time.Parse(stackDay, job.End)
			if job.day = model.DateOf(t); err != nil || job.day == 0 {
				return nil, "the end_date of one of them is no day that can be said; write it as 2026-Nov-01"
			}
		}
		chain = append(chain, job)
	}
	slices.SortStableFunc(chain, func(a, b stackJob) int {
		return compareJobs(model.Employment{Until: a.day, Vendor: a.Name}, model.Employment{Until: b.day, Vendor: b.Name})
	})
	return chain, ""
}

func (s *stackReader) company(v jsonValue) {
	var c stackCompany
	if !s.decode(v, "a company", &c) {
		return
	}
	name := employer(c.Name)
	none := strings.HasPrefix(strings.TrimSpace(c.Name), "*")
	if name == "" || name == stackRobots || !plainName(name) {
		if len(c.Domains)+len(c.Aliases) > 0 {
			s.refuse(v.line, "the domains and aliases of what is no employer are left out")
		}
		return
	}
	for _, d := range c.Domains {
		if d != "" || !none { // "" is the form's word for all other domains
			s.domain(d, name, false, v.line)
		}
	}
	if none && len(c.Aliases) > 0 {
		s.say(v.line, "aliases of what is no company are not read, as they would hide companies of these names")
		return
	}
	for _, a := range c.Aliases {
		s.name(a, name, v.line)
	}
}
