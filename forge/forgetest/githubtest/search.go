package githubtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// search counts the changes that a query of GitHub's search language matches. Only the
// words below are known, and items are not shown: what a test asks beyond that fails it.
// https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests
func (v view) search(a *graphql.Arguments) any {
	query := a.Text("query")
	if a.Text("type") != "ISSUE" {
		return graphql.Unanswered{}
	}
	count := 0
	for _, p := range v.s.Projects() {
		for i := range p.Changes {
			ok, err := matches(p, &p.Changes[i], query)
			if err != nil {
				v.s.Errorf("%v", err)
				return graphql.Unanswered{}
			}
			if ok && v.who.Sees(p) {
				count++
			}
		}
	}
	return graphql.Object{Kind: "SearchResultItemConnection", Field: func(name string, _ *graphql.Arguments) any {
		if name == "issueCount" {
			return count
		}
		return graphql.Unanswered{}
	}}
}

// matches holds a change against every word of a search.
func matches(p *Project, c *Change, query string) (bool, error) {
	all := true
	for _, word := range strings.Fields(query) {
		key, value, _ := strings.Cut(word, ":")
		switch {
		case word == "is:pr":
		case word == "is:merged":
			all = all && c.Status() == "MERGED"
		case key == "repo":
			all = all && strings.EqualFold(value, p.FullName())
		case key == "updated":
			since, until, err := span(value)
			if err != nil {
				return false, err
			}
			at := c.LastUpdate()
			all = all && !at.Before(since) && (until.IsZero() || !at.After(until))
		default:
			return false, fmt.Errorf("the word %q of a search is not answered", word)
		}
	}
	return all, nil
}

// span reads >=T, <=T and T..T.
func span(s string) (since, until time.Time, err error) {
	from, to, both := strings.Cut(s, "..")
	switch {
	case both:
	case strings.HasPrefix(s, ">="):
		from, to = s[2:], ""
	case strings.HasPrefix(s, "<="):
		from, to = "", s[2:]
	default:
		return since, until, fmt.Errorf("the span %q of a search is not answered", s)
	}
	for text, at := range map[string]*time.Time{from: &since, to: &until} {
		if text == "" {
			continue
		}
		if *at, err = time.Parse(time.RFC3339, text); err != nil {
			return since, until, err
		}
	}
	return since, until, nil
}
