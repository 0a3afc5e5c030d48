package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// GQLError is one of the errors in an answer of GraphQL.
type GQLError struct {
	Type, Message string         // Type, such as NOT_FOUND, may be ""
	Path          []any          // keys and indices of what is missing; nil: the whole
	Line, Column  int            // in the query; 0: not told
	Extensions    map[string]any // such as saml_failure
}

// MarshalJSON writes the error as GitHub does.
func (e GQLError) MarshalJSON() ([]byte, error) {
	type location struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	}
	out := struct {
		Type       string         `json:"type,omitempty"`
		Path       []any          `json:"path,omitempty"`
		Extensions map[string]any `json:"extensions,omitempty"`
		Locations  []location     `json:"locations,omitempty"`
		Message    string         `json:"message"`
	}{e.Type, e.Path, e.Extensions, nil, e.Message}
	if e.Line > 0 {
		out.Locations = []location{{e.Line, e.Column}}
	}
	return json.Marshal(out)
}

// answerQuery runs a query, in the order in which GitHub refuses: who asks, what the schema
// says, what is left, how large the pages are.
func (s *Server) answerQuery(req *Request, fault *Fault) answer {
	who := s.caller(req.Token)
	switch {
	case who == nil:
		return s.message(nil, http.StatusUnauthorized, "Bad credentials")
	case req.Token == "":
		return s.message(who.graphql, http.StatusUnauthorized, "This endpoint requires you to be authenticated.")
	case req.Method != http.MethodPost:
		return s.message(who.graphql, http.StatusNotFound, "Not Found")
	}
	op, vars, errs := s.operation(req)
	if len(errs) > 0 {
		return s.json(who.graphql, gqlAnswer{Errors: errs})
	}
	if who.graphql.left == 0 {
		return s.json(who.graphql, gqlAnswer{Errors: []GQLError{{Type: "RATE_LIMITED",
			Message: fmt.Sprintf("API rate limit exceeded for user ID %d.", orDerived(0, "token", who.token))}}})
	}
	cost, errs := priceOf(op, vars, s.CountTotals)
	if len(errs) > 0 {
		return s.json(who.graphql, gqlAnswer{Errors: errs})
	}
	req.Points = cost.points
	who.graphql.take(cost.points)
	if s.MostPage > 0 && cost.page > s.MostPage {
		return s.page(http.StatusBadGateway)
	}
	x := &execution{schema: publishedSchema(), vars: vars}
	data := x.run(view{s, who, cost}.root(), op)
	for _, w := range x.wrong {
		s.t.Errorf("githubtest: %s, in the query %s", w, nameOf(op))
	}
	return s.json(who.graphql, s.spoil(data, x.errors, fault))
}

// operation is the validated operation of a request with its variables. What GitHub's
// schema refuses fails the test, because it is no condition to be met at run time.
func (s *Server) operation(req *Request) (*ast.OperationDefinition, map[string]any, []GQLError) {
	q := s.queries[req.Query]
	if len(q.errs) > 0 {
		s.t.Errorf("githubtest: GitHub's schema refuses the query %s: %v", req.Operation, q.errs)
		var errs []GQLError
		for _, e := range q.errs {
			g := GQLError{Message: e.Message, Extensions: map[string]any{"code": e.Rule}}
			if len(e.Locations) > 0 {
				g.Line, g.Column = e.Locations[0].Line, e.Locations[0].Column
			}
			errs = append(errs, g)
		}
		return nil, nil, errs
	}
	if q.doc == nil || len(q.doc.Operations) == 0 {
		return nil, nil, []GQLError{{Message: "A query attribute must be specified and must be a string."}}
	}
	op := q.doc.Operations.ForName(req.Operation)
	if op == nil {
		return nil, nil, []GQLError{{Message: "No operation named \"" + req.Operation + "\""}}
	}
	vars, err := validator.VariableValues(publishedSchema(), op, req.Variables)
	if err != nil {
		s.t.Errorf("githubtest: the variables of the query %s: %v", nameOf(op), err)
		return nil, nil, []GQLError{{Message: err.Error()}}
	}
	return op, vars, nil
}

func nameOf(op *ast.OperationDefinition) string {
	if op.Name == "" {
		return "without a name"
	}
	return op.Name
}

// gqlAnswer is the JSON of an answer. Where no data is told, there is no such key; where
// data is null, there is.
type gqlAnswer struct {
	Told   bool
	Data   any
	Errors []GQLError
}

func (g gqlAnswer) MarshalJSON() ([]byte, error) {
	b := []byte("{")
	if g.Told {
		b = append(b, `"data":`...)
		b = appendJSON(b, g.Data)
	}
	if len(g.Errors) > 0 {
		if g.Told {
			b = append(b, ',')
		}
		errs, err := json.Marshal(g.Errors)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `"errors":`...), errs...)
	}
	return append(b, '}'), nil
}

// appendJSON writes an answered value. Most text is plain, and is not worth a detour.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case record:
		if v == nil {
			return append(b, "null"...)
		}
		b = append(b, '{')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), e.key...), '"', ':')
			b = appendJSON(b, e.value)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case string:
		if !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
			return append(append(append(b, '"'), v...), '"')
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("githubtest: %T in an answer: %v", v, err)) // a field that gives what no field may give
	}
	return append(b, text...)
}
