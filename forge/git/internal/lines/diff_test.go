package lines

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lineUp returns the text with fewer lines first, and how many more the other has.
func lineUp(old, new []byte) (x, y []byte, delta int) {
	if delta = total(new) - total(old); delta < 0 {
		return new, old, -delta
	}
	return old, new, delta
}

// The direct method alone, with all the steps it wants and on untrimmed texts,
// is exact; and the path that it leaves behind has as many lines off it as it counted.
func TestDirectIsMinimal(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var d direct
	for i := range 6000 {
		alphabet := 1 + r.IntN([]int{2, 5, 20, 400}[i%4])
		old := randomText(r, []int{6, 40, 200}[i%3], alphabet)
		new := randomText(r, []int{6, 40, 200}[i%3], alphabet)
		if i%2 == 0 {
			new = mutate(r, old, alphabet)
		}
		x, y, delta := lineUp(old, new)
		wantAdded, wantDeleted := plain(x, y)
		lost, ok := d.find(x, y, delta, math.MaxInt32, nil)
		require.True(t, ok)
		require.Equal(t, [2]int{wantAdded, wantDeleted}, [2]int{lost + delta, lost}, "x %q\ny %q", x, y)
		added, deleted := 0, 0
		difference := surplus(x, y)
		d.trace(lost, func(line []byte, n int) {
			added, deleted = added+max(n, 0), deleted+max(-n, 0)
			difference[string(line)] -= n
		})
		require.Equal(t, [2]int{wantAdded, wantDeleted}, [2]int{added, deleted}, "x %q\ny %q", x, y)
		for line, n := range difference {
			require.Zero(t, n, "%q\nx %q\ny %q", line, x, y)
		}
	}
}

// surplus is the difference of two multisets of lines, without the equal ones.
func surplus(old, new []byte) map[string]int {
	m := map[string]int{}
	for _, l := range split(new) {
		m[l]++
	}
	for _, l := range split(old) {
		m[l]--
	}
	maps.DeleteFunc(m, func(_ string, n int) bool { return n == 0 })
	return m
}

// listed is what Diff listed, added up.
func listed(t testing.TB, c *Counter, old, new []byte, steps int64) (m map[string]int, counted bool) {
	m = map[string]int{}
	added, deleted, counted, whole := c.Diff(old, new, steps, func(line []byte, n int) {
		assert.NotZero(t, n)
		m[string(line)] += n
	})
	assert.True(t, whole)
	wantAdded, wantDeleted, ok := c.CountWithin(old, new, steps)
	assert.Equal(t, [3]any{wantAdded, wantDeleted, ok}, [3]any{added, deleted, counted})
	maps.DeleteFunc(m, func(_ string, n int) bool { return n == 0 })
	return m, counted
}

func TestDiffListsTheDifference(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	var c Counter
	refused := 0
	for i := range 6000 {
		alphabet := 1 + r.IntN([]int{2, 5, 20, 400}[i%4])
		old := randomText(r, []int{6, 40, 300}[i%3], alphabet)
		new := randomText(r, []int{6, 40, 300}[i%3], alphabet)
		if i%2 == 0 {
			new = mutate(r, old, alphabet)
		}
		steps := []int64{1 << 30, 20}[i%5/4]
		m, counted := listed(t, &c, old, new, steps)
		require.Equal(t, surplus(old, new), m, "old %q\nnew %q", old, new)
		if !counted {
			refused++
		}
	}
	assert.Greater(t, refused, 100, "lists without a count")
}

func TestDiff(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     map[string]int
	}{
		"equal":             {"a\nb", "a\nb", map[string]int{}},
		"all added":         {"", "a\na\nb", map[string]int{"a\n": 2, "b": 1}},
		"all deleted":       {"a\nb\n", "", map[string]int{"a\n": -1, "b\n": -1}},
		"one for one":       {"x\na\ny\n", "x\nb\ny\n", map[string]int{"a\n": -1, "b\n": 1}},
		"newline lost":      {"a\nb\n", "a\nb", map[string]int{"b\n": -1, "b": 1}},
		"more lines before": {"a\nb\nc\nd\n", "x\nc\ny\n", map[string]int{"a\n": -1, "b\n": -1, "d\n": -1, "x\n": 1, "y\n": 1}},
		"moved":             {"a\nb\nc\nd\n", "b\nc\nd\na\n", map[string]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			m, counted := listed(t, new(Counter), []byte(c.old), []byte(c.new), 1<<30)
			assert.True(t, counted)
			assert.Equal(t, c.want, m)
		})
	}
}

// After Stop nothing is promised of the list, and Diff says so, whatever it was at.
func TestDiffStops(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	var old, new []byte
	for range 40_000 {
		old, new = fmt.Appendln(old, r.IntN(40)), fmt.Appendln(new, r.IntN(60))
	}
	long := bytes.Repeat([]byte("a\n"), pause/64)
	ignore := func([]byte, int) {}
	for _, pair := range [][2][]byte{{nil, long}, {long, nil}, {old, new}, {new, old}} {
		c := Counter{Stop: func() bool { return true }}
		_, _, counted, listed := c.Diff(pair[0], pair[1], 1<<30, ignore)
		assert.False(t, listed)
		_, _, again := c.CountWithin(pair[0], pair[1], 1<<30)
		assert.Equal(t, again, counted, "a list never changes a count")
	}
	// Stopped only while counting, the list is whole already.
	asked, until := 0, math.MaxInt
	c := Counter{Stop: func() bool { asked++; return asked > until }}
	last := 0
	c.Diff(old, new, 1<<30, func([]byte, int) { last = asked })
	require.Greater(t, asked, last)
	asked, until = 0, last
	_, _, counted, listed := c.Diff(old, new, 1<<30, ignore)
	assert.False(t, counted)
	assert.True(t, listed)
}

