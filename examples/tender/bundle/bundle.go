// Package bundle writes, verifies, signs and hands on the result of a tender as a folder of
// files that prove it: the ranking, the evidence, the document as it was evaluated, the
// method, and the digests of them all.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Format names the written form of a bundle, in bundle.json.
const Format = "tributary-bundle/1"

// Files of a bundle. Tables have their names from [report.TableFile].
const (
	AboutFile    = "bundle.json"
	ReadmeFile   = "README.txt"
	RankingFile  = "ranking.json"
	TextFile     = "ranking.txt"
	TenderFile   = "tender.yaml"
	MethodFile   = "method.json"
	TotalsFile   = "totals.json"
	PackageFile  = "datapackage.json"
	EvidenceFile = "evidence.jsonl.gz"
	IndexFile    = "evidence.index.json"
)

// Edition says for whom a bundle is.
type Edition struct {
	For    string `json:"for"`              // Buyer, OneBidder or Public
	Bidder string `json:"bidder,omitempty"` // of OneBidder
}

// For whom bundles are.
const (
	Buyer     = "buyer"  // everything
	OneBidder = "bidder" // the evidence that concerns one bidder; of others what they earned by month
	Public    = "public" // what bidders earned by month, and nobody's acts
)

// ErrEdition says that there is no such edition.
var ErrEdition = errors.New("no such edition")

// ParseEdition reads an edition as the command line has it: buyer, bidder=ID or public.
func ParseEdition(s string) (Edition, error) {
	kind, bidder, named := strings.Cut(s, "=")
	switch {
	case s == Buyer || s == Public:
		return Edition{For: s}, nil
	case kind == OneBidder && named && bidder != "":
		return Edition{For: kind, Bidder: bidder}, nil
	}
	return Edition{}, fmt.Errorf("%w: %.100q; want buyer, bidder=ID or public", ErrEdition, s)
}

func (e Edition) String() string {
	if e.For == OneBidder {
		return e.For + "=" + e.Bidder
	}
	return e.For
}

// evidence reports whether the edition holds acts.
func (e Edition) evidence() bool { return e.For != Public }

// tables are those that the edition holds.
func (e Edition) tables() []string {
	list := []string{report.RankingTable, report.ProjectsTable, report.TotalsTable}
	if e.evidence() {
		list = append(list, report.EvidenceTable)
	}
	return list
}

// About is bundle.json: what a bundle is, and who may have it.
type About struct {
	Format     string      `json:"format"`
	Status     string      `json:"status"` // the ranking's label
	Gaps       int         `json:"gaps"`   // repositories, or parts of them, that could not be mined
	Tender     model.About `json:"tender"`
	Edition    Edition     `json:"edition"`
	Identified bool        `json:"identified"` // names of persons are in it, not pseudonyms
	MayHave    string      `json:"may_have"`   // in words
	Method     string      `json:"method"`     // digest of the ranking's method
}

// Result is what a bundle is made of, beside the evidence.
type Result struct {
	Edition    Edition
	Identified bool
	Ranking    *model.Ranking // without persons, see [report.RecordRanking]
	Tender     *model.Tender  // without persons, see [report.Record]
	Method     *report.MethodRecord
	Totals     *report.StoredTotals
	// Evidence is that of the edition; nil in the public one.
	Evidence *report.StoredEvidence
}

// Extra is a further file of a bundle, made of its result alone: the same result, the same
// bytes.
type Extra struct {
	Name  string
	Write func(w io.Writer, r *Result) error
	// Says tells the readers of a language what the file is, "" where it is for those of another
	// one. [ReadmeFile] names the files of which it tells something; nil tells nothing.
	Says func(l *locale.Locale) string
}

func (r *Result) about() About {
	return About{Format: Format, Status: r.Ranking.Label(), Gaps: len(r.Ranking.Gaps), Tender: r.Ranking.Tender, Edition: r.Edition,
		Identified: r.Identified, MayHave: mayHave(r, locale.English()), Method: r.Ranking.Method.Digest}
}

// mayHave says in words who may have an edition.
func mayHave(r *Result, l *locale.Locale) string {
	switch {
	case r.Identified:
		return l.T("those at the buyer who may know the names of the persons scored, and nobody else")
	case r.Edition.For == Buyer:
		return l.T("the buyer, and the court or authority that reviews the award")
	case r.Edition.For == OneBidder:
		return l.T("the buyer, and the bidder %s", r.Edition.Bidder)
	}
	return l.T("everybody")
}

// EditionOf returns the edition of the bundle in a folder, of which nothing else is read. A
// folder without bundle.json holds what its maker has: [Buyer].
func EditionOf(dir string) (Edition, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Edition{}, err
	}
	defer root.Close()
	if _, err := root.Lstat(AboutFile); isMissing(err) {
		return Edition{For: Buyer}, nil
	}
	text, err := readWhole(root, AboutFile, mostJSON)
	if err != nil {
		return Edition{}, err
	}
	about, err := readAbout(text)
	return about.Edition, err
}

// readAbout reads bundle.json.
func readAbout(text []byte) (About, error) {
	var a About
	if err := json.Unmarshal(text, &a); err != nil {
		return a, &Difference{File: AboutFile, Text: fmt.Sprintf("it is no JSON of a bundle (%v)", err)}
	}
	if err := report.CheckFormat(a.Format, Format); err != nil {
		return a, &Difference{File: AboutFile, Text: err.Error()}
	}
	if e, err := ParseEdition(a.Edition.String()); err != nil || e != a.Edition {
		return a, &Difference{File: AboutFile, Text: fmt.Sprintf("there is no edition for %.100q", a.Edition.String())}
	}
	return a, nil
}

// Difference is the first thing at which a bundle is not what it says.
type Difference struct {
	File string
	Line int    // from 1; 0 where the file has none that tells
	At   string // such as "project mapserver, bidder karst, indicator reviews, month 2026-03"; "" for the file
	Text string
	Err  error // what it comes from; nil for the bundle itself
	told bool  // that another version of the program made the bundle
}

func (d *Difference) Error() string {
	s := d.File
	if d.Line > 0 {
		s += fmt.Sprintf(", line %d", d.Line)
	}
	if d.At != "" {
		s += ", " + d.At
	}
	return s + ": " + d.Text
}

// Unwrap returns what the difference comes from.
func (d *Difference) Unwrap() error { return d.Err }

// isMissing reports whether a file is not there.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
