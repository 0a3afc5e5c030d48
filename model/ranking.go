package model

import "time"

// RankingFormat names the written form of a ranking.
const RankingFormat = "tributary-ranking/1"

// Status of a result. It is official only when it was computed from a sealed document that
// was held against its published digest.
const (
	Simulation = "SIMULATION"
	Official   = "OFFICIAL"
)

// Label is what every sheet of a result says: SIMULATION; or OFFICIAL, with the digest of
// the sealed document.
func (r *Ranking) Label() string {
	if r.Status == Official {
		return Official + " " + r.Seal
	}
	return r.Status
}

// Ranking is the result: who gave how much back, per lot and project, with what
// is not known said beside it. Everything in it is sorted and reproducible. It
// holds no mail address and no person.
type Ranking struct {
	Format string `json:"format"`
	// Status is [Simulation] or [Official].
	Status        string           `json:"status"`
	Seal          string           `json:"seal,omitempty"` // of an official result: the published digest of the sealed document
	Tender        About            `json:"tender"`
	Mode          Mode             `json:"mode"`
	Shortlist     bool             `json:"shortlist"`
	MinimumPoints float64          `json:"minimum_points"`
	Since         time.Time        `json:"since"` // first instant of the window
	Until         time.Time        `json:"until"` // first instant after it
	Method        MethodID         `json:"method"`
	Decisions     []DecisionShown  `json:"decisions,omitempty"`
	Contested     []ContestedShown `json:"contested,omitempty"`
	Lots          []LotResult      `json:"lots"`
	Projects      []ProjectResult  `json:"projects"`
	Terms         *Terms           `json:"terms,omitempty"` // nil in rankings of older versions
	Gaps          []Gap            `json:"gaps,omitempty"`
	Warnings      []string         `json:"warnings,omitempty"`
}

// ProjectScore returns a bidder's score in one project, nil where none is known.
func (r *Ranking) ProjectScore(project, bidder string) *float64 {
	for _, p := range r.Projects {
		if p.ID != project {
			continue
		}
		for _, x := range p.Scores {
			if x.Bidder == bidder {
				return x.Score
			}
		}
	}
	return nil
}

// MethodID identifies how a ranking was made. Two rankings with one digest were
// made from the same documents, rules, bots, thresholds and repository tips, whoever bids.
// It is not the digest of a seal, which leaves out what came with the bids.
type MethodID struct {
	Version int      `json:"version"`
	Digest  string   `json:"digest"` // SHA-256, hexadecimal
	Rules   []string `json:"rules"`  // applied, in order
	// Parts are the digests of what the ranking depends on, by its name: where two rankings
	// differ, the parts that differ say why. SHA-256, hexadecimal.
	Parts map[string]string `json:"parts,omitempty"`
}

// DecisionShown is a decision of the document with its effect on every bidder.
type DecisionShown struct {
	Decision
	// Effect is the change of each bidder's score of each lot that the decision
	// makes, in points out of 100; bidders without a change are left out.
	Effect []Effects `json:"effect,omitempty"`
}

// ContestedShown is about the people whom several vendors claim with equal evidence. Their
// acts count for nobody known.
type ContestedShown struct {
	Vendors []string `json:"vendors"` // sorted
	Acts    int64    `json:"acts"`    // by these people, that would count
	// Bidders are those whose vendors are among them, sorted; where there are none, the
	// contest moves no score, and no official result waits for it.
	Bidders []string `json:"bidders,omitempty"`
	// Outcomes say what would change, one for each vendor. There are none where no bidder
	// is concerned, and of the sets with the fewest acts where they are many.
	Outcomes []ContestedOutcome `json:"outcomes,omitempty"`
}

// ContestedOutcome is what changes if contested people belong to one vendor.
type ContestedOutcome struct {
	Vendor string    `json:"vendor"`
	Effect []Effects `json:"effect,omitempty"` // against the ranking shown
}

// Effects is the change of one bidder's score in one lot.
type Effects struct {
	Lot    string  `json:"lot"`
	Bidder string  `json:"bidder"`
	Change float64 `json:"change"`
}

// LotResult is the standing of the bidders in one lot.
type LotResult struct {
	ID     string  `json:"id"`
	Title  string  `json:"title,omitempty"`
	Points float64 `json:"points"` // of a full score
	// Projects are the weights used; they sum to 1 over the projects that could
	// be scored.
	Projects []Weighted `json:"projects"`
	// Standings are the bidders, best first; by name where the mode shows no ranks.
	Standings []Standing `json:"standings"`
}

