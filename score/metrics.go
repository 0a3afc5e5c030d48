package score

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Metric is an indicator: what is measured, in which unit, and from which facts.
type Metric struct {
	Pillar    model.Pillar
	Indicator model.Indicator
	Unit      string
	Doc       string
	Source    string
	Needs     model.Kind // the kind of fact without which it cannot be shown
	// Of is the indicator whose credits it is measured by.
	Of model.Indicator
	// Months says that distinct months are counted instead of credits. The
	// threshold then is the window's length, and the score grows in a straight line.
	Months bool
	// Floor is the least threshold that is proposed.
	Floor float64
}

// metrics is the whole list: a new indicator is a row here, its name in package
// model, and what credits it in the judge.
var metrics = [...]Metric{
	{model.Commits, model.Changes, "changes",
		"Accepted changes, 1/k to each of k human authors. A change is what a forge merged as one; else a commit that somebody else took (it was pushed directly, merged by a robot, or committed by somebody known to have the right to approve), or that bears its own Change-Id where at least half of the window's commits do; else the commits of one first-parent merge; else what one person pushed to one repository on one UTC day. The commits of a forge's change say who wrote it; where git knows none of them, whoever opened it did.",
		"CHAOSS Change Requests Accepted, counted in shares of authors; https://chaoss.community/kb/metric-change-requests-accepted/",
		model.CommitFacts, model.Changes, false, 12},
	{model.Commits, model.ActiveMonths, "months",
		"Distinct months of the window with a credited change by anyone of the vendor.",
		"After CHAOSS Contributors and its regularity of activity; https://chaoss.community/kb/metric-contributors/",
		model.CommitFacts, model.Changes, true, 0},
	{model.Commits, model.Translations, "changes",
		"Accepted changes to catalogues of translations alone, 1/k to each of k human authors. They are no changes of the indicator above. Optional: weight 0 unless the document states another.",
		"A kind of contribution of its own, as in Damned Lies and Weblate; CHAOSS Types of Contributions, https://chaoss.community/kb/metric-types-of-contributions/",
		model.ChurnFacts, model.Translations, false, 12},
	{model.Reviews, model.ReviewsDone, "reviews",
		"Distinct pairs of reviewer and accepted change, before it is merged. From a forge: 1 for at least 2 comments on lines, in one review or several, for 1 beside 80 characters of text, or for a verdict, or a command such as /lgtm or /approve, by someone with the right to approve (write access, owner, listed in a role file, or known to have taken others' work before); ¼ for any other verdict with a comment on lines or 20 characters of text, for the command that a robot obeyed, and for a wordless verdict within 5 minutes of the last commit; nothing for any other wordless one. From git alone: trailers where the committer is not the author. 1 for Reviewed-by by someone with the right to approve, ½ for Tested-by, ¼ for any other Reviewed-by and for Acked-by; the highest counts.",
		"CHAOSS Change Request Reviews; https://chaoss.community/kb/metric-change-request-reviews/",
		model.ReviewFacts, model.ReviewsDone, false, 12},
	{model.Reviews, model.ActiveMonths, "months",
		"Distinct months of the window with a credited review by anyone of the vendor.",
		"As active months of changes.",
		model.ReviewFacts, model.ReviewsDone, true, 0},
	{model.Maintenance, model.Integration, "changes",
		"Others' changes merged or committed, each once. From a forge: by whoever merged it, or told the robot that did: by the command before the merge of somebody with the right to approve, else of anybody, the strongest first (to merge, /approve, /lgtm), then the latest. From git alone: commits taken one by one, and first-parent merges of what others wrote.",
		"The deed behind a maintainer's title; gitdm and the kernel's reports call it signing off as the committer.",
		model.MergeFacts, model.Integration, false, 12},
	{model.Maintenance, model.Releases, "days",
		"Days on which the person published a release, its tag and the forge's release being one. From git alone: annotated version tags.",
		"CHAOSS Release Frequency; https://chaoss.community/kb/metric-release-frequency/",
		model.ReleaseFacts, model.Releases, false, 3},
	{model.Maintenance, model.Ports, "ports",
		"Work carried to another maintained branch, to the committer, once per merged change, first-parent merge or commit, and branch; where none of its commits has a human committer, to whoever took the change.",
		"The stable-branch rules of the projects themselves, e.g. https://docs.openstack.org/project-team-guide/stable-branches.html",
		model.CommitFacts, model.Ports, false, 3},
	{model.Maintenance, model.Security, "advisories",
		"Changes that an advisory of the window cites as the fix, 1/k to each of k authors, and credits in it for developing, reviewing or verifying the remediation, coordinating or analysing; the highest counts, once per person and identifier, in the month of its first publication. A change that an advisory cites is no upkeep.",
		"OSV schema, fields references and credits; https://ossf.github.io/osv-schema/",
		model.AdvisoryFacts, model.Security, false, 2},
	{model.Maintenance, model.Triage, "issues",
		"Issues with a first human answer by someone other than the author, or closed for the last time with a reason, or a label by the same person, and such an answer; once per person and issue.",
		"CHAOSS Issue Response Time; https://chaoss.community/kb/metric-issue-response-time/",
		model.IssueFacts, model.Triage, false, 12},
	{model.Maintenance, model.Upkeep, "changes",
		"Changes all of whose files are CI, build, packaging or dependencies, by humans, 1/k to each of k authors.",
		"The printed list of paths.",
		model.FileFacts, model.Upkeep, false, 6},
	{model.Maintenance, model.Stewardship, "months",
		"Distinct months in which somebody of the vendor is listed in MAINTAINERS, OWNERS or CODEOWNERS and has another credited act.",
		"The files' own history.",
		model.RoleFacts, model.Stewardship, true, 0},
}

