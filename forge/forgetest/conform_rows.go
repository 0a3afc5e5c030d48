package forgetest

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// outcome is what one mining yielded.
type outcome struct {
	text     string // the records as they are written
	acts     []*model.Contribution
	coverage map[model.Kind]model.Coverage
	err      error
}

// collect reads records to their end, or to the first error.
func collect(records iter.Seq2[model.Record, error], translate func(*model.Contribution)) outcome {
	o := outcome{coverage: map[model.Kind]model.Coverage{}}
	var b bytes.Buffer
	keep := func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if c := r.Contribution; err == nil && c != nil {
				o.acts = append(o.acts, translated(c, translate))
			}
			if r.Coverage != nil {
				o.coverage[r.Coverage.Kind] = *r.Coverage
			}
			if !yield(r, err) {
				return
			}
		}
	}
	o.err = model.WriteRecords(&b, keep)
	o.text = b.String()
	return o
}

// translated is a copy that a server's own translation was applied to.
func translated(c *model.Contribution, translate func(*model.Contribution)) *model.Contribution {
	if translate == nil {
		return c
	}
	own := *c
	if c.Change != nil {
		change := *c.Change
		own.Change = &change
	}
	if c.Review != nil {
		review := *c.Review
		own.Review = &review
	}
	if c.Issue != nil {
		issue := *c.Issue
		own.Issue = &issue
	}
	translate(&own)
	return &own
}

// rows writes contributions as the wanted table has them, sorted: a row for each act,
// and one for each change and issue that says what it is.
func rows(acts []*model.Contribution, accounts string) []string {
	names := scriptNames()
	var table []string
	seen := map[model.Artifact]bool{}
	for _, c := range acts {
		if !seen[c.Artifact] && (c.Change != nil || c.Issue != nil) {
			table = append(table, what(c, names))
		}
		seen[c.Artifact] = true
		table = append(table, deed(c, names, accounts))
	}
	slices.Sort(table)
	return table
}

// what says what a change or an issue is.
func what(c *model.Contribution, names map[string]string) string {
	if i := c.Issue; i != nil {
		return join(string(c.Artifact), "is", i.Title, "opened="+stamp(i.Opened), field("closed", stamp(i.Closed)),
			field("reason", i.Reason), field("labels", strings.Join(i.Labels, ",")))
	}
	h := c.Change
	return join(string(c.Artifact), "is", h.Title, "opened="+stamp(h.Opened), "merged="+stamp(h.Merged), "base="+h.Base,
		field("head", named(h.Head, names)), field("start", named(h.Start, names)), field("became", named(h.MergeCommit, names)),
		field("labels", strings.Join(h.Labels, ",")))
}

// deed says who did what when.
func deed(c *model.Contribution, names map[string]string, accounts string) string {
	row := []string{string(c.Artifact), string(c.Role), who(c.Actor, accounts), stamp(c.At), c.Verb}
	if r := c.Review; r != nil {
		row = append(row, string(r.State), field("inline", number(r.Inline)), field("length", number(r.Length)),
			field("commit", named(r.Commit, names)))
		if r.Stale {
			row = append(row, "stale")
		}
	}
	return join(row...)
}

// who is login#number type, or a ghost of whom nothing is known.
func who(i model.Identity, accounts string) string {
	if i == (model.Identity{Type: model.GhostAccount}) {
		return "ghost"
	}
	id, ok := strings.CutPrefix(i.Account, accounts+":")
	if !ok {
		id = "(" + i.Account + ")"
	}
	return i.Login + "#" + id + " " + string(i.Type)
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func field(name, value string) string {
	if value == "" {
		return ""
	}
	return name + "=" + value
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stamp writes a time, and shows where it is not in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("01-02T15:04Z07:00")
}

// named is what the script calls a commit, or an id that it does not know.
func named(oid string, names map[string]string) string { return cmp.Or(names[oid], oid) }

// scriptNames are the names of the script's commits by their ids.
func scriptNames() map[string]string {
	names := map[string]string{}
	for n := range 100 {
		for _, what := range []string{"head", "base", "old", "merge", "squash", "rebased"} {
			name := what + "-" + digits(n)
			names[ScriptCommit(name)] = name
		}
	}
	return names
}

// faults are what no contribution may have, whatever the forge: nobody's name on a ghost,
// a review without the forge's own word, a time that is not in UTC, acts on one artifact
// that disagree about it.
func faults(acts []*model.Contribution) (found []string) {
	first := map[model.Artifact]*model.Contribution{}
	for _, c := range acts {
		say := func(format string, args ...any) {
			found = append(found, fmt.Sprintf("%s, %s: ", c.Artifact, c.Role)+fmt.Sprintf(format, args...))
		}
		if c.Actor.Type == model.GhostAccount && c.Actor != (model.Identity{Type: model.GhostAccount}) {
			say("a ghost is called %+v", c.Actor)
		}
		if c.Actor.Type == "" {
			say("the account of %q has no type", c.Actor.Login)
		}
		if c.Review != nil && c.Review.Said == "" {
			say("the review has not the forge's own word")
		}
		if slices.ContainsFunc(times(c), func(t time.Time) bool { return t.Location() != time.UTC }) {
			say("its times are not in UTC")
		}
		if f := first[c.Artifact]; f == nil {
			first[c.Artifact] = c
		} else if !reflect.DeepEqual(f.Change, c.Change) || !reflect.DeepEqual(f.Issue, c.Issue) {
			say("another act says something else of %s", c.Artifact)
		}
	}
	return found
}

// times are all of a contribution.
func times(c *model.Contribution) []time.Time {
	all := []time.Time{c.At}
	if c.Change != nil {
		all = append(all, c.Change.Opened, c.Change.Merged)
	}
	if c.Issue != nil {
		all = append(all, c.Issue.Opened, c.Issue.Closed)
	}
	return all
}
