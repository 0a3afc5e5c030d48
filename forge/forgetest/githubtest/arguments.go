package githubtest

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// arguments are those of one field. What a query gives and nobody asks for fails the
// test: an argument that this server passes over would make a wrong query look right.
type arguments struct {
	values map[string]any
	given  []string
	heeded map[string]bool
}

func argumentsOf(f *ast.Field, vars map[string]any) *arguments {
	if f.Definition == nil || len(f.Definition.Arguments) == 0 {
		return &arguments{}
	}
	a := &arguments{values: f.ArgumentMap(vars), heeded: map[string]bool{}}
	for _, arg := range f.Arguments {
		if a.values[arg.Name] != nil {
			a.given = append(a.given, arg.Name)
		}
	}
	return a
}

// unheeded are the given arguments that were never asked for.
func (a *arguments) unheeded() []string {
	return slices.DeleteFunc(slices.Clone(a.given), func(name string) bool { return a.heeded[name] })
}

func (a *arguments) value(name string) any {
	if a.values == nil {
		return nil
	}
	a.heeded[name] = true
	return a.values[name]
}

// text is "" where the argument is missing or null.
func (a *arguments) text(name string) string {
	s, _ := a.value(name).(string)
	return s
}

// number is false where the argument is missing or null.
func (a *arguments) number(name string) (int, bool) { return whole(a.value(name)) }

// texts is nil where the argument is missing or null; one value counts as a list.
func (a *arguments) texts(name string) []string { return texts(a.value(name)) }

// input is the fields of an input object.
func (a *arguments) input(name string) map[string]any {
	m, _ := a.value(name).(map[string]any)
	return m
}

// time is zero where the argument is missing; false where it is no instant.
func (a *arguments) time(name string) (time.Time, bool) { return instant(a.value(name)) }

func texts(v any) []string {
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

func instant(v any) (time.Time, bool) {
	if v == nil {
		return time.Time{}, true
	}
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// whole reads an Int from a query's text or from the variables' JSON.
func whole(v any) (int, bool) {
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
