package pipeline

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/model"
)

// ErrOnPurpose is the failure of a trial.
var ErrOnPurpose = errors.New("failed on purpose")

// done says what became of a project.
type done struct {
	project string
	stored  bool // its part was there already
	tries   int  // of mining
	trials  int  // attempts that failed on purpose
	gaps    int
}

// partName is the file of a project's part: of its name's digest, because a name may be any text.
func (w *site) partName(project string) string {
	sum := sha256.Sum256([]byte(project))
	name := hex.EncodeToString(sum[:16])
	return join(w.Parts, name[:2]+"/"+name+".part")
}

// stored returns the part of a project where it was made before: of the same repositories, window,
// rosters, rules and store, and whole.
func (w *site) stored(ctx context.Context, project string) (*census.Part, error) {
	b, err := read(ctx, w.partName(project))
	if err != nil {
		return nil, err
	}
	p, err := w.census.Decode(b)
	if err == nil && p.Project != project {
		err = fmt.Errorf("%w: it is of another project", census.ErrPart)
	}
	if err != nil {
		return nil, fmt.Errorf("the part of %s: %w", project, err)
	}
	return p, nil
}

// work makes and stores the part of a project, unless it is there. A repository that cannot be
// mined is a gap of the part. It fails where ctx ends, where the part cannot be stored, and on purpose.
func (w *site) work(ctx context.Context, project string) (done, error) {
	d := done{project: project}
	for attempt := 1; ; attempt++ {
		err := w.attempt(ctx, &d, attempt)
		if !errors.Is(err, ErrOnPurpose) || w.Trial.Bundles {
			return d, err
		}
		d = done{project: project, trials: d.trials + 1} // as a runner would, which forgets what a failed bundle did
	}
}

func (w *site) attempt(ctx context.Context, d *done, attempt int) error {
	if w.Trial.Bundles {
		var err error
		if attempt, err = w.attempts(ctx, d.project); err != nil {
			return err
		}
	}
	if p, err := w.stored(ctx, d.project); err == nil && !(w.Again && len(p.Gaps()) > 0) {
		d.stored, d.gaps = true, len(p.Gaps())
		return nil
	}
	fails := w.Trial.fails(d.project, attempt)
	if fails == beforeMining {
		return fmt.Errorf("%s: %w, before it was mined", d.project, ErrOnPurpose)
	}
	p, err := w.mine(ctx, d)
	if err != nil {
		return err
	}
	b, err := w.census.Encode(p)
	if err != nil {
		return err
	}
	d.gaps = len(p.Gaps())
	if fails == beforeStoring {
		return fmt.Errorf("%s: %w, before its part was stored", d.project, ErrOnPurpose)
	}
	if err := put(ctx, w.partName(d.project), rand.Text(), b); err != nil {
		return err
	}
	if fails == afterStoring {
		return fmt.Errorf("%s: %w, when its part was stored", d.project, ErrOnPurpose)
	}
	return nil
}

// mine makes the part of a project. What may pass is tried again; what then still fails is a gap.
func (w *site) mine(ctx context.Context, d *done) (p *census.Part, err error) {
	o := &batch.Options{AtOnce: 1, Tries: w.Tries, Backoff: w.Backoff, Clones: w.clones, DropClones: w.DropClones, Log: w.log}
	one := map[string]model.Project{d.project: w.tender.Projects[d.project]}
	_, err = batch.Run(ctx, one, o, func(ctx context.Context, name string, _ model.Project) error {
		d.tries++
		w.log.Info("mining", "project", name, "try", d.tries)
		var missing error
		p, missing = w.once(ctx, name)
		return missing
	})
	if err != nil {
		return nil, fmt.Errorf("mining %s: %w", d.project, err)
	}
	return p, nil
}

// once mines and judges a project, all of its repositories together: the facts stay in this
// process. The error is what of the project is missing, and the part says so, too.
func (w *site) once(ctx context.Context, project string) (*census.Part, error) {
	one := *w.tender
	one.Projects = map[string]model.Project{project: w.tender.Projects[project]}
	records := forge.Mine(ctx, &one, w.hosts, &forge.Options{Workers: 1, Dir: w.dir(), Log: w.log})
	var gaps []error
	watched := func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if gap, ok := errors.AsType[*model.GapError](err); ok {
				gaps = append(gaps, gap)
			}
			if !yield(r, err) {
				return
			}
		}
	}
	p, err := w.census.Part(project, iter.Seq2[model.Record, error](watched))
	if err != nil {
		return w.census.Failed(project, err.Error()), err
	}
	return p, errors.Join(gaps...)
}

// dir is the folder that relative paths of repositories start from: the list's.
func (w *site) dir() string {
	dir, _ := split(w.List)
	if strings.Contains(dir, "://") {
		return "" // nothing is relative to an address
	}
	return filepath.FromSlash(dir)
}

// The places at which an attempt fails on purpose: what was done is lost, or it is there and the
// runner does not know.
const (
	nowhere = iota
	beforeMining
	beforeStoring
	afterStoring
)

// fails says where an attempt, counted from 1, fails.
func (t Trial) fails(project string, attempt int) int {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", t.Seed, attempt, project))
	if float64(binary.BigEndian.Uint32(sum[:]))/(1<<32) >= t.Fail {
		return nowhere
	}
	return beforeMining + int(sum[4])%3
}

// attempts counts the attempts at a project over all runs: a bundle that fails knows nothing of
// those before it.
func (w *site) attempts(ctx context.Context, project string) (int, error) {
	name := w.partName(project) + ".attempts"
	b, _ := read(ctx, name) // there is none at first
	b = append(b, '.')
	return len(b), put(ctx, name, rand.Text(), b)
}
