package gitlab

import (
	"context"
	"net/url"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// How long requests take: a page of GraphQL with many notes several seconds, as others have
// measured it of queries with 100 issues (3 to 9 s), one of REST a third of a second.
const (
	pageTime    = 4 * time.Second
	requestTime = time.Second / 3
)

// Plan estimates what reading a repository will cost. Changes with more notes than a page
// shows take further requests, and so do those without a merge commit; by REST, those that a note
// calls approved take one less. Lists of more than
// 10,000 items are not counted by GitLab: they count as that many. A plan takes up to five requests itself.
func (s *Source) Plan(ctx context.Context, repo model.Repository, period model.Period) (forge.Plan, error) {
	p, err := s.plan(ctx, repo, period)
	if err != nil {
		return p, s.mining.About(repo, err)
	}
	return p, nil
}

func (s *Source) plan(ctx context.Context, repo model.Repository, period model.Period) (p forge.Plan, err error) {
	r, err := s.mining.Planned(ctx, repo)
	if err != nil {
		return p, err
	}
	defer r.Close()
	r.Since = period.Since
	l := s.listing(r)
	found, err := l.look(ctx)
	if err != nil {
		return p, err
	}
	l.Path = found.Path
	p.Repository = found.Path
	now := l.Server.Now()
	l.State.Changes.Begin(l.Since, now, "")
	l.State.Issues.Begin(l.Since, now, "")
	time, err := l.estimate(ctx, &p)
	if err != nil {
		return p, err
	}
	p.Time = time
	p.Left, p.Limit, p.Reset, _ = l.Server.Quota("rest")
	return p, nil
}

// estimate adds up items and their pages.
func (l *listing) estimate(ctx context.Context, p *forge.Plan) (d time.Duration, err error) {
	heads := 2 // before and after
	if l.plain.Load() {
		heads = 7
	}
	p.Requests, d = heads, time.Duration(heads)*requestTime
	if l.Wants(mining.ChangeKinds...) && l.head.noChanges == "" && l.head.refused["changes"] == nil {
		if p.Changes, err = l.count(ctx, "merge_requests", url.Values{"state": {"merged"}}, &l.State.Changes); err != nil {
			return 0, err
		}
		if l.plain.Load() {
			n := pages(p.Changes, 100) + 2*p.Changes
			p.Requests, d = p.Requests+n+1, d+time.Duration(n/atOnce)*requestTime
		} else {
			n := pages(p.Changes, int(l.host.changes.Load()))
			p.Requests, d = p.Requests+n+1, d+time.Duration(n)*pageTime
		}
	}
	if l.Wants(mining.IssueKinds...) && l.head.noIssues == "" && l.head.refused["issues"] == nil {
		if p.Issues, err = l.count(ctx, "issues", url.Values{}, &l.State.Issues); err != nil {
			return 0, err
		}
		n := pages(p.Issues, 100) + 2*p.Issues
		if !l.plain.Load() {
			n = pages(p.Issues, 100) + pages(p.Issues, mostChanges) + p.Issues
		}
		p.Requests, d = p.Requests+n, d+time.Duration(n/atOnce)*requestTime
	}
	if l.Wants(mining.ReleaseKinds...) && l.head.noReleases == "" && l.head.refused["releases"] == nil {
		p.Requests, d = p.Requests+1, d+requestTime
	}
	return d, nil
}

// count is how many items of a list were updated since its target.
func (l *listing) count(ctx context.Context, list string, query url.Values, of *mining.Progress) (int, error) {
	query.Set("per_page", "1")
	if !of.Target.IsZero() {
		query.Set("updated_after", of.Target.UTC().Format(time.RFC3339))
	}
	var some []struct{}
	p, err := l.host.get(ctx, l.project(list), query, &some)
	if err == nil && p.total < 0 {
		p.total = 10_000
	}
	return p.total, err
}

// pages is how many pages so many items fill, at least the one that says that there
// are none.
func pages(items, size int) int { return max(1, (items+size-1)/size) }
