package census

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/forge/batch"
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

// Dir returns the folder.
func (p *Parts) Dir() string { return p.dir }

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

// Make makes the parts that are not there, and those with gaps anew, some at once as package
// batch does; o.Done is not asked. mine yields a project's records, for [Census.Part]. What cannot be mined is a gap of the
// part and a failure in the summary. It fails where ctx ends, and where a part cannot be
// stored; what was stored by then is there the next time.
func (p *Parts) Make(ctx context.Context, o batch.Options, mine func(ctx context.Context, project string) iter.Seq2[model.Record, error]) (*batch.Summary, error) {
	within, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	o.Done = func(project string) bool {
		part, err := p.read(project)
		if err != nil {
			stop(err)
		}
		return part != nil && len(part.Gaps()) == 0
	}
	made, err := batch.Run(within, p.census.tender.Projects, &o, func(ctx context.Context, project string, _ model.Project) error {
		part, gaps := p.part(project, mine(ctx, project))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.store(part); err != nil {
			stop(err)
			return err
		}
		return errors.Join(gaps...)
	})
	return made, err
}

// part makes the part of a project, and says why what of it is missing.
func (p *Parts) part(project string, records iter.Seq2[model.Record, error]) (*Part, []error) {
	var gaps []error
	part, err := p.census.Part(project, func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if _, is := errors.AsType[*model.GapError](err); is {
				gaps = append(gaps, err)
			}
			if !yield(r, err) {
				return
			}
		}
	})
	if err != nil {
		return p.census.Failed(project, err.Error()), []error{err}
	}
	return part, gaps
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
