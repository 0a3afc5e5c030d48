package model

// SensitivityFormat names the written form of a study of sensitivity.
const SensitivityFormat = "tributary-sensitivity/1"

// Sensitivity says how much a ranking hangs on what is uncertain in its facts, and on
// what the buyer chose. It stands apart from the ranking, decides nothing, and is a
// simulation even where the ranking is official. Everything in it is sorted and
// reproducible; it holds no mail address and no person.
type Sensitivity struct {
	Format string   `json:"format"`
	Status string   `json:"status"`         // always SIMULATION
	Gaps   int      `json:"gaps,omitempty"` // how many repositories, or parts of them, the ranking lacks
	Tender About    `json:"tender"`
	Mode   Mode     `json:"mode"`
	Method MethodID `json:"method"` // of the ranking that it goes with
	// Seed begins every draw: the same seed, documents and facts give the same study.
	Seed  uint64 `json:"seed"`
	Draws int    `json:"draws"` // of each kind
	// Assumptions are all numbers that nobody measured and the draws rest on.
	Assumptions []Assumption     `json:"assumptions"`
	Lots        []LotSensitivity `json:"lots"`
	// Notes say what could not be studied, and why.
	Notes []string `json:"notes,omitempty"`
}

// DrawKind is a kind of uncertainty. The kinds are never mixed in one draw: what nobody
// knows is another matter than what the buyer may choose.
type DrawKind string

// The kinds of draws.
const (
	MeasurementDraws   DrawKind = "measurement"   // what is uncertain in the facts
	SpecificationDraws DrawKind = "specification" // what could have been chosen otherwise
)

// Assumption is one number that draws rest on.
type Assumption struct {
	Name   string   `json:"name"`
	Kind   DrawKind `json:"kind"`
	Value  float64  `json:"value"`
	Doc    string   `json:"doc"`              // what the value means, with its unit and range
	Reason string   `json:"reason"`           // why it is assumed
	Source string   `json:"source,omitempty"` // literature, "" where there is none
	// Stated says that the value is the caller's and not the method's.
	Stated bool `json:"stated,omitempty"`
}

// LotSensitivity is the study of one lot.
type LotSensitivity struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	// Points are those of a full score.
	Points float64 `json:"points"`
	// Ranked says whether the mode shows ranks. Where it does not, nobody is first.
	Ranked bool `json:"ranked"`
	// First are the bidders that share rank 1 in the ranking; none where no score is known.
	First         []string `json:"first,omitempty"`
	Measurement   []Spread `json:"measurement"`   // by bidder, in the order of the ranking
	Specification []Spread `json:"specification"` // likewise
	// Alternatives change one thing at a time.
	Alternatives []Alternative `json:"alternatives"`
	// Weights are the smallest changes of weights that make another bidder first, one of
	// each kind. There are none where the mode shows no ranks, or fewer than two scores
	// are known.
	Weights []WeightChange `json:"weights,omitempty"`
	// Dominant says that the only first bidder is at least as good as every other in each
	// indicator of each project: no weights whatever make another first alone.
	Dominant bool `json:"dominant,omitempty"`
}

// Spread is what the draws of one kind make of one bidder.
type Spread struct {
	Bidder string `json:"bidder"`
	Name   string `json:"name"`
	// Official is the score of the ranking, in [0,100]; nil where none is known, and then
	// so is all the rest.
	Official *float64  `json:"official"`
	Score    *Interval `json:"score"`  // in [0,100], to four decimals
	Points   *Interval `json:"points"` // rounded as those of the ranking
	// Ranks are the shares of the draws in which the bidder takes each rank; those with
	// none are left out. Bidders with equal points share their ranks in equal parts, so
	// that the shares of a bidder sum to 1, and those of a rank too. They are rounded to
	// six decimals; nil where the mode shows no ranks.
	Ranks []RankShare `json:"ranks,omitempty"`
	// Meets is the share of draws in which the points reach the tender's minimum, in
	// [0,1]; nil where the tender asks for none.
	Meets *float64 `json:"meets,omitempty"`
}

// Interval holds the middle nine tenths of the draws: one in twenty lies below Low, and
// one in twenty above High.
type Interval struct {
	Low    float64 `json:"low"`
	Median float64 `json:"median"`
	High   float64 `json:"high"`
}

// RankShare is the share of draws with a rank, in [0,1].
type RankShare struct {
	Rank  int     `json:"rank"` // from 1
	Share float64 `json:"share"`
}

// Alternative is the result with one thing changed and all else as it is.
type Alternative struct {
	// Group is pillar, indicator, threshold, window, mean, rule or contested.
	Group  string  `json:"group"`
	Name   string  `json:"name"`
	Change string  `json:"change"` // such as "+25 %", "off" or "24 months"
	Scores []Moved `json:"scores"` // by bidder, in the order of the ranking
	// First are who would be first, and FirstChanges whether these are others than in the
	// ranking; nil where the mode shows no ranks or no score is known.
	First        []string `json:"first,omitempty"`
	FirstChanges *bool    `json:"first_changes,omitempty"`
	// Meets are the bidders that would reach the minimum and do not, or the reverse.
	Meets []string `json:"meets_changes,omitempty"`
}

// Moved is what one bidder's score becomes.
type Moved struct {
	Bidder string   `json:"bidder"`
	Score  *float64 `json:"score"`  // in [0,100]; nil where none is known
	Change *float64 `json:"change"` // against the ranking, in points of 100
}

// WeightChange is the smallest change of weights of its kind after which another bidder is
// first, or that there is none.
type WeightChange struct {
	// Kind is pillars, indicators (of one pillar), projects (of the lot), or single: one
	// weight alone, all others of its list in proportion.
	Kind string `json:"kind"`
	// From and To are the weights between which points move; of a single weight, From is
	// the weight and To is "".
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Before and After are From's weight in points, its list summing to 100.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Amount is how much moves, in points of 100 and to their hundredth; nil where no
	// change of this kind makes another bidder first.
	Amount *float64 `json:"amount"`
	First  []string `json:"first,omitempty"` // then
	// Text says so in one sentence.
	Text string `json:"text"`
}
