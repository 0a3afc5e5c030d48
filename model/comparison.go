package model

// ComparisonFormat names the written form of a comparison.
const ComparisonFormat = "tributary-comparison/1"

// Comparison says what differs between two rankings, A and B, and what that makes of each
// bidder's score. It names no person. Lists are in the order of the rankings.
type Comparison struct {
	Format string `json:"format"`
	// Status is SIMULATION where one of the two is.
	Status string       `json:"status"`
	A      ComparedRun  `json:"a"`
	B      ComparedRun  `json:"b"`
	Tender []Difference `json:"tender,omitempty"` // where there are any, the two are of different tenders
	Method []Difference `json:"method,omitempty"` // window, rules, thresholds, weights, lots
	// Affiliation is who is known to work for whom: rosters, vendors, decisions, contests.
	Affiliation []Difference    `json:"affiliation,omitempty"`
	Facts       []Difference    `json:"facts,omitempty"` // tips, contributions, rulings, coverage, gaps
	Lots        []LotComparison `json:"lots"`
	Notes       []string        `json:"notes,omitempty"` // what could not be compared
}

// ComparedRun identifies one of the two.
type ComparedRun struct {
	Status string `json:"status"`
	Gaps   int    `json:"gaps,omitempty"` // how many repositories, or parts of them, it lacks
	Tender About  `json:"tender"`
	Digest string `json:"digest"` // of the method; see [MethodID]
}

// Difference is something that is not the same in both.
type Difference struct {
	Project string `json:"project,omitempty"`
	Subject string `json:"subject,omitempty"` // an indicator, a repository, a branch, a decision …
	What    string `json:"what"`
	A       string `json:"a"` // "" where the ranking does not state it
	B       string `json:"b"`
}

// LotComparison is a lot that stands in one or both.
type LotComparison struct {
	ID      string             `json:"id"`
	In      Side               `json:"in"`
	Bidders []BidderComparison `json:"bidders"` // by name
}

// Side says in which of the two something stands.
type Side string

// The sides.
const (
	InBoth  Side = "both"
	InAOnly Side = "a"
	InBOnly Side = "b"
)

// BidderComparison is one bidder of one lot.
type BidderComparison struct {
	Bidder string `json:"bidder"`
	In     Side   `json:"in"`
	RankA  int    `json:"rank_a"` // 0 where none is known or shown
	RankB  int    `json:"rank_b"`
	// Scores are in [0,100], points of the lot's; nil where none is known.
	ScoreA  *float64 `json:"score_a"`
	ScoreB  *float64 `json:"score_b"`
	PointsA *float64 `json:"points_a"`
	PointsB *float64 `json:"points_b"`
	// Change is ScoreB − ScoreA to four decimals; nil where one is not known.
	Change *float64 `json:"change"`
	// Parts add up to Change exactly, as decimals. They are rounded to four; what rounding left
	// went to those that lost most by it. Without a Change there are none.
	Parts []ScoreChange `json:"parts,omitempty"`
}

// ScoreChange is what one indicator of one project adds to the change of a lot's score,
// in points out of 100. It is
//
//	100 · project's weight in the lot · indicator's weight · n(value / T)
//
// of which several factors may have changed at once: each gets the mean of what it changes
// over all orders in which one could change them one by one (Shapley 1953), so that it makes
// no difference which is named first, and nothing is left over. What one ranking does not
// show, with a weight of 0, is taken to be as in the other: its coming or going is its weight's.
type ScoreChange struct {
	Project   string    `json:"project"`
	Pillar    Pillar    `json:"pillar,omitempty"`
	Indicator Indicator `json:"indicator,omitempty"` // "" where only Rest and InLot say something
	A         *Figures  `json:"a,omitempty"`         // nil where it is not shown
	B         *Figures  `json:"b,omitempty"`
	Value     float64   `json:"of_value"`     // what was measured
	T         float64   `json:"of_threshold"` //
	Weight    float64   `json:"of_weight"`    // the indicator's in the project
	InLot     float64   `json:"of_project"`   // the project's weight in the lot
	// N is the change of n, where it does not follow from value and T by this version's curve:
	// then it is told from neither.
	N float64 `json:"of_n"`
	// Rest is of what a score has beside its indicators: insufficient evidence, where the
	// document makes a project's score zero for it; without a project, what a ranking's own
	// figures do not explain.
	Rest   float64 `json:"of_rest"`
	Change float64 `json:"change"` // sum of these
}

// Figures are what a part of a score is made of.
type Figures struct {
	Value  float64 `json:"value"` // credits, or months
	T      float64 `json:"t"`
	N      float64 `json:"n"`      // in [0,1]
	Weight float64 `json:"weight"` // in the project, in [0,1]
	InLot  float64 `json:"in_lot"` // the project's weight in the lot, in [0,1]
	Points float64 `json:"points"` // of the lot's score, out of 100
}
