package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
)

// issueList is read by REST, since GraphQL does not know who closed an issue.
func (l *listing) issueList() *mining.List[issue] {
	return &mining.List[issue]{
		Name: "issues", Size: 100, Kinds: mining.IssueKinds, Progress: &l.State.Issues, Head: l.head.issues,
		Fetch: func(ctx context.Context, size int, cursor string) (*mining.Page[issue], error) {
			return timed(ctx, l, "issues", url.Values{}, size, cursor, &l.State.Issues, (*issue).updated)
		},
		Updated: func(i *issue) time.Time { return second(i.UpdatedAt) },
		Follow:  l.followIssues,
		Intact:  func(i *issue) bool { return i.IID > 0 && i.CreatedAt != nil && i.UpdatedAt != nil },
		Fact: func(i *issue) store.Fact {
			return store.Fact{Key: fmt.Sprintf("issue/%d", i.IID), Records: l.issue(i)}
		},
	}
}

// answers is how many comments of an issue are looked at.
const answers = 10

// followIssues reads the first comments of issues, and who put labels on.
func (l *listing) followIssues(ctx context.Context, list []*issue) error {
	unread := slices.DeleteFunc(slices.Clone(list), func(i *issue) bool { return i.Comments == 0 })
	unread, err := l.graphAnswers(ctx, unread)
	if err != nil && !errors.Is(err, errNoGraphQL) {
		return fmt.Errorf("reading what issues were answered: %w", err)
	}
	lost := l.each(ctx, len(list), func(ctx context.Context, i int) error {
		if slices.Contains(unread, list[i]) {
			if err := l.restAnswers(ctx, list[i]); err != nil {
				return err
			}
		}
		return l.labelled(ctx, list[i])
	})
	if lost != nil && !errors.As(lost, new(*mining.Holes)) {
		if err := l.still(ctx); err != nil {
			return err
		}
		return lost
	}
	var people []*user
	for _, i := range list {
		people = append(people, i.Author, i.ClosedBy)
		for _, n := range i.notes {
			people = append(people, n.Author)
		}
		for _, e := range i.events {
			if e != nil {
				people = append(people, e.User)
			}
		}
	}
	if err := l.meet(ctx, people); err != nil {
		return err
	}
	l.lacking(&l.State.Issues, map[string]bool{answer: l.seen.answers.hidden() && l.plain.Load(), longer: l.seen.answers.hidden() && !l.plain.Load(),
		labels: l.seen.labels.hidden(), robots: l.seen.accounts.off()})
	lost = alone(lost, len(list), func(i int) error {
		switch i := list[i]; {
		case i.unanswered != nil && !l.seen.answers.off():
			return i.unanswered
		case i.unlabelled != nil && !l.seen.labels.off():
			return i.unlabelled
		}
		return nil
	})
	if err := l.still(ctx); err != nil {
		return err
	}
	return lost
}

// graphAnswers reads the first notes of issues, many at once, and returns the issues of which they are not
// enough: the system's notes stand among them.
func (l *listing) graphAnswers(ctx context.Context, list []*issue) (unread []*issue, err error) {
	for part := range slices.Chunk(list, mostChanges) {
		if unread = append(unread, part...); err != nil {
			continue
		}
		var found map[int64]*mining.Page[note]
		if found, err = l.firstNotes(ctx, part); err != nil {
			continue
		}
		unread = slices.DeleteFunc(unread, func(i *issue) bool {
			p := found[i.IID]
			if !whole(p) {
				return false
			}
			comments := slices.DeleteFunc(p.Nodes, func(n *note) bool { return n.System })
			if len(comments) < answers && p.PageInfo.HasNextPage {
				return false
			}
			i.notes = comments[:min(len(comments), answers)]
			return true
		})
	}
	return unread, err
}

