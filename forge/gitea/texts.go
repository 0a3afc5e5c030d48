package gitea

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// A page of a list waits until all that belongs to its items was read. What people wrote may
// weigh megabytes each, so that no more of it is kept meanwhile than is stated in the end.

// length is how many characters a text has, without white space around it.
type length int

func (n *length) UnmarshalJSON(b []byte) error {
	var text string
	err := json.Unmarshal(b, &text)
	*n = length(utf8.RuneCountInString(strings.TrimSpace(text)))
	return err
}

// short is a text that cannot be long, such as a name: the beginning of it, should it be
// long all the same.
type short string

const mostShort = 255

func (s *short) UnmarshalJSON(b []byte) error {
	var text string
	err := json.Unmarshal(b, &text)
	*s = short(cut(text))
	return err
}

// cut returns the beginning of a text that is too long, without the memory of the rest.
func cut(text string) string {
	if len(text) <= mostShort {
		return text
	}
	return strings.ToValidUTF8(strings.Clone(text[:mostShort]), "")
}

// order is a command that somebody gave to a merge robot.
type order struct {
	verb string
	by   *user
	at   time.Time
}

// mostOrders is how many commands of a change are stated: the last ones.
const mostOrders = 100

// ordersIn returns the commands that comments give.
func ordersIn(comments []*comment) (orders []order) {
	texts := make([]string, len(comments))
	for i, c := range comments {
		texts[i] = c.Body
	}
	found := mining.Commands(texts)
	for _, o := range found[max(0, len(found)-mostOrders):] {
		by := comments[o.In]
		orders = append(orders, order{cut(o.Verb), by.User, *by.CreatedAt})
	}
	return orders
}

// mostAnswers is how many comments of an issue are looked at for its first answers.
const mostAnswers = 10

// worth returns what counts of a timeline: the first comments, and triage.
func worth(events []*event, comments *int) (kept []*event) {
	for _, e := range events {
		switch {
		case e == nil || e.CreatedAt == nil:
		case e.Type == "comment" && *comments < mostAnswers:
			*comments++
			e.Body = ""
			kept = append(kept, e)
		case triaged(e) != "":
			kept = append(kept, e)
		}
	}
	return kept
}
