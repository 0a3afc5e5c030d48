package comment

import (
	"slices"
	"strings"
)

// Language says which files are written in one language, or in several whose comments
// and strings are alike.
type Language struct {
	Name string
	// Files are extensions, with their dot, and names; "*" in a name stands for anything. Letters
	// match in either case.
	Files    []string
	Programs []string // that stand behind "#!", without their version
}

// entry is a language and how it is read.
type entry struct {
	Language
	syntax Syntax
}

// Quotes that many languages share.
var (
	double     = quote{open: `"`, close: `"`, escape: '\\'}
	single     = quote{open: "'", close: "'", escape: '\\'}
	back       = quote{open: "`", close: "`", many: true}
	triple     = quote{open: `"""`, close: `"""`, escape: '\\', many: true}
	tripleRaw  = quote{open: `"""`, close: `"""`, many: true}
	tripleTick = quote{open: "'''", close: "'''", escape: '\\', many: true}
	wide       = quote{open: `"`, close: `"`, escape: '\\', many: true}
	plain      = quote{open: "'", close: "'", many: true}
)

func language(name, files, programs string, s Syntax) entry {
	return entry{Language{name, strings.Fields(files), strings.Fields(programs)}, s}
}

// Languages returns the table of languages whose comments are known, to be printed
// beside a tender.
func Languages() (list []Language) {
	for _, e := range entries() {
		list = append(list, e.Language)
	}
	return list
}

func entries() []entry {
	return slices.Concat(slashLanguages(), hashLanguages(), otherLanguages())
}

var stars = block{open: "/*", close: "*/"}

func slashes(quotes ...quote) Syntax {
	return Syntax{line: marks(anywhere, "//"), block: []block{stars}, quotes: quotes}
}

func marks(at place, texts ...string) (list []mark) {
	for _, t := range texts {
		list = append(list, mark{t, at})
	}
	return list
}

func (s Syntax) with(asks string, token func(*scanner) bool) Syntax {
	s.asks, s.token = asks, token
	return s
}

func (s Syntax) nested() Syntax {
	s.block = []block{{open: "/*", close: "*/", nest: true}}
	return s
}

// slashLanguages have // and /* */.
func slashLanguages() []entry {
	c := slashes(double, single).with(`"'`, cToken)
	golang := slashes(back, double, single)
	golang.cgo = true
	php := slashes(wide, quote{open: "'", close: "'", escape: '\\', many: true}).with("<", phpToken)
	php.line, php.islands, php.spaced = append(php.line, mark{"#", anywhere}), true, true
	script := slashes(quote{open: "`", close: "`", escape: '\\', many: true}, double, single).with("/", scriptToken)
	style := slashes(double, single)
	style.line, style.spaced = marks(apart, "//"), true
	css := style
	css.line = nil
	hcl := slashes(double).with("<", hereDocument)
	hcl.line, hcl.spaced = append(hcl.line, mark{"#", apart}), true
	thrift := slashes(double, single)
	thrift.line = append(thrift.line, mark{"#", apart})
	d := slashes(back, double, single)
	d.block = append(d.block, block{open: "/+", close: "+/", nest: true})
	return []entry{
		language("C", ".c .h .cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .inl .ipp .tcc .tpp .cu .cuh .mm .glsl .vert .frag .comp .hlsl .metal .ino", "", c),
		language("Objective-C or MATLAB", ".m", "", Syntax{guess: guessM}),
		language("Objective-C", "", "", c),
		language("Go", ".go", "", golang),
		language("Go module", "go.mod go.work", "", slashes(back, double)),
		language("Java", ".java .jsp .aidl", "", slashes(triple, double, single)),
		language("JavaScript", ".js .jsx .mjs .cjs .ts .tsx .mts .cts", "node nodejs deno bun", script),
		language("JSON", ".json .jsonc .json5 .code-workspace .webmanifest", "", slashes(double, single)),
		language("C#", ".cs", "", slashes(tripleRaw, double, single).with(`"`, sharpToken)),
		language("Rust", ".rs", "", slashes(wide).nested().with(`"'`, rustToken)),
		language("Swift", ".swift", "swift", slashes(triple, double).nested().with(`"`, swiftToken)),
		language("Kotlin", ".kt .kts", "kotlin", slashes(tripleRaw, double, single).nested()),
		language("Scala", ".scala .sc .sbt", "scala", slashes(tripleRaw, double).nested().with("'", tick)),
		language("Groovy", ".groovy .gradle Jenkinsfile", "groovy", slashes(triple, tripleTick, double, single)),
		language("Dart", ".dart", "dart", slashes(triple, tripleTick, double, single).nested()),
		language("PHP", ".php .php3 .php4 .php5 .phtml", "php", php),
		language("CSS", ".css", "", css),
		language("SCSS", ".scss .less", "", style),
		language("Protocol Buffers", ".proto", "", slashes(double, single)),
		language("Thrift", ".thrift", "", thrift),
		language("Solidity", ".sol", "", slashes(double, single)),
		language("Zig", ".zig", "", Syntax{line: marks(anywhere, "//"), quotes: []quote{{open: `\\`, close: "\n"}, double, single}}),
		language("D", ".d", "", d),
		language("HCL", ".tf .hcl .tfvars", "", hcl),
		language("SystemVerilog", ".sv .svh .vh", "", slashes(double)),
	}
}

