package locale_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// found is a text of the code and where it stands.
type found struct {
	text string
	at   string
	call string // the function that it is an argument of, "" for none
	form bool   // it was joined of several pieces
}

// verb is what is put into a text, in the code or in a catalogue.
var verb = regexp.MustCompile(`%(?:\[\d+\])?[-+#0]*(?:\d+|\*)?(?:\.\d+)?[sdvqwfgxt]`)

// bare takes out of a text what kind of thing is put in where: a catalogue knows more of
// that than the code.
func bare(text string) string { return verb.ReplaceAllString(text, "%") }

// code reads the texts of all Go files in some folders of the repository, tests aside.
func code(t *testing.T, folders ...string) (texts []found) {
	t.Helper()
	for _, folder := range folders {
		root := filepath.Join("..", "..", "..", filepath.FromSlash(folder))
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(filepath.Join("..", "..", ".."), path)
			if err != nil {
				return err
			}
			w := &walker{at: filepath.ToSlash(name), consts: constants(file)}
			ast.Walk(w, file)
			texts = append(texts, *w.all()...)
			return nil
		}))
	}
	require.NotEmpty(t, texts)
	return texts
}

// walker collects the texts below a node.
type walker struct {
	at     string
	call   string
	consts map[string]string
	texts  *[]found
}

func (w *walker) all() *[]found {
	if w.texts == nil {
		w.texts = &[]found{}
	}
	return w.texts
}

func (w *walker) Visit(n ast.Node) ast.Visitor {
	below := *w
	below.texts = w.all()
	switch n := n.(type) {
	case *ast.ImportSpec:
		return nil
	case *ast.Field:
		ast.Walk(&below, n.Type) // and not its tag
		return nil
	case *ast.CallExpr:
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			below.call = f.Sel.Name
		case *ast.Ident:
			below.call = f.Name
		}
		if below.call == "plural" { // forge/git: a number and the right word
			for _, a := range n.Args[1:] {
				if s, ok := w.text(a); ok {
					below.add("% "+s, true)
				}
			}
			ast.Walk(&below, n.Args[0])
			return nil
		}
		if below.call == "T" && len(n.Args) > 0 { // what is put in is no text of its own
			if s, ok := w.text(n.Args[0]); ok {
				below.add(s, false)
			}
			below.call = ""
			for _, a := range n.Args[1:] {
				ast.Walk(&below, a)
			}
			return nil
		}
	case *ast.BinaryExpr:
		if s, ok := w.text(n); ok && n.Op == token.ADD {
			below.add(s, true)
			below.rest(n)
			return nil
		}
	case *ast.BasicLit:
		if s, ok := w.text(n); ok {
			below.add(s, false)
		}
	}
	return &below
}

// rest looks into the calls of what was joined.
func (w *walker) rest(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		w.rest(e.X)
		w.rest(e.Y)
	case *ast.CallExpr:
		ast.Walk(w, e)
	}
}

func (w *walker) add(text string, joined bool) {
	*w.texts = append(*w.texts, found{text, w.at, w.call, joined})
}

// text returns what an expression says; what only a run knows is %.
func (w *walker) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.ParenExpr:
		return w.text(e.X)
	case *ast.Ident:
		s, ok := w.consts[e.Name]
		return s, ok
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		x, known := w.text(e.X)
		y, too := w.text(e.Y)
		if !known {
			x = "%"
		}
		if !too {
			y = "%"
		}
		return x + y, known || too
	}
	return "", false
}

// constants returns the texts that a file names.
func constants(file *ast.File) map[string]string {
	w := &walker{consts: map[string]string{}}
	ast.Inspect(file, func(n ast.Node) bool {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			for _, s := range d.Specs {
				s := s.(*ast.ValueSpec)
				for i, name := range s.Names {
					if i < len(s.Values) {
						if text, ok := w.text(s.Values[i]); ok {
							w.consts[name.Name] = text
						}
					}
				}
			}
		}
		return true
	})
	return w.consts
}

// quoted are texts in the templates of pages and documents.
var quoted = regexp.MustCompile(`"((?:[^"\\\n]|\\.)*)"|` + "`([^`\n]*)`")

// templates reads the texts in quotes of all templates.
func templates(t *testing.T, folders ...string) (texts []found) {
	t.Helper()
	for _, folder := range folders {
		root := filepath.Join("..", "..", "..", folder)
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch filepath.Ext(path) {
			case ".html", ".tmpl", ".gotmpl", ".js", ".md":
			default:
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
				s, err := strconv.Unquote(`"` + m[1] + `"`)
				if err != nil {
					s = m[1]
				}
				texts = append(texts, found{text: s + m[2], at: filepath.ToSlash(path)})
			}
			return nil
		}))
	}
	return texts
}
