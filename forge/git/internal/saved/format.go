package saved

import (
	"encoding/binary"
	"fmt"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// The magic names the format; a later one has the same beginning and another number.
const (
	magicHead = "tributary-mined/"
	magic     = magicHead + "2\n"
)

const (
	fanBytes    = 256 * 4
	digestBytes = 32
	footerBytes = 8 + 8 + digestBytes
)

// header returns what a file of a version begins with.
func header(version string) []byte {
	b := binary.AppendUvarint([]byte(magic), uint64(len(version)))
	return append(b, version...)
}

// row is what the index has of one commit: its name, and where its record begins.
type row [len(parse.Hash{}) + 8]byte

func newRow(h parse.Hash, at int64) (r row) {
	copy(r[:], h[:])
	binary.LittleEndian.PutUint64(r[len(h):], uint64(at))
	return r
}

func (r *row) name() parse.Hash { return parse.Hash(r[:len(parse.Hash{})]) }

func (r *row) place() uint64 { return binary.LittleEndian.Uint64(r[len(parse.Hash{}):]) }

func wrap(doing, file string, err error) error {
	return fmt.Errorf("%s %s, which keeps what was mined: %w", doing, file, err)
}
