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
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, o.Width)}
	if o.Width == 0 {
		t.width = 80
	}
	if len(suspects) == 0 {
		t.wrap("", "", "No account that is not settled yet behaves like a robot.")
		return t.err
	}
	t.wrap("", "", fmt.Sprintf("%s. This suggests and decides nothing: people travel, repeat themselves and let programs write for them, too.", behave(len(suspects))))
	told := map[string]bool{}
	for _, s := range suspects {
		t.line("")
		t.suspect(s, show, told)
	}
	t.line("")
	for _, s := range score.BotSigns() {
		if told[s.Name] {
			t.wrap("", "  ", fmt.Sprintf("%s: %s. %s. Source: %s.", s.Name, s.Doc, thresholds(s), s.Source))
		}
	}
	t.line("")
	if !show.Names {
		t.wrap("", "", "Whoever is a robot belongs under bots: add of the document, whoever is none under bots: exempt. To see who they are, identify them.")
		return t.err
	}
	t.wrap("", "", "Keep of these lines in the document who is a robot, and move to exempt who is none:")
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

func behave(n int) string {
	if n == 1 {
		return "1 account behaves like a robot"
	}
	return fmt.Sprintf("%d accounts behave like robots", n)
}

func (t *text) suspect(s score.BotSuspect, show People, told map[string]bool) {
	who := show.Person(model.Verdict{Person: s.Identity})
	if show.Names {
		who = clean(s.Name, t.width) + " (" + clean(s.Identity, 2*t.width) + ")"
	}
	t.wrap("", "    ", fmt.Sprintf("%s, %s: %d acts from %s to %s", who, s.Doing, s.Acts, s.First.Format("2006-01-02"), s.Last.Format("2006-01-02")))
	for _, m := range s.Measured {
		says := ""
		switch m.Strength {
		case score.Hint:
			says = "hint"
		case score.Alone:
			says = "plain"
		}
		told[m.Sign] = true
		t.line("%s", strings.TrimRight(fmt.Sprintf("  %-16s %7s  %s", m.Sign, short(m.Value), says), " "))
	}
}

// short writes a measured value with two decimals, and a whole one without.
func short(x float64) string {
	if x == math.Trunc(x) {
		return number(x)
	}
	return fmt.Sprintf("%.2f", x)
}

// thresholds says from where on a sign counts.
func thresholds(s score.BotSign) string {
	switch {
	case s.Hint > 0 && s.Alone > 0:
		return fmt.Sprintf("A hint from %s on, plain from %s", number(s.Hint), number(s.Alone))
	case s.Hint > 0:
		return fmt.Sprintf("A hint from %s on", number(s.Hint))
	case s.Alone > 0:
		return fmt.Sprintf("Plain from %s on", number(s.Alone))
	}
	return "It is never counted"
}
