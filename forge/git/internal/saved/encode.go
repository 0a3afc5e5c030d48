package saved

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// encoder writes records. What cannot be written is kept as the first error.
type encoder struct {
	b      []byte
	names  table[string]
	actors table[model.Identity]
	err    error
}

// table numbers values in the order in which they first come.
type table[T comparable] struct {
	list    []T
	numbers map[T]int
}

// newTable returns a table that begins with a list. Values that stand in it twice,
// which only a forged file has, keep both their places.
func newTable[T comparable](list []T) table[T] {
	t := table[T]{list: list[:len(list):len(list)], numbers: make(map[T]int, len(list))}
	for i, v := range list {
		t.numbers[v] = i
	}
	return t
}

func (t *table[T]) number(v T) int {
	n, ok := t.numbers[v]
	if !ok {
		n = len(t.list)
		t.numbers[v] = n
		t.list = append(t.list, v)
	}
	return n
}

// record writes a record: two bytes of flags, what a walk needs, the message, the
// people, the files and the role files. Parts that most commits lack cost nothing
// where they are not there. cursor.record reads it.
func (e *encoder) record(r *Record) {
	if r.Facts > allFacts {
		e.fail("unknown facts")
	}
	if !r.holds() {
		e.fail("facts that are said to be known, and are not there")
	}
	e.b = append(e.b, r.flags(), r.moreFlags())
	e.graph(&r.Graph)
	e.time(r.Authored, r.Graph.Committed)
	e.time(r.Committed, r.Graph.Committed)
	e.text(r.Subject)
	if r.refers() {
		e.text(r.ChangeID)
		e.texts(r.Picked)
		e.texts(r.Reverts)
	}
	e.count(len(r.Acts))
	for _, a := range r.Acts {
		e.count(e.names.number(string(a.Role)))
		e.count(e.actors.number(a.Actor))
	}
	if r.Files != nil {
		e.files(r.Files)
	}
	if len(r.RoleChanges) > 0 {
		e.roleChanges(r.RoleChanges)
	}
}

func (r *Record) flags() (b byte) {
	k, f := r.Graph.Keys, r.Files
	for i, has := range []bool{
		k.Author != 0, k.Change != 0, k.Subject != 0, k.Reverts != 0,
		r.Signed, f != nil, f != nil && f.Lines != nil, f != nil && f.Patch != nil,
	} {
		if has {
			b |= 1 << i
		}
	}
	return b
}

func (r *Record) moreFlags() byte {
	b := byte(r.Facts & allFacts)
	if r.Files != nil && r.Files.Patch != nil && r.Files.Patch.ID != "" {
		b |= hasPatchID
	}
	if r.refers() {
		b |= hasReferences
	}
	if len(r.RoleChanges) > 0 {
		b |= hasRoleChanges
	}
	return b
}

// refers reports whether the message names other commits or a change.
func (r *Record) refers() bool {
	return r.ChangeID != "" || len(r.Picked) > 0 || len(r.Reverts) > 0
}

func (e *encoder) graph(g *Graph) {
	if !writable(g.Committed, 0) {
		e.fail("a time outside the years 1970 to 9999")
	}
	e.b = append(e.b, g.Tree[:]...)
	e.count(len(g.Parents))
	for _, p := range g.Parents {
		e.b = append(e.b, p[:]...)
	}
	e.b = binary.AppendUvarint(e.b, uint64(g.Committed))
	for _, k := range []uint64{g.Keys.Author, g.Keys.Change, g.Keys.Subject, g.Keys.Reverts} {
		if k != 0 {
			e.b = binary.LittleEndian.AppendUint64(e.b, k)
		}
	}
}

// time writes 1 for the zero time. For others it writes the zone, 0 for UTC and
// otherwise a number from 2 on, and how many seconds they are after from.
func (e *encoder) time(t time.Time, from int64) {
	if t.IsZero() {
		e.b = append(e.b, 1)
		return
	}
	seconds := t.Unix()
	_, zone := t.Zone()
	if !writable(seconds, zone) {
		e.fail("a time outside the years 1970 to 9999, or a day from UTC")
	}
	if zone == 0 {
		e.b = append(e.b, 0)
	} else {
		e.b = binary.AppendUvarint(e.b, signed(zone)+1)
	}
	e.b = binary.AppendVarint(e.b, seconds-from)
}

