package git

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// roleHistory commits one version of the files a day.
func roleHistory(t *testing.T, versions ...map[string]string) (*builder, []string) {
	b := newBuilder(t.TempDir())
	var parents, all []string
	for i, files := range versions {
		parents = []string{b.commit(spec{msg: fmt.Sprint("version ", i), at: day(i), parents: parents, files: files})}
		all = append(all, parents[0])
	}
	b.branch("main", parents[0])
	return b, all
}

type listed struct {
	file, who   string
	from, until int // days; -1 is open
}

func listedIn(rs records) (out []listed) {
	for _, c := range rs.byRole(model.Maintainer) {
		l := listed{c.Artifact.Name(), c.Actor.Name + c.Actor.Login, int(c.At.Sub(day(0)) / (24 * time.Hour)), -1}
		if !c.Until.IsZero() {
			l.until = int(c.Until.Sub(day(0)) / (24 * time.Hour))
		}
		out = append(out, l)
	}
	return out
}

func TestRoles(t *testing.T) {
	m := func(s string) map[string]string { return map[string]string{"MAINTAINERS": s, "a": s} }
	b, all := roleHistory(t,
		map[string]string{"a": "0"},
		m("Ann <ann@karst.example>\n"),
		m("Ann <ann@karst.example>\nBob <bob@weir.example>\n"),
		m("Bob <bob@weir.example>\n"),
		m("Bob <bob@weir.example>\nAnn <ann@karst.example>\n"),
		map[string]string{"a": "0"},
	)
	want := []listed{{"MAINTAINERS", "Ann", 1, 3}, {"MAINTAINERS", "Ann", 4, 5}, {"MAINTAINERS", "Bob", 2, 5}}
	rs := mineAll(t, b)
	assert.Equal(t, want, listedIn(rs))
	assert.Equal(t, model.Complete, rs.coverage(t)[model.RoleFacts].State)

	within, err := mine(t, options(), model.Repository{URL: b.dir}, model.Period{Since: day(3), Until: day(4)})
	require.NoError(t, err)
	assert.Equal(t, want[2:], listedIn(within), "Ann was dropped as the period began, and listed again as it ended")
	o := options()
	o.Rev = all[3] + ".." + all[4]
	within, err = mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, []listed{{"MAINTAINERS", "Ann", 4, -1}, {"MAINTAINERS", "Bob", 2, -1}}, listedIn(within), "only what touches the range")

	b.remove(b.object("blob", "Bob <bob@weir.example>\n"))
	rs = mineAll(t, b)
	assert.Equal(t, []listed{{"MAINTAINERS", "Ann", 1, 5}, {"MAINTAINERS", "Bob", 2, 5}}, listedIn(rs))
	assert.Equal(t, model.Coverage{Kind: model.RoleFacts, State: model.Partial, Reason: "1 version of a role file or folder is absent or unreadable"}, rs.coverage(t)[model.RoleFacts])

	rs = mineAll(t, func() *builder { b, _ := small(t); return b }())
	assert.Empty(t, rs.byRole(model.Maintainer))
	assert.Equal(t, model.Complete, rs.coverage(t)[model.RoleFacts].State)
}

func TestOwners(t *testing.T) {
	b, _ := roleHistory(t,
		map[string]string{"OWNERS": "approvers:\n- leads\n", "OWNERS_ALIASES": "aliases:\n  leads:\n  - ann\n  - bob\n", "x/OWNERS": "approvers:\n- cid\n"},
		map[string]string{"OWNERS": "approvers:\n- leads\n", "OWNERS_ALIASES": "aliases:\n  leads:\n  - bob\n  - dan\n", "x/OWNERS": "approvers:\n- cid\n"},
		map[string]string{"OWNERS": "approvers:\n- leads\n- cid\n", "OWNERS_ALIASES": "aliases:\n  leads:\n  - bob\n  - dan\n"},
	)
	assert.Equal(t, []listed{
		{"OWNERS", "ann", 0, 1}, {"OWNERS", "bob", 0, -1}, {"OWNERS", "cid", 2, -1}, {"OWNERS", "dan", 1, -1},
		{"x/OWNERS", "cid", 0, 2},
	}, listedIn(mineAll(t, b)))
}

