package e2e

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// description is what a server publishes of its own API.
type description struct {
	BasePath    string
	Paths       map[string]map[string]operation
	Definitions map[string]definition
	Responses   map[string]struct{ Schema property }
}

type operation struct {
	Parameters []struct{ Name, In string }
	Responses  map[string]struct {
		Ref string `json:"$ref"`
	}
}

type definition struct {
	Properties map[string]property
}

type property struct {
	Type, Format string
	Ref          string `json:"$ref"`
	Items        *property
}

// asked are the requests of a mining.
type asked struct {
	mu       sync.Mutex
	requests []*http.Request
}

func (a *asked) note(_ int64, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, r)
}

// replies are the types of the source that replies are decoded into, and what the server
// calls them.
var replies = map[string][]string{
	"repository": {"Repository"},
	"user":       {"User"},
	"named":      {"Label", "Team"},
	"branch":     {"PRBranchInfo"},
	"change":     {"PullRequest"},
	"review":     {"PullReview"},
	"comment":    {"TimelineComment", "Comment"},
	"issue":      {"Issue"},
	"event":      {"TimelineComment"},
	"release":    {"Release"},
	"settings":   {"GeneralAPISettings"},
}

// Every request of the source is one that the server describes, with parameters that it
// describes, and every field that the source reads has the described type in what the
// server answers to it.
func (a *asked) testContract(t *testing.T, d *desk, _ *mining) {
	says := d.description()
	answered := map[string]bool{}
	for _, r := range a.requests {
		path, ok := says.find(strings.TrimPrefix(r.URL.Path, says.BasePath))
		if !assert.True(t, ok, "%s is not described", r.URL.Path) {
			continue
		}
		op, ok := says.Paths[path][strings.ToLower(r.Method)]
		assert.True(t, ok, "%s %s", r.Method, path)
		for name := range r.URL.Query() {
			assert.True(t, op.takes(name), "%s: %s is no parameter", path, name)
		}
		answered[says.answer(op)] = true
	}
	types := sourceTypes(t)
	for name, fields := range types {
		require.Contains(t, replies, name, "a new type of replies: say what the server calls it")
		for _, described := range replies[name] {
			says.check(t, described, fields)
			delete(answered, described)
		}
	}
	assert.Len(t, types, len(replies), "types of replies")
	assert.Empty(t, answered, "answers that no type is compared with")
	assert.Greater(t, len(a.requests), 20)
}

func (d *desk) description() *description {
	reply, err := d.trust.Get(d.url + "swagger.v1.json")
	require.NoError(d.t, err)
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	require.NoError(d.t, err)
	var says description
	require.NoError(d.t, json.Unmarshal(text, &says))
	return &says
}

// find returns the described path that a path is an instance of; the one with the
// fewest placeholders, where there are several.
func (says *description) find(path string) (found string, ok bool) {
	words := strings.Split(path, "/")
	for p := range says.Paths {
		parts := strings.Split(p, "/")
		fits := len(parts) == len(words)
		for i := 0; fits && i < len(parts); i++ {
			fits = parts[i] == words[i] || strings.HasPrefix(parts[i], "{") && words[i] != ""
		}
		if fits && (!ok || strings.Count(p, "{") < strings.Count(found, "{")) {
			found, ok = p, true
		}
	}
	return found, ok
}

func (o operation) takes(name string) bool {
	return slices.ContainsFunc(o.Parameters, func(p struct{ Name, In string }) bool { return p.In == "query" && p.Name == name })
}

// answer is the definition of what a successful reply holds, or holds a list of.
func (says *description) answer(o operation) string {
	schema := says.Responses[strings.TrimPrefix(o.Responses["200"].Ref, "#/responses/")].Schema
	if schema.Items != nil {
		schema = *schema.Items
	}
	return strings.TrimPrefix(schema.Ref, "#/definitions/")
}

// check compares fields with a definition of the server.
func (says *description) check(t *testing.T, name string, fields map[string]ast.Expr) {
	t.Helper()
	there, ok := says.Definitions[name]
	require.True(t, ok, "the server does not define %s", name)
	for field, kind := range fields {
		p, ok := there.Properties[field]
		if assert.True(t, ok, "%s has no %s", name, field) {
			says.checkType(t, name+"."+field, p, kind)
		}
	}
}

// checkType compares the type of one field of the source with what the server says.
func (says *description) checkType(t *testing.T, field string, p property, kind ast.Expr) {
	t.Helper()
	switch k := kind.(type) {
	case *ast.StarExpr:
		says.checkType(t, field, p, k.X)
	case *ast.ArrayType:
		if assert.NotNil(t, p.Items, "%s is no list", field) {
			says.checkType(t, field, *p.Items, k.Elt)
		}
	case *ast.SelectorExpr:
		assert.Equal(t, "time.Time", k.X.(*ast.Ident).Name+"."+k.Sel.Name, field)
		assert.Equal(t, "date-time", p.Format, field)
	case *ast.StructType:
		says.check(t, strings.TrimPrefix(p.Ref, "#/definitions/"), tagged(k))
	case *ast.Ident:
		if described, ok := replies[k.Name]; ok {
			assert.Contains(t, described, strings.TrimPrefix(p.Ref, "#/definitions/"), field)
			return
		}
		// Of a text the source may want the beginning or the length.
		plain := map[string]string{"string": "string", "short": "string", "length": "string", "bool": "boolean", "int": "integer", "int64": "integer"}
		if p.Ref != "" { // an enumeration of words has a name of its own
			assert.Equal(t, "string", plain[k.Name], field)
			return
		}
		assert.Equal(t, plain[k.Name], p.Type, field)
	default:
		assert.Fail(t, "a kind of type that is not compared", "%s: %T", field, kind)
	}
}

// sourceTypes returns the source's types with fields that are read from replies. They are
// read from its code, since they are nobody else's business.
func sourceTypes(t *testing.T) map[string]map[string]ast.Expr {
	files, err := filepath.Glob(filepath.Join("..", "*.go"))
	require.NoError(t, err)
	types := map[string]map[string]ast.Expr{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		parsed, err := parser.ParseFile(token.NewFileSet(), f, text, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			var name string
			var is ast.Expr
			switch n := n.(type) {
			case *ast.TypeSpec:
				name, is = n.Name.Name, n.Type
			case *ast.ValueSpec: // a variable whose type has no name
				name, is = n.Names[0].Name, n.Type
			}
			s, ok := is.(*ast.StructType)
			if ok && len(tagged(s)) > 0 {
				types[name] = tagged(s)
			}
			return !ok
		})
	}
	return types
}

// tagged returns the fields of a struct that have a name in JSON.
func tagged(s *ast.StructType) map[string]ast.Expr {
	fields := map[string]ast.Expr{}
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			continue
		}
		name, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}
