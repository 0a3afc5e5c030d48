package census

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Measure is a measure that CHAOSS names: what is computed, and where that differs.
type Measure struct {
	Name    string // by which measures.csv knows it
	Unit    string
	Chaoss  string // the name that CHAOSS gives it
	Source  string // where CHAOSS defines it
	Means   string // what exactly is computed here
	Differs string // from what CHAOSS describes
	needs   []model.Kind
	value   func(m *material) (v float64, n int64, reason string)
}

// material is what the measures of one project, or of all, are made of.
type material struct {
	months   int
	people   map[Person]int64 // commits, in millionths, by person and organisation
	changes  Changes
	issues   Answers
	releases []int64
}

// Measures returns the measures in the order of the table.
func Measures() []Measure {
	return []Measure{
		{"contributor_absence_factor", "persons", "Contributor Absence Factor", "https://chaoss.community/kb/metric-contributor-absence-factor/",
			"The smallest number of persons who together wrote at least half of the commits of the window that are no merges and not by robots.",
			"CHAOSS leaves open which contributions count and by which time. Here a commit counts when it was accepted, and one person is one by .mailmap and rosters.",
			[]model.Kind{model.CommitFacts}, (*material).absence},
		{"elephant_factor", "organisations", "Elephant Factor", "https://chaoss.community/kb/metric-elephant-factor/",
			"The smallest number of organisations whose people together wrote at least half of these commits.",
			"Commits by people of unknown employers stay in the whole and belong to no organisation: where they are more than half, there is no value.",
			[]model.Kind{model.CommitFacts}, (*material).elephant},
		{"organisations", "organisations", "Organizational Diversity", "https://chaoss.community/kb/metric-organizational-diversity/",
			"The number of organisations whose people wrote at least one of these commits.",
			"People of unknown employers are none.", []model.Kind{model.CommitFacts}, (*material).organisations},
		{"organisational_diversity", "1", "Organizational Diversity", "https://chaoss.community/kb/metric-organizational-diversity/",
			"1 − Σ s², where s is the part of these commits by one organisation: the chance that two commits are of different ones (Simpson 1949; 1 − the Herfindahl-Hirschman index). All people of unknown employers count as one organisation.",
			"CHAOSS counts and lists organisations and states no index. One group of unknown makes the value a lower bound.",
			[]model.Kind{model.CommitFacts}, (*material).diversity},
		{"change_request_reviews", "reviews per change", "Change Request Reviews", "https://chaoss.community/kb/metric-change-request-reviews/",
			"Reviews by other persons than its authors, for each pull or merge request merged in the window.",
			"Requests that were never merged are not mined and do not count.", []model.Kind{model.ReviewFacts}, (*material).reviews},
		{"changes_reviewed", "1", "Change Request Reviews", "https://chaoss.community/kb/metric-change-request-reviews/",
			"The part of these requests with at least one such review.",
			"As above.", []model.Kind{model.ReviewFacts}, (*material).reviewed},
		{"time_to_first_response_changes", "hours", "Time to First Response", "https://chaoss.community/kb/metric-time-to-first-response/",
			"The median time from the opening of a request to the first act on it by another person than its authors: a review, a label, a command. Robots do not respond.",
			"Requests without a response, and those that were never merged, are left out, so the value is a lower bound.",
			[]model.Kind{model.ReviewFacts}, (*material).responseToChanges},
		{"time_to_first_response_issues", "hours", "Time to First Response", "https://chaoss.community/kb/metric-time-to-first-response/",
			"The median time from the opening of an issue to the first answer by a person, for issues first answered in the window.",
			"Issues without an answer are left out; who opened an issue is not known, so an answer of theirs counts.",
			[]model.Kind{model.IssueFacts}, (*material).responseToIssues},
		{"release_frequency", "releases per year", "Release Frequency", "https://chaoss.community/kb/metric-release-frequency/",
			"Releases published in the window, for each twelve months of it: releases of the forge, or tags with a version in their names. Tags of several modules at one version, such as api/v3.5.1 and client/v3.5.1, are one release.",
			"CHAOSS counts by a period that the user chooses. Tags without a tagger have no date of their own and are not seen.", []model.Kind{model.ReleaseFacts}, (*material).releaseFrequency},
		{"time_between_releases", "days", "Release Frequency", "https://chaoss.community/kb/metric-release-frequency/",
			"The median time between a release of the window and the next one.",
			"As above. Several maintained lines take turns, so this is not how long a line waits for its next release.", []model.Kind{model.ReleaseFacts}, (*material).betweenReleases},
	}
}

