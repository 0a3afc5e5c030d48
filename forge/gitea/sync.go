package gitea

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
)

// look asks what the repository is, under whatever name it has now.
func (l *listing) look(ctx context.Context) (found mining.Found, err error) {
	var r *repository
	_, err = l.host.ask(ctx, l.at(), nil, &r)
	var refused *statusError
	switch {
	case errors.As(err, &refused) && refused.code == http.StatusNotFound:
		return found, mining.ErrNoRepository
	case err != nil:
		return found, err
	case r == nil:
		return found, errNothing
	}
	l.found = *r
	if r.Original != "" && r.Created != nil {
		l.imported = *r.Created
		l.Since = latest(l.Since, l.imported)
	}
	return mining.Found{ID: r.ID, Path: r.FullName}, nil
}

// escaped is the path of the repository as an address has it.
func (l *listing) escaped() string {
	owner, name, _ := strings.Cut(l.Path, "/")
	return url.PathEscape(owner) + "/" + url.PathEscape(name)
}

// off reports whether a server says that a repository is without something.
func off(has *bool) bool { return has != nil && !*has }

// read reads what is new in the lists.
func (l *listing) read(ctx context.Context) error {
	newest, err := l.newest(ctx)
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error {
			if off(l.found.HasPulls) {
				return l.Lack(mining.ChangeKinds, "pull requests are turned off in this repository")
			}
			return mining.Read(ctx, l.Reading, l.changeList(newest.changes))
		},
		func() error {
			if l.noIssues() {
				return l.Lack(mining.IssueKinds, "issues are turned off in this repository, or kept elsewhere")
			}
			return mining.Read(ctx, l.Reading, l.issueList(newest.issues))
		},
		func() error {
			if off(l.found.HasReleases) {
				return l.Lack(mining.ReleaseKinds, "releases are turned off in this repository")
			}
			return mining.Read(ctx, l.Reading, l.releaseList(newest.releases))
		},
		func() error { return l.Lack(mining.AdvisoryKinds, "Gitea and Forgejo have no security advisories") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) noIssues() bool { return off(l.found.HasIssues) || l.found.External != nil }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (l *listing) changeList(newest string) *mining.List[change] {
	return &mining.List[change]{
		Name: "changes", Size: usualMost, Kinds: mining.ChangeKinds, Progress: &l.State.Changes, Head: newest,
		Fetch: func(ctx context.Context, size int, cursor string) (*mining.Page[change], error) {
			query := url.Values{"state": {"closed"}, "sort": {"recentupdate"}}
			page, err := onePage[change](ctx, l.host, l.at("pulls"), query, size, cursor)
			if err == nil && !slices.IsSortedFunc(page.Nodes, byUpdate) {
				return nil, fmt.Errorf("%w: the changes are not in the order of their updates", mining.ErrHeavy)
			}
			return page, err
		},
		Updated: func(c *change) time.Time { return *c.UpdatedAt },
		Follow:  l.followChanges,
		Intact: func(c *change) bool {
			return c.Number > 0 && c.CreatedAt != nil && c.UpdatedAt != nil && (!c.Merged || c.mergedAt() != nil)
		},
		Fact: func(c *change) store.Fact {
			if !c.followed {
				return store.Fact{}
			}
			return store.Fact{Key: fmt.Sprintf("change/%d", c.Number), Records: l.change(c)}
		},
	}
}

// byUpdate orders changes as they are asked for. An order that is another one would end a
// scan before its time.
func byUpdate(a, b *change) int {
	if a == nil || b == nil || a.UpdatedAt == nil || b.UpdatedAt == nil {
		return 0
	}
	return b.UpdatedAt.Compare(*a.UpdatedAt)
}

// issueList is in the order in which issues were opened, so that it is read to its end.
func (l *listing) issueList(newest string) *mining.List[issue] {
	p := &l.State.Issues
	return &mining.List[issue]{
		Name: "issues", Size: usualMost, Kinds: mining.IssueKinds, Progress: p, Head: newest, Unordered: true,
		Fetch: func(ctx context.Context, size int, cursor string) (*mining.Page[issue], error) {
			return onePage[issue](ctx, l.host, l.at("issues"), issuesSince(p.Target), size, cursor)
		},
		Updated: func(i *issue) time.Time { return *i.UpdatedAt },
		Follow:  l.followIssues,
		Intact:  func(i *issue) bool { return i.Number > 0 && i.CreatedAt != nil && i.UpdatedAt != nil && i.Pull == nil },
		Fact: func(i *issue) store.Fact {
			return store.Fact{Key: fmt.Sprintf("issue/%d", i.Number), Records: l.issue(i)}
		},
	}
}

// issuesSince asks for issues that were updated from an instant on.
func issuesSince(at time.Time) url.Values {
	query := url.Values{"type": {"issues"}, "state": {"all"}}
	if !at.IsZero() {
		query.Set("since", at.UTC().Format(time.RFC3339))
	}
	return query
}

// releaseList is read whole when anything in it is new: it knows no order of updates.
func (l *listing) releaseList(newest string) *mining.List[release] {
	return &mining.List[release]{
		Name: "releases", Size: usualMost, Whole: "release/", Kinds: mining.ReleaseKinds, Progress: &l.State.Releases, Head: newest,
		Fetch: func(ctx context.Context, size int, cursor string) (*mining.Page[release], error) {
			return onePage[release](ctx, l.host, l.at("releases"), nil, size, cursor)
		},
		Updated: func(r *release) time.Time { return *r.CreatedAt },
		Intact:  func(r *release) bool { return r.ID > 0 && r.CreatedAt != nil },
		Fact: func(r *release) store.Fact {
			return store.Fact{Key: fmt.Sprintf("release/%d", r.ID), Records: l.release(r)}
		},
	}
}
