package git

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// hash is the name of an object.
type hash = parse.Hash

// kind is the kind of an object, numbered as packs number it.
type kind byte

const (
	commitKind kind = 1
	treeKind   kind = 2
	blobKind   kind = 3
	tagKind    kind = 4
)

// mostBytes is the size above which an object is not read: 256 MiB.
const mostBytes = 256 << 20

var (
	errAbsent   = errors.New("the object is absent")
	errTooLarge = errors.New("the object is larger than 256 MiB")
	errCorrupt  = errors.New("the object is corrupt")
)

// store is where a repository keeps its objects: its own folder and those of its
// alternates. It is shared by all readers, and after opening only notes what they
// could not read.
type store struct {
	folders []string
	packs   []*pack
	lost    []string // alternates that are not there

	mu     sync.Mutex
	denied map[string]error // by folder: why a file in it could not be opened
}

// deny notes that the disk did not hand out a file which is there.
func (s *store) deny(file string, err error) {
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

// trouble explains why objects may be absent, to be put behind a message that
// says so; "" where they simply are.
func (s *store) trouble() string {
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

// openStore opens the object folder and the alternates that it names. Alternates
// that are not there are passed to missing; their objects are absent.
func openStore(folder string, missing func(folder string, err error)) (*store, error) {
	s := &store{}
	if err := s.add(folder, 5); err != nil {
		s.close()
		return nil, err
	}
	for i := 0; i < len(s.folders); i++ {
		borrowed, err := alternates(s.folders[i])
		if err != nil {
			s.close()
			return nil, err
		}
		for _, a := range borrowed {
			if len(s.folders) > 64 || containsFolder(s.folders, a) {
				continue
			}
			if _, err := os.Stat(a); err != nil {
				missing(a, err)
				s.lost = append(s.lost, a)
				continue
			}
			if err := s.add(a, 5); err != nil {
				s.close()
				return nil, err
			}
		}
	}
	return s, nil
}

// add opens the packs of one folder. A pack that another process replaces while
// this one looks is looked for again.
func (s *store) add(folder string, tries int) error {
	files, err := os.ReadDir(filepath.Join(folder, "pack"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("listing the packs: %w%s", err, advice(err))
	}
	var packs []*pack
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".idx" || f.Name()[0] == '.' {
			continue
		}
		p, err := openPack(filepath.Join(folder, "pack", f.Name()))
		if err != nil {
			closePacks(packs)
			if errors.Is(err, fs.ErrNotExist) && tries > 0 {
				return s.add(folder, tries-1)
			}
			return err
		}
		packs = append(packs, p)
	}
	s.folders, s.packs = append(s.folders, folder), append(s.packs, packs...)
	return nil
}

func (s *store) close() { closePacks(s.packs) }

func closePacks(packs []*pack) {
	for _, p := range packs {
		p.file.Close()
	}
}

// alternates returns the object folders that info/alternates names.
func alternates(folder string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(folder, "info", "alternates"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading where it borrows objects from: %w%s", err, advice(err))
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(folder, line)
		}
		out = append(out, filepath.Clean(line))
	}
	return out, nil
}

func containsFolder(folders []string, f string) bool {
	for _, g := range folders {
		if filepath.Clean(g) == f {
			return true
		}
	}
	return false
}

// objects reads the objects of a store. It is the only place where the content
// of a repository comes in; everything above asks for an object by name and gets
// bytes or an error. Each worker has its own: a reader is not for concurrent use.
type objects struct {
	store   *store
	inPacks recent[place]
	inFiles recent[hash]
	buf     *bufio.Reader
	zlib    io.ReadCloser
}

// reader returns a reader that keeps up to budget bytes of content at hand.
func (s *store) reader(budget int) *objects {
	return &objects{
		store:   s,
		inPacks: recent[place]{budget: budget / 4 * 3},
		inFiles: recent[hash]{budget: budget / 4},
		buf:     bufio.NewReaderSize(nil, 4096),
	}
}

// read returns an object's kind and content. Nobody may change the content: it
// is kept for the next reader. The error is errAbsent, errTooLarge or, with the
// reason, errCorrupt, or one of the disk.
func (o *objects) read(h hash) (kind, []byte, error) {
	var first error
	for i, p := range o.store.packs {
		at, ok := p.find(h)
		if !ok {
			continue
		}
		k, b, err := o.packed(i, at)
		if err == nil {
			return k, b, nil
		}
		first = fmt.Errorf("object %v in %s: %w", h, filepath.Base(p.name), err)
	}
	k, b, err := o.loose(h)
	if err == errAbsent && first != nil {
		return 0, nil, first // another copy might have been sound
	}
	return k, b, err
}

// readKind is read for an object that must be of one kind.
func (o *objects) readKind(h hash, want kind) ([]byte, error) {
	k, b, err := o.read(h)
	if err == nil && k != want {
		err = fmt.Errorf("object %v is of another kind than its reference says: %w", h, errCorrupt)
	}
	return b, err
}

// loose reads an object from a file of its own.
func (o *objects) loose(h hash) (kind, []byte, error) {
	if hit, ok := o.inFiles.find(h); ok {
		return hit.kind, hit.content, nil
	}
	name := h.String()
	first := errAbsent
	for _, folder := range o.store.folders {
		file := filepath.Join(folder, name[:2], name[2:])
		f, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			o.store.deny(file, err)
			first = err // another folder might have it
			continue
		}
		k, b, err := o.looseFile(f)
		f.Close()
		if err != nil {
			return 0, nil, fmt.Errorf("object %v: %w", h, err)
		}
		o.inFiles.keep(h, kept{k, b})
		return k, b, nil
	}
	return 0, nil, first
}

