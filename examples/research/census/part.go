package census

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// PartFormat names the written form of parts.
const PartFormat = "tributary-part/2"

// ErrPart says that a text is no part that this census can use: damaged, of another version,
// or made of other repositories, another window, other rosters or rules.
var ErrPart = errors.New("no part that can be used")

// Part is all that the tables tell of one project. It holds persons' keys and is personal
// data: it stays with whoever counts.
type Part struct {
	Format  string        `json:"format"`
	Project string        `json:"project"`
	Digest  string        `json:"digest"` // of [Census.Digest]
	Acts    []Acts        `json:"acts,omitempty"`
	Churn   []Churn       `json:"churn,omitempty"`
	People  []Person      `json:"people,omitempty"`
	Seen    []Seen        `json:"seen,omitempty"`
	Changes Changes       `json:"changes"`
	Issues  Answers       `json:"issues"`
	Ledger  *score.Ledger `json:"-"`
	// Releases are the seconds at which the window's releases were published, in order.
	Releases []int64 `json:"releases,omitempty"`
}

// Acts are the acts of one organisation in one month and role, on commits by the class of
// files that they change most.
type Acts struct {
	Organisation string      `json:"organisation"` // "" where nobody knows it
	Robot        bool        `json:"robot,omitempty"`
	Month        model.Month `json:"month"`
	Role         model.Role  `json:"role"`
	Class        model.Class `json:"class,omitempty"`
	Acts         int64       `json:"acts"`    // millionths: an act of two half-time employers is one
	Counted      int64       `json:"counted"` // of these, those that the judge counted
	Credit       int64       `json:"credit"`  // millionths
	People       int64       `json:"people"`
}

// Churn is what one organisation's people wrote in files of a class in a month: commits that
// are no merges, each file in each commit once.
type Churn struct {
	Organisation string      `json:"organisation"`
	Robot        bool        `json:"robot,omitempty"`
	Month        model.Month `json:"month"`
	Class        model.Class `json:"class"`
	Files        int64       `json:"files"`   // millionths, as Acts
	Added        int64       `json:"added"`   // lines, millionths
	Deleted      int64       `json:"deleted"` // lines, millionths
}

// Person is what one person did for one employer in the window.
type Person struct {
	Person       string `json:"person"`
	Organisation string `json:"organisation"`
	Acts         int64  `json:"acts"`    // millionths
	Commits      int64  `json:"commits"` // written, that are no merges; millionths
}

// Seen is what somebody was known by who acted for an organisation that nobody states: it tells
// whether one person alone is behind it.
type Seen struct {
	Organisation string `json:"organisation"`
	Person       string `json:"person"`
	Mail         uint64 `json:"mail,omitempty"` // a [discreet.Sign]; 0 where there is none
	Name         uint64 `json:"name,omitempty"`
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
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	var ledger bytes.Buffer
	if err := c.form.Project(p.Project).Write(&ledger, p.Ledger); err != nil {
		return nil, err
	}
	stored := struct {
		*Part
		Ledger []byte `json:"ledger"`
	}{p, ledger.Bytes()}
	if err := errors.Join(json.NewEncoder(z).Encode(stored), z.Close()); err != nil {
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
	p := &Part{}
	stored := struct {
		*Part
		Ledger []byte `json:"ledger"`
	}{Part: p}
	if err := json.Unmarshal(text, &stored); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPart, err)
	}
	if p.Format != PartFormat {
		return nil, fmt.Errorf("%w: its format is %.40q, and this version reads %s", ErrPart, p.Format, PartFormat)
	}
	if _, ok := c.tender.Projects[p.Project]; !ok || p.Digest != c.Digest(p.Project) {
		return nil, fmt.Errorf("%w: it was made of other repositories, of another window, or with other rosters or rules", ErrPart)
	}
	if p.Ledger, err = c.form.Project(p.Project).Read(bytes.NewReader(stored.Ledger)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPart, err)
	}
	return p, nil
}

// Gaps are what of the project could not be mined.
func (p *Part) Gaps() []model.Gap { return p.Ledger.Gaps(p.Project) }

func byPlace(a, b model.Gap) int {
	return cmp.Or(strings.Compare(a.Project, b.Project), strings.Compare(a.Repository, b.Repository), strings.Compare(a.Reason, b.Reason))
}
