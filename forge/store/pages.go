package store

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
	"os"

	"github.com/edsrzf/mmap-go"
)

// The form of bbolt's pages, version 2: a header of 16 bytes (number, kind, how many
// elements, how many pages more), then elements of 16 bytes, then keys and values. Numbers
// are in the order of bytes of the machine. The first two pages are for the root.
const (
	headerBytes  = 16
	elementBytes = 16
	bucketBytes  = 16
	metaBytes    = 64
	branchPage   = 1
	leafPage     = 2
	rootPage     = 4
	freePage     = 16
	boltMagic    = 0xED0CDAED
	boltVersion  = 2
	noPage       = 1<<64 - 1
	mostDepth    = 64 // pages and buckets above a page; 2 of a thousand each would be enough for any disk
)

// isDatabase says whether a file is bbolt's. A file that is cut off within its first
// bytes may have been.
func isDatabase(f io.ReaderAt) error {
	first := make([]byte, headerBytes+4)
	n, _ := f.ReadAt(first, 0)
	want := make([]byte, headerBytes+4)
	binary.NativeEndian.PutUint16(want[8:], rootPage)
	binary.NativeEndian.PutUint32(want[headerBytes:], boltMagic)
	if n < len(first) && bytes.Equal(first[:n], want[:n]) {
		return corrupt("it is cut off")
	}
	for at := int64(0); at <= 1<<24; at = max(2*at, 1024) { // the second page, whatever the size of the first
		if n, _ := f.ReadAt(first[:4], at+headerBytes); n == 4 && binary.NativeEndian.Uint32(first) == boltMagic {
			return nil
		}
	}
	return ErrForeign
}

// checkFile checks the pages of an open file.
func checkFile(f *os.File) error {
	data, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return err
	}
	err = checkPages(data)
	if e := data.Unmap(); err == nil {
		err = e
	}
	return err
}

// pages are those of a file that are being walked through.
type pages struct {
	data  []byte
	size  uint64 // of a page
	count uint64 // all pages that may be used
	seen  []uint64
}

// checkPages goes through all pages that bbolt could reach from its root, and makes
// sure that none is reached twice, that all lies within its page, and that keys are in order.
// Both roots must be good: bbolt would take the older one in silence, and a
// commit that was done would be undone.
func checkPages(data []byte) error {
	p := &pages{data: data}
	newest, err := p.roots()
	if err != nil {
		return err
	}
	p.seen = make([]uint64, p.count/64+1)
	if err := p.tree(binary.NativeEndian.Uint64(newest[16:]), nil, nil, 0); err != nil {
		return err
	}
	if free := binary.NativeEndian.Uint64(newest[32:]); free != noPage {
		return p.free(free)
	}
	return nil
}

// roots checks both roots and returns the newer one.
func (p *pages) roots() (newest []byte, err error) {
	var roots [2][]byte
	for i := range roots {
		at := uint64(i) * p.size
		if uint64(len(p.data)) < at+headerBytes+metaBytes {
			return nil, corrupt("it is cut off")
		}
		m := p.data[at+headerBytes:][:metaBytes]
		sum := fnv.New64a()
		sum.Write(m[:metaBytes-8])
		size := uint64(binary.NativeEndian.Uint32(m[8:]))
		switch {
		case binary.NativeEndian.Uint32(m) != boltMagic, binary.NativeEndian.Uint64(m[metaBytes-8:]) != sum.Sum64():
			return nil, corrupt("one of its roots is wrong")
		case binary.NativeEndian.Uint32(m[4:]) != boltVersion:
			return nil, ErrVersion
		case size < 1024 || size > 1<<24 || size&(size-1) != 0 || i > 0 && size != p.size:
			return nil, corrupt("the size of its pages is wrong")
		}
		roots[i], p.size = m, size
	}
	newest = roots[0]
	if binary.NativeEndian.Uint64(roots[1][48:]) > binary.NativeEndian.Uint64(newest[48:]) {
		newest = roots[1]
	}
	if p.count = binary.NativeEndian.Uint64(newest[40:]); p.count > uint64(len(p.data))/p.size {
		return nil, corrupt("it is cut off")
	}
	return newest, nil
}

// page returns a page with all that belongs to it, and its kind and number of
// elements. Nothing else may lead to it.
func (p *pages) page(id uint64) (page []byte, kind uint16, n int, err error) {
	if id < 2 || id >= p.count {
		return nil, 0, 0, corrupt("page %d is not there", id)
	}
	page = p.data[id*p.size:]
	more := uint64(binary.NativeEndian.Uint32(page[12:]))
	if binary.NativeEndian.Uint64(page) != id || id+more >= p.count {
		return nil, 0, 0, corrupt("page %d is wrong", id)
	}
	for i := id; i <= id+more; i++ {
		if p.seen[i/64]&(1<<(i%64)) != 0 {
			return nil, 0, 0, corrupt("page %d is used twice", i)
		}
		p.seen[i/64] |= 1 << (i % 64)
	}
	return page[:(more+1)*p.size], binary.NativeEndian.Uint16(page[8:]), int(binary.NativeEndian.Uint16(page[10:])), nil
}

