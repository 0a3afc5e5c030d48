package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// DrawOptions are the settings of [Collector.Draw].
type DrawOptions struct {
	Sample int    // rows in all, at least one for each question
	Seed   uint64 // decides what is drawn, and the order of the rows
	// Link returns where a browser shows an artifact, see [report.Linker]; nil knows of none.
	Link func(repository string, a model.Artifact) string
	// Locale is the coders' language; nil is English.
	Locale *locale.Locale
}

// Draw draws the sample when the evaluation is done, whose ranking is r. It fails with
// [ErrOrder] where verdicts are missing.
//
// Each question gets an equal part of the rows. Of these, decisions that the engine affirmed
// and that it denied get half each, and within an answer the strata equal parts; what a stratum
// is too small for goes to the others. So rare decisions are looked at, and the probability
// with which each was drawn lets figures speak for all of them.
func (c *Collector) Draw(r *model.Ranking, o DrawOptions) (*Sheet, error) {
	if o.Sample < len(Questions()) {
		return nil, fmt.Errorf("a sample of %d is too small; draw at least %d, one row for each question", o.Sample, len(Questions()))
	}
	if err := c.complete(); err != nil {
		return nil, err
	}
	f := &frame{most: o.Sample, seed: o.Seed, strata: map[stratumKey]*reservoir{}, outside: map[Question]int64{}}
	for _, name := range slices.Sorted(maps.Keys(c.projects)) {
		p := c.projects[name]
		c.identities(p, f)
		c.affiliations(p, f)
		c.bots(p, f)
		c.duplicates(p, f)
	}
	s := &Sheet{Status: r.Label(), Method: r.Method.Digest, Gaps: len(r.Gaps), Seed: o.Seed, Outside: f.outside}
	show := &shower{collector: c, link: o.Link, l: o.Locale}
	if show.l == nil {
		show.l = locale.English()
	}
	f.allot(o.Sample)
	for _, key := range slices.SortedFunc(maps.Keys(f.strata), stratumKey.compare) {
		d := f.strata[key]
		s.Strata = append(s.Strata, Stratum{Question: key.question, Engine: key.engine, Name: key.name, Size: d.size, Drawn: d.want})
		for _, u := range d.kept[:d.want] {
			i := show.item(key.question, u)
			i.Stratum = len(s.Strata) - 1
			s.Items = append(s.Items, i)
		}
	}
	shuffle := rand.New(rand.NewPCG(o.Seed, 0))
	shuffle.Shuffle(len(s.Items), func(i, j int) { s.Items[i], s.Items[j] = s.Items[j], s.Items[i] })
	for n := range s.Items {
		s.Items[n].ID = fmt.Sprintf("Q%03d", n+1)
	}
	return s, nil
}

// unit is a decision that may be drawn. What a and b number hangs on the question.
type unit struct {
	project *project
	a, b    int32
	month   *monthly
	org     string
}

type stratumKey struct {
	question Question
	engine   Answer
	name     string
}

func (k stratumKey) compare(o stratumKey) int {
	return cmp.Or(cmp.Compare(slices.Index(Questions(), k.question), slices.Index(Questions(), o.question)),
		cmp.Compare(o.engine, k.engine), cmp.Compare(k.name, o.name))
}

// frame holds what may be drawn, by strata.
type frame struct {
	most    int
	seed    uint64
	strata  map[stratumKey]*reservoir
	outside map[Question]int64
}

// reservoir keeps a simple random sample without replacement of the units that are added one
// by one (algorithm R: Vitter, ACM TOMS 11(1), 1985), in random order.
type reservoir struct {
	size, want int64
	kept       []unit
	draw       *rand.Rand
}

// add enters a unit. The order in which units are added decides, besides the seed, what is
// drawn: it must not hang on chance.
func (f *frame) add(q Question, engine Answer, name string, u unit) {
	key := stratumKey{q, engine, name}
	d := f.strata[key]
	if d == nil {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s/%s/%s", q, engine, name)
		d = &reservoir{draw: rand.New(rand.NewPCG(f.seed, h.Sum64()))}
		f.strata[key] = d
	}
	d.size++
	if len(d.kept) < f.most {
		d.kept = append(d.kept, u)
		return
	}
	if n := d.draw.Int64N(d.size); n < int64(f.most) {
		d.kept[n] = u
	}
}

// allot says how many are drawn of each stratum.
func (f *frame) allot(sample int) {
	keys := slices.SortedFunc(maps.Keys(f.strata), stratumKey.compare)
	size := func(of func(stratumKey) bool) (n int64) {
		for _, k := range keys {
			if of(k) {
				n += f.strata[k].size
			}
		}
		return n
	}
	var sizes []int64
	for _, q := range Questions() {
		sizes = append(sizes, size(func(k stratumKey) bool { return k.question == q }))
	}
	for n, rows := range share(int64(sample), sizes) {
		q := Questions()[n]
		halves := share(rows, []int64{
			size(func(k stratumKey) bool { return k.question == q && k.engine == Yes }),
			size(func(k stratumKey) bool { return k.question == q && k.engine == No })})
		for i, engine := range []Answer{Yes, No} {
			f.within(keys, q, engine, halves[i])
		}
	}
}

// within deals rows out to the strata of one answer, and shuffles what they kept.
func (f *frame) within(keys []stratumKey, q Question, engine Answer, rows int64) {
	var of []*reservoir
	var room []int64
	for _, k := range keys {
		if k.question == q && k.engine == engine {
			of, room = append(of, f.strata[k]), append(room, f.strata[k].size)
		}
	}
	for i, want := range share(rows, room) {
		d := of[i]
		d.draw.Shuffle(len(d.kept), func(i, j int) { d.kept[i], d.kept[j] = d.kept[j], d.kept[i] })
		d.want = want
	}
}

// share deals a number out in equal parts, none above its room; what some have no room for
// goes to the others, and what cannot be divided to the first ones.
func share(n int64, room []int64) []int64 {
	got := make([]int64, len(room))
	for n > 0 {
		var open []int
		for i := range room {
			if got[i] < room[i] {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			break
		}
		each := max(n/int64(len(open)), 1)
		for _, i := range open {
			more := min(each, room[i]-got[i], n)
			got[i] += more
			n -= more
		}
	}
	return got
}

// digest hashes texts so that where one ends and the next begins matters.
type digest struct{ hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) add(texts ...string) {
	for _, t := range texts {
		fmt.Fprintf(d, "%d:%s", len(t), t)
	}
}

func (d digest) short() string { return hex.EncodeToString(d.Sum(nil))[:12] }
