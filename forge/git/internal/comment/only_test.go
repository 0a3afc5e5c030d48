package comment

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// only compares two texts as the miner does: with what both begin and end with, in whole
// lines, told apart.
func only(c *Comparer, name, old, new string) bool {
	head, tail := ends(old, new)
	return c.Only(c.table.Path(name), []byte(old), []byte(new), head, tail)
}

func ends(old, new string) (head, tail int) {
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head += len(a[0])
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail += len(a[len(a)-1])
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return head, tail
}

// pairs has a file name and two versions in each row; "⏎" is a newline. "=" says that
// nothing but comments differs, "≠" that more does or may.
const pairs = `
= a.c | int x; // one | int x; // two
= a.c | int x; /* one */ | int x;
= a.c | f(a, /* b */ c); | f(a, c);
= a.c | /*⏎ one⏎ two⏎*/⏎int x; | /*⏎ one⏎ three⏎*/⏎int x;
= a.c | int x;⏎⏎// one⏎ | int x;⏎
= a.c | char *s = "/*"; /* one */ | char *s = "/*"; /* two */
= a.c | int q = '"'; // one | int q = '"'; // two
= a.cc | int n = 1'000'000; // one | int n = 1'000'000; // two
= a.cc | auto s = R"x(" // )x"; // one | auto s = R"x(" // )x"; // two
≠ a.c | int x; | int y;
≠ a.c | int x; // one | int y; // one
≠ a.c | char *s = "// one"; | char *s = "// two";
≠ a.c | char *s = "/* one */"; | char *s = "/* two */";
≠ a.c | char *s = "a\" // one"; | char *s = "a\" // two";
≠ a.cc | auto s = R"x(⏎" // one⏎)x"; | auto s = R"x(⏎" // two⏎)x";
≠ a.c | f(); // one | // f(); one
≠ a.c | // one \⏎f(); | // two \⏎f();
≠ a.c | f(); /* one */ | f(); /* one
≠ a.c | case 1: f(); /* fallthrough */ | case 1: f(); /* other */
≠ a.c | f(); // NOLINT | f(); // none
≠ a.c | /* clang-format off⏎ one */ | /* clang-format off⏎ two */
≠ a.c | int x y; | int xy;
≠ a.c | f();⏎ /* {{ one }} */ | f();⏎ /* {{ two }} */
= a.go | x := 1 // one | x := 1 // two
≠ a.go | x := "http://one" | x := "http://two"
≠ a.go | x := §⏎// one⏎§ | x := §⏎// two⏎§
≠ a.go | //go:build one⏎package a | //go:build two⏎package a
≠ a.go | // +build one⏎package a | // +build two⏎package a
≠ a.go | //go:generate one | //go:generate two
≠ a.go | f() //nolint:one | f() //nolint:two
≠ a.go | //export one⏎func f() {} | //export two⏎func f() {}
= a.go | // export one⏎func f() {} | // export two⏎func f() {}
≠ a.go | func f() {⏎// Output:⏎// one⏎} | func f() {⏎// Output:⏎// two⏎}
= a.go | func f() {⏎// Output:⏎// one⏎}⏎// a | func f() {⏎// Output:⏎// one⏎}⏎// b
≠ a.go | /* one */⏎import "C" | /* two */⏎import "C"
≠ go.mod | require a v1 // indirect | require a v1
= go.mod | // one⏎go 1.26 | // two⏎go 1.26
= A.java | /** one */ class A {} | /** two */ class A {}
≠ A.java | String s = """⏎// one⏎"""; | String s = """⏎// two⏎""";
= a.js | var r = /[/*"]/; // one | var r = /[/*"]/; // two
= a.js | x = a / b; // one / c | x = a / b; // two / c
≠ a.js | var r = /\/\/ one/ | var r = /\/\/ two/
≠ a.js | return /"\/* one/ | return /"\/* two/
≠ a.js | s = §⏎// one⏎§ | s = §⏎// two⏎§
≠ a.js | // eslint-disable-next-line one | // eslint-disable-next-line two
≠ a.jsx | <a>http://one</a> | <a>http://two</a>
≠ a.ts | // @ts-ignore | // none
≠ a.js | import(/* webpackChunkName: "one" */ "a") | import(/* webpackChunkName: "two" */ "a")
= a.json | { // one⏎"a": "//" } | { // two⏎"a": "//" }
≠ a.json | {"a": "// one"} | {"a": "// two"}
= A.cs | var s = @"\"; // one | var s = @"\"; // two
≠ A.cs | var s = @"⏎// one"; | var s = @"⏎// two";
≠ A.cs | var s = @"""⏎// one"; | var s = @"""⏎// two";
= a.rs | fn f<'a>(x: &'a str) {} // one | fn f<'a>(x: &'a str) {} // two
= a.rs | let c = '"'; // one | let c = '"'; // two
= a.rs | /* a /* one */ b */ fn f() {} | /* a /* two */ b */ fn f() {}
≠ a.rs | let s = r#"" // one"#; | let s = r#"" // two"#;
≠ a.rs | /// §§§⏎/// one()⏎/// §§§⏎fn f() {} | /// §§§⏎/// two()⏎/// §§§⏎fn f() {}
≠ a.rs | #[one] | #[two]
≠ a.swift | let s = #"" // one"# | let s = #"" // two"#
= a.kt | val s = "//" // one | val s = "//" // two
= a.scala | val x = 'a // one | val x = 'a // two
= a.php | <?php f(); # one | <?php f(); # two
= a.php | <?php f(); // one ?> <b> | <?php f(); // two ?> <b>
≠ a.php | <?php f(); // one ?> <a> | <?php f(); // one ?> <b>
≠ a.php | <a>// one</a> | <a>// two</a>
≠ a.php | <?php⏎#[One]⏎f(); | <?php⏎#[Two]⏎f();
≠ a.php | <?php⏎$s = <<<EOT⏎// one⏎EOT;⏎ | <?php⏎$s = <<<EOT⏎// two⏎EOT;⏎
≠ a.php | <?php⏎/**⏎ * @dataProvider one⏎ */ | <?php⏎/**⏎ * @dataProvider two⏎ */
= a.php | <?php⏎/**⏎ * one⏎ * @test⏎ */ | <?php⏎/**⏎ * two⏎ * @test⏎ */
= a.css | a { b: c } /* one */ | a { b: c } /* two */
≠ a.css | a { b: url(//one) } | a { b: url(//two) }
≠ a.scss | a { b: url(http://one) } | a { b: url(http://two) }
= a.proto | int32 a = 1; // one | int32 a = 1; // two
= a.tf | a = "#" # one | a = "#" # two
≠ a.tf | a = <<EOT⏎# one⏎EOT⏎ | a = <<EOT⏎# two⏎EOT⏎
= a.py | x = "#" # one | x = "#" # two
= a.py | def f():⏎    """one"""⏎    g() | def f():⏎    """two⏎    three⏎    """⏎    g()
= a.py | def f():⏎    """a⏎    one⏎    """⏎    g() | def f():⏎    """a⏎    two⏎    """⏎    g()
= a.py | """one""" | '''two'''
≠ a.py | x = """one""" | x = """two"""
≠ a.py | f(⏎"""one"""⏎) | f(⏎"""two"""⏎)
≠ a.py | """one %s""" % x | """two %s""" % x
≠ a.py | x = \⏎"""one""" | x = \⏎"""two"""
≠ a.py | """⏎>>> f(1)⏎one⏎""" | """⏎>>> f(1)⏎two⏎"""
≠ a.py | if a:⏎    f() # one⏎g() | if a:⏎    f() # one⏎    g()
≠ a.py | # -*- coding: one -*- | # -*- coding: two -*-
≠ a.py | #!/usr/bin/one | #!/usr/bin/two
≠ a.py | x = f() # type: one | x = f() # type: two
≠ a.py | x = f() # noqa | x = f()
= a.rb | x = "#{a}" # one | x = "#{a}" # two
= a.rb | =begin⏎one⏎=end⏎f | =begin⏎two⏎=end⏎f
≠ a.rb | x = <<~EOS⏎# one⏎EOS⏎ | x = <<~EOS⏎# two⏎EOS⏎
≠ a.rb | # frozen_string_literal: true | # frozen_string_literal: false
= a.pm | =pod⏎⏎one⏎⏎=cut⏎⏎f(); | =pod⏎⏎two⏎⏎=cut⏎⏎f();
= a.pl | use strict;⏎# one | use strict;⏎# two
≠ a.pl | :- use_module(x).⏎a :-⏎# one | :- use_module(x).⏎a :-⏎# two
≠ a.pm | print $#one; | print $#two;
≠ a.pm | f();⏎__END__⏎# one | f();⏎__END__⏎# two
= a.sh | echo "#" '#' $# ${x#y} # one | echo "#" '#' $# ${x#y} # two
≠ a.sh | echo '⏎# one⏎' | echo '⏎# two⏎'
≠ a.sh | cat <<-\EOF⏎# one⏎	EOF⏎ | cat <<-\EOF⏎# two⏎	EOF⏎
= a.sh | cat <<EOF⏎x⏎EOF⏎# one | cat <<EOF⏎x⏎EOF⏎# two
= a.sh | echo $((1<<x)) # one⏎# x⏎ | echo $((1<<x)) # two⏎# y⏎
≠ a.sh | echo a#one | echo a#two
≠ a.sh | # shellcheck disable=one | # shellcheck disable=two
≠ a.sh | f \⏎# one | f \⏎# two
= tool | #!/bin/sh⏎f # one | #!/bin/sh⏎f # two
= tool | #!/usr/bin/env -S python3.12⏎f() # one | #!/usr/bin/env -S python3.12⏎f() # two
≠ tool | f # one | f # two
≠ tool | #!/bin/sh | #!/bin/bash
= a.yml | a: "#" # one | a: "#" # two
= a.yml | a: don't⏎# one⏎b: c | a: don't⏎# two⏎b: c
≠ a.yml | run: \|⏎  # one⏎  f | run: \|⏎  # two⏎  f
≠ a.yml | - run: \| # sh⏎    # one⏎    f | - run: \| # sh⏎    # two⏎    f
= a.yml | run: \|⏎  f⏎# one⏎b: c | run: \|⏎  f⏎# two⏎b: c
≠ a.yml | a#one | a#two
≠ a.yml | # {{ if one }} | # {{ if two }}
≠ a.yml | #cloud-config | # none
≠ a.yml | a:⏎  b: c # one | a:⏎b: c # one
= a.toml | a = "#" # one | a = "#" # two
≠ a.toml | a = """⏎# one""" | a = """⏎# two"""
= Makefile | a: b # one | a: b # two
≠ Makefile | A = a \⏎# one⏎b | A = a \⏎# two⏎b
≠ Makefile | a = \#one | a = \#two
= CMakeLists.txt | f(a) # one⏎#[[ one ]] | f(a) # two⏎#[[ two ]]
≠ CMakeLists.txt | f([=[⏎# one⏎]=]) | f([=[⏎# two⏎]=])
= Dockerfile | RUN a && \⏎# one⏎b | RUN a && \⏎# two⏎b
≠ Dockerfile | # syntax=one | # syntax=two
= a.ini | ; one⏎a = b | # two⏎a = b
≠ a.ini | a = b ; one | a = b ; two
= a.sql | select '--' -- one | select '--' -- two
≠ a.sql | select '⏎-- one' | select '⏎-- two'
≠ a.sql | create function f() as $a$⏎-- one⏎$a$ | create function f() as $a$⏎-- two⏎$a$
≠ a.sql | select /*+ one */ a | select /*+ two */ a
= a.lua | --[==[ one⏎]] ]==] f() -- one | --[==[ two⏎]] ]==] f() -- two
≠ a.lua | x = [[⏎-- one⏎]] | x = [[⏎-- two⏎]]
= a.hs | f' = '"' -- one | f' = '"' -- two
≠ a.hs | a --> one | a --> two
≠ a.hs | {-# LANGUAGE One #-} | {-# LANGUAGE Two #-}
= a.el | (f ?" #\; "a") ; one | (f ?" #\; "a") ; two
≠ a.el | (f "; one") | (f "; two")
≠ a.el | ;;;###autoload | ;;; none
= a.html | <a/><!-- one⏎two --> | <a/><!-- two⏎one -->
≠ a.html | <!--[if IE 6]> one <![endif]--> | <!--[if IE 6]> two <![endif]-->
≠ a.xml | <![CDATA[<!-- one -->]]> | <![CDATA[<!-- two -->]]>
≠ test/a.md | §§§⏎<!-- one -->⏎§§§ | §§§⏎<!-- two -->⏎§§§
= a.tex | % one⏎a | % two⏎a
≠ a.tex | a% one | a% two
= a.erl | f($%, 'a%') % one | f($%, 'a%') % two
= a.vim | " one⏎let a = "b" | " two⏎let a = "b"
≠ a.vim | let a = "one" | let a = "two"
= a.f90 | x = '!' ! one | x = '!' ! two
≠ a.f90 | !$omp one | !$omp two
= a.adb | X := A'First; -- one | X := A'First; -- two
= a.pas | { one } x := '{'; | (* two *) x := '{';
≠ a.pas | {$R one} | {$R two}
= a.ml | let c = '"' (* one (* a *) *) | let c = '"' (* two (* a *) *)
≠ a.ml | let s = {x\|(* one *)\|x} | let s = {x\|(* two *)\|x}
= a.m | #import <a.h>⏎// one | #import <a.h>⏎// two
= a.m | function f()⏎% one | function f()⏎% two
≠ a.m | f()⏎// one | f()⏎// two
≠ a.unknown | // one | // two
≠ a.txt | # one | # two
`

