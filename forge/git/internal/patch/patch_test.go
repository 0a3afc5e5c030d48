package patch

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/git/internal/lines"
	"github.com/tributary-oss/tributary/model"
)

// edit is a file as a commit finds and leaves it.
type edit struct{ path, old, new string }

func sumOf(t testing.TB, edits ...edit) *Sum {
	var c lines.Counter
	var f File
	var s Sum
	for _, e := range edits {
		f.Start(e.path)
		_, _, _, listed := c.Diff([]byte(e.old), []byte(e.new), 1<<30, f.Line)
		require.True(t, listed)
		s.Add(&f)
	}
	return &s
}

func patchOf(t testing.TB, edits ...edit) *model.Patch { return sumOf(t, edits...).Patch() }

// One element worked out step by step from the package's definition.
func TestElementIsAsDefined(t *testing.T) {
	h := sha256.Sum256([]byte("dir/a.c\x00x=1;"))
	seed := binary.BigEndian.Uint64(h[:])
	var keys model.Sketch
	var id [2]uint64
	for i := uint64(1); i <= 3; i++ {
		z := seed + i*0x9e3779b97f4a7c15
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb
		z ^= z >> 31
		key := z | 1 // deleted
		keys = append(keys, key)
		id[0] += mix(key)
		id[1] += mixOther(key)
	}
	slices.Sort(keys)
	p := patchOf(t, edit{"dir/a.c", "x = 1;\nx = 1;\n\tx =1;\r\n", ""})
	assert.Equal(t, &model.Patch{ID: fmt.Sprintf("%016x%016x", id[0], id[1]), Size: 3, Sketch: keys}, p)

	// SplitMix64 seeded with 0, and MurmurHash3's fmix64 of 1, as published.
	assert.EqualValues(t, uint64(0xe220a8397b1dcdaf), mix(gamma))
	assert.EqualValues(t, uint64(0xb456bcfc34c2cb2c), mixOther(1))
}

// What anybody can compute from here must stay the same from version to version.
func TestPatchIsStable(t *testing.T) {
	p := patchOf(t, edit{"README", "one\ntwo\n", "one\n2\n"})
	assert.Equal(t, &model.Patch{
		ID:     "6317477c09f3a932c2824b471a6fd626",
		Size:   2,
		Sketch: model.Sketch{0xcee3b48002e5e8da, 0xe472e47ca7d35285},
	}, p)
}

func TestWhatMakesNoDifference(t *testing.T) {
	base := edit{"f.go", "a\nb\nc\nd\n", "a\nB {\nc\n\nd\ne\n"}
	want := patchOf(t, base)
	assert.Equal(t, 3, want.Size, "b is deleted, B { and e are added, a blank line is left out")
	for name, e := range map[string]edit{
		"context":     {"f.go", "x\nb\nd\nz\n", "x\nB {\nd\nz\ne\n"},
		"indentation": {"f.go", "a\n\tb\nd\n", "a\n\t\tB  {\nd\n\te\n"},
		"line ends":   {"f.go", "a\r\nb\r\n", "a\r\nB {\r\n\r\ne"},
		"order":       {"f.go", "b\na\n", "e\na\nB {\n"},
		"a move":      {"f.go", "b\nx\ny\na\n", "x\ny\nB {\na\ne\n"},
	} {
		assert.Equal(t, want, patchOf(t, e), name)
	}
	assert.Equal(t, want, patchOf(t, base, edit{"g.go", "a\nb\n", "b\n\n  a"}), "a file whose order alone changes")
}

