package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// declaration is one exported type as the generator wrote it.
type declaration struct {
	name    string
	parents []string // the interfaces of an object
	body    []string // the lines between the braces, or those of an enumeration or union
	braces  bool
}

var (
	opening = regexp.MustCompile(`^export type (\w+) = (.*)$`)
	member  = regexp.MustCompile(`^    (\w+)(\??): (.*);$`)
	value   = regexp.MustCompile(`'(\w+)'`)
	scalar  = regexp.MustCompile(`^Scalars\['(\w+)'\]\['(?:in|out)put'\]$`)
)

// schemaOf turns the types into a schema. What the generator wrote for itself is no part of it.
func schemaOf(text string) (*ast.SchemaDocument, error) {
	doc := &ast.SchemaDocument{}
	arguments := map[string]ast.ArgumentDefinitionList{}
	for _, d := range declarations(text) {
		switch {
		case d.name == "Scalars":
			doc.Definitions = append(doc.Definitions, scalars(d)...)
		case strings.HasSuffix(d.name, "Args") && d.braces:
			fields, err := d.fields()
			if err != nil {
				return nil, err
			}
			for _, f := range fields {
				arguments[d.name] = append(arguments[d.name], &ast.ArgumentDefinition{Name: f.Name, Type: f.Type})
			}
		default:
			def, err := d.definition()
			if err != nil {
				return nil, err
			}
			if def != nil {
				doc.Definitions = append(doc.Definitions, def)
			}
		}
	}
	for _, d := range doc.Definitions {
		for _, f := range d.Fields {
			f.Arguments = arguments[d.Name+strings.ToUpper(f.Name[:1])+f.Name[1:]+"Args"]
		}
	}
	return doc, nil
}

// declarations splits the file. The documents of the generator's own client, which come
// last, hold types of queries instead of the schema's and end the reading.
func declarations(text string) []declaration {
	var list []declaration
	var open *declaration
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := opening.FindStringSubmatch(line); m != nil && open == nil {
			open = start(m[1], m[2])
		} else if open != nil {
			open.body = append(open.body, line)
		}
		if open != nil && strings.HasSuffix(line, ";") && !strings.HasPrefix(line, " ") || open != nil && !open.braces && strings.HasSuffix(line, ";") {
			list, open = append(list, *open), nil
		}
	}
	return list
}

func start(name, rest string) *declaration {
	d := &declaration{name: name}
	before, braces := strings.CutSuffix(rest, "{")
	if d.braces = braces; !braces {
		d.body = []string{rest}
		return d
	}
	for part := range strings.SplitSeq(before, "&") {
		if part = strings.TrimSpace(part); part != "" {
			d.parents = append(d.parents, part)
		}
	}
	return d
}

// scalars are the names in the table of scalars, but for those that every schema has.
func scalars(d declaration) []*ast.Definition {
	var list []*ast.Definition
	for _, line := range d.body {
		name, ok := strings.CutSuffix(strings.TrimPrefix(line, "    "), ": {")
		if ok && !strings.Contains("ID String Boolean Int Float", name) {
			list = append(list, &ast.Definition{Kind: ast.Scalar, Name: name})
		}
	}
	return list
}

// definition is nil for what is no type of the schema.
func (d declaration) definition() (*ast.Definition, error) {
	def := &ast.Definition{Name: d.name, Interfaces: d.parents}
	text := strings.Join(d.body, "\n")
	switch {
	case !d.braces && strings.Contains(text, "'"):
		def.Kind = ast.Enum
		for _, line := range d.body {
			if m := value.FindStringSubmatch(line); m != nil && !strings.HasPrefix(strings.TrimSpace(line), "*") && !strings.HasPrefix(line, "/") {
				def.EnumValues = append(def.EnumValues, &ast.EnumValueDefinition{Name: m[1]})
			}
		}
		return def, nil
	case !d.braces && !strings.ContainsAny(text, "<[{("):
		def.Kind = ast.Union
		for name := range strings.SplitSeq(strings.TrimSuffix(text, ";"), "|") {
			def.Types = append(def.Types, strings.TrimSpace(name))
		}
		return def, nil
	case !d.braces || strings.HasSuffix(d.name, "Query") && d.name != "Query" || strings.HasSuffix(d.name, "Mutation") && d.name != "Mutation":
		return nil, nil
	case strings.Contains(text, "__typename?:"):
		def.Kind = ast.Object
	case strings.Contains(text, "InputMaybe<") || strings.Contains(text, "['input']"):
		def.Kind = ast.InputObject
	default:
		def.Kind = ast.Interface
	}
	fields, err := d.fields()
	def.Fields = fields
	return def, err
}

// fields reads the lines between the braces. A comment above a field says whether it is
// deprecated.
func (d declaration) fields() (ast.FieldList, error) {
	var list ast.FieldList
	deprecated := false
	for _, line := range d.body {
		m := member.FindStringSubmatch(line)
		switch {
		case strings.Contains(line, "@deprecated"):
			deprecated = true
		case m != nil && m[1] != "__typename":
			t, err := typeOf(m[3])
			if err != nil {
				return nil, fmt.Errorf("%s.%s: %w", d.name, m[1], err)
			}
			t.NonNull = t.NonNull && m[2] == ""
			f := &ast.FieldDefinition{Name: m[1], Type: t}
			if deprecated {
				f.Directives = ast.DirectiveList{{Name: "deprecated"}}
			}
			list, deprecated = append(list, f), false
		}
	}
	return list, nil
}

// typeOf reads Maybe<Array<Scalars['String']['output']>> and its like. What is no Maybe is
// not null.
func typeOf(text string) (*ast.Type, error) {
	for _, wrapper := range []string{"Maybe<", "InputMaybe<", "Array<"} {
		inner, ok := strings.CutPrefix(text, wrapper)
		if !ok {
			continue
		}
		t, err := typeOf(strings.TrimSuffix(inner, ">"))
		switch {
		case err != nil:
			return nil, err
		case wrapper == "Array<":
			return ast.NonNullListType(t, nil), nil
		}
		t.NonNull = false
		return t, nil
	}
	if m := scalar.FindStringSubmatch(text); m != nil {
		return ast.NonNullNamedType(m[1], nil), nil
	}
	if strings.ContainsAny(text, "<[{") {
		return nil, fmt.Errorf("%q is no type", text)
	}
	return ast.NonNullNamedType(text, nil), nil
}
