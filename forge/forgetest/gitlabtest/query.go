package gitlabtest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// mostText is how long the text of a query may be (GraphqlController, MAX_QUERY_SIZE).
const mostText = 10_000

// answerQuery runs a query, in the order in which GitLab refuses: how long it is, what the
// schema says, how complex and how deep it is.
func (s *Server) answerQuery(r *fake.Request, who *fake.Caller, fault *fake.Fault) fake.Answer {
	switch {
	case s.o.NoGraphQL:
		return s.failed(http.StatusNotFound, "Not found!")
	case r.Method != http.MethodPost:
		return s.failed(http.StatusNotFound, "Not found!")
	case len(r.Query) > mostText:
		return s.failed(http.StatusUnprocessableEntity, "Query too large")
	}
	op, vars, errs, wrong := s.queries.Operation(r.Query, r.Operation, r.Variables)
	if wrong != "" {
		s.Errorf("%s", wrong)
	}
	if len(errs) > 0 {
		return s.said(graphql.Message{Errors: errs})
	}
	v := view{s: s, who: who, score: complexityOf(op, vars), limit: s.limit(who)}
	if errs := v.refused(op); len(errs) > 0 {
		return s.said(graphql.Message{Errors: errs})
	}
	r.Points = v.score
	result := graphql.Run(publishedSchema(), op, vars, v.root())
	for _, w := range result.Wrong {
		s.Errorf("%s, in the query %s", w, graphql.NameOf(op))
	}
	return s.said(s.spoil(result, fault))
}

// limit is the highest complexity that is answered (GitlabSchema, max_query_complexity).
func (s *Server) limit(who *fake.Caller) int {
	switch {
	case s.o.Complexity > 0:
		return s.o.Complexity
	case who.Token != "":
		return 250
	}
	return 200
}

// refused is what GitLab has against a query that its schema allows.
func (v view) refused(op *ast.OperationDefinition) []graphql.Error {
	most := 15
	if v.who.Token != "" {
		most = 20
	}
	var errs []graphql.Error
	if v.score > v.limit {
		errs = append(errs, graphql.Error{Message: fmt.Sprintf("Query has complexity of %d, which exceeds max complexity of %d", v.score, v.limit)})
	}
	if d := depth(op.SelectionSet); d > most {
		errs = append(errs, graphql.Error{Message: fmt.Sprintf("Query has depth of %d, which exceeds max depth of %d", d, most)})
	}
	return errs
}

// depth is how many fields lie one in the other.
func depth(set ast.SelectionSet) int {
	most := 0
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			most = max(most, 1+depth(s.SelectionSet))
		case *ast.InlineFragment:
			most = max(most, depth(s.SelectionSet))
		case *ast.FragmentSpread:
			most = max(most, depth(s.Definition.SelectionSet))
		}
	}
	return most
}

// said is the answer that a message becomes.
func (s *Server) said(m graphql.Message) fake.Answer {
	body, err := m.MarshalJSON()
	if err != nil {
		s.Errorf("an answer: %v", err)
	}
	return s.Reply(http.StatusOK, jsonType+"; charset=utf-8", body)
}

// spoil puts a fault's errors and nulls into the data.
func (s *Server) spoil(r graphql.Result, f *fake.Fault) graphql.Message {
	m := graphql.Message{Told: true, Data: r.Data, Errors: append(r.Errors, f.GraphQLErrors...)}
	for _, path := range f.Null {
		if !graphql.Erase(r.Data, strings.Split(path, ".")) {
			s.Errorf("the answer has no %s that could be null", path)
		}
	}
	if f.NoData {
		m.Data = graphql.Record(nil)
	}
	return m
}
