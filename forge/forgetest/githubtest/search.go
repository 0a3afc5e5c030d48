package githubtest

import (
	"fmt"
	"strings"
	"time"
)

// search counts the changes that a query of GitHub's search language matches. Only the
// words below are known, and items are not shown: what a test asks beyond that fails it.
// https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests
func (v view) search(a *arguments) any {
	query := a.text("query")
	if a.text("type") != "ISSUE" {
		return unanswered{}
	}
	count := 0
	for _, p := range v.s.projects {
		for i := range p.Changes {
			ok, err := p.Changes[i].matches(p, query)
			if err != nil {
				v.s.t.Errorf("githubtest: %v", err)
				return unanswered{}
			}
			if ok && v.who.sees(p) {
				count++
			}
		}
	}
	return object{"SearchResultItemConnection", func(name string, _ *arguments) any {
		if name == "issueCount" {
			return count
		}
		return unanswered{}
	}}
}

// matches holds a change against every word of a search.
func (c *Change) matches(p *Project, query string) (bool, error) {
	all := true
	for _, word := range strings.Fields(query) {
		key, value, _ := strings.Cut(word, ":")
		switch {
		case word == "is:pr":
		case word == "is:merged":
			all = all && c.state() == "MERGED"
		case key == "repo":
			all = all && strings.EqualFold(value, p.fullName())
		case key == "updated":
			since, until, err := span(value)
			if err != nil {
				return false, err
			}
			at := c.updated()
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