// signed folds the sign into the lowest bit: 0, -1, 1, -2 become 0, 1, 2, 3.
func signed(n int) uint64 { return uint64(n)<<1 ^ uint64(n>>(intBits-1)) }

func unsigned(u uint64) int { return int(u>>1) ^ -int(u&1) }

const intBits = 32 << (^uint(0) >> 63)

func (e *encoder) files(f *model.Files) {
	if f.Unknown != 0 {
		e.fail("files that are not known")
	}
	e.count(f.Touched)
	e.count(f.Upkeep)
	e.count(len(f.Churn))
	for _, c := range f.Churn {
		e.count(e.names.number(string(c.Class)))
		e.count(c.Files)
		e.count(c.Space)
		e.count(c.Comment)
		e.lines(c.Lines)
	}
	if f.Lines != nil {
		e.lines(*f.Lines)
	}
	if f.Patch != nil {
		e.patch(f.Patch)
	}
}

func (e *encoder) lines(l model.Lines) {
	e.count(l.Added)
	e.count(l.Deleted)
}

// nowhere stands for a place that is not stated.
const nowhere = "0000000000000000"

// patch writes the identity and the place as 24 bytes and the keys as they are: they
// are hashes, which no coding makes much shorter.
func (e *encoder) patch(p *model.Patch) {
	if both := p.ID + cmp.Or(p.Place, nowhere); p.ID != "" {
		var id [24]byte
		var digits [48]byte
		hex.Decode(id[:], []byte(both[:min(len(both), 48)]))
		if hex.Encode(digits[:], id[:]); string(digits[:]) != both || len(p.ID) != 32 {
			e.fail("a patch's identity or place that is not 32 or 16 hexadecimal digits")
		}
		e.b = append(e.b, id[:]...)
	}
	if !sorted(p.Sketch) || len(p.Sketch) > model.SketchSize {
		e.fail("a sketch that is not sorted, or too large")
	}
	e.count(p.Size)
	e.count(len(p.Sketch))
	for _, k := range p.Sketch {
		e.b = binary.LittleEndian.AppendUint64(e.b, k)
	}
}

// sorted reports whether the elements of a sketch grow, each standing there once.
func sorted(s model.Sketch) bool {
	for i := 1; i < len(s); i++ {
		if s[i]>>1 <= s[i-1]>>1 {
			return false
		}
	}
	return true
}

func (e *encoder) roleChanges(changes []RoleChange) {
	e.count(len(changes))
	for _, c := range changes {
		e.count(e.names.number(c.Path))
		e.b = binary.AppendUvarint(e.b, uint64(c.Mode))
		e.b = append(e.b, c.Blob[:]...)
	}
}

// tables writes the numbered values, and the tips.
func (e *encoder) tables(tips []model.Tip) {
	e.texts(e.names.list)
	e.count(len(e.actors.list))
	for _, a := range e.actors.list {
		e.text(a.Name)
		e.text(a.Mail)
		e.text(a.Account)
		e.text(a.Login)
	}
	e.count(len(tips))
	for _, t := range tips {
		e.text(t.Branch)
		e.text(t.Commit)
	}
}

func (e *encoder) text(s string) {
	e.count(len(s))
	e.b = append(e.b, s...)
}

func (e *encoder) texts(list []string) {
	e.count(len(list))
	for _, s := range list {
		e.text(s)
	}
}

func (e *encoder) count(n int) {
	if n < 0 {
		e.fail("a count below zero")
	}
	e.b = binary.AppendUvarint(e.b, uint64(n))
}

func (e *encoder) fail(what string) {
	if e.err == nil {
		e.err = errors.New("it has " + what)
	}
}
