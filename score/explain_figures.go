package score

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// explaining makes the steps of an explanation: first the figures with their formulas,
// then, when the decimals of all are settled, the texts.
type explaining struct {
	e        *Explanation
	r        *model.Ranking
	projects map[string]*quantity
	figures  []*quantity
	pending  []*quantity // by step; nil where a step has no figure
	err      error
}

// step adds a step for a figure; nil is one that is not known.
func (b *explaining) step(s Step, f *quantity) {
	b.e.Steps = append(b.e.Steps, s)
	b.pending = append(b.pending, f)
	if f != nil {
		b.figures = append(b.figures, f)
	}
}

// finish computes the figures, settles their decimals and writes the formulas.
func (b *explaining) finish() error {
	for _, f := range b.figures {
		if f.resolve(); !f.isStated() || !f.follows() {
			return fmt.Errorf("%s: the %s of %s does not follow from what it is made of; the ranking was not written by one run", f.at, f.name, number(f.stated))
		}
	}
	settle(b.figures)
	for i, f := range b.pending {
		s := &b.e.Steps[i]
		if f == nil {
			continue
		}
		value, _ := f.value.Float64()
		s.Shown, s.Value, s.Rounded = f.shown(), &value, f.rounded
		if f.write != nil {
			s.Formula = f.formula()
		}
		for _, x := range f.inputs {
			v, _ := x.value.Float64()
			s.Inputs = append(s.Inputs, Input{Name: x.name, Figure: x.at, Shown: x.shown(), Value: v})
		}
	}
	return nil
}

// lot explains the points of a lot and its score.
func (b *explaining) lot(lot model.LotResult, s model.Standing) {
	at := lotAddress(lot.ID)
	if s.Score == nil || s.Points == nil {
		b.step(Step{Figure: at, What: "points", Formula: "not known", Note: "nothing in the lot could be shown; that is not the same as nothing done"}, nil)
		return
	}
	score := &quantity{name: "score", at: at, stated: *s.Score, digits: 2, least: 2}
	points := &quantity{name: "points", at: at, value: rational(*s.Points), stated: *s.Points, digits: 2, least: 2, exact: true,
		inputs: []*quantity{score, constant("points of a full score", lot.Points)},
		eval:   func(in []*big.Rat) *big.Rat { return mul(in[0], in[1], big.NewRat(1, 100)) },
		write:  func(in []string) string { return fmt.Sprintf("%s / 100 · %s", in[0], in[1]) }}
	b.step(Step{Figure: at, What: "points", Unit: "points", Note: b.standing(lot, s),
		Doc: "The score of the lot, as a part of the points that a full score earns, rounded half away from zero to two decimals."}, points)
	names := b.lotTerms(lot, score)
	b.step(Step{Figure: at, What: "score", Unit: "of 100", Note: names,
		Doc: "The scores of the lot's projects, by the document's weights; these are divided by their sum, so that they sum to 1."}, score)
}

func (b *explaining) standing(lot model.LotResult, s model.Standing) string {
	var notes []string
	if s.Rank > 0 {
		notes = append(notes, fmt.Sprintf("rank %d of %d", s.Rank, len(lot.Standings)))
	}
	if s.Meets != nil && *s.Meets {
		notes = append(notes, fmt.Sprintf("meets the minimum of %s points", number(b.r.MinimumPoints)))
	} else if s.Meets != nil {
		notes = append(notes, fmt.Sprintf("does not meet the minimum of %s points", number(b.r.MinimumPoints)))
	}
	return strings.Join(notes, "; ")
}

// lotTerms gives a lot's score its formula: weight · score of each project that could be
// scored, over the sum of these weights. It returns what is to be said of the others.
func (b *explaining) lotTerms(lot model.LotResult, score *quantity) (note string) {
	published := b.r.Terms.Lots[lot.ID]
	var weights, scores []*quantity
	var names, notes []string
	total := new(big.Rat)
	for _, p := range lot.Projects {
		if p.Weight == 0 {
			if p.Missing != "" {
				notes = append(notes, p.Project+": "+p.Missing)
			}
			continue
		}
		if b.projects[p.Project] == nil {
			b.err = fmt.Errorf("%s: the ranking has a weight and no score of %s; it was not written by one run", lotAddress(lot.ID), p.Project)
			return ""
		}
		w := constant("weight of "+p.Project, published[p.Project])
		weights, scores, names = append(weights, w), append(scores, b.projects[p.Project]), append(names, p.Project)
		total.Add(total, w.value)
	}
	for _, p := range lot.Projects {
		b.fits(lotAddress(lot.ID), p.Weight, quo(rational(published[p.Project]), total), p.Weight > 0)
	}
	n := len(weights)
	whole := total.Cmp(big.NewRat(1, 1)) == 0
	score.inputs = append(weights, scores...)
	score.eval = func(in []*big.Rat) *big.Rat {
		s := new(big.Rat)
		for i := range n {
			s.Add(s, mul(in[i], in[n+i]))
		}
		return quo(s, addUp(in[:n]))
	}
	score.write = func(in []string) string {
		terms := make([]string, n)
		for i := range n {
			terms[i] = fmt.Sprintf("%s · %s (%s)", in[i], in[n+i], names[i])
		}
		s := strings.Join(terms, " + ")
		switch {
		case whole:
			return s
		case n == 1:
			return s + " / " + in[0]
		}
		return fmt.Sprintf("(%s) / (%s)", s, strings.Join(in[:n], " + "))
	}
	return strings.Join(notes, "; ")
}

