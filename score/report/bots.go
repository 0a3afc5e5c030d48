package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Bots writes who behaves like a robot, and by which signs, for a person to decide.
// Accounts appear under pseudonyms. Where show.Names is set, they appear under their
// names with the addresses by which a document states them, followed by the entries
// to copy into it: that is for the eyes of whoever decides, and no report to hand on.
func Bots(w io.Writer, suspects []score.BotSuspect, show People, o *TextOptions) error {
	t := newText(w, o)
	if len(suspects) == 0 {
		t.wrap("", "", t.T("No account that is not settled yet behaves like a robot."))
		return t.err
	}
	t.wrap("", "", t.T("%s. This suggests and decides nothing: people travel, repeat themselves and let programs write for them, too.", t.behave(len(suspects))))
	told := map[string]bool{}
	for _, s := range suspects {
		t.line("")
		t.suspect(s, show, told)
	}
	t.line("")
	for _, s := range score.BotSigns() {
		if told[s.Name] {
			t.wrap("", "  ", t.T("%s: %s. %s. Source: %s.", s.Name, t.say(s.Doc), t.signs(s), s.Source))
		}
	}
	t.line("")
	if !show.Names {
		t.wrap("", "", t.T("Whoever is a robot belongs under bots: add of the document, whoever is none under bots: exempt. To see who they are, identify them."))
		return t.err
	}
	t.wrap("", "", t.T("Keep of these lines in the document who is a robot, and move to exempt who is none:"))
	t.line("bots:")
	t.line("  add:")
	for _, s := range suspects {
		id, err := json.Marshal(printable(s.Identity)) // a text in quotes is the same in YAML
		if err != nil {
			return err
		}
		t.line("    - %s", id)
	}
	return t.err
}

func (t *text) behave(n int) string {
	if n == 1 {
		return t.T("1 account behaves like a robot")
	}
	return t.T("%d accounts behave like robots", n)
}

func (t *text) suspect(s score.BotSuspect, show People, told map[string]bool) {
	who := show.Person(model.Verdict{Person: s.Identity})
	if show.Names {
		who = clean(s.Name, t.width) + " (" + clean(s.Identity, 2*t.width) + ")"
	}
	t.wrap("", "    ", t.T("%s, %s: %d acts from %s to %s", who, t.say(s.Doing), s.Acts, t.day(s.First), t.day(s.Last)))
	for _, m := range s.Measured {
		says := ""
		switch m.Strength {
		case score.Hint:
			says = t.T("hint")
		case score.Alone:
			says = t.T("plain")
		}
		told[m.Sign] = true
		t.line("%s", strings.TrimRight(fmt.Sprintf("  %-16s %7s  %s", m.Sign, t.figure(short(m.Value)), says), " "))
	}
}

// short writes a measured value with two decimals, and a whole one without.
func short(x float64) string {
	if x == math.Trunc(x) {
		return number(x)
	}
	return fmt.Sprintf("%.2f", x)
}

// signs says from where on a sign counts.
func (t *text) signs(s score.BotSign) string {
	switch {
	case s.Hint > 0 && s.Alone > 0:
		return t.T("A hint from %s on, plain from %s", t.figure(number(s.Hint)), t.figure(number(s.Alone)))
	case s.Hint > 0:
		return t.T("A hint from %s on", t.figure(number(s.Hint)))
	case s.Alone > 0:
		return t.T("Plain from %s on", t.figure(number(s.Alone)))
	}
	return t.T("It is never counted")
}