// looseFile reads "KIND SIZE\x00CONTENT", compressed.
func (o *objects) looseFile(f io.Reader) (kind, []byte, error) {
	if err := o.inflate(f); err != nil {
		return 0, nil, err
	}
	head := make([]byte, 0, 32)
	for one := (&[1]byte{})[:]; ; head = append(head, one[0]) {
		if _, err := io.ReadFull(o.zlib, one); err != nil || len(head) == 32 {
			return 0, nil, errCorrupt
		}
		if one[0] == 0 {
			break
		}
	}
	var word string
	var size int64
	if _, err := fmt.Sscanf(string(head), "%s %d", &word, &size); err != nil {
		return 0, nil, errCorrupt
	}
	k := map[string]kind{"commit": commitKind, "tree": treeKind, "blob": blobKind, "tag": tagKind}[word]
	if k == 0 {
		return 0, nil, errCorrupt
	}
	b, err := o.content(size)
	return k, b, err
}

// inflate starts to uncompress what r holds.
func (o *objects) inflate(r io.Reader) error {
	o.buf.Reset(r)
	if o.zlib == nil {
		z, err := zlib.NewReader(o.buf)
		if err != nil {
			return fmt.Errorf("%w: %w", errCorrupt, err)
		}
		o.zlib = z
		return nil
	}
	if err := o.zlib.(zlib.Resetter).Reset(o.buf, nil); err != nil {
		return fmt.Errorf("%w: %w", errCorrupt, err)
	}
	return nil
}

// content returns the rest of what inflate started, which must be size bytes.
// Memory grows with what is really there, not with what size claims.
func (o *objects) content(size int64) ([]byte, error) {
	if size < 0 {
		return nil, errCorrupt
	}
	if size > mostBytes {
		return nil, errTooLarge
	}
	b := make([]byte, min(size, 1<<20))
	for n := 0; ; {
		m, err := io.ReadFull(o.zlib, b[n:])
		if n += m; err != nil {
			return nil, fmt.Errorf("%w: it ends early: %w", errCorrupt, err)
		}
		if int64(n) == size {
			break
		}
		b = append(b, make([]byte, min(size-int64(n), int64(n)))...)
	}
	if n, err := o.zlib.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, fmt.Errorf("%w: it does not end where it should", errCorrupt)
	}
	return b, nil
}

// looseNames returns the names of the loose objects that begin with two digits.
func looseNames(folder, two string) (names []string) {
	files, _ := os.ReadDir(filepath.Join(folder, two))
	for _, f := range files {
		names = append(names, two+f.Name())
	}
	return names
}
