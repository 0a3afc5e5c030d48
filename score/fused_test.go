package score_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// exact are the packages whose floats make results.
var exact = []string{"./model", "./score/..."}

// fused matches an instruction of arm64 that multiplies and adds with one rounding, where
// amd64 has two: the last digit would hang on the processor. A product that is converted,
// as in float64(a*b)+c, is rounded by itself.
var fused = regexp.MustCompile(`\sF(N?M(ADD|SUB))[SD]?\s`)

// approximate matches calls of functions that have another implementation, and another last
// digit, on each processor.
var approximate = regexp.MustCompile(`\sCALL\s+math\.(arch)?(Exp|Exp2|Expm1|Log|Log2|Log10|Log1p|Pow|Cbrt|Gamma|Erf|Sin|Cos|Tan|Sinh|Cosh|Tanh|FMA)\(SB\)`)

// assembly compiles packages for arm64 and returns the lines of their assembly that match
// any of the patterns, and how many functions there were.
func assembly(t *testing.T, dir string, patterns []*regexp.Regexp, packages ...string) (found []string, functions int) {
	t.Helper()
	c := exec.Command("go", append([]string{"build", "-gcflags=-S"}, packages...)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	text, err := c.CombinedOutput()
	require.NoError(t, err, "%.2000s", text)
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte(" STEXT ")) {
			functions++
		}
		for _, p := range patterns {
			if p.Match(line) {
				found = append(found, strings.TrimSpace(string(line)))
			}
		}
	}
	return found, functions
}

// Results are the same on amd64 and arm64: nothing in the packages that compute them is
// fused, and nothing is called that each processor approximates in its own way.
func TestResultsDoNotHangOnTheProcessor(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the packages and what they import for arm64, which takes a minute the first time")
	}
	found, functions := assembly(t, "..", []*regexp.Regexp{fused, approximate}, exact...)
	assert.Greater(t, functions, 500, "the compiler must have written the assembly")
	assert.Empty(t, found, "round each product before it is added to, as in float64(a*b)+c, and compute without these functions")
}

// The compiler does fuse what is not rounded, and the test above would see it.
func TestFusedProductsAreSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles for arm64")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module fused\n\ngo 1.25\n",
		"a.go": `package fused

import "math"

func Fused(a, b, c float64) float64   { return a*b + c }
func Less(a, b, c float64) float64    { return c - a*b }
func Single(a, b, c float32) float32  { return a*b + c }
func Rounded(a, b, c float64) float64 { return float64(a*b) + c }
func Approximate(a float64) float64   { return math.Exp(a) }
`} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	found, _ := assembly(t, dir, []*regexp.Regexp{fused}, ".")
	assert.Len(t, found, 3, "%q", found)
	found, _ = assembly(t, dir, []*regexp.Regexp{approximate}, ".")
	assert.Len(t, found, 1, "%q", found)
}
