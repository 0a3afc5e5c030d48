package score

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// ErrNotSealable says why a document cannot be sealed.
var ErrNotSealable = errors.New("the document cannot be sealed")

// Seal returns the tender as it is sealed on a day: with the tips at which it was mined
// pinned in every repository, and with the seal whose digest the buyer publishes. The
// tender itself is left as it is. The ledger is [Tally]'s of the same tender.
//
// What is fixed: repositories with their tips (and, where the records were mined with what
// a seal pins beside them, [model.MainTip] and [model.TagsTip]), the window, mode and points, weights, rules,
// thresholds, which indicators counted, lots, robots, the vendors, rosters and decisions
// that the document has, and the method with all its words. What is not: bidders, and what
// comes with their bids or after them, as [Certify] says.
//
// It fails with [ErrNotSealable] and every reason: a seal that is there already or would be
// later than the notice, thresholds that are not stated or below the floor, indicators that
// look closed and are not justified (see [OpennessOf]), gaps that are not accepted, and
// repositories that were not mined.
func Seal(t *model.Tender, l *Ledger, at model.Date) (*model.Tender, error) {
	r := Rank(t, l)
	reasons := slices.Concat(sealDay(t, at), belowFloor(t), unstated(r), unmined(t, r), openGaps(t, r), unjustified(OpennessOf(t, l)))
	if len(reasons) > 0 {
		return nil, because(ErrNotSealable, reasons)
	}
	sealed := withTips(t, r)
	s := &model.Seal{Format: model.SealFormat, At: at, Indicators: counted(r), Vendors: slices.Sorted(maps.Keys(t.Vendors)),
		Rosters: rosters(t), Decisions: names(t.Decisions)}
	if t.Erased != nil {
		s.Erased = len(t.Erased.Hashes)
	}
	sealed.Seal = s
	s.Parts = sealedParts(sealed)
	s.Digest = SealDigest(s)
	return sealed, nil
}

// SealDigest computes the digest of a seal from everything else that it states: SHA-256 of
// a JSON list without white space, ["tributary-seal/1", day, parts by name, erased].
func SealDigest(s *model.Seal) string { return digest(s.Format, s.At, s.Parts, s.Erased) }

// sealedParts computes the digests of the parts that a tender's seal fixes, from what the
// document says now of what it had then.
func sealedParts(t *model.Tender) map[string]string {
	s := t.Seal
	now, kept := rosters(t), map[string]string{}
	for file := range s.Rosters {
		kept[file] = now[file] // "" where it is gone
	}
	b := bearing{vendors: s.Vendors, rosters: kept, decisions: s.Decisions, indicators: s.Indicators, tips: pinned(t), thresholds: statedThresholds(t)}
	return b.digests(t)
}

// withTips returns the tender with the tips at which it was mined.
func withTips(t *model.Tender, r *model.Ranking) *model.Tender {
	sealed := *t
	sealed.Projects = maps.Clone(t.Projects)
	for _, p := range r.Projects {
		project := sealed.Projects[p.ID]
		project.Repositories = slices.Clone(project.Repositories)
		for n := range project.Repositories {
			repo := &project.Repositories[n]
			repo.Tips = nil
			for _, tip := range p.Tips {
				if tip.Repository == repo.URL {
					if repo.Tips == nil {
						repo.Tips = map[string]string{}
					}
					repo.Tips[tip.Branch] = tip.Commit
				}
			}
		}
		sealed.Projects[p.ID] = project
	}
	return &sealed
}

// because is an error with its reasons.
func because(err error, reasons []string) error {
	all := []error{err}
	for _, r := range reasons {
		all = append(all, errors.New(r))
	}
	return errors.Join(all...)
}

func sealDay(t *model.Tender, at model.Date) []string {
	switch notice := t.About.Notice; {
	case t.Seal != nil:
		return []string{fmt.Sprintf("it was sealed on %s as %s; a published seal binds the buyer. Where nothing is published yet, delete the block seal, and the tips if newer ones are wanted, and seal anew", t.Seal.At, t.Seal.Digest)}
	case at == 0:
		return []string{"no day of the sealing: state tender: {notice: 2026-12-01}, or the day itself"}
	case notice != 0 && at > notice:
		return []string{fmt.Sprintf("the sealing on %s would be after the notice on %s: what is fixed later can be fitted to the bids", at, notice)}
	}
	return nil
}

