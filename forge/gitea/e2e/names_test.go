package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// names puts words in the place of what differs from run to run: object ids, times, the
// server's address.
type names struct {
	*desk
	known map[string]string
}

// newNames knows the commits that were made by name, and those on the branch by their
// first line.
func (d *desk) newNames(records []model.Record) *names {
	n := &names{desk: d, known: map[string]string{}}
	for _, r := range records {
		if c := r.Contribution; c != nil && c.Commit != nil {
			n.known[c.Artifact.Name()] = fmt.Sprintf("<%s>", c.Commit.Subject)
		}
	}
	for name, id := range d.commit {
		if n.known[id] == "" {
			n.known[id] = name
		}
	}
	return n
}

var (
	ids    = regexp.MustCompile(`\b[0-9a-f]{64}\b|\b[0-9a-f]{40}\b`)
	digest = regexp.MustCompile(`digest [0-9a-f]{16}\b`)
	dates  = regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`)
)

// plain returns a text without what differs.
func (n *names) plain(s string) string {
	s = ids.ReplaceAllStringFunc(s, n.commitName)
	s = digest.ReplaceAllString(s, "digest D")
	s = dates.ReplaceAllStringFunc(s, func(day string) string {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return day
		}
		return n.when(at)
	})
	return strings.ReplaceAll(s, n.host(), "SERVER")
}

func (n *names) commitName(id string) string {
	if name := n.known[id]; name != "" {
		return name
	}
	return "SHA"
}

// when names an instant: what the story did, what was handed in shortly before, and the
// months of the history by their distance from the window's end.
func (n *names) when(at time.Time) string {
	switch {
	case at.IsZero():
		return "-"
	case at.Equal(n.later):
		return "later"
	case at.Equal(n.until):
		return "end"
	case !at.Before(n.now):
		return "now"
	case at.Equal(n.now.Add(-36 * time.Hour)):
		return "36h"
	}
	months := (n.until.Year()-at.Year())*12 + int(n.until.Month()) - int(at.Month())
	return fmt.Sprintf("M%d", months)
}

// facts writes what was mined, a line each, in its order.
func (n *names) facts(records []model.Record) string {
	var b strings.Builder
	for _, r := range records {
		if line := n.fact(r); line != "" {
			b.WriteString(n.plain(line) + "\n")
		}
	}
	return b.String()
}

func (n *names) fact(r model.Record) string {
	switch {
	case r.Contribution != nil:
		return n.contribution(r.Contribution)
	case r.Coverage != nil:
		c := r.Coverage
		return spaced("coverage", c.Source, string(c.Kind), string(c.State), c.Reason, "from", n.when(c.Since), "to", n.when(c.Until))
	case r.Head != nil:
		h := r.Head
		return fmt.Sprintf("%s: head %s of %s, %d own, accepted as %s", h.Change, h.Commit, n.when(h.Committed), h.Own, h.Accepted)
	case r.Tip != nil:
		return fmt.Sprintf("tip of %s: %s", r.Tip.Branch, r.Tip.Commit)
	}
	return fmt.Sprintf("alias %v", *r.Alias)
}

func (n *names) contribution(c *model.Contribution) string {
	parts := []string{spaced(fmt.Sprintf("%s: %s %s %s", c.Artifact, c.Role, actor(c.Actor), n.when(c.At)), c.Verb)}
	if k := c.Commit; k != nil {
		parts = append(parts, fmt.Sprintf("landed %s, a merge %t", k.Landed, k.LandedMerge))
	}
	if r := c.Review; r != nil {
		parts = append(parts, spaced(fmt.Sprintf("%s, said %s with %d inline and %d characters on %s, stale %t, push %t",
			r.State, r.Said, r.Inline, r.Length, r.Commit, r.Stale, r.CanPush), r.Association))
	}
	if h := c.Change; h != nil {
		parts = append(parts, fmt.Sprintf("%q into %s, head %s, start %s, became %s, opened %s, merged %s, labels %q",
			h.Title, h.Base, h.Head, h.Start, h.MergeCommit, n.when(h.Opened), n.when(h.Merged), h.Labels))
	}
	if i := c.Issue; i != nil {
		parts = append(parts, spaced(fmt.Sprintf("%q opened %s, labels %q, closed %s", i.Title, n.when(i.Opened), i.Labels, n.when(i.Closed)), i.Reason))
	}
	return strings.Join(parts, " | ")
}

// spaced joins words that are not empty.
func spaced(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// actor writes who a source saw. An account's number is left out: that it is the right one
// is seen by the verdicts, whose people are joined by it.
func actor(i model.Identity) string {
	who := i.Name
	if i.Type != "" {
		who = strings.TrimSpace(i.Login + " " + string(i.Type))
	}
	return fmt.Sprintf("[%s]", who)
}

// verdicts writes what the judge made of each act, sorted. Which commit stands for all of
// its unit is decided by ids where nothing else does, so those of a unit bear all their
// names, and who wrote one of them wrote the unit.
func (n *names) verdicts(list []model.Verdict) string {
	units := map[string][]string{}
	for _, v := range list {
		if v.Artifact.Kind() == model.CommitArtifact && v.Role == model.Author && !strings.HasPrefix(n.known[v.Artifact.Name()], "<Merge ") {
			unit := cmp.Or(v.Change, v.Artifact).Name()
			units[unit] = append(units[unit], v.Artifact.Name())
		}
	}
	n = &names{desk: n.desk, known: maps.Clone(n.known)}
	for _, members := range units {
		var all []string
		for _, id := range members {
			all = append(all, n.known[id])
		}
		slices.Sort(all)
		for _, id := range members {
			n.known[id] = strings.Join(all, "+")
		}
	}
	var lines []string
	for _, v := range list {
		joint := strings.Contains(n.known[v.Artifact.Name()], ">+<")
		if joint && (v.Role == model.Author || v.Role == model.CoAuthor) {
			v.Role = "wrote"
		}
		lines = append(lines, n.plain(n.verdict(v)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func (n *names) verdict(v model.Verdict) string {
	words := []string{fmt.Sprintf("%s: %s [%s] %s", v.Artifact, v.Role, v.Name, n.when(v.At))}
	for _, p := range v.Parts {
		words = append(words, fmt.Sprintf("of %q", p.Vendor))
	}
	if v.Rule != "" {
		words = append(words, strings.TrimSpace(fmt.Sprintf("| %s, counted %t %s", v.Rule, v.Counted, v.Reason)))
	}
	for _, c := range v.Credits {
		words = append(words, fmt.Sprintf("| %s %d", c.Indicator, c.Amount))
	}
	return strings.Join(words, " ")
}
