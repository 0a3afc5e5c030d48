// Command prune reads GitHub's whole GraphQL schema from standard input and writes the
// part of it that the fake server needs to standard output: the types named in kept,
// their connections, and the fields between them, without descriptions. Names are sorted,
// so that a new release of the schema shows as the lines that it changes.
package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// kept are the composite types that stay, beside the events of the two timelines. GitHub's
// types are so connected that what can be reached from a repository is nearly all of it.
const kept = `Query Node RateLimit PageInfo Repository RepositoryOwner RepositoryInfo
	Actor User Bot Mannequin Organization EnterpriseUserAccount Team RequestedReviewer ReviewRequest Assignee
	PullRequest PullRequestReview PullRequestReviewComment PullRequestCommit Issue IssueOrPullRequest IssueComment
	Comment Closable Labelable Closer Label Release Ref GitObject Commit GitActor
	PullRequestTimelineItems IssueTimelineItems SearchResultItem`

func main() {
	if err := prune(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pruning the schema:", err)
		os.Exit(1)
	}
}

func prune(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	doc, err := parser.ParseSchema(&ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		return err
	}
	p := pruner{types: map[string]*ast.Definition{}, keep: map[string]bool{}, used: map[string]bool{}}
	for _, d := range doc.Definitions {
		p.types[d.Name] = d
	}
	if err := p.choose(); err != nil {
		return err
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

// choose fills keep. Every name must be in the schema, so that a type which GitHub
// takes away is noticed by whoever refreshes the copy.
func (p *pruner) choose() error {
	names := strings.Fields(kept)
	for _, name := range names {
		d := p.types[name]
		if d == nil {
			return fmt.Errorf("the schema has no type %s; GitHub took it away or renamed it", name)
		}
		p.keep[name] = true
		for _, member := range d.Types {
			if strings.HasSuffix(member, "Event") {
				names = append(names, member)
				p.keep[member] = true
			}
		}
	}
	for _, name := range names {
		p.keep[name+"Connection"], p.keep[name+"Edge"] = true, true
	}
	p.keep["FollowerConnection"] = true // GitHub's own example of counting nodes has it
	return nil
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