func hashes(at place, quotes ...quote) Syntax {
	return Syntax{line: marks(at, "#"), quotes: quotes, spaced: true}
}

// hashLanguages have #.
func hashLanguages() []entry {
	python := hashes(anywhere)
	python.doc, python.layout, python.asks = true, true, `"'`
	ruby := hashes(apart, double, single).with("<_", perlToken)
	ruby.block = []block{{open: "=begin", close: "=end", column: true}}
	perl := hashes(apart, double, single).with("<_", perlToken)
	for _, word := range strings.Fields("pod head encoding over begin for item") {
		perl.block = append(perl.block, block{open: "=" + word, close: "=cut", column: true})
	}
	julia := hashes(anywhere, triple, wide).with("'", tick)
	julia.block = []block{{open: "#=", close: "=#", nest: true}}
	yaml := hashes(apart, wide, plain).with(`"'`, yamlToken)
	yaml.layout, yaml.scalars = true, true
	cmake := hashes(anywhere, wide).with("#[", long("#"))
	cmake.longMark = "#"
	power := hashes(apart, quote{open: `@"`, close: `"@`, many: true}, quote{open: "@'", close: "'@", many: true},
		quote{open: `"`, close: `"`, escape: '`', many: true}, plain)
	power.block = []block{{open: "<#", close: "#>"}}
	ini := Syntax{line: marks(first, "#", ";"), spaced: true}
	properties := Syntax{line: marks(column, "#", "!"), spaced: true}
	return []entry{
		language("Python", ".py .pyi .pyx .pxd .bzl .star BUILD BUILD.bazel WORKSPACE WORKSPACE.bazel SConstruct SConscript wscript", "python pypy", python),
		language("Ruby", ".rb .rake .gemspec .ru Gemfile Rakefile Vagrantfile Podfile Brewfile", "ruby rake", ruby),
		language("Perl", ".pm .perl", "perl", perl),
		language("Perl or another", ".pl .t", "", Syntax{guess: guessPerl}),
		language("shell", ".sh .bash .zsh .ksh .bats .ebuild .bashrc .profile .envrc PKGBUILD", "sh bash dash ksh zsh bats", hashes(apart, wide, plain).with(`\'<`, shellToken)),
		language("R", ".r", "Rscript", hashes(anywhere, wide, quote{open: "'", close: "'", escape: '\\', many: true}, back)),
		language("Julia", ".jl", "julia", julia),
		language("Elixir", ".ex .exs", "elixir", hashes(apart, triple, tripleTick, wide, single).with("?", characterToken)),
		language("YAML", ".yml .yaml .yml.sample .yaml.sample .clang-format .clang-tidy", "", yaml),
		language("TOML", ".toml", "", hashes(anywhere, triple, quote{open: "'''", close: "'''", many: true}, double, quote{open: "'", close: "'"})),
		language("INI", ".ini .cfg .cnf .desktop .service .socket .timer .editorconfig .gitconfig .flake8 .pylintrc .coveragerc .gitmodules", "", ini),
		language("properties", ".properties", "", properties),
		language("lines of settings", ".gitignore .gitattributes .dockerignore .helmignore .npmignore .mailmap .conf CODEOWNERS requirements*.txt constraints*.txt test-requirements.txt upper-constraints.txt bindep.txt OWNERS", "", hashes(first)),
		language("Make", ".mk .mak .make Makefile GNUmakefile Makefile.* Kbuild Kconfig*", "make", hashes(apart, double, single)),
		language("CMake", ".cmake CMakeLists.txt", "", cmake),
		language("Meson", "meson.build meson_options.txt meson.options", "", hashes(anywhere, tripleTick, single)),
		language("Dockerfile", ".dockerfile Dockerfile Dockerfile.* Containerfile", "", hashes(first).with("<", hereDocument)),
		language("PowerShell", ".ps1 .psm1 .psd1", "pwsh", power),
		language("GraphQL", ".graphql .gql", "", hashes(anywhere, tripleRaw, double)),
		language("awk, sed and jq", ".awk .sed .jq", "awk gawk mawk sed jq", hashes(first, double)),
	}
}

