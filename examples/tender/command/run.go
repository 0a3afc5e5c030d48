package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

const sensitivityFile = "sensitivity.json"

// Stored is what a folder holds that score --out wrote, for commands that show it otherwise.
type Stored struct {
	Ranking  *model.Ranking
	Evidence *report.StoredEvidence
	// Only is the bidder whom the evidence concerns, in an edition for one; "" is all.
	Only string
	// Sensitivity is nil where sensitivity --out wrote nothing into the same folder.
	Sensitivity *model.Sensitivity
	run         *storedRun
}

// OpenStored opens such a folder. The evidence stays open until Close. A study that belongs
// to another ranking than the one beside it is an error.
func OpenStored(dir string) (*Stored, error) {
	run, err := openRun(dir)
	if err != nil {
		return nil, err
	}
	s := &Stored{Ranking: run.ranking, Evidence: run.evidence, Only: run.only, run: run}
	if s.Sensitivity, err = readSensitivity(filepath.Join(dir, sensitivityFile), run.ranking); err != nil {
		run.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the evidence.
func (s *Stored) Close() error { return s.run.Close() }

// readSensitivity reads a study of a ranking, nil where there is none.
func readSensitivity(file string, r *model.Ranking) (*model.Sensitivity, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var s model.Sensitivity
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s: it is no study of sensitivity: %w", file, err)
	}
	if err := report.CheckFormat(s.Format, model.SensitivityFormat); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if s.Method.Digest != r.Method.Digest {
		return nil, fmt.Errorf("%s: it belongs to another run than %s; study the tender again, or move the file away", file, rankingFile)
	}
	return &s, nil
}

// IsUsage reports whether an error is a fault of the command line, as a folder is that holds
// no stored run.
func IsUsage(err error) bool {
	var usage usageError
	return errors.As(err, &usage)
}

// Score runs score FILE --out DIR with more arguments and returns its exit status; what it
// says goes to p. Other commands that show a result begin with it.
func Score(ctx context.Context, p Place, file, dir string, args ...string) int {
	return Run(ctx, append(append([]string{"score"}, args...), "--out", dir, "--", file), p)
}

// Study runs sensitivity FILE --out DIR in the same manner.
func Study(ctx context.Context, p Place, file, dir string, args ...string) int {
	return Run(ctx, append(append([]string{"sensitivity"}, args...), "--out", dir, "--", file), p)
}