func TestWhatMakesADifference(t *testing.T) {
	ids := map[string]string{}
	for name, edits := range map[string][]edit{
		"base":        {{"f", "a\n", "b\n"}},
		"path":        {{"g", "a\n", "b\n"}},
		"path and":    {{"f\x00b"[:1] + "b", "a\n", "\n"}},
		"reversal":    {{"f", "b\n", "a\n"}},
		"twice":       {{"f", "a\n", "b\nb\n"}},
		"case":        {{"f", "a\n", "B\n"}},
		"beyond":      {{"f", "a\n", "b\u00a0\n"}},
		"no break":    {{"f", "a\n", "b\x85\n"}},
		"control":     {{"f", "a\n", "b\x08\n"}},
		"shift out":   {{"f", "a\n", "b\x0e\n"}},
		"two files":   {{"f", "a\n", "b\n"}, {"g", "a\n", "b\n"}},
		"across":      {{"f", "a\n", ""}, {"g", "", "b\n"}},
		"joined line": {{"f", "a\n", "bb\n"}},
		"empty":       {},
	} {
		id := patchOf(t, edits...).ID
		assert.NotContains(t, ids, id, name)
		ids[id] = name
	}
	assert.Equal(t, "empty", ids[""])
}

func TestAddTellsWhatIsLeft(t *testing.T) {
	var c lines.Counter
	var f File
	var s Sum
	for _, e := range []struct {
		old, new string
		want     int
	}{
		{"a\n", "\ta \v\f\r\n\n", 0}, {"a\nb\n", "b\na\n", 0}, {"", "\n \n", 0},
		{"a\n", "a\na\n", 1}, {"ab\n", "a\nb\n", 3},
	} {
		f.Start("f")
		c.Diff([]byte(e.old), []byte(e.new), 1<<30, f.Line)
		assert.Equal(t, e.want, s.Add(&f), "%q %q", e.old, e.new)
	}
	assert.Equal(t, 4, s.Patch().Size)
	f.Start("g")
	assert.Zero(t, s.Add(&f), "Start forgets the file before")
}

func TestNotes(t *testing.T) {
	note := func(path, before, after string) *model.Patch {
		var f File
		var s Sum
		f.Start(path)
		f.Note(before, after)
		s.Add(&f)
		return s.Patch()
	}
	assert.Equal(t, &model.Patch{}, note("f", "mode 100644", "mode 100644"))
	assert.Equal(t, &model.Patch{}, note("f", "", ""))
	added := note("f", "", "blob 1234")
	assert.Equal(t, 1, added.Size)
	assert.NotEqual(t, added, note("g", "", "blob 1234"))
	changed := note("f", "blob 1234", "blob 4321")
	assert.Equal(t, 2, changed.Size)
	undone, of := changed.Undone(note("f", "blob 4321", "blob 1234"))
	assert.Equal(t, [2]int{2, 2}, [2]int{undone, of})
	for _, line := range []string{"empty", " empty", "\x00 empty"} {
		assert.NotEqual(t, note("f", "", "empty"), patchOf(t, edit{"f", "", line}), "a line is no note: %q", line)
	}
}

// reference is the definition with maps and without bounds.
func reference(edits []edit) *model.Patch {
	var keys []uint64
	var id [2]uint64
	for _, e := range edits {
		net := map[string]int{}
		for n, text := range map[int]string{-1: e.old, 1: e.new} {
			for _, l := range strings.Split(text, "\n") {
				net[strings.Join(strings.FieldsFunc(l, func(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) }), "")] += n
			}
		}
		delete(net, "")
		for l, n := range net {
			h := sha256.Sum256([]byte(e.path + "\x00" + l))
			for i := 1; i <= max(n, -n); i++ {
				key := mix(binary.BigEndian.Uint64(h[:])+uint64(i)*gamma) &^ 1
				if n < 0 {
					key |= 1
				}
				keys = append(keys, key)
				id[0], id[1] = id[0]+mix(key), id[1]+mixOther(key)
			}
		}
	}
	if len(keys) == 0 {
		return &model.Patch{}
	}
	slices.Sort(keys)
	return &model.Patch{ID: fmt.Sprintf("%016x%016x", id[0], id[1]), Size: len(keys), Sketch: keys[:min(len(keys), model.SketchSize)]}
}

