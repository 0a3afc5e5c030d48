package git

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// Commits come in with the first-parent commit that brings them, and are stated
// in the order in which they came in.
func TestLandingOverMerges(t *testing.T) {
	b := newBuilder(t.TempDir())
	root := b.commit(spec{msg: "root", at: day(0)})
	side1 := b.commit(spec{msg: "side 1", at: day(1), parents: []string{root}})
	side2 := b.commit(spec{msg: "side 2", at: day(2), parents: []string{side1}})
	main1 := b.commit(spec{msg: "main 1", at: day(3), parents: []string{root}})
	merge := b.commit(spec{msg: "merge", at: day(4), parents: []string{main1, side2}})
	late := b.commit(spec{msg: "late", at: day(5), parents: []string{side2}})
	tip := b.commit(spec{msg: "second merge", at: day(6), parents: []string{merge, late}})
	b.branch("main", tip)

	rs := mineAll(t, b)
	assert.Equal(t, []string{"root", "main 1", "side 1", "side 2", "merge", "late", "second merge"}, rs.subjects())
	for subject, want := range map[string]struct {
		landed string
		merge  bool
		at     time.Time
	}{
		"root": {root, false, day(0)}, "main 1": {main1, false, day(3)},
		"side 1": {merge, true, day(4)}, "side 2": {merge, true, day(4)}, "merge": {merge, true, day(4)},
		"late": {tip, true, day(6)}, "second merge": {tip, true, day(6)},
	} {
		c := rs.commit(t, subject)
		assert.Equal(t, want.landed, c.Commit.Landed, subject)
		assert.Equal(t, want.merge, c.Commit.LandedMerge, subject)
		assert.Equal(t, want.at, c.At, subject)
		assert.Equal(t, []string{"main"}, c.Commit.Branches, subject)
	}
	assert.Equal(t, []string{main1, side2}, rs.commit(t, "merge").Commit.Parents)
	assert.Nil(t, rs.commit(t, "merge").Commit.Files, "of a merge no files are stated")
	assert.Len(t, rs.byRole(model.Committer), 7, "merges too have a committer")
}

// Of several branches the earliest acceptance counts, and of equal ones the
// default branch's, then the first by name.
func TestLandingOnSeveralBranches(t *testing.T) {
	b := newBuilder(t.TempDir())
	root := b.commit(spec{msg: "root", at: day(0)})
	fix := b.commit(spec{msg: "fix", at: day(1), parents: []string{root}})
	toMain := b.commit(spec{msg: "to main", at: day(9), parents: []string{root, fix}})
	toOld := b.commit(spec{msg: "to 1.x", at: day(5), parents: []string{root, fix}})
	both := b.commit(spec{msg: "both", at: day(1), parents: []string{root}})
	b.branch("main", toMain)
	b.branch("1.x", toOld)
	b.branch("2.x", b.commit(spec{msg: "to 2.x", at: day(7), parents: []string{root, both}}))
	b.branch("3.x", b.commit(spec{msg: "to 3.x", at: day(7), parents: []string{root, both}}))
	b.branch("other", b.commit(spec{msg: "elsewhere", at: day(7), parents: []string{root}}))

	rs := mineAll(t, b, "?.x", "main")
	assert.NotContains(t, rs.subjects(), "elsewhere")
	c := rs.commit(t, "fix")
	assert.Equal(t, day(5), c.At)
	assert.Equal(t, toOld, c.Commit.Landed)
	assert.Equal(t, []string{"1.x", "main"}, c.Commit.Branches)
	assert.Equal(t, rs.commit(t, "to 2.x").Commit.Landed, rs.commit(t, "both").Commit.Landed)
	assert.Equal(t, []string{"1.x", "2.x", "3.x", "main"}, rs.commit(t, "root").Commit.Branches)
	assert.Equal(t, toMain, rs.commit(t, "to main").Commit.Landed)
	assert.Equal(t, []string{"root", "fix", "to 1.x", "both", "to 2.x", "to 3.x", "to main"}, rs.subjects(), "by time, whatever the branch")

	var tips []string
	for _, r := range rs {
		if r.Tip != nil {
			tips = append(tips, r.Tip.Branch)
		}
	}
	assert.Equal(t, []string{"main", "1.x", "2.x", "3.x"}, tips, "the default branch first")

	root2 := b.commit(spec{msg: "to main again", at: day(5), parents: []string{root, fix}})
	b.branch("main", root2)
	assert.Equal(t, root2, mineAll(t, b, "1.x", "main").commit(t, "fix").Commit.Landed, "the default branch wins a tie")
}

