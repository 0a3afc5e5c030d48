package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// bundle is the head of a git bundle (gitformat-bundle in git's manual).
type bundle struct {
	refs   map[string]hash
	filter string // what was left out; "" where nothing was
}

// mostRefs bounds the head of a bundle.
const mostRefs = 1_000_000

// openBundle opens a git bundle. Its pack is copied and indexed in a temporary
// folder, which is removed in the end; nothing is written beside the bundle.
func (m *mining) openBundle(ctx context.Context, path string) (*repository, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a bundle: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	b, err := readBundle(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if b.filter != "" {
		m.o.Log.Warn("the bundle leaves out objects", "repository", m.address, "filter", b.filter)
	}
	dir, err := os.MkdirTemp("", "tributary-bundle-")
	if err != nil {
		return nil, fmt.Errorf("unpacking a bundle: %w", err)
	}
	place, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("looking for the bundle: %w", err)
	}
	r := &repository{place: place, refs: b.refs, headAt: b.refs["HEAD"], finish: func() { os.RemoveAll(dir) }}
	objects := filepath.Join(dir, "objects")
	if err = indexPack(ctx, filepath.Join(objects, "pack"), in, m.o.packLimits()); err == nil {
		r.store, err = m.openObjects(objects)
	}
	if err != nil {
		r.finish()
		return nil, fmt.Errorf("unpacking %s: %w", path, err)
	}
	if name := likelyHead(r.headAt, r.heads()); name != "" {
		r.head, r.headAt = headsPrefix+name, r.refs[headsPrefix+name]
	}
	return r, nil
}

// readBundle reads the head of a bundle, up to its pack.
func readBundle(in *bufio.Reader) (*bundle, error) {
	first, err := in.ReadSlice('\n')
	version := string(first)
	if err != nil || version != "# v2 git bundle\n" && version != "# v3 git bundle\n" {
		return nil, fmt.Errorf("it is neither a folder nor a git bundle; state a repository's folder, or a file made by git bundle create")
	}
	b := &bundle{refs: map[string]hash{}}
	for len(b.refs) < mostRefs {
		l, err := in.ReadSlice('\n')
		if err != nil {
			return nil, fmt.Errorf("the bundle is cut off in its head; make it again")
		}
		line := strings.TrimSuffix(string(l), "\n")
		if line == "" {
			if len(b.refs) == 0 {
				return nil, fmt.Errorf("the bundle holds no references and so no commits")
			}
			return b, nil
		}
		if err := b.line(line, version); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the bundle names more than a million references")
}

// line reads one line of a bundle's head.
func (b *bundle) line(line, version string) error {
	switch {
	case line[0] == '-':
		return fmt.Errorf("the bundle holds only a part of the history: it needs commit %.40s and others; make a full one with git bundle create FILE --all", line[1:])
	case line[0] == '@' && version[3] == '3':
		key, value, _ := strings.Cut(line[1:], "=")
		switch {
		case key == "object-format" && value != "sha1":
			return errFormat(value)
		case key == "filter":
			b.filter = value
		case key != "object-format":
			return fmt.Errorf("the bundle asks for %q, which is not supported", key)
		}
		return nil
	}
	id, name, _ := strings.Cut(line, " ")
	h, err := parse.ParseHash(id)
	if err != nil || name == "" {
		return fmt.Errorf("the bundle's head is broken at %.60q; make it again", line)
	}
	b.refs[name] = h
	return nil
}

// indexPack writes a pack and its index into a folder. Everything runs in this
// goroutine, so that a panic on a broken pack can be caught.
func indexPack(ctx context.Context, folder string, in io.Reader, most packLimits) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "tmp_pack_")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, interrupted{ctx, in})
	return errors.Join(err, finishPack(ctx, f, folder, most))
}

// finishPack indexes a pack that was written under another name, and renames it.
func finishPack(ctx context.Context, f *os.File, folder string, most packLimits) error {
	defer os.Remove(f.Name()) // no more there when all went well
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.Size() == 0 {
		return err // nothing came, so nothing stays
	}
	idx, err := index(ctx, f, most)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	// Readers look for the index first, so the pack comes first.
	name := filepath.Join(folder, fmt.Sprintf("pack-%x", idx.PackfileChecksum))
	if exists(name + ".idx") {
		return nil
	}
	if err := os.Rename(f.Name(), name+".pack"); err != nil {
		return err
	}
	return writeIndex(idx, folder, name+".idx")
}

// index reads a whole pack, checks it and returns its index.
func index(ctx context.Context, f *os.File, most packLimits) (*idxfile.MemoryIndex, error) {
	if err := survey(ctx, f, most); ctx.Err() != nil {
		return nil, ctx.Err()
	} else if errors.Is(err, ErrTooLarge) {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w: %w", errPack, err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var idx *idxfile.MemoryIndex
	err := guard(func() error {
		w := &idxfile.Writer{}
		p, err := packfile.NewParser(packfile.NewScanner(interruptedFile{interrupted{ctx, f}, f}), w)
		if err != nil {
			return err
		}
		if _, err := p.Parse(); err != nil {
			return err
		}
		idx, err = w.Index()
		return err
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPack, err)
	}
	return idx, nil
}

// writeIndex writes an index under another name and renames it when it is whole.
func writeIndex(idx *idxfile.MemoryIndex, folder, name string) error {
	out, err := os.CreateTemp(folder, "tmp_idx_")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	buf := bufio.NewWriter(out)
	_, err = idxfile.NewEncoder(buf).Encode(idx)
	if err = errors.Join(err, buf.Flush(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), name)
}

// interrupted is a reader that ends with its context.
type interrupted struct {
	ctx context.Context
	in  io.Reader
}

func (r interrupted) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.Read(b)
}

type interruptedFile struct {
	interrupted
	io.Seeker
}
