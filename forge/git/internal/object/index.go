package object

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

var (
	errSHA256  = errors.New("its objects are named by SHA-256, which is not supported; only SHA-1 repositories can be mined")
	errVersion = errors.New("its version is unknown")
)

// names is a sorted list of object names, with a table of how many begin with each
// byte or a smaller one. All lie in the mapped index.
type names struct {
	fan  [256]uint32
	list []byte
	step int // bytes from name to name
	skip int // bytes before the first
}

// readFan reads the table; what it says is the length of the list.
func (n *names) readFan(b []byte) error {
	for i := range n.fan {
		n.fan[i] = binary.BigEndian.Uint32(b[4*i:])
		if i > 0 && n.fan[i] < n.fan[i-1] {
			return errors.New("its table is not sorted")
		}
	}
	return nil
}

func (n *names) count() int { return int(n.fan[255]) }

func (n *names) at(i int) []byte {
	i = i*n.step + n.skip
	return n.list[i : i+20 : i+20]
}

// search returns the first place whose name is not below h, and whether it is h.
func (n *names) search(h Hash) (int, bool) {
	lo, hi := 0, int(n.fan[h[0]])
	if h[0] > 0 {
		lo = int(n.fan[h[0]-1])
	}
	i := parse.Search(n.list[n.skip:], n.step, lo, hi, h)
	return i, i < hi && bytes.Equal(n.at(i), h[:])
}

// withPrefix appends the names that begin with the digits, at most some hundred.
func (n *names) withPrefix(out []Hash, low Hash, digits string) []Hash {
	i, _ := n.search(low)
	for end := min(n.count(), i+mostNames); i < end; i++ {
		h := Hash(n.at(i))
		if !strings.HasPrefix(h.String(), digits) {
			break
		}
		out = append(out, h)
	}
	return out
}

// index says where in a pack its objects begin.
type index struct {
	names
	offsets []byte
	stride  int    // bytes from offset to offset
	large   []byte // offsets beyond 2 GiB, 8 bytes each; version 2 only
	wide    bool   // whether offsets may lead into large
	pack    []byte // the checksum that the pack ends with
}

const fanBytes = 256 * 4

// parseIndex reads an index of version 1 or 2 and checks all that is cheap to check:
// its checksum, its table and its length. The names of the list are not looked at;
// where they are not sorted some are not found.
func parseIndex(b []byte) (*index, error) {
	if len(b) < fanBytes+40 {
		return nil, errors.New("it is cut off")
	}
	magic := bytes.HasPrefix(b, []byte("\xfftOc"))
	version := binary.BigEndian.Uint32(b[4:])
	if magic && version != 2 {
		return nil, fmt.Errorf("%w: %d", errVersion, version)
	}
	if sum := sha1.Sum(b[:len(b)-20]); !bytes.Equal(sum[:], b[len(b)-20:]) {
		if sum := sha256.Sum256(b[:len(b)-32]); bytes.Equal(sum[:], b[len(b)-32:]) {
			return nil, errSHA256
		}
		return nil, errors.New("its checksum is wrong")
	}
	i, body := &index{pack: b[len(b)-40 : len(b)-20]}, b[:len(b)-40]
	if magic {
		return i, i.version2(body)
	}
	return i, i.version1(body)
}

// version1 reads a table and, for each object, four bytes of offset and its name.
func (i *index) version1(b []byte) error {
	if err := i.readFan(b); err != nil {
		return err
	}
	b = b[fanBytes:]
	if int64(len(b)) != int64(i.count())*24 {
		return errors.New("its length is wrong")
	}
	i.list, i.step, i.skip = b, 24, 4
	i.offsets, i.stride = b, 24
	return nil
}

// version2 reads a table, all names, all checksums, all offsets, and the offsets
// that need eight bytes.
func (i *index) version2(b []byte) error {
	if len(b) < 8+fanBytes {
		return errors.New("it is cut off")
	}
	if err := i.readFan(b[8:]); err != nil {
		return err
	}
	b = b[8+fanBytes:]
	n := int64(i.count())
	if rest := int64(len(b)) - n*28; rest < 0 || rest%8 != 0 {
		return errors.New("its length is wrong")
	}
	i.list, i.step = b[:n*20], 20
	i.offsets, i.stride, i.large, i.wide = b[n*24:n*28], 4, b[n*28:], true
	return nil
}

// find returns where an object begins. An offset outside the pack is returned as
// it is; reading there fails.
func (i *index) find(h Hash) (int64, bool) {
	n, ok := i.search(h)
	if !ok {
		return 0, false
	}
	return offset(binary.BigEndian.Uint32(i.offsets[n*i.stride:]), i.large, i.wide), true
}

// offset returns an offset that stands in four bytes, or among the large ones;
// -1 where it should, but does not.
func offset(v uint32, large []byte, wide bool) int64 {
	if v&(1<<31) == 0 || !wide {
		return int64(v)
	}
	j := int64(v &^ (1 << 31))
	if j >= int64(len(large)/8) {
		return -1
	}
	return int64(binary.BigEndian.Uint64(large[8*j:]))
}
