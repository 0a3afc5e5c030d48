package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Explanation writes an explanation and the acts behind it. The verdicts are
// those that concern the bidder, counted and refused.
func Explanation(w io.Writer, e *score.Explanation, verdicts []model.Verdict, show People, o *TextOptions) error {
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, o.Width)}
	if o.Width == 0 {
		t.width = 80
	}
	t.wrap("", "  ", headline(e.Status))
	t.line("%s (%s)", clean(e.Name, t.width), e.Bidder)
	for _, s := range e.Steps {
		indent := strings.Repeat("  ", s.Depth)
		t.wrap(indent, indent+"    ", s.Subject+": "+s.Formula)
		if s.Note != "" {
			t.wrap(indent+"    ", indent+"    ", s.Note)
		}
	}
	t.line("")
	shown := verdicts
	if o.Most > 0 && len(shown) > o.Most {
		shown = shown[:o.Most]
	}
	counted := slices.IndexFunc(verdicts, func(v model.Verdict) bool { return v.Counted }) >= 0
	if len(verdicts) == 0 || !counted {
		t.line("No act of the bidder's people counted.")
	}
	for _, v := range shown {
		t.act(v, show)
	}
	if n := len(verdicts) - len(shown); n > 0 {
		t.line("and %d more acts", n)
	}
	return t.err
}

func (t *text) act(v model.Verdict, show People) {
	what := "counted: " + Credits(v)
	switch {
	case !v.Counted:
		what = "refused by the rule " + v.Rule
	case len(v.Credits) == 0:
		what = "counted"
	}
	if v.Counted && v.Rule != "" {
		what += " (rule " + v.Rule + ")"
	}
	if len(v.Parts) > 1 {
		what += ", shared by " + Vendors(v)
	}
	if v.Reason != "" {
		what += ": " + v.Reason
	}
	where := Link(v.Repository, v.Artifact)
	if where == "" {
		where = v.Repository + " " + string(v.Artifact)
	}
	t.wrap("", "    ", fmt.Sprintf("%s %s %s, %s; %s", v.At.Format("2006-01-02"), v.Role, clean(show.Person(v), 40), where, what))
}

// shownAct is a verdict as it leaves: without the person's key.
type shownAct struct {
	model.Verdict
	Person string `json:"person"`
	Name   string `json:"name,omitempty"`
	Link   string `json:"link,omitempty"`
}

// ExplanationJSON writes an explanation and the acts behind it as JSON.
func ExplanationJSON(w io.Writer, x *score.Explanation, verdicts []model.Verdict, show People) error {
	acts := make([]shownAct, 0, len(verdicts))
	for _, v := range verdicts {
		acts = append(acts, shownAct{Verdict: v, Person: show.Person(v), Link: Link(v.Repository, v.Artifact)})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		*score.Explanation
		Acts []shownAct `json:"acts"`
	}{x, acts})
}
