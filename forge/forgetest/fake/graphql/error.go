package graphql

import "encoding/json"

// Error is one of the errors in an answer of GraphQL.
type Error struct {
	Type, Message string         // Type, such as NOT_FOUND, may be ""
	Path          []any          // keys and indices of what is missing; nil: the whole
	Line, Column  int            // in the query; 0: not told
	Extensions    map[string]any // such as saml_failure
}

// MarshalJSON writes the error as forges do.
func (e Error) MarshalJSON() ([]byte, error) {
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
