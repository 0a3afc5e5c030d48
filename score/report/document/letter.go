package document

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// ErrLetter says why a letter cannot be written: there is no such bidder, or nobody bids.
var ErrLetter = errors.New("no letter can be written")

// LetterOptions are what a letter needs beside the ranking.
type LetterOptions struct {
	Bidder string
	// Winner is who was chosen, by lot; the key "" stands for every lot without one of its
	// own. Without any it is the bidder with the most points. A bidder that does not bid for a
	// lot is not its winner.
	Winner map[string]string
	Acts   []ActsOf // of the bidder, see [CountActs]
}

// Letter returns the letter by which a buyer tells a bidder the reasons of a result
// (Directive 2014/24/EU, Article 55(2)): for each lot its own points and those of the one
// with the most, the three largest differences with the numbers that make them, what of its
// acts was refused, and where every figure can be checked. Of other bidders it names none.
//
// What only the buyer knows stands in square brackets. Of a simulation it is a draft, and
// its first line says so. It fails with [ErrLetter] where the ranking has no such bidder,
// ranks whoever was found instead of bidders, or is of an older version.
func Letter(r *model.Ranking, l *locale.Locale, o LetterOptions) (*Document, error) {
	x := &letter{words: words{l}, Document: &Document{Lang: l.Lang()}, r: r, o: o}
	if err := x.find(); err != nil {
		return nil, err
	}
	x.head()
	x.opening()
	for _, lot := range r.Lots {
		x.lot(lot)
	}
	x.notBidFor()
	x.decisions()
	x.acts()
	x.check()
	x.closing()
	return x.Document, nil
}

// letter is a letter that is being written.
type letter struct {
	words
	*Document
	r    *model.Ranking
	o    LetterOptions
	name string // the bidder's
}

