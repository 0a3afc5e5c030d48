package saved

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"

	"github.com/edsrzf/mmap-go"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// What may be wrong with a file. All of it is mended by writing a new one.
var (
	// ErrVersion says that the file has another format, or facts that were made with
	// other tables.
	ErrVersion = errors.New("it was written by another version")
	// ErrCorrupt says that the file is not what was written.
	ErrCorrupt = errors.New("it is damaged")
)

// State is what was saved of a repository: records of commits, numbered from 0 in
// the order of their names. Any number of goroutines may read it, until it is
// closed. What it returns stays good after that.
type State struct {
	data    mmap.MMap
	mapped  bool
	version string
	first   int // where the first record begins
	end     int // where the last one ends
	fan     []byte
	rows    []byte
	names   []string
	actors  []model.Identity
	tips    []model.Tip
}

// Open opens a file and checks its digest, which means reading all of it once. The
// error is [fs.ErrNotExist] where there is none, [ErrVersion] where it was written with
// another version, and [ErrCorrupt] where it is damaged. Do not open a file for which
// another account can choose the content.
//
// The file is mapped into memory: it is never changed, only replaced by renaming, so the
// mapping stays what it was. If somebody cuts it off in place nevertheless, reading
// gives ErrCorrupt. Windows refuses to replace a file that is mapped; there, and where
// mapping fails, the file is read into memory.
func Open(file, version string) (*State, error) {
	data, mapped, err := load(file)
	if err != nil {
		return nil, wrap("opening", file, err)
	}
	s := &State{data: data, mapped: mapped, version: version}
	if err := s.open(); err != nil {
		s.Close()
		return nil, wrap("opening", file, err)
	}
	return s, nil
}

func load(file string) (data []byte, mapped bool, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	size := st.Size()
	if size > math.MaxInt {
		return nil, false, fmt.Errorf("%w: it is too large for this machine", ErrCorrupt)
	}
	if runtime.GOOS != "windows" {
		if data, err = mmap.Map(f, mmap.RDONLY, 0); err == nil {
			return data, true, nil
		}
	}
	data = make([]byte, size)
	_, err = io.ReadFull(f, data)
	return data, false, err
}

// open checks the file as a whole. The records are checked when they are read.
func (s *State) open() (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.caught(&err)
	head := header(s.version)
	switch {
	case !bytes.HasPrefix(s.data, []byte(magicHead)):
		return fmt.Errorf("%w: it does not begin as such a file does", ErrCorrupt)
	case !bytes.HasPrefix(s.data, head):
		return ErrVersion
	case len(s.data) < len(head)+footerBytes:
		return fmt.Errorf("%w: it is cut off", ErrCorrupt)
	}
	body, digest := s.data[:len(s.data)-digestBytes], s.data[len(s.data)-digestBytes:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], digest) {
		return fmt.Errorf("%w: its digest is wrong", ErrCorrupt)
	}
	return s.sections(len(head))
}

// sections finds the parts of the file behind its header.
func (s *State) sections(first int) error {
	footer := s.data[len(s.data)-footerBytes:]
	tables, index := binary.LittleEndian.Uint64(footer), binary.LittleEndian.Uint64(footer[8:])
	end := uint64(len(s.data) - footerBytes)
	if index < tables || index > end || end-index < fanBytes {
		return fmt.Errorf("%w: its parts are not where they should be", ErrCorrupt)
	}
	c := cursor{rest: s.data[tables:index]}
	if s.names, s.actors, s.tips = c.tables(); c.bad {
		return fmt.Errorf("%w: its tables are wrong", ErrCorrupt)
	}
	s.first, s.end = first, int(tables)
	s.fan, s.rows = s.data[index:index+fanBytes], s.data[index+fanBytes:end]
	if uint64(s.upTo(255))*uint64(len(row{})) != uint64(len(s.rows)) {
		return fmt.Errorf("%w: its index has the wrong length", ErrCorrupt)
	}
	for b := 1; b < 256; b++ {
		if s.upTo(b) < s.upTo(b-1) {
			return fmt.Errorf("%w: its index is not sorted", ErrCorrupt)
		}
	}
	return nil
}

