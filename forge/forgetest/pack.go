package forgetest

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/hash"
)

// writePack writes all objects into one pack with its index. For 2,000 commits
// that takes 0.4 s, where the library's packer takes 1.2 s, as it reads its own
// pack again to index it, finding deltas 4.8 s, and loose files 4.9 s.
func (h *history) writePack(dir string) error {
	if len(h.order) == 0 {
		return nil
	}
	pack, index, err := h.pack()
	if err != nil {
		return err
	}
	var idx bytes.Buffer
	if _, err := idxfile.NewEncoder(&idx).Encode(index); err != nil {
		return err
	}
	base := filepath.Join(dir, "pack-"+plumbing.Hash(index.PackfileChecksum).String())
	if err := os.WriteFile(base+".pack", pack, 0o444); err != nil {
		return err
	}
	return os.WriteFile(base+".idx", idx.Bytes(), 0o444)
}

// pack returns a pack of version 2, without deltas, and its index.
func (h *history) pack() ([]byte, *idxfile.MemoryIndex, error) {
	var b bytes.Buffer
	var index idxfile.Writer
	b.Grow(h.bytes / 2)
	b.WriteString("PACK")
	count := uint32(len(h.order))
	b.Write(binary.BigEndian.AppendUint32([]byte{0, 0, 0, 2}, count))
	if err := index.OnHeader(count); err != nil {
		return nil, nil, err
	}
	z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range h.order {
		start := b.Len()
		content := h.objects[o.id]
		b.Write(entryHeader(o.kind, len(content)))
		z.Reset(&b)
		if _, err := z.Write(content); err != nil {
			return nil, nil, err
		}
		if err := z.Close(); err != nil {
			return nil, nil, err
		}
		index.Add(o.id, uint64(start), crc32.ChecksumIEEE(b.Bytes()[start:]))
	}
	sum := hash.New(crypto.SHA1)
	sum.Write(b.Bytes())
	var checksum plumbing.Hash
	sum.Sum(checksum[:0])
	b.Write(checksum[:])
	if err := index.OnFooter(checksum); err != nil {
		return nil, nil, err
	}
	finished, err := index.Index()
	return b.Bytes(), finished, err
}

// entryHeader is the type and the length in groups of four and then seven bits,
// the lowest first.
func entryHeader(kind plumbing.ObjectType, size int) []byte {
	b := []byte{byte(kind)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		b[len(b)-1] |= 0x80
		b = append(b, byte(size&0x7f))
	}
	return b
}