// Weighted is a project with its weight in a lot. A project that could not be
// scored has weight 0 and says why.
type Weighted struct {
	Project string  `json:"project"`
	Weight  float64 `json:"weight"`
	Missing string  `json:"missing,omitempty"`
}

// Standing is one bidder's result in one lot.
type Standing struct {
	Rank   int    `json:"rank"` // from 1; bidders with equal points share it; 0 where no score is known or the mode shows no ranks
	Bidder string `json:"bidder"`
	Name   string `json:"name"`
	// Score is in [0,100]; nil where nothing of the lot could be scored, which is
	// not the same as 0.
	Score *float64 `json:"score"`
	// Points are Score / 100 of the lot's points, rounded half away from zero to
	// two decimals.
	Points *float64 `json:"points"`
	// Meets says whether Points reach the tender's minimum; nil where no score is
	// known or the tender asks for none.
	Meets        *bool    `json:"meets,omitempty"`
	People       int      `json:"people"`                 // with a credited act, over the lot's projects
	Insufficient []string `json:"insufficient,omitempty"` // projects with less than the minimum evidence
}

// ProjectResult is what was found in one project.
type ProjectResult struct {
	ID           string            `json:"id"`
	Tips         []TipShown        `json:"tips,omitempty"`
	Coverage     []CoverageShown   `json:"coverage,omitempty"`
	Indicators   []IndicatorResult `json:"indicators"`
	Scores       []ProjectScore    `json:"scores"`        // per bidder, sorted by bidder
	Read         int64             `json:"read"`          // contributions read: counted + refused
	Counted      int64             `json:"counted"`       //
	Rules        []RuleCount       `json:"rules"`         // in the rules' order
	People       int               `json:"people"`        // with a credited act, whoever employs them
	UnknownShare *float64          `json:"unknown_share"` // part of all credited changes by people of unknown affiliation; nil where there are none
}

// TipShown is a commit at which a branch was mined.
type TipShown struct {
	Repository string `json:"repository"`
	Tip
}

// CoverageShown says what a repository's sources could show.
type CoverageShown struct {
	Repository string `json:"repository"`
	Coverage
}

// RuleCount counts the contributions that a rule refused or otherwise touched.
type RuleCount struct {
	Rule    string `json:"rule"`
	Refused int64  `json:"refused"`
	Touched int64  `json:"touched"` // refused ones included
}

// IndicatorResult says how an indicator was scored in a project.
type IndicatorResult struct {
	Pillar    Pillar    `json:"pillar"`
	Indicator Indicator `json:"indicator"`
	State     State     `json:"state"`
	Reason    string    `json:"reason,omitempty"`
	// T is the threshold; 0 where the indicator was dropped.
	T float64 `json:"t"`
	// Proposed says that the document states no threshold and T was taken from the
	// project's own activity in the window, as calibration does.
	Proposed bool `json:"proposed,omitempty"`
	// Weight is the part of the project's score, after the weights of dropped
	// indicators went to the others; all weights of a project sum to 1.
	Weight float64 `json:"weight"`
}

// ProjectScore is one bidder's result in one project.
type ProjectScore struct {
	Bidder       string        `json:"bidder"`
	Score        *float64      `json:"score"` // in [0,100]; nil where no indicator could be shown
	Values       []Measurement `json:"values"`
	Acts         int64         `json:"acts"`   // credited acts, without stewardship
	Months       int           `json:"months"` // with a credited act
	People       int           `json:"people"`
	Insufficient string        `json:"insufficient,omitempty"` // what is missing of the minimum evidence
}

// Measurement is one bidder's value of one indicator.
type Measurement struct {
	Pillar    Pillar    `json:"pillar"`
	Indicator Indicator `json:"indicator"`
	Value     float64   `json:"value"`  // credits, or months
	Acts      int64     `json:"acts"`   // behind it
	R         float64   `json:"r"`      // Value / T
	N         float64   `json:"n"`      // the score of R, in [0,1]
	Points    float64   `json:"points"` // Weight · N · 100: its part of the project's score
}

// Gap is a repository, or a part of one, that could not be mined.
type Gap struct {
	Project    string `json:"project"`
	Repository string `json:"repository"`
	Reason     string `json:"reason"`
}
