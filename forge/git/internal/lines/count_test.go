package lines

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCount(t *testing.T) {
	for name, c := range map[string]struct {
		old, new       string
		added, deleted int
	}{
		"both empty":              {"", "", 0, 0},
		"equal":                   {"a\nb\n", "a\nb\n", 0, 0},
		"all added":               {"", "a\nb\nc\n", 3, 0},
		"all deleted":             {"a\nb", "", 0, 2},
		"a newline alone":         {"", "\n", 1, 0},
		"newline added at end":    {"a\nb", "a\nb\n", 1, 1},
		"newline lost at end":     {"a\n", "a", 1, 1},
		"carriage return":         {"a\r\nb\n", "a\nb\n", 1, 1},
		"line replaced":           {"a\nb\nc\n", "a\nx\nc\n", 1, 1},
		"common end inside line":  {"xab\nc\n", "yab\nc\n", 1, 1},
		"end is a line of one":    {"b", "ab", 1, 1},
		"shorter is the end":      {"c\n", "a\nb\nc\n", 2, 0},
		"unterminated is the end": {"b", "a\nb", 1, 0},
		"prefix inside line":      {"abc\n", "abd\n", 1, 1},
		"moved line":              {"a\nb\nc\nd\n", "b\nc\nd\na\n", 1, 1},
		"swapped blocks":          {"a\na\na\nb\nb\n", "b\nb\na\na\na\n", 2, 2},
		"unterminated elsewhere":  {"x\na", "a\nx\ny\n", 2, 1},
		"NUL and bytes":           {"\x00\xff\n1\n", "1\n\x00\xff\n", 1, 1},
		"repeated line inserted":  {"}\n}\n", "}\nx\n}\n}\n", 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var c1 Counter
			added, deleted := c1.Count([]byte(c.old), []byte(c.new))
			assert.Equal(t, [2]int{c.added, c.deleted}, [2]int{added, deleted})
			added, deleted = c1.Count([]byte(c.new), []byte(c.old))
			assert.Equal(t, [2]int{c.deleted, c.added}, [2]int{added, deleted}, "the other way round")
		})
	}
}

func TestBinary(t *testing.T) {
	text := bytes.Repeat([]byte{'a'}, 8001)
	assert.False(t, Binary(nil))
	assert.False(t, Binary(text))
	text[8000] = 0
	assert.False(t, Binary(text), "NUL behind the first 8,000 bytes")
	text[7999] = 0
	assert.True(t, Binary(text))
	assert.True(t, Binary([]byte{0}))
}

// plain is the textbook LCS in O(nm), the measure of everything here.
func plain(old, new []byte) (added, deleted int) {
	a, b := split(old), split(new)
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j], up)
			}
			diagonal = up
		}
	}
	return len(b) - row[len(b)], len(a) - row[len(b)]
}

func split(b []byte) []string {
	s := strings.SplitAfter(string(b), "\n")
	if s[len(s)-1] == "" {
		s = s[:len(s)-1]
	}
	return s
}

// randomText draws up to most lines from an alphabet of the given size.
func randomText(r *rand.Rand, most, alphabet int) []byte {
	var b bytes.Buffer
	for range r.IntN(most + 1) {
		fmt.Fprintf(&b, "%d\n", r.IntN(alphabet))
	}
	if b.Len() > 0 && r.IntN(3) == 0 {
		b.Truncate(b.Len() - 1)
	}
	return b.Bytes()
}

// mutate replaces, drops and inserts a few lines.
func mutate(r *rand.Rand, b []byte, alphabet int) []byte {
	var out []string
	for _, l := range split(b) {
		switch r.IntN(8) {
		case 0:
			out = append(out, fmt.Sprintln(r.IntN(alphabet)), l)
		case 1:
			out = append(out, fmt.Sprintln(r.IntN(alphabet)))
		case 2:
		default:
			out = append(out, l)
		}
	}
	return []byte(strings.Join(out, ""))
}

func TestCountIsMinimal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var c Counter
	for i := range 6000 {
		alphabet := 1 + r.IntN([]int{2, 5, 20, 400}[i%4])
		old := randomText(r, []int{6, 40, 300}[i%3], alphabet)
		new := randomText(r, []int{6, 40, 300}[i%3], alphabet)
		if i%2 == 0 {
			new = mutate(r, old, alphabet)
		}
		added, deleted := c.Count(old, new)
		wantAdded, wantDeleted := plain(old, new)
		require.Equal(t, [2]int{wantAdded, wantDeleted}, [2]int{added, deleted}, "old %q\nnew %q", old, new)
	}
}

