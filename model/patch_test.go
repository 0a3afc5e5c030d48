package model_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// patch has these elements; keys are of added lines where they are even.
func patch(keys ...uint64) *model.Patch {
	keys = slices.Sorted(slices.Values(keys))
	return &model.Patch{ID: "some", Size: len(keys), Sketch: model.Sketch(keys[:min(len(keys), model.SketchSize)])}
}

func TestCommon(t *testing.T) {
	for name, c := range map[string]struct {
		p, q       *model.Patch
		common, of int
	}{
		"both empty":      {patch(), patch(), 0, 0},
		"one empty":       {patch(), patch(2, 4), 0, 2},
		"equal":           {patch(2, 5, 8), patch(2, 5, 8), 3, 3},
		"other sign":      {patch(2, 4), patch(3, 4), 1, 2},
		"a part of":       {patch(4), patch(2, 4, 6, 8), 1, 4},
		"nothing":         {patch(2, 6), patch(4, 8), 0, 2},
		"highest key":     {patch(math.MaxUint64), patch(math.MaxUint64), 1, 1},
		"patch unsampled": {&model.Patch{Size: 3}, patch(2, 4), 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			common, of := c.p.Common(c.q)
			assert.Equal(t, [2]int{c.common, c.of}, [2]int{common, of})
			common, of = c.q.Common(c.p)
			assert.Equal(t, [2]int{c.common, c.of}, [2]int{common, of}, "the other way round")
		})
	}
}

func TestUndone(t *testing.T) {
	for name, c := range map[string]struct {
		p, later   *model.Patch
		undone, of int
	}{
		"empty":       {patch(), patch(2), 0, 0},
		"all":         {patch(2, 5), patch(3, 4), 2, 2},
		"done again":  {patch(2, 5), patch(2, 5), 0, 2},
		"and more":    {patch(2, 5), patch(3, 4, 8, 9, 10), 2, 2},
		"a part":      {patch(2, 5, 8), patch(3, 8), 1, 3},
		"highest key": {patch(math.MaxUint64 - 1), patch(math.MaxUint64), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			undone, of := c.p.Undone(c.later)
			assert.Equal(t, [2]int{c.undone, c.of}, [2]int{undone, of})
		})
	}
}

// Beyond the last key of a sample an element may be in the patch all the same, so
// it says nothing that the other patch has one there.
func TestSamplesAreComparedAsFarAsBothReach(t *testing.T) {
	long := make([]uint64, model.SketchSize+1)
	for i := range long {
		long[i] = uint64(10 * i)
	}
	p := patch(long...)
	last := long[model.SketchSize-1]
	common, of := p.Common(patch(0, 10, last, last+2))
	assert.Equal(t, [2]int{3, model.SketchSize}, [2]int{common, of})
	undone, of := patch(1, 11, last+1, last+2).Undone(p)
	assert.Equal(t, [2]int{3, 3}, [2]int{undone, of}, "the last element counts with either sign")
	undone, of = p.Undone(patch(1, 11, last+2))
	assert.Equal(t, [2]int{2, model.SketchSize}, [2]int{undone, of})
}

// draw returns n elements of random hash and sign, no two with the same hash.
func draw(r *rand.Rand, n int) []uint64 {
	keys := make([]uint64, n)
	for i := range keys {
		keys[i] = r.Uint64()
	}
	return keys
}

// turned returns the elements with the other sign.
func turned(keys []uint64) []uint64 {
	out := slices.Clone(keys)
	for i := range out {
		out[i] ^= 1
	}
	return out
}

// Where both sketches are whole the answers are those of the whole patches, and
// else estimates whose error is that of a sample.
func TestSharesOfRandomPatches(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for i := range 2000 {
		most := []int{model.SketchSize / 2, 4000}[i%2]
		same, back := draw(r, r.IntN(most/3)+1), draw(r, r.IntN(most/3))
		p := slices.Concat(same, back, draw(r, r.IntN(most/3)))
		q := slices.Concat(same, turned(back), draw(r, r.IntN(most/3)))
		common, of := patch(p...).Common(patch(q...))
		undone, ofP := patch(p...).Undone(patch(q...))
		if max(len(p), len(q)) <= model.SketchSize {
			require.Equal(t, [2]int{len(same), max(len(p), len(q))}, [2]int{common, of})
			require.Equal(t, [2]int{len(back), len(p)}, [2]int{undone, ofP})
			continue
		}
		near(t, len(back), len(p), undone, ofP)
		near(t, len(same), max(len(p), len(q)), common, of)
	}
}

