package graphql

import (
	"fmt"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Object answers the fields of one concrete type. A field gives nil, a bool, string, int,
// int64 or time.Time, an Object, a list of Objects and Failures, a Failure, or Unanswered{}.
// The Object without Field is null, and so is the zero time.
type Object struct {
	Kind  string // the name of the type
	Field func(name string, a *Arguments) any
}

// Unanswered is what a field gives that this server does not know; it fails the test.
type Unanswered struct{}

// Failure makes a field null and adds an error to the answer.
type Failure struct{ Type, Message string }

// Record is an answered object: its fields in the order of the query.
type Record []Entry

// Entry is one field of a Record.
type Entry struct {
	Key   string
	Value any // nil, bool, string, int64, Record or []any
}

// plan is one field to be answered on objects of one kind, with all places of the query
// that ask for it merged. It is made once and serves all objects of a list.
type plan struct {
	key    string
	field  *ast.Field
	args   *Arguments
	below  []ast.SelectionSet
	byKind map[string][]*plan
	failed bool // at least once, so that its arguments may not have been looked at
}

// execution answers one validated query.
type execution struct {
	schema *ast.Schema
	vars   map[string]any
	trail  []any // keys and indices on the way to the field at hand
	plans  []*plan
	errors []Error
	wrong  []string // what fails the test
	seen   map[string]bool
}

// Result is what running a query gave.
type Result struct {
	Data   Record // nil where the whole answer is null
	Errors []Error
	// Wrong says what is to fail the test: fields and arguments that the fake does not
	// know, and what a project holds that its forge could not.
	Wrong []string
}

// Run answers an operation, which was validated against the schema.
func Run(schema *ast.Schema, op *ast.OperationDefinition, vars map[string]any, root Object) Result {
	x := &execution{schema: schema, vars: vars, seen: map[string]bool{}}
	top := &plan{below: []ast.SelectionSet{op.SelectionSet}, byKind: map[string][]*plan{}}
	data, ok := x.object(top, root)
	for _, p := range x.plans {
		if p.failed {
			continue
		}
		for _, name := range p.args.Unheeded() {
			x.complain("argument %s of %s.%s is not heeded", name, p.field.ObjectDefinition.Name, p.field.Name)
		}
	}
	if !ok {
		data = nil
	}
	return Result{data, x.errors, x.wrong}
}

// complain notes once what this server cannot do or a project should not hold.
func (x *execution) complain(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !x.seen[text] {
		x.seen[text] = true
		x.wrong = append(x.wrong, text)
	}
}

// fail adds an error about the field at hand.
func (x *execution) fail(p *plan, f Failure) {
	e := Error{Type: f.Type, Message: f.Message, Path: slices.Clone(x.trail)}
	if at := p.field.Position; at != nil {
		e.Line, e.Column = at.Line, at.Column
	}
	x.errors = append(x.errors, e)
}

// object answers what p asks of o; false where a field that must not be null is.
func (x *execution) object(p *plan, o Object) (Record, bool) {
	plans := x.plansFor(p, o.Kind)
	answer := make(Record, 0, len(plans))
	for _, f := range plans {
		x.trail = append(x.trail, f.key)
		v, ok := x.field(f, o)
		x.trail = x.trail[:len(x.trail)-1]
		if !ok {
			return nil, false
		}
		answer = append(answer, Entry{f.key, v})
	}
	return answer, true
}

func (x *execution) field(f *plan, o Object) (any, bool) {
	if f.field.Name == "__typename" {
		return o.Kind, true
	}
	return x.value(f, f.field.Definition.Type, o.Field(f.field.Name, f.args))
}

// value turns what a field gave into the answer, as far as its type allows.
func (x *execution) value(p *plan, t *ast.Type, v any) (any, bool) {
	switch given := v.(type) {
	case Unanswered:
		p.failed = true
		x.complain("%s.%s is not answered", p.field.ObjectDefinition.Name, p.field.Name)
		return nil, true
	case Failure:
		p.failed = true
		x.fail(p, given)
		return nil, !t.NonNull
	case Object:
		return x.composite(p, t, given)
	case []Object:
		return items(x, p, t, given)
	case []any:
		return items(x, p, t, given)
	}
	leaf := x.leaf(p, t, v)
	if leaf == nil && t.NonNull {
		x.complain("%s.%s is null and must not be", p.field.ObjectDefinition.Name, p.field.Name)
		return nil, false
	}
	return leaf, true
}

func (x *execution) composite(p *plan, t *ast.Type, o Object) (any, bool) {
	if o.Field == nil {
		if t.NonNull {
			x.complain("%s.%s is null and must not be", p.field.ObjectDefinition.Name, p.field.Name)
		}
		return nil, !t.NonNull
	}
	if !x.is(o.Kind, t.Name()) {
		x.complain("%s.%s cannot be a %s", p.field.ObjectDefinition.Name, p.field.Name, o.Kind)
		return nil, !t.NonNull
	}
	answer, ok := x.object(p, o)
	if !ok {
		return nil, !t.NonNull
	}
	return answer, true
}

// items answers a list, whose elements are objects or failures.
func items[T any](x *execution, p *plan, t *ast.Type, given []T) (any, bool) {
	list := make([]any, 0, len(given))
	for i, o := range given {
		x.trail = append(x.trail, i)
		v, ok := x.value(p, t.Elem, o)
		x.trail = x.trail[:len(x.trail)-1]
		if !ok {
			return nil, !t.NonNull
		}
		list = append(list, v)
	}
	return list, true
}

// leaf checks a scalar against its type, so that a project with a state that is no state
// is noticed.
func (x *execution) leaf(p *plan, t *ast.Type, v any) any {
	name := t.Name()
	switch given := v.(type) {
	case time.Time:
		if given.IsZero() {
			return nil
		}
		return given.UTC().Format(time.RFC3339)
	case int:
		return x.number(p, name, int64(given))
	case int64:
		return x.number(p, name, given)
	case string:
		if d := x.schema.Types[name]; d.Kind == ast.Enum && d.EnumValues.ForName(given) == nil {
			x.complain("%s.%s: %q is no %s", p.field.ObjectDefinition.Name, p.field.Name, given, name)
		}
	}
	return v
}

// number is null where GraphQL's Int cannot hold it, as databaseId is at GitHub; a
// BigInt is written as text.
func (x *execution) number(p *plan, name string, n int64) any {
	switch {
	case name == "BigInt":
		return fmt.Sprint(n)
	case n != int64(int32(n)):
		x.fail(p, Failure{Message: fmt.Sprintf("%d is out of bounds for Int; use fullDatabaseId", n)})
		return nil
	}
	return n
}

// plansFor gives the fields that p asks of objects of one kind.
func (x *execution) plansFor(p *plan, kind string) []*plan {
	if plans, ok := p.byKind[kind]; ok {
		return plans
	}
	var plans []*plan
	for _, set := range p.below {
		plans = x.collect(plans, kind, set)
	}
	p.byKind[kind] = plans
	x.plans = append(x.plans, plans...)
	return plans
}

// collect merges the fields of a selection into plans, through its fragments.
func (x *execution) collect(plans []*plan, kind string, set ast.SelectionSet) []*plan {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if Included(s.Directives, x.vars) {
				plans = x.merge(plans, s)
			}
		case *ast.InlineFragment:
			if Included(s.Directives, x.vars) && (s.TypeCondition == "" || x.is(kind, s.TypeCondition)) {
				plans = x.collect(plans, kind, s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if Included(s.Directives, x.vars) && x.is(kind, s.Definition.TypeCondition) {
				plans = x.collect(plans, kind, s.Definition.SelectionSet)
			}
		}
	}
	return plans
}

func (x *execution) merge(plans []*plan, f *ast.Field) []*plan {
	for _, p := range plans {
		if p.key == f.Alias {
			p.below = append(p.below, f.SelectionSet)
			return plans
		}
	}
	return append(plans, &plan{
		key: f.Alias, field: f, args: ArgumentsOf(f, x.vars),
		below: []ast.SelectionSet{f.SelectionSet}, byKind: map[string][]*plan{},
	})
}

// is tells whether a concrete kind is, or belongs to, a type.
func (x *execution) is(kind, name string) bool {
	if kind == name {
		return true
	}
	return slices.ContainsFunc(x.schema.PossibleTypes[name], func(d *ast.Definition) bool { return d.Name == kind })
}

// Included evaluates @skip and @include.
func Included(directives ast.DirectiveList, vars map[string]any) bool {
	for _, d := range directives {
		on, _ := d.ArgumentMap(vars)["if"].(bool)
		if d.Name == "skip" && on || d.Name == "include" && !on {
			return false
		}
	}
	return true
}
