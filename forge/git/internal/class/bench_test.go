package class

import (
	"strings"
	"testing"

	"github.com/go-enry/go-enry/v2"
)

func benchPaths() []string {
	return []string{
		"server/etcdserver/api/v3rpc/auth.go", "builtin/pack-objects.c", "Documentation/git-log.adoc",
		"keystone/tests/unit/test_v3.py", "api-ref/source/v3/groups.inc", "t/t4013/diff.log",
		"src/PumpTest.java", "vendor/github.com/acme/pump/pump.go",
	}
}

func BenchmarkPath(b *testing.B) {
	table, paths := New(), benchPaths()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		table.Path(paths[i%len(paths)])
	}
}

// BenchmarkPathEnry is what the same would cost asked of go-enry itself.
func BenchmarkPathEnry(b *testing.B) {
	paths := benchPaths()
	for i := 0; b.Loop(); i++ {
		p := paths[i%len(paths)]
		_, _, _, _ = enry.IsVendor(p), enry.IsGenerated(p, nil), enry.IsTest(p), enry.IsDocumentation(p)
	}
}

func BenchmarkOf(b *testing.B) {
	content := []byte(strings.Repeat("\tif err != nil { // a usual line of code\n", 500))
	table := New()
	for _, name := range []string{"a.go", "a.c", "a.py", "a.txt", "a.yml", "a.js", "a.html"} {
		b.Run(name, func(b *testing.B) {
			p := table.Path(name)
			b.ReportAllocs()
			for b.Loop() {
				p.Of(content)
			}
		})
		b.Run(name+"-enry", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				enry.IsGenerated(name, content)
			}
		})
	}
}

// BenchmarkOneLine is the worst content: one line for all regular expressions.
func BenchmarkOneLine(b *testing.B) {
	content := []byte(strings.Repeat("<meta <!-- / s", 100*reach/14))
	table := New()
	for _, name := range []string{"a.html", "a.js", "a.ps", "a.c"} {
		b.Run(name, func(b *testing.B) {
			p := table.Path(name)
			for b.Loop() {
				p.Of(content)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New()
	}
}
