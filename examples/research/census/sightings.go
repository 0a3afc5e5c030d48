package census

import (
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
)

// sightings are what records say that verdicts do not: the classes of files, and when
// changes and issues were opened. The judge yields verdicts in the order in which it read, those on
// commits first, so each has its place here.
type sightings struct {
	commits, others []sighting
	churn           []model.Churn // of the commits, one after the other
	last            model.Artifact
	at              sighting // of the last commit: all acts on a commit come in a row
	// accepted says of each commit where the project accepted it first, as the judge has it: at the
	// earliest time, and of equal ones where it was read first. nil where there is one repository.
	accepted map[model.Artifact]acceptance
}

type acceptance struct {
	repository string
	at         int64
}

func (c *Census) newSightings(project string) *sightings {
	s := &sightings{}
	if len(c.tender.Projects[project].Repositories) > 1 {
		s.accepted = map[model.Artifact]acceptance{}
	}
	return s
}

// sighting is what is kept of a contribution.
type sighting struct {
	role        model.Role
	class       model.Class // with the most changed lines; "" where no files are known
	merge       bool        // of a commit with several parents
	first, last int32       // of churn
	mail        uint64      // sign of the actor's address
	at          int64       // seconds
	opened      int64       // seconds, of a change or issue; 0 where it is not known
	merged      int64       // seconds, of a change
	requested   bool        // somebody was asked, and did nothing yet
}

func (s *sightings) add(r model.Record) {
	c := r.Contribution
	if c == nil {
		return
	}
	if c.Artifact.Kind() == model.CommitArtifact {
		if c.Artifact != s.last {
			s.last, s.at = c.Artifact, s.commit(c.Commit)
		}
		at := s.at
		at.role, at.at, at.mail = c.Role, c.At.Unix(), discreet.Sign(c.Actor.Mail)
		s.commits = append(s.commits, at)
		s.accept(r.Repository, c)
		return
	}
	o := sighting{role: c.Role, at: c.At.Unix(), mail: discreet.Sign(c.Actor.Mail), requested: c.Role == model.Requested}
	switch {
	case c.Change != nil:
		o.opened, o.merged = seconds(c.Change.Opened), seconds(c.Change.Merged)
	case c.Issue != nil:
		o.opened = seconds(c.Issue.Opened)
	}
	s.others = append(s.others, o)
}

func (s *sightings) accept(repository string, c *model.Contribution) {
	if s.accepted == nil {
		return
	}
	if first, ok := s.accepted[c.Artifact]; !ok || c.At.Unix() < first.at {
		s.accepted[c.Artifact] = acceptance{repository, c.At.Unix()}
	}
}

// elsewhere reports whether a verdict is on a commit that another repository of the project
// accepted first.
func (s *sightings) elsewhere(v model.Verdict) bool {
	first, ok := s.accepted[v.Artifact]
	return ok && first.repository != v.Repository
}

func (s *sightings) commit(c *model.Commit) sighting {
	at := sighting{merge: len(c.Parents) > 1, first: int32(len(s.churn))}
	if c.Files != nil {
		s.churn = append(s.churn, c.Files.Churn...)
		at.class = mainClass(c.Files.Churn)
	}
	at.last = int32(len(s.churn))
	return at
}

// mainClass is the class of which most lines were changed, then most files, then the first
// by name.
func mainClass(list []model.Churn) (class model.Class) {
	var most model.Churn
	for _, c := range list { // sorted by class
		lines, best := c.Added+c.Deleted, most.Added+most.Deleted
		if class == "" || lines > best || lines == best && c.Files > most.Files {
			class, most = c.Class, c
		}
	}
	return class
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