func TestPairs(t *testing.T) {
	c := NewComparer(New())
	n := 0
	signs := strings.NewReplacer("⏎", "\n", "§", "`", "\x00", "|")
	for line := range strings.Lines(pairs) {
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), `\|`, "\x00")
		if line == "" {
			continue
		}
		n++
		sign, line, _ := strings.Cut(line, " ")
		parts := strings.Split(line, " | ")
		require.Len(t, parts, 3, line)
		old, new := signs.Replace(parts[1]), signs.Replace(parts[2])
		want := sign == "="
		assert.Equal(t, want, only(c, parts[0], old, new), line)
		assert.Equal(t, want, only(c, parts[0], new, old), "back: %s", line)
		assert.Equal(t, want, only(c, parts[0], old+"\n", new+"\n"), "with a newline: %s", line)
		crlf := strings.NewReplacer("\n", "\r\n")
		assert.Equal(t, want, only(c, parts[0], crlf.Replace(old), crlf.Replace(new)), "of Windows: %s", line)
	}
	require.Greater(t, n, 140)
}

// TestWholeFiles: of a file that is new or gone, all must be comments.
func TestWholeFiles(t *testing.T) {
	c := NewComparer(New())
	for _, test := range []struct {
		name, content string
		want          bool
	}{
		{"a.c", "/* one */\n\n// two\n", true},
		{"a.c", "/* one */\nint x;\n", false},
		{"a.c", "/* one\n", false},
		{"a.py", "# licence\n", true},
		{"a.py", "\"\"\"all of it\"\"\"\n", true},
		{"a.php", "<?php\n// one\n", false},
		{"a.sh", "#!/bin/sh\n# one\n", false},
		{"a.txt", "# one\n", false},
		{"tool", "# one\n", false},
	} {
		assert.Equal(t, test.want, only(c, test.name, "", test.content), "new %s: %q", test.name, test.content)
		assert.Equal(t, test.want, only(c, test.name, test.content, ""), "gone %s: %q", test.name, test.content)
	}
}