// fits notes that the ranking does not follow from its terms: one of them was edited.
func (b *explaining) fits(what string, weight float64, published *big.Rat, used bool) {
	p, _ := published.Float64()
	if b.err == nil && used && math.Abs(weight-p) > 1e-9 {
		b.err = fmt.Errorf("%s: the weight %s does not follow from the weights that the ranking states; it was not written by one run", what, number(weight))
	}
}

// projectFigure is the figure of the bidder's score in a project; nil where none is known.
func (b *explaining) projectFigure(p model.ProjectResult) *quantity {
	score := b.r.ProjectScore(p.ID, b.e.Bidder)
	if score == nil {
		return nil
	}
	return &quantity{name: p.ID, at: p.ID, stated: *score, digits: 2, least: 2}
}

// indicatorPart is an indicator of a project with its weight as published.
type indicatorPart struct {
	result    model.IndicatorResult
	metric    Metric
	published *quantity // of the project's score, before anything is dropped
	inPillar  string    // how that was made
	points    *quantity // nil where dropped
	measured  model.Measurement
}

func (p indicatorPart) at(project string) string {
	return fmt.Sprintf("%s/%s/%s", project, p.result.Pillar, p.result.Indicator)
}

// project explains a project's score by its pillars and indicators.
func (b *explaining) project(p model.ProjectResult, x model.ProjectScore) {
	if x.Score == nil {
		b.step(Step{Figure: p.ID, What: "score", Depth: 1, Formula: "not known", Note: "no indicator could be shown"}, nil)
		for _, q := range b.parts(p, x) {
			b.dropped(p.ID, q)
		}
		return
	}
	parts := b.parts(p, x)
	total := b.used(parts)
	f := b.projects[p.ID]
	var pillars []*quantity
	var names []string
	for _, pillar := range model.Pillars() {
		if g := b.pillarFigure(p.ID, pillar.Name, parts); g != nil {
			pillars, names = append(pillars, g), append(names, string(pillar.Name))
		}
	}
	f.inputs, f.eval, f.write = pillars, addUp, plus(names)
	step := Step{Figure: p.ID, What: "score", Depth: 1, Unit: "of 100", Doc: "The sum of what its pillars bring."}
	if x.Insufficient != "" {
		step.Note = "insufficient evidence: " + x.Insufficient
		if b.r.Terms.Minimum.Effect == model.Zero {
			step.Note += "; the document sets the figure to 0 then (effect: zero), whatever the pillars bring"
			f.inputs, f.eval, f.write = nil, nil, func([]string) string { return "0, by the document" }
			f.value = new(big.Rat)
		}
	}
	b.step(step, f)
	for i, pillar := range pillars {
		b.pillar(p.ID, model.Pillar(names[i]), pillar, parts, total)
	}
	for _, q := range parts {
		if !slices.Contains(names, string(q.result.Pillar)) {
			b.dropped(p.ID, q)
		}
	}
}

// parts joins a project's indicators with what the document publishes of them and what
// was measured.
func (b *explaining) parts(p model.ProjectResult, x model.ProjectScore) []indicatorPart {
	list := make([]indicatorPart, 0, len(p.Indicators))
	for _, i := range p.Indicators {
		at := slices.IndexFunc(metrics[:], func(m Metric) bool { return m.Pillar == i.Pillar && m.Indicator == i.Indicator })
		if at < 0 {
			b.err = fmt.Errorf("%s: this version does not know the indicator %s of %s", p.ID, i.Indicator, i.Pillar)
			return nil
		}
		q := indicatorPart{result: i, metric: metrics[at]}
		q.published, q.inPillar = b.published(metrics[at])
		n := slices.IndexFunc(x.Values, func(v model.Measurement) bool { return v.Pillar == i.Pillar && v.Indicator == i.Indicator })
		if n >= 0 {
			q.measured = x.Values[n]
			q.points = &quantity{name: string(i.Indicator), at: q.at(p.ID), stated: q.measured.Points, digits: 2, least: 2}
		}
		list = append(list, q)
	}
	return list
}

