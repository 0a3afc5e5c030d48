package census

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// tally adds up the verdicts of one project.
type tally struct {
	project string
	window  model.Period
	seen    *sightings
	err     error // of the first verdict that has no contribution, which is a fault of this package

	commits, others int // verdicts so far
	acts            map[Acts]*sum
	churn           map[Churn]*[3]int64
	people          map[Person]*[2]int64
	domains         *discreet.Domains
	behind          map[Seen]bool
	changes         map[thing]*request
	issues          map[thing]*request
	releases        map[thing]int64
	tags            map[tag]string // the repository in which each was read first
}

// sum is what a row of acts adds up.
type sum struct {
	acts, counted, credit int64
	people                map[string]bool
}

// thing is an artifact; changes and issues have numbers in their repository only.
type thing struct {
	repository string
	artifact   model.Artifact
}

// tag is a release as its copies have it, too.
type tag struct {
	artifact model.Artifact
	at       int64 // seconds
}

// request is a change or an issue.
type request struct {
	opened    int64
	merged    bool
	authors   map[string]bool
	responses []response
}

type response struct {
	person string
	at     int64
	review bool
}

func newTally(project string, c *Census, seen *sightings) *tally {
	return &tally{project: project, window: c.tender.Window.Period(), seen: seen, domains: c.domains, behind: map[Seen]bool{}, acts: map[Acts]*sum{}, churn: map[Churn]*[3]int64{},
		people: map[Person]*[2]int64{}, changes: map[thing]*request{}, issues: map[thing]*request{}, releases: map[thing]int64{}, tags: map[tag]string{}}
}

// verdict takes the next one.
func (t *tally) verdict(v model.Verdict) {
	s, ok := t.next(v)
	if !ok {
		if t.err == nil {
			t.err = fmt.Errorf("counting %s: a verdict on %s by a %s is on no contribution that was read", t.project, v.Artifact, v.Role)
		}
		return
	}
	t.request(v, s)
	t.credit(v, s)
	if !s.requested && t.window.Holds(v.At) && !t.seen.elsewhere(v) {
		t.act(v, s)
	}
}

func (t *tally) next(v model.Verdict) (s sighting, ok bool) {
	list, n := t.seen.others, &t.others
	if v.Artifact.Kind() == model.CommitArtifact {
		list, n = t.seen.commits, &t.commits
	}
	if *n >= len(list) || list[*n].role != v.Role {
		return s, false
	}
	*n++
	return list[*n-1], true
}

// robot reports whether nobody acted.
func robot(v model.Verdict) bool { return v.Rule == "bot" }

// parts returns who employed the person; an employer that nobody knows, where nothing is said.
func parts(v model.Verdict) []model.Part {
	if len(v.Parts) == 0 {
		return []model.Part{{Part: model.Whole}}
	}
	return v.Parts
}

// act enters an act of the window.
func (t *tally) act(v model.Verdict, s sighting) {
	written := v.Role == model.Author && v.Artifact.Kind() == model.CommitArtifact && !s.merge
	if v.Role == model.Releaser && v.Artifact.Kind() == model.ReleaseArtifact {
		if t.copied(v) {
			return
		}
		t.release(v)
	}
	month, robot := model.MonthOf(v.At), robot(v)
	for _, p := range parts(v) {
		t.acted(p.Vendor, v, s)
		row := t.row(Acts{Organisation: p.Vendor, Robot: robot, Month: month, Role: v.Role, Class: s.class})
		row.acts += p.Part
		if v.Counted {
			row.counted += p.Part
		}
		if v.Person != "" {
			row.people[v.Person] = true
		}
		if written {
			t.write(Churn{Organisation: p.Vendor, Robot: robot, Month: month}, s, p.Part)
		}
		if !robot && v.Person != "" {
			who := entry(t.people, Person{Person: v.Person, Organisation: p.Vendor})
			who[0] += p.Part
			if written {
				who[1] += p.Part
			}
		}
	}
}

// acted notes who acted for an organisation that nobody states.
func (t *tally) acted(organisation string, v model.Verdict, s sighting) {
	if v.Person != "" && t.domains.MayHide(organisation) {
		t.behind[Seen{organisation, v.Person, s.mail, discreet.Sign(v.Name)}] = true
	}
}

// copied reports whether another repository of the project had a release of this name at this
// second: forks keep the tags of what they were made from.
func (t *tally) copied(v model.Verdict) bool {
	one := tag{v.Artifact, v.At.Unix()}
	first, ok := t.tags[one]
	if !ok {
		t.tags[one] = v.Repository
	}
	return ok && first != v.Repository
}

// release enters a release. Tags such as api/v3.5.1 and client/v3.5.1 are modules of one.
func (t *tally) release(v model.Verdict) {
	_, version, found := strings.Cut(v.Artifact.Name(), "/")
	for found {
		v.Artifact = model.NewArtifact(model.ReleaseArtifact, version)
		_, version, found = strings.Cut(version, "/")
	}
	key := thing{v.Repository, v.Artifact}
	if at, ok := t.releases[key]; !ok || v.At.Unix() < at {
		t.releases[key] = v.At.Unix()
	}
}