// Metrics returns the indicators with their definitions, in order.
func Metrics() []Metric { return slices.Clone(metrics[:]) }

// curve is the table that turns r = value / threshold into a score: straight
// lines between its points, so that a pocket calculator can check them. It is
// absolute: relative formulas cause ranking paradoxes (Stilger, Siderius and van
// Raaij 2017, Journal of Public Procurement 17(1)).
var curve = [...][2]float64{{0, 0}, {1. / 16, 0.25}, {1. / 4, 0.50}, {9. / 16, 0.75}, {1, 1}}

// Curve returns the points (r, n) of the table, by r. From its last one on n stays what it
// is there. Indicators in months do not follow it: their n is r, at most 1.
func Curve() [][2]float64 { return slices.Clone(curve[:]) }

// normalise returns the score in [0,1] of r ≥ 0. Products are rounded explicitly,
// as some processors would fuse them with the sum and give another last digit.
func (m Metric) normalise(r float64) float64 {
	if m.Months {
		return min(1, r)
	}
	return curved(r)
}

// curved reads the table.
func curved(r float64) float64 {
	for i := 1; i < len(curve); i++ {
		a, b := curve[i-1], curve[i]
		if r <= b[0] {
			slope := (b[1] - a[1]) / (b[0] - a[0])
			return a[1] + float64(slope*(r-a[0]))
		}
	}
	return 1
}

// propose returns the threshold that calibration proposes from the credits of the
// project's people: what the three most active reach together, rounded up, and at
// least the metric's floor; 0 where nobody did anything.
func (m Metric) propose(credits []int64) float64 {
	slices.SortFunc(credits, func(a, b int64) int { return int(min(1, max(-1, b-a))) })
	var sum int64
	for _, c := range credits[:min(3, len(credits))] {
		sum += c
	}
	if sum <= 0 {
		return 0
	}
	return max(m.Floor, math.Ceil(float64(sum)/model.Whole))
}

// stateOf returns how well the sources and the judge could show a metric. Of several
// sources of one repository the best one counts; what it does not lack is no gap.
func (m Metric) stateOf(f *Facts) (model.State, string) {
	type source struct{ repository, name string }
	of := map[source]model.State{}
	for _, c := range f.Coverage {
		if c.Kind == m.Needs {
			of[source{c.Repository, c.Source}] = worse(cmp.Or(of[source{c.Repository, c.Source}], model.Complete), c.State)
		}
	}
	best := map[string]model.State{}
	for s, state := range of {
		if was, ok := best[s.repository]; !ok || worse(was, state) == was {
			best[s.repository] = state
		}
	}
	var reasons []string
	for _, c := range f.Coverage {
		if c.Kind == m.Needs && c.State != model.Complete && best[c.Repository] != model.Complete {
			reasons = append(reasons, c.Reason)
		}
	}
	states := slices.Collect(maps.Values(best))
	state := model.Partial
	switch {
	case len(states) == 0:
		return model.Unavailable, "no source stated anything about " + string(m.Needs)
	case all(states, model.Complete):
		state = model.Complete
	case all(states, model.Unavailable):
		state = model.Unavailable
	}
	for _, l := range f.Limits {
		if l.Indicator == m.Of {
			state, reasons = worse(state, l.State), append(reasons, l.Reason)
		}
	}
	slices.Sort(reasons)
	return state, strings.Join(slices.Compact(reasons), "; ")
}

func all(states []model.State, s model.State) bool {
	return !slices.ContainsFunc(states, func(x model.State) bool { return x != s })
}

func worse(a, b model.State) model.State {
	for _, s := range []model.State{model.Unavailable, model.Partial} {
		if a == s || b == s {
			return s
		}
	}
	return model.Complete
}
