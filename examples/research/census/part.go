package census

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// PartFormat names the written form of parts.
const PartFormat = "tributary-part/3"

// ErrPart says that a text is no part that this census can use: damaged, of another version,
// or made of other repositories, another window, other rosters or rules.
var ErrPart = errors.New("no part that can be used")

// Part is all that the tables tell of one project. It holds persons' keys and is personal
// data: it stays with whoever counts.
type Part struct {
	Format  string
	Project string
	Digest  string // of [Census.Digest]
	Acts    []Acts
	Churn   []Churn
	People  []Person
	Seen    []Seen
	Changes Changes
	Issues  Answers
	Ledger  *score.Ledger
	// Releases are the seconds at which the window's releases were published, in order.
	Releases []int64
}

// Acts are the acts of one organisation in one month and role, on commits by the class of
// files that they change most.
type Acts struct {
	Organisation string // "" where nobody knows it
	Robot        bool
	Month        model.Month
	Role         model.Role
	Class        model.Class
	Acts         int64 // millionths: an act of two half-time employers is one
	Counted      int64 // of these, those that the judge counted
	Credit       int64 // millionths
	People       int64
}

// Churn is what one organisation's people wrote in files of a class in a month: commits that
// are no merges, each file in each commit once.
type Churn struct {
	Organisation string
	Robot        bool
	Month        model.Month
	Class        model.Class
	Files        int64 // millionths, as Acts
	Added        int64 // lines, millionths
	Deleted      int64 // lines, millionths
}

// Person is what one person did for one employer in the window.
type Person struct {
	Person       string
	Organisation string
	Acts         int64 // millionths
	Commits      int64 // written, that are no merges; millionths
}

// Seen is what somebody was known by who acted for an organisation that nobody states: it tells
// whether one person alone is behind it.
type Seen struct {
	Organisation string
	Person       string
	Mail         uint64 // a [discreet.Sign]; 0 where there is none
	Name         uint64
}

// Changes are the pull or merge requests that were merged in the window.
type Changes struct {
	Merged   int64   `json:"merged"`
	Reviewed int64   `json:"reviewed"`         // by another person than its authors
	Reviews  int64   `json:"reviews"`          // such reviews
	Waited   []int64 `json:"waited,omitempty"` // seconds to the first response to each that has one, sorted
}

// Answers are the issues that were answered in the window.
type Answers struct {
	Waited []int64 `json:"waited,omitempty"` // seconds to the first answer to each, sorted
}

// Encode writes a part. Equal parts give equal bytes.
func (c *Census) Encode(p *Part) ([]byte, error) {
	var b, ledger bytes.Buffer
	if err := c.form.Project(p.Project).Write(&ledger, p.Ledger); err != nil {
		return nil, err
	}
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err := errors.Join(json.NewEncoder(z).Encode(newStored(p, ledger.Bytes())), z.Close()); err != nil {
		return nil, fmt.Errorf("writing the part of %s: %w", p.Project, err)
	}
	return b.Bytes(), nil
}

// Decode reads what [Census.Encode] wrote for the same project, judged in the same manner. It
// fails with [ErrPart] on everything else.
func (c *Census) Decode(b []byte) (*Part, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPart, err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPart, err)
	}
	var s stored
	err = json.Unmarshal(text, &s) // of another format it may not be able to, and reads its name all the same
	if s.Format != "" && s.Format != PartFormat {
		return nil, fmt.Errorf("%w: its format is %.40q, and this version reads %s", ErrPart, s.Format, PartFormat)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPart, err)
	}
	if _, ok := c.tender.Projects[s.Project]; !ok || s.Digest != c.Digest(s.Project) {
		return nil, fmt.Errorf("%w: it was made of other repositories, of another window, or with other rosters or rules", ErrPart)
	}
	p, err := s.part()
	if err != nil {
		return nil, err
	}
	if p.Ledger, err = c.form.Project(p.Project).Read(bytes.NewReader(s.Ledger)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPart, err)
	}
	return p, nil
}

// Gaps are what of the project could not be mined.
func (p *Part) Gaps() []model.Gap { return p.Ledger.Gaps(p.Project) }
