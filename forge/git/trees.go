package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"github.com/tributary-oss/tributary/forge/git/internal/object"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// hash is the name of an object.
type hash = parse.Hash

// Modes of tree entries, as git stores them.
const (
	modeKind   = 0o170000
	modeFolder = 0o040000
	modeFile   = 0o100000
	modeLink   = 0o120000
	modeModule = 0o160000
)

// side is a file before or after a change; the zero side is no file.
type side struct {
	mode uint32
	id   hash
}

func (s side) folder() bool { return s.kind() == modeFolder }

// kind returns the mode without its permissions.
func (s side) kind() uint32 { return s.mode & modeKind }

// change is a file that differs between two trees.
type change struct {
	path     string
	old, new side
}

// Bounds of one comparison of trees. A few forged trees that hold each other can
// name more files than any disk holds.
const (
	mostEntries = 4_000_000
	mostChanges = 1_000_000
	mostDepth   = 1_000
	mostPaths   = 64 << 20 // bytes of all paths
	mostPath    = 4 << 10  // bytes of one, as on Linux
)

// differ compares trees. It opens only folders that differ, and reads no files.
type differ struct {
	read    *object.Reader
	wanted  func(path string, folder bool) bool // nil: everything
	changes []change
	unknown int // folders that are absent or unreadable
	budget  int // entries that may still be looked at
	most    int // bytes of folders that may be open at once; 0 is no bound
	open    int // bytes of those that are
	paths   int // bytes of paths that may still be made
}

// diff fills changes with the files that differ between two trees, in the order
// of the trees. A zero hash is the empty tree. Only the end of ctx is an error:
// what cannot be read is counted in unknown.
func (d *differ) diff(ctx context.Context, old, new hash) error {
	if cap(d.changes) > commitWaiting {
		d.changes = nil // once there were many
	}
	d.changes, d.unknown, d.budget, d.open, d.paths = d.changes[:0], 0, mostEntries, 0, mostPaths
	err := d.folder(ctx, "", old, new, 0)
	d.read.Release()
	if err == errTooMuch {
		d.unknown++ // all that was not looked at
		return nil
	}
	return err
}

var errTooMuch = errors.New("more files than can be compared")