// firstNotes are the first notes of issues by their numbers.
func (l *listing) firstNotes(ctx context.Context, list []*issue) (map[int64]*mining.Page[note], error) {
	if len(list) == 0 {
		return nil, nil
	}
	var iids []string
	for _, i := range list {
		iids = append(iids, strconv.FormatInt(i.IID, 10))
	}
	var reply struct {
		Project struct {
			Issues struct {
				Nodes []*struct {
					IID   number             `json:"iid"`
					Notes *mining.Page[note] `json:"notes"`
				} `json:"nodes"`
			} `json:"issues"`
		}
	}
	err := l.patient(ctx, answersQuery, map[string]any{"path": l.Path, "iids": iids, "first": len(iids), "notes": 4 * answers}, &reply)
	var over *complexityError
	if errors.As(err, &over) || errors.Is(err, mining.ErrHeavy) {
		return nil, fmt.Errorf("%w: %w", errNoGraphQL, err) // REST reads these, and GraphQL others
	}
	found := map[int64]*mining.Page[note]{}
	for _, i := range reply.Project.Issues.Nodes {
		if i != nil {
			found[int64(i.IID)] = i.Notes
		}
	}
	return found, err
}

// restAnswers reads the first comments of an issue.
func (l *listing) restAnswers(ctx context.Context, i *issue) error {
	if l.seen.answers.off() {
		return nil
	}
	query := url.Values{"sort": {"asc"}, "order_by": {"created_at"}, "activity_filter": {"only_comments"}}
	i.notes = nil
	err := walk(ctx, l.host, l.project("issues", i.IID, "notes"), query, mostPages, func(notes []*note) bool {
		// Servers before 13.9 do not know the filter.
		i.notes = append(i.notes, slices.DeleteFunc(notes, func(n *note) bool { return n.System })...)
		i.notes = i.notes[:min(len(i.notes), answers)]
		return len(i.notes) == answers
	})
	if l.seen.answers.met(i.IID, err) {
		i.unanswered = fmt.Errorf("issue %d: %w", i.IID, err)
		return nil
	}
	return err
}

// labelled reads who put labels on an issue.
func (l *listing) labelled(ctx context.Context, i *issue) (err error) {
	if l.seen.labels.off() {
		return nil
	}
	i.events, err = all[labelEvent](ctx, l.host, l.project("issues", i.IID, "resource_label_events"), nil, mostPages)
	if l.seen.labels.met(i.IID, err) {
		i.unlabelled = fmt.Errorf("issue %d: %w", i.IID, err)
		return nil
	}
	return err
}

// releaseList is read whole when anything in it is new: it knows no order of updates.
func (l *listing) releaseList() *mining.List[release] {
	return &mining.List[release]{
		Name: "releases", Size: 100, Whole: "release/", Kinds: mining.ReleaseKinds, Progress: &l.State.Releases, Head: l.head.releases,
		Fetch: func(ctx context.Context, size int, cursor string) (*mining.Page[release], error) {
			front := 0
			if cursor != "" {
				var err error
				if front, err = strconv.Atoi(cursor); err != nil || front < 0 {
					return nil, fmt.Errorf("%w: it is none of this program's", mining.ErrCursor)
				}
			}
			query := url.Values{"order_by": {"released_at"}, "sort": {"desc"}}
			read, err := numbered[release](ctx, l.host.get, l.project("releases"), query, size, front)
			if err != nil {
				return nil, err
			}
			got := &mining.Page[release]{Nodes: read.items}
			if got.PageInfo.HasNextPage = read.next > 0; read.next > 0 {
				got.PageInfo.EndCursor = strconv.Itoa(read.next)
			}
			return got, nil
		},
		Follow: func(ctx context.Context, list []*release) error {
			var authors []*user
			for _, r := range list {
				authors = append(authors, r.Author)
			}
			if err := l.meet(ctx, authors); err != nil {
				return err
			}
			l.lacking(&l.State.Releases, map[string]bool{robots: l.seen.accounts.off()})
			return l.still(ctx)
		},
		Updated: func(r *release) time.Time { return second(r.ReleasedAt) },
		Intact:  func(r *release) bool { return r.Tag != "" },
		Fact: func(r *release) store.Fact {
			return store.Fact{Key: "release/" + r.Tag, Records: l.release(r)}
		},
	}
}
