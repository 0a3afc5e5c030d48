package githubtest

import (
	_ "embed"
	"errors"
	"fmt"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

//go:embed testdata/schema.graphql
var schemaText string

// publishedSchema is GitHub's schema, as far as testdata/schema.graphql has it. Loading it
// takes some milliseconds, and nothing writes to it afterwards.
var publishedSchema = sync.OnceValue(func() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText})
})

// Validate says what GitHub's published schema has against a query; nil where GitHub
// would run it. Many servers and goroutines may use it at once.
func Validate(query string) error {
	if _, errs := graphql.Parse(publishedSchema(), query); len(errs) > 0 {
		return errs
	}
	return nil
}

// Cost is what a query costs in points, and how many nodes it may return, by GitHub's
// published rules. The error says why GitHub would refuse it: its schema, a variable, a
// page without a size or of more than 100, more than 500,000 nodes. The query must hold
// one operation.
func Cost(text string, variables map[string]any) (points, nodes int, err error) {
	doc, errs := graphql.Parse(publishedSchema(), text)
	if len(errs) > 0 {
		return 0, 0, errs
	}
	if len(doc.Operations) != 1 {
		return 0, 0, fmt.Errorf("the query has %d operations; one is wanted", len(doc.Operations))
	}
	vars, err := validator.VariableValues(publishedSchema(), doc.Operations[0], variables)
	if err != nil {
		return 0, 0, err
	}
	cost, refused := priceOf(doc.Operations[0], vars, false)
	if len(refused) > 0 {
		return cost.points, cost.nodes, errors.New(refused[0].Message)
	}
	return cost.points, cost.nodes, nil
}
