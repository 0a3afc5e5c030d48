package graphql

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Arguments are those of one field. What a query gives and nobody asks for fails the
// test: an argument that this server passes over would make a wrong query look right.
type Arguments struct {
	values map[string]any
	given  []string
	heeded map[string]bool
}

// ArgumentsOf are those that a query gives to a field, with the schema's defaults.
func ArgumentsOf(f *ast.Field, vars map[string]any) *Arguments {
	if f.Definition == nil || len(f.Definition.Arguments) == 0 {
		return &Arguments{}
	}
	a := &Arguments{values: f.ArgumentMap(vars), heeded: map[string]bool{}}
	for _, arg := range f.Arguments {
		if a.values[arg.Name] != nil {
			a.given = append(a.given, arg.Name)
		}
	}
	return a
}

// ArgumentsWith are arguments that no query gave.
func ArgumentsWith(values map[string]any) *Arguments {
	return &Arguments{values: values, heeded: map[string]bool{}}
}

// Unheeded are the given arguments that were never asked for.
func (a *Arguments) Unheeded() []string {
	return slices.DeleteFunc(slices.Clone(a.given), func(name string) bool { return a.heeded[name] })
}

// Value is what a query gives; nil where the argument is missing or null. It heeds it.
func (a *Arguments) Value(name string) any {
	if a.values == nil {
		return nil
	}
	a.heeded[name] = true
	return a.values[name]
}

// Text is "" where the argument is missing or null.
func (a *Arguments) Text(name string) string {
	s, _ := a.Value(name).(string)
	return s
}

// Number is false where the argument is missing or null.
func (a *Arguments) Number(name string) (int, bool) { return Whole(a.Value(name)) }

// Texts is nil where the argument is missing or null; one value counts as a list.
func (a *Arguments) Texts(name string) []string { return Texts(a.Value(name)) }

// Input is the fields of an input object.
func (a *Arguments) Input(name string) map[string]any {
	m, _ := a.Value(name).(map[string]any)
	return m
}

// Time is zero where the argument is missing; false where it is no instant.
func (a *Arguments) Time(name string) (time.Time, bool) { return Instant(a.Value(name)) }

// Texts reads a list of strings; one string counts as a list, and nil is none.
func Texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		list := []string{}
		for _, e := range v {
			s, _ := e.(string)
			list = append(list, s)
		}
		return list
	case []string:
		return v
	}
	return nil
}

// Instant reads a time; nil is the zero one. False where it is no time.
func Instant(v any) (time.Time, bool) {
	if v == nil {
		return time.Time{}, true
	}
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// Whole reads an Int from a query's text or from the variables' JSON.
func Whole(v any) (int, bool) {
	switch n := v.(type) {
	case int64:
		return int(min(max(n, math.MinInt32), math.MaxInt32)), true
	case int:
		return n, true
	case float64:
		return int(min(max(n, math.MinInt32), math.MaxInt32)), true
	case json.Number:
		i, err := n.Int64()
		return int(min(max(i, math.MinInt32), math.MaxInt32)), err == nil
	}
	return 0, false
}
