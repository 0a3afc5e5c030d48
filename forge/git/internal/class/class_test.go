package class

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// golden is read as a maintainer would: what is this file in my project?
const golden = `
vendored vendor/github.com/acme/pump/pump.go
vendored cmd/vendor/modules.txt
vendored web/node_modules/left/index.js
vendored src/third_party/zlib/inflate.c
vendored Godeps/_workspace/src/acme/pump.go
vendored sub/Godeps/_workspace/src/acme/pump.go
vendored web/jquery-3.6.0.js
vendored web/site.min.css
vendored build-aux/config.guess
vendored m4/libtool.m4
vendored gradlew
vendored vendor/acme/go.sum
vendored vendor/acme/po/fr.po
vendored tests/node_modules/acme/LICENSE

code aclocal.m4
code configure
code rebar.config.script
code plumbing/cache/lru.go
code cache/store.js
code dist/bundle.go
code deps/redis.c
code external/client.go
code Vendor/Model.php
code bootstrap.js
code src/react-dom.js
code src/types.d.ts
code debian/rules
code vendor
code vendors/list.go
code Vagrantfile

lock go.sum
lock tools/go.sum
lock package-lock.json
lock Cargo.lock
lock Godeps/Godeps.json
lock sub/Godeps/Godeps.json
lock tests/go.sum
lock opam.esy.lock
configuration go.mod
configuration go.work
configuration package.json
configuration Cargo.toml
configuration pom.xml
configuration requirements.txt
configuration test-requirements.txt
configuration dev_requirements.txt
configuration upper-constraints.txt
configuration bindep.txt
code locker.go
code clock

generated .idea/misc.xml
generated Form.Designer.cs
generated web/app.js.map
generated src/__generated__/query.graphql
generated Cargo.toml.orig
generated .sqlx/query-12ab.json
generated ui/Main.nib

translation po/fr.po
translation po/git.pot
translation keystone/locale/ja/LC_MESSAGES/keystone.po
translation locale/ja/LC_MESSAGES/names.txt
translation config/locales/fr.yml
translation config/locales/devise.pt-BR.yml
translation web/i18n/zh-Hans/menu.json
translation i18n/zh-Hans-TW.json
translation i18n/sr@latin.json
translation i18n/es-419.json
translation i18n/qqq.json
translation locales/web/fr.json
translation resources/lang/de/messages.php
translation translations/messages.nb_NO.yaml
translation app/res/values-de/strings.xml
translation app/res/values-pt-rBR/strings.xml
translation ios/fr.lproj/Main.strings
translation src/messages_fr.properties
translation Form.fr.resx
translation doc/locale/fr/LC_MESSAGES/doc.po
configuration Form.resx
configuration app/res/values/strings.xml
configuration i18n/config.json
configuration i18n/no-cache.json
configuration i18n/is_admin.json
configuration fr.json
configuration fr/menu.json
configuration i18n.json
configuration src/fr.lproj.json
code i18n/format.go
code i18n/fr.go
code lang/parser.go
code po/LINGUAS
code src/main.ts

test t/t0000-basic.sh
test t/README
test contrib/subtree/t/t7900.sh
test pump_test.go
test pkg/testdata/broken.json
test tests/README.md
test tests/unit/__init__.py
test src/test_pump.py
test src/pump_test.py
test web/pump.spec.ts
test src/PumpTest.java
test web/__snapshots__/pump.snap
code src/Contest.java
code testing.go
code latest/pump.c
code src/test.rb

documentation README
documentation README.md
documentation sub/README.xyz
documentation LICENSE
documentation lib/LICENSE.txt
documentation Documentation/Makefile
documentation Documentation/git-log.adoc
documentation doc/source/conf.py
documentation docs/swagger.json
documentation api-ref/source/v3/groups.inc
documentation releasenotes/notes/bug-1.yaml
documentation man/pump.c
documentation src/pump.1
documentation CHANGELOG-3.5.md
documentation paper.tex
documentation notes.txt
documentation .github/ISSUE_TEMPLATE/bug.md
documentation AUTHORS
documentation MAINTAINERS
documentation _examples/README.md
documentation .hidden.md
code license.go
code src/readme.py
code src/docs/swagger.go
code examples/basic/main.go
code _examples/clone/main.go
code demo/main.c
code samples/run.py
code v2.19
code lib.9.4

configuration .gitignore
configuration .github/workflows/main.yml
configuration .mailmap
configuration .eslintrc.js
configuration .travis.yml
configuration etc/pump.conf
configuration etc/logging.conf.sample
configuration etc/pump.ini
configuration deploy/pump.service
configuration logo.svg
configuration data/table.csv
configuration setup.cfg
configuration OWNERS
configuration build.xml
code Makefile
code CMakeLists.txt
code sub/CMakeLists.txt
code Dockerfile
code meson.build
code setup.py
code build.gradle
code configure.ac
code api/rpc.proto
code schema.graphql
code migrations/0001.sql
code templates/page.html
code git-rebase
code .
`

func TestPaths(t *testing.T) {
	table := New()
	n := 0
	for line := range strings.Lines(golden) {
		want, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		n++
		p := table.Path(name)
		assert.Equal(t, want, string(p.Of(nil)), name)
	}
	require.Greater(t, n, 150)
	p := table.Path("")
	assert.Equal(t, model.CodeFiles, p.Of(nil))
}