// randomEdits has texts of up to most lines, white space among them.
func randomEdits(r *rand.Rand, most int) []edit {
	text := func() string {
		var b strings.Builder
		for range r.IntN(most + 1) {
			b.WriteString([]string{"\t", "", " ", "x \v", "\u00a0"}[r.IntN(5)])
			fmt.Fprintf(&b, "%d%s", r.IntN(most), []string{"\n", "\r\n", " \f\n", "\n\n"}[r.IntN(4)])
		}
		return b.String()
	}
	edits := make([]edit, r.IntN(6))
	for i := range edits {
		edits[i] = edit{fmt.Sprint("file", i), text(), text()}
	}
	return edits
}

// Files may come in any order, through any number of partial sums, merged
// in any way; the patch is that of the definition.
func TestSumsMergeInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 600 {
		edits := randomEdits(r, []int{3, 40, 300}[i%3])
		want := reference(edits)
		require.Equal(t, want, patchOf(t, edits...))
		r.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
		parts := make([]Sum, 3)
		for _, e := range edits {
			part := &parts[r.IntN(3)]
			part.Merge(sumOf(t, e))
			if r.IntN(4) == 0 {
				part.Patch() // looking changes nothing
			}
		}
		parts[0].Merge(&parts[1])
		parts[2].Merge(&parts[0])
		require.Equal(t, want, parts[2].Patch())
	}
}

// A reversal takes back all of a patch, whatever its size.
func TestReversalUndoesAll(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		edits := randomEdits(r, 300)
		p := patchOf(t, edits...)
		for i, e := range edits {
			edits[i].old, edits[i].new = e.new, e.old
		}
		q := patchOf(t, edits...)
		undone, of := p.Undone(q)
		assert.Equal(t, of, undone)
		assert.Equal(t, len(p.Sketch), of)
		common, _ := p.Common(q)
		assert.Zero(t, common)
	}
}

// Elements whose hashes are the same but for the sign leave a sketch that can be
// read again, and the same one in any order.
func TestEqualHashesLeaveOneKey(t *testing.T) {
	keys := []uint64{6, 7, 6, 9, 8, 2}
	for n := range 200 {
		keys = append(keys, uint64(1000+2*n))
	}
	var want *model.Patch
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		var s Sum
		for _, k := range keys {
			s.element(k)
		}
		p := s.Patch()
		if want == nil {
			want = p
		}
		require.Equal(t, want, p)
		require.Equal(t, model.Sketch{2, 6, 8, 1000}, p.Sketch[:4])
		require.Len(t, p.Sketch, model.SketchSize)
		text, err := p.Sketch.MarshalText()
		require.NoError(t, err)
		var again model.Sketch
		require.NoError(t, again.UnmarshalText(text))
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	}
}

func TestMemoryStaysBounded(t *testing.T) {
	var f File
	var s Sum
	f.Start("f")
	for range 1_000_000 {
		f.Line([]byte("\tequal line\n"), 1)
	}
	f.Line([]byte("\tequal line\n"), -250_000)
	assert.LessOrEqual(t, cap(f.changes), 256, "equal lines are merged")
	assert.Equal(t, 750_000, s.Add(&f))
	assert.Equal(t, 750_000, s.Patch().Size)
	assert.LessOrEqual(t, cap(s.keys), 2*model.SketchSize)

	f.Start("lines that come and go")
	for i := range 100_000 {
		f.Line(fmt.Append(nil, i), 1)
		f.Line(fmt.Append(nil, i), -1)
	}
	assert.LessOrEqual(t, cap(f.changes), 256)

	f.Start("long")
	f.Line(bytes.Repeat([]byte("long "), 1<<20), 1)
	for i := range 3 * kept {
		f.Line(fmt.Append(nil, i), 1)
	}
	f.Start("next")
	assert.LessOrEqual(t, cap(f.text), kept)
	assert.Zero(t, cap(f.changes))

	var small Sum
	f.Line([]byte("a"), 1)
	f.Line([]byte("b"), -1)
	small.Add(&f)
	assert.LessOrEqual(t, cap(small.keys), 2)
}

