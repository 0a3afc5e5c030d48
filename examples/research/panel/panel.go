// Package panel counts who wrote a project's changes, period after period: developers,
// changesets, the shares of organisations, how concentrated these are, and who came and
// went. It counts and shows; it scores nothing.
//
// # What is counted
//
// A changeset is a commit that is no merge and that no robot wrote. It counts once in a
// period, for its author alone: co-authors have no part in it. One of somebody who
// works for several organisations is divided among them. Developers are joined by .mailmap
// and rosters, never by name alone.
//
// # What is not known
//
// Changesets of people whose organisation is unknown stay in every denominator, so
// shares add up to less than one, and the rest is [Period.Unknown]. What concentration is
// then depends on whom they work for. So each measure of it is stated twice: apart, as if
// each of them worked for an organisation of their own; and together, as if all of them
// worked for the largest organisation that is known. The Herfindahl-Hirschman index is least
// apart and greatest together, entropy the other way round, wherever each unknown person
// works for one organisation. Evenness has no such bounds: it lies between in most cases.
//
// People on their own are an organisation each. People at a school without a name, and
// people whom several organisations claim with equal evidence, are unknown here.
package panel

import (
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/model"
)

// Format names the written form of a panel.
const Format = "tributary-panel/1"

// Span is a period with what was accepted in it.
type Span struct {
	Name         string    // 2026-01, 2026-Q1, or v1.0..v1.1
	Since, Until time.Time // [Since, Until); of a range of tags, the times of the two tags
	Changesets   []Changeset
	Merges       int // merge commits, which are not counted
	Robots       int // changesets of robots, which are not counted
}

// Changeset is a commit that counts.
type Changeset struct {
	Author model.Identity // personal data
	At     time.Time      // at which the author's employer is looked up
}

// Panel is what was counted, period after period.
type Panel struct {
	Format string `json:"format"`
	Status string `json:"status"` // always SIMULATION: nothing here decides anything
	// Gaps say what of the histories is missing; figures are then of the rest.
	Gaps    []string `json:"gaps,omitempty"`
	Periods []Period `json:"periods"`
}