// TestFarOff: what a change means is told by what stands far before it.
func TestFarOff(t *testing.T) {
	c := NewComparer(New())
	filler := strings.Repeat("a = b;\n", 100)
	long := strings.Repeat("much to say\n", reach/8)
	for _, test := range []struct {
		name, before, old, new string
		want                   bool
	}{
		{"a.c", "/*\n" + filler, "one\n", "two\n", true},
		{"a.c", "/*\n" + filler + "*/\n", "one\n", "two\n", false},
		{"a.c", filler + "/* \" */\n" + filler, "// one\n", "// two\n", true},
		{"a.c", "/*\n" + long, "one\n", "two\n", false}, // longer than reach
		{"a.c", "/*\n" + long + "*/\n", "// one\n", "// two\n", true},
		{"a.js", "s = `\n" + filler, "// one\n", "// two\n", false},
		{"a.py", "def f():\n  '''\n" + filler, "  one\n", "  two\n", true},
		{"a.py", "f('''\n" + filler, "# one\n", "# two\n", false},
		{"a.py", "f(\n" + filler, "'one'\n", "'two'\n", false},
		{"a.lua", "--[[\n" + filler, "one\n", "two\n", true},
	} {
		after := "\n*/ ]] `\n'''\n"
		msg := fmt.Sprintf("%s: %.20q", test.name, test.before)
		assert.Equal(t, test.want, only(c, test.name, test.before+test.old+after, test.before+test.new+after), msg)
	}
}

