package bundle

import (
	"bytes"
	"fmt"
	"os"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Opened is a bundle that is read. Nothing outside its folder is, whatever its files say.
type Opened struct {
	Result
	root   *os.Root
	sums   []sum
	beside []string // files of a study that lie beside the bundle
	file   *os.File // of the evidence
}

// Open reads a bundle. It checks the list of digests against the files, and that each file
// is of the format that this version reads; [Opened.Verify] does the rest. What is wrong
// with the bundle is a [*Difference].
func Open(dir string) (*Opened, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the bundle: %w", err)
	}
	o := &Opened{root: root}
	if err := o.open(); err != nil {
		o.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return o, nil
}

// Close closes the bundle's files.
func (o *Opened) Close() error {
	if o.file != nil {
		o.file.Close()
	}
	return o.root.Close()
}

func (o *Opened) open() (err error) {
	if o.sums, err = readSums(o.root); err != nil {
		return err
	}
	if o.beside, err = checkSums(o.root, o.sums); err != nil {
		return err
	}
	text, err := o.read(AboutFile)
	if err != nil {
		return err
	}
	about, err := readAbout(text)
	if err != nil {
		return err
	}
	o.Edition, o.Identified = about.Edition, about.Identified
	for _, x := range []struct {
		name string
		read func(text []byte) error
	}{
		{RankingFile, func(b []byte) (err error) { o.Ranking, err = model.ReadRanking(bytes.NewReader(b)); return }},
		{MethodFile, func(b []byte) (err error) { o.Method, err = report.ReadMethodRecord(bytes.NewReader(b)); return }},
		{TotalsFile, func(b []byte) (err error) { o.Totals, err = report.ReadTotals(bytes.NewReader(b)); return }},
	} {
		text, err := o.read(x.name)
		if err == nil {
			err = asDifference(x.name, x.read(text))
		}
		if err != nil {
			return err
		}
	}
	if _, err := o.read(TenderFile); err != nil {
		return err
	}
	if o.Tender, err = tenderfile.ReadFS(o.root.FS(), TenderFile); err != nil {
		return asDifference(TenderFile, err)
	}
	if !o.Edition.evidence() {
		return nil
	}
	return o.openEvidence()
}

// read reads a file that the list names.
func (o *Opened) read(name string) ([]byte, error) {
	if !o.lists(name) {
		return nil, &Difference{File: name, Text: SumsFile + " does not name it, and every bundle has it"}
	}
	return readWhole(o.root, name, mostJSON)
}

func (o *Opened) lists(name string) bool {
	for _, s := range o.sums {
		if s.name == name {
			return true
		}
	}
	return false
}

func (o *Opened) openEvidence() (err error) {
	text, err := o.read(IndexFile)
	if err != nil {
		return err
	}
	if !o.lists(EvidenceFile) {
		return missing(EvidenceFile)
	}
	if o.file, err = open(o.root, EvidenceFile); err != nil {
		return err
	}
	at, err := o.file.Stat()
	if err != nil {
		return err
	}
	if o.Evidence, err = report.OpenEvidence(o.file, at.Size(), bytes.NewReader(text)); err != nil {
		return asDifference(IndexFile, err)
	}
	if x := o.Evidence.Index; x.Method != o.Ranking.Method.Digest || x.Status != o.Ranking.Label() || x.Identified != o.Identified {
		return &Difference{File: IndexFile, Text: "its status, method or identified is not that of " + RankingFile + " and " + AboutFile}
	}
	return nil
}

// asDifference makes what is wrong with a file a difference; nil stays nil.
func asDifference(name string, err error) error {
	if err == nil {
		return nil
	}
	return &Difference{File: name, Text: err.Error(), Err: err}
}

// Headline says what everything of the result says first: its status, and gaps.
func (o *Opened) Headline() string { return headline(&o.Result, locale.English()) }