// find looks the bidder up.
func (x *letter) find() error {
	if x.r.Terms == nil {
		return fmt.Errorf("%w: the ranking does not state the document's weights; score the tender again with this version", ErrLetter)
	}
	if x.r.Terms.Bidders == nil {
		return fmt.Errorf("%w: nobody bids; the document ranks every organisation that was found", ErrLetter)
	}
	var known []string
	for _, lot := range x.r.Lots {
		for _, s := range lot.Standings {
			known = append(known, s.Bidder)
			if s.Bidder == x.o.Bidder {
				x.name = s.Name
			}
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, w := range append(winners(x.o.Winner), x.o.Bidder) {
		if !slices.Contains(known, w) {
			return fmt.Errorf("%w: no bidder %q; there are %s", ErrLetter, w, strings.Join(known, ", "))
		}
	}
	for lot := range x.o.Winner {
		if lot != "" && !slices.ContainsFunc(x.r.Lots, func(l model.LotResult) bool { return l.ID == lot }) {
			return fmt.Errorf("%w: no lot %q", ErrLetter, lot)
		}
	}
	return nil
}

func winners(by map[string]string) (list []string) {
	for _, lot := range sortedKeys(by) {
		list = append(list, by[lot])
	}
	return list
}

func (x *letter) head() {
	x.Title = x.T("Reasons for the result: contribution to open source software")
	if x.isFirstEverywhere() {
		x.Title = x.T("Notice of the result: contribution to open source software")
	}
	x.Status = x.status()
	x.para(x.blank(x.T("name and address of the buyer, and who answers questions")))
	x.para(x.T("To: %s, %s", strong(plainText(x.name)), x.blank(x.T("address"))))
	x.para(x.blank(x.T("place and date")))
	about := strings.TrimSpace(x.r.Tender.ID + " " + x.r.Tender.Title)
	if about != "" {
		x.para(x.T("Procedure: %s", about))
	}
	if x.r.Tender.Buyer != "" {
		x.para(x.T("Buyer: %s", x.r.Tender.Buyer))
	}
}

// status is the first line: what the result is, and its gaps.
func (x *letter) status() Text {
	said := x.T("SIMULATION: not computed from a sealed document. This letter is a DRAFT, and not to be sent.")
	if x.r.Status == model.Official {
		said = x.T("OFFICIAL: computed from the document sealed as %s", code(x.r.Seal))
	}
	var gaps []Text
	for _, g := range x.r.Gaps {
		gaps = append(gaps, x.colon(plainText(g.Project)+", "+code(g.Repository), x.say(g.Reason)))
	}
	if len(gaps) > 0 {
		said += " " + x.T("With gaps, of repositories that could not be read whole: %s", joinText(gaps, "; "))
	}
	return said
}

// isFirstEverywhere reports whether the bidder is the one chosen in all its lots.
func (x *letter) isFirstEverywhere() bool {
	for _, lot := range x.r.Lots {
		if s := standingOf(lot, x.o.Bidder); s != nil && !x.isChosen(lot, s) {
			return false
		}
	}
	return true
}

// isChosen reports whether no reasons are due: the bidder was chosen, alone has the most
// points, or meets what the criterion asks for where nobody is ranked.
func (x *letter) isChosen(lot model.LotResult, s *model.Standing) bool {
	if w := x.winner(lot); w != "" {
		return w == s.Bidder
	}
	if len(first(lot)) == 0 {
		return s.Points != nil && (s.Meets == nil || *s.Meets)
	}
	return len(first(lot)) == 1 && s.Rank == 1
}

// winner returns who was chosen in a lot; "" where the buyer does not say.
func (x *letter) winner(lot model.LotResult) string {
	w := cmp.Or(x.o.Winner[lot.ID], x.o.Winner[""])
	if standingOf(lot, w) == nil {
		return ""
	}
	return w
}

func (x *letter) opening() {
	x.para(x.T("Dear Sir or Madam,"))
	basis, what := x.T("Article 55(2)(a) of Directive 2014/24/EU"), x.T("your request to participate")
	if x.r.Mode == model.Award {
		basis, what = x.T("Article 55(2)(b) and (c) of Directive 2014/24/EU"), x.T("your tender")
	}
	x.para(x.T("this letter tells you the result of %s by the criterion “contribution to the open source software that the contract depends on”, and its reasons (%s; %s). It covers this criterion alone; %s.",
		what, basis, x.blank(x.T("national provision")), x.blank(x.T("the other criteria with their results, and the decision as a whole"))))
	whose := x.T("your people, while they worked for you")
	if x.r.Mode == model.Award {
		whose = x.T("the staff whom you named, whoever employed them then")
	}
	x.para(x.T("What counts is the work of %s, as far as the projects accepted it from %s, that day included, to %s, that day excluded. Weights, thresholds and rules are those that were published; they were the same for all.",
		whose, x.l.Date(x.r.Since), x.l.Date(x.r.Until)))
}

// notBidFor names the lots that the bidder left out.
func (x *letter) notBidFor() {
	var list []Text
	for _, lot := range x.r.Lots {
		if standingOf(lot, x.o.Bidder) == nil {
			list = append(list, x.lotName(lot))
		}
	}
	if len(list) > 0 {
		x.para(x.T("You did not bid for: %s.", joinText(list, "; ")))
	}
}

func (x *letter) lotName(lot model.LotResult) Text {
	if lot.Title == "" {
		return x.T("lot") + " " + plainText(lot.ID)
	}
	return x.T("lot") + " " + plainText(lot.ID) + ", " + plainText(lot.Title)
}

// decisions tells what the buyer decided, where it moved the points of the bidder.
func (x *letter) decisions() {
	var list []Text
	for _, d := range x.r.Decisions {
		for _, e := range d.Effect {
			if e.Bidder != x.o.Bidder {
				continue
			}
			said := x.T("Decision %s changed your score in lot %s by %s of 100. Reason: %s", d.ID, e.Lot, x.signed(e.Change), d.Reason)
			list = append(list, said)
		}
	}
	for _, c := range x.r.Contested {
		if slices.Contains(c.Bidders, x.o.Bidder) {
			list = append(list, x.T("Acts by people whom you and others claim with equal evidence: %s. They count for nobody until it is decided whom these people worked for.", x.number(float64(c.Acts))))
		}
	}
	if len(list) > 0 {
		x.heading(x.T("Decisions and contested people"))
		x.items(list...)
	}
}

// signed writes a change with its sign.
func (x *letter) signed(change float64) Text {
	if change > 0 {
		return "+" + x.points(change)
	}
	return x.points(change)
}

func (x *letter) closing() {
	x.heading(x.T("Time limits and review"))
	x.items(
		x.T("Standstill: the contract is not concluded before %s.", x.blank(x.T("last day of the standstill period"))),
		x.T("Objections against a figure are sent to %s until %s. Please name the act or the figure, and what is wrong.", x.blank(x.T("address for objections")), x.blank(x.T("last day"))),
		x.T("Review procedure: %s.", x.blank(x.T("body responsible for review, and its time limits"))))
	x.para(x.T("Yours faithfully,"))
	x.para(x.blank(x.T("name, function and signature")))
}
