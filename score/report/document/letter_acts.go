package document

import (
	"slices"
	"unicode"

	"github.com/tributary-oss/tributary/score"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func toUpper(r rune) rune { return unicode.ToUpper(r) }

// acts tells what was judged of the bidder's own acts.
func (x *letter) acts() {
	x.heading(x.T("Your acts that count, and those that do not"))
	if len(x.o.Acts) == 0 {
		x.para(x.T("No acts of your people were found in the window."))
		return
	}
	var list []Text
	t := &Table{Caption: x.T("Your acts by rule"), Right: []int{2, 3},
		Head: []Text{x.T("Project"), x.T("Rule"), x.T("Refused"), x.T("Discounted")}}
	told := map[string]bool{}
	for _, a := range x.o.Acts {
		list = append(list, x.T("%s: %s, of which %s and %s.", a.Project,
			Text(x.l.T("%d acts read", a.Counted+a.Refused)), Text(x.l.T("%d counted", a.Counted)), Text(x.l.T("%d refused", a.Refused))))
		for _, r := range a.Rules {
			told[r.Rule] = true
			t.Rows = append(t.Rows, []Text{plainText(a.Project), code(r.Rule), x.number(float64(r.Refused)), x.number(float64(r.Discounted))})
		}
	}
	x.items(list...)
	if len(t.Rows) == 0 {
		return
	}
	x.table(t)
	x.para(x.T("A discounted act counts for less, together with another one, or for nobody known; the evidence says which. The rules are those that were published:"))
	var docs []Text
	for _, r := range score.Rules() {
		if told[r.Name] {
			docs = append(docs, x.colon(code(r.Name), x.say(r.Doc)))
		}
	}
	x.items(docs...)
}

// check says where the bidder finds every figure.
func (x *letter) check() {
	x.heading(x.T("Where every figure can be checked"))
	x.items(
		x.T("With this letter you receive the evidence in the edition for you: all acts of your people, counted and refused, with their addresses and reasons. Those of others are in sums. %s", x.blank(x.T("how it is delivered"))),
		x.T("In its folder %s shows every figure of yours with its formula, and each act behind it; %s shows why one act counts or does not.", code("tender explain . "+x.o.Bidder), code("tender explain . "+x.o.Bidder+" act commit:…")),
		x.T("%s computes the result anew from the evidence alone.", code("tender verify .")),
		x.T("Method: version %s, digest %s.", x.number(float64(x.r.Method.Version)), code(x.r.Method.Digest)))
}
