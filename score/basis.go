package score

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// basis is one thing that a result depends on, with the SHA-256 of what it says: where
// two results differ, the bases that differ say why.
type basis struct {
	name string
	sum  [sha256.Size]byte
}

// What judging depends on, in the order in which they are compared.
const (
	basisMethod    = "method"    // its version, the judge's rules, and the printed list of bots
	basisWindow    = "window"    // the months that count
	basisRules     = "rules"     // parameters of the rules, and whether translations count
	basisProjects  = "projects"  // their repositories with branches and pinned tips
	basisVendors   = "vendors"   // their names, mail domains and owners; domains that are a person's own
	basisRosters   = "rosters"   // who works for whom, and who is erased
	basisEvidence  = "evidence"  // the least level that counts
	basisBots      = "bots"      // the document's corrections to the list
	basisDecisions = "decisions" // those that are made, without who made them and why
)

// judgingBases is what the credits of a tender's projects depend on beside the records
// themselves. What only ranking reads is none of it (weights, thresholds, lots, bidders,
// mode, minima, points): credits are the same whoever bids and whatever they are worth.
func judgingBases(t *model.Tender) []basis {
	return []basis{
		{basisMethod, sum(t.Method, Rules(), methodText, Bots())},
		{basisWindow, sum(t.Window)},
		{basisRules, sum(t.Rules, t.Indicators[model.Commits][model.Translations] > 0)},
		{basisProjects, sum(mined(t))},
		{basisVendors, sum(employing(t), t.Personal)},
		{basisRosters, affiliation.Digest(t)},
		{basisEvidence, sum(t.Evidence)},
		{basisBots, sum(t.Bots)},
		{basisDecisions, sum(decided(t))},
	}
}

// mined returns the projects as far as their facts depend on it.
func mined(t *model.Tender) map[string][]model.Repository {
	m := make(map[string][]model.Repository, len(t.Projects))
	for name, p := range t.Projects {
		m[name] = p.Repositories
	}
	return m
}

// employing returns the vendors without the keys of their claims: what these make of a
// claim stands in the rosters.
func employing(t *model.Tender) map[string]model.Vendor {
	m := make(map[string]model.Vendor, len(t.Vendors))
	for id, v := range t.Vendors {
		v.Keys = nil
		m[id] = v
	}
	return m
}

// decided returns what the document decides, in its order: of two decisions on one
// artifact the first may have the word.
func decided(t *model.Tender) []model.Decision {
	var list []model.Decision
	for _, d := range t.Decisions {
		if d.Decide != model.Pending {
			list = append(list, model.Decision{On: d.On, Rule: d.Rule, Decide: d.Decide, From: d.From, Until: d.Until})
		}
	}
	return list
}

// What ranking depends on beside the credits, as parts of [model.MethodID].
const (
	partWeights    = "weights"    // of pillars and indicators
	partThresholds = "thresholds" // as the document states them, with the partial evidence that it accepts
	partLots       = "lots"       // their projects, weights and points
	partMode       = "mode"       // selection or award, the minima, and how they are shown
	partMetrics    = "metrics"    // the indicators and the curve from credits to scores
	partTips       = "tips"       // the commits at which branches were mined
)

// methodParts returns the digests of all that a ranking depends on beside the facts and
// who bids.
func methodParts(t *model.Tender, r *model.Ranking) map[string]string {
	tips, thresholds := map[string]any{}, map[string]any{}
	for _, p := range r.Projects {
		tips[p.ID] = p.Tips
	}
	for name, p := range t.Projects {
		thresholds[name] = []any{p.Thresholds, p.Accept}
	}
	all := append(judgingBases(t),
		basis{partWeights, sum(t.Weights, t.Indicators)},
		basis{partThresholds, sum(thresholds)},
		basis{partLots, sum(t.Lots, t.Points)},
		basis{partMode, sum(t.Mode, t.Shortlist, t.MinimumPoints, t.Minimum)},
		basis{partMetrics, sum(Metrics(), curve)},
		basis{partTips, sum(tips)})
	parts := make(map[string]string, len(all))
	for _, b := range all {
		parts[b.name] = hex.EncodeToString(b.sum[:])
	}
	return parts
}

// sum digests what values say, in the form of their documents.
func sum(values ...any) [sha256.Size]byte {
	text, err := json.Marshal(values)
	if err != nil {
		panic("score: a basis of the result cannot be written: " + err.Error()) // numbers are checked on reading
	}
	return sha256.Sum256(text)
}
