package document

import (
	"fmt"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Clause returns the criterion of a tender as it is published with the notice: what counts,
// for how much, and how points are made of it. All of it comes from the tender document and
// the method; a worked example is computed by the engine. The tender is one that
// [score.Check] finds no fault with.
//
// Of a document that is not sealed it is a draft, and its first line says so.
func Clause(t *model.Tender, l *locale.Locale) *Document {
	c := &clause{words: words{l}, Document: &Document{Lang: l.Lang()}, t: atSealing(t), parameters: map[string]any{}}
	for _, p := range Parameters(t) {
		c.parameters[p.Key] = p.Value
	}
	x := exampleTender(c.t, string(c.T("Example Ltd (invented)")))
	c.r = score.Rank(x, exampleLedger(x, t.Seal))
	c.head()
	c.criterion()
	c.window()
	c.lots()
	c.projects()
	c.measured()
	c.thresholds()
	c.scoring()
	c.minimum()
	c.affiliation()
	c.rules()
	c.decisions()
	c.missing()
	c.contest()
	c.example()
	c.fixed()
	return c.Document
}

// Unshown returns the keys of the parameters that the criterion of a tender does not show.
// There are none, unless a document has a key that this package forgot.
func Unshown(t *model.Tender) []string {
	shown := map[string]bool{}
	for _, unit := range Clause(t, locale.English()).units() {
		for _, v := range unit.values() {
			shown[v.key] = true
		}
	}
	var list []string
	for _, p := range Parameters(t) {
		if !shown[clean(p.Key)] {
			list = append(list, p.Key)
		}
	}
	return list
}

// clause is a criterion that is being written.
type clause struct {
	words
	*Document
	t          *model.Tender
	r          *model.Ranking // of the example
	parameters map[string]any
	sections   int
}

func (c *clause) section(title Text) {
	c.sections++
	c.heading(Text(fmt.Sprintf("%d. ", c.sections)) + title)
}

// has reports whether the document states a value.
func (c *clause) has(key string) bool { _, ok := c.parameters[key]; return ok }

// p writes the value of a parameter, and a blank for one that the document does not state.
func (c *clause) p(key string) Text {
	var shown Text
	switch v := c.parameters[key].(type) {
	case nil:
		return c.blank(c.T("to be stated by the buyer"))
	case float64:
		shown = c.number(v)
	case int:
		shown = c.number(float64(v))
	case model.Date:
		shown = Text(c.l.Date(v.Time()))
	case model.Threshold:
		if shown = c.number(v.T); v.None {
			shown = c.T("none")
		}
	case []string:
		list := make([]Text, len(v))
		for i, s := range v {
			list[i] = code(s)
		}
		shown = joinText(list, ", ")
	default:
		shown = plainText(fmt.Sprint(v))
	}
	return valued(key, shown)
}

// bind writes words that say what the value of a parameter means.
func (c *clause) bind(key string, said Text) Text {
	if !c.has(key) {
		return said
	}
	return valued(key, said)
}

// code writes the value of a parameter that is an address, a name or a digest.
func (c *clause) code(key string) Text {
	if !c.has(key) {
		return c.p(key)
	}
	return c.bind(key, code(fmt.Sprint(c.parameters[key])))
}

// name writes the name of a pillar or an indicator.
func (c *clause) name(s string) Text { return c.say(s) }

// indicator names an indicator, with its pillar where another pillar has one of this name.
func (w words) indicator(m score.Metric) Text {
	if m.Indicator == model.ActiveMonths {
		return w.say(string(m.Indicator)) + " (" + w.say(string(m.Pillar)) + ")"
	}
	return w.say(string(m.Indicator))
}

// unstated reports whether a threshold of an indicator that counts is not stated yet.
func (c *clause) unstated() bool {
	return slices.ContainsFunc(c.t.ProjectNames(), func(p string) bool {
		return slices.ContainsFunc(score.Metrics(), func(m score.Metric) bool { return c.lacks(p, m) })
	})
}

// lacks reports whether the document should state a threshold and does not.
func (c *clause) lacks(project string, m score.Metric) bool {
	return !m.Months && c.t.Seal == nil && c.t.Weights[m.Pillar] > 0 && c.t.Indicators[m.Pillar][m.Indicator] > 0 && !c.has(thresholdKey(project, m.Indicator))
}

func thresholdKey(project string, i model.Indicator) string {
	return "projects." + project + ".thresholds." + string(i)
}

func (c *clause) head() {
	c.Title = c.T("Criterion: contribution to the open source software that the contract depends on")
	c.Status = c.T("DRAFT: the document is not sealed. Every result that is computed from it is a SIMULATION.")
	if c.t.Seal != nil {
		c.Status = c.T("Sealed on %s; digest %s", c.p("seal.at"), c.code("seal.digest"))
	} else if c.unstated() {
		c.Status += " " + c.T("Thresholds are missing; the criterion cannot be published without them.")
	}
	var about []Text
	if c.has("tender.title") {
		about = append(about, c.T("Subject: %s", c.p("tender.title")))
	}
	if c.has("tender.id") {
		about = append(about, c.T("Reference: %s", c.p("tender.id")))
	}
	if c.has("tender.buyer") {
		about = append(about, c.T("Buyer: %s", c.p("tender.buyer")))
	}
	if c.has("tender.notice") {
		about = append(about, c.T("Day of the notice: %s", c.p("tender.notice")))
	}
	if len(about) > 0 {
		c.items(about...)
	}
}

// criterion says what is asked for and what it is good for.
func (c *clause) criterion() {
	c.section(c.T("The criterion"))
	c.para(c.T("Bidders are compared by what they gave, in the window below, to the open source projects that the contract depends on: changes, reviews and maintenance that these projects accepted. The criterion asks whether a bidder can mend, develop and maintain this software together with its community."))
	if c.t.Mode == model.Award {
		c.para(c.T("It is %s: it concerns the organisation, qualification and experience of the staff assigned to the contract (Directive 2014/24/EU, Article 67(2)(b)). Only the staff named in the bid count, and their record follows each person, whoever employed them then.", c.bind("mode", c.T("an award criterion"))))
		c.para(c.T("Points are shown, and enter the award as the notice says. A minimum of points (%s) and a short-list (%s) are not used with an award criterion.", c.p("minimum_points"), c.yes("shortlist")))
	} else {
		c.para(c.T("It is %s: it concerns the technical and professional ability of the bidder (Directive 2014/24/EU, Articles 58(4) and 60, Annex XII part II). All of a bidder's people count while they work for it.", c.bind("mode", c.T("a selection criterion"))))
		c.asked()
	}
	c.para(c.T("A full score earns %s points in a lot, unless the lot states another number. The same sources, rules and numbers hold for all bidders. Scores are absolute: another bidder's presence never changes a score, save for people whom both claim with equal evidence.", c.p("points")))
	if c.t.Bidders.All {
		c.para(c.T("The document ranks every organisation that was found instead of bidders: it serves a study, and no award can be based on it."))
	}
}

// asked says what a bidder must reach, and what is shown.
func (c *clause) asked() {
	if c.t.MinimumPoints > 0 {
		c.para(c.T("A bidder meets the criterion in a lot from %s points on, after rounding.", c.p("minimum_points")))
	} else {
		c.para(c.T("No minimum of points is asked for (%s).", c.p("minimum_points")))
	}
	if c.t.Shortlist {
		c.para(c.bind("shortlist", c.T("Points and ranks are shown, to limit the number of candidates (Article 65).")))
		return
	}
	c.para(c.bind("shortlist", c.T("It is shown whether a bidder meets the minimum. Nobody is ranked; each bidder learns its own points.")))
}

func (c *clause) yes(key string) Text {
	if c.parameters[key] == true {
		return c.bind(key, c.T("yes"))
	}
	return c.bind(key, c.T("no"))
}

func (c *clause) window() {
	c.section(c.T("Window"))
	c.para(c.T("Acts count from %s, that day included, to %s, that day excluded: %s months, in UTC.",
		c.l.Date(c.t.Window.Period().Since), c.p("window.until"), c.p("window.months")))
	c.para(c.T("The time of an act is when the project accepted or published it: when a change was merged, a review submitted, a release published. The dates that authors write into their commits decide nothing. Work that the project had accepted before the window does not count again."))
}

// lots lists what is awarded separately.
func (c *clause) lots() {
	c.section(c.T("Lots"))
	t := &Table{Caption: c.T("Lots, and the parts of the projects in each"), Right: []int{2, 4, 5},
		Head: []Text{c.T("Lot"), c.T("Subject"), c.T("Points of a full score"), c.T("Project"), c.T("Weight"), c.T("Part of the lot's score")}}
	for n, lot := range c.t.Lots {
		key := "lots." + lot.ID
		title, points := Text(""), c.p("points")
		if c.has(key + ".title") {
			title = c.p(key + ".title")
		}
		if c.has(key + ".points") {
			points = c.p(key + ".points")
		}
		for i, p := range c.r.Lots[n].Projects {
			row := []Text{c.p(key + ".id"), title, points, plainText(p.Project), c.p(key + ".projects." + p.Project), c.percent(p.Weight)}
			if i > 0 {
				row[1], row[2] = "", ""
			}
			t.Rows = append(t.Rows, row)
		}
	}
	c.table(t)
	c.para(c.T("The score of a lot is the sum of the scores of its projects, each times its part. Its points are this score / 100 · the points of a full score, rounded half away from zero to two decimals. That is the last step; nothing is rounded before."))
	c.para(c.T("A project of which nothing can be scored is left out for all bidders, and its part goes to the lot's other projects in proportion."))
}
