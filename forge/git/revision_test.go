package git

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestRevisions(t *testing.T) {
	b := newBuilder(t.TempDir())
	root := b.commit(spec{msg: "root", at: day(0)})
	left := b.commit(spec{msg: "left", at: day(1), parents: []string{root}})
	right := b.commit(spec{msg: "right", at: day(2), parents: []string{root}})
	merge := b.commit(spec{msg: "merge", at: day(3), parents: []string{left, right}})
	tip := b.commit(spec{msg: "tip", at: day(4), parents: []string{merge}})
	b.branch("main", tip)
	b.branch("old", left)
	b.tag("v1", left, "Rel <rel@karst.example>", day(1))
	b.tag("v2", tip, "Rel <rel@karst.example>", day(5))
	b.write("refs/tags/light3", merge)

	mineRev := func(rev string) records {
		o := options()
		o.Rev = rev
		rs, err := mine(t, o, model.Repository{URL: b.dir, Branches: []string{"none of these"}}, model.Period{})
		require.NoError(t, err, rev)
		return rs
	}
	for rev, want := range map[string]string{
		"HEAD": tip, "@": tip, "main": tip, "old": left, "v1": left, "refs/tags/v2": tip, "heads/old": left,
		tip: tip, right[:12]: right, "HEAD~": merge, "HEAD~1": merge, "main~2": left, "main^^2": right, "v2^{}^": merge,
		"main~3": root, "HEAD^0": tip, "HEAD~0": tip, "v2^{commit}~1^2": right,
	} {
		assert.Equal(t, &model.Tip{Branch: rev, Commit: want}, mineRev(rev)[0].Tip, rev)
	}

	rs := mineRev("v1..v2")
	assert.Equal(t, []string{"right", "merge", "tip"}, rs.subjects())
	assert.Equal(t, merge, rs.commit(t, "right").Commit.Landed)
	assert.Equal(t, &model.Tip{Branch: "v2", Commit: tip}, rs[0].Tip)
	require.Len(t, rs.byRole(model.Releaser), 1, "only releases inside the range")
	assert.Equal(t, model.Artifact("release:v2"), rs.byRole(model.Releaser)[0].Artifact)
	assert.Equal(t, []string{"right", "merge", "tip"}, mineRev("old..").subjects())
	assert.Empty(t, mineRev("..old").subjects())

	for rev, want := range map[string]string{
		"v1...v2":                   "write a range as A..B",
		"v9":                        "it names no commit",
		"abc":                       "it names no commit",
		"ffffffff":                  "it names no commit",
		"HEAD~9":                    "has no parent 1",
		"main^3":                    "has no parent 3",
		"HEAD^{x}":                  "only ~N and ^N are supported",
		"HEAD~99999999999999999999": "too large a step",
		"v1..v9":                    `revision "v9"`,
		"@{u}":                      "it names no commit",
		"..":                        "",
	} {
		o := options()
		o.Rev = rev
		if rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{}); rev == ".." {
			assert.NoError(t, err)
			assert.Empty(t, records(rs).subjects())
		} else {
			assert.ErrorContains(t, err, want, rev)
		}
	}
}

// An abbreviation that fits two commits names neither; a blob in the way is none.
func TestAmbiguousRevision(t *testing.T) {
	b := newBuilder(t.TempDir())
	tip := b.commit(spec{msg: "tip", at: day(0)})
	b.branch("main", tip)
	o := options()
	o.Rev = tip[:8]
	b.forge(tip[:39]+otherDigit(tip[39]), "blob 1\x00a")
	_, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	b.forge(tip[:38]+otherDigit(tip[38])+"0", "commit 46\x00tree "+b.tree(nil)+"\n")
	assert.Contains(t, failure(t, o, model.Repository{URL: b.dir}), "is ambiguous; it could be "+tip[:16])
}

func otherDigit(c byte) string {
	if c == '0' {
		return "1"
	}
	return "0"
}
