// Package class says what kind of file a file is: vendored, lock, generated,
// translation, test, documentation, configuration or code.
//
// Two sources decide, in this order. [Patterns] and [Marks] are short tables that
// a tender can print. For the rest the package asks GitHub linguist's rules in the
// form of go-enry: its list of generated files, its list of tests, and for an
// extension or a whole name, whether its languages are prose or data.
//
// A change to nothing but vendored, lock, generated or translation files earns
// nothing. So a file that is wrongly taken for one of these robs a contributor,
// and one that is wrongly left out pays for trivial work: in doubt it is left out.
// For this reason linguist's list of vendored paths is not used as it stands. It
// was made to keep statistics of languages clean and holds what projects write
// themselves (testdata/, cache/, dist/, .github/, debian/, react-*.js). Of it
// remain the folders for other people's code, libraries with their version in
// their name, and files that toolchains copy into every project.
//
// No language is guessed from content, and nothing depends on the machine: the
// same path and content always have the same class.
package class

import (
	"path"
	"strings"

	"github.com/go-enry/go-enry/v2/data"

	"github.com/tributary-oss/tributary/model"
)

// order lists the classes by precedence: the first that holds is the file's.
// Binary is not among them, as only the caller knows.
func order() []model.Class {
	return []model.Class{
		model.VendoredFiles, model.LockFiles, model.GeneratedFiles, model.TranslationFiles,
		model.TestFiles, model.DocumentationFiles, model.ConfigurationFiles, model.CodeFiles,
	}
}

// Table is what is known of paths. It does not change after [New] and may be used
// by several goroutines at once.
type Table struct {
	paths   *patterns
	marks   map[string][]compiledMark // by extension
	locales map[string]bool
	schemas map[string]bool
}

// New reads the tables.
func New() *Table {
	return &Table{
		paths:   compile(Patterns()),
		marks:   compileMarks(Marks()),
		locales: set(Locales()),
		schemas: set(schemaLanguages()),
	}
}

func set(names []string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// Path is what the path of a file alone says of it. To learn it takes some
// microseconds, so it should be kept for each distinct path. It may be used by
// several goroutines at once.
type Path struct {
	path  string
	ext   string // with the dot, in small letters
	class model.Class
	ask   ask
	marks []compiledMark // those that this name may bear
}

// Path looks at a path relative to the root of the repository, with slashes. Any
// string will do, the empty one is code.
func (t *Table) Path(name string) Path {
	p := Path{path: name, ext: strings.ToLower(path.Ext(name))}
	p.class = t.classify(&p)
	if !p.settled() {
		p.ask = askOf(name, p.ext)
		p.marks = t.marksOf(name)
	}
	return p
}

// Of returns the class of a file with this content. The file must be text: binary
// files are told apart by the caller. Where the content is nil, the path alone
// decides. Of a longer content only the first 256 KiB are looked at.
func (p *Path) Of(content []byte) model.Class {
	switch {
	case p.settled() || len(content) == 0:
		return p.class
	case p.generated(content):
		return model.GeneratedFiles
	case p.ext == ".ts" && isQtCatalogue(content):
		return model.TranslationFiles
	}
	return p.class
}

// settled reports whether no content can change the class.
func (p *Path) settled() bool {
	switch p.class {
	case model.VendoredFiles, model.LockFiles, model.GeneratedFiles:
		return true
	}
	return false
}

// classify finds the first class that holds for the path alone.
func (t *Table) classify(p *Path) model.Class {
	listed := t.paths.find(p.path)
	before := func(c model.Class) bool { return rank(listed) <= rank(c) }
	switch {
	case before(model.LockFiles):
		return listed
	case before(model.GeneratedFiles) || generatedPath(p.path, p.ext):
		return model.GeneratedFiles
	case before(model.TranslationFiles) || t.isCatalogue(p.path, p.ext):
		return model.TranslationFiles
	case before(model.TestFiles) || isTest(p.path):
		return model.TestFiles
	case before(model.ConfigurationFiles):
		return listed
	}
	return t.byLanguage(p.path)
}

func rank(c model.Class) int {
	for i, o := range order() {
		if o == c {
			return i
		}
	}
	return len(order())
}

// isTest asks linguist's list, which goes by names such as *_test.go. It takes
// 10 µs, so names without the syllables that all its rules share are not asked.
func isTest(name string) bool {
	if !strings.Contains(name, "est") && !strings.Contains(name, "pec") {
		return false
	}
	for _, m := range data.TestMatchers {
		if m.MatchString(name) {
			return true
		}
	}
	return false
}
