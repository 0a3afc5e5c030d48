package git

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"
	"strings"
)

// pack is a pack with its index, version 2 (gitformat-pack in git's manual).
// The index lies in memory, 24 to 32 bytes an object; the pack on the disk.
type pack struct {
	name    string
	file    *os.File
	data    io.ReaderAt // the file
	size    int64       // of the pack without its trailing checksum
	fan     [256]uint32
	names   []byte // sorted hashes
	offsets []byte
	large   []byte // offsets beyond 2 GiB
}

// openPack opens the pack of an index and checks all that is cheap to check: the
// index's own checksum, its order and lengths, and that the pack is the right one.
func openPack(index string) (*pack, error) {
	b, err := os.ReadFile(index)
	if err != nil {
		return nil, fmt.Errorf("reading a pack index: %w%s", err, advice(err))
	}
	p := &pack{name: strings.TrimSuffix(index, ".idx") + ".pack"}
	if err := p.readIndex(b); err != nil {
		return nil, fmt.Errorf("%s is no readable pack index (%w); run git fsck, and git index-pack to make a new one", index, err)
	}
	if p.file, err = os.Open(p.name); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s stands there without its pack: %w; bring the pack back, or clone the repository again", index, err)
	} else if err != nil {
		return nil, fmt.Errorf("opening a pack: %w%s", err, advice(err))
	}
	p.data = p.file
	if err := p.check(b[len(b)-40 : len(b)-20]); err != nil {
		p.file.Close()
		return nil, fmt.Errorf("%s is no readable pack (%w); run git fsck, or clone the repository again", p.name, err)
	}
	return p, nil
}

func (p *pack) readIndex(b []byte) error {
	const head = 8 + 256*4
	if len(b) < head+40 || !bytes.HasPrefix(b, []byte("\xfftOc\x00\x00\x00\x02")) {
		return fmt.Errorf("it is not of version 2")
	}
	if sum := sha1.Sum(b[:len(b)-20]); !bytes.Equal(sum[:], b[len(b)-20:]) {
		return fmt.Errorf("its checksum is wrong")
	}
	for i := range p.fan {
		p.fan[i] = binary.BigEndian.Uint32(b[8+4*i:])
		if i > 0 && p.fan[i] < p.fan[i-1] {
			return fmt.Errorf("its table is not sorted")
		}
	}
	n := int64(p.fan[255])
	body := b[head : len(b)-40]
	if int64(len(body)) < n*28 || (int64(len(body))-n*28)%8 != 0 {
		return fmt.Errorf("its length is wrong")
	}
	p.names, p.offsets, p.large = body[:n*20], body[n*24:n*28], body[n*28:]
	return nil
}

// check looks at both ends of the pack.
func (p *pack) check(sum []byte) error {
	st, err := p.file.Stat()
	if err != nil {
		return err
	}
	var head [12]byte
	var tail [20]byte
	if _, err := p.file.ReadAt(head[:], 0); err != nil || st.Size() < 32 {
		return fmt.Errorf("it is cut off")
	}
	version := binary.BigEndian.Uint32(head[4:])
	if string(head[:4]) != "PACK" || version != 2 && version != 3 {
		return fmt.Errorf("it does not begin as a pack of version 2 or 3")
	}
	p.size = st.Size() - 20
	if _, err := p.file.ReadAt(tail[:], p.size); err != nil || !bytes.Equal(tail[:], sum) {
		return fmt.Errorf("it does not end as its index says: it is cut off or another one")
	}
	return nil
}

// find returns where an object begins. An offset outside the pack is returned as
// it is; reading there fails.
func (p *pack) find(h hash) (int64, bool) {
	i, ok := p.search(h)
	if !ok {
		return 0, false
	}
	v := binary.BigEndian.Uint32(p.offsets[4*i:])
	if v&(1<<31) == 0 {
		return int64(v), true
	}
	j := int64(v &^ (1 << 31))
	if j >= int64(len(p.large)/8) {
		return -1, true
	}
	return int64(binary.BigEndian.Uint64(p.large[8*j:])), true
}

// search returns the first place whose name is not below h.
func (p *pack) search(h hash) (int, bool) {
	lo, hi := 0, int(p.fan[h[0]])
	if h[0] > 0 {
		lo = int(p.fan[h[0]-1])
	}
	i := lo + sort.Search(hi-lo, func(i int) bool { return bytes.Compare(p.at(lo+i), h[:]) >= 0 })
	return i, i < hi && bytes.Equal(p.at(i), h[:])
}

func (p *pack) at(i int) []byte { return p.names[20*i : 20*i+20] }

// withPrefix appends the names that begin with the digits, at most some hundred.
func (p *pack) withPrefix(out []hash, low hash, digits string) []hash {
	for i, _ := p.search(low); i < int(p.fan[255]) && len(out) < 512; i++ {
		h := hash(p.at(i))
		if !strings.HasPrefix(h.String(), digits) {
			break
		}
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// Kinds of entries that packs have beside the four kinds of objects.
const (
	offsetDelta kind = 6
	nameDelta   kind = 7
)

// entry is the head of an object in a pack.
type entry struct {
	kind kind
	size int64 // uncompressed
	data int64 // where the compressed content begins
	base int64 // where the object begins that a delta changes
}

// entry reads the head of the object at offset at.
func (p *pack) entry(at int64) (entry, error) {
	var b [48]byte
	if at < 12 || at >= p.size {
		return entry{}, fmt.Errorf("%w: it lies outside the pack", errCorrupt)
	}
	n, err := p.data.ReadAt(b[:], at)
	if err != nil && err != io.EOF {
		return entry{}, err
	}
	size, i := int64(b[0]&15), 1
	for shift := 4; b[i-1]&0x80 != 0; shift += 7 {
		if shift > 53 {
			return entry{}, fmt.Errorf("%w: its size is absurd", errCorrupt)
		}
		size |= int64(b[i]&0x7f) << shift
		i++
	}
	e := entry{kind: kind(b[0] >> 4 & 7), size: size}
	switch e.kind {
	case commitKind, treeKind, blobKind, tagKind:
	case offsetDelta:
		var back int64
		if back, i = distance(b[:], i); back <= 0 || back > at-12 {
			return entry{}, fmt.Errorf("%w: its base lies outside the pack", errCorrupt)
		}
		e.base = at - back
	case nameDelta:
		var ok bool
		if e.base, ok = p.find(hash(b[i : i+20])); !ok {
			return entry{}, fmt.Errorf("%w: its base is not in the pack", errCorrupt)
		}
		i += 20
	default:
		return entry{}, fmt.Errorf("%w: its kind is unknown", errCorrupt)
	}
	if i > n {
		return entry{}, fmt.Errorf("%w: it is cut off", errCorrupt)
	}
	e.data = at + int64(i)
	return e, nil
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
