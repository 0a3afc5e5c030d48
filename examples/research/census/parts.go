package census

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/model"
)

// Parts is a folder in which the parts of a census are kept, a file each, so that a run that
// was stopped goes on. It holds personal data. Folders may be shared by censuses: a part
// that another one made, of other rosters say, is made anew.
type Parts struct {
	census *Census
	dir    string
}

// OpenParts opens a folder, which is made where it is not there.
func OpenParts(dir string, c *Census) (*Parts, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the parts: %w", err)
	}
	return &Parts{c, dir}, nil
}

// file names the file of a project's part; names of projects are addresses, and may hold anything.
func (p *Parts) file(project string) string {
	sum := sha256.Sum256([]byte(project))
	return filepath.Join(p.dir, hex.EncodeToString(sum[:16])+".part")
}

// read returns a stored part; nil where there is none that this census can use.
func (p *Parts) read(project string) (*Part, error) {
	b, err := os.ReadFile(p.file(project))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	part, err := p.census.Decode(b)
	if err != nil || part.Project != project {
		return nil, nil // it is made anew
	}
	return part, nil
}

// store writes a part aside and then under its name, so that it is there whole or not at all.
func (p *Parts) store(part *Part) error {
	b, err := p.census.Encode(part)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(p.dir, ".new-")
	if err != nil {
		return fmt.Errorf("storing the part of %s: %w", part.Project, err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), p.file(part.Project))
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("storing the part of %s: %w", part.Project, err)
	}
	return nil
}

// Made is what [Parts.Make] did.
type Made struct {
	Projects int // of the census
	Stored   int // of these, whose parts were there
	Gaps     []model.Gap
}

// Make makes the parts that are not there, and those with gaps anew, at most so many at
// once; 0 is one per processor. A project that cannot be mined is a gap of its part. It fails where ctx
// ends, and where a part cannot be stored; what was stored by then is there the next time. done is called
// after each project, one call at a time; nil is not called.
func (p *Parts) Make(ctx context.Context, mine func(ctx context.Context, project string) (*Part, error), atOnce int, done func(project string, stored bool)) (Made, error) {
	names := p.census.tender.ProjectNames()
	made := Made{Projects: len(names)}
	var mu sync.Mutex
	g, within := errgroup.WithContext(ctx) // it ends with the first failure, and with Wait
	if atOnce == 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	g.SetLimit(atOnce)
	for _, name := range names {
		if within.Err() != nil {
			break
		}
		g.Go(func() error {
			stored, gaps, err := p.make(within, name, mine)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if stored {
				made.Stored++
			}
			made.Gaps = append(made.Gaps, gaps...)
			if done != nil {
				done(name, stored)
			}
			return nil
		})
	}
	if err := cmp.Or(g.Wait(), ctx.Err()); err != nil {
		return made, err
	}
	slices.SortFunc(made.Gaps, byPlace)
	return made, nil
}

// make makes one part, where it is not stored.
func (p *Parts) make(ctx context.Context, project string, mine func(context.Context, string) (*Part, error)) (stored bool, gaps []model.Gap, err error) {
	part, err := p.read(project)
	if err != nil {
		return false, nil, err
	}
	if part != nil && len(part.Gaps()) == 0 {
		return true, nil, nil
	}
	switch part, err = mine(ctx, project); {
	case ctx.Err() != nil:
		return false, nil, ctx.Err()
	case err != nil:
		part = p.census.Failed(project, err.Error())
	}
	return false, part.Gaps(), p.store(part)
}

// All yields the stored parts in the order of their projects' names.
func (p *Parts) All() iter.Seq2[*Part, error] {
	return func(yield func(*Part, error) bool) {
		for _, name := range p.census.tender.ProjectNames() {
			part, err := p.read(name)
			if err == nil && part == nil {
				err = fmt.Errorf("the part of %s is not there any more; run it again", name)
			}
			if !yield(part, err) || err != nil {
				return
			}
		}
	}
}