func TestTooLarge(t *testing.T) {
	c := NewComparer(New())
	text := strings.Repeat("// a line\n", Most/10)
	assert.True(t, only(c, "a.c", text, text+"//b"))
	assert.False(t, only(c, "a.c", text, text+"// beyond\n"))
	assert.Zero(t, c.new.text, "texts are given back")
}

func TestTables(t *testing.T) {
	table, seen, files := New(), map[string]bool{}, map[string]bool{}
	for _, l := range Languages() {
		assert.False(t, seen[l.Name], l.Name)
		seen[l.Name] = true
		for _, f := range l.Files {
			assert.False(t, files[f], f)
			files[f] = true
			name := strings.Replace(f, "*", "x", 1)
			if strings.HasPrefix(f, ".") {
				name = "dir.d/x" + f
			}
			require.NotNil(t, table.Path(name), f)
		}
	}
	for _, d := range Directives() {
		assert.NotEmpty(t, d.Why)
		assert.NotEmpty(t, len(d.Words)+len(d.Rest)+len(d.Raw), d.Why)
		for _, l := range d.Languages {
			assert.True(t, seen[l], l)
		}
	}
	for _, name := range []string{"", ".", "a.", "a.txt", "a.po", "a.v", "a.s", "a.svg.gz", "a.tcl"} {
		assert.Nil(t, table.settle(table.Path(name), []byte("x")), name)
	}
}

