package parse

import (
	"bytes"
	"errors"
	"iter"
)

// Entry is one line of a tree object.
type Entry struct {
	Mode uint32 // git's file mode, such as 0o100644
	Name []byte // never empty, without "/" and NUL; memory of the tree itself
	Hash Hash
}

var errEntry = errors.New("unreadable tree entry; check the repository with git fsck")

// TreeEntries yields the entries of a tree object in its order. An unreadable
// entry yields an error and ends the tree, because what follows cannot be found.
// Git's order and the uniqueness of names are the object's promise, not checked.
func TreeEntries(b []byte) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for len(b) > 0 {
			e, rest, err := NextEntry(b)
			if !yield(e, err) || err != nil {
				return
			}
			b = rest
		}
	}
}

// NextEntry reads the first entry of what is left of a tree object, and returns
// the rest. It is for walking two trees side by side. An empty rest is the end
// of the tree; asking for an entry of it is an error.
func NextEntry(b []byte) (e Entry, rest []byte, err error) {
	i := 0
	for ; i < len(b) && i < 8 && '0' <= b[i] && b[i] <= '7'; i++ {
		e.Mode = e.Mode<<3 | uint32(b[i]-'0')
	}
	if i == 0 || i >= 8 || i >= len(b) || b[i] != ' ' {
		return Entry{}, nil, errEntry
	}
	b = b[i+1:]
	n := bytes.IndexByte(b, 0)
	if n <= 0 || len(b)-n-1 < len(e.Hash) || bytes.IndexByte(b[:n], '/') >= 0 {
		return Entry{}, nil, errEntry
	}
	e.Name = b[:n:n]
	copy(e.Hash[:], b[n+1:])
	return e, b[n+1+len(e.Hash):], nil
}
