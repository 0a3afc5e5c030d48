package github

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// planQuery counts what was updated. Searching is the only way to count the changes of
// a span of time.
const planQuery = `
query Plan($owner: String!, $name: String!, $changes: String!, $since: DateTime) {
	repository(owner: $owner, name: $name) {
		databaseId nameWithOwner hasIssuesEnabled
		issues(filterBy: {since: $since}) { totalCount }
		releases { totalCount }
	}
	changes: search(query: $changes, type: ISSUE) { issueCount }
	rateLimit { cost limit remaining resetAt }
}`

// How long a page takes, as others have measured it of queries of this kind with 25
// changes: 2.5 to 3.4 s (https://github.com/spiceai/spiceai/issues/13762).
const (
	pageTime    = 3 * time.Second
	requestTime = time.Second / 2
)

// Plan estimates what reading a repository will cost: changes with more than 30 reviews
// take further requests, and so do changes that a robot merged where most are merged
// by people. It takes one request and one
// point itself.
func (s *Source) Plan(ctx context.Context, repo model.Repository, period model.Period) (forge.Plan, error) {
	p, err := s.plan(ctx, repo, period)
	if err != nil {
		return p, s.mining.About(repo, err)
	}
	return p, nil
}

// counts is the reply to a plan's query.
type counts struct {
	Repository *struct {
		Name     string `json:"nameWithOwner"`
		Enabled  bool   `json:"hasIssuesEnabled"`
		Issues   struct{ TotalCount int }
		Releases struct{ TotalCount int }
	}
	Changes   struct{ IssueCount int }
	RateLimit struct {
		Limit, Remaining int
		ResetAt          time.Time
	}
}

func (s *Source) plan(ctx context.Context, repo model.Repository, period model.Period) (forge.Plan, error) {
	r, err := s.mining.Planned(ctx, repo)
	if err != nil {
		return forge.Plan{}, err
	}
	defer r.Close()
	l, err := s.listing(r)
	if err != nil {
		return forge.Plan{}, err
	}
	now := l.Server.Now()
	l.State.Changes.Begin(period.Since, now, "")
	l.State.Issues.Begin(period.Since, now, "")
	v := map[string]any{"owner": l.owner, "name": l.name, "since": nil,
		"changes": fmt.Sprintf("repo:%s/%s is:pr is:merged%s", l.owner, l.name, updated(l.State.Changes.Target, l.State.Changes.Reached))}
	if at := l.State.Issues.Target; !at.IsZero() {
		v["since"] = at.UTC().Format(time.RFC3339)
	}
	var c counts
	if err := l.again(ctx, planQuery, v, &c); err != nil {
		return forge.Plan{}, err
	}
	if c.Repository == nil {
		return forge.Plan{}, mining.ErrNoRepository
	}
	return l.estimate(c), nil
}

// estimate adds up pages.
func (l *listing) estimate(c counts) forge.Plan {
	p := forge.Plan{Repository: c.Repository.Name, Limit: c.RateLimit.Limit, Left: c.RateLimit.Remaining, Reset: c.RateLimit.ResetAt}
	if left, limit, reset, ok := l.Server.Quota("graphql"); ok {
		p.Left, p.Limit, p.Reset = left, limit, reset
	}
	p.Points = 2 // what the repository is, before and after
	if l.Wants(mining.ChangeKinds...) {
		p.Changes = c.Changes.IssueCount
		p.Points += pages(p.Changes, l.State.Changes.PageSize(25))
	}
	if l.Wants(mining.IssueKinds...) && c.Repository.Enabled {
		p.Issues = c.Repository.Issues.TotalCount
		p.Points += pages(p.Issues, l.State.Issues.PageSize(25))
	}
	if l.Wants(mining.ReleaseKinds...) {
		p.Points += pages(c.Repository.Releases.TotalCount, 100)
	}
	p.Requests = p.Points
	if l.Wants(mining.AdvisoryKinds...) {
		p.Requests++
	}
	p.Time = time.Duration(p.Points-2)*pageTime + time.Duration(2+p.Requests-p.Points)*requestTime
	for missing := p.Points - p.Left; missing > 0 && p.Limit > 0; missing -= p.Limit {
		p.Time += time.Hour
	}
	return p
}

// updated narrows a search to what was updated in a span of time.
func updated(since, until time.Time) string {
	switch {
	case since.IsZero() && until.IsZero():
		return ""
	case until.IsZero():
		return " updated:>=" + since.UTC().Format(time.RFC3339)
	case since.IsZero():
		return " updated:<=" + until.UTC().Format(time.RFC3339)
	}
	return " updated:" + since.UTC().Format(time.RFC3339) + ".." + until.UTC().Format(time.RFC3339)
}

// pages is how many pages so many items fill, at least the one that says that there
// are none.
func pages(items, size int) int { return max(1, (items+size-1)/size) }
