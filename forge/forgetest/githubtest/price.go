package githubtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// mostNodes is how many nodes one query may ask for at GitHub.
const mostNodes = 500_000

// price is what a query costs by GitHub's published rules, which count what it may return
// and not what it does: https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api
type price struct {
	fetches int // how often connections are fetched where all outer pages are full
	nodes   int
	points  int // fetches by the hundred, rounded, at least 1
	page    int // the largest page of pull requests that is in no other page
}

// meter adds up the price of a query and finds the pages that GitHub refuses.
type meter struct {
	price
	vars   map[string]any
	totals bool // connections without a page are fetched too
	trail  []any
	errors []graphql.Error
}

// priceOf is the price of an operation, or the errors with which GitHub refuses it.
func priceOf(op *ast.OperationDefinition, vars map[string]any, totals bool) (price, []graphql.Error) {
	m := meter{vars: vars, totals: totals}
	m.add(op.SelectionSet, 1)
	m.points = max(1, (m.fetches+50)/100)
	if m.nodes > mostNodes && len(m.errors) == 0 {
		m.errors = []graphql.Error{{Type: "MAX_NODE_LIMIT_EXCEEDED", Message: fmt.Sprintf(
			"This query requests up to %d possible nodes which exceeds the maximum limit of %d.", m.nodes, mostNodes)}}
	}
	return m.price, m.errors
}

// add counts what a selection asks for on each of so many objects.
func (m *meter) add(set ast.SelectionSet, times int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if graphql.Included(s.Directives, m.vars) {
				m.trail = append(m.trail, s.Alias)
				m.field(s, times)
				m.trail = m.trail[:len(m.trail)-1]
			}
		case *ast.InlineFragment:
			if graphql.Included(s.Directives, m.vars) {
				m.add(s.SelectionSet, times)
			}
		case *ast.FragmentSpread:
			if graphql.Included(s.Directives, m.vars) {
				m.add(s.Definition.SelectionSet, times)
			}
		}
	}
}

func (m *meter) field(f *ast.Field, times int) {
	const enough = 1 << 40 // stops the count from overflowing
	args := graphql.ArgumentsOf(f, m.vars)
	switch {
	case isConnection(f):
		size, ok := m.pageSize(f, args)
		if !ok {
			return
		}
		if f.Name == "pullRequests" && times == 1 {
			m.page = max(m.page, size)
		}
		m.fetches = min(m.fetches+times, enough)
		m.nodes = min(m.nodes+times*size, enough)
		m.add(f.SelectionSet, min(times*size, enough))
	case f.Name == "nodes" && f.ObjectDefinition.Name == "Query":
		n := len(args.Texts("ids"))
		if n > 100 {
			m.refuse(f, "ARGUMENT_LIMIT", fmt.Sprintf("You may not provide more than 100 node ids; you provided %d.", n))
		}
		m.nodes += n
		m.add(f.SelectionSet, times*n)
	default:
		m.add(f.SelectionSet, times)
	}
}

func isConnection(f *ast.Field) bool {
	return strings.HasSuffix(f.Definition.Type.Name(), "Connection") && f.Definition.Arguments.ForName("first") != nil
}

// pageSize is what first or last says; false where there is no page to count.
func (m *meter) pageSize(f *ast.Field, args *graphql.Arguments) (int, bool) {
	first, isFirst := args.Number("first")
	last, isLast := args.Number("last")
	switch {
	case isFirst && isLast:
		m.refuse(f, "", fmt.Sprintf("Passing both `first` and `last` values to paginate the `%s` connection is not supported.", f.Name))
	case isFirst && (first < 1 || first > 100):
		m.refuse(f, "EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `first` limit of 100 records.", first, f.Name))
	case isLast && (last < 1 || last > 100):
		m.refuse(f, "EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `last` limit of 100 records.", last, f.Name))
	case isFirst || isLast:
		return max(first, last), true
	case asksForItems(f.SelectionSet):
		m.refuse(f, "MISSING_PAGINATION_BOUNDARIES", fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", f.Name))
	case m.totals:
		return 0, true
	}
	return 0, false
}

// asksForItems tells whether a connection's selection needs a page. A count does not.
func asksForItems(set ast.SelectionSet) bool {
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		switch s := s.(type) {
		case *ast.Field:
			return slices.Contains([]string{"nodes", "edges", "pageInfo"}, s.Name)
		case *ast.InlineFragment:
			return asksForItems(s.SelectionSet)
		case *ast.FragmentSpread:
			return asksForItems(s.Definition.SelectionSet)
		}
		return false
	})
}

func (m *meter) refuse(f *ast.Field, kind, message string) {
	e := graphql.Error{Type: kind, Message: message, Path: slices.Clone(m.trail)}
	if at := f.Position; at != nil {
		e.Line, e.Column = at.Line, at.Column
	}
	m.errors = append(m.errors, e)
}