// upTo returns the number of names that begin with a byte or a lower one.
func (s *State) upTo(b int) uint32 { return binary.LittleEndian.Uint32(s.fan[4*b:]) }

// Close gives the file back. No other method may be called after it.
func (s *State) Close() error {
	data, mapped := s.data, s.mapped
	s.data, s.fan, s.rows, s.mapped = nil, nil, nil, false
	if mapped {
		return data.Unmap()
	}
	return nil
}

// Tips returns the branches that were mined when the file was written, as the writer
// gave them. Nobody may change the list.
func (s *State) Tips() []model.Tip { return s.tips }

// Len returns the number of records.
func (s *State) Len() int { return len(s.rows) / len(row{}) }

// Name returns the name of the commit of record n, which must be in [0, Len). It is
// the zero Hash where the file was cut off since it was opened.
func (s *State) Name(n int) (h parse.Hash) {
	var err error
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.caught(&err)
	return s.row(n).name()
}

// Find returns the number of a commit's record, and whether there is one.
func (s *State) Find(h parse.Hash) (n int, ok bool) {
	var err error // a file that was cut off knows nothing
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.caught(&err)
	lo, hi := 0, int(s.upTo(int(h[0])))
	if h[0] > 0 {
		lo = int(s.upTo(int(h[0]) - 1))
	}
	if n = parse.Search(s.rows, len(row{}), lo, hi, h); n == hi || s.row(n).name() != h {
		return 0, false
	}
	return n, true
}

func (s *State) row(n int) *row { return (*row)(s.rows[n*len(row{}):]) }

// Graph returns what a walk needs of record n, which must be in [0, Len). The parents
// are appended to a slice, and nothing else is allocated. The error is [ErrCorrupt].
func (s *State) Graph(n int, parents []parse.Hash) (g Graph, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.caught(&err)
	c := cursor{rest: s.bytes(n)}
	flags, _ := c.flags()
	g.Parents = parents
	if c.graph(flags, &g); c.bad {
		return Graph{Parents: parents}, s.wrong(n)
	}
	return g, nil
}

// Record returns record n, which must be in [0, Len). The error is [ErrCorrupt].
func (s *State) Record(n int) (r Record, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer s.caught(&err)
	c := cursor{rest: s.bytes(n)}
	if c.record(&r, s.names, s.actors); c.bad {
		return Record{}, s.wrong(n)
	}
	return r, nil
}

// bytes returns the bytes of record n without their length, none where it does not
// lie among the records. An empty record is as wrong as that.
func (s *State) bytes(n int) []byte {
	at := s.row(n).place()
	if at < uint64(s.first) || at > uint64(s.end) {
		return nil
	}
	c := cursor{rest: s.data[at:s.end]}
	return c.take(c.count(1))
}

func (s *State) wrong(n int) error {
	return fmt.Errorf("%w: its record of commit %v is wrong", ErrCorrupt, s.row(n).name())
}

// caught is deferred by all that touch the file, when faults panic instead of ending
// the process. A file that was cut off after it was mapped has no memory behind its
// end; touching that becomes an error. Every other panic goes on.
func (s *State) caught(err *error) {
	switch p := recover().(type) {
	case nil:
	case interface{ Addr() uintptr }:
		if !s.holds(p.Addr()) {
			panic(p)
		}
		*err = fmt.Errorf("%w: it was cut off while it was read", ErrCorrupt)
	default:
		panic(p)
	}
}

// holds reports whether an address lies in the mapped file.
func (s *State) holds(addr uintptr) bool {
	from := reflect.ValueOf(s.data).Pointer()
	return s.mapped && from <= addr && addr < from+uintptr(len(s.data))
}