// Each method alone must be exact, not only the one that usually answers.
func TestMethodsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var c Counter
	for i := range 3000 {
		kinds := 1 + r.IntN([]int{2, 6, 30, 300}[i%4])
		a, b := numbers(r, 260, kinds), numbers(r, 260, kinds)
		if len(a) > len(b) {
			a, b = b, a
		}
		want := plainNumbers(a, b)
		greedy, ok := c.greedy(a, b, math.MaxInt64)
		require.True(t, ok)
		require.Equal(t, want, greedy, "greedy %v %v", a, b)
		c.bits.mark(b, kinds)
		parallel, ok := c.bits.lcs(a, len(b), math.MaxInt64, c.stopped)
		require.True(t, ok)
		require.Equal(t, want, parallel, "parallel %v %v", a, b)
	}
}

func numbers(r *rand.Rand, most, kinds int) []int32 {
	s := make([]int32, 1+r.IntN(most))
	for i := range s {
		s[i] = int32(r.IntN(kinds))
	}
	return s
}

func plainNumbers(a, b []int32) int {
	_, lost := plain(asText(a), asText(b))
	return len(a) - lost
}

func asText(s []int32) []byte {
	var b bytes.Buffer
	for _, n := range s {
		fmt.Fprintln(&b, n)
	}
	return b.Bytes()
}

func TestCountWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	old, new := asText(numbers(r, 1, 1)), []byte(nil)
	for range 4000 {
		old, new = fmt.Appendln(old, r.IntN(2)), fmt.Appendln(new, r.IntN(2))
	}
	var c Counter
	added, deleted, ok := c.CountWithin(old, new, 10_000)
	assert.Equal(t, []any{0, 0, false}, []any{added, deleted, ok})
	added, deleted, ok = c.CountWithin(old, new, 1<<20)
	wantAdded, wantDeleted := plain(old, new)
	assert.Equal(t, []any{wantAdded, wantDeleted, true}, []any{added, deleted, ok})
	// A small difference of large texts costs little.
	_, _, ok = c.CountWithin(old, append(old[:len(old):len(old)], "7\n"...), 0)
	assert.True(t, ok)
}

// At whichever question Stop says so, the count ends there; and it is asked all
// along. A Counter that was stopped counts as before.
func TestStop(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	some := func() (b []byte) {
		for range 40_000 {
			b = fmt.Appendln(b, r.IntN(40))
		}
		return b
	}
	old, new := some(), some()
	asked, until := 0, math.MaxInt
	c := Counter{Stop: func() bool { asked++; return asked >= until }}
	wantAdded, wantDeleted, ok := c.CountWithin(old, new, 1<<30)
	require.True(t, ok)
	all := asked
	assert.Greater(t, all, 20, "asked through both methods")
	for until = 1; until <= all; until++ {
		asked = 0
		added, deleted, ok := c.CountWithin(old, new, 1<<30)
		require.Equal(t, []any{0, 0, false}, []any{added, deleted, ok})
		require.LessOrEqual(t, asked, until+1, "once more after the greedy method, then no more")
	}
	asked = 0
	added, deleted, ok := c.CountWithin(old, new, 1<<30)
	assert.Equal(t, []any{wantAdded, wantDeleted, true}, []any{added, deleted, ok})
	assert.Equal(t, all, asked)
}

// Hostile pairs end within the steps that the miner allows, about two seconds on
// a machine of 2024. Steps depend on the texts alone, so no clock is asked.
func TestHostilePairs(t *testing.T) {
	const n = 200_000
	r := rand.New(rand.NewPCG(7, 8))
	binaryLines := func() []byte {
		var b []byte
		for range n / 2 {
			b = append(b, "ab"[r.IntN(2)], '\n')
		}
		return b
	}
	shuffled := func() []byte {
		var b bytes.Buffer
		for _, i := range r.Perm(n) {
			fmt.Fprintln(&b, i)
		}
		return b.Bytes()
	}
	distinct := func(prefix string) []byte {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintln(&b, prefix, i)
		}
		return b.Bytes()
	}
	longLine := bytes.Repeat([]byte("long "), 20<<20)
	longer := append(bytes.Clone(longLine[1:]), '\n')
	added := func(old, new []byte) func(*testing.T) {
		return func(t *testing.T) {
			var c Counter
			a, d, ok := c.CountWithin(old, new, 1<<30)
			require.True(t, ok)
			assert.Equal(t, total(new)-total(old), a-d)
		}
	}
	t.Run("two letters", added(binaryLines(), binaryLines()))
	t.Run("permutations", added(shuffled(), shuffled()))
	t.Run("nothing in common", added(distinct("x"), distinct("y")))
	t.Run("equal lines", added(bytes.Repeat([]byte("a\n"), n), bytes.Repeat([]byte("a\n"), n/3)))
	t.Run("equal lines between others", added(
		append(append([]byte("x\n"), bytes.Repeat([]byte("a\n"), n)...), "b\n"...),
		append(append([]byte("b\n"), bytes.Repeat([]byte("a\n"), n/3)...), "x\n"...)))
	t.Run("one long line", added(longLine, longer))
}

