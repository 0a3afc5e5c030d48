package graphql

import (
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Queries are those that a server got: each is parsed and validated once. They are used
// under the server's lock.
type Queries struct {
	schema func() *ast.Schema
	seen   map[string]query
}

// query is a parsed query or what is wrong with it.
type query struct {
	doc  *ast.QueryDocument
	errs gqlerror.List
}

// NewQueries are none yet.
func NewQueries(schema func() *ast.Schema) *Queries {
	return &Queries{schema, map[string]query{}}
}

// Parse reads a query and holds it against a schema.
func Parse(schema *ast.Schema, text string) (*ast.QueryDocument, gqlerror.List) {
	return gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
}

func (q *Queries) parse(text string) query {
	p, ok := q.seen[text]
	if !ok {
		p.doc, p.errs = Parse(q.schema(), text)
		q.seen[text] = p
	}
	return p
}

// Name is the name of a query's only operation; "" where there is none or more.
func (q *Queries) Name(text string) string {
	if p := q.parse(text); p.doc != nil && len(p.doc.Operations) == 1 {
		return p.doc.Operations[0].Name
	}
	return ""
}

// Operation is the validated operation of a request with its variables. Where there is
// none, errors say what the forge answers; wrong, where it is not "", what to fail the
// test with: what a schema refuses is no condition to be met at run time.
func (q *Queries) Operation(text, name string, variables map[string]any) (op *ast.OperationDefinition, vars map[string]any, errs []Error, wrong string) {
	p := q.parse(text)
	if len(p.errs) > 0 {
		for _, e := range p.errs {
			g := Error{Message: e.Message, Extensions: map[string]any{"code": e.Rule}}
			if len(e.Locations) > 0 {
				g.Line, g.Column = e.Locations[0].Line, e.Locations[0].Column
			}
			errs = append(errs, g)
		}
		return nil, nil, errs, "the schema refuses the query " + name + ": " + p.errs.Error()
	}
	if p.doc == nil || len(p.doc.Operations) == 0 {
		return nil, nil, []Error{{Message: "A query attribute must be specified and must be a string."}}, ""
	}
	if op = p.doc.Operations.ForName(name); op == nil {
		return nil, nil, []Error{{Message: "No operation named \"" + name + "\""}}, ""
	}
	vars, err := validator.VariableValues(q.schema(), op, variables)
	if err != nil {
		return nil, nil, []Error{{Message: err.Error()}}, "the variables of the query " + NameOf(op) + ": " + err.Error()
	}
	return op, vars, nil, ""
}

// NameOf is an operation's name, in words where it has none.
func NameOf(op *ast.OperationDefinition) string {
	if op.Name == "" {
		return "without a name"
	}
	return op.Name
}
