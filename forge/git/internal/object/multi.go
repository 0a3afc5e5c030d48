package object

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// multi is a multi-pack-index: one list of the objects of many packs.
type multi struct {
	names
	packs   []string // names of the indexes of the packs
	first   int      // the number of its first pack in the store
	offsets []byte   // for each object the pack and the offset, four bytes each
	large   []byte
	wide    bool
}

func (s *Store) openMulti(name string) (m *multi, err error) {
	defer s.caught(&err)
	b, err := s.whole(name)
	if err != nil {
		return nil, err
	}
	return parseMulti(b)
}

// parseMulti reads a multi-pack-index of version 1 and checks all that is cheap to
// check. It ends with its checksum, as indexes do.
func parseMulti(b []byte) (*multi, error) {
	const head, tail = 12, 20
	if len(b) < head+tail || string(b[:4]) != "MIDX" {
		return nil, errors.New("it does not begin as a multi-pack-index")
	}
	switch {
	case b[4] != 1:
		return nil, fmt.Errorf("%w: %d", errVersion, b[4])
	case b[5] == 2:
		return nil, errSHA256
	case b[5] != 1 || b[7] != 0:
		return nil, errors.New("it is of an unknown sort")
	}
	if sum := sha1.Sum(b[:len(b)-tail]); !bytes.Equal(sum[:], b[len(b)-tail:]) {
		return nil, errors.New("its checksum is wrong")
	}
	part, err := chunks(b[:len(b)-tail], head, int(b[6]))
	if err != nil {
		return nil, err
	}
	m := &multi{}
	if m.packs, err = packNames(part["PNAM"], int64(binary.BigEndian.Uint32(b[8:]))); err != nil {
		return nil, err
	}
	if len(part["OIDF"]) != fanBytes {
		return nil, errors.New("its table is missing")
	}
	if err := m.readFan(part["OIDF"]); err != nil {
		return nil, err
	}
	m.list, m.step, m.offsets = part["OIDL"], 20, part["OOFF"]
	if n := int64(m.count()); int64(len(m.list)) != n*20 || int64(len(m.offsets)) != n*8 {
		return nil, errors.New("its length is wrong")
	}
	m.large, m.wide = part["LOFF"]
	return m, nil
}

// chunks reads the table of contents that begins at an offset: a name of four bytes
// and where it begins for each part, in the order of the file, and where the last ends.
func chunks(b []byte, at, count int) (map[string][]byte, error) {
	out := map[string][]byte{}
	rows := at + 12*(count+1)
	if rows > len(b) {
		return nil, errors.New("it is cut off")
	}
	from := uint64(rows)
	for i := range count {
		name, row := string(b[at+12*i:][:4]), b[at+12*i+4:]
		start, end := binary.BigEndian.Uint64(row), binary.BigEndian.Uint64(row[12:])
		if _, twice := out[name]; twice || start < from || end < start || end > uint64(len(b)) {
			return nil, errors.New("its table of contents is wrong")
		}
		out[name], from = b[start:end], end
	}
	return out, nil
}

// packNames reads the names, sorted, that end with a zero byte each.
func packNames(b []byte, count int64) (out []string, err error) {
	last := ""
	for range count {
		name, rest, ok := bytes.Cut(b, []byte{0})
		s := string(name)
		if !ok || len(s) < 5 || !strings.HasSuffix(s, ".idx") || s[0] == '.' || strings.ContainsAny(s, `/\:`) || s <= last {
			return nil, errors.New("the name of a pack is wrong")
		}
		out, b, last = append(out, s), rest, s
	}
	return out, nil
}

// find returns where an object lies. An offset outside the pack is returned as it
// is, and one in a pack that is not there as -1; reading there fails.
func (m *multi) find(h Hash) (place, bool) {
	n, ok := m.search(h)
	if !ok || len(m.packs) == 0 {
		return place{}, false
	}
	row := m.offsets[8*n:]
	pack := binary.BigEndian.Uint32(row)
	if int64(pack) >= int64(len(m.packs)) {
		return place{m.first, -1}, true
	}
	return place{m.first + int(pack), offset(binary.BigEndian.Uint32(row[4:]), m.large, m.wide)}, true
}
