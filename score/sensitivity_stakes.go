package score

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// stakes are what a measurement draw gives or denies the bidders.
type stakes struct {
	own     [][]owned // by bidder: people who are taken to be theirs
	claimed []claim   // people whom somebody claims in vain, sorted
	asking  [][]int   // by bidder: the claims of which it is a side
	unknown []stake   // people of unknown affiliation, sorted by person
	share   []float64 // by bidder: the chance of one of the unknown to be its own
}

// owned is a person of a bidder, with the claims that make it so.
type owned struct {
	name   string
	chance float64 // that it is one person, and no robot
	stakes []stake
}

// stake is what hangs on one draw.
type stake struct {
	chance  float64
	entries []holds
}

// holds is what a stake adds to a slot, and to one word of its months: small, since a
// thousand draws read all entries. Slots with months in several words have several entries.
type holds struct {
	slot, word int32
	months     uint64
	Amount
}

// claim is a person whom vendors claim too weakly, or with equal evidence.
type claim struct {
	seed  uint64
	sides int
	wins  [][]bool // by bidder and side; nil for bidders that are none of them
	stake
}

// holding is the key of a stake: one person, by one piece of evidence.
type holding struct {
	person, vendor string
	level          model.Level
	claimed        string
}

func compareHoldings(a, b holding) int {
	return cmp.Or(strings.Compare(a.person, b.person), strings.Compare(a.vendor, b.vendor), cmp.Compare(a.level, b.level), strings.Compare(a.claimed, b.claimed))
}

// newStakes takes the ledger of the study apart by what is uncertain in it. Robots are the
// chances of persons to be none.
func (s *study) newStakes(seed uint64, a assumed, robots map[string]float64) *stakes {
	k := &stakes{own: make([][]owned, len(s.bidders)), share: s.shares(a)}
	staffed := s.tender.Mode == model.Award && !s.tender.Bidders.All
	all := s.holdings()
	place := map[int]int{}
	for i, b := range s.bidders {
		place[b] = i
	}
	for _, h := range slices.SortedFunc(maps.Keys(all), compareHoldings) {
		x := stake{chance: 1, entries: all[h]}
		if !staffed {
			x.chance = a.holds(h)
		}
		person := sound(h.person, a, robots)
		for _, owner := range s.scorer.owners(Cell{Person: h.person, Vendor: h.vendor}) {
			if i, ok := place[owner]; ok {
				k.give(i, h.person, person, x)
			}
		}
		switch {
		case staffed || h.vendor != "" || h.level == model.Decided: // decided to be nobody's, too
		case h.claimed != "":
			k.claimed = append(k.claimed, s.newClaim(seed, h, x))
		default:
			x.chance = person
			k.unknown = append(k.unknown, x)
		}
	}
	k.asking = make([][]int, len(s.bidders))
	for i := range k.own {
		gather(k.own[i])
		for n, c := range k.claimed {
			if c.wins[i] != nil {
				k.asking[i] = append(k.asking[i], n)
			}
		}
	}
	return k
}

// gather puts all entries of a bidder in a row, for the sake of the processor's cache.
func gather(people []owned) {
	n := 0
	for _, p := range people {
		for _, x := range p.stakes {
			n += len(x.entries)
		}
	}
	row := make([]holds, 0, n)
	for _, p := range people {
		for i := range p.stakes {
			from := len(row)
			row = append(row, p.stakes[i].entries...)
			p.stakes[i].entries = row[from:]
		}
	}
}

// newClaim says which bidders each side of a claim is.
func (s *study) newClaim(seed uint64, h holding, x stake) claim {
	vendors := strings.Split(h.claimed, "\n")
	c := claim{seedOf(seed, "claim", h.person, h.claimed), len(vendors), make([][]bool, len(s.bidders)), x}
	for i := range s.bidders {
		own := slices.Concat(s.bidder(i).Vendors, s.bidder(i).Subcontractors)
		wins := make([]bool, len(vendors))
		for n, v := range vendors {
			wins[n] = slices.Contains(own, v)
		}
		if slices.Contains(wins, true) {
			c.wins[i] = wins
		}
	}
	return c
}

// holds returns the chance that the evidence of a holding is right.
func (a assumed) holds(h holding) float64 {
	if h.claimed != "" && h.level == "" {
		return a[assumeWeak]
	}
	return a.level(h.level)
}

// sound returns the chance that a person is one, and no robot.
func sound(person string, a assumed, robots map[string]float64) float64 {
	one := a[assumeIdentity]
	if affiliation.OnlyLogin(person) {
		one = a[assumeAccount]
	}
	return one * (1 - robots[person])
}

// give adds a stake to a bidder's person; the holdings come by person.
func (k *stakes) give(bidder int, name string, chance float64, x stake) {
	list := k.own[bidder]
	if n := len(list); n == 0 || list[n-1].name != name {
		list = append(list, owned{name: name, chance: chance})
	}
	last := &list[len(list)-1]
	last.stakes = append(last.stakes, x)
	k.own[bidder] = list
}