const noCommits = "nobody is known to have written a commit in the window"

func (m *material) absence() (float64, int64, string) {
	by := map[string]int64{}
	for p, n := range m.people {
		by[p.Person] += n
	}
	return half(by, m.commits(), "")
}

func (m *material) elephant() (float64, int64, string) {
	return half(m.byOrganisation(), m.commits(), "")
}

// half returns how many of the largest parts make half of all. The part named none is nobody's.
func half(by map[string]int64, all int64, none string) (float64, int64, string) {
	if all == 0 {
		return 0, 0, noCommits
	}
	delete(by, none)
	sum := int64(0)
	for i, n := range slices.SortedFunc(maps.Values(by), func(a, b int64) int { return cmp.Compare(b, a) }) {
		if sum += n; 2*sum >= all {
			return float64(i + 1), all / model.Whole, ""
		}
	}
	return 0, all / model.Whole, fmt.Sprintf("%d of %d commits are by people whose employer nobody knows", (all-sum)/model.Whole, all/model.Whole)
}

func (m *material) commits() (all int64) {
	for _, n := range m.people {
		all += n
	}
	return all
}

func (m *material) byOrganisation() map[string]int64 {
	by := map[string]int64{}
	for p, n := range m.people {
		if n > 0 {
			by[p.Organisation] += n
		}
	}
	return by
}

func (m *material) organisations() (float64, int64, string) {
	all := m.commits()
	if all == 0 {
		return 0, 0, noCommits
	}
	by := m.byOrganisation()
	delete(by, "")
	return float64(len(by)), all / model.Whole, ""
}

func (m *material) diversity() (float64, int64, string) {
	all := m.commits()
	if all == 0 {
		return 0, 0, noCommits
	}
	sum := 0.0
	for _, n := range slices.Sorted(maps.Values(m.byOrganisation())) {
		s := float64(n) / float64(all)
		sum += float64(s * s)
	}
	return 1 - sum, all / model.Whole, ""
}

const noChanges = "no change is known to have been merged in the window"

func (m *material) reviews() (float64, int64, string) {
	if m.changes.Merged == 0 {
		return 0, 0, noChanges
	}
	return float64(m.changes.Reviews) / float64(m.changes.Merged), m.changes.Merged, ""
}

func (m *material) reviewed() (float64, int64, string) {
	if m.changes.Merged == 0 {
		return 0, 0, noChanges
	}
	return float64(m.changes.Reviewed) / float64(m.changes.Merged), m.changes.Merged, ""
}

func (m *material) responseToChanges() (float64, int64, string) {
	return median(m.changes.Waited, 3600, "no response to a change that was merged in the window is known")
}

func (m *material) responseToIssues() (float64, int64, string) {
	return median(m.issues.Waited, 3600, "no issue is known to have been answered first in the window")
}

func (m *material) releaseFrequency() (float64, int64, string) {
	n := len(m.releases) // none is a fact here: the sources show releases, and there are none
	return float64(n) * 12 / float64(m.months), int64(n), ""
}

func (m *material) betweenReleases() (float64, int64, string) {
	var gaps []int64
	for i := range m.releases {
		if i > 0 {
			gaps = append(gaps, m.releases[i]-m.releases[i-1])
		}
	}
	slices.Sort(gaps)
	return median(gaps, 86400, "fewer than two releases are known in the window")
}

// median returns the middle of a sorted list of seconds in a unit of so many.
func median(list []int64, unit float64, none string) (float64, int64, string) {
	n := len(list)
	if n == 0 {
		return 0, 0, none
	}
	return float64(list[(n-1)/2]+list[n/2]) / 2 / unit, int64(n), ""
}
