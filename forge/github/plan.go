package github

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// Plan is what it will cost to read what is not stored of a repository. It is an
// estimate: changes with more than 30 reviews cost further requests, and so do changes
// that a robot merged where most are merged by people.
type Plan struct {
	Repository string
	Changes    int           // merged changes to be read
	Issues     int           // issues to be read
	Requests   int           // of all kinds
	Points     int           // of them that draw on the quota of queries, a point each
	Time       time.Duration // at the pace at which GitHub answers such pages, waiting for quota included
	Left       int           // points left of that quota, of all tokens
	Limit      int           // points in an hour
	Reset      time.Time     // when the quota is whole again
}

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

// Plan estimates what reading a repository will cost. It takes one request and one
// point itself.
func (s *Source) Plan(ctx context.Context, repo model.Repository, period model.Period) (Plan, error) {
	p, err := s.plan(ctx, repo, period)
	if err != nil {
		return p, fmt.Errorf("asking GitHub about %s: %w", address.Redact(repo.Address()), err)
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

func (s *Source) plan(ctx context.Context, repo model.Repository, period model.Period) (Plan, error) {
	l, err := s.open(ctx, repo)
	if err != nil {
		return Plan{}, err
	}
	defer l.close()
	now := l.host.transport.Now()
	l.state.Changes.begin(period.Since, now, "")
	l.state.Issues.begin(period.Since, now, "")
	v := map[string]any{"owner": l.owner, "name": l.name, "since": nil,
		"changes": fmt.Sprintf("repo:%s/%s is:pr is:merged%s", l.owner, l.name, updated(l.state.Changes.Target, l.state.Changes.Reached))}
	if at := l.state.Issues.Target; !at.IsZero() {
		v["since"] = at.UTC().Format(time.RFC3339)
	}
	var c counts
	if err := l.again(ctx, planQuery, v, &c); err != nil {
		return Plan{}, err
	}
	if c.Repository == nil {
		return Plan{}, errNoRepository
	}
	return l.estimate(c), nil
}

// estimate adds up pages.
func (l *listing) estimate(c counts) Plan {
	p := Plan{Repository: c.Repository.Name, Limit: c.RateLimit.Limit, Left: c.RateLimit.Remaining, Reset: c.RateLimit.ResetAt}
	if left, limit, reset, ok := l.host.transport.Quota("graphql"); ok {
		p.Left, p.Limit, p.Reset = left, limit, reset
	}
	p.Points = 2 // what the repository is, before and after
	if l.wants(changeKinds...) {
		p.Changes = c.Changes.IssueCount
		p.Points += pages(p.Changes, l.state.Changes.size(25))
	}
	if l.wants(issueKinds...) && c.Repository.Enabled {
		p.Issues = c.Repository.Issues.TotalCount
		p.Points += pages(p.Issues, l.state.Issues.size(25))
	}
	if l.wants(releaseKinds...) {
		p.Points += pages(c.Repository.Releases.TotalCount, 100)
	}
	p.Requests = p.Points
	if l.wants(advisoryKinds...) {
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
