package git

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// Of the commits before the period only those are opened that may be an earlier
// form of work inside it, and of these only the lines are stated.
func TestCandidates(t *testing.T) {
	const id = "\n\nChange-Id: I0123456789012345678901234567890123456789\n"
	b := newBuilder(t.TempDir())
	files, parents, n := map[string]string{}, []string(nil), 0
	step := func(at int, msg, file string) string {
		n++
		files[file] += msg + string(rune('a'+n)) + "\n"
		commit := b.commit(spec{msg: msg, at: day(at), parents: parents, files: files})
		parents = []string{commit}
		return commit
	}
	step(0, "unrelated", "a")
	step(1, "with an id"+id, "a")
	step(2, "Fix typos", "b")
	step(3, "Fix a typo", "c")
	reverted := step(4, "to be reverted", "a")
	inside := []string{
		step(20, "another subject"+id, "d"),
		step(21, "Fix typos", "b"),      // the same files
		step(22, "Fix a typo", "other"), // other files
		step(23, "Revert it\n\nThis reverts commit "+reverted+".\n", "a"),
	}
	b.branch("main", inside[3])
	o := options()
	rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{Since: day(10)})
	require.NoError(t, err)
	for msg, opened := range map[string]bool{"unrelated": false, "with an id": true, "Fix a typo": false, "to be reverted": true} {
		f := records(rs).commit(t, msg).Commit.Files // the first of that subject
		assert.Equal(t, opened, f != nil, msg)
		if f != nil {
			assert.Positive(t, f.Patch.Size, msg)
			assert.Nil(t, f.Churn, msg)
		}
	}
	f := records(rs).commit(t, "Fix typos").Commit.Files
	require.NotNil(t, f, "the same subject and files")
	assert.Nil(t, f.Churn)

	o.Inside = true
	rs, err = mine(t, o, model.Repository{URL: b.dir}, model.Period{Since: day(10)})
	require.NoError(t, err)
	assert.Len(t, records(rs).subjects(), len(inside))
}

// The same author at the same second is a candidate whatever the message says.
func TestCandidateOfASecond(t *testing.T) {
	b := newBuilder(t.TempDir())
	raw := func(parent, author, committed, file string) string {
		tree := b.tree(map[string]string{"a": file})
		head := "tree " + tree + "\n"
		if parent != "" {
			head += "parent " + parent + "\n"
		}
		return b.object("commit", head+"author Ann <ann@x.example> "+author+" +0000\ncommitter Ann <ann@x.example> "+committed+" +0000\n\n"+file+"\n")
	}
	first := raw("", "1704103200", "1704103200", "first")
	other := raw(first, "1704103201", "1704103300", "other")
	b.branch("main", raw(other, "1704103200", "1735725600", "last"))
	rs, err := mine(t, options(), model.Repository{URL: b.dir}, model.Period{Since: day(100)})
	require.NoError(t, err)
	assert.NotNil(t, records(rs).commit(t, "first").Commit.Files)
	assert.Nil(t, records(rs).commit(t, "other").Commit.Files)
}
