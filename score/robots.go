package score

import (
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Robots returns a function that reports whether an identity is no person at an instant: a
// robot, an AI agent, or a forge that acts for whoever pressed the button, by the document's
// corrections, the printed list, the rosters and the forge's account type. The function
// remembers what it was asked; it is not safe for concurrent use.
func Robots(t *model.Tender) func(model.Identity, time.Time) bool {
	f := newBotFinder(t)
	known := map[model.Identity][]turn{}
	return func(id model.Identity, at time.Time) bool {
		turns, ok := known[id]
		if !ok {
			turns = f.turns(id)
			known[id] = turns
		}
		return natureAt(turns, at) != human
	}
}