// holdings gathers the cells of the official window by what one draw decides.
func (s *study) holdings() map[holding][]holds {
	type spot struct {
		holding
		slot, word int32
	}
	found := map[spot]*holds{}
	slots := s.slots()
	for c, a := range s.scorer.ledger.Cells { // sums have no order
		slot, ok := slots[c.Project]
		if !ok {
			continue
		}
		at, n := slot+s.bases[c.Indicator], int(c.Month-s.begin)
		key := spot{holding{c.Person, c.Vendor, c.Level, c.Claimed}, int32(at), int32(at*s.words + n/64)}
		e := found[key]
		if e == nil {
			e = &holds{slot: key.slot, word: key.word}
			found[key] = e
		}
		e.Credit += a.Credit
		e.Acts += a.Acts
		e.months |= 1 << (n % 64)
	}
	all := map[holding][]holds{}
	for at, e := range found {
		all[at.holding] = append(all[at.holding], *e)
	}
	for _, list := range all {
		slices.SortFunc(list, func(x, y holds) int { return cmp.Compare(x.word, y.word) })
	}
	return all
}

// shares returns, by bidder, the chance of somebody of unknown affiliation to be one of its
// people: it hangs on the ledger and on that bidder alone.
func (s *study) shares(a assumed) []float64 {
	companies := map[[2]string]bool{}
	for c := range s.scorer.ledger.Cells {
		if c.Vendor != "" && c.Vendor != model.Independent && c.Vendor != model.Academic {
			companies[[2]string{c.Person, c.Vendor}] = true
		}
	}
	own := map[int]int{}
	for at := range companies {
		for _, b := range s.scorer.owners(Cell{Person: at[0], Vendor: at[1]}) {
			own[b]++
		}
	}
	list := make([]float64, len(s.bidders))
	for i, b := range s.bidders {
		list[i] = a[assumeUnknown] * part(own[b], len(companies))
	}
	return list
}

// put adds what is held to a record.
func (e *holds) put(r *record) {
	r.credit[e.slot] += e.Credit
	r.acts[e.slot] += e.Acts
	r.months[e.word] |= e.months
}

func (x *stake) put(r *record) {
	for i := range x.entries {
		x.entries[i].put(r)
	}
}

// draw fills a record with what the bidder has if this draw is the truth.
func (k *stakes) draw(r *record, bidder int, own *dice, won []int) {
	r.clear()
	for i := range k.own[bidder] {
		p := &k.own[bidder][i]
		if own.unit() >= p.chance {
			continue
		}
		for n := range p.stakes {
			if x := &p.stakes[n]; x.chance == 1 || own.unit() < x.chance {
				x.put(r)
			}
		}
	}
	for _, i := range k.asking[bidder] {
		if c := &k.claimed[i]; won[i] >= 0 && c.wins[bidder][won[i]] {
			c.put(r)
		}
	}
	k.drawUnknown(r, bidder, own)
}

// settle draws for each claim which side has the person, -1 for none. It is drawn by the
// claim: each person is one side's, whoever asks.
func (k *stakes) settle(won []int, number int, d *dice) {
	for i := range k.claimed {
		c := &k.claimed[i]
		d.throw(c.seed, number)
		won[i] = -1
		if x := d.unit(); x < c.chance {
			won[i] = min(int(x/c.chance*float64(c.sides)), c.sides-1)
		}
	}
}

// drawUnknown gives the bidder some of the people of unknown affiliation. Each has the same
// small chance, so it leaps from one to the next instead of asking for each.
func (k *stakes) drawUnknown(r *record, bidder int, rng *dice) {
	p := k.share[bidder]
	if p <= 0 {
		return
	}
	for i := leap(p, rng); i < len(k.unknown); i += 1 + leap(p, rng) {
		if x := &k.unknown[i]; x.chance == 1 || rng.unit() < x.chance {
			x.put(r)
		}
	}
}

// leap returns how many fail before one succeeds, each with the chance p in (0,1].
func leap(p float64, rng *dice) int {
	if p >= 1 {
		return 0
	}
	x := ln(1-rng.unit()) / ln(1-p)
	if x > 1<<30 {
		return 1 << 30
	}
	return int(x)
}

// reach draws which part of the facts the sources show.
func (s *study) reach(into reach, a assumed, rng *dice) {
	least := a[assumePartial]
	between := func(low float64) float64 { return low + float64((1-low)*rng.unit()) }
	for i := range s.projects {
		p := &s.projects[i]
		mined := 1.0
		if p.lost > 0 {
			mined = between(max(1-p.lost, least))
		}
		for base := range s.evidence {
			shown := mined
			if p.partial[base] {
				shown *= between(least)
			}
			into[i*len(s.evidence)+base] = shown
		}
	}
}

// dice are random numbers that begin anew for each draw of each subject, so that nothing
// hangs on who draws when.
type dice struct {
	*rand.Rand
	source *rand.PCG
}

func newDice() *dice {
	source := rand.NewPCG(0, 0)
	return &dice{rand.New(source), source}
}

// unit returns a number in [0,1), rounded by itself.
func (d *dice) unit() float64 { return float64(d.Float64()) }

// throw begins a draw.
func (d *dice) throw(seed uint64, number int) {
	d.source.Seed(seed, uint64(number+1)*0x9e3779b97f4a7c15)
}

// seedOf derives the seed of a subject.
func seedOf(seed uint64, subject ...string) uint64 {
	return hashed(append([]string{strconv.FormatUint(seed, 10)}, subject...)...)
}
