package profile

import (
	"cmp"
	"slices"
	"strings"
	"time"

	research "github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Format names the written form of a waterfall.
const Format = "tributary-profile/1"

// The steps that are no rules of the judge. The others bear the rules' names.
const (
	Start     = "profile"   // what the profile counts
	Skipped   = "skipped"   // addresses to skip
	Authors   = "authors"   // co-authors, and whoever else is an author by our method
	Period    = "period"    // acceptance in the window, instead of the profile's period
	Employer  = "employer"  // by evidence at the act, instead of the profile's way
	Shared    = "shared"    // a change is shared by its authors
	Changes   = "= changes" // our units of change
	Elsewhere = "elsewhere" // what earns for another indicator, such as translations
	Credit    = "= credit"  // of the indicator changes
)

// Waterfall leads from a profile's number to ours.
type Waterfall struct {
	Format  string    `json:"format"`
	Status  string    `json:"status"` // always SIMULATION: nothing here decides anything
	Gaps    []string  `json:"gaps,omitempty"`
	Profile Profile   `json:"profile"`
	Since   time.Time `json:"since"` // of our window
	Until   time.Time `json:"until"`
	Range   string    `json:"range,omitempty"` // A..B, where the profile's period is one

	// Steps are in the order in which they are taken; the first is [Start], the last [Credit].
	Steps []Step `json:"steps"`
	// Both, ProfileOnly and OursOnly count acts of authorship: those that the profile counts
	// and that are part of a unit of change of ours, and those that one of both leaves out.
	Both        int `json:"both"`
	ProfileOnly int `json:"profile_only"`
	OursOnly    int `json:"ours_only"`
	// Community is how many addresses have at least so many commits, where the profile
	// counts them: by organisation, the most commits asked for first.
	Community []Community `json:"community,omitempty"`
}

// Step is a step from one number to another.
type Step struct {
	Name  string `json:"name"`
	Total bool   `json:"total,omitempty"` // the number so far, and no change
	Why   string `json:"why"`             // what it does
	Acts  int    `json:"acts"`            // that it touches; of a total, that are in it
	// Sum is the change that it makes in sum, of a total the number itself, in millionths.
	Sum int64 `json:"sum"`
	// Organizations are those that it touches, by name. Where acts move from one to another,
	// Sum is 0 and these are not.
	Organizations []Amount `json:"organizations,omitempty"`
}

// Amount is a change of an organisation's number, or the number, in millionths.
type Amount struct {
	Organization string `json:"organization"`
	Added        int64  `json:"added"`  // 0 or more
	Taken        int64  `json:"taken"`  // 0 or more
	Change       int64  `json:"change"` // added less taken; of a total the number
}

// Community is how many addresses an organisation has.
type Community struct {
	Organization string `json:"organization"`
	AtLeast      int64  `json:"at_least"` // commits of each
	Addresses    int    `json:"addresses"`
}

// steps are those of every waterfall. The window is a step of its own, which begins with
// the profile's period; burst warns alone.
func steps() []Step {
	list := []Step{
		{Name: Start, Total: true, Why: "what the profile counts"},
		{Name: Skipped, Why: "commits of the addresses to skip, which the profile was told to leave out and the judge knows nothing of"},
		{Name: Authors, Why: "co-authors, and the human behind an AI agent's commit or a change without commits, are authors, too"},
		{Name: Period, Why: "what was accepted in the window, instead of what lies in the profile's period"},
		{Name: Employer, Why: "whose employee somebody was at the act, by the level of evidence that the document asks for, instead of the profile's way"},
	}
	for _, r := range score.Rules() {
		switch r.Name {
		case "window", "burst":
			continue
		}
		list = append(list, Step{Name: r.Name, Why: r.Doc})
		if r.Name == "unit" {
			list = append(list, Step{Name: Shared, Why: "each of k authors of a change has 1/k of it"}, Step{Name: Changes, Total: true, Why: "units of change, before discounts, caps and floors"})
		}
		if r.Name == "small-text" {
			list = append(list, Step{Name: Elsewhere, Why: "what earns for another indicator: translations, and merges that take others' changes"})
		}
	}
	return append(list, Step{Name: Credit, Total: true, Why: "credit of the indicator changes"})
}

// sums adds up what each step does.
type sums struct {
	steps []Step
	index map[string]int
	by    []map[string]*Amount // by step, then by organisation
}

func newSums() *sums {
	s := &sums{steps: steps(), index: map[string]int{}}
	for i, step := range s.steps {
		s.index[step.Name] = i
		s.by = append(s.by, map[string]*Amount{})
	}
	return s
}

// holding is what one act is worth, and for whom.
type holding struct {
	amount int64
	shares []research.Share
}

// move enters that an act is worth something else from a step on.
func (s *sums) move(step string, from, to holding) {
	i := s.index[step]
	change := map[string]int64{}
	spread(from, func(name string, n int64) { change[name] -= n })
	spread(to, func(name string, n int64) { change[name] += n })
	touched := false
	for name, n := range change {
		if n == 0 {
			continue
		}
		touched = true
		a := s.by[i][name]
		if a == nil {
			a = &Amount{Organization: name}
			s.by[i][name] = a
		}
		a.Added += max(n, 0)
		a.Taken += max(-n, 0)
		a.Change += n
	}
	if touched {
		s.steps[i].Acts++
	}
}

// spread divides an amount as a ledger does: what does not divide goes to the last.
func spread(h holding, each func(name string, n int64)) {
	rest := h.amount
	for i, share := range h.shares {
		n := h.amount * share.Part / model.Whole
		if i == len(h.shares)-1 {
			n = rest
		}
		rest -= n
		each(share.Employer, n)
	}
}

// finish fills in the totals.
func (s *sums) finish(acts map[string]int) []Step {
	running := map[string]int64{}
	for i := range s.steps {
		step := &s.steps[i]
		for name, a := range s.by[i] {
			running[name] += a.Change
		}
		list := s.by[i]
		if step.Total {
			list = map[string]*Amount{}
			for name, n := range running {
				if n != 0 {
					list[name] = &Amount{Organization: name, Change: n}
				}
			}
			step.Acts = acts[step.Name]
		}
		for _, a := range list {
			step.Sum += a.Change
			step.Organizations = append(step.Organizations, *a)
		}
		slices.SortFunc(step.Organizations, func(a, b Amount) int { return strings.Compare(a.Organization, b.Organization) })
	}
	return s.steps
}

// Organizations returns the names of all organisations that a step touches: those of the
// largest start first, then by name.
func (w *Waterfall) Organizations() []string {
	start, names := map[string]int64{}, map[string]bool{}
	for i, s := range w.Steps {
		for _, a := range s.Organizations {
			names[a.Organization] = true
			if i == 0 {
				start[a.Organization] = a.Change
			}
		}
	}
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(start[b], start[a]), strings.Compare(a, b))
	})
	return list
}

// Of returns the waterfall of one organisation: the steps that touch it, and all totals.
func (w *Waterfall) Of(organization string) (list []Step) {
	for _, s := range w.Steps {
		i := slices.IndexFunc(s.Organizations, func(a Amount) bool { return a.Organization == organization })
		one := Step{Name: s.Name, Total: s.Total, Why: s.Why}
		switch {
		case i >= 0:
			one.Organizations, one.Sum = s.Organizations[i:i+1], s.Organizations[i].Change
		case !s.Total:
			continue
		}
		list = append(list, one)
	}
	return list
}