func TestManyFiles(t *testing.T) {
	var f File
	var all, odd, even Sum
	for i := range 20_000 {
		f.Start(fmt.Sprint("file", i))
		f.Line(fmt.Appendf(nil, "line %d\n", i), 1)
		all.Add(&f)
		if i%2 == 0 {
			even.Add(&f)
		} else {
			odd.Add(&f)
		}
	}
	odd.Merge(&even)
	p := all.Patch()
	assert.Equal(t, 20_000, p.Size)
	before := slices.Clone(p.Sketch)
	f.Start("file")
	for i := range 1000 {
		f.Line(fmt.Append(nil, i), -1)
	}
	all.Add(&f)
	assert.NotEqual(t, p, all.Patch())
	assert.Equal(t, before, p.Sketch, "a patch does not change with its sum")
	assert.Equal(t, p, odd.Patch())
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var f File
	var s Sum
	line := []byte("\t\treturn nil, err\n")
	once := func() {
		f.Start("forge/git/commits.go")
		for n := range 100 {
			line[2] = byte('a' + n%20)
			f.Line(line, 1-n%3)
		}
		s.Add(&f)
	}
	for range 20 {
		once()
	}
	assert.Zero(t, testing.AllocsPerRun(100, once))
}

func FuzzPatch(f *testing.F) {
	f.Add("f", []byte("a\nb\n"), []byte("b\n a\n\n"))
	f.Add("dir/x y", []byte("\x00\xff \n"), []byte("\v\r\n1\n1\n1"))
	f.Fuzz(func(t *testing.T, path string, old, new []byte) {
		if len(old) > 4096 || len(new) > 4096 || strings.Contains(path, "\x00") {
			return
		}
		edits := []edit{{path, string(old), string(new)}, {path + "/", string(new), ""}}
		require.Equal(t, reference(edits), patchOf(t, edits...))
	})
}

func BenchmarkSum(b *testing.B) {
	var lines [][]byte
	for i := range 1000 {
		lines = append(lines, fmt.Appendf(nil, "\t\tresult = append(result, name%d(argument))\n", i))
	}
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var f File
			b.ReportAllocs()
			for b.Loop() {
				var s Sum
				f.Start("forge/git/internal/lines/count.go")
				for i, l := range lines[:n] {
					f.Line(l, 1-i%2*2)
				}
				s.Add(&f)
				s.Patch()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/line")
		})
	}
}

// The same lines elsewhere have the same identity and another place; white space and
// what stands further away make no difference.
func TestPlace(t *testing.T) {
	place := func(before, after string) *model.Patch {
		var f File
		var s Sum
		f.Start("a.c")
		f.Line([]byte("new\n"), 1)
		f.Around([]byte(before), []byte(after))
		s.Add(&f)
		return s.Patch()
	}
	here := place("far\n1\n2\n3\n", "4\n5\n6\nfar\n")
	assert.Len(t, here.Place, 16)
	assert.Equal(t, here, place("further\n 1\n2\t\n3\n", "4\n5 \n6\nelse\nwhere"))
	for _, there := range []*model.Patch{place("0\n2\n3\n", "4\n5\n6\n"), place("1\n2\n3\n", "4\n5\n7\n"), place("", ""),
		place("1\n2\n3\n4\n", "5\n6\n"), place("1\n2\n3", "")} {
		assert.Equal(t, here.ID, there.ID)
		assert.NotEqual(t, here.Place, there.Place)
	}

	var f File
	var s Sum
	f.Start("moved.c")
	f.Line([]byte("x\n"), 1)
	f.Line([]byte("x\n"), -1)
	f.Around([]byte("a\n"), nil)
	s.Add(&f)
	f.Start("a.c")
	f.Line([]byte("new\n"), 1)
	f.Around([]byte("1\n2\n3\n"), []byte("4\n5\n6\n"))
	s.Add(&f)
	assert.Equal(t, here, s.Patch(), "only where something changes")
}