// unstated lists the thresholds that count and that the document does not state.
func unstated(r *model.Ranking) (list []string) {
	for _, p := range r.Projects {
		for _, i := range p.Indicators {
			if i.Proposed && i.Weight > 0 {
				list = append(list, fmt.Sprintf("%s: no threshold is stated for %s; calibrate first, and write a number or none", p.ID, i.Indicator))
			}
		}
	}
	return list
}

// unmined lists what no tip can be pinned for, and projects of which nothing can be scored.
func unmined(t *model.Tender, r *model.Ranking) (list []string) {
	for _, p := range r.Projects {
		for _, repo := range t.Projects[p.ID].Repositories {
			mined := slices.ContainsFunc(p.Tips, func(x model.TipShown) bool { return x.Repository == repo.URL })
			if !mined && !t.Projects[p.ID].Accepts(repo.URL) {
				list = append(list, fmt.Sprintf("%s: %s was not mined, so that nothing of it can be pinned", p.ID, repo.URL))
			}
		}
		if len(counted(r)[p.ID]) == 0 {
			list = append(list, fmt.Sprintf("%s: no indicator can be scored; take the project out of the tender", p.ID))
		}
	}
	return list
}

// openGaps lists the gaps that the document does not accept.
func openGaps(t *model.Tender, r *model.Ranking) (list []string) {
	for _, g := range r.Gaps {
		if !t.Projects[g.Project].Accepts(g.Repository) {
			list = append(list, fmt.Sprintf("%s: %s is a gap (%s); mend it, or write under the project accept: [{kind: gap, repository: %[2]s, reason: …}]", g.Project, g.Repository, g.Reason))
		}
	}
	return list
}

func unjustified(all []Openness) (list []string) {
	for _, o := range all {
		if o.Closed != "" && o.Justified == "" {
			drop := "threshold to none"
			if model.Floor(o.Indicator) == 0 { // months have none
				drop = "weight to 0"
			}
			list = append(list, fmt.Sprintf("%s: %s of %s looks closed: %s; justify it with justify: [{indicator: %[2]s, reason: …}] under the project, or set its %[5]s",
				o.Project, o.Indicator, o.Pillar, o.Closed, drop))
		}
	}
	return list
}

// partsThatDiffer says in which parts a sealed document is another now, in [sealOrder], and
// what to do.
func partsThatDiffer(t *model.Tender) (list []string) {
	now := sealedParts(t)
	for _, name := range sealOrder {
		if now[name] == t.Seal.Parts[name] {
			continue
		}
		list = append(list, fmt.Sprintf("%s: %s", name, cmp.Or(rosterDifference(t, name), mendings[name])))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Seal.Parts)) {
		if now[name] == "" {
			list = append(list, fmt.Sprintf("%s: this version knows no such part; use the version that sealed the document", name))
		}
	}
	return list
}

// mendings says what it means that a part differs from what was sealed.
var mendings = map[string]string{
	sealTips:       "the pinned commits are not those that were sealed; put them back",
	sealThresholds: "a threshold was changed after the sealing; put it back",
	sealIndicators: "the seal's list of indicators was changed; put it back",
	sealWeights:    "a weight was changed after the sealing; put it back",
	sealRules:      "a parameter of a rule was changed after the sealing; put it back",
	sealBots:       "the list of robots is another, the document's or this version's; put the document's back, decide single acts (rule: bot, decide: count), or use the version that sealed it",
	sealRosters:    "a roster that was sealed is another; put it back, what is new comes in a file of its own",
	sealMethod:     "the method's rules, indicators or words are others in this version; use the version that sealed the document",
	sealWindow:     "the window was changed after the sealing; put it back",
	sealTerms:      "mode, shortlist, points, minimum_points, evidence or minimum were changed after the sealing; put them back",
	sealProjects:   "projects, repositories or branches were changed after the sealing; put them back",
	sealLots:       "lots, their projects or points were changed after the sealing; put them back",
	sealVendors:    "a vendor that was sealed, or personal_domains, is another; put it back",
	sealDecisions:  "a decision that was sealed is another; put it back, and decide further ones below it",
}

// rosterDifference names the rosters that differ.
func rosterDifference(t *model.Tender, part string) string {
	if part != sealRosters {
		return ""
	}
	now := rosters(t)
	for _, file := range slices.Sorted(maps.Keys(t.Seal.Rosters)) {
		if now[file] != t.Seal.Rosters[file] {
			return fmt.Sprintf("%s is not what was sealed; put it back, what is new comes in a file of its own", cmp.Or(file, "the people of the tender"))
		}
	}
	return ""
}
