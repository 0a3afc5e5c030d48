package object

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"

	"github.com/edsrzf/mmap-go"
)

// file is a file of a repository. Mapped into memory it costs no call for each
// reading and no second copy beside the one of the system. Where that is impossible,
// for want of addresses or on odd file systems, it stays open and is read in pieces.
type file struct {
	name   string
	size   int64
	data   []byte // all of it; nil where it is read in pieces
	mapped bool   // data is the file itself
	open   *os.File
}

// openRegular opens a file and returns its size. What is no file, a pipe above all,
// could keep whoever opens it waiting for ever.
func openRegular(name string) (*os.File, int64, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !st.Mode().IsRegular() {
		return nil, 0, &fs.PathError{Op: "open", Path: name, Err: errors.New("it is no file")}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	if st, err = f.Stat(); err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// openFile opens a file, mapped where that is possible.
func openFile(name string, unmapped bool) (*file, error) {
	f, size, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	out := &file{name: name, size: size, open: f}
	if unmapped || out.size == 0 || out.size > math.MaxInt {
		return out, nil
	}
	data, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return out, nil // read in pieces
	}
	out.data, out.mapped, out.open = data, true, nil
	f.Close() // the mapping holds the file
	return out, nil
}

// file opens a file and keeps it until the store is closed.
func (s *Store) file(name string) (*file, error) {
	f, err := openFile(name, s.o.Unmapped)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, f)
	return f, nil
}

// whole returns the content of a file that must lie in memory, as an index must.
func (s *Store) whole(name string) ([]byte, error) {
	f, err := s.file(name)
	if err != nil || f.mapped {
		return f.content(), err
	}
	return os.ReadFile(name)
}

func (f *file) content() []byte {
	if f == nil {
		return nil
	}
	return f.data
}

func (f *file) close() error {
	data, open := mmap.MMap(f.data), f.open
	f.data, f.open = nil, nil
	switch {
	case f.mapped:
		f.mapped = false
		return data.Unmap()
	case open != nil:
		return open.Close()
	}
	return nil
}

// head returns up to len(buf) bytes from an offset inside the file on: fewer at
// its end. They lie in buf or in the file, and are not to be changed.
func (f *file) head(at int64, buf []byte) ([]byte, error) {
	if f.data != nil {
		return f.data[at:min(f.size, at+int64(len(buf)))], nil
	}
	n, err := f.open.ReadAt(buf, at)
	if err == io.EOF {
		err = nil
	}
	return buf[:n], err
}
