package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	// The file systems that names may be of: here paths and memfs://. The command adds others.
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/local"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/memfs"
)

// join puts a name below a folder, which may be an address.
func join(folder, name string) string { return strings.TrimRight(folder, "/") + "/" + name }

// split cuts a name into its folder and what lies there.
func split(name string) (folder, base string) {
	name = strings.ReplaceAll(name, `\`, "/")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i+1], name[i+1:]
	}
	return "", name
}

// read returns the contents of a file.
func read(ctx context.Context, name string) ([]byte, error) {
	f, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := filesystem.Read(ctx, f, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return b, nil
}

// put writes a file so that nobody ever sees half of it under its name. Object stores put
// objects whole; elsewhere it is written aside, under a name that no other attempt has, and renamed.
func put(ctx context.Context, name, attempt string, b []byte) error {
	f, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer f.Close()
	aside := name
	if !strings.Contains(name, "://") { // memfs, gs and s3 put an object when it is closed
		aside = name + "." + attempt
	}
	if err := filesystem.Write(ctx, f, aside, b); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if aside != name {
		if err := filesystem.Rename(ctx, f, aside, name); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// writable fails where no file can be written into a folder: to know it before thousands of
// projects are mined.
func writable(ctx context.Context, folder string) error {
	name := join(folder, ".can-be-written")
	if err := put(ctx, name, "new", nil); err != nil {
		return err
	}
	return remove(ctx, name)
}

// remove takes a file away, where there is one.
func remove(ctx context.Context, name string) error {
	f, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Size(ctx, name); err != nil {
		return nil // not there, or not to be seen: writing it will tell
	}
	if r, ok := f.(filesystem.Remover); ok {
		return r.Remove(ctx, name)
	}
	return nil
}

// folder is a folder of any of Beam's file systems, for readers that take an [fs.FS]. Each
// file is read whole when it is opened.
type folder struct {
	ctx  context.Context
	name string
	// seen gets the contents of each file that was read, so that what a result was made from can be
	// named by its digest.
	seen map[string][]byte
}

func (f folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	b, err := read(f.ctx, f.name+path.Clean(name))
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist // the error says its name once more
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: f.name + name, Err: err}
	}
	f.seen[name] = b
	return &memory{Reader: bytes.NewReader(b), name: path.Base(name)}, nil
}

// memory is a file that was read.
type memory struct {
	*bytes.Reader
	name string
}

func (m *memory) Stat() (fs.FileInfo, error) { return m, nil }
func (m *memory) Close() error               { return nil }
func (m *memory) Name() string               { return m.name }
func (m *memory) Mode() fs.FileMode          { return 0o444 }
func (m *memory) ModTime() time.Time         { return time.Time{} }
func (m *memory) IsDir() bool                { return false }
func (m *memory) Sys() any                   { return nil }

// create makes an output of the run.
func create(ctx context.Context, out, name string) (io.WriteCloser, error) {
	name = join(out, name)
	f, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	w, err := f.OpenWrite(ctx, name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("writing %s: %w", name, err), f.Close())
	}
	return &output{w, f, name}, nil
}

// output is a file with the file system that it is on.
type output struct {
	io.WriteCloser
	on   filesystem.Interface
	name string
}

func (o *output) Close() error {
	if err := errors.Join(o.WriteCloser.Close(), o.on.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", o.name, err)
	}
	return nil
}
