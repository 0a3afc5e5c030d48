package gitea

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// marks of what is new in the lists: where one is as it was, nothing in its list is new.
type marks struct{ changes, issues, releases string }

// newest asks what is new. One request does so for changes and issues: what was updated
// since they were looked at last, of which there is usually nothing. Where nothing is, the
// mark stays what it was. A list that cannot be asked about counts as new, and reading it
// then says why it cannot be read.
func (l *listing) newest(ctx context.Context) (m marks, err error) {
	changes := l.Wants(mining.ChangeKinds...) && !off(l.found.HasPulls)
	issues := l.Wants(mining.IssueKinds...) && !l.noIssues()
	m = marks{l.State.Changes.Newest, l.State.Issues.Newest, l.State.Releases.Newest}
	unknown := "unknown on " + l.Server.Now().UTC().Format(time.RFC3339)
	if changes || issues {
		if err := l.newestUpdates(ctx, changes, issues, &m); ctx.Err() != nil {
			return m, context.Cause(ctx)
		} else if err != nil {
			l.Source.Log.Warn("what is new cannot be told", "repository", l.Path, "error", err)
			m.changes, m.issues = unknown, unknown
		}
	}
	if l.Wants(mining.ReleaseKinds...) && !off(l.found.HasReleases) {
		if m.releases, err = l.newestReleases(ctx); ctx.Err() != nil {
			return m, context.Cause(ctx)
		} else if err != nil {
			m.releases = unknown
		}
	}
	return m, nil
}

// mostNew is how many pages of what is new are looked through, and so how much of it a mark
// names at the most.
const mostNew = 4

func (l *listing) newestUpdates(ctx context.Context, changes, issues bool, m *marks) error {
	from := l.Server.Now()
	query := url.Values{"state": {"all"}}
	if changes {
		from = l.since(&l.State.Changes)
	} else {
		query.Set("type", "issues")
	}
	if issues {
		from = earlier(from, l.since(&l.State.Issues))
	} else {
		query.Set("type", "pulls")
	}
	query.Set("since", from.UTC().Format(time.RFC3339))
	var merged, others []*issue
	cursor := ""
	for range mostNew {
		page, err := onePage[issue](ctx, l.host, l.at("issues"), query, usualMost, cursor)
		if err != nil {
			return err
		}
		for _, i := range page.Nodes {
			switch {
			case i == nil || i.UpdatedAt == nil:
				return errNothing
			case i.Pull == nil:
				others = append(others, i)
			case i.Pull.Merged:
				merged = append(merged, i)
			}
		}
		if cursor = page.PageInfo.EndCursor; cursor == "" {
			m.changes, m.issues = l.mark(&l.State.Changes, merged), l.mark(&l.State.Issues, others)
			return nil
		}
	}
	return errors.New("very much is new")
}

// since is from when on something may be in a list that was not there when it was looked at
// last; for one that was never read it is a while ago, as reading it takes care of all
// that is older.
func (l *listing) since(p *mining.Progress) time.Time {
	at := l.Server.Now()
	if !p.Checked.IsZero() {
		at = earlier(at, p.Checked)
	}
	return at.Add(-mining.Overlap).Truncate(time.Second)
}

// mark names what was updated since a list was looked at last, each item with its update.
// Where the list's last mark names all of it, nothing is new, and that one remains. It is
// not enough to look at the newest: a transaction that ends late shows an update that is
// older than one which was seen before. What has left the span since is not missed.
//
// Updates count whole seconds: as long as the second of one is not over, more may happen in
// it. So it is not named, and is new once more.
func (l *listing) mark(p *mining.Progress, items []*issue) string {
	known := map[string]bool{}
	for name := range strings.SplitSeq(p.Newest, ", ") {
		known[name] = true
	}
	from, now := l.since(p), l.Server.Now()
	var names []string
	news, open := false, false
	for _, i := range items {
		if i.UpdatedAt.Before(from) {
			continue // which the other list's span holds
		}
		if now.Sub(*i.UpdatedAt) < 2*time.Second {
			open = true
			continue
		}
		name := fmt.Sprintf("%d at %s", i.Number, i.UpdatedAt.UTC().Format(time.RFC3339))
		names, news = append(names, name), news || !known[name]
	}
	if open {
		names = append(names, fmt.Sprintf("seen at %d", now.UnixNano()))
	}
	if !news && !open {
		return p.Newest
	}
	return strings.Join(names, ", ")
}

// newestReleases tells releases apart by their number and the last of them; Gitea does not
// say when one was changed.
func (l *listing) newestReleases(ctx context.Context) (string, error) {
	list, said, err := numbered[release](ctx, l.host, l.at("releases"), nil, 1, 10)
	if err != nil {
		return "", err
	}
	mark := fmt.Sprint(said.total)
	for _, r := range list {
		if r != nil {
			mark += fmt.Sprintf(" %d %q", r.ID, r.Tag)
		}
		if r != nil && r.Published != nil && !r.Draft {
			mark += " at " + r.Published.UTC().Format(time.RFC3339)
		}
	}
	return mark, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