// Period is a period of a panel. A measure is nil where it has no meaning, as where nobody
// did anything.
type Period struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`

	Changesets int `json:"changesets"`
	Merges     int `json:"merges"` // merge commits left out
	Robots     int `json:"robots"` // changesets of robots left out
	Developers int `json:"developers"`
	// Organizations are those that are known. Unnamed are how many of these stand together in
	// the row [discreet.Row], as their names may be a person's.
	Organizations int `json:"organizations"`
	Unnamed       int `json:"unnamed"`
	// Unknown is the part of the changesets whose organisation is not known, in [0,1], and
	// Independent that of people on their own.
	Unknown     *float64 `json:"unknown"`
	Independent *float64 `json:"independent"`
	HHI         *Bounds  `json:"hhi"`      // see [HHI]
	Entropy     *Bounds  `json:"entropy"`  // in bits, see [Entropy]
	Evenness    *Bounds  `json:"evenness"` // see [Evenness]; nil where fewer than two organisations are left
	// Gap is the share of the first known organisation less that of the second, in [0,1];
	// nil where there are not two. Where Unknown is larger, it may be the other way round.
	Gap *float64 `json:"gap"`
	// Moves say which known organisations joined, stayed and left; nil in the first period,
	// before which nothing is known.
	Moves *Moves `json:"moves"`
	// Rows are the organisations, the largest first, then by name. The last ones may be
	// those that are not named, people on their own and unknown.
	Rows []Row `json:"rows"`
}

// Bounds are a measure under two assumptions on people whose organisation is not known;
// where everybody's is, they are the same.
type Bounds struct {
	Apart    float64 `json:"apart"`    // each of them works for another one
	Together float64 `json:"together"` // all of them work for the largest known one
}

// Moves compare the known organisations of a period with those of the one before, by name.
type Moves struct {
	Joined  []string `json:"joined"` // here, and not in the period before
	Stayed  []string `json:"stayed"`
	Left    []string `json:"left"`    // not here, but in the period before
	Unnamed Unnamed  `json:"unnamed"` // those besides that are not named
}

// Unnamed are how many organisations that are not named came and went.
type Unnamed struct {
	Joined int `json:"joined"`
	Stayed int `json:"stayed"`
	Left   int `json:"left"`
}

// Options are the settings of [Count].
type Options struct {
	// Identify names organisations also where nobody states them and one person alone is behind
	// them in all spans: mail domains, which may be that person's name. Otherwise they stand
	// together in the row [discreet.Row]; what is measured, is measured of them apart.
	Identify bool
}

// Row is an organisation in a period.
type Row struct {
	Organization string  `json:"organization"`
	Changesets   int64   `json:"changesets"` // in millionths
	Share        float64 `json:"share"`      // of all changesets of the period, in [0,1]
	Developers   int     `json:"developers"` // somebody counts for each employer
}

// Count makes a panel of spans, in their order. Who is whom and works for whom, employers
// say.
func Count(spans []Span, employers *gitdm.Employers, o Options) *Panel {
	p := &Panel{Format: Format, Status: model.Simulation, Periods: []Period{}}
	names := behind(spans, employers, o)
	var before []string
	for n, s := range spans {
		one, known, tallies := count(s, employers)
		if n > 0 {
			one.Moves = moves(before, known)
		}
		one.hide(names, tallies)
		p.Periods = append(p.Periods, one)
		before = known
	}
	return p
}

// tally is what an organisation comes to, with its developers and the millionths of each.
type tally struct {
	changesets int64
	of         map[string]int64
}

// count counts one period and returns its known organisations, sorted by name, and what each
// comes to.
func count(s Span, employers *gitdm.Employers) (Period, []string, map[string]*tally) {
	p := Period{Name: s.Name, Since: s.Since, Until: s.Until, Changesets: len(s.Changesets), Merges: s.Merges, Robots: s.Robots}
	organizations, developers := map[string]*tally{}, map[string]bool{}
	for _, c := range s.Changesets {
		who := employers.Developer(c.Author)
		developers[who] = true
		for _, share := range employers.Of(c.Author, c.At) {
			t := organizations[row(share.Employer)]
			if t == nil {
				t = &tally{of: map[string]int64{}}
				organizations[row(share.Employer)] = t
			}
			t.changesets += share.Part
			t.of[who] += share.Part
		}
	}
	p.Developers = len(developers)
	var known []string
	for name, t := range organizations {
		p.Rows = append(p.Rows, Row{name, t.changesets, part(t.changesets, p.Changesets), len(t.of)})
		if isKnown(name) {
			known = append(known, name)
		}
	}
	slices.SortFunc(p.Rows, compareRows)
	slices.Sort(known)
	p.Organizations = len(known)
	if len(s.Changesets) > 0 {
		p.measure(organizations, s)
	}
	return p, known, organizations
}

// row is where a panel counts an employer.
func row(employer string) string {
	if employer == gitdm.Contested || employer == gitdm.Academic {
		return gitdm.Unknown
	}
	return employer
}

// isKnown reports whether a row is one organisation.
func isKnown(name string) bool {
	return name != gitdm.Unknown && name != gitdm.Independent && name != discreet.Row
}

func part(changesets int64, of int) float64 {
	return rounded(float64(changesets) / float64(int64(of)*model.Whole))
}

func compareRows(a, b Row) int {
	switch {
	case isKnown(a.Organization) != isKnown(b.Organization):
		if isKnown(a.Organization) {
			return -1
		}
		return 1
	case a.Changesets != b.Changesets:
		if a.Changesets > b.Changesets {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Organization, b.Organization)
}

// moves compares two sorted lists of known organisations.
func moves(before, now []string) *Moves {
	m := &Moves{Joined: []string{}, Stayed: []string{}, Left: []string{}}
	for _, name := range now {
		if _, ok := slices.BinarySearch(before, name); ok {
			m.Stayed = append(m.Stayed, name)
		} else {
			m.Joined = append(m.Joined, name)
		}
	}
	for _, name := range before {
		if _, ok := slices.BinarySearch(now, name); !ok {
			m.Left = append(m.Left, name)
		}
	}
	return m
}
