package score

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

// habit is what is remembered of one act.
type habit struct {
	at      int64  // seconds
	id      uint64 // of what was done: the same commit in two repositories is one
	subject uint64 // of the commit, as a template; 0 of other acts
	delay   int64  // seconds: from author to committer, or from opening to answer
	merge   bool
}

// unknown is the delay of acts that have none.
const unknown = int64(-1 << 62)

// habits are the newest acts of an account doing one thing.
type habits struct {
	doing
	name   string
	latest habit // whose name it is
	acts   []habit
}

func (h *habits) add(a habit, name string) {
	if o := cmp.Or(newest(a, h.latest), cmp.Compare(name, h.name)); name != "" && (h.name == "" || o < 0) {
		h.name, h.latest = name, a
	}
	if h.acts = append(h.acts, a); len(h.acts) >= 2*mostActs {
		h.trim()
	}
}

func newest(x, y habit) int { return cmp.Or(cmp.Compare(y.at, x.at), cmp.Compare(x.id, y.id)) }

// trim keeps the newest acts, each once, newest first.
func (h *habits) trim() {
	slices.SortFunc(h.acts, newest)
	h.acts = slices.CompactFunc(h.acts, func(x, y habit) bool { return x.at == y.at && x.id == y.id })
	h.acts = h.acts[:min(len(h.acts), mostActs)]
}

// weigh holds the signs against the habits, and reports whether they are suspicious.
func (h *habits) weigh() (b BotSuspect, ok bool) {
	h.trim()
	n := len(h.acts)
	if n < leastActs {
		return b, false
	}
	b = BotSuspect{Identity: h.identity, Name: h.name, Doing: h.what, Acts: n,
		First: time.Unix(h.acts[n-1].at, 0).UTC(), Last: time.Unix(h.acts[0].at, 0).UTC()}
	for _, s := range BotSigns() {
		value, of := s.measure(h)
		if of < s.Least {
			continue
		}
		m := Measured{s.Name, value, Usual}
		switch {
		case s.Alone > 0 && value >= s.Alone:
			m.Strength = Alone
		case s.Hint > 0 && value >= s.Hint:
			m.Strength = Hint
		}
		b.Measured = append(b.Measured, m)
	}
	return b, b.count(Alone) > 0 || b.count(Hint) > 1
}

var (
	quoted  = regexp.MustCompile("(^|[ (:])(?:\"[^\"]*\"|'[^']*'|`[^`]*`)")
	figures = regexp.MustCompile(`[0-9a-f]*[0-9][0-9a-f.]*`)
)

// template folds a subject to what a program that writes such subjects keeps: case,
// white space, what is quoted, and numbers, versions and commit names go.
func template(subject string) string {
	s := strings.Join(strings.Fields(strings.ToLower(subject)), " ")
	s = s[:min(len(s), mostText)]
	return figures.ReplaceAllString(quoted.ReplaceAllString(s, `$1"`), "#")
}
