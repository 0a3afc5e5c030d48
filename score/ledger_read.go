package score

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// ledgerDecoder reads what a ledgerEncoder wrote. After its first fault it reads
// nothing more. The text may be anybody's: every count is held against what is left
// before memory is taken for it.
type ledgerDecoder struct {
	in    []byte
	names []string
	err   error
}

func (d *ledgerDecoder) fail(format string, a ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, a...)
	}
	d.in = nil
}

func (d *ledgerDecoder) failed() error { return damaged(d.err.Error()) }

// end fails where something was wrong, or where more follows.
func (d *ledgerDecoder) end() error {
	if d.err == nil && len(d.in) > 0 {
		d.fail("something follows where it should end")
	}
	if d.err != nil {
		return d.failed()
	}
	return nil
}

func (d *ledgerDecoder) number() uint64 {
	n, size := binary.Uvarint(d.in)
	if size <= 0 {
		d.fail("a number is missing")
		return 0
	}
	d.in = d.in[size:]
	return n
}

func (d *ledgerDecoder) signed() int64 {
	n, size := binary.Varint(d.in)
	if size <= 0 {
		d.fail("a number is missing")
		return 0
	}
	d.in = d.in[size:]
	return n
}

// count reads the number of things that follow, each of which takes so many bytes at least.
func (d *ledgerDecoder) count(least int) int {
	n := d.number()
	if n > uint64(len(d.in)/least) {
		d.fail("%d entries do not fit into what is left", n)
		return 0
	}
	return int(n)
}

func (d *ledgerDecoder) text() string { return string(d.bytes(d.count(1))) }

func (d *ledgerDecoder) bytes(n int) []byte {
	if n > len(d.in) {
		d.fail("a text is missing")
		return nil
	}
	b := d.in[:n]
	d.in = d.in[n:]
	return b
}

func (d *ledgerDecoder) bases() []basis {
	var list []basis
	for range d.count(1 + len(basis{}.sum)) {
		p := basis{name: d.text()}
		copy(p.sum[:], d.bytes(len(p.sum)))
		list = append(list, p)
	}
	return list
}

// strings reads the names, which must be in order, so that keys that are in order as
// numbers are in order.
func (d *ledgerDecoder) strings() {
	n := d.count(1)
	d.names = make([]string, 0, n)
	for i := range n {
		s := d.text()
		if i > 0 && s <= d.names[i-1] {
			d.fail("its names are out of order")
			return
		}
		d.names = append(d.names, s)
	}
}

// cells reads the cells with their amounts.
func (d *ledgerDecoder) cells() (cells []Cell, amounts []Amount) {
	n, first := d.cellCount()
	if n > 0 {
		cells, amounts = make([]Cell, 0, n), make([]Amount, 0, n)
	}
	var key cellKey
	for i := 0; i < n && d.err == nil; i++ {
		amounts = append(amounts, d.cell(&key, i == 0))
		cells = append(cells, d.key(key, first))
	}
	return cells, amounts
}

// cellCount reads how many cells follow, and the month that theirs are counted from.
func (d *ledgerDecoder) cellCount() (n int, first int64) {
	n = d.count(4) // the first byte, one number, two amounts
	if n == 0 {
		return 0, 0
	}
	first = d.signed()
	if first < math.MinInt32 || first > math.MaxInt32 {
		d.fail("%d is no month", first)
		return 0, 0
	}
	return n, first
}

// cell reads the next key, which must come after the one before, and its amount.
func (d *ledgerDecoder) cell(key *cellKey, first bool) (a Amount) {
	head := d.bytes(1)
	if len(head) == 0 {
		return a
	}
	same := int(head[0] & 7)
	if head[0]&^(7|wholeCredit|wholeActs) != 0 || same >= cellFields || first && same > 0 {
		d.fail("a cell has an unknown form")
		return a
	}
	more := d.small()
	if more == 0 && !first || more > math.MaxUint32-key[same] {
		d.fail("its cells are out of order")
	}
	key[same] += more
	for n := same + 1; n < cellFields; n++ {
		key[n] = d.small()
	}
	return Amount{d.amount(head[0]&wholeCredit != 0), d.amount(head[0]&wholeActs != 0)}
}

// small reads a part of a key.
func (d *ledgerDecoder) small() uint32 {
	n := d.number()
	if n > math.MaxUint32 {
		d.fail("a number is too large")
		return 0
	}
	return uint32(n)
}

func (d *ledgerDecoder) amount(whole bool) int64 {
	n := d.signed()
	switch {
	case !whole:
		return n
	case n > math.MaxInt64/model.Whole || n < math.MinInt64/model.Whole:
		d.fail("an amount is too large")
		return 0
	}
	return n * model.Whole
}

// check fails where a key of numbers is that of no cell.
func (d *ledgerDecoder) check(k cellKey, first int64) {
	for n, at := range k {
		if n != monthField && uint64(at) >= uint64(len(d.names)) {
			d.fail("a cell has a name that is not among the names")
		}
	}
	if int64(k[monthField]) > math.MaxInt32-first {
		d.fail("a cell has no month")
	}
}

// key returns the cell of a key of numbers.
func (d *ledgerDecoder) key(k cellKey, first int64) Cell {
	if d.check(k, first); d.err != nil {
		return Cell{}
	}
	return Cell{Project: d.names[k[0]], Vendor: d.names[k[1]], Person: d.names[k[2]], Indicator: model.Indicator(d.names[k[3]]),
		Month: model.Month(first + int64(k[monthField])), Level: model.Level(d.names[k[5]]), Claimed: d.names[k[6]]}
}

// projects reads the facts of each project.
func (d *ledgerDecoder) projects() (names []string, facts []*Facts) {
	for i := range d.count(9) {
		names, facts = append(names, d.text()), append(facts, d.facts())
		if i > 0 && names[i] <= names[i-1] {
			d.fail("its projects are out of order")
		}
		if d.err != nil {
			break
		}
	}
	return names, facts
}

func (d *ledgerDecoder) facts() *Facts {
	f := &Facts{Read: d.signed(), Counted: d.signed(), Rules: d.counts(), Refused: d.counts(), Contested: d.counts()}
	for range d.count(9) {
		c := CoverageAt{Repository: d.text()}
		c.Source, c.Kind, c.State, c.Reason = d.text(), model.Kind(d.text()), model.State(d.text()), d.text()
		c.Since, c.Until = d.time(), d.time()
		f.Coverage = append(f.Coverage, c)
	}
	for range d.count(3) {
		f.Tips = append(f.Tips, TipAt{d.text(), model.Tip{Branch: d.text(), Commit: d.text()}})
	}
	for range d.count(3) {
		f.Gaps = append(f.Gaps, model.Gap{Project: d.text(), Repository: d.text(), Reason: d.text()})
	}
	for range d.count(3) {
		f.Limits = append(f.Limits, Limit{model.Indicator(d.text()), model.State(d.text()), d.text()})
	}
	return f
}

func (d *ledgerDecoder) counts() map[string]int64 {
	n := d.count(2)
	if n == 0 {
		return nil
	}
	m := make(map[string]int64, n)
	for range n {
		key := d.text()
		if _, twice := m[key]; twice {
			d.fail("%.100q is counted twice", key)
		}
		m[key] = d.signed()
	}
	return m
}

func (d *ledgerDecoder) time() time.Time {
	seconds, rest := d.signed(), d.number()
	if rest >= 1e9 {
		d.fail("a time has too many nanoseconds")
		return time.Time{}
	}
	return time.Unix(seconds, int64(rest)).UTC()
}
