package score

import (
	"cmp"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Dossier is all that a tender's rosters and sources hold about one person, for a request
// of access (Regulation (EU) 2016/679, Article 15). It is personal data from end to end.
type Dossier struct {
	Person     string              `json:"person"` // key by which verdicts name the person
	Identities []SeenIdentity      `json:"identities,omitempty"`
	Rosters    []affiliation.Entry `json:"rosters,omitempty"`
	Acts       []SeenAct           `json:"acts,omitempty"` // in the order of the sources
}

// SeenIdentity is an identity under which sources saw the person, or that an alias states.
type SeenIdentity struct {
	model.Identity
	Project string `json:"project"`
	Acts    int    `json:"acts"`
}

// SeenAct is one contribution as a source states it, whether it counts or not.
type SeenAct struct {
	Project    string         `json:"project"`
	Repository string         `json:"repository"`
	Artifact   model.Artifact `json:"artifact"`
	Role       model.Role     `json:"role"`
	At         time.Time      `json:"at"`
}

// About gathers what is held about the person whose identity is given, as mail:ADDRESS,
// HOST:NUMBER or HOST/LOGIN. The records are read twice: identities are joined first.
func About(t *model.Tender, identity string, records func() iter.Seq2[model.Record, error]) (*Dossier, error) {
	asked := identityOf(identity)
	roster := affiliation.NewRoster(t)
	d := &Dossier{Person: roster.People(nil).Person(asked)}
	ids, err := identities(records())
	if err != nil {
		return nil, err
	}
	seen := map[seenKey]int{} // their places in d.Identities
	persons := map[string]bool{d.Person: d.Person != ""}
	for _, project := range slices.Sorted(maps.Keys(ids)) {
		p := ids[project]
		people := roster.People(p.aliases)
		for id := range p.seen {
			people.Learn(id)
		}
		person := people.Person(asked)
		persons[person] = person != ""
		for id := range p.seen {
			if people.Person(id) == person && person != "" {
				seen[seenKey{project, id}] = 0
				d.Person = person // as verdicts have it, where sources saw the person
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(seen), compareSeen) {
		seen[k] = len(d.Identities)
		d.Identities = append(d.Identities, SeenIdentity{Identity: k.id, Project: k.project})
	}
	for r, err := range records() {
		if err != nil && !isGap(err) {
			return nil, err
		}
		c := r.Contribution
		if err != nil || c == nil {
			continue
		}
		if at, ok := seen[seenKey{r.Project, c.Actor}]; ok {
			d.Identities[at].Acts++
			d.Acts = append(d.Acts, SeenAct{r.Project, r.Repository, c.Artifact, c.Role, c.At})
		}
	}
	d.Rosters = roster.Entries(t, persons)
	return d, nil
}

// identityOf reads an identity of a roster as a source would see it.
func identityOf(s string) model.Identity {
	if mail, ok := strings.CutPrefix(s, "mail:"); ok || strings.Contains(s, "@") {
		return model.Identity{Mail: strings.TrimSpace(mail)}
	}
	if host, login, ok := strings.Cut(s, "/"); ok && host != "" && login != "" {
		return model.Identity{Account: host + ":", Login: login}
	}
	return model.Identity{Account: s}
}

// seenKey is an identity in a project.
type seenKey struct {
	project string
	id      model.Identity
}

func compareSeen(a, b seenKey) int {
	return cmp.Or(strings.Compare(a.project, b.project), strings.Compare(a.id.Mail, b.id.Mail), strings.Compare(a.id.Account, b.id.Account),
		strings.Compare(a.id.Login, b.id.Login), strings.Compare(a.id.Name, b.id.Name), strings.Compare(string(a.id.Type), string(b.id.Type)))
}

// identitiesOf holds the identities and the aliases of a project.
type identitiesOf struct {
	seen    map[model.Identity]bool
	aliases []model.Alias
}

// identities returns those of each project.
func identities(records iter.Seq2[model.Record, error]) (map[string]*identitiesOf, error) {
	all := map[string]*identitiesOf{}
	for r, err := range records {
		if isGap(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p := all[r.Project]
		if p == nil {
			p = &identitiesOf{seen: map[model.Identity]bool{}}
			all[r.Project] = p
		}
		if r.Alias != nil {
			p.aliases = append(p.aliases, *r.Alias)
		}
		if r.Contribution != nil {
			p.seen[r.Contribution.Actor] = true
		}
	}
	return all, nil
}

func isGap(err error) bool {
	var gap *model.GapError
	return errors.As(err, &gap)
}