// Who was listed and dropped at one and the same instant was not listed.
func TestRolesOfOneInstant(t *testing.T) {
	b := newBuilder(t.TempDir())
	one := b.commit(spec{msg: "one", at: day(5), files: map[string]string{"MAINTAINERS": "Ann <ann@karst.example>\n"}})
	two := b.commit(spec{msg: "two", at: day(3), parents: []string{one}, files: map[string]string{"MAINTAINERS": "Bob <bob@weir.example>\n"}})
	b.branch("main", two)
	assert.Equal(t, []listed{{"MAINTAINERS", "Bob", 5, -1}}, listedIn(mineAll(t, b)))
}

func TestMailmap(t *testing.T) {
	b := newBuilder(t.TempDir())
	files := map[string]string{".mailmap": "Ann Lee <ann@karst.example> <Old@karst.example>\n"}
	b.branch("main", b.commit(spec{msg: "one", at: day(0), files: files}))
	rs := mineAll(t, b)
	want := &model.Alias{From: model.Identity{Mail: "old@karst.example"}, To: model.Identity{Name: "Ann Lee", Mail: "ann@karst.example"}}
	assert.Equal(t, want, rs[1].Alias)
	b.remove(b.object("blob", files[".mailmap"]))
	assert.Equal(t, model.Coverage{Kind: model.CommitFacts, State: model.Partial, Reason: ".mailmap is absent or unreadable"}, mineAll(t, b).coverage(t)[model.CommitFacts])
	b.branch("main", b.commit(spec{msg: "one", at: day(0), files: map[string]string{".mailmap": "link:/etc/passwd"}}))
	assert.Nil(t, mineAll(t, b)[1].Alias)
}

func TestReleases(t *testing.T) {
	b, all := small(t)
	b.tag("v1", all[0], "Rel <rel@karst.example>", day(1))
	b.tag("v0.9", all[1], "Rel <rel@karst.example>", day(-9))   // before its own commit
	b.tag("v2", all[1], "Rel <rel@karst.example>", day(20_000)) // after the mining
	b.tag("stable", all[0], "Rel <rel@karst.example>", day(2))
	b.write("refs/tags/v3-blob", b.object("blob", "a key"))
	names := func(rs records) (out []string) {
		for _, c := range rs.byRole(model.Releaser) {
			out = append(out, fmt.Sprint(c.Artifact.Name(), " ", int(c.At.Sub(day(0))/(24*time.Hour))))
		}
		return out
	}
	rs := mineAll(t, b)
	assert.Equal(t, []string{"v0.9 1", "v1 1", "v2 1"}, names(rs))
	assert.Equal(t, model.Complete, rs.coverage(t)[model.ReleaseFacts].State)

	b.write("refs/tags/v4", all[2])
	b.tag("v5", all[2], "", day(0))
	assert.Equal(t, "2 of 5 version tags name nobody", mineAll(t, b).coverage(t)[model.ReleaseFacts].Reason)
	in, err := mine(t, options(), model.Repository{URL: b.dir}, model.Period{Since: day(2), Until: day(3)})
	require.NoError(t, err)
	assert.Empty(t, names(in))
	assert.Equal(t, model.Coverage{Kind: model.ReleaseFacts, State: model.Unavailable, Reason: "2 of 2 version tags name nobody"}, records(in).coverage(t)[model.ReleaseFacts])
	in, err = mine(t, options(), model.Repository{URL: b.dir}, model.Period{Since: day(5), Until: day(6)})
	require.NoError(t, err)
	assert.Equal(t, model.Complete, records(in).coverage(t)[model.ReleaseFacts].State, "no release in the period")

	b.write("refs/tags/v6", "1111111111111111111111111111111111111111")
	assert.Equal(t, "2 of 5 version tags name nobody; 1 tag is unreadable", mineAll(t, b).coverage(t)[model.ReleaseFacts].Reason)
}
