package score

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// compareAffiliations compares who is known to work for whom.
func compareAffiliations(a, b *model.Ranking) []model.Difference {
	var d differences
	for _, name := range affiliated {
		d.add("", name, "digest", a.Method.Parts[name], b.Method.Parts[name])
	}
	before, after := decisionsOf(a), decisionsOf(b)
	for _, id := range both(before, after) {
		d.add("", id, "decision", before[id], after[id])
	}
	contestA, contestB := contestsOf(a), contestsOf(b)
	for _, key := range both(contestA, contestB) {
		d.add("", strings.ReplaceAll(key, "\n", " and "), "contested acts", contestA[key], contestB[key])
	}
	eachProject(a, b, func(x, y *model.ProjectResult) {
		d.add(projectOf(x, y).ID, "", "part of changes by people of unknown affiliation", unknownShare(x), unknownShare(y))
	})
	return d
}

func decisionsOf(r *model.Ranking) map[string]string {
	m := map[string]string{}
	for _, d := range r.Decisions {
		m[d.ID] = strings.Join(slices.DeleteFunc([]string{string(d.On), d.Decide, d.Rule, days(d.From, d.Until)}, func(s string) bool { return s == "" }), ", ")
	}
	return m
}

func days(from, until model.Date) string {
	s := ""
	if from != 0 {
		s = "from " + from.String()
	}
	if until != 0 {
		s = strings.TrimSpace(s + " until " + until.String())
	}
	return s
}

// contestsOf counts contested acts by who claims the people. Where a ranking states no
// contest there was none.
func contestsOf(r *model.Ranking) map[string]string {
	m := map[string]string{}
	for _, c := range r.Contested {
		m[claimants(c.Vendors)] = strconv.FormatInt(c.Acts, 10)
	}
	return m
}

func unknownShare(p *model.ProjectResult) string {
	if p == nil {
		return ""
	}
	return figureOr(p.UnknownShare)
}

// compareFacts compares what was mined and what the judge made of it.
func compareFacts(a, b *model.Ranking) []model.Difference {
	var d differences
	eachProject(a, b, func(x, y *model.ProjectResult) {
		project := projectOf(x, y).ID
		d.add(project, "", "project", there(x), there(y))
		d.maps(project, "tip", tipsOf(x), tipsOf(y))
		d.maps(project, "contributions", countsOf(x), countsOf(y))
		d.maps(project, "refused", rulesOf(a, x, refused), rulesOf(b, y, refused))
		d.maps(project, "discounted", rulesOf(a, x, discounted), rulesOf(b, y, discounted))
		d.maps(project, "coverage", coverageOf(x), coverageOf(y))
		d.maps(project, "indicator", statesOf(x), statesOf(y))
		d.maps(project, "gap", gapsOf(a, project), gapsOf(b, project))
	})
	return d
}

// maps adds what differs between two maps from subjects to values, by subject.
func (d *differences) maps(project, what string, a, b map[string]string) {
	for _, subject := range both(a, b) {
		d.add(project, subject, what, a[subject], b[subject])
	}
}

func there(p *model.ProjectResult) string {
	if p == nil {
		return ""
	}
	return "there"
}

func tipsOf(p *model.ProjectResult) map[string]string {
	m := map[string]string{}
	if p != nil {
		for _, t := range p.Tips {
			m[t.Repository+" "+t.Branch] = t.Commit
		}
	}
	return m
}

func countsOf(p *model.ProjectResult) map[string]string {
	if p == nil {
		return nil
	}
	return map[string]string{"read": strconv.FormatInt(p.Read, 10), "counted": strconv.FormatInt(p.Counted, 10), "people": strconv.Itoa(p.People)}
}

func refused(c model.RuleCount) int64 { return c.Refused }

// discounted counts what a rule touched and did not refuse.
func discounted(c model.RuleCount) int64 { return c.Touched - c.Refused }

// rulesOf counts by rule. Of a rule that was applied and is not listed there were none;
// of one that was not applied nothing is known.
func rulesOf(r *model.Ranking, p *model.ProjectResult, count func(model.RuleCount) int64) map[string]string {
	if p == nil {
		return nil
	}
	m := map[string]string{}
	for _, rule := range r.Method.Rules {
		m[rule] = "0"
	}
	for _, c := range p.Rules {
		m[c.Rule] = strconv.FormatInt(count(c), 10)
	}
	return m
}

func coverageOf(p *model.ProjectResult) map[string]string {
	m := map[string]string{}
	if p == nil {
		return m
	}
	for _, c := range p.Coverage {
		subject := strings.TrimSpace(fmt.Sprintf("%s of %s %s", c.Kind, c.Repository, c.Source))
		said := string(c.State)
		if c.Reason != "" {
			said += ": " + c.Reason
		}
		if m[subject] != "" {
			said = m[subject] + "; " + said
		}
		m[subject] = said
	}
	return m
}

func statesOf(p *model.ProjectResult) map[string]string {
	m := map[string]string{}
	for name, i := range indicatorsOf(p) {
		m[name] = string(i.State)
		if i.Reason != "" {
			m[name] += ": " + i.Reason
		}
	}
	return m
}

// gapsOf returns the gaps of a project by repository.
func gapsOf(r *model.Ranking, project string) map[string]string {
	m := map[string]string{}
	for _, g := range r.Gaps {
		if g.Project != project {
			continue
		}
		if m[g.Repository] != "" {
			m[g.Repository] += "; "
		}
		m[g.Repository] += g.Reason
	}
	return m
}
