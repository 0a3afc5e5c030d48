package gitlab

import (
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// change states a merged change.
func (l *listing) change(c *change) []model.Record {
	ch := &model.Change{Title: oneLine(c.title), Opened: c.created, Merged: c.merged, Base: c.base, Head: c.head, Start: c.start,
		MergeCommit: c.landed, Labels: sorted(c.labels)}
	artifact := model.NewArtifact(model.ChangeArtifact, fmt.Sprint(c.iid))
	var records []model.Record
	act := func(role model.Role, who model.Identity, at time.Time, verb string, r *model.Review) {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role,
			Actor: who, At: at, Verb: verb, Change: ch, Review: r}})
	}
	notes := inOrder(c.notes)
	merger := l.identity(c.merger)
	act(model.Author, l.identity(c.author), ch.Merged, "", nil)
	act(model.Merger, merger, ch.Merged, "", nil)
	if merger.Type == model.BotAccount || mining.LooksLikeRobot(merger.Login) {
		for _, o := range commands(notes, merger.Login) {
			act(model.Commander, l.identity(o.by.Author), o.by.at(), o.verb, nil)
		}
	}
	for _, r := range l.reviews(c, notes) {
		r.out.CanPush = r.verdict == "approved" || r.who.Account != "" && l.members[r.who.Account]
		act(model.Reviewer, r.who, r.at, "", &r.out)
	}
	for _, n := range notes {
		for _, name := range requested(n) {
			act(model.Requested, l.named(c, name), n.at(), "", nil)
		}
	}
	return records
}

// order is what somebody told a robot.
type order struct {
	by   *note
	verb string
}

// commands are those to the robot that merged, in the order of their times.
func commands(notes []*note, merger string) (list []order) {
	said := slices.DeleteFunc(slices.Clone(notes), func(n *note) bool { return n.System || n.inline() })
	texts := make([]string, len(said))
	for i, n := range said {
		texts[i] = n.Body
	}
	for _, o := range mining.Commands(texts) {
		list = append(list, order{said[o.In], o.Verb})
	}
	for _, n := range assigned(notes, merger) {
		list = append(list, order{n, "assigned @" + merger})
	}
	slices.SortStableFunc(list, func(a, b order) int { return a.by.at().Compare(b.by.at()) })
	return list
}

// issue states an issue: who opened it, who labelled and closed it, and who answered
// among its first ten comments.
func (l *listing) issue(i *issue) []model.Record {
	about := &model.Issue{Title: oneLine(i.Title), Opened: second(i.CreatedAt), Closed: second(i.ClosedAt), Labels: sorted(i.Labels)}
	artifact := model.NewArtifact(model.IssueArtifact, fmt.Sprint(i.IID))
	var records []model.Record
	act := func(role model.Role, who model.Identity, at time.Time, verb string) {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role,
			Actor: who, At: at, Verb: verb, Issue: about}})
	}
	opener := l.identity(i.Author)
	act(model.Author, opener, about.Opened, "")
	answered := map[model.Identity]bool{}
	for _, n := range inOrder(i.notes) {
		if who := l.identity(n.Author); who != opener && !answered[who] {
			answered[who] = true
			act(model.Responder, who, n.at(), "")
		}
	}
	for _, e := range i.events {
		if e != nil && e.Action == "add" && e.CreatedAt != nil {
			act(model.Triager, l.identity(e.User), second(e.CreatedAt), "labeled")
		}
	}
	if i.ClosedAt != nil {
		act(model.Triager, l.identity(i.ClosedBy), about.Closed, "closed")
	}
	return records
}

// release states a release. One that is to come has a time to come.
func (l *listing) release(r *release) []model.Record {
	at := second(pick(r.ReleasedAt, r.CreatedAt))
	if r.Tag == "" || at.IsZero() {
		return nil
	}
	return []model.Record{{Contribution: &model.Contribution{Artifact: model.NewArtifact(model.ReleaseArtifact, r.Tag),
		Role: model.Releaser, Actor: l.identity(r.Author), At: at}}}
}
