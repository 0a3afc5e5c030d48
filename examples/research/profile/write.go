package profile

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/examples/research/screen"
)

// TextOptions are the settings of [Text].
type TextOptions struct {
	Heading []string // what the waterfall is of
	Width   int      // of the terminal in columns; 0 is 80, and less than 40 is 40
	Most    int      // organisations shown; 0 is all
}

// RulesText writes the rules of a profile for a person at a terminal.
func RulesText(w io.Writer, p Profile, width int) error {
	s := screen.New(w, width)
	rules(s, p)
	return s.Err
}

func rules(s *screen.Screen, p Profile) {
	s.Wrap("", "Profile %s: %s", p.Name, p.Title)
	s.Wrap("", "Unit: %s", p.Unit)
	s.Wrap("", "Read from: %s", p.Source)
	for _, r := range p.Rules {
		s.Wrap("  ", "%s: %s [%s]", r.On, r.Says, r.Source)
		if r.Here != "" {
			s.Wrap("    ", "here: %s", r.Here)
		}
	}
}

// Text writes a waterfall for a person at a terminal: its profile's rules, the steps in
// sum, and those that touch each organisation. Amounts have two decimals; the other
// forms have all.
func Text(w io.Writer, f *Waterfall, o TextOptions) error {
	s := screen.New(w, o.Width)
	first := f.Status
	if len(f.Gaps) > 0 {
		first += ": with gaps, so figures are of a part of the history"
	}
	s.Wrap("", "%s", first)
	for _, line := range slices.Concat(o.Heading, f.Gaps) {
		s.Wrap("", "%s", line)
	}
	s.Wrap("", "Our window: %s to before %s.", f.Since.Format(time.DateOnly), f.Until.Format(time.DateOnly))
	s.Line("")
	rules(s, f.Profile)
	s.Line("")
	s.Wrap("", "From its number to ours, in all")
	f.table(s, "", f.Steps)
	s.Wrap("  ", "Acts of authorship that both count: %s; only the profile: %s; only our method: %s.", screen.Digits(f.Both), screen.Digits(f.ProfileOnly), screen.Digits(f.OursOnly))
	var still []string
	for _, step := range f.Steps {
		if step.Acts == 0 && !step.Total {
			still = append(still, step.Name)
		}
	}
	s.Wrap("  ", "Steps without effect: %s.", strings.Join(still, ", "))
	if f.hides() {
		s.Wrap("  ", "%s: mail domains that one person alone is behind, and that nobody states; they may be that person's name.", discreet.Row)
	}
	f.community(s, o.Most)
	names := f.Organizations()
	for i, name := range names {
		if o.Most > 0 && i >= o.Most {
			s.Line("")
			s.Wrap("", "and %s", screen.Plural(len(names)-i, "organization"))
			break
		}
		s.Line("")
		s.Wrap("", "%s", name)
		f.table(s, name, f.Of(name))
	}
	return s.Err
}

// table writes steps: a total as a number, a change with its sign.
func (f *Waterfall) table(s *screen.Screen, organization string, steps []Step) {
	for _, step := range steps {
		if !step.Total && step.Acts == 0 && organization == "" {
			continue
		}
		figure := short(step.Sum)
		switch moved := step.added(); {
		case step.Total:
		case step.Sum == 0 && moved > 0:
			figure = "±" + short(moved) // from one organisation to another
		case step.Sum >= 0:
			figure = "+" + figure
		}
		name := step.Name
		if !step.Total {
			name = "  " + name
		}
		figures := fmt.Sprintf("%12s", figure)
		if organization == "" {
			figures += fmt.Sprintf(" %9s", screen.Digits(step.Acts))
		}
		s.Row("  ", name, 20, figures)
	}
	if organization == "" {
		s.Wrap("  ", "The last column counts the acts that a step touches, or that a total holds. What moves from one organization to another bears the sign ±.")
	}
}

// added is what a step adds to organisations, whatever it takes from others.
func (s Step) added() (sum int64) {
	for _, a := range s.Organizations {
		sum += a.Added
	}
	return sum
}

// community writes how many people an index of people would count.
func (f *Waterfall) community(s *screen.Screen, most int) {
	for _, least := range slices.Backward(f.Profile.Community) {
		s.Line("")
		s.Wrap("", "Addresses with at least %s", screen.Plural(int(least), "commit"))
		shown := 0
		for _, c := range f.Community {
			if c.AtLeast != least || most > 0 && shown >= most {
				continue
			}
			shown++
			s.Row("  ", c.Organization, 30, fmt.Sprintf("%6d", c.Addresses))
		}
	}
}

// short writes millionths with two decimals, rounded half away from zero.
func short(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	n = (n + 5_000) / 10_000
	return fmt.Sprintf("%s%s.%02d", sign, screen.Digits(int(n/100)), n%100)
}

// CSV writes a waterfall in tidy form: a row for each step and organisation that it touches,
// and one in all, whose organisation is empty. Amounts are exact. The status stands in
// every row.
func CSV(w io.Writer, f *Waterfall) error {
	c := csv.NewWriter(w)
	c.Write([]string{"status", "profile", "order", "step", "kind", "organization", "added", "taken", "amount", "acts"})
	status := f.Status
	if len(f.Gaps) > 0 {
		status += " with gaps"
	}
	for i, step := range f.Steps {
		kind := "change"
		if step.Total {
			kind = "total"
		}
		name := strings.TrimPrefix(step.Name, "= ")
		head := []string{status, f.Profile.Name, strconv.Itoa(i), name, kind}
		c.Write(append(head[:5:5], "", "", "", screen.Millionths(step.Sum), strconv.Itoa(step.Acts)))
		for _, a := range step.Organizations {
			added, taken := screen.Millionths(a.Added), screen.Millionths(a.Taken)
			if step.Total {
				added, taken = "", ""
			}
			c.Write(append(head[:5:5], screen.Cell(a.Organization), added, taken, screen.Millionths(a.Change), ""))
		}
	}
	for _, m := range f.Community {
		c.Write([]string{status, f.Profile.Name, "", "addresses with at least " + strconv.FormatInt(m.AtLeast, 10), "people", screen.Cell(m.Organization), "", "", strconv.Itoa(m.Addresses), ""})
	}
	c.Flush()
	return c.Error()
}

// JSON writes a waterfall as indented JSON. Amounts are in millionths.
func JSON(w io.Writer, f *Waterfall) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(f)
}
