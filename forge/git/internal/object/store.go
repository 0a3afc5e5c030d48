package object

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// Hash is the name of an object.
type Hash = parse.Hash

// Kind is the kind of an object, numbered as packs number it.
type Kind byte

// The four kinds of objects.
const (
	Commit Kind = 1
	Tree   Kind = 2
	Blob   Kind = 3
	Tag    Kind = 4
)

// What reading an object can end with, beside an error of the disk.
var (
	ErrAbsent   = errors.New("the object is absent")
	ErrTooLarge = errors.New("the object is too large")
	ErrCorrupt  = errors.New("the object is corrupt")
)

// Options say how a store is opened. The zero value is the default.
type Options struct {
	// Log is told what was done in another way than usual; nil tells nobody.
	Log *slog.Logger

	// Missing is called for each alternate object folder that cannot be read.
	// nil ignores that; Store.Trouble tells of it in any case.
	Missing func(folder string, err error)

	// MostBytes is the size in bytes above which an object is not read: ErrTooLarge.
	// 0 is 256 MiB.
	MostBytes int64

	// Unmapped reads packs piece by piece instead of mapping them into memory. That
	// is slower, and for file systems that cannot bear mapping but do not refuse it.
	Unmapped bool
}

// Store is where a repository keeps its objects: its own folder and those of its
// alternates. All readers share it, and may be used at the same time; after opening
// it only notes what they could not read.
type Store struct {
	o       Options
	folders []string
	packs   []*pack // of all folders; a pack's number is its place here
	many    []*multi
	lost    []string // alternates that are not there

	large sync.Mutex // held by the worker that has a large content

	mu     sync.Mutex
	files  []*file          // all that are open
	denied map[string]error // by folder: why a file in it could not be opened
}

// place is where an object lies: the number of the pack and the offset in it.
type place struct {
	pack int
	at   int64
}

// Close ends the use of all files. No reader may be reading any more. Contents
// that were read before stay valid.
func (s *Store) Close() error {
	var all []error
	for _, f := range s.files {
		all = append(all, f.close())
	}
	s.packs, s.many, s.files = nil, nil, nil
	return errors.Join(all...)
}

// Place returns where the copy of an object lies that Reader.Read takes first: the
// number of its pack and the offset in bytes. Objects read in this order are read in
// the order of the disk. It is false for objects in files of their own and absent
// ones. It may be called by many goroutines.
func (s *Store) Place(h Hash) (pack int, offset int64, ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var all [4]place
	found, _ := s.copies(all[:0], h)
	if len(found) == 0 {
		return 0, 0, false
	}
	return found[0].pack, found[0].at, true
}

// copies appends where an object lies in packs: a place for each multi-pack-index
// that names it, then one for each pack that none of them answers for. The error
// is that of an index that vanished; what was found before it stays.
func (s *Store) copies(out []place, h Hash) (found []place, err error) {
	defer s.caught(&err)
	found = out
	for _, m := range s.many {
		if at, ok := m.find(h); ok {
			found = append(found, at)
		}
	}
	for i, p := range s.packs {
		if p.covered {
			continue
		}
		if at, ok := p.own.find(h); ok {
			found = append(found, place{i, at})
		}
	}
	return found, nil
}

// others appends the copies that no multi-pack-index names, because it names each
// object once. They matter only where that one cannot be read.
func (s *Store) others(out []place, h Hash) (found []place, err error) {
	defer s.caught(&err)
	found = out
	for i, p := range s.packs {
		if !p.covered {
			continue
		}
		own, err := s.index(p)
		if err != nil {
			continue // it was said in the log
		}
		if at, ok := own.find(h); ok && !slices.Contains(found, place{i, at}) {
			found = append(found, place{i, at})
		}
	}
	return found, nil
}

// mostNames is how many names WithPrefix returns of one list at most.
const mostNames = 512

// WithPrefix returns the names that begin with some hexadecimal digits, sorted,
// each once: at most some hundred, which suffices to say that an abbreviation is
// ambiguous. With less than two digits, or something else than lower-case digits,
// it returns none. It may be called by many goroutines.
func (s *Store) WithPrefix(digits string) []Hash {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	if len(digits) < 2 || len(digits) > 40 {
		return nil
	}
	low, err := parse.ParseHash(digits + strings.Repeat("0", 40-len(digits)))
	if err != nil || strings.ToLower(digits) != digits {
		return nil
	}
	out := s.packedWithPrefix(low, digits)
	for _, folder := range s.folders {
		for _, name := range looseNames(folder, digits[:2]) {
			if h, err := parse.ParseHash(name); err == nil && strings.HasPrefix(name, digits) {
				out = append(out, h)
			}
		}
	}
	slices.SortFunc(out, func(a, b Hash) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

func (s *Store) packedWithPrefix(low Hash, digits string) (out []Hash) {
	var err error // an index that vanished just names nothing
	defer s.caught(&err)
	for _, m := range s.many {
		out = m.withPrefix(out, low, digits)
	}
	for _, p := range s.packs {
		if !p.covered {
			out = p.own.withPrefix(out, low, digits)
		}
	}
	return out
}

// deny notes that the disk did not hand out a file which is there.
func (s *Store) deny(file string, err error) {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.denied == nil {
		s.denied = map[string]error{}
	}
	s.denied[filepath.Dir(file)] = err
}

// Trouble explains why objects may be absent, to be put behind a message that
// says so; "" where they simply are. It may be called at any time.
func (s *Store) Trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var said strings.Builder
	if len(s.lost) > 0 {
		fmt.Fprintf(&said, "; the object folder that it borrows from cannot be read: %s: bring it back, or correct objects/info/alternates", some(s.lost))
	}
	if folders := slices.Sorted(maps.Keys(s.denied)); len(folders) > 0 {
		err := s.denied[folders[0]]
		fmt.Fprintf(&said, "; objects in %s cannot be opened: %v%s", some(folders), err, advice(err))
	}
	return said.String()
}

// some lists at most ten names.
func some(names []string) string {
	if len(names) > 10 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:10], ", "), len(names)-10)
	}
	return strings.Join(names, ", ")
}

// advice says what to do about an error of the disk, "" where that is plain.
func advice(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "; give the account that mines the permission to read it"
	}
	return ""
}

// caught is deferred where mapped files are read, by those who made faults panic.
// A mapped file that another process cuts off has no memory any more behind what is
// mapped: the access faults. That becomes an error; every other panic goes on.
func (s *Store) caught(err *error) {
	switch p := recover().(type) {
	case nil:
	case interface{ Addr() uintptr }:
		name := s.mapped(p.Addr())
		if name == "" {
			panic(p)
		}
		*err = fmt.Errorf("%w: %s changed while it was read; let nobody write it, and start again", ErrCorrupt, name)
	default:
		panic(p)
	}
}

// mapped returns the name of the file that is mapped at an address, "" for none.
func (s *Store) mapped(addr uintptr) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.holds(addr) {
			return filepath.Base(f.name)
		}
	}
	return ""
}

// holds reports whether an address lies in what is mapped of a file.
func (f *file) holds(addr uintptr) bool {
	if !f.mapped {
		return false
	}
	from := reflect.ValueOf(f.data).Pointer()
	return from <= addr && addr < from+uintptr(len(f.data))
}
