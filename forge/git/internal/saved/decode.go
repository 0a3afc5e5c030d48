package saved

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"time"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// cursor reads what encoder wrote. After the first thing that is wrong it is bad,
// and all that it still returns is zero.
type cursor struct {
	rest []byte
	bad  bool
}

func (c *cursor) fail() { c.rest, c.bad = nil, true }

// record reads a whole record into an empty one. Numbers of names and identities lead
// into the tables.
func (c *cursor) record(r *Record, names []string, actors []model.Identity) {
	flags, more := c.flags()
	r.Signed, r.Facts = flags&isSigned != 0, Facts(more&allFacts)
	c.graph(flags, &r.Graph)
	r.Authored = c.time(r.Graph.Committed)
	r.Committed = c.time(r.Graph.Committed)
	r.Subject = c.text()
	if more&hasReferences != 0 {
		r.ChangeID, r.Picked, r.Reverts = c.text(), c.texts(), c.texts()
	}
	r.Acts = c.acts(names, actors)
	if flags&hasFiles != 0 {
		r.Files = c.files(flags, more, names)
	}
	if more&hasRoleChanges != 0 {
		r.RoleChanges = c.roleChanges(names)
	}
	if len(c.rest) > 0 || !r.holds() {
		c.fail()
	}
}

func (c *cursor) flags() (flags, more byte) {
	if len(c.rest) < 2 {
		c.fail()
		return 0, 0
	}
	flags, more = c.rest[0], c.rest[1]
	c.rest = c.rest[2:]
	return flags, more
}

// graph reads what a walk needs. It appends the parents to those that g has.
func (c *cursor) graph(flags byte, g *Graph) {
	g.Tree = c.hash()
	if n := c.count(len(parse.Hash{})); n > 0 {
		if g.Parents == nil {
			g.Parents = make([]parse.Hash, 0, n)
		}
		for range n {
			g.Parents = append(g.Parents, c.hash())
		}
	}
	if g.Committed = int64(c.uvarint()); !writable(g.Committed, 0) {
		c.fail()
	}
	for _, k := range [...]struct {
		flag byte
		to   *uint64
	}{{hasAuthor, &g.Keys.Author}, {hasChange, &g.Keys.Change}, {hasSubject, &g.Keys.Subject}, {hasReverts, &g.Keys.Reverts}} {
		if flags&k.flag != 0 {
			*k.to = c.fixed()
		}
	}
}

func (c *cursor) time(from int64) time.Time {
	code := c.uvarint()
	if code == 1 || c.bad {
		return time.Time{}
	}
	delta, n := binary.Varint(c.rest)
	if n <= 0 {
		c.fail()
		return time.Time{}
	}
	c.rest = c.rest[n:]
	seconds, zone := from+delta, 0
	if code > 1 {
		zone = unsigned(code - 1)
	}
	switch {
	case !writable(seconds, zone):
		c.fail()
		return time.Time{}
	case zone == 0:
		return time.Unix(seconds, 0).UTC()
	}
	return time.Unix(seconds, 0).In(time.FixedZone("", zone))
}

// whole is what a record's files consist of, so that they cost one allocation.
type whole struct {
	files model.Files
	lines model.Lines
	patch model.Patch
}

func (c *cursor) files(flags, more byte, names []string) *model.Files {
	w := &whole{}
	f := &w.files
	f.Touched, f.Upkeep = c.number(), c.number()
	if n := c.count(6); n > 0 {
		f.Churn = make([]model.Churn, n)
		for i := range f.Churn {
			f.Churn[i] = model.Churn{Class: model.Class(c.name(names)), Files: c.number(), Space: c.number(), Comment: c.number(), Lines: c.lines()}
		}
	}
	if flags&hasLines != 0 {
		w.lines = c.lines()
		f.Lines = &w.lines
	}
	if flags&hasPatch != 0 {
		c.patch(&w.patch, more&hasPatchID != 0)
		f.Patch = &w.patch
	}
	return f
}

func (c *cursor) lines() model.Lines { return model.Lines{Added: c.number(), Deleted: c.number()} }

