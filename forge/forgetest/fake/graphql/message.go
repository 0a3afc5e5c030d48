package graphql

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Message is the JSON of an answer. Where no data is told, there is no such key; where
// data is null, there is.
type Message struct {
	Told   bool
	Data   any
	Errors []Error
}

// MarshalJSON writes it in the order of the query.
func (g Message) MarshalJSON() ([]byte, error) {
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
	case Record:
		if v == nil {
			return append(b, "null"...)
		}
		b = append(b, '{')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(append(b, '"'), e.Key...), '"', ':')
			b = appendJSON(b, e.Value)
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
		panic(fmt.Sprintf("graphql: %T in an answer: %v", v, err)) // a field that gives what no field may give
	}
	return append(b, text...)
}

// Erase nulls what a path names, such as repository.issues.nodes.*.author by its parts, and tells whether there was anything.
func Erase(v any, path []string) bool {
	found := false
	step := func(key string, field *any) {
		switch {
		case key != path[0] && path[0] != "*":
		case len(path) == 1:
			*field, found = nil, true
		case Erase(*field, path[1:]):
			found = true
		}
	}
	switch v := v.(type) {
	case Record:
		for i := range v {
			step(v[i].Key, &v[i].Value)
		}
	case []any:
		for i := range v {
			step(strconv.Itoa(i), &v[i])
		}
	}
	return found
}