// folder compares two versions of a folder side by side. What both have at the
// same place is passed over as bytes: most commits change one entry of hundreds.
func (d *differ) folder(ctx context.Context, prefix string, old, new hash, depth int) error {
	if old == new {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth >= mostDepth || d.budget < 0 || len(d.changes) >= mostChanges {
		return errTooMuch
	}
	a, errA := d.tree(old)
	b, errB := d.tree(new)
	if errA != nil || errB != nil {
		d.unknown++
		return nil
	}
	if d.open += len(a) + len(b); d.most > 0 && d.open > d.most {
		return errTooMuch
	}
	defer func() { d.open -= len(a) + len(b) }()
	x, y := cursor{rest: a}, cursor{rest: b}
	c := 0 // which of them was used up: the lower one, or with 0 both
	for {
		if c == 0 {
			n := sameEntries(x.rest, y.rest)
			x.rest, y.rest = x.rest[n:], y.rest[n:]
			d.budget -= n / 64
		}
		okX, okY := c > 0 || x.next(), c < 0 || y.next()
		if !okX || !okY {
			d.unknown++ // the rest of a broken tree
			return nil
		}
		if x.end && y.end {
			return nil
		}
		d.budget--
		var err error
		switch c = compare(x, y); {
		case c < 0:
			err = d.entry(ctx, prefix, x.entry, parse.Entry{}, depth)
		case c > 0:
			err = d.entry(ctx, prefix, parse.Entry{}, y.entry, depth)
		case x.entry.Hash != y.entry.Hash || x.entry.Mode != y.entry.Mode:
			err = d.entry(ctx, prefix, x.entry, y.entry, depth)
		}
		if err != nil {
			return err
		}
	}
}

// sameEntries returns the length of the whole entries that two trees begin with.
func sameEntries(a, b []byte) int {
	same := equalHead(a, b)
	if same == len(a) && same == len(b) {
		return same
	}
	end := 0
	for {
		i := bytes.IndexByte(a[end:same], 0)
		if i < 0 || end+i+1+len(hash{}) > same {
			return end
		}
		end += i + 1 + len(hash{})
	}
}

// equalHead returns how many bytes a and b begin with in common. It looks at whole
// blocks first, which processors compare many bytes at a time.
func equalHead(a, b []byte) int {
	n, i := min(len(a), len(b)), 0
	for i+64 <= n && bytes.Equal(a[i:i+64], b[i:i+64]) {
		i += 64
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// cursor stands on one entry of a tree.
type cursor struct {
	entry parse.Entry
	rest  []byte
	end   bool
}

// next moves on; false where the tree is broken.
func (c *cursor) next() bool {
	if c.end = len(c.rest) == 0; c.end {
		return true
	}
	var err error
	c.entry, c.rest, err = parse.NextEntry(c.rest)
	return err == nil
}

// entry notes a difference, or looks into the folder that differs.
func (d *differ) entry(ctx context.Context, prefix string, x, y parse.Entry, depth int) error {
	name := x.Name
	if name == nil {
		name = y.Name
	}
	old, new := side{x.Mode, x.Hash}, side{y.Mode, y.Hash}
	if len(prefix)+len(name) > mostPath {
		d.unknown++ // no disk has it
		return nil
	}
	if d.paths -= len(prefix) + len(name); d.paths < 0 {
		return errTooMuch
	}
	path := prefix + string(name)
	folder := old.folder() || new.folder()
	if d.wanted != nil && !d.wanted(path, folder) {
		return nil
	}
	if folder {
		return d.folder(ctx, path+"/", old.id, new.id, depth+1)
	}
	d.changes = append(d.changes, change{path, old, new})
	return nil
}

// compare orders the entries of two trees as git does: a folder as if its name
// ended in a slash, and the end behind everything. A file and a folder of one name
// are two things.
func compare(a, b cursor) int {
	if a.end {
		return 1
	}
	if b.end {
		return -1
	}
	x, y := a.entry, b.entry
	fx, fy := side{mode: x.Mode}.folder(), side{mode: y.Mode}.folder()
	if fx == fy && bytes.Equal(x.Name, y.Name) {
		return 0
	}
	n := min(len(x.Name), len(y.Name))
	if c := bytes.Compare(x.Name[:n], y.Name[:n]); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(ending(x.Name, n, fx), ending(y.Name, n, fy)), bytes.Compare(x.Name, y.Name))
}

// ending returns the byte of a name at n, where a folder's name ends in a slash.
func ending(name []byte, n int, folder bool) byte {
	switch {
	case n < len(name):
		return name[n]
	case folder:
		return '/'
	}
	return 0
}

// tree returns the content of a tree; the zero hash is the empty one.
func (d *differ) tree(h hash) ([]byte, error) {
	if h == (hash{}) {
		return nil, nil
	}
	return d.read.ReadKind(h, object.Tree)
}

// top returns the entry of a name in a tree, the zero side where it is not there.
func (d *differ) top(tree hash, name string) (side, error) {
	b, err := d.tree(tree)
	if err != nil {
		return side{}, err
	}
	for e, err := range parse.TreeEntries(b) {
		if err != nil || string(e.Name) == name {
			return side{e.Mode, e.Hash}, err
		}
	}
	return side{}, nil
}

// dropMoves removes the pairs of changes that only move a file: the same content
// deleted in one place and added in another, one to one. Empty files move nothing.
func (d *differ) dropMoves() {
	type content struct {
		id   hash
		kind uint32 // links and submodules move only as what they are
	}
	key := func(s side) content {
		if s.mode&modeKind == modeFile {
			return content{s.id, modeFile}
		}
		return content{s.id, s.mode}
	}
	deleted := map[content][]int{}
	for i, c := range d.changes {
		if c.new.mode == 0 && c.old.id != emptyBlob {
			deleted[key(c.old)] = append(deleted[key(c.old)], i)
		}
	}
	if len(deleted) == 0 {
		return
	}
	dropped := map[int]bool{}
	for i, c := range d.changes {
		if from := deleted[key(c.new)]; c.old.mode == 0 && len(from) > 0 {
			dropped[i], dropped[from[0]] = true, true
			deleted[key(c.new)] = from[1:]
		}
	}
	if len(dropped) == 0 {
		return
	}
	rest := d.changes[:0]
	for i, c := range d.changes {
		if !dropped[i] {
			rest = append(rest, c)
		}
	}
	d.changes = rest
}

// emptyBlob is the name of the empty file.
var emptyBlob = hash{0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b,
	0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91}

// text returns a file's content as git compares it: of a link its target, of a
// submodule a line that names its commit, of no file nothing.
func text(read *object.Reader, s side) ([]byte, error) {
	switch s.kind() {
	case 0:
		return nil, nil
	case modeModule:
		return []byte("Subproject commit " + s.id.String() + "\n"), nil
	case modeFile, modeLink:
		return read.ReadKind(s.id, object.Blob)
	}
	return nil, errors.New("an entry of unknown mode")
}
