package census

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
)

// stored is the written form of a part. Rows stand as numbers one after the other, names by
// their places in a list: objects with keys take ten times as long to read, and each
// writing of tables reads all parts twice.
type stored struct {
	Format   string   `json:"format"`
	Project  string   `json:"project"`
	Digest   string   `json:"digest"` // of [Census.Digest]
	Names    []string `json:"names,omitempty"`
	Acts     []int64  `json:"acts,omitempty"`   // organisation, robot, month, role, class, acts, counted, credit, people
	Churn    []int64  `json:"churn,omitempty"`  // organisation, robot, month, class, files, added, deleted
	People   []int64  `json:"people,omitempty"` // person, organisation, acts, commits
	Seen     []int64  `json:"seen,omitempty"`   // organisation, person, signs of mail and name
	Changes  Changes  `json:"changes"`
	Issues   Answers  `json:"issues"`
	Releases []int64  `json:"releases,omitempty"`
	Ledger   []byte   `json:"ledger"`

	places map[string]int64 // of names, while they are written
	broken bool             // a row names what is not in the list, while it is read
}

// Fields of a row of each kind.
const (
	actFields    = 9
	churnFields  = 7
	personFields = 4
	seenFields   = 4
)

func newStored(p *Part, ledger []byte) *stored {
	s := &stored{Format: p.Format, Project: p.Project, Digest: p.Digest, Changes: p.Changes, Issues: p.Issues, Releases: p.Releases,
		Ledger: ledger, places: map[string]int64{}}
	for _, a := range p.Acts {
		s.Acts = append(s.Acts, s.place(a.Organisation), bit(a.Robot), int64(a.Month), s.place(string(a.Role)), s.place(string(a.Class)),
			a.Acts, a.Counted, a.Credit, a.People)
	}
	for _, c := range p.Churn {
		s.Churn = append(s.Churn, s.place(c.Organisation), bit(c.Robot), int64(c.Month), s.place(string(c.Class)), c.Files, c.Added, c.Deleted)
	}
	for _, w := range p.People {
		s.People = append(s.People, s.place(w.Person), s.place(w.Organisation), w.Acts, w.Commits)
	}
	for _, x := range p.Seen {
		s.Seen = append(s.Seen, s.place(x.Organisation), s.place(x.Person), int64(x.Mail), int64(x.Name))
	}
	return s
}

func (s *stored) place(name string) int64 {
	at, ok := s.places[name]
	if !ok {
		at = int64(len(s.Names))
		s.places[name], s.Names = at, append(s.Names, name)
	}
	return at
}

// part returns the part but for its ledger. It fails with [ErrPart] where rows are not whole.
func (s *stored) part() (*Part, error) {
	p := &Part{Format: s.Format, Project: s.Project, Digest: s.Digest, Changes: s.Changes, Issues: s.Issues, Releases: s.Releases}
	if len(s.Acts)%actFields+len(s.Churn)%churnFields+len(s.People)%personFields+len(s.Seen)%seenFields != 0 {
		return nil, fmt.Errorf("%w: a row is not whole", ErrPart)
	}
	for r := s.Acts; len(r) > 0; r = r[actFields:] {
		p.Acts = append(p.Acts, Acts{Organisation: s.name(r[0]), Robot: r[1] != 0, Month: model.Month(r[2]), Role: model.Role(s.name(r[3])),
			Class: model.Class(s.name(r[4])), Acts: r[5], Counted: r[6], Credit: r[7], People: r[8]})
	}
	for r := s.Churn; len(r) > 0; r = r[churnFields:] {
		p.Churn = append(p.Churn, Churn{Organisation: s.name(r[0]), Robot: r[1] != 0, Month: model.Month(r[2]), Class: model.Class(s.name(r[3])),
			Files: r[4], Added: r[5], Deleted: r[6]})
	}
	for r := s.People; len(r) > 0; r = r[personFields:] {
		p.People = append(p.People, Person{Person: s.name(r[0]), Organisation: s.name(r[1]), Acts: r[2], Commits: r[3]})
	}
	for r := s.Seen; len(r) > 0; r = r[seenFields:] {
		p.Seen = append(p.Seen, Seen{Organisation: s.name(r[0]), Person: s.name(r[1]), Mail: uint64(r[2]), Name: uint64(r[3])})
	}
	if s.broken {
		return nil, fmt.Errorf("%w: a row names what is not there", ErrPart)
	}
	return p, nil
}

func (s *stored) name(place int64) string {
	if place < 0 || place >= int64(len(s.Names)) {
		s.broken = true
		return ""
	}
	return s.Names[place]
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
