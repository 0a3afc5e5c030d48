package document

import (
	"github.com/tributary-oss/tributary/model"
)

// lot tells the result in one lot.
func (x *letter) lot(lot model.LotResult) {
	s := standingOf(lot, x.o.Bidder)
	if s == nil {
		return
	}
	x.heading(x.capital(x.lotName(lot)))
	for _, p := range lot.Projects {
		if p.Missing != "" {
			x.para(x.colon(plainText(p.Project), x.say(p.Missing)) + ".")
		}
	}
	if s.Points == nil {
		x.para(x.T("Nothing of this lot could be scored, for no bidder: your points are not known. That is not the same as 0."))
		return
	}
	if firsts := first(lot); len(firsts) == 0 {
		x.unranked(lot, s)
	} else {
		x.ranked(lot, s, firsts)
	}
	x.insufficient(s)
}

// capital writes the first letter large.
func (x *letter) capital(t Text) Text {
	if t == "" {
		return t
	}
	r := []rune(string(t))
	return Text(string(toUpper(r[0])) + string(r[1:]))
}

// unranked tells whether the bidder meets what the criterion asks for. Others are none of
// its business where nobody is ranked.
func (x *letter) unranked(lot model.LotResult, s *model.Standing) {
	x.para(x.T("You obtained %s of %s points.", strong(x.points(*s.Points)), x.number(lot.Points)))
	x.meets(s)
	if x.isChosen(lot, s) {
		return
	}
	parts := partsOf(x.r, lot, s.Bidder, "")
	missing := func(p part) float64 { return p.most - p.own.points }
	if list := x.sentences(largest(parts, missing), func(p part) Text { return x.lack(p) }); len(list) > 0 {
		x.para(x.T("Most points are missing here:"))
		x.ordered(list...)
	}
	x.table(x.partsTable(lot, parts, s, nil))
}

// meets says whether the minimum is reached.
func (x *letter) meets(s *model.Standing) {
	least := x.points(x.r.MinimumPoints)
	switch {
	case x.r.Mode != model.Selection:
	case s.Meets == nil:
		x.para(x.T("The criterion asks for no minimum of points."))
	case *s.Meets:
		x.para(x.T("You meet the criterion, which asks for at least %s points.", least))
	default:
		x.para(x.T("You do not meet the criterion, which asks for at least %s points: %s are missing.", least, x.points(x.r.MinimumPoints-*s.Points)))
	}
}

// ranked tells the bidder's points and rank, and why another has more.
func (x *letter) ranked(lot model.LotResult, s *model.Standing, firsts []model.Standing) {
	x.para(x.T("You obtained %s of %s points, and rank %d of %d.", strong(x.points(*s.Points)), x.number(lot.Points), s.Rank, len(lot.Standings)))
	x.meets(s)
	best := x.compared(lot, s, firsts)
	if best == nil {
		return
	}
	parts := partsOf(x.r, lot, s.Bidder, best.Bidder)
	list := largest(parts, part.behind)
	if len(list) > 0 {
		if len(list) == 1 {
			x.para(x.T("The difference that matters:"))
		} else {
			x.para(x.T("The largest differences:"))
		}
		x.ordered(x.sentences(list, func(p part) Text { return x.difference(p, best.Name) })...)
	}
	x.table(x.partsTable(lot, parts, s, best))
}

// compared says who was chosen or has the most points, and returns the one whom the bidder
// is compared with: nil where no reasons are due.
func (x *letter) compared(lot model.LotResult, s *model.Standing, firsts []model.Standing) *model.Standing {
	if w := x.winner(lot); w != "" {
		return x.chosen(lot, s, standingOf(lot, w))
	}
	var others []Text
	best := -1
	for i, f := range firsts {
		if f.Bidder != s.Bidder {
			others = append(others, plainText(f.Name))
			if best < 0 {
				best = i
			}
		}
	}
	tie := x.T("Which of them comes first is for the rule on equal points to say: %s.", x.blank(x.T("the rule on equal points, and what it gives")))
	switch {
	case s.Rank == 1 && best < 0:
		x.para(x.T("By this criterion you have the most points; no statement of reasons is due. %s", x.blank(x.T("the decision, and what follows from it"))))
		return nil
	case s.Rank == 1:
		x.para(x.T("You share the first rank with %s, with equal points.", x.list(others)) + " " + tie)
		return nil
	case len(firsts) > 1:
		x.para(x.T("%s have the most points, in equal number: %s, which is %s more than you.", x.list(others), strong(x.points(*firsts[0].Points)), x.points(*firsts[0].Points-*s.Points)) + " " + tie +
			" " + x.T("You are compared with %s here.", firsts[best].Name))
	default:
		x.para(x.T("%s has the most points: %s, which is %s more than you.", strong(plainText(firsts[best].Name)), strong(x.points(*firsts[best].Points)), x.points(*firsts[best].Points-*s.Points)))
	}
	return &firsts[best]
}

