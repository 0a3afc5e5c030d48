package model

import "time"

// Credit is an amount for an indicator in a month, in millionths: a whole change
// is 1,000,000, so that shares add up exactly and in any order.
type Credit struct {
	Indicator Indicator `json:"indicator"`
	Month     Month     `json:"month"`
	Amount    int64     `json:"amount"`
	// Base is what such an act earns before it is shared and discounted, in millionths;
	// 0 is [Whole]. It is below a whole for the lesser kinds of reviews.
	Base int64 `json:"base,omitempty"`
	// Of is the number of authors who share the act; 0 and 1 are nobody else.
	Of int64 `json:"of,omitempty"`
	// Parts say who employed the person then, where one act spans months.
	Parts []Part `json:"parts,omitempty"`
}

// Dropped is a credit that a rule such as a cap took from an act, whatever else the act
// earned.
type Dropped struct {
	Indicator Indicator `json:"indicator"`
	Month     Month     `json:"month"`
	Amount    int64     `json:"amount"` // that it would have been, in millionths
	Rule      string    `json:"rule"`
}

// Whole is the credit of one whole act, in millionths.
const Whole = 1_000_000

// Part is a vendor's part in an act, in millionths; all parts sum to [Whole].
type Part struct {
	Vendor string `json:"vendor"` // "" is unknown
	Part   int64  `json:"part"`
	Level  Level  `json:"level,omitempty"` // "" where unknown, or guessed from a mail domain
}

// Verdict is what the judge made of one contribution. Every contribution that was
// read ends in exactly one verdict.
type Verdict struct {
	Project    string    `json:"project"`
	Repository string    `json:"repository"`
	Artifact   Artifact  `json:"artifact"`
	Role       Role      `json:"role"`
	Person     string    `json:"person"`            // key of the person, "" for nobody; personal data
	Name       string    `json:"name"`              // display name as the source saw it; personal data
	Parts      []Part    `json:"parts,omitempty"`   // who employed the person at the act; nil outside the window and for robots
	At         time.Time `json:"at"`                // when it counts: acceptance or publication
	Change     Artifact  `json:"change,omitempty"`  // the unit of change that it belongs to, where it is not the artifact
	Claimed    []string  `json:"claimed,omitempty"` // vendors whose claim to the person was too weak or contested
	Counted    bool      `json:"counted"`
	Credits    []Credit  `json:"credits,omitempty"`
	Dropped    []Dropped `json:"dropped,omitempty"` // what rules took of the act's credits
	// Rule is the rule that refused the act, or the first that discounted it; "" where
	// none did.
	Rule string `json:"rule,omitempty"`
	// Touched are all rules that refused or discounted the act or one of its credits, in
	// the rules' order, Rule among them.
	Touched []string `json:"touched,omitempty"`
	// Reason gives the rule's particulars, such as the commit that came first.
	Reason string `json:"reason,omitempty"`
}