func (t *tally) write(key Churn, s sighting, part int64) {
	for _, c := range t.seen.churn[s.first:s.last] {
		key.Class = c.Class
		n := entry(t.churn, key)
		n[0] += int64(c.Files) * part
		n[1] += int64(c.Added) * part
		n[2] += int64(c.Deleted) * part
	}
}

// credit enters what the judge credited, in the month for which it did.
func (t *tally) credit(v model.Verdict, s sighting) {
	for _, c := range v.Credits {
		of := parts(v)
		if c.Parts != nil {
			of = c.Parts
		}
		rest := c.Amount
		for n, p := range of {
			amount := c.Amount / model.Whole * p.Part
			amount += c.Amount % model.Whole * p.Part / model.Whole
			if n == len(of)-1 {
				amount = rest
			}
			rest -= amount
			t.row(Acts{Organisation: p.Vendor, Month: c.Month, Role: v.Role, Class: s.class}).credit += amount
		}
	}
}

// request enters what a verdict tells of a change or issue. Robots and persons without a name
// neither ask nor answer.
func (t *tally) request(v model.Verdict, s sighting) {
	of := t.changes
	switch v.Artifact.Kind() {
	case model.IssueArtifact:
		of = t.issues
	case model.ChangeArtifact:
	default:
		return
	}
	key := thing{v.Repository, v.Artifact}
	r := of[key]
	if r == nil {
		r = &request{authors: map[string]bool{}}
		of[key] = r
	}
	r.opened = cmp.Or(r.opened, s.opened)
	r.merged = r.merged || s.merged != 0 && t.window.Holds(unix(s.merged))
	if robot(v) || v.Person == "" {
		return
	}
	switch v.Role {
	case model.Author, model.CoAuthor:
		r.authors[v.Person] = true
	case model.Reviewer, model.Responder, model.Triager, model.Commander:
		r.responses = append(r.responses, response{v.Person, s.at, v.Role == model.Reviewer})
	}
}

func (t *tally) row(key Acts) *sum {
	row := t.acts[key]
	if row == nil {
		row = &sum{people: map[string]bool{}}
		t.acts[key] = row
	}
	return row
}

func entry[K comparable, V any](m map[K]*V, key K) *V {
	v := m[key]
	if v == nil {
		v = new(V)
		m[key] = v
	}
	return v
}

// part returns what was added up, in order.
func (t *tally) part(l *score.Ledger, digest string) *Part {
	p := &Part{Format: PartFormat, Project: t.project, Digest: digest, Ledger: l}
	for key, s := range t.acts {
		key.Acts, key.Counted, key.Credit, key.People = s.acts, s.counted, s.credit, int64(len(s.people))
		p.Acts = append(p.Acts, key)
	}
	for key, n := range t.churn {
		key.Files, key.Added, key.Deleted = n[0], n[1], n[2]
		p.Churn = append(p.Churn, key)
	}
	for key, n := range t.people {
		key.Acts, key.Commits = n[0], n[1]
		p.People = append(p.People, key)
	}
	p.Seen = slices.Collect(maps.Keys(t.behind))
	p.Changes, p.Issues = t.asked(), t.answered()
	p.Releases = slices.Sorted(maps.Values(t.releases))
	p.sort()
	return p
}

func (p *Part) sort() {
	slices.SortFunc(p.Acts, func(a, b Acts) int {
		return cmp.Or(cmp.Compare(a.Organisation, b.Organisation), less(a.Robot, b.Robot), cmp.Compare(a.Month, b.Month),
			cmp.Compare(a.Role, b.Role), cmp.Compare(a.Class, b.Class))
	})
	slices.SortFunc(p.Churn, func(a, b Churn) int {
		return cmp.Or(cmp.Compare(a.Organisation, b.Organisation), less(a.Robot, b.Robot), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Class, b.Class))
	})
	slices.SortFunc(p.People, func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.Organisation, b.Organisation), cmp.Compare(a.Person, b.Person))
	})
	slices.SortFunc(p.Seen, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(a.Organisation, b.Organisation), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Mail, b.Mail), cmp.Compare(a.Name, b.Name))
	})
}

func less(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// asked returns the changes that were merged in the window.
func (t *tally) asked() (c Changes) {
	for _, r := range t.changes {
		if !r.merged {
			continue
		}
		c.Merged++
		reviews := int64(0)
		for _, a := range r.responses {
			if a.review && !r.authors[a.person] {
				reviews++
			}
		}
		c.Reviews += reviews
		if reviews > 0 {
			c.Reviewed++
		}
		if wait, ok := r.waited(); ok {
			c.Waited = append(c.Waited, wait)
		}
	}
	slices.Sort(c.Waited)
	return c
}

// answered returns the issues whose first answer came in the window.
func (t *tally) answered() (a Answers) {
	for _, r := range t.issues {
		if wait, ok := r.waited(); ok && t.window.Holds(unix(r.opened+wait)) {
			a.Waited = append(a.Waited, wait)
		}
	}
	slices.Sort(a.Waited)
	return a
}

// waited returns the seconds until somebody else than an author answered.
func (r *request) waited() (wait int64, ok bool) {
	for _, a := range r.responses {
		if r.authors[a.person] || r.opened == 0 || a.at < r.opened {
			continue
		}
		if w := a.at - r.opened; !ok || w < wait {
			wait, ok = w, true
		}
	}
	return wait, ok
}
