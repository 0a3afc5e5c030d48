package command

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// folder writes files that appear in their place only when all are whole: a run
// that fails leaves what was there before.
type folder struct {
	path  string
	names []string
	files []*os.File
	bufs  []*bufio.Writer
	errs  []error
}

func newFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("preparing the folder for the result: %w", err)
	}
	return &folder{path: path}, nil
}

// file returns a writer of the named file. Its errors come with keep.
func (f *folder) file(name string) io.Writer {
	tmp, err := os.CreateTemp(f.path, "."+name+"-")
	if err != nil {
		f.check(err)
		return io.Discard
	}
	f.names, f.files = append(f.names, name), append(f.files, tmp)
	f.bufs = append(f.bufs, bufio.NewWriterSize(tmp, 1<<16))
	return f.bufs[len(f.bufs)-1]
}

func (f *folder) check(err error) {
	if err != nil {
		f.errs = append(f.errs, err)
	}
}

// keep puts all files in their places.
func (f *folder) keep() error {
	for i, tmp := range f.files {
		f.check(f.bufs[i].Flush())
		f.check(tmp.Chmod(0o644))
		f.check(tmp.Close())
	}
	for _, name := range f.names {
		if at, err := os.Stat(filepath.Join(f.path, name)); err == nil && at.IsDir() {
			f.check(fmt.Errorf("%s is a folder; move it away", name))
		}
	}
	if len(f.errs) > 0 { // a full disk fails every file: once is enough
		return fmt.Errorf("writing the result into %s: %w", f.path, f.errs[0])
	}
	for i, tmp := range f.files {
		if err := os.Rename(tmp.Name(), filepath.Join(f.path, f.names[i])); err != nil {
			return fmt.Errorf("writing the result into %s: %w", f.path, err)
		}
	}
	f.files = nil
	return nil
}

// abandon removes what was not kept.
func (f *folder) abandon() {
	for _, tmp := range f.files {
		tmp.Close()
		os.Remove(tmp.Name())
	}
}
