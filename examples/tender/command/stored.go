package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// Files of a stored run beside the tables.
const (
	rankingFile  = bundle.RankingFile
	evidenceFile = bundle.EvidenceFile
	indexFile    = bundle.IndexFile
)

// storedRun is a folder that score --out wrote.
type storedRun struct {
	ranking  *model.Ranking
	evidence *report.StoredEvidence
	only     string // whose acts alone are in it, in an edition for one bidder; "" holds all
	file     *os.File
}

// Close closes the evidence.
func (s *storedRun) Close() error { return s.file.Close() }

// openRun opens a folder that score --out wrote, and says what is wrong with another one.
func openRun(dir string) (*storedRun, error) {
	if at, err := os.Stat(dir); err == nil && !at.IsDir() {
		return nil, isFolder(dir)
	}
	s := &storedRun{}
	f, err := os.Open(filepath.Join(dir, rankingFile))
	if err != nil {
		return nil, noRun(dir, err)
	}
	defer f.Close()
	if s.ranking, err = model.ReadRanking(f); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, rankingFile), err)
	}
	if s.file, err = os.Open(filepath.Join(dir, evidenceFile)); err != nil {
		return nil, noRun(dir, err)
	}
	if err := s.openEvidence(dir); err != nil {
		s.file.Close()
		return nil, err
	}
	edition, err := bundle.EditionOf(dir)
	if err != nil {
		s.file.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	s.only = edition.Bidder
	return s, nil
}

// holds says where the acts of a bidder are withheld: nothing can be told of them then, and not
// that there are none.
func (s *storedRun) holds(dir, bidder string) error {
	if s.only == "" || s.only == bidder {
		return nil
	}
	return usageError{fmt.Errorf("%s: it is the bundle for %s, without the acts of %.100q; take the buyer's", dir, s.only, bidder)}
}

func (s *storedRun) openEvidence(dir string) error {
	index, err := os.Open(filepath.Join(dir, indexFile))
	if err != nil {
		return noRun(dir, err)
	}
	defer index.Close()
	at, err := s.file.Stat()
	if err != nil {
		return err
	}
	if s.evidence, err = report.OpenEvidence(s.file, at.Size(), index); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if s.evidence.Index.Method != s.ranking.Method.Digest {
		return fmt.Errorf("%s: %w: it belongs to another run than %s; score the tender again", dir, report.ErrStored, rankingFile)
	}
	return nil
}

// noRun says what a folder lacks of a stored run.
func noRun(dir string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return usageError{fmt.Errorf("%s: it holds no stored run (%w); name a folder that tender score FILE --out DIR wrote", dir, err)}
}
