package score

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// CheckSeal holds a tender against the digest that was published: 64 hexadecimal digits. It
// returns [ErrNotOfficial] with every reason for which no result of it can be official,
// those that can be told without mining; [Certify] tells the rest.
//
// What may have come since the sealing, because a losing bidder cannot reasonably object:
//
//   - bidders, who are never sealed;
//   - vendors of these bidders and subcontractors, and their owners: who was not known
//     before the notice has to be named somewhere. Those that were sealed stay as they are,
//     but for the keys that sign claims;
//   - signed claims, and people documents in which a bidder lists its own people (level
//     listed at most), in files of their own. Imported tables do not come with bids;
//   - decisions on identity and affiliation: whom a person worked for or that nobody knows,
//     whom the authorship of a change or commit belongs to, and that what was taken for a
//     robot is a person (rule bot, count). To overrule any other rule for one act is a
//     change of the method, and must be decided before the sealing. They stand below the
//     sealed ones, and each shows its effect on every bidder;
//   - gaps that are accepted, with the reason;
//   - entries of the list of erased people: the law does not wait for a tender.
//
// Each is named in the result's warnings.
func CheckSeal(t *model.Tender, digest string) error {
	if t.Seal == nil {
		return because(ErrNotOfficial, []string{"the document is not sealed"})
	}
	if t.Seal.Digest != digest {
		return because(ErrNotOfficial, []string{fmt.Sprintf("the document bears the seal %s, not %s", t.Seal.Digest, digest)})
	}
	reasons := partsThatDiffer(t)
	if SealDigest(t.Seal) != digest {
		reasons = append(reasons, "seal: the block was changed after it was written; its parts do not make its digest")
	}
	late := lateOf(t)
	reasons = slices.Concat(reasons, late.faults, belowFloor(t))
	if len(reasons) == 0 {
		return nil
	}
	return because(ErrNotOfficial, reasons)
}

// Certify makes a ranking of a sealed tender official: its status becomes
// [model.Official], and it bears the seal's digest. Otherwise the ranking stays a
// simulation and the error is [ErrNotOfficial] with every reason: those of [CheckSeal] and
// [Official], a ranking of another tender, commits that were mined at others than the
// pinned tips, indicators that count now and did not at the sealing or the reverse,
// gaps that are not accepted, and no bidders.
func Certify(t *model.Tender, r *model.Ranking, digest string) error {
	if err := CheckSeal(t, digest); err != nil {
		return err
	}
	if r.Method.Digest != methodDigest(t, r) {
		return because(ErrNotOfficial, []string{"the ranking was made from another document"})
	}
	reasons := slices.Concat(otherTips(t, r), otherIndicators(t, r), openGaps(t, r))
	if len(t.Bidders.List) == 0 {
		reasons = append(reasons, "bidders: nobody bids; list who handed in a bid")
	}
	judged := *r
	judged.Status = model.Official
	if err := Official(&judged); err != nil {
		reasons = append(reasons, strings.TrimPrefix(err.Error(), ErrNotOfficial.Error()+"\n"))
	}
	if len(reasons) > 0 {
		return because(ErrNotOfficial, reasons)
	}
	r.Status, r.Seal = model.Official, digest
	r.Warnings = slices.DeleteFunc(r.Warnings, func(w string) bool { return slices.Contains(unsealed(t), w) })
	r.Warnings = append(r.Warnings, lateOf(t).said...)
	return nil
}

// otherTips lists the repositories that were not mined at their pinned tips.
func otherTips(t *model.Tender, r *model.Ranking) (list []string) {
	for _, p := range r.Projects {
		for _, repo := range t.Projects[p.ID].Repositories {
			mined := map[string]string{}
			for _, tip := range p.Tips {
				if tip.Repository == repo.URL {
					mined[tip.Branch] = tip.Commit
				}
			}
			was := repo.Tips
			if m, w := mined[model.TagsTip], was[model.TagsTip]; m != "" && w != "" && m != w {
				list = append(list, fmt.Sprintf("tips: %s: %s has other annotated version tags in the window than at the sealing; put them back as they were in a clone of your own (one is taken away by git tag -d), and score that", p.ID, repo.URL))
				was = maps.Clone(was)
				was[model.TagsTip] = m
			}
			if !maps.Equal(mined, was) && !(len(mined) == 0 && t.Projects[p.ID].Accepts(repo.URL)) {
				list = append(list, fmt.Sprintf("tips: %s: %s was mined at %s, and %s are pinned", p.ID, repo.URL, places(mined), places(repo.Tips)))
			}
		}
	}
	return list
}

func places(tips map[string]string) string {
	if len(tips) == 0 {
		return "none"
	}
	var list []string
	for _, branch := range slices.Sorted(maps.Keys(tips)) {
		list = append(list, fmt.Sprintf("%s %.12s", branch, tips[branch]))
	}
	return strings.Join(list, ", ")
}

