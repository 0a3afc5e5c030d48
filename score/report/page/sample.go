package page

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// How much evidence a page shows. A browser searches so many rows faster than a person types,
// and the file stays below 5 MB.
const (
	mostActs  = 6000
	mostBytes = 2_600_000 // of the rows as HTML, about
	mostHeld  = 12_000    // acts that a collector holds at any time
)

// Sample is the part of the evidence that a page shows.
type Sample struct {
	Acts       []Act // newest first
	Read       int64 // verdicts altogether
	Counted    int64 // of them, those that earned something
	Each       int   // acts of each project, bidder, indicator and outcome that are shown; 0: all of them are
	Identified bool  // persons may stand under their names
}

// Act is an act that a page shows, with what was made of it.
type Act struct {
	Project  string
	Artifact model.Artifact
	Change   model.Artifact // that it belongs to, "" where it is the artifact
	Link     string         // where a browser shows the artifact; "" is not known
	Role     model.Role
	Person   string   // as [report.People] shows it
	Employer string   // as [report.Vendors] writes it
	Bidders  []string // whom it concerns, sorted
	// Indicators are those it has to do with, see score.IndicatorsOf; Credits what it earned.
	Indicators []model.Indicator
	Credits    []model.Credit
	At         time.Time
	Counted    bool
	Claimed    bool     // the bidders only claim the person: nobody known earned the credits
	Rule       string   // that refused it, or the first that discounted it
	Touched    []string // all rules that did
	Reason     string
	number     int64 // in the order of reading
	size       int   // of its row in bytes, about
}

// CollectorOptions are what [NewCollector] needs to know of the run.
type CollectorOptions struct {
	Show report.People
	// Concerned names the bidders whom a verdict concerns, see [score.Concerned].
	Concerned func(model.Verdict) []string
	// Link returns where a browser shows an artifact, see [report.Linker]; nil knows of none.
	Link func(repository string, a model.Artifact) string
}

// Collector chooses the acts of a page out of all verdicts. Of each group, which is one
// project, the same bidders and indicators, and one outcome (counted, or refused by one rule),
// it keeps the first in the order of reading: as many of each as fit, the same number for all.
// It holds 12,000 acts at most, whatever the number of verdicts, and what it chooses is a
// function of the verdicts and their order. It is for one goroutine.
type Collector struct {
	o      CollectorOptions
	groups map[string][]Act
	keys   []string // of the groups, in the order in which they appeared
	key    []byte   // of the verdict at hand
	each   int      // acts that a group may hold
	held   int
	sample Sample
}

// NewCollector returns an empty collector.
func NewCollector(o CollectorOptions) *Collector {
	return &Collector{o: o, groups: map[string][]Act{}, each: mostActs, sample: Sample{Identified: o.Show.Names}}
}

// Write takes one verdict.
func (c *Collector) Write(v model.Verdict) {
	var bidders []string
	if c.o.Concerned != nil {
		bidders = c.o.Concerned(v)
	}
	c.take(v, bidders, func() (person, link string) {
		if c.o.Link != nil {
			link = c.o.Link(v.Repository, v.Artifact)
		}
		return c.o.Show.Person(v), link
	})
}

// WriteStored takes one verdict of stored evidence, with the person, the address and the
// bidders that are stored.
func (c *Collector) WriteStored(s report.StoredVerdict) {
	c.take(s.Verdict, s.Bidders, func() (person, link string) { return s.Who(), s.Link })
}

// take keeps a verdict where its group has room.
func (c *Collector) take(v model.Verdict, bidders []string, shown func() (person, link string)) {
	c.sample.Read++
	if v.Counted {
		c.sample.Counted++
	}
	indicators := score.IndicatorsOf(v)
	c.key = groupKey(c.key[:0], v, bidders, indicators)
	group, known := c.groups[string(c.key)] // without a copy: of a million verdicts most are held no longer
	if len(group) >= c.each || !known && len(c.groups) >= mostActs {
		return
	}
	key := string(c.key)
	if !known {
		c.keys = append(c.keys, key)
	}
	c.groups[key] = append(group, c.act(v, bidders, indicators, shown))
	for c.held++; c.held > mostHeld && c.each > 1; {
		c.halve()
	}
}

