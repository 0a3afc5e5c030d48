package score

import (
	"maps"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// ported is a credit for a port: its place among the candidates, and what was carried.
type ported struct{ candidate, commit int32 }

// line is a set of branches of a repository.
type line struct {
	repo     uint16
	branches int32
}

// refuseReplays refuses the ports to branches that are nothing but a replay: more commits
// landed there on one day than a person may earn ports with, and nothing landed in any
// other month. A branch that is kept up gets its fixes one after the other.
func (b *bench) refuseReplays() {
	if len(b.ported) == 0 {
		return
	}
	type landed struct {
		month   model.Month
		commits int
		others  bool // something landed in another month as well
		days    map[model.Date]int
	}
	on := map[line]*landed{}
	for _, p := range b.ported {
		k := b.commits.at(p.commit)
		on[line{k.repo, k.branches}] = &landed{days: map[model.Date]int{}}
	}
	for i := range b.commits.n {
		k := b.commits.at(i)
		l, ok := on[line{k.repo, k.branches}]
		if !ok || k.flags&(described|isMerge) != described {
			continue
		}
		month := model.MonthOf(time.Unix(k.accepted, 0))
		l.others = l.others || l.commits > 0 && month != l.month
		l.month = month
		l.commits++
		l.days[model.DateOf(time.Unix(k.accepted, 0))]++
	}
	for _, p := range b.ported {
		k, act := b.commits.at(p.commit), b.candidates[p.candidate].act
		if l := on[line{k.repo, k.branches}]; !l.others && slices.Max(slices.Collect(maps.Values(l.days))) > b.tender.Rules.PortsPerDay && b.may(act, ruleReplay) {
			b.drop(int(p.candidate), ruleReplay, -1)
		}
	}
}
