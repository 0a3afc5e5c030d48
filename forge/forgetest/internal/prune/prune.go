// Package prune cuts a forge's published GraphQL schema down to what its fake needs.
package prune

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// Schema writes the kept composite types of a schema, their connections and edges, the
// fields between them, and the scalars, enumerations and inputs that these use, without
// descriptions. Names are sorted, so that a new release of the schema shows as the lines
// that it changes. A kept type that the schema has not is an error: somebody took it away.
// The document is changed.
func Schema(doc *ast.SchemaDocument, kept []string, out io.Writer) error {
	p := pruner{types: map[string]*ast.Definition{}, keep: map[string]bool{}, used: map[string]bool{}}
	for _, d := range doc.Definitions {
		p.types[d.Name] = d
	}
	for _, name := range kept {
		if p.types[name] == nil {
			return fmt.Errorf("the schema has no type %s; it was taken away or renamed", name)
		}
		p.keep[name], p.keep[name+"Connection"], p.keep[name+"Edge"] = true, true, true
	}
	for _, d := range doc.Definitions {
		p.shorten(d)
	}
	p.use("Query")
	doc.Definitions = slices.DeleteFunc(doc.Definitions, func(d *ast.Definition) bool { return !p.used[d.Name] })
	slices.SortFunc(doc.Definitions, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	doc.Directives, doc.SchemaExtension = nil, nil
	formatter.NewFormatter(out, formatter.WithIndent(" "), formatter.WithoutDescription()).FormatSchemaDocument(doc)
	return nil
}

// pruner holds the types by name, the composite ones to keep, and those that a query can reach.
type pruner struct {
	types      map[string]*ast.Definition
	keep, used map[string]bool
}

// stays tells whether fields of a type are kept.
func (p *pruner) stays(t *ast.Type) bool {
	d := p.types[t.Name()]
	return d == nil || !d.IsCompositeType() || p.keep[d.Name] // nil: built in, such as Int
}

// shorten drops from one definition what leads to types that are not kept.
func (p *pruner) shorten(d *ast.Definition) {
	gone := func(name string) bool { return !p.keep[name] }
	if d.Kind != ast.InputObject {
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool { return !p.stays(f.Type) })
	}
	d.Types = slices.DeleteFunc(slices.Clone(d.Types), gone)
	d.Interfaces = slices.DeleteFunc(slices.Clone(d.Interfaces), gone)
	d.Directives = slices.DeleteFunc(d.Directives, notDeprecated)
	for _, f := range d.Fields {
		f.Directives = slices.DeleteFunc(f.Directives, notDeprecated)
		for _, a := range f.Arguments {
			a.Directives = slices.DeleteFunc(a.Directives, notDeprecated)
		}
	}
	for _, v := range d.EnumValues {
		v.Directives = slices.DeleteFunc(v.Directives, notDeprecated)
	}
}

func notDeprecated(d *ast.Directive) bool { return d.Name != "deprecated" }

// use marks a type and all that can be reached from it.
func (p *pruner) use(name string) {
	d := p.types[name]
	if d == nil || p.used[name] {
		return
	}
	p.used[name] = true
	for _, f := range d.Fields {
		p.use(f.Type.Name())
		for _, a := range f.Arguments {
			p.use(a.Type.Name())
		}
	}
	for _, n := range slices.Concat(d.Types, d.Interfaces) {
		p.use(n)
	}
	for _, other := range p.types {
		if p.keep[other.Name] && slices.Contains(other.Interfaces, name) {
			p.use(other.Name)
		}
	}
}