// otherIndicators lists the indicators that count now and did not at the sealing, and the
// reverse: a forge that is not asked, or asked for the first time, makes another criterion.
func otherIndicators(t *model.Tender, r *model.Ranking) (list []string) {
	for _, p := range r.Projects {
		now, then := counted(r)[p.ID], t.Seal.Indicators[p.ID]
		for _, i := range p.Indicators {
			name := string(i.Pillar) + "/" + string(i.Indicator)
			switch is, was := slices.Contains(now, name), slices.Contains(then, name); {
			case is && !was:
				list = append(list, fmt.Sprintf("indicators: %s: %s counts now and did not at the sealing; mine from the same sources as then", p.ID, name))
			case was && !is:
				list = append(list, fmt.Sprintf("indicators: %s: %s counted at the sealing and does not now: %s; mine from the same sources as then", p.ID, name, i.Reason))
			}
		}
	}
	return list
}

// late is what came after the sealing.
type late struct {
	said   []string // what a reader of the result must know
	faults []string // what may not come late
}

func lateOf(t *model.Tender) *late {
	l := &late{}
	bidding := bidding(t)
	for _, id := range slices.Sorted(maps.Keys(t.Vendors)) {
		if !slices.Contains(t.Seal.Vendors, id) {
			l.vendor(id, bidding)
		}
	}
	rest := t.People
	for _, r := range t.Rosters {
		persons := rest[:min(r.Persons, len(rest))]
		rest = rest[len(persons):]
		if _, ok := t.Seal.Rosters[r.File]; !ok {
			l.roster(r, persons, bidding)
		}
	}
	if _, ok := t.Seal.Rosters[""]; len(rest) > 0 && !ok {
		l.roster(model.Roster{}, rest, bidding)
	}
	l.decisions(t)
	if t.Erased != nil && len(t.Erased.Hashes) != t.Seal.Erased {
		l.said = append(l.said, fmt.Sprintf("the list of erased people has %d entries, and had %d at the sealing: the acts of whoever was added count for nobody known", len(t.Erased.Hashes), t.Seal.Erased))
	}
	return l
}

// bidding returns the vendors that bid or that a bidder relies on, and, as false, their owners.
func bidding(t *model.Tender) map[string]bool {
	m := map[string]bool{}
	var owners func(id string)
	owners = func(id string) {
		for _, p := range t.Vendors[id].Parent {
			if _, ok := m[p.Vendor]; !ok {
				m[p.Vendor] = false
				owners(p.Vendor)
			}
		}
	}
	for _, b := range t.Bidders.List {
		for _, v := range slices.Concat(b.Vendors, b.Subcontractors) {
			m[v] = true
			owners(v)
		}
	}
	return m
}

func (l *late) vendor(id string, bidding map[string]bool) {
	if _, ok := bidding[id]; !ok {
		l.faults = append(l.faults, fmt.Sprintf("vendors: %s was not there at the sealing, and neither bids nor owns who does; take it out", id))
		return
	}
	l.said = append(l.said, fmt.Sprintf("vendor %s came after the sealing", id))
}

func (l *late) roster(r model.Roster, persons []model.Person, bidding map[string]bool) {
	file := "the people of the tender"
	if r.File != "" {
		file = r.File
	}
	switch {
	case r.Format == "claim":
	case len(persons) == 0:
		l.faults = append(l.faults, fmt.Sprintf("rosters: %s came after the sealing; only signed claims and people documents come with bids", file))
		return
	default:
		for _, p := range persons {
			if len(p.Employment) == 0 {
				l.faults = append(l.faults, fmt.Sprintf("rosters: %s came after the sealing and joins the identities of %s, who works for no bidder; take that person out", file, p.ID))
			}
			for _, e := range p.Employment {
				if !bidding[e.Vendor] || e.Level == model.Confirmed || e.Level == model.Domain {
					l.faults = append(l.faults, fmt.Sprintf("rosters: %s came after the sealing and says that %s worked for %s (%s); with bids come lists of the bidders' own people, of the level listed at most; sign a claim for more",
						file, p.ID, e.Vendor, e.Level))
				}
			}
		}
	}
	l.said = append(l.said, fmt.Sprintf("roster %s came after the sealing", file))
}

// decisions holds the decisions made after the sealing against what they may touch.
func (l *late) decisions(t *model.Tender) {
	above := ""
	for _, d := range t.Decisions {
		if slices.Contains(t.Seal.Decisions, d.ID) {
			if above != "" {
				l.faults = append(l.faults, fmt.Sprintf("decisions: %s stands above %s, which was sealed and comes first; move it below", above, d.ID))
			}
			above = ""
			continue
		}
		above = d.ID
		if d.Decide == model.Pending {
			continue
		}
		if why := beyond(d); why != nil {
			l.faults = append(l.faults, fmt.Sprintf("decisions: %s was made after the sealing and %v; such decisions belong before the notice", d.ID, why))
			continue
		}
		l.said = append(l.said, fmt.Sprintf("decision %s of %s was made after the sealing", d.ID, d.At))
	}
}

// beyond says why a decision may not be made after the sealing, nil where it may.
func beyond(d model.Decision) error {
	switch {
	case d.On.Kind() == model.PersonArtifact, strings.HasPrefix(d.Decide, "vendor:"):
		return nil
	case d.Decide == "count" && d.Rule == ruleBot.String():
		return nil
	case d.Decide == "count":
		return fmt.Errorf("overrules the rule %s for one act", d.Rule)
	}
	return errors.New("refuses an act; where its author is in doubt, decide {vendor: ID} or {vendor: independent}")
}
