package document

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// scoring says how a value becomes a score.
func (c *clause) scoring() {
	c.section(c.T("From a value to points"))
	c.para(c.T("A bidder's value x in an indicator is divided by the threshold: r = x / T. From r the score n is read from the table, by straight lines between its points. The table has diminishing returns, can be followed with a pocket calculator, and never compares a bidder with others."))
	t := &Table{Caption: c.T("Normalisation"), Head: []Text{"r"}, Rows: [][]Text{{"n"}}}
	curve := score.Curve()
	for i, point := range curve {
		t.Head = append(t.Head, c.fraction(point[0]))
		if i == len(curve)-1 {
			t.Head[i+1] = c.T("%s and above", t.Head[i+1])
		}
		t.Rows[0] = append(t.Rows[0], c.number(point[1]))
	}
	c.table(t)
	c.para(c.T("Active months and stewardship are counted in a straight line: n = r, at most 1."))
	c.para(c.T("An indicator brings 100 · its part of the project's score · n. The score of a project is the sum over its indicators."))
}

// fraction writes sixteenths as fractions.
func (c *clause) fraction(x float64) Text {
	n, of := math.Round(x*16), 16.
	if n/of != x || x == math.Trunc(x) {
		return c.number(x)
	}
	for math.Mod(n, 2) == 0 {
		n, of = n/2, of/2
	}
	return Text(fmt.Sprintf("%.0f/%.0f", n, of))
}

func (c *clause) minimum() {
	c.section(c.T("Minimum evidence"))
	share := c.bind("minimum.share", c.percent(c.t.Minimum.Share))
	c.para(c.T("A bidder's figure in a project rests on enough evidence where its people have at least %s credited acts, or %s of all credited acts of the project, and credited acts in at least %s months.",
		c.p("minimum.acts"), share, c.p("minimum.months")))
	if c.t.Minimum.Effect == model.Zero {
		c.para(c.bind("minimum.effect", c.T("Below it the bidder's score in this project is 0, and the result says so.")))
		return
	}
	c.para(c.bind("minimum.effect", c.T("Below it the figure is marked as insufficient; the number stays what it is.")))
}

// affiliation says whose work an act is.
func (c *clause) affiliation() {
	c.section(c.T("Whose work it is"))
	c.para(c.T("An act counts for the employer of whoever did it: of an author when the change was handed in (on a forge) or accepted; of all others at the act. Who works for whom must be shown, by one of these levels of evidence, the highest first:"))
	docs := map[model.Level]Text{
		model.Confirmed: c.T("confirmed: by the company and by the person's own key or account"),
		model.Domain:    c.T("domain: the company's own mail domain on that day"),
		model.Listed:    c.T("listed: by the bidder"),
		model.Imported:  c.T("imported: from a public table"),
		model.Profile:   c.T("profile: typed by the person into a profile"),
	}
	var list []Text
	for _, level := range model.Levels() {
		said := docs[level]
		if level == c.t.Evidence {
			said = c.bind("evidence", strong(c.T("%s – the least level that counts here", said)))
		}
		list = append(list, said)
	}
	c.items(list...)
	c.para(c.T("A lower claim never contests a higher one. Acts of people whom several companies claim with equal evidence count for nobody until it is decided, and no official result is made before. People of unknown, independent or academic affiliation count for no bidder, and stay in every total."))
	if c.t.Mode == model.Award {
		c.para(c.T("For this criterion the persons named as staff in a bid count, each with all acts of the window. Persons who are named by several bidders are asked before a result is made."))
	} else {
		c.para(c.T("A consortium counts the people of all its members, each person once. Subcontractors count where the bid names them and the bidder relies on their capacity (Article 63)."))
	}
	c.para(c.T("Which companies, and which people of theirs, the buyer knew before the bids stands in lists that are not printed here, since they hold personal data. They are fixed by their digests: companies with their mail domains %s; lists of who works for whom %s. Bids may add the bidder's own companies and people, in documents of their own.",
		c.code("vendors"), c.code("rosters")))
}

// rules lists all rules of the judge with the numbers that the document sets.
func (c *clause) rules() {
	c.section(c.T("Rules"))
	c.para(c.T("Every act that is read ends in exactly one verdict. A refused act stays in the evidence, with the name of the rule. The rules are held against an act in this order; the first that refuses it ends the matter."))
	var list []Text
	for _, r := range score.Rules() {
		said := c.colon(strong(code(r.Name))+" ("+c.effect(r)+")", c.say(r.Doc))
		if numbers := c.settings(r); numbers != "" {
			said += " " + c.T("Here: %s.", numbers)
		}
		list = append(list, said)
	}
	c.ordered(list...)
	c.para(c.T("Robots earn nothing. Which accounts are robots stands in the list that is printed with the method, with days and sources, and in the document's corrections to that list, which are fixed by the digest %s.", c.code("bots")))
}

func (c *clause) effect(r score.Rule) Text {
	switch {
	case r.Refuses:
		return c.T("refuses")
	case r.Name == "burst":
		return c.T("warns")
	}
	return c.T("discounts")
}