// tree checks a page and those below it. Its keys must be in [low, high), as far as
// these are stated.
func (p *pages) tree(id uint64, low, high []byte, depth int) error {
	page, kind, n, err := p.page(id)
	switch {
	case err != nil:
		return err
	case depth > mostDepth:
		return corrupt("it is too deep")
	case kind == branchPage && n > 0:
		return p.branch(page, n, low, high, depth)
	case kind == leafPage:
		return p.leaf(page, n, low, high, depth)
	}
	return corrupt("page %d is of a wrong kind", id)
}

func (p *pages) branch(page []byte, n int, low, high []byte, depth int) error {
	for i := range n {
		at := headerBytes + i*elementBytes
		key, ok := part(page, n, i, 0, 4)
		if !ok || !ordered(low, key, high, i > 0) {
			return corrupt("a key is wrong")
		}
		end := high
		if i+1 < n {
			if end, ok = part(page, n, i+1, 0, 4); !ok {
				return corrupt("a key is wrong")
			}
		}
		if err := p.tree(binary.NativeEndian.Uint64(page[at+8:]), key, end, depth+1); err != nil {
			return err
		}
		low = key
	}
	return nil
}

func (p *pages) leaf(page []byte, n int, low, high []byte, depth int) error {
	for i := range n {
		key, ok := part(page, n, i, 4, 8)
		if !ok || !ordered(low, key, high, i > 0) {
			return corrupt("a key is wrong")
		}
		low = key
		at := headerBytes + i*elementBytes
		value, ok := value(page, at)
		flags := binary.NativeEndian.Uint32(page[at:])
		if !ok || flags > 1 {
			return corrupt("a value is wrong")
		}
		if flags == 1 {
			if err := p.bucket(value, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket checks a bucket, whose pages are elsewhere unless it is so small that its only
// page is a part of the value.
func (p *pages) bucket(value []byte, depth int) error {
	if len(value) < bucketBytes || depth < 0 {
		return corrupt("a bucket is wrong")
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return p.tree(root, nil, nil, depth+1)
	}
	page := value[bucketBytes:]
	if len(page) < headerBytes || binary.NativeEndian.Uint16(page[8:]) != leafPage {
		return corrupt("a bucket is wrong")
	}
	return p.leaf(page, int(binary.NativeEndian.Uint16(page[10:])), nil, nil, -1) // no buckets in such a one
}

// part returns the key of element i of n, whose place and length stand in the element.
func part(page []byte, n, i, place, length int) (key []byte, ok bool) {
	at := headerBytes + i*elementBytes
	if at+elementBytes > len(page) {
		return nil, false
	}
	from := uint64(at) + uint64(binary.NativeEndian.Uint32(page[at+place:]))
	size := uint64(binary.NativeEndian.Uint32(page[at+length:]))
	if size == 0 || from < uint64(headerBytes+n*elementBytes) || from+size > uint64(len(page)) {
		return nil, false
	}
	return page[from : from+size], true
}

// value returns the value of the leaf's element at a place whose key is good.
func value(page []byte, at int) (b []byte, ok bool) {
	from := uint64(at) + uint64(binary.NativeEndian.Uint32(page[at+4:])) + uint64(binary.NativeEndian.Uint32(page[at+8:]))
	size := uint64(binary.NativeEndian.Uint32(page[at+12:]))
	if from+size > uint64(len(page)) {
		return nil, false
	}
	return page[from : from+size], true
}

// ordered reports whether a key is in [low, high), and above low where that is the key
// before it.
func ordered(low, key, high []byte, above bool) bool {
	c := bytes.Compare(low, key)
	return (low == nil || c < 0 || c == 0 && !above) && (high == nil || bytes.Compare(key, high) < 0)
}

// free checks the list of free pages, which other versions and tools may write: what is
// in use must not stand in it.
func (p *pages) free(id uint64) error {
	page, kind, n, err := p.page(id)
	if err != nil {
		return err
	}
	ids := page[headerBytes:]
	count := uint64(n)
	if n == 0xffff {
		count, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if kind != freePage || count > uint64(len(ids)/8) {
		return corrupt("its list of free pages is wrong")
	}
	for i := range count {
		id := binary.NativeEndian.Uint64(ids[8*i:])
		if id < 2 || id >= p.count || p.seen[id/64]&(1<<(id%64)) != 0 {
			return corrupt("page %d is free and in use", id)
		}
		p.seen[id/64] |= 1 << (id % 64)
	}
	return nil
}
