package score

import (
	"fmt"
	"iter"
	"math"

	"github.com/tributary-oss/tributary/model"
)

// MergeAll reads many ledgers, each whole, and merges them into l. The outcome is that of
// [LedgerForm.Merge] with one after the other, which takes several times as long: it looks every cell up by its
// six texts, while this looks up each name of a ledger once and the cells by numbers. It holds the cells of all of
// them beside l meanwhile. It fails as [LedgerForm.Read] does, and then l is as it was.
func (f *LedgerForm) MergeAll(l *Ledger, texts iter.Seq[[]byte]) error {
	m := &merging{places: map[string]uint32{}, sums: map[cellKey]Amount{}}
	for data := range texts {
		if err := m.add(f, data); err != nil {
			return fmt.Errorf("reading a ledger: %w", err)
		}
	}
	m.into(l)
	return nil
}

// merging is the sum of ledgers, with cells whose names are numbers.
type merging struct {
	places map[string]uint32 // of the names in names
	names  []string
	sums   map[cellKey]Amount // months are counted from the least one that there can be
	facts  Ledger
}

func (m *merging) place(s string) uint32 {
	n, ok := m.places[s]
	if !ok {
		n = uint32(len(m.names))
		m.places[s], m.names = n, append(m.names, s)
	}
	return n
}

// add adds what one ledger holds.
func (m *merging) add(f *LedgerForm, data []byte) error {
	d, err := f.open(data)
	if err != nil {
		return err
	}
	places := make([]uint32, len(d.names))
	for i, s := range d.names {
		places[i] = m.place(s)
	}
	m.cells(d, places)
	names, facts := d.projects()
	if err := d.end(); err != nil {
		return err
	}
	for i, name := range names {
		m.facts.facts(name).merge(facts[i])
	}
	return nil
}

// cells adds the cells of a ledger, whose names have these places.
func (m *merging) cells(d *ledgerDecoder, places []uint32) {
	n, first := d.cellCount()
	var own cellKey
	for i := 0; i < n; i++ {
		a := d.cell(&own, i == 0)
		if d.check(own, first); d.err != nil {
			return
		}
		key := own
		for n, at := range own {
			if n != monthField {
				key[n] = places[at]
			}
		}
		key[monthField] = uint32(first + int64(own[monthField]) - math.MinInt32)
		was := m.sums[key]
		m.sums[key] = Amount{was.Credit + a.Credit, was.Acts + a.Acts}
	}
}

// into adds the sum to a ledger.
func (m *merging) into(l *Ledger) {
	if l.Cells == nil && len(m.sums) > 0 {
		l.Cells = make(map[Cell]Amount, len(m.sums))
	}
	for k, a := range m.sums {
		l.add(Cell{Project: m.names[k[0]], Vendor: m.names[k[1]], Person: m.names[k[2]], Indicator: model.Indicator(m.names[k[3]]),
			Month: model.Month(int64(k[monthField]) + math.MinInt32), Level: model.Level(m.names[k[5]]), Claimed: m.names[k[6]]}, a)
	}
	l.Merge(&m.facts)
}
