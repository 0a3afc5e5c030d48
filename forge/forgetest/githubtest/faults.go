package githubtest

import (
	"fmt"
	"net/http"
)

// BadGateway is how a query that takes longer than GitHub's 10 s ends: 502 and a page.
func BadGateway() *Fault { return &Fault{Status: http.StatusBadGateway, HTML: true} }

// SecondaryLimit is GitHub's refusal of too much at once: 403, in words only, and with
// Retry-After in seconds unless that is "".
func SecondaryLimit(retryAfter string) *Fault {
	f := &Fault{Status: http.StatusForbidden, Header: http.Header{}, Body: `{"message":"You have exceeded a secondary rate limit. ` +
		`Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"}`}
	if retryAfter != "" {
		f.Header.Set("Retry-After", retryAfter)
	}
	return f
}

// SAML is the answer to a token that an organisation has not let in: what it protects is
// null, such as "repository".
func SAML(organisation string, null ...string) *Fault {
	return &Fault{Null: null, GraphQLErrors: []GQLError{{
		Type: "FORBIDDEN", Extensions: map[string]any{"saml_failure": true},
		Message: fmt.Sprintf("Resource protected by organization SAML enforcement. You must grant your Personal Access token access to the %q organization.", organisation),
	}}}
}

// ResourceLimits is the answer to a query that GitHub gave up on half-way: what was not
// reached is null.
func ResourceLimits(null ...string) *Fault {
	return &Fault{Null: null, GraphQLErrors: []GQLError{{
		Type: "RESOURCE_LIMITS_EXCEEDED", Message: "Resource limits for this query exceeded.",
	}}}
}

// WentWrong is the answer in which GitHub knows no more than that something failed: 200
// and no data.
func WentWrong() *Fault {
	return &Fault{NoData: true, GraphQLErrors: []GQLError{{
		Message: "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.",
	}}}
}
