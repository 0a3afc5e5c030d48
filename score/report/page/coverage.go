package page

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// coverage says what could not be read, and what the sources do not show.
func (b *builder) coverage(r *model.Ranking) part {
	p := part{ID: "coverage", Title: b.l.T("Coverage and gaps")}
	if len(r.Gaps) == 0 {
		p.Blocks = append(p.Blocks, block{Text: &said{Text: b.l.T("There are no gaps: every repository was read.")}})
	} else {
		p.Blocks = append(p.Blocks, block{Heading: b.l.T("Gaps")}, block{Text: &said{Text: b.l.T("What is missing counts for nobody, and may be missing of one bidder more than of another.")}}, block{Table: b.gaps(r.Gaps)})
	}
	p.Blocks = append(p.Blocks, block{Heading: b.l.T("What the sources show")}, block{Text: &said{Text: b.l.T("A kind of fact that is not listed is complete. What is unavailable is unknown, and not nothing: an indicator that rests on it is dropped for all bidders of the project.")}})
	if t := b.uncovered(r.Projects); len(t.Groups) > 0 {
		p.Blocks = append(p.Blocks, block{Table: t})
	} else {
		p.Blocks = append(p.Blocks, block{Text: &said{Text: b.l.T("All kinds of facts are complete, of every repository.")}})
	}
	return p
}

func (b *builder) gaps(list []model.Gap) *table {
	t := b.newTable(b.l.T("What could not be read"), text(b.words["project"]), text(b.l.T("Repository")), text(b.words["reason"]))
	t.Hidden, t.Long = true, true
	shown := list[:min(len(list), mostListed)]
	for _, g := range shown {
		t.add(head(clip(g.Project, mostName)), code(clip(g.Repository, mostName)), sayer(b.say(g.Reason)))
	}
	t.Note = b.leftOut(len(shown), len(list))
	return t
}

// uncovered lists what is not complete, repositories with the same words together.
func (b *builder) uncovered(projects []model.ProjectResult) *table {
	t := b.newTable(b.l.T("Kinds of facts that are not complete"), text(b.l.T("Kind of fact")), text(b.l.T("State")), text(b.words["reason"]), text(b.l.T("Source")), text(b.l.T("Repositories")))
	t.Long = true
	rows, left := 0, 0
	for _, p := range projects {
		type key struct{ kind, state, reason, source string }
		found, keys := map[key][]string{}, []key(nil)
		for _, c := range p.Coverage {
			if c.State == model.Complete || c.Kind == model.LineFacts {
				continue // numbers of lines are not scored, and mined only where they are asked for
			}
			k := key{b.kind(c.Kind), b.state(c.State), c.Reason, c.Source}
			if found[k] == nil {
				keys = append(keys, k)
			}
			if !slices.Contains(found[k], c.Repository) {
				found[k] = append(found[k], c.Repository)
			}
		}
		if len(keys) > 0 {
			t.group(clip(p.ID, mostName), "")
		}
		for _, k := range keys {
			if rows++; rows > 2*mostListed {
				left++
				continue
			}
			t.add(head(k.kind), text(k.state), sayer(b.say(k.reason)), text(clip(k.source, mostName)), text(b.repositories(found[k])))
		}
	}
	t.Note = b.leftOut(rows-left, rows)
	return t
}

// repositories names a few, and counts many.
func (b *builder) repositories(list []string) string {
	if len(list) > 3 {
		return b.l.T("%s repositories altogether", b.count(int64(len(list))))
	}
	var names []string
	for _, x := range list {
		names = append(names, clip(x, mostName))
	}
	return strings.Join(names, ", ")
}