// chosen says how the bidder stands against the one that the buyer chose.
func (x *letter) chosen(lot model.LotResult, s, winner *model.Standing) *model.Standing {
	switch {
	case winner.Bidder == s.Bidder:
		x.para(x.T("Your bid was chosen; no statement of reasons is due. %s", x.blank(x.T("the decision, and what follows from it"))))
		return nil
	case winner.Points == nil:
		x.para(x.T("Chosen was the bid of %s, whose points by this criterion are not known.", strong(plainText(winner.Name))))
		return nil
	case *winner.Points > *s.Points:
		x.para(x.T("Chosen was the bid of %s, with %s points by this criterion, %s more than you.", strong(plainText(winner.Name)), strong(x.points(*winner.Points)), x.points(*winner.Points-*s.Points)))
	case *winner.Points == *s.Points:
		x.para(x.T("Chosen was the bid of %s, with as many points by this criterion as you.", strong(plainText(winner.Name))))
	default:
		x.para(x.T("Chosen was the bid of %s, with %s points by this criterion, %s fewer than you; other criteria decided: %s.", strong(plainText(winner.Name)), strong(x.points(*winner.Points)),
			x.points(*s.Points-*winner.Points), x.blank(x.T("the other criteria with their results"))))
	}
	return winner
}

func (x *letter) sentences(list []part, say func(part) Text) []Text {
	said := make([]Text, len(list))
	for i, p := range list {
		said[i] = say(p)
	}
	return said
}

// difference says why the other one has more, in the numbers of the ranking.
func (x *letter) difference(p part, other string) Text {
	if p.zeroed {
		return x.T("In %s your points were set to 0, because the evidence is less than the minimum: that took %s points, of %s it took %s.", p.project,
			x.points(-p.own.points), other, x.points(max(0, -p.best.points)))
	}
	return x.T("In %s, %s: %s of at most %s points against %s, because %s counted for you against %s for %s; T is %s.", p.project, x.indicator(p.metric),
		x.points(printed(p.own.points)), x.points(printed(p.most)), x.points(printed(p.best.points)), x.measured(p, p.own), x.measured(p, p.best), other, x.number(p.t))
}

// lack says why points are missing to the full score.
func (x *letter) lack(p part) Text {
	return x.T("In %s, %s: %s of at most %s points, because %s counted; T is %s.", p.project, x.indicator(p.metric),
		x.points(printed(p.own.points)), x.points(printed(p.most)), x.measured(p, p.own), x.number(p.t))
}

func (x *letter) measured(p part, of reached) Text {
	return x.amount(of.value, p.metric.Of, p.metric.Months)
}

// partsTable shows all parts of the points. What is lost by rounding each of them stands in
// a row of its own, so that the columns add up to the points to the last digit.
func (x *letter) partsTable(lot model.LotResult, parts []part, s, best *model.Standing) *Table {
	t := &Table{Caption: x.T("How the points are made, of %s", x.number(lot.Points)), Right: []int{2, 3, 4, 5}}
	t.Head = []Text{x.T("Project"), x.T("Indicator"), "T", x.T("Your value"), x.T("Your points"), x.T("At most")}
	if best != nil {
		t.Head = append(t.Head, x.T("Value of %s", best.Name), x.T("Points of %s", best.Name))
		t.Right = append(t.Right, 6, 7)
	}
	var own, most, other int64
	for _, p := range parts {
		row := []Text{plainText(p.project), x.T("less than the minimum evidence"), "", "", x.points(printed(p.own.points)), ""}
		if !p.zeroed {
			row = []Text{plainText(p.project), x.indicator(p.metric), x.number(p.t), x.number(p.own.value), x.points(printed(p.own.points)), x.points(printed(p.most))}
		}
		own, most = own+hundredths(p.own.points), most+hundredths(p.most)
		if best != nil {
			row, other = append(row, x.number(p.best.value), x.points(printed(p.best.points))), other+hundredths(p.best.points)
			if p.zeroed {
				row[6] = ""
			}
		}
		t.Rows = append(t.Rows, row)
	}
	sums := []int64{hundredths(*s.Points) - own, hundredths(lot.Points) - most}
	total := []Text{x.T("Sum"), "", "", "", strong(x.points(*s.Points)), x.points(lot.Points)}
	if best != nil {
		sums = append(sums, hundredths(*best.Points)-other)
		total = append(total, "", strong(x.points(*best.Points)))
	}
	if row := x.rounding(sums); row != nil {
		t.Rows = append(t.Rows, row)
	}
	t.Rows = append(t.Rows, total)
	return t
}

// rounding is the row of what rounding took; nil where it took nothing.
func (x *letter) rounding(sums []int64) []Text {
	row, any := []Text{x.T("rounding"), "", "", "", "", ""}, false
	if len(sums) > 2 {
		row = append(row, "", "")
	}
	for i, n := range sums {
		any = any || n != 0
		row[[]int{4, 5, 7}[i]] = x.points(float64(n) / 100)
	}
	if !any {
		return nil
	}
	return row
}

// insufficient says where the evidence is less than the minimum.
func (x *letter) insufficient(s *model.Standing) {
	for _, p := range x.r.Projects {
		if !contains(s.Insufficient, p.ID) {
			continue
		}
		said := x.T("In %s your evidence is less than the minimum: %s.", p.ID, x.say(scoreOf(p, s.Bidder).Insufficient))
		if x.r.Terms.Minimum.Effect == model.Zero {
			said += " " + x.T("The published criterion sets the figure to 0 then.")
		} else {
			said += " " + x.T("The figure stays what it is; the result marks it.")
		}
		x.para(said)
	}
}