// settings writes the numbers that the document sets for a rule.
func (c *clause) settings(r score.Rule) Text {
	var list []Text
	for _, key := range r.Parameters {
		if strings.HasPrefix(key, "rules.") && c.has(key) {
			list = append(list, code(strings.TrimPrefix(key, "rules."))+" = "+c.p(key))
		}
	}
	return joinText(list, ", ")
}

// decisions lists what the buyer decided before the notice.
func (c *clause) decisions() {
	c.section(c.T("Decisions of the buyer"))
	if len(c.t.Decisions) == 0 {
		c.para(c.T("None were made before the notice. A decision is applied after all rules, and printed with its reason, its date and its effect on every bidder."))
		return
	}
	c.para(c.T("They are applied after all rules, and printed with every result together with their effect on every bidder. They are fixed by the digest %s.", c.code("decisions")))
	var list []Text
	for _, d := range c.t.Decisions {
		list = append(list, c.decision(d))
	}
	c.items(list...)
}

func (c *clause) decision(d model.Decision) Text {
	key := "decisions." + d.ID
	on := c.code(key + ".on")
	if d.On.Kind() == model.PersonArtifact {
		on = c.bind(key+".on", c.T("a person of the lists")) // whose short name may tell who it is
	}
	said := c.colon(strong(c.p(key+".id"))+", "+on, c.p(key+".decide"))
	if c.has(key + ".rule") {
		said += c.T(", overruling the rule %s", c.code(key+".rule"))
	}
	if c.has(key + ".from") {
		said += c.T(", from %s", c.p(key+".from"))
	}
	if c.has(key + ".until") {
		said += c.T(", until %s", c.p(key+".until"))
	}
	if c.has(key + ".by") {
		said += c.T(", decided by %s", c.p(key+".by"))
	}
	if c.has(key + ".at") {
		said += c.T(", on %s", c.p(key+".at"))
	}
	if c.has(key + ".reason") {
		said += ". " + c.T("Reason: %s", c.p(key+".reason"))
	}
	return said
}

// missing says what happens where something is not known, and where points are equal.
func (c *clause) missing() {
	c.section(c.T("What cannot be shown, and equal points"))
	c.items(
		c.T("Nothing unknown is taken for 0. What the sources of a project cannot show is dropped for all bidders of this project, and the weights of all its other indicators grow in proportion: between any two that remain, the published proportion never changes."),
		c.T("Evidence that the sources show in part is used, and the result says what is missing."),
		c.T("A repository, or a part of one, that could not be read is named as a gap in the first lines of the result. An official result needs the buyer's acceptance of each gap, with the reason."),
		c.T("Bidders with equal points share a rank. Which of them comes first is for the tender's own rule on equal points to say: %s.", c.blank(c.T("the rule on equal points, with its place in the procurement documents"))))
}

// contest says how a bidder checks a figure and what it can object to.
func (c *clause) contest() {
	c.section(c.T("How a bidder checks and contests a figure"))
	c.items(
		c.T("With the result each bidder receives the evidence of its own people's acts whole, counted and refused, and that of others in sums. Persons stand under pseudonyms."),
		c.T("The program %s shows how every figure of a bidder was made, down to the acts with their addresses, and for every act that did not count the rule that refused it; %s computes the result anew from the evidence alone.", code("tender explain"), code("tender verify")),
		c.T("An objection names the act (its address, or its commit) or the figure, and says what is wrong. It is sent to %s within %s.", c.blank(c.T("address for objections")), c.blank(c.T("period for objections"))),
		c.T("The buyer decides on it with reason and date. After the notice a decision can touch who a person is, whom it worked for, what was taken for a robot, and gaps; weights, thresholds and rules stay what they are. Every decision shows its effect on every bidder."),
		c.T("Review procedure: %s.", c.blank(c.T("body responsible for review, and its time limits"))))
}

// fixed says by which digests the criterion can be held to.
func (c *clause) fixed() {
	c.section(c.T("What is fixed, and how to check it"))
	c.para(c.T("This criterion follows version %s of the method. Its full text, with the reasons and sources of all rules, is printed by %s; where a translation departs from it, the English text decides.", c.p("method"), code("tender method")))
	if c.t.Seal == nil {
		c.para(c.T("The document is not sealed yet. Sealing it fixes the commits at which all repositories are read, thresholds, weights, rules, the list of robots and all lists of people by digests, the digest of which is published with the notice. The digests above are those of today."))
		return
	}
	c.para(c.T("The document was sealed on %s. A result is official only if it was computed from the document with the digest %s; every other one says SIMULATION.", c.p("seal.at"), c.code("seal.digest")))
	t := &Table{Caption: c.T("Digests (SHA-256) of the parts of the sealed document"), Head: []Text{c.T("Part"), c.T("Digest")}}
	for _, part := range sortedKeys(c.t.Seal.Parts) {
		t.Rows = append(t.Rows, []Text{c.say(part), code(c.t.Seal.Parts[part])})
	}
	c.table(t)
	c.para(c.T("Bidders are not fixed, nor what comes with their bids: their companies, and who works for them."))
}
