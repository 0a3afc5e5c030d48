package git

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// ends is a history whose commits add up to more than its ends differ by: a line comes
// and goes again, a file moves, another one is not there at all.
func ends(t *testing.T) (b *builder, names map[string]string) {
	b = newBuilder(t.TempDir())
	one := b.commit(spec{msg: "one", at: day(0), files: map[string]string{"a": "1\n2\n3\n", "moves": "x\ny\n"}})
	two := b.commit(spec{msg: "two", at: day(1), parents: []string{one}, files: map[string]string{"a": "1\n2\n3\n4\n", "moves": "x\ny\n", "gone": "z\n"}})
	three := b.commit(spec{msg: "three", at: day(2), parents: []string{two}, files: map[string]string{"a": "1\n3\n", "moved": "x\ny\n", "new": "n\n", "picture": "\x00\x01"}})
	side := b.commit(spec{msg: "side", at: day(2), parents: []string{one}, files: map[string]string{"a": "1\n2\n3\n", "moves": "x\ny\n", "side": "s\n"}})
	b.branch("main", three)
	b.branch("side", side)
	return b, map[string]string{"one": one, "two": two, "three": three}
}

func between(b *builder, rev string, change func(*Options)) (*model.Files, error) {
	o := options()
	o.Rev = rev
	if change != nil {
		change(o)
	}
	return New(o).Between(context.Background(), model.Repository{URL: b.dir})
}

func TestBetween(t *testing.T) {
	b, names := ends(t)
	for rev, want := range map[string]model.Files{
		// Between one and three: "2" is gone from a, new and the picture are new. What only
		// moved, and what came and went, differs in nothing.
		names["one"] + "..main":   {Touched: 3, Lines: &model.Lines{Added: 1, Deleted: 1}},
		"main.." + names["one"]:   {Touched: 3, Lines: &model.Lines{Added: 1, Deleted: 1}},
		names["two"] + "..main":   {Touched: 4, Lines: &model.Lines{Added: 1, Deleted: 3}},
		"main..main":              {Lines: &model.Lines{}},
		"side..main":              {Touched: 4, Lines: &model.Lines{Added: 1, Deleted: 2}}, // as trees: neither is an ancestor
		"main":                    {Touched: 4, Lines: &model.Lines{Added: 5}},             // since the beginning
		names["one"] + "..":       {Touched: 3, Lines: &model.Lines{Added: 1, Deleted: 1}},
		names["one"][:10] + "..@": {Touched: 3, Lines: &model.Lines{Added: 1, Deleted: 1}},
	} {
		for _, workers := range []int{1, 4} {
			f, err := between(b, rev, func(o *Options) { o.Workers = workers })
			require.NoError(t, err, rev)
			assert.Equal(t, &want, f, rev)
		}
	}
}

// What is not there is no zero: it is said to be unknown, or the comparison fails.
func TestBetweenOfWhatIsMissing(t *testing.T) {
	b, names := ends(t)
	b.remove(b.object("blob", "1\n3\n"))
	f, err := between(b, names["one"]+"..main", nil)
	require.NoError(t, err)
	assert.Equal(t, &model.Files{Touched: 3, Unknown: 1, Lines: &model.Lines{Added: 1}}, f)

	deep := b.commit(spec{msg: "deep", at: day(3), files: map[string]string{"a": "1\n3\n", "in/x": "x\n"}})
	b.remove(b.tree(map[string]string{"x": "x\n"}))
	f, err = between(b, deep, nil)
	require.NoError(t, err)
	assert.Equal(t, &model.Files{Touched: 1, Unknown: 1, Lines: &model.Lines{Added: 2}}, f, "a folder that is not there")

	for rev, want := range map[string]string{
		"":            "no range is named",
		"main..nope":  `revision "nope"`,
		"main...side": "write a range as A..B",
	} {
		_, err := between(b, rev, nil)
		assert.ErrorContains(t, err, want, rev)
		assert.ErrorContains(t, err, b.dir, rev)
	}
	_, err = between(b, "main..side", func(o *Options) { o.Workers = -1 })
	assert.ErrorContains(t, err, "workers")

	b.remove(names["two"])
	_, err = between(b, names["two"]+"..main", nil)
	assert.Error(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = New(&Options{Rev: "side..main"}).Between(ctx, model.Repository{URL: b.dir})
	assert.ErrorIs(t, err, context.Canceled)
	_, err = New(&Options{Rev: "a..b"}).Between(t.Context(), model.Repository{URL: "https://ada:secret@forge.example/x y"})
	assert.Error(t, err)
	assert.False(t, strings.Contains(err.Error(), "secret"))
}
