// Package audit has people check the decisions of the engine: it draws a stratified sample of
// them, writes it as a sheet for two coders who do not see what the engine decided, and reads
// their answers back into precision, recall and Cohen's kappa, each with its interval.
//
// A sheet names persons and their mail addresses, since nobody can tell otherwise whether two
// identities are one person: it is personal data from end to end. The key beside it, and what
// is read back, hold none.
package audit

import "fmt"

// Question is what coders are asked about a decision.
type Question string

// The questions.
const (
	Identity    Question = "identity"    // are these two identities of one project one person?
	Affiliation Question = "affiliation" // did this person work for this organisation on this day?
	Bot         Question = "bot"         // is this account a program's and not a person's?
	Duplicate   Question = "duplicate"   // is this commit the same piece of work as that earlier one?
)

// Questions returns all questions in their order.
func Questions() []Question { return []Question{Identity, Affiliation, Bot, Duplicate} }

// Answer is what a coder, or the engine, says. The engine never says [Unclear].
type Answer string

// The answers; "" is none yet.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unclear Answer = "unclear" // what is shown and what can be found does not tell
)

// Stratum is a part of a question's frame from which rows are drawn by themselves: decisions
// of one answer that stand on one kind of evidence.
type Stratum struct {
	Question Question
	Engine   Answer // what the engine said of all of them
	Name     string // on what it stands, such as "listed"; not in the sheet
	Size     int64  // decisions in it
	Drawn    int64  // of these, without replacement and each as likely as the others
}

// Probability is with what probability a decision of the stratum was drawn, in [0,1].
func (s Stratum) Probability() float64 {
	if s.Size == 0 {
		return 0
	}
	return float64(s.Drawn) / float64(s.Size)
}

// Item is a decision that was drawn, as coders see it.
type Item struct {
	ID       string // such as Q007, in the order of the sheet
	Question Question
	Asked    string   // the question as a sentence
	A, B     string   // what it is about; B is "" where it is about one thing
	Look     []string // where to look, at most four: addresses for a browser, else commands
	Stratum  int      // its place in Sheet.Strata; not in the sheet
}

// Sheet is a sample of decisions and what its results can be computed from.
type Sheet struct {
	// Status is the label of the ranking that the decisions were made for, SIMULATION or
	// official; Method is the digest of its method, and Gaps how much could not be mined.
	Status, Method string
	Gaps           int
	Seed           uint64
	Items          []Item    // in the order of the sheet, which tells nothing
	Strata         []Stratum // of all frames, also those of which nothing was drawn
	// Outside says how many decisions lie outside the frame of a question: about things that
	// have nothing in common, which the engine all denied and nobody is asked about.
	Outside map[Question]int64
}

// Tag identifies the sheet: 12 hexadecimal digits of a digest over its rows, its seed and its
// strata. It stands in every row of the sheet and of the key, so that no other key is taken.
func (s *Sheet) Tag() string {
	h := newDigest()
	h.add(s.Status, s.Method, fmt.Sprint(s.Seed, s.Gaps))
	for _, i := range s.Items {
		h.add(i.ID, string(i.Question), i.Asked, i.A, i.B, fmt.Sprintf("%q", i.Look), fmt.Sprint(i.Stratum))
	}
	for _, t := range s.Strata {
		h.add(string(t.Question), string(t.Engine), t.Name, fmt.Sprint(t.Size, t.Drawn))
	}
	return h.short()
}
