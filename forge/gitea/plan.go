package gitea

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// requestTime is how long a request takes of those that go eight at a time: 25 ms on a
// small server of one's own, ten times that on a busy public one.
const requestTime = time.Second / 4

// Plan estimates what reading a repository will cost. It counts closed changes, merged or
// not, since a server counts no others; changes that a robot merged take one more request
// each. It takes up to four requests itself.
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
	l, err := s.listing(r)
	if err != nil {
		return p, err
	}
	found, err := l.look(ctx)
	if err != nil {
		return p, err
	}
	p.Repository, r.Path = found.Path, found.Path
	now := l.Server.Now()
	l.State.Changes.Begin(l.Since, now, "")
	l.State.Issues.Begin(l.Since, now, "")
	p.Requests = 6 // what the repository is and what is new, before and after
	if err := l.estimate(ctx, &p); err != nil {
		return p, err
	}
	p.Time = time.Duration(p.Requests) * requestTime / inFlight
	p.Left, p.Limit, p.Reset, _ = l.Server.Quota("")
	return p, nil
}

// estimate adds up items and their pages.
func (l *listing) estimate(ctx context.Context, p *forge.Plan) (err error) {
	if l.Wants(mining.ChangeKinds...) && !off(l.found.HasPulls) {
		at := &l.State.Changes
		query := issuesSince(at.Target)
		query.Set("type", "pulls")
		query.Set("state", "closed")
		if !at.Reached.IsZero() {
			query.Set("before", at.Reached.UTC().Format(time.RFC3339))
		}
		if p.Changes, err = l.count(ctx, "issues", query); err != nil {
			return err
		}
		p.Requests += pages(p.Changes) + 2*p.Changes
	}
	if l.Wants(mining.IssueKinds...) && !l.noIssues() {
		if p.Issues, err = l.count(ctx, "issues", issuesSince(l.State.Issues.Target)); err != nil {
			return err
		}
		p.Requests += pages(p.Issues) + p.Issues
	}
	if l.Wants(mining.ReleaseKinds...) && !off(l.found.HasReleases) {
		n, err := l.count(ctx, "releases", nil)
		if err != nil {
			return err
		}
		p.Requests += pages(n)
	}
	return nil
}

// count asks how many items a list has. One that may not be read has none to be read.
func (l *listing) count(ctx context.Context, list string, query url.Values) (int, error) {
	_, said, err := numbered[struct{}](ctx, l.host, l.at(list), query, 1, 1)
	var refused *statusError
	if errors.As(err, &refused) && (refused.code == http.StatusNotFound || refused.code == http.StatusForbidden) {
		return 0, nil
	}
	return max(said.total, 0), err
}

// pages is how many pages so many items fill, at least the one that says that there
// are none.
func pages(items int) int { return max(1, (items+usualMost-1)/usualMost) }
