package mining

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// State is what the store keeps beside the facts: how far each list was read.
type State struct {
	Name       string    `json:"name"`     // path of the repository as it is now, such as owner/name
	Finished   time.Time `json:"finished"` // when everything was read last, by the server's clock
	Changes    Progress  `json:"changes"`
	Issues     Progress  `json:"issues"`
	Releases   Progress  `json:"releases"`
	Advisories Progress  `json:"advisories"`
}

// Progress says what is known of one list: everything that was updated from Since to
// Until, and of a scan that is not over, everything from its beginning down to the
// cursor. A list is read from its newest item down, so what is updated meanwhile moves
// up and is seen by the next scan.
type Progress struct {
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Newest string    `json:"newest,omitempty"` // of the list's head, when it was read last
	// Checked is when nothing was newer than that, at Until or later. Until stays where
	// a scan began, as the next one must overlap it.
	Checked time.Time `json:"checked,omitzero"`

	Started time.Time `json:"started,omitzero"` // zero where no scan is going on
	Target  time.Time `json:"target,omitzero"`  // how far down it goes
	Cursor  string    `json:"cursor,omitempty"`
	Reached time.Time `json:"reached,omitzero"` // update of the last item read
	Head    string    `json:"head,omitempty"`   // of the list when the scan began
	Seen    []string  `json:"seen,omitempty"`   // keys of the facts read, where what is not there any more must go

	Size   int    `json:"size,omitempty"`     // of a page; 0 is the list's own
	Good   int    `json:"good,omitempty"`     // pages of that size in a row
	Robots bool   `json:"comments,omitempty"` // robots merge here: the next page tells what they were told
	Lacks  int    `json:"lacks,omitempty"`    // items that could not be read
	Why    string `json:"why,omitempty"`      // and why
	// Timeless are the keys of changes that are shown without a time of their merge, in
	// order. Reading them again tells no more, so they are not among those that lack.
	Timeless []string `json:"timeless,omitempty"`
	// Partly says what the server does not show of any item; "" where it shows all.
	Partly string `json:"partly,omitempty"`

	failed bool // in this run: it is not asked for again
}

// Overlap is read again by every scan: an item may become visible a while after the
// instant at which it says that it was updated.
const Overlap = 10 * time.Minute

// known reports whether a scan has come to its end before.
func (p *Progress) known() bool { return !p.Until.IsZero() }

// idle reports whether nothing is to be read: all is known from the instant on, and the
// head of the list is what it was. Items that could not be read are tried again a day
// later.
func (p *Progress) idle(since, now time.Time, head string) bool {
	return p.known() && p.Started.IsZero() && p.Newest == head && !since.Before(p.Since) && (p.Lacks == 0 || now.Sub(p.Until) < 24*time.Hour)
}

// Begin makes the progress that of a running scan, a new one or one to go on with.
func (p *Progress) Begin(since, now time.Time, head string) {
	target := since
	if p.known() && !since.Before(p.Since) && (p.Lacks == 0 || now.Sub(p.Until) < 24*time.Hour) {
		target = p.Until.Add(-Overlap)
	}
	if p.Started.IsZero() {
		p.Started, p.Target, p.Cursor, p.Head, p.Seen = now, target, "", head, nil
		if target.Equal(since) {
			p.Lacks, p.Why, p.Partly, p.Timeless = 0, "", "", nil // all is read anew
		}
	} else if target.Before(p.Target) {
		p.Target = target
	}
}

// Timed notes whether a change is shown with a time of its merge.
func (p *Progress) Timed(key string, timed bool) {
	at, known := slices.BinarySearch(p.Timeless, key)
	switch {
	case known && timed:
		p.Timeless = slices.Delete(p.Timeless, at, at+1)
	case !known && !timed:
		p.Timeless = slices.Insert(p.Timeless, at, key)
	}
}

// Finish notes that the scan went down to its target.
func (p *Progress) Finish() {
	if !p.known() || p.Target.Before(p.Since) {
		p.Since = p.Target
	}
	p.Until, p.Checked, p.Newest = p.Started, p.Started, p.Head
	p.Started, p.Target, p.Reached, p.Cursor, p.Head, p.Seen = time.Time{}, time.Time{}, time.Time{}, "", "", nil
}

// restart forgets a cursor that is not good any more; what was read stays.
func (p *Progress) restart() { p.Cursor, p.Reached = "", time.Time{} }

// shrink halves the pages; false where they are as small as they get.
func (p *Progress) shrink(usual int) bool {
	size := p.PageSize(usual)
	p.Size, p.Good = max(size/2, Smallest), 0
	return size > Smallest
}

// grow lets the pages grow again, a quarter after each fifth page that was answered.
func (p *Progress) grow(usual int) {
	if p.Size == 0 {
		return
	}
	if p.Good++; p.Good >= 5 {
		p.Good = 0
		if p.Size += p.Size/4 + 1; p.Size >= usual {
			p.Size = 0
		}
	}
}

// PageSize is the size of the next page of a list whose pages usually have so many items.
func (p *Progress) PageSize(usual int) int {
	if p.Size == 0 {
		return usual
	}
	return p.Size
}

// Smallest is the size below which pages do not shrink.
const Smallest = 3

// Coverage says how complete a list is; failed is why it is not read further.
func (p *Progress) Coverage(failed error) model.Coverage {
	c := model.Coverage{State: model.Complete, Since: p.Since, Until: p.Checked}
	var said []string
	switch {
	case failed == nil:
	case p.known():
		c.State = model.Partial
		said = append(said, "known up to "+p.Checked.UTC().Format(time.DateTime)+" only: "+failed.Error())
	case !p.Reached.IsZero():
		c.State, c.Since = model.Partial, p.Reached
		said = append(said, "read back to what was updated on "+p.Reached.UTC().Format(time.DateOnly)+" only: "+failed.Error())
	default:
		c.State = model.Unavailable
		said = append(said, failed.Error())
	}
	if p.Lacks > 0 {
		if c.State == model.Complete {
			c.State = model.Partial
		}
		said = append(said, fmt.Sprintf("not read: %d items: %s", p.Lacks, p.Why))
	}
	if len(p.Timeless) > 0 {
		if c.State == model.Complete {
			c.State = model.Partial
		}
		said = append(said, fmt.Sprintf("%d changes without a time of merge", len(p.Timeless)))
	}
	if p.Partly != "" {
		if c.State == model.Complete {
			c.State = model.Partial
		}
		said = append(said, p.Partly)
	}
	c.Reason = strings.Join(said, "; ")
	return c
}
