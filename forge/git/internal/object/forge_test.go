package object

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// compressed returns b as a zlib stream.
func compressed(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// entryOf writes an object of a pack, or a delta with what says its base.
func entryOf(k Kind, size int, base []byte, content []byte) []byte {
	return entryFrom(k, size, base, compressed(content))
}

func entryFrom(k Kind, size int, base []byte, stream []byte) []byte {
	out := []byte{byte(k)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		out[len(out)-1] |= 0x80
		out = append(out, byte(size&0x7f))
	}
	return slices.Concat(out, base, stream)
}

// back writes how far before an entry its base begins.
func back(n int) []byte {
	out := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		out = append([]byte{byte(n&0x7f) | 0x80}, out...)
	}
	return out
}

// varint writes a number of a delta.
func varint(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }

// deltaOf makes a delta that keeps head and tail of base, and puts text between.
func deltaOf(base []byte, head int, text string, tail int) []byte {
	out := slices.Concat(varint(len(base)), varint(head+len(text)+tail))
	copied := func(from, n int) {
		for ; n > 0; from, n = from+min(n, 0xffff), n-min(n, 0xffff) {
			var v [8]byte
			binary.LittleEndian.PutUint32(v[:], uint32(from))
			binary.LittleEndian.PutUint32(v[4:], uint32(min(n, 0xffff)))
			out = append(append(out, 0xbf), v[:6]...)
		}
	}
	copied(0, head)
	for rest := text; rest != ""; rest = rest[min(len(rest), 127):] {
		piece := rest[:min(len(rest), 127)]
		out = append(append(out, byte(len(piece))), piece...)
	}
	copied(len(base)-tail, tail)
	return out
}

// item is an object of a pack in the making.
type item struct {
	name Hash
	raw  []byte
	at   int
}

// forged is a pack in the making.
type forged struct {
	items []item
	end   int
}

func (p *forged) add(name Hash, raw []byte) *forged {
	if p.end == 0 {
		p.end = 12
	}
	p.items = append(p.items, item{name, raw, p.end})
	p.end += len(raw)
	return p
}

// pack returns the file; index the two versions of its index.
func (p *forged) pack() []byte {
	out := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(p.items)))
	for _, i := range p.items {
		out = append(out, i.raw...)
	}
	return sealed(out)
}

// sealed appends a file's checksum.
func sealed(b []byte) []byte {
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

func (p *forged) sorted() []item {
	out := slices.Clone(p.items)
	slices.SortStableFunc(out, func(a, b item) int { return bytes.Compare(a.name[:], b.name[:]) })
	return out
}

// fanOf returns the table of a sorted list.
func fanOf(items []item) (out []byte) {
	for first := range 256 {
		n := 0
		for n < len(items) && int(items[n].name[0]) <= first {
			n++
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	return out
}

// index returns an index of version 1, or of version 2 whose every other offset is
// among the large ones.
func (p *forged) index(version int) []byte {
	items := p.sorted()
	packed := p.pack()
	sum := packed[len(packed)-20:]
	out := fanOf(items)
	if version == 1 {
		for _, i := range items {
			out = append(binary.BigEndian.AppendUint32(out, uint32(i.at)), i.name[:]...)
		}
		return sealed(append(out, sum...))
	}
	out = append([]byte{0xff, 't', 'O', 'c', 0, 0, 0, byte(version)}, out...)
	for _, i := range items {
		out = append(out, i.name[:]...)
	}
	out = append(out, make([]byte, 4*len(items))...)
	var large []byte
	for n, i := range items {
		v := uint32(i.at)
		if n%2 == 1 {
			v = 1<<31 | uint32(len(large)/8)
			large = binary.BigEndian.AppendUint64(large, uint64(i.at))
		}
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return sealed(slices.Concat(out, large, sum))
}

// multiOf returns a multi-pack-index of packs by the names of their indexes, sorted.
// Of objects in several packs the copy in the last is named. Offsets are all large.
func multiOf(names []string, packs ...*forged) []byte {
	type copyAt struct {
		pack int
		item
	}
	byName := map[Hash]copyAt{}
	for n, p := range packs {
		for _, i := range p.items {
			byName[i.name] = copyAt{n, i}
		}
	}
	all := forged{}
	for _, c := range byName {
		all.items = append(all.items, c.item)
	}
	var pnam, oidl, ooff, loff []byte
	for _, n := range names {
		pnam = append(append(pnam, n...), 0)
	}
	items := all.sorted()
	for n, i := range items {
		oidl = append(oidl, i.name[:]...)
		ooff = binary.BigEndian.AppendUint32(ooff, uint32(byName[i.name].pack))
		ooff = binary.BigEndian.AppendUint32(ooff, 1<<31|uint32(n))
		loff = binary.BigEndian.AppendUint64(loff, uint64(i.at))
	}
	return multiFile(len(packs), []string{"PNAM", "OIDF", "OIDL", "OOFF", "LOFF"}, pnam, fanOf(items), oidl, ooff, loff)
}

// multiFile writes a multi-pack-index of chunks.
func multiFile(packs int, names []string, chunks ...[]byte) []byte {
	out := []byte{'M', 'I', 'D', 'X', 1, 1, byte(len(chunks)), 0}
	out = binary.BigEndian.AppendUint32(out, uint32(packs))
	at := len(out) + 12*(len(chunks)+1)
	for i, c := range chunks {
		out = binary.BigEndian.AppendUint64(append(out, names[i]...), uint64(at))
		at += len(c)
	}
	out = binary.BigEndian.AppendUint64(append(out, 0, 0, 0, 0), uint64(at))
	return sealed(append(out, bytes.Join(chunks, nil)...))
}

// folder is an object folder in the making.
type folder string

func newFolder(t testing.TB) folder { return folder(t.TempDir()) }

func (f folder) write(t testing.TB, name string, b []byte) {
	name = filepath.Join(string(f), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, b, 0o666))
}

// pack writes a pack and an index of a version.
func (f folder) pack(t testing.TB, name string, p *forged, version int) {
	f.write(t, "pack/"+name+".pack", p.pack())
	f.write(t, "pack/"+name+".idx", p.index(version))
}

// loose writes a loose object of any raw content.
func (f folder) loose(t testing.TB, h Hash, raw string) {
	name := h.String()
	f.write(t, name[:2]+"/"+name[2:], compressed([]byte(raw)))
}

func (f folder) open(t testing.TB, o *Options) *Store {
	s, err := Open(string(f), o)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// nameOf is a name that says nothing of the content: n in its first bytes.
func nameOf(n int) (h Hash) {
	binary.BigEndian.PutUint16(h[:], uint16(n))
	return h
}

func nameBytes(n int) []byte {
	h := nameOf(n)
	return h[:]
}

// forgePack returns a store of one pack with these entries, named 1, 2 and so on.
func forgePack(t testing.TB, entries ...[]byte) *Store {
	p := &forged{}
	for i, e := range entries {
		p.add(nameOf(i+1), e)
	}
	f := newFolder(t)
	f.pack(t, "pack-1", p, 2)
	return f.open(t, nil)
}

// allocated returns how many bytes f takes from the system.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// read returns what a fresh reader says.
func read(s *Store, n int) string {
	k, b, err := s.Reader(1 << 20).Read(nameOf(n))
	if err != nil {
		return "error: " + err.Error()
	}
	return fmt.Sprint(k, " ", string(b))
}
