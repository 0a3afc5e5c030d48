package score

import (
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Behind is what one indicator of a bidder was measured by: x, down to the acts. Amounts
// are in millionths of a credit, so that they add up exactly.
type Behind struct {
	Figure string `json:"figure"`
	Unit   string `json:"unit"`
	// Months says that the distinct months are counted, and not the amounts.
	Months bool  `json:"months_counted,omitempty"`
	Amount int64 `json:"amount"` // of all acts
	// Shares is the number of acts in millionths: of an act of two half-time employers half.
	Shares  int64       `json:"shares"`
	ByMonth []MonthSum  `json:"by_month,omitempty"` // in order
	People  []PersonSum `json:"people,omitempty"`   // who earned most first
	Acts    []Act       `json:"acts,omitempty"`     // with credit, the first by time
	More    int         `json:"more,omitempty"`     // other acts with credit
	Refused []RuleActs  `json:"refused,omitempty"`  // what earned nothing here, in the judge's order of rules
	// SameAs is the figure under which the acts are listed, where they are those of another.
	SameAs string `json:"same_as,omitempty"`

	metric  Metric
	wanted  *model.Measurement // what the ranking says was measured
	people  map[string]map[model.Month]MonthSum
	refused map[string]*RuleActs
}

// MonthSum adds up a month.
type MonthSum struct {
	Month  model.Month `json:"month"`
	Amount int64       `json:"amount"`
	Acts   int         `json:"acts"`
}

// PersonSum adds up a person.
type PersonSum struct {
	Person string     `json:"person"`
	Amount int64      `json:"amount"`
	Acts   int        `json:"acts"`
	Months []MonthSum `json:"months"`
}

// RuleActs are the acts that a rule left without credit.
type RuleActs struct {
	Rule string `json:"rule"` // "" where none is named
	Acts []Act  `json:"acts,omitempty"`
	N    int    `json:"n"` // of all, those not listed among them
}

// Act is a verdict as an explanation shows it.
type Act struct {
	At         time.Time      `json:"at"`
	Project    string         `json:"project"`
	Repository string         `json:"repository"`
	Artifact   model.Artifact `json:"artifact"`
	Change     model.Artifact `json:"change,omitempty"`
	Link       string         `json:"link,omitempty"` // where a browser shows it; "" where that is not known
	Role       model.Role     `json:"role"`
	Person     string         `json:"person"`
	Parts      []model.Part   `json:"parts,omitempty"` // who employed the person
	Claimed    []string       `json:"claimed,omitempty"`
	Counted    bool           `json:"counted"`
	Amount     int64          `json:"amount"` // that counts for the bidder, in millionths
	Credits    []ActCredit    `json:"credits,omitempty"`
	// Dropped are the credits that a rule took.
	Dropped []model.Dropped `json:"dropped,omitempty"`
	Rule    string          `json:"rule,omitempty"`    // that refused it, or first discounted it
	Touched []string        `json:"touched,omitempty"` // all rules that did
	Reason  string          `json:"reason,omitempty"`

	after []model.Indicator // that it has to do with
}

// MeasureDoc says what an indicator measures.
type MeasureDoc struct {
	Indicator model.Indicator `json:"indicator"`
	Unit      string          `json:"unit"`
	Doc       string          `json:"doc"`
	Source    string          `json:"source"`
}

// ActCredit is a credit of an act and how it was made.
type ActCredit struct {
	Indicator model.Indicator `json:"indicator"`
	Month     model.Month     `json:"month"`
	Amount    int64           `json:"amount"` // of the act, whoever it counts for
	Own       int64           `json:"own"`    // that counts for the bidder
	Formula   string          `json:"formula"`
}