// The direct method answers for few differences, and gives up on many before it
// has taken more steps than it may.
func TestDirectGivesUp(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	var d direct
	old := sourceText(r, 5000)
	edited := split(old)
	for i := range 20 {
		edited[50+i*240] = "edited\n"
	}
	lost, ok := d.find(old, []byte(strings.Join(edited, "")), 0, 10_000, nil)
	assert.True(t, ok)
	assert.Equal(t, 20, lost)
	assert.Greater(t, d.budget, 8_000)

	const budget = 10_000
	_, ok = d.find(old, sourceText(r, 5000), 0, budget, nil)
	assert.False(t, ok)
	assert.Greater(t, d.budget, budget*3/4, "the differences are seen to be many")
	d.places = nil
	_, ok = d.find([]byte("a\n"), old, 4999, 4999, nil)
	assert.False(t, ok, "more additions than steps")
	assert.Empty(t, d.places, "nor is memory taken for them")
	_, ok = d.find(old, old[1:], 0, budget, func() bool { return true })
	assert.False(t, ok, "stopped")
}

// Long lines cost steps by their length, or a few of them could take hours.
func TestDirectMindsBytes(t *testing.T) {
	line := strings.Repeat("long ", 1<<16)
	var old, new []byte
	for i := range 60 {
		old = fmt.Appendln(old, line, i)
		new = fmt.Appendln(new, line, 100+i)
	}
	var d direct
	_, ok := d.find(old, new, 0, 10_000, nil)
	assert.False(t, ok)
	assert.Less(t, len(d.places), 20)

	// So do stretches that are equal on every diagonal.
	old, new = nil, nil
	for i := range 300 {
		old = fmt.Appendln(append(old, bytes.Repeat([]byte("a\n"), 10_000)...), "x", i)
		new = fmt.Appendln(append(new, bytes.Repeat([]byte("a\n"), 10_000)...), "y", i)
	}
	_, ok = d.find(old, new, 0, 10_000, nil)
	assert.False(t, ok)
	assert.Less(t, len(d.places), 300)
}

func TestEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 3000 {
		x := make([]byte, r.IntN(4*block))
		for i := range x {
			x[i] = "a\n\v\x8a\n"[r.IntN(5)]
		}
		y := bytes.Clone(x)
		if len(y) > 0 && r.IntN(4) > 0 {
			y[r.IntN(len(y))] ^= 1 << r.IntN(8)
		}
		y = y[:len(y)-r.IntN(len(y)/4+1)]
		n := 0
		for n < min(len(x), len(y)) && x[n] == y[n] {
			n++
		}
		require.Equal(t, n, prefix(x, y))
		require.Equal(t, n, prefix(y, x))
		require.Equal(t, bytes.LastIndexByte(x[:n], '\n')+1, lastLine(x[:n]))
		y = append(make([]byte, r.IntN(9)), y[r.IntN(len(y)+1):]...)
		for n = 0; n < min(len(x), len(y)) && x[len(x)-1-n] == y[len(y)-1-n]; n++ {
		}
		require.Equal(t, n, suffix(x, y))
	}
}

func FuzzDiff(f *testing.F) {
	f.Add([]byte("a\nb\n"), []byte("b\na"), int64(9))
	f.Add([]byte(""), []byte("\n\n"), int64(0))
	f.Add([]byte("a\nb\na\nb\nc"), []byte("c\nb\nb\nc\na\nc\n"), int64(1))
	var c Counter
	var d direct
	f.Fuzz(func(t *testing.T, old, new []byte, steps int64) {
		if len(old) > 4096 || len(new) > 4096 {
			return
		}
		m, _ := listed(t, &c, old, new, steps)
		require.Equal(t, surplus(old, new), m)
		x, y, delta := lineUp(old, new)
		_, wantLost := plain(x, y)
		if lost, ok := d.find(x, y, delta, 1<<16, nil); ok {
			require.Equal(t, wantLost, lost)
		}
	})
}

func TestAround(t *testing.T) {
	for _, c := range []struct{ old, new, before, after string }{
		{"a\nb\nc\n", "a\nx\nc\n", "a\n", "c\n"},
		{"a\nc\n", "a\nb\nc\n", "a\n", "c\n"},
		{"a\nb\nc\n", "a\nc\n", "a\n", "c\n"},
		{"", "a\n", "", ""},
		{"a\n", "", "", ""},
		{"a\nb", "a\nb\n", "a\n", ""},
		{"a\n", "a\n", "a\n", ""},
		{"", "", "", ""},
		{"1\na\n2\nb\n3\n", "1\nx\n2\ny\n3\n", "1\n", "3\n"},
	} {
		var counter Counter
		text := append(make([]byte, 0, 100), c.new...)
		counter.Diff([]byte(c.old), text, 1<<20, nil)
		before, after := counter.Around(text)
		assert.Equal(t, []string{c.before, c.after}, []string{string(before), string(after)}, "%q to %q", c.old, c.new)
	}
}