// published returns an indicator's published part of a project's score, and how it is
// made: the pillar's part of all pillars times the indicator's part of its pillar.
func (b *explaining) published(m Metric) (*quantity, string) {
	t := b.r.Terms
	pillar, pillars := rational(t.Weights[m.Pillar]), new(big.Rat)
	for _, p := range model.Pillars() {
		pillars.Add(pillars, rational(t.Weights[p.Name]))
	}
	own, all := rational(t.Indicators[m.Pillar][m.Indicator]), new(big.Rat)
	for _, i := range metrics {
		if i.Pillar == m.Pillar {
			all.Add(all, rational(t.Indicators[i.Pillar][i.Indicator]))
		}
	}
	write := func(x *big.Rat) string { return fraction("", x).shown() }
	made := fmt.Sprintf("%s / %s · %s / %s", write(pillar), write(pillars), write(own), write(all))
	return fraction("published weight of "+string(m.Indicator), mul(quo(pillar, pillars), quo(own, all))), made
}

// used adds up the published weights of the indicators that count.
func (b *explaining) used(parts []indicatorPart) *quantity {
	total := new(big.Rat)
	for _, q := range parts {
		if q.points != nil {
			total.Add(total, q.published.value)
		}
	}
	for _, q := range parts {
		b.fits(q.at(""), q.result.Weight, quo(q.published.value, total), q.points != nil)
	}
	return fraction("published weights of all indicators that count", total)
}

// pillarFigure adds up what the indicators of a pillar bring; nil where none counts.
func (b *explaining) pillarFigure(project string, pillar model.Pillar, parts []indicatorPart) *quantity {
	f := &quantity{name: string(pillar), at: project + "/" + string(pillar), digits: 2, least: 2, eval: addUp}
	var names []string
	for _, q := range parts {
		if q.points != nil && q.result.Pillar == pillar {
			f.inputs, names = append(f.inputs, q.points), append(names, string(q.result.Indicator))
			f.stated += q.measured.Points
		}
	}
	if len(names) == 0 {
		return nil
	}
	f.write = plus(names)
	return f
}

// pillar explains what a pillar brings, and its weight as published and as used.
func (b *explaining) pillar(project string, name model.Pillar, f *quantity, parts []indicatorPart, total *quantity) {
	b.step(Step{Figure: f.at, What: "points", Depth: 2, Unit: "points of the project's 100", Doc: "The sum of what its indicators bring."}, f)
	var own []*quantity
	var weight float64
	published := new(big.Rat)
	for _, q := range parts {
		if q.result.Pillar != name {
			continue
		}
		published.Add(published, q.published.value)
		if q.points != nil {
			own = append(own, q.published)
			weight += q.result.Weight
		}
	}
	w := &quantity{name: "weight", at: f.at, stated: weight, digits: 4, inputs: append(own, total)}
	n := len(own)
	w.eval = func(in []*big.Rat) *big.Rat { return quo(addUp(in[:n]), in[n]) }
	w.write = func(in []string) string {
		if n == 1 {
			return in[0] + " / " + in[1]
		}
		return fmt.Sprintf("(%s) / %s", strings.Join(in[:n], " + "), in[n])
	}
	b.step(Step{Figure: f.at, What: "weight", Depth: 2, Unit: "part of the project's score", Note: whyWeight(fraction("", published), parts),
		Doc: "Indicators that cannot be shown, or that nobody did anything for, are dropped for all bidders, and the weights of all others grow in proportion."}, w)
	for _, q := range parts {
		if q.result.Pillar == name {
			b.indicator(project, q, total)
		}
	}
}

// whyWeight says how a pillar's weight differs from the published one.
func whyWeight(published *quantity, parts []indicatorPart) string {
	var gone []string
	for _, q := range parts {
		if q.points == nil && q.published.value.Sign() > 0 {
			gone = append(gone, fmt.Sprintf("%s (%s of %s)", q.result.Indicator, q.published.shown(), q.result.Pillar))
		}
	}
	if len(gone) == 0 {
		return "as published: " + published.shown()
	}
	return fmt.Sprintf("published: %s; the weight of what was dropped went to all others in proportion: %s", published.shown(), strings.Join(gone, ", "))
}
