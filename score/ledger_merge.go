package score

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// MergeAll reads many ledgers, each whole, and merges them into l. The outcome is that of
// [LedgerForm.Merge] with one after the other, which takes several times as long: it looks every cell up, each at
// another place of the memory, while this goes through sorted lists. It holds the sum of all of them beside l meanwhile. It
// fails as [LedgerForm.Read] does, and then l is as it was.
func (f *LedgerForm) MergeAll(l *Ledger, texts iter.Seq[[]byte]) error {
	m := &merging{places: map[string]uint32{}, runs: map[uint32][]run{}}
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
	runs   map[uint32][]run // by project; each is more than twice as long as the next
	facts  Ledger
}

// run holds cells of one project in the order of their keys, each once. Months are counted from the
// least one that there can be.
type run []entry

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
	var r run
	for i := range n {
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
		if i == 0 || key[0] != r[0].key[0] {
			m.keep(r)
			r = make(run, 0, n-i)
		}
		r = append(r, entry{key, a})
	}
	m.keep(r)
}

// keep takes the cells of one project. Runs are merged when they are of like length, so that each cell is
// moved few times, however many there are.
func (m *merging) keep(r run) {
	if len(r) == 0 {
		return
	}
	compare := func(a, b entry) int { return a.key.compare(b.key) }
	if !slices.IsSortedFunc(r, compare) { // they are in the order of the names, and numbers go by when a name was met
		slices.SortFunc(r, compare)
	}
	list := append(m.runs[r[0].key[0]], r)
	for n := len(list); n > 1 && len(list[n-2]) <= 2*len(list[n-1]); n = len(list) {
		list = append(list[:n-2], list[n-2].merge(list[n-1]))
	}
	m.runs[r[0].key[0]] = list
}

// merge returns the sum of two runs.
func (r run) merge(o run) run {
	all := make(run, 0, len(r)+len(o))
	for len(r) > 0 && len(o) > 0 {
		switch c := r[0].key.compare(o[0].key); {
		case c < 0:
			all, r = append(all, r[0]), r[1:]
		case c > 0:
			all, o = append(all, o[0]), o[1:]
		default:
			a, b := r[0].amount, o[0].amount
			all = append(all, entry{r[0].key, Amount{a.Credit + b.Credit, a.Acts + b.Acts}})
			r, o = r[1:], o[1:]
		}
	}
	return append(append(all, r...), o...)
}

// into adds the sum to a ledger.
func (m *merging) into(l *Ledger) {
	n := 0
	for project, list := range m.runs {
		all := list[len(list)-1]
		for _, r := range slices.Backward(list[:len(list)-1]) {
			all = r.merge(all)
		}
		m.runs[project], n = []run{all}, n+len(all)
	}
	if l.Cells == nil && n > 0 {
		l.Cells = make(map[Cell]Amount, n)
	}
	for _, list := range m.runs {
		for _, e := range list[0] {
			k := e.key
			l.add(Cell{Project: m.names[k[0]], Vendor: m.names[k[1]], Person: m.names[k[2]], Indicator: model.Indicator(m.names[k[3]]),
				Month: model.Month(int64(k[monthField]) + math.MinInt32), Level: model.Level(m.names[k[5]]), Claimed: m.names[k[6]]}, e.amount)
		}
	}
	l.Merge(&m.facts)
}
