package gitlabtest

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

//go:embed testdata/schema.graphql
var schemaText string

// publishedSchema is GitLab's schema, as far as testdata/schema.graphql has it. Nothing
// writes to it after it was loaded.
var publishedSchema = sync.OnceValue(func() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText})
})

// Validate says what GitLab's published schema has against a query; nil where GitLab would
// take it. Many servers and goroutines may use it at once.
func Validate(query string) error {
	if _, errs := graphql.Parse(publishedSchema(), query); len(errs) > 0 {
		return errs
	}
	return nil
}

// Complexity is what a query counts by GitLab's rules, which look at what it may return and
// not at what it does. GitLab refuses what is above 250 with a token, 200 without. The
// query must hold one operation.
//
// The rules are those of GitLab's source. Each field counts 1 and its children, one that
// asks Gitaly 2, some a number of their own (Types::BaseField, base_complexity). A list
// that has a resolver counts its children and 1, one more where it is sorted, five more
// where it is searched, and on top of that a hundredth of it all for each item of the page
// (Resolvers::BaseResolver, resolver_complexity and complexity_multiplier). Where a
// selection can be of several types, the dearest one counts. The rules have changed before
// and will again: ask queryComplexity what a server says.
func Complexity(query string, variables map[string]any) (int, error) {
	doc, errs := graphql.Parse(publishedSchema(), query)
	if len(errs) > 0 {
		return 0, errs
	}
	if len(doc.Operations) != 1 {
		return 0, fmt.Errorf("the query has %d operations; one is wanted", len(doc.Operations))
	}
	vars, err := validator.VariableValues(publishedSchema(), doc.Operations[0], variables)
	if err != nil {
		return 0, err
	}
	return complexityOf(doc.Operations[0], vars), nil
}