// otherLanguages have marks of their own.
func otherLanguages() []entry {
	sql := Syntax{line: marks(dashes, "--"), block: []block{stars}, quotes: []quote{plain, {open: `"`, close: `"`, many: true}, back}}
	lua := Syntax{line: marks(anywhere, "--"), quotes: []quote{double, single}, longMark: "--"}
	haskell := Syntax{line: marks(dashes, "--"), block: []block{{open: "{-", close: "-}", nest: true}}, quotes: []quote{double}, layout: true, spaced: true}
	ada := Syntax{line: marks(anywhere, "--"), quotes: []quote{{open: `"`, close: `"`}}}
	lisp := Syntax{line: marks(anywhere, ";"), block: []block{{open: "#|", close: "|#", nest: true}}, quotes: []quote{wide}, spaced: true}
	xml := Syntax{block: []block{{open: "<!--", close: "-->"}}, quotes: []quote{{open: "<![CDATA[", close: "]]>", many: true}}, spaced: true}
	markdown := xml
	markdown.quotes = []quote{{open: "```", close: "```", many: true}, {open: "`", close: "`"}}
	markdown.layout = true
	caml := Syntax{block: []block{{open: "(*", close: "*)", nest: true}}, quotes: []quote{wide}, spaced: true}
	sharp := Syntax{line: marks(anywhere, "//"), block: []block{{open: "(* ", close: "*)", nest: true}}, quotes: []quote{tripleRaw, wide}, layout: true, spaced: true}
	pascal := Syntax{line: marks(anywhere, "//"), block: []block{{open: "{", close: "}"}, {open: "(*", close: "*)"}}, quotes: []quote{{open: "'", close: "'"}}}
	erlang := Syntax{line: marks(anywhere, "%"), quotes: []quote{wide, {open: "'", close: "'", escape: '\\'}}, spaced: true}
	fortran := Syntax{line: marks(anywhere, "!"), quotes: []quote{{open: `"`, close: `"`}, {open: "'", close: "'"}}, spaced: true}
	fixed := fortran
	fixed.line = append(marks(column, "C", "c", "*"), fixed.line...)
	vim := Syntax{line: marks(first, `"`), spaced: true}.with("<", hereDocument)
	return []entry{
		language("SQL", ".sql .psql .pgsql", "", sql.with("$", sqlToken)),
		language("Lua", ".lua", "lua luajit", lua.with("-[", long("--"))),
		language("Haskell", ".hs", "runhaskell runghc", haskell.with("'", tick)),
		language("Elm", ".elm", "", haskell.with("'", tick)),
		language("Ada", ".adb .ads", "", ada.with("'", tick)),
		language("VHDL", ".vhd .vhdl", "", ada.with("'", tick)),
		language("Lisp", ".el .lisp .cl .scm .ss .rkt .clj .cljs .cljc .edn", "", lisp.with(`\?`, characterToken)),
		language("XML", ".xml .html .htm .xhtml .svg .xsd .xsl .xslt .csproj .vbproj .fsproj .vcxproj .props .targets .pom .vue .svelte", "", xml),
		language("Markdown", ".md .markdown", "", markdown),
		language("MATLAB", "", "", Syntax{line: marks(first, "%"), spaced: true}),
		language("TeX", ".tex .sty .bib", "", Syntax{line: marks(first, "%"), spaced: true}),
		language("Erlang", ".erl .hrl", "escript", erlang.with("$", characterToken)),
		language("Vim script", ".vim .vimrc", "", vim),
		language("Fortran", ".f90 .f95 .f03 .f08 .f18", "", fortran),
		language("Fortran or Forth", ".f .for .f77", "", Syntax{guess: guessFortran}),
		language("Fortran in columns", "", "", fixed),
		language("OCaml", ".ml .mli", "ocaml", caml.with("{'", camlToken)),
		language("F#", ".fs .fsi .fsx", "", sharp.with("'", tick)),
		language("Pascal", ".pas .dpr .lpr", "", pascal),
		language("Visual Basic", ".vb .vbs", "", Syntax{line: marks(anywhere, "'"), quotes: []quote{{open: `"`, close: `"`}}}),
		language("assembler of the PC", ".asm .nasm", "", Syntax{line: marks(anywhere, ";"), quotes: []quote{{open: `"`, close: `"`}, {open: "'", close: "'"}}, spaced: true}),
		language("M4", ".m4 .ac configure.in", "", Syntax{line: marks(first, "dnl "), spaced: true}),
	}
}
