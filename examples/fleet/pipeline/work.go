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
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
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
// rosters and rules, and whole.
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
func (w *site) mine(ctx context.Context, d *done) (*census.Part, error) {
	limited, stop := ctx, context.CancelFunc(func() {})
	if w.Limit > 0 {
		limited, stop = context.WithTimeout(ctx, w.Limit)
	}
	defer stop()
	for wait := w.Backoff; ; wait *= 2 {
		d.tries++
		w.log.Info("mining", "project", d.project, "try", d.tries)
		p, passing, err := w.once(limited, d.project)
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("mining %s: %w", d.project, context.Cause(ctx))
		case limited.Err() != nil:
			return w.census.Failed(d.project, fmt.Sprintf("it was not mined within %s, the limit of a project", w.Limit)), nil
		case err != nil:
			return w.census.Failed(d.project, err.Error()), nil
		case passing == nil || d.tries >= w.Tries:
			return p, nil
		}
		w.log.Warn("tried again", "project", d.project, "after", wait, "error", passing)
		select {
		case <-time.After(wait):
		case <-limited.Done():
		}
	}
}

// once mines and judges a project, all of its repositories together: the facts stay in this
// process. It returns a failure that may pass, too.
func (w *site) once(ctx context.Context, project string) (p *census.Part, passing, err error) {
	one := *w.tender
	one.Projects = map[string]model.Project{project: w.tender.Projects[project]}
	records := forge.Mine(ctx, &one, forge.Hosts{forge.Git: w.source}, &forge.Options{Workers: 1, Dir: w.dir(), Log: w.log})
	watched := func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if gap, ok := errors.AsType[*model.GapError](err); ok && passes(gap) {
				passing = gap
			}
			if !yield(r, err) {
				return
			}
		}
	}
	p, err = w.census.Part(project, iter.Seq2[model.Record, error](watched))
	return p, passing, err
}

// dir is the folder that relative paths of repositories start from: the list's.
func (w *site) dir() string {
	dir, _ := split(w.List)
	if strings.Contains(dir, "://") {
		return "" // nothing is relative to an address
	}
	return filepath.FromSlash(dir)
}

// passes reports whether the same may well succeed later.
func passes(err error) bool {
	if t, ok := errors.AsType[interface {
		error
		Temporary() bool
	}](err); ok && t.Temporary() {
		return true
	}
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
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