// believed on its own: what a line's dates become.
// Many branches on few commits cost what they hold, not its square.
func TestLandingOnManyBranches(t *testing.T) {
	b := newBuilder(t.TempDir())
	all := b.chain(60)
	b.branch("main", all[59])
	var packed strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&packed, "%s refs/heads/topic%04d\n", all[i%60], i)
	}
	b.write("packed-refs", packed.String())
	start := time.Now()
	rs := mineAll(t, b, "*")
	assert.Less(t, time.Since(start), 4*time.Second)
	assert.Len(t, rs.commit(t, "step 0").Commit.Branches, 4001)
	last := rs.commit(t, "step 59").Commit.Branches
	assert.Len(t, last, 67)
	assert.Equal(t, []string{"main", "topic0059", "topic0119"}, last[:3])
}

func TestBelieved(t *testing.T) {
	until, now := int64(1000), int64(2000)
	period := model.Period{Until: time.Unix(until, 0)}
	for _, c := range []struct {
		name        string
		period      model.Period
		dates, want []int64
	}{
		{"in order", period, []int64{10, 20, 30}, []int64{10, 20, 30}},
		{"running maximum", period, []int64{10, 30, 20, 40}, []int64{10, 30, 30, 40}},
		{"unreadable", period, []int64{0, 10, 0, 20}, []int64{0, 10, 10, 20}},
		{"contradicted by a later one", period, []int64{10, 1500, 20}, []int64{10, 10, 20}},
		{"at the end, contradicted", period, []int64{10, 1000, 20}, []int64{10, 10, 20}},
		{"not contradicted", period, []int64{10, 1500, 1400}, []int64{10, 1500, 1500}},
		{"beyond the mining, but the period ends before", period, []int64{10, 2500}, []int64{10, 2500}},
		{"beyond the mining", model.Period{}, []int64{10, 2500, 2600}, []int64{10, 10, 10}},
		{"before the mining", model.Period{}, []int64{10, 1500, 20}, []int64{10, 1500, 1500}},
		{"period ends after the mining", model.Period{Until: time.Unix(9000, 0)}, []int64{10, 2500}, []int64{10, 10}},
		{"empty", period, nil, []int64{}},
	} {
		m := &mining{period: c.period, now: time.Unix(now, 0)}
		assert.Equal(t, c.want, m.believed(c.dates), c.name)
	}
}

func TestAbsurdDates(t *testing.T) {
	b := newBuilder(t.TempDir())
	parent := b.commit(spec{msg: "absurd", when: "99999999999999999999 +0000"})
	for i, when := range []string{"-5 +0000", "nonsense", fmt.Sprint(day(3).Unix(), " +9999"), fmt.Sprint(day(90_000).Unix(), " +0000"), fmt.Sprint(day(4).Unix(), " -0130")} {
		parent = b.commit(spec{msg: fmt.Sprint("commit ", i), when: when, parents: []string{parent}})
	}
	b.branch("main", parent)
	rs := mineAll(t, b)
	assert.Equal(t, time.Unix(0, 0).UTC(), rs.commit(t, "absurd").At)
	assert.True(t, rs.commit(t, "absurd").Commit.Authored.IsZero())
	assert.Equal(t, rs.commit(t, "commit 2").At, rs.commit(t, "commit 3").At, "a date after the mining is not believed")
	assert.Equal(t, day(4), rs.commit(t, "commit 4").At)
	assert.Equal(t, time.UTC, rs.commit(t, "commit 4").At.Location())
}

func TestPeriodDecidesDetail(t *testing.T) {
	b := newBuilder(t.TempDir())
	msg := "\n\nReviewed-by: Rev <rev@karst.example>\nCo-authored-by: Col <col@karst.example>\nCo-authored-by: Col <col@karst.example>"
	var parents []string
	for i := range 4 {
		parents = []string{b.commit(spec{msg: fmt.Sprint("commit ", i, msg), at: day(i), parents: parents, files: map[string]string{"a": fmt.Sprint(i)}})}
	}
	b.branch("main", parents[0])
	rs, err := mine(t, options(), model.Repository{URL: b.dir}, model.Period{Since: day(1), Until: day(3)})
	require.NoError(t, err)
	var seen []string
	for _, r := range rs {
		if c := r.Contribution; c != nil {
			seen = append(seen, fmt.Sprint(c.Commit.Subject, " ", c.Role, " ", c.Actor.Name, " ", c.Commit.Files != nil))
		}
	}
	assert.Equal(t, []string{
		"commit 0 author Ann false", "commit 0 committer Con false",
		"commit 1 author Ann true", "commit 1 committer Con true", "commit 1 reviewer Rev true", "commit 1 co-author Col true",
		"commit 2 author Ann true", "commit 2 committer Con true", "commit 2 reviewer Rev true", "commit 2 co-author Col true",
		"commit 3 author Ann false", "commit 3 committer Con false",
	}, seen)
	for i, r := range rs[1:] {
		if a, b := rs[i].Contribution, r.Contribution; a != nil && b != nil && a.Artifact == b.Artifact {
			assert.Same(t, a.Commit, b.Commit)
		}
	}
}