// TestOnce: a pattern in two rows would have the class of the later one.
func TestOnce(t *testing.T) {
	seen := map[string]string{}
	for _, row := range Patterns() {
		assert.Less(t, rank(row.Class), len(order()), row.Class)
		assert.NotEmpty(t, row.Why)
		for _, p := range row.Patterns {
			assert.Empty(t, seen[p], p)
			seen[p] = row.Why
		}
	}
	assert.Greater(t, len(seen), 200)
}

func TestContents(t *testing.T) {
	goCode := "package pump\n"
	generated := "// Code generated by stringer. DO NOT EDIT.\n\npackage pump\n"
	qt := "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE TS>\n<TS version=\"2.1\" language=\"fr\">\n"
	for _, test := range []struct {
		path, content string
		want          model.Class
	}{
		{"pump.go", goCode, model.CodeFiles},
		{"pump.go", generated, model.GeneratedFiles},
		{"pump_test.go", generated, model.GeneratedFiles},
		{"vendor/pump.go", generated, model.VendoredFiles},
		{"go.sum", generated, model.LockFiles},
		{"pump.py", generated, model.CodeFiles},
		{"pump.go", strings.Repeat("//\n", 39) + generated, model.GeneratedFiles},
		{"pump.go", strings.Repeat("//\n", 40) + generated, model.CodeFiles},
		{"menu.js", strings.Repeat("x", 111), model.GeneratedFiles},
		{"menu.js", strings.Repeat("x", 110), model.CodeFiles},
		{"menu.js", strings.Repeat("x\n", 110), model.CodeFiles},
		{"map.txt", `{"version":3,"file":"a"}`, model.GeneratedFiles},
		{"data.json", `{"version":3}`, model.ConfigurationFiles},
		{"configure", "#! /bin/sh\n# Guess values.\n# Generated by GNU Autoconf 2.71 for pump.\n", model.GeneratedFiles},
		{"configure", "#! /bin/sh\n# by hand\n", model.CodeFiles},
		{"sub/Makefile.in", "# Makefile.in generated by automake 1.16 from Makefile.am.\n", model.GeneratedFiles},
		{"aclocal.m4", "# generated automatically by aclocal 1.16\n", model.GeneratedFiles},
		{"parse.tab.c", "/* A Bison parser, made by GNU Bison 3.8.2.  */\n", model.GeneratedFiles},
		{"parse.c", "/* Read by\n/* A Bison parser, made by GNU Bison 3.8.2.  */\n", model.CodeFiles},
		{"lex.c", "#line 1\n\n/* A lexical scanner generated by flex */\n", model.GeneratedFiles},
		{"rpc_pb2_grpc.py", "# Generated by the gRPC Python protocol compiler plugin. DO NOT EDIT!\n", model.GeneratedFiles},
		{"app_fr.ts", qt, model.TranslationFiles},
		{"app_fr.ts", "\ufeff" + qt, model.TranslationFiles},
		{"app_fr.ts", "<TS version=\"2.1\">\n", model.TranslationFiles},
		{"app_fr.ts", "const a = '<!DOCTYPE TS>';\n", model.CodeFiles},
		{"app.ts", "<?xml version=\"1.0\"?>\n<a/>\n", model.CodeFiles},
		{"tests/app_fr.ts", qt, model.TranslationFiles},
		{"app.xml", qt, model.ConfigurationFiles},
		{"pump.go", "", model.CodeFiles},
	} {
		p := New().Path(test.path)
		assert.Equal(t, test.want, p.Of([]byte(test.content)), "%s: %.60q", test.path, test.content)
	}
}

// TestReach: what lies beyond the first 256 KiB decides nothing.
func TestReach(t *testing.T) {
	p := New().Path("menu.js")
	head := strings.Repeat("x\n", reach/2)
	tail := strings.Repeat("y", 200*reach)
	assert.Equal(t, model.CodeFiles, p.Of([]byte(head+tail)))
	assert.Equal(t, model.GeneratedFiles, p.Of([]byte(tail)))
}

// TestShared: a table and its paths serve several goroutines (run with -race).
func TestShared(t *testing.T) {
	table := New()
	js := table.Path("menu.js")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for line := range strings.Lines(golden) {
				p := table.Path(strings.TrimSpace(line))
				p.Of([]byte("x"))
			}
			assert.Equal(t, model.CodeFiles, js.Of([]byte("x\n")))
		})
	}
	all.Wait()
}

// TestWeight holds the package to go-enry's data: the root package would make
// each program that mines heavier by a classifier that nobody asks.
func TestWeight(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	seen := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ImportsOnly)
		require.NoError(t, err)
		seen++
		for _, i := range file.Imports {
			assert.NotEqual(t, `"github.com/go-enry/go-enry/v2"`, i.Path.Value, e.Name())
		}
	}
	assert.NotZero(t, seen)
}

func FuzzClass(f *testing.F) {
	f.Add("a/b.go", []byte("// Code generated by x"))
	f.Add("locale/fr-\xff/a.json", []byte("{}"))
	f.Add("i18n/zh--@_.yml", []byte{})
	f.Add("/vendor//x.html", []byte("<meta name=generator content=groff>"))
	f.Add(".resx", []byte("<TS "))
	table := New()
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		p := table.Path(name)
		bare, full := p.Of(nil), p.Of(content)
		if !slices.Contains(order(), bare) || !slices.Contains(order(), full) {
			t.Fatalf("%q: %q, %q", name, bare, full)
		}
		if rank(full) > rank(bare) {
			t.Fatalf("%q: content made %q of %q", name, full, bare)
		}
		checkGenerated(t, name, content)
	})
}
