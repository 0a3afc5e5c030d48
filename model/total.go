package model

// Total is what the people of one bidder earned for an indicator in a month of a project,
// whoever they are: what charts are drawn from, and what can be shown to everybody.
type Total struct {
	Project   string    `json:"project"`
	Bidder    string    `json:"bidder"` // "" for all that counts for nobody who bids, people of unknown affiliation among them
	Indicator Indicator `json:"indicator"`
	Month     Month     `json:"month"`
	Credit    int64     `json:"credit"` // millionths, see [Whole]
	Acts      int64     `json:"acts"`   // credited acts, in millionths: an act of two half-time employers is one act
	People    int       `json:"people"` // with a credit in the month
}