// near requires that a share of a sample is within four standard errors of the
// share of the whole, and one element.
func near(t *testing.T, part, whole, seen, of int) {
	share := float64(part) / float64(whole)
	require.NotZero(t, of)
	require.LessOrEqual(t, of, model.SketchSize)
	off := math.Abs(float64(seen)/float64(of) - share)
	require.LessOrEqual(t, off, 4*math.Sqrt(share*(1-share)/float64(of))+1/float64(of),
		"%d of %d, estimated as %d of %d", part, whole, seen, of)
}

func TestSketchText(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for n := range 2 * model.SketchSize {
		p := patch(draw(r, n)...)
		text, err := json.Marshal(p)
		require.NoError(t, err)
		var again model.Patch
		require.NoError(t, json.Unmarshal(text, &again))
		again.Sketch = slices.Clip(again.Sketch)
		require.Equal(t, p.ID, again.ID)
		require.Equal(t, p.Size, again.Size)
		require.True(t, slices.Equal(p.Sketch, again.Sketch))
	}
	text, err := model.Sketch{1, 0x0102030405060708}.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "AAAAAAAAAAEBAgMEBQYHCA==", string(text))
	text, err = json.Marshal(model.Patch{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"size":0}`, string(text))
}

func TestSketchTextFaults(t *testing.T) {
	written := func(s model.Sketch) string {
		text, err := s.MarshalText()
		require.NoError(t, err)
		return string(text)
	}
	long := make(model.Sketch, model.SketchSize+1)
	for i := range long {
		long[i] = uint64(2 * i)
	}
	for name, c := range map[string]struct{ text, want string }{
		"no base64":     {"=", "a sketch of lines: illegal base64"},
		"half a key":    {"AAAAAAA=", "has 5 bytes"},
		"too many":      {written(long), "it must be up to 128 keys"},
		"not sorted":    {written(model.Sketch{2, 8, 6}), "not sorted at key 3"},
		"twice":         {written(model.Sketch{2, 2}), "not sorted at key 2"},
		"in both signs": {written(model.Sketch{2, 3}), "not sorted at key 2"},
	} {
		t.Run(name, func(t *testing.T) {
			var s model.Sketch
			assert.ErrorContains(t, s.UnmarshalText([]byte(c.text)), c.want)
		})
	}
	var s model.Sketch
	require.NoError(t, s.UnmarshalText([]byte(written(long[:model.SketchSize]))))
	assert.Equal(t, long[:model.SketchSize], s)
}

// Whatever is read without an error is a sketch that is written as it was read, and
// that can be compared.
func FuzzSketch(f *testing.F) {
	f.Add([]byte("AAAAAAAAAAEBAgMEBQYHCA=="), 2, 300)
	f.Add([]byte(""), 0, 0)
	f.Add([]byte("//////////8="), 1, -1)
	f.Fuzz(func(t *testing.T, text []byte, size, other int) {
		var s model.Sketch
		if s.UnmarshalText(text) != nil {
			return
		}
		require.LessOrEqual(t, len(s), model.SketchSize)
		again, err := s.MarshalText()
		require.NoError(t, err)
		var back model.Sketch
		require.NoError(t, back.UnmarshalText(again))
		require.Equal(t, s, back)
		p, q := model.Patch{Size: size, Sketch: s}, model.Patch{Size: other, Sketch: s[:len(s)/2]}
		common, of := p.Common(&q)
		require.True(t, 0 <= common && common <= of && of <= len(s))
		undone, of := p.Undone(&q)
		require.True(t, 0 <= undone && undone <= of && of <= len(s))
	})
}

// What one patch adds and the next deletes is not in what they come to; the patches
// themselves stay as they are.
func TestPatchesJoin(t *testing.T) {
	p, q := &model.Patch{Size: 3, Sketch: model.Sketch{2, 4, 6}}, &model.Patch{Size: 3, Sketch: model.Sketch{4, 7, 8}}
	joined := model.JoinPatches(p, q)
	assert.Equal(t, &model.Patch{Size: 3, Sketch: model.Sketch{2, 4, 8}}, joined)
	assert.Equal(t, model.Sketch{2, 4, 6}, p.Sketch)
	assert.Equal(t, model.Sketch{4, 7, 8}, q.Sketch)
	assert.Zero(t, model.JoinPatches(p, &model.Patch{Size: 3, Sketch: model.Sketch{3, 5, 7}}).Size)

	large := &model.Patch{Size: 1000}
	for n := range uint64(model.SketchSize) {
		large.Sketch = append(large.Sketch, 20*n)
	}
	joined = model.JoinPatches(large, &model.Patch{Size: 2, Sketch: model.Sketch{21, 1 << 60}})
	assert.Equal(t, 1000, joined.Size) // 1002 less the two that cancel each other
	assert.Len(t, joined.Sketch, model.SketchSize-1)
	assert.NotContains(t, joined.Sketch, uint64(20))
}
