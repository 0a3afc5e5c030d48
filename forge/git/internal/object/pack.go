package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
)

// pack is a pack and its index, which is opened when it is needed.
type pack struct {
	name    string // of the pack's file
	file    *file
	size    int64 // of the pack without its trailing checksum
	covered bool  // a multi-pack-index says where its objects are

	once   sync.Once
	own    *index
	failed error // why there is no index
}

const checksumBytes = 20

// openPack opens the pack of an index and looks at its beginning.
func (s *Store) openPack(index string) (*pack, error) {
	p := &pack{name: strings.TrimSuffix(index, ".idx") + ".pack"}
	var err error
	if p.file, err = s.file(p.name); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s stands there without its pack: %w; bring the pack back, or clone the repository again", index, err)
	} else if err != nil {
		return nil, fmt.Errorf("opening a pack: %w%s", err, advice(err))
	}
	if err := s.check(p); err != nil {
		return nil, fmt.Errorf("%s is no readable pack (%w); run git fsck, or clone the repository again", p.name, err)
	}
	return p, nil
}

// check looks at the beginning of a pack.
func (s *Store) check(p *pack) (err error) {
	defer s.caught(&err)
	if p.size = p.file.size - checksumBytes; p.size < 12 {
		return errors.New("it is cut off")
	}
	var buf [12]byte
	head, err := p.file.head(0, buf[:])
	if err != nil || len(head) < len(buf) {
		return errors.Join(errors.New("it is cut off"), err)
	}
	if string(head[:4]) != "PACK" {
		return errors.New("it does not begin as a pack")
	}
	if v := binary.BigEndian.Uint32(head[4:]); v != 2 && v != 3 {
		return fmt.Errorf("it is of version %d, not 2 or 3; git repack -ad makes a new one", v)
	}
	return nil
}

// index returns the index of a pack. It is opened once, for most packs with the
// store; it and the pack must be of each other.
func (s *Store) index(p *pack) (*index, error) {
	p.once.Do(func() {
		if p.own, p.failed = s.openIndex(p); p.failed != nil && p.covered {
			s.o.Log.Warn("the index of a pack cannot be read", "pack", p.name, "error", p.failed)
		}
	})
	return p.own, p.failed
}

func (s *Store) openIndex(p *pack) (i *index, err error) {
	defer s.caught(&err)
	name := strings.TrimSuffix(p.name, ".pack") + ".idx"
	b, err := s.whole(name)
	if err != nil {
		return nil, fmt.Errorf("reading a pack index: %w%s", err, advice(err))
	}
	i, err = parseIndex(b)
	if errors.Is(err, errVersion) {
		s.o.Log.Warn("go-git makes a new index of a pack, because the version of its own is unknown; git repack -ad makes one that lasts", "index", name, "error", err)
		i, err = indexAnew(p.name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no readable pack index (%w); run git fsck, and git index-pack to make a new one", name, err)
	}
	var buf [checksumBytes]byte
	tail, err := p.file.head(p.size, buf[:])
	if err != nil || !bytes.Equal(tail, i.pack) {
		return nil, fmt.Errorf("%s is no readable pack (it does not end as its index says: it is cut off or another one); run git fsck, or clone the repository again", p.name)
	}
	return i, nil
}

// Kinds of entries that packs have beside the four kinds of objects.
const (
	offsetDelta Kind = 6
	nameDelta   Kind = 7
)

// entry is the head of an object in a pack.
type entry struct {
	kind Kind
	size int64 // uncompressed; of a delta that of the delta itself
	at   int64 // where it begins
	data int64 // where the compressed content begins
	base int64 // where the object begins that a delta changes
}

// mostHead is more bytes than the head of an entry can have.
const mostHead = 48

// entry reads the head of the object at offset at.
func (r *Reader) entry(p *pack, at int64) (entry, error) {
	if at < 12 || at >= p.size {
		return entry{}, fmt.Errorf("%w: it lies outside the pack", ErrCorrupt)
	}
	b, err := p.file.head(at, r.head[:])
	if err != nil {
		return entry{}, err
	}
	cut := len(b)
	if cut < mostHead { // at the end of the pack
		clear(r.head[copy(r.head[:], b):])
		b = r.head[:]
	}
	e, i, err := r.store.parseHead(p, at, b)
	if err != nil {
		return entry{}, err
	}
	if i > cut || at+int64(i) > p.size {
		return entry{}, fmt.Errorf("%w: it is cut off", ErrCorrupt)
	}
	e.data = at + int64(i)
	return e, nil
}

// parseHead reads the head of an entry from mostHead bytes, and says how long it is.
func (s *Store) parseHead(p *pack, at int64, b []byte) (entry, int, error) {
	e := entry{kind: Kind(b[0] >> 4 & 7), size: int64(b[0] & 15), at: at}
	i := 1
	for shift := 4; b[i-1]&0x80 != 0; shift += 7 {
		if shift > 53 {
			return e, i, fmt.Errorf("%w: its size is absurd", ErrCorrupt)
		}
		e.size |= int64(b[i]&0x7f) << shift
		i++
	}
	switch e.kind {
	case Commit, Tree, Blob, Tag:
	case offsetDelta:
		var back int64
		if back, i = distance(b, i); back <= 0 || back > at-12 {
			return e, i, fmt.Errorf("%w: its base lies outside the pack", ErrCorrupt)
		}
		e.base = at - back
	case nameDelta:
		own, err := s.index(p)
		if err != nil {
			return e, i, fmt.Errorf("looking for the base of a delta: %w", err)
		}
		var ok bool
		if e.base, ok = own.find(Hash(b[i : i+20])); !ok {
			return e, i, fmt.Errorf("%w: its base is not in the pack", ErrCorrupt)
		}
		i += 20
	default:
		return e, i, fmt.Errorf("%w: its kind is unknown", ErrCorrupt)
	}
	return e, i, nil
}

// distance reads how far before a delta its base begins, and where to read on;
// 0 where it is absurd.
func distance(b []byte, i int) (back int64, next int) {
	back = int64(b[i] & 0x7f)
	for ; b[i]&0x80 != 0; back = (back+1)<<7 | int64(b[i]&0x7f) {
		if i++; back > 1<<53 {
			return 0, i
		}
	}
	return back, i + 1
}

// label names an object and its copy in an error.
func (p *pack) label(h Hash, err error) error {
	return fmt.Errorf("object %v in %s: %w", h, filepath.Base(p.name), err)
}