func groupKey(b []byte, v model.Verdict, bidders []string, indicators []model.Indicator) []byte {
	b = append(b, v.Project...)
	for _, x := range bidders {
		b = append(append(b, 1), x...)
	}
	b = append(b, 0)
	for _, i := range indicators {
		b = append(append(b, 1), i...)
	}
	if !v.Counted {
		b = append(append(b, 0), v.Rule...)
	}
	return b
}

// halve takes the later acts of the large groups out. What is left is what a collector would
// hold that had never held more, so it does not matter when it happens.
func (c *Collector) halve() {
	c.each /= 2
	c.held = 0
	for _, key := range c.keys {
		if g := c.groups[key]; len(g) > c.each {
			c.groups[key] = slices.Clone(g[:c.each]) // so that the others are freed
		}
		c.held += len(c.groups[key])
	}
}

// act keeps of a verdict what a page shows, and nothing of the person but what may be shown.
func (c *Collector) act(v model.Verdict, bidders []string, indicators []model.Indicator, shown func() (person, link string)) Act {
	person, link := shown()
	a := Act{Project: v.Project, Artifact: model.Artifact(clip(string(v.Artifact), mostName)), Change: model.Artifact(clip(string(v.Change), mostName)),
		Role: v.Role, Person: clip(person, mostName), Employer: clip(report.Vendors(v), mostName), Bidders: slices.Clone(bidders),
		Indicators: indicators, Credits: slices.Clone(v.Credits), At: v.At, Counted: v.Counted, Rule: v.Rule, Touched: slices.Clone(v.Touched),
		Reason: strings.Clone(clip(digests.ReplaceAllString(clip(v.Reason, 2*mostReason), "$1"), mostReason)), number: c.sample.Read}
	if len(link) <= mostLink && strings.HasPrefix(link, "https://") {
		a.Link = link
	}
	a.Claimed = len(v.Claimed) > 0 && !slices.ContainsFunc(v.Parts, func(p model.Part) bool { return p.Vendor != "" })
	a.size = rowBytes
	for _, s := range append([]string{string(a.Artifact), string(a.Change), a.Link, a.Person, a.Employer, a.Reason}, a.Bidders...) {
		a.size += len(html.EscapeString(s))
	}
	return a
}

// digests are the names of commits in reasons, which a page shortens as people do.
var digests = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{28,52}\b`)

const (
	mostReason = 240 // characters
	mostLink   = 400 // bytes; a longer address is no link
	rowBytes   = 330 // of a row without its texts, in the language that takes more
)

// Sample returns the acts chosen so far.
func (c *Collector) Sample() *Sample {
	s := c.sample
	s.Each = 0
	if int64(c.held) < s.Read || !c.fits(c.each) {
		s.Each = c.depth()
	}
	size := 0
	for _, key := range c.keys {
		g := c.groups[key]
		if s.Each > 0 {
			g = g[:min(len(g), s.Each)]
		}
		for _, a := range g {
			if size += a.size; len(s.Acts) < mostActs && size <= mostBytes {
				s.Acts = append(s.Acts, a)
			}
		}
	}
	slices.SortFunc(s.Acts, func(a, b Act) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Project, b.Project), cmp.Compare(a.number, b.number))
	})
	return &s
}

// depth returns how many acts of each group fit, at least 1.
func (c *Collector) depth() int {
	low, high := 1, c.each
	for low < high {
		if middle := (low + high + 1) / 2; c.fits(middle) {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// fits reports whether so many acts of each group are no more than a page shows.
func (c *Collector) fits(each int) bool {
	rows, size := 0, 0
	for _, g := range c.groups {
		for _, a := range g[:min(len(g), each)] {
			rows++
			size += a.size
		}
	}
	return rows <= mostActs && size <= mostBytes
}
