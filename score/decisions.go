package score

import (
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// decisions are the document's decisions, by what they are on.
type decisions struct {
	commits map[hash][]model.Decision
	others  map[model.Artifact][]model.Decision
	off     rule // overruled everywhere, to show what hangs on it
}

// newDecisions indexes the decisions, leaving one out by its name so that its
// effect can be shown; "" leaves none out.
func newDecisions(list []model.Decision, without string) decisions {
	d := decisions{commits: map[hash][]model.Decision{}, others: map[model.Artifact][]model.Decision{}}
	for _, x := range list {
		if x.ID == without && without != "" {
			continue
		}
		if h, err := parseHash(x.On.Name()); err == nil && x.On.Kind() == model.CommitArtifact {
			d.commits[h] = append(d.commits[h], x)
		} else {
			d.others[x.On] = append(d.others[x.On], x)
		}
	}
	return d
}

func (d decisions) any() bool { return len(d.commits) > 0 || len(d.others) > 0 }

func (d decisions) refused(h hash) bool { return refuses(d.commits[h]) }

func (d decisions) refusedOther(a model.Artifact) bool { return a != "" && refuses(d.others[a]) }

func (d decisions) overruled(h hash, r rule) bool { return r == d.off || overrules(d.commits[h], r) }

func (d decisions) overruledOther(a model.Artifact, r rule) bool {
	return r == d.off || a != "" && overrules(d.others[a], r)
}

func refuses(list []model.Decision) bool {
	for _, x := range list {
		if x.Decide == "refuse" {
			return true
		}
	}
	return false
}

func overrules(list []model.Decision, r rule) bool {
	for _, x := range list {
		if x.Decide == "count" && x.Rule == r.String() {
			return true
		}
	}
	return false
}

// overrulable are the rules that a decision to count may overrule: those that
// are held against one act alone.
var overrulable = [...]rule{ruleWindow, ruleBranch, ruleBot, ruleControlled, ruleRevert, ruleTrivial, ruleImport,
	ruleDuplicate, ruleUnattested, ruleSelf, ruleSmallText, ruleReplay, ruleCap}

// vendor returns the vendor that a decision gives the authorship of a commit or a
// change to, "" for none; of several artifacts, the first one that has a decision.
func (d decisions) vendor(artifacts ...model.Artifact) string {
	for _, a := range artifacts {
		list := d.others[a]
		if h, err := parseHash(a.Name()); err == nil && a.Kind() == model.CommitArtifact {
			list = d.commits[h]
		}
		for _, x := range list {
			if v, ok := strings.CutPrefix(x.Decide, "vendor:"); ok {
				return strings.TrimSpace(v)
			}
		}
	}
	return ""
}
