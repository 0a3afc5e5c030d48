package gitea

import (
	"encoding/json"
	"errors"
	"time"
)

// Hurry makes the pauses between tries short.
func Hurry(o *Options) { o.pause = time.Millisecond }

// Kept is what remains of a page of reviews and of one of a timeline while others are read.
func Kept(reviews, timeline string) (string, error) {
	var judged []*review
	var events []*event
	comments := 0
	err := errors.Join(json.Unmarshal([]byte(reviews), &judged), json.Unmarshal([]byte(timeline), &events))
	b, err2 := json.Marshal(map[string]any{"reviews": judged, "events": worth(events, &comments)})
	return string(b), errors.Join(err, err2)
}