func (c *cursor) patch(p *model.Patch, named bool) {
	if named {
		var id [48]byte
		hex.Encode(id[:], c.take(24))
		if p.ID = string(id[:32]); string(id[32:]) != nowhere {
			p.Place = string(id[32:])
		}
	}
	p.Size = c.number()
	n := c.count(8)
	if n > model.SketchSize {
		c.fail()
		return
	}
	if n == 0 {
		return
	}
	p.Sketch = make(model.Sketch, n)
	b := c.take(8 * n)
	for i := range p.Sketch {
		p.Sketch[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	if !sorted(p.Sketch) {
		c.fail()
	}
}

func (c *cursor) acts(names []string, actors []model.Identity) []Act {
	n := c.count(2)
	if n == 0 {
		return nil
	}
	acts := make([]Act, n)
	for i := range acts {
		role, actor := c.index(len(names)), c.index(len(actors))
		if c.bad {
			return nil
		}
		a := &acts[i] // filled where it is, for an identity is worth no copy more
		a.Role, a.Actor = model.Role(names[role]), actors[actor]
	}
	return acts
}

func (c *cursor) roleChanges(names []string) []RoleChange {
	n := c.count(2 + len(parse.Hash{}))
	if n == 0 {
		c.fail() // then the flag would not be there
		return nil
	}
	changes := make([]RoleChange, n)
	for i := range changes {
		path, mode := c.name(names), c.uvarint()
		if mode > math.MaxUint32 {
			c.fail()
		}
		changes[i] = RoleChange{path, uint32(mode), c.hash()}
	}
	return changes
}

// tables reads names, identities and tips, which must be all that there is.
func (c *cursor) tables() (names []string, actors []model.Identity, tips []model.Tip) {
	names = c.texts()
	if n := c.count(4); n > 0 {
		actors = make([]model.Identity, n)
		for i := range actors {
			actors[i] = model.Identity{Name: c.text(), Mail: c.text(), Account: c.text(), Login: c.text()}
		}
	}
	if n := c.count(2); n > 0 {
		tips = make([]model.Tip, n)
		for i := range tips {
			tips[i] = model.Tip{Branch: c.text(), Commit: c.text()}
		}
	}
	if len(c.rest) > 0 {
		c.fail()
	}
	return names, actors, tips
}

// index reads a place in a list of some length; it is good only if the cursor is.
func (c *cursor) index(length int) int {
	n := c.uvarint()
	if n >= uint64(length) {
		c.fail()
		return 0
	}
	return int(n)
}

// name reads the number of a name.
func (c *cursor) name(names []string) string {
	n := c.index(len(names))
	if c.bad {
		return ""
	}
	return names[n]
}

// count reads how many things follow that take some bytes each. What cannot follow,
// for there are not so many bytes left, is not believed, so it may be allocated.
func (c *cursor) count(each int) int {
	n := c.uvarint()
	if n > uint64(len(c.rest)/each) {
		c.fail()
		return 0
	}
	return int(n)
}

// number reads a number that stands for itself.
func (c *cursor) number() int {
	n := c.uvarint()
	if n > math.MaxInt {
		c.fail()
		return 0
	}
	return int(n)
}

func (c *cursor) text() string { return string(c.take(c.count(1))) }

func (c *cursor) texts() []string {
	n := c.count(1)
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = c.text()
	}
	return list
}

func (c *cursor) uvarint() uint64 {
	if len(c.rest) > 0 && c.rest[0] < 0x80 { // most by far
		v := c.rest[0]
		c.rest = c.rest[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(c.rest)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.rest = c.rest[n:]
	return v
}

func (c *cursor) fixed() uint64 {
	b := c.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func (c *cursor) hash() (h parse.Hash) {
	copy(h[:], c.take(len(h)))
	return h
}

// take returns the next n bytes, nil where there are not so many.
func (c *cursor) take(n int) []byte {
	if n > len(c.rest) {
		c.fail()
		return nil
	}
	b := c.rest[:n:n]
	c.rest = c.rest[n:]
	return b
}
