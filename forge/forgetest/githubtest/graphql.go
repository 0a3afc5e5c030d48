package githubtest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// answerQuery runs a query, in the order in which GitHub refuses: who asks, what the schema
// says, what is left, how large the pages are.
func (s *Server) answerQuery(req *Request, fault *Fault) fake.Answer {
	who := s.Caller(req.Token)
	switch {
	case who == nil:
		return s.message(nil, http.StatusUnauthorized, "Bad credentials")
	case req.Token == "":
		return s.message(who.GraphQL, http.StatusUnauthorized, "This endpoint requires you to be authenticated.")
	case req.Method != http.MethodPost:
		return s.message(who.GraphQL, http.StatusNotFound, "Not Found")
	}
	op, vars, errs, wrong := s.queries.Operation(req.Query, req.Operation, req.Variables)
	if wrong != "" {
		s.Errorf("%s", wrong)
	}
	if len(errs) > 0 {
		return s.json(who.GraphQL, graphql.Message{Errors: errs})
	}
	if who.GraphQL.Empty() {
		return s.json(who.GraphQL, graphql.Message{Errors: []graphql.Error{{Type: "RATE_LIMITED",
			Message: fmt.Sprintf("API rate limit exceeded for user ID %d.", forgetest.DerivedID(0, "token", who.Token))}}})
	}
	cost, errs := priceOf(op, vars, s.CountTotals)
	if len(errs) > 0 {
		return s.json(who.GraphQL, graphql.Message{Errors: errs})
	}
	req.Points = cost.points
	who.GraphQL.Take(cost.points)
	if s.MostPage > 0 && cost.page > s.MostPage {
		return s.Page(http.StatusBadGateway)
	}
	result := graphql.Run(publishedSchema(), op, vars, view{s, who, cost}.root())
	for _, w := range result.Wrong {
		s.Errorf("%s, in the query %s", w, graphql.NameOf(op))
	}
	return s.json(who.GraphQL, s.spoil(result, fault))
}

// spoil puts a fault's errors and nulls into the data.
func (s *Server) spoil(r graphql.Result, f *Fault) graphql.Message {
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