// FuzzOnly: nothing panics or runs away, the answer is the same again and the other way
// round, a change of white space at the end of a file hides nothing, and a line of code
// that is added is seen wherever the scanner knows that it is one.
func FuzzOnly(f *testing.F) {
	for line := range strings.Lines(pairs) {
		_, line, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(line), "⏎", "\n"), " ")
		if parts := strings.Split(line, " | "); len(parts) == 3 {
			f.Add(parts[0], parts[1], parts[2])
		}
	}
	table := New()
	used := NewComparer(table)
	f.Fuzz(func(t *testing.T, name, old, new string) {
		if old == new {
			return
		}
		fresh := NewComparer(table)
		got := only(fresh, name, old, new)
		if got != only(used, name, old, new) {
			t.Fatal("what came before matters")
		}
		if got != only(used, name, new, old) {
			t.Fatal("the order matters")
		}
		s := table.settle(table.Path(name), []byte(longer([]byte(old), []byte(new))))
		if got && s == nil {
			t.Fatal("a language that is not known")
		}
		if s != nil && !bytes.Contains([]byte(old+new), []byte(`import "C"`)) && len(old) > 0 && len(new) > 0 {
			head, tail := ends(old, new)
			if whole := fresh.same(s, fresh.after(s, nil, 0), []byte(old), []byte(new), 0, 0); got && !whole {
				t.Fatalf("alike in part (%d…%d), but not as a whole", head, tail)
			}
		}
	})
}