func TestCounterForgetsText(t *testing.T) {
	const n = kept + kept/8
	var few, many []byte
	for i := range n {
		few = fmt.Appendln(few, i)
		many = fmt.Appendln(many, i+i%2*n)
	}
	var c Counter
	held := func() int {
		return 8*cap(c.slots) + 16*cap(c.firsts) + 4*cap(c.old) + 4*cap(c.new) + 4*cap(c.reach) + 16*cap(c.bits.marks) +
			8*cap(c.direct.places) + 8*cap(c.more) + cap(c.held)
	}
	for name, p := range map[string]struct {
		old, new       []byte
		added, deleted int
	}{
		"table":     {few, many, n / 2, n / 2},
		"additions": {[]byte("0\n"), slices.Concat([]byte("x\n"), few, []byte("x\n")), n + 1, 0},
	} {
		added, deleted, _, listed := c.Diff(p.old, p.new, math.MaxInt64, func([]byte, int) {})
		assert.True(t, listed)
		assert.Equal(t, [2]int{p.added, p.deleted}, [2]int{added, deleted}, name)
		assert.Less(t, held(), 2<<20, name)
		assert.Nil(t, c.direct.x)
		assert.Nil(t, c.direct.y)
	}
	old, new := []byte("a\nb\nc\n"), []byte("c\nb\na\n")
	c.Count(old, new)
	assert.Zero(t, testing.AllocsPerRun(100, func() { c.Count(old, new) }))
}

// Lines with equal hashes are told apart by their bytes.
func TestCollisions(t *testing.T) {
	text := []byte("a\nb\na\nab")
	for at, line := range map[int]string{0: "a\n", 2: "b\n", 6: "ab"} {
		assert.True(t, isLine(text, at, []byte(line)), line)
	}
	assert.False(t, isLine(text, 6, []byte("a")), "an unterminated line is not the beginning of another")
	assert.False(t, isLine(text, 0, []byte("a")))
	assert.False(t, isLine(text, 0, []byte("b\n")))
	assert.False(t, isLine(text, 6, []byte("ab\n")))

	var c Counter
	c.table(16)
	c.firsts = append(c.firsts, first{})
	const same = 0x500000005
	*c.slot(text, []byte("a\n"), same) = slot{tag: same >> 32, used: 1}
	assert.EqualValues(t, 1, c.slot(text, []byte("a\n"), same).used)
	assert.Zero(t, c.slot(text, []byte("b\n"), same).used)
}

// What a Counter did before must not change how much it takes now, or the same
// pair could be refused on one machine and counted on another.
func TestCounterStartsAfresh(t *testing.T) {
	var c Counter
	c.Count([]byte("a\nb\nc\nd\n"), []byte("d\nc\nb\na\n"))
	kinds, ok := c.number([]byte("p\nq\nr\n"))
	require.True(t, ok)
	require.True(t, c.find([]byte("p\nq\nr\n"), []byte("r\nx\n"), kinds, nil))
	assert.Equal(t, []bool{false, false, true}, c.held)
	assert.Equal(t, []int32{2}, c.new)
}

func FuzzCount(f *testing.F) {
	f.Add([]byte("a\nb\n"), []byte("b\na"))
	f.Add([]byte(""), []byte("\n\n"))
	f.Add([]byte("a\r\nb\r\n\x00"), []byte("a\nb\n"))
	var c Counter
	f.Fuzz(func(t *testing.T, old, new []byte) {
		if len(old) > 4096 || len(new) > 4096 {
			return
		}
		added, deleted := c.Count(old, new)
		wantAdded, wantDeleted := plain(old, new)
		require.Equal(t, [2]int{wantAdded, wantDeleted}, [2]int{added, deleted})
	})
}

// sourceText is like a source file: distinct lines, braces and blank lines.
func sourceText(r *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for i := range n {
		switch i % 6 {
		case 4:
			b.WriteString("\t}\n")
		case 5:
			b.WriteString("\n")
		default:
			fmt.Fprintf(&b, "\t\tresult = append(result, name%d(argument, %d))\n", r.IntN(1000), i)
		}
	}
	return b.Bytes()
}

func BenchmarkCount(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, size := range []int{100, 1000, 10000} {
		old := sourceText(r, size)
		edited := split(old)
		for range 5 {
			edited[r.IntN(len(edited))] = "edited\n"
		}
		for name, new := range map[string][]byte{
			"edited":    []byte(strings.Join(edited, "")),
			"rewritten": sourceText(r, size),
		} {
			b.Run(fmt.Sprintf("%d/%s", size, name), func(b *testing.B) {
				var c Counter
				b.SetBytes(int64(len(old) + len(new)))
				b.ReportAllocs()
				for b.Loop() {
					c.Count(old, new)
				}
			})
		}
	}
}
