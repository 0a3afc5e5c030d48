package score

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// cellFields is the number of parts of a cell's key.
const cellFields = 7

// cellKey is the key of a cell as numbers that sort as the key does: project, vendor,
// person, indicator, month, level, claimed. The month is counted from the first one of
// the ledger, the others are places among its names.
type cellKey [cellFields]uint32

const monthField = 4

func (k cellKey) compare(o cellKey) int { return slices.Compare(k[:], o[:]) }

type entry struct {
	key    cellKey
	amount Amount
}

// Bits of the first byte of a cell, beside the number of leading parts of its key that
// are those of the cell before.
const (
	wholeCredit = 1 << 3 // the credit is written in whole acts
	wholeActs   = 1 << 4
)

// ledgerEncoder writes a ledger into memory.
type ledgerEncoder struct {
	out   []byte
	names []string // of the cells, sorted
	list  []entry  // sorted
	first model.Month
}

func newLedgerEncoder(l *Ledger) *ledgerEncoder {
	e := &ledgerEncoder{out: []byte(LedgerFormat + "\n"), list: make([]entry, 0, len(l.Cells))}
	e.first = math.MaxInt32
	for c := range l.Cells {
		e.first = min(e.first, c.Month)
	}
	place := map[string]uint32{}
	at := func(s string) uint32 {
		n, ok := place[s]
		if !ok {
			n = uint32(len(place))
			place[s] = n
		}
		return n
	}
	for c, a := range l.Cells {
		e.list = append(e.list, entry{cellKey{at(c.Project), at(c.Vendor), at(c.Person), at(string(c.Indicator)),
			uint32(int64(c.Month) - int64(e.first)), at(string(c.Level)), at(c.Claimed)}, a})
	}
	e.sort(place)
	return e
}

// sort turns the names' places from the order in which they were met into that of
// their text, and sorts the cells by it: numbers are compared faster than texts.
func (e *ledgerEncoder) sort(place map[string]uint32) {
	e.names = slices.Sorted(maps.Keys(place))
	moved := make([]uint32, len(place))
	for n, s := range e.names {
		moved[place[s]] = uint32(n)
	}
	for i := range e.list {
		for n, at := range e.list[i].key {
			if n != monthField {
				e.list[i].key[n] = moved[at]
			}
		}
	}
	slices.SortFunc(e.list, func(a, b entry) int { return a.key.compare(b.key) })
}

func (e *ledgerEncoder) number(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *ledgerEncoder) signed(n int64)  { e.out = binary.AppendVarint(e.out, n) }

func (e *ledgerEncoder) text(s string) {
	e.number(uint64(len(s)))
	e.out = append(e.out, s...)
}

func (e *ledgerEncoder) bases(list []basis) {
	e.number(uint64(len(list)))
	for _, p := range list {
		e.text(p.name)
		e.out = append(e.out, p.sum[:]...)
	}
}

func (e *ledgerEncoder) strings() {
	e.number(uint64(len(e.names)))
	for _, s := range e.names {
		e.text(s)
	}
}

// cells writes the cells in order, each with what its key has other than the one before.
func (e *ledgerEncoder) cells() {
	e.number(uint64(len(e.list)))
	if len(e.list) == 0 {
		return
	}
	e.signed(int64(e.first))
	for n, x := range e.list {
		same := 0
		var before cellKey
		if n > 0 {
			before = e.list[n-1].key
			for same < cellFields-1 && x.key[same] == before[same] {
				same++
			}
		}
		e.cell(x, same, x.key[same]-before[same])
	}
}

// cell writes how many leading parts of the key are those of the cell before, by how
// much the next one is larger, all that follow, and the amount.
func (e *ledgerEncoder) cell(x entry, same int, more uint32) {
	credit, creditIs := short(x.amount.Credit, wholeCredit)
	acts, actsAre := short(x.amount.Acts, wholeActs)
	e.out = append(e.out, byte(same)|creditIs|actsAre)
	e.number(uint64(more))
	for _, n := range x.key[same+1:] {
		e.number(uint64(n))
	}
	e.signed(credit)
	e.signed(acts)
}

// short returns an amount in whole acts where it is that, with the bit that says so.
func short(millionths int64, bit byte) (int64, byte) {
	if millionths%model.Whole == 0 {
		return millionths / model.Whole, bit
	}
	return millionths, 0
}

// projects writes the facts of each project, in the order in which merging leaves them.
func (e *ledgerEncoder) projects(l *Ledger) {
	e.number(uint64(len(l.Projects)))
	for _, name := range slices.SortedFunc(maps.Keys(l.Projects), strings.Compare) {
		var f Facts
		f.merge(l.Projects[name]) // sorted, each once
		e.text(name)
		e.signed(f.Read)
		e.signed(f.Counted)
		e.counts(f.Rules)
		e.counts(f.Refused)
		e.counts(f.Contested)
		e.number(uint64(len(f.Coverage)))
		for _, c := range f.Coverage {
			e.texts(c.Repository, c.Source, string(c.Kind), string(c.State), c.Reason)
			e.time(c.Since)
			e.time(c.Until)
		}
		e.number(uint64(len(f.Tips)))
		for _, t := range f.Tips {
			e.texts(t.Repository, t.Branch, t.Commit)
		}
		e.number(uint64(len(f.Gaps)))
		for _, g := range f.Gaps {
			e.texts(g.Project, g.Repository, g.Reason)
		}
		e.number(uint64(len(f.Limits)))
		for _, m := range f.Limits {
			e.texts(string(m.Indicator), string(m.State), m.Reason)
		}
	}
}

func (e *ledgerEncoder) counts(m map[string]int64) {
	e.number(uint64(len(m)))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		e.text(k)
		e.signed(m[k])
	}
}

func (e *ledgerEncoder) texts(list ...string) {
	for _, s := range list {
		e.text(s)
	}
}

// time writes an instant as seconds and nanoseconds; the year 1 is the zero time.
func (e *ledgerEncoder) time(t time.Time) {
	e.signed(t.Unix())
	e.number(uint64(t.Nanosecond()))
}
