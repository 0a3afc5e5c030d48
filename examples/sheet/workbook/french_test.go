package workbook

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// texts are the English texts that the package's code writes: what stands in calls of T, of
// columns and section, and in the names of columns.
func texts(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	take := func(list []ast.Expr) {
		for _, x := range list {
			if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, err := strconv.Unquote(lit.Value)
				require.NoError(t, err)
				found[s] = true
			}
		}
	}
	look := func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			if f, ok := x.Fun.(*ast.SelectorExpr); ok {
				switch f.Sel.Name {
				case "T":
					take(x.Args[:1])
				case "columns", "section":
					take(x.Args)
				}
			}
		case *ast.CompositeLit:
			if id, ok := x.Type.(*ast.Ident); ok && id.Name == "column" {
				take(x.Elts)
			}
			if a, ok := x.Type.(*ast.ArrayType); ok {
				if id, ok := a.Elt.(*ast.Ident); ok && id.Name == "string" {
					take(x.Elts)
				}
			}
		}
		return true
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, look)
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}

// words are the method's names that the workbook shows.
func words() (list []string) {
	for _, p := range model.Pillars() {
		list = append(list, string(p.Name))
		for _, i := range p.Indicators {
			list = append(list, string(i.Name))
		}
	}
	for _, m := range score.Metrics() {
		list = append(list, m.Unit)
	}
	for _, l := range model.Levels() {
		list = append(list, string(l))
	}
	return append(list, string(model.Complete), string(model.Partial), string(model.Unavailable), string(model.Selection), string(model.Award),
		"counted", "refused", "unknown", "pillars", "indicators", "projects", "single", "metrics", string(model.MeasurementDraws), string(model.SpecificationDraws))
}

func TestFrenchIsComplete(t *testing.T) {
	fr := language(t, "fr")
	all := texts(t)
	require.Greater(t, len(all), 100)
	for _, s := range append(all, words()...) {
		if s == strings.ToUpper(s) || strings.HasPrefix(s, "#") { // colours
			continue
		}
		assert.True(t, fr.Has(s), "%q has no French", s)
	}
}

// A sentence at the end of a row goes to the last column, in as many lines as it takes there.
func TestSentencesAreReadToTheirEnd(t *testing.T) {
	g := &grid{widths: []float64{10, 20, 30}}
	g.ending("short", text("1"))
	g.ending(strings.Repeat("ten chars ", 12), text("1")) // 120 characters in 50
	assert.Equal(t, map[int]int{1: 2, 2: 2}, g.wide)
	assert.Equal(t, 15.0, g.height(1))
	assert.Equal(t, 3*13+2.0, g.height(2))

	in, _ := full(t, "fr")
	f := open(t, bytesOf(t, in, nil))
	last, err := excelize.ColumnNumberToName(9 + len(in.Sensitivity.Lots[0].Measurement)) // a column for each rank
	require.NoError(t, err)
	merged, err := f.GetMergeCells("Sensibilité")
	require.NoError(t, err)
	sentences := 0
	for _, m := range merged {
		if strings.HasPrefix(m.GetStartAxis(), "F") {
			assert.True(t, strings.HasPrefix(m.GetEndAxis(), last), m.GetEndAxis())
			sentences++
		}
	}
	want := len(in.Sensitivity.Assumptions) + 2 // headings
	for _, lot := range in.Sensitivity.Lots {
		want += len(lot.Weights)
		if lot.Dominant {
			want++
		}
	}
	assert.Equal(t, want, sentences)
}
