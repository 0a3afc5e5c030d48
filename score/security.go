package score

import (
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// security says what the advisories of the window pay for.
type security struct {
	fixes map[[2]int32][]int64 // unit and author → when the advisories that it earns for were published
	helps map[int32]int64      // credit in an advisory, by its act → when that was published
	cited map[int32]bool       // units that an advisory of the window cites: they pay no upkeep
}

// mends are the words for a credit, of OSV's and of GitHub's schema, that say that
// somebody worked on mending a vulnerability. Finding and reporting one is no
// maintenance, nor is sponsoring it.
var mends = [...]string{"remediation_developer", "remediation_reviewer", "remediation_verifier", "coordinator", "analyst"}

// mended is the best that a person did for one identifier.
type mended struct {
	amount int64
	unit   int32 // -1 for a credit in the advisory
	act    int32
}

// findSecurity finds for each identifier and person what earns most: a credit in the
// advisory, or the share of a change that it cites. An identifier counts from its
// first publication, under whichever of its names, and only in the window; so do the
// changes that it cites.
func (b *bench) findSecurity() {
	b.security = security{map[[2]int32][]int64{}, map[int32]int64{}, map[int32]bool{}}
	same := b.identifiers()
	published := map[int32]int64{}
	for n, a := range b.stated.advisories {
		if at, ok := published[same[n]]; !ok || a.published < at {
			published[same[n]] = a.published
		}
	}
	best := map[[2]int32]mended{} // by identifier and person
	var order [][2]int32
	offer := func(identifier, person int32, m mended) {
		key := [2]int32{identifier, person}
		was, ok := best[key]
		if !ok {
			order = append(order, key)
		}
		if !ok || m.amount > was.amount {
			best[key] = m
		}
	}
	b.findHelps(same, published, offer)
	for n := range b.stated.advisories {
		if b.window.Holds(seconds(published[same[n]])) {
			b.findFixes(n, same[n], offer)
		}
	}
	for _, key := range order {
		m, at := best[key], published[key[0]]
		if m.unit < 0 {
			b.security.helps[m.act] = at
			continue
		}
		fix := [2]int32{m.unit, key[1]}
		b.security.fixes[fix] = append(b.security.fixes[fix], at)
	}
}

// identifiers numbers the advisories so that those which share a name, such as a CVE
// that two repositories answer, have the same number: the lowest of them.
func (b *bench) identifiers() []int32 {
	up := make([]int32, len(b.stated.advisories))
	root := func(n int32) int32 {
		for up[n] != n {
			up[n] = up[up[n]]
			n = up[n]
		}
		return n
	}
	named := map[string]int32{}
	for n, a := range b.stated.advisories {
		up[n] = int32(n)
		names := append([]string{b.stated.things.list[a.thing].artifact.Name()}, a.aliases...)
		for _, name := range names {
			name = strings.ToUpper(name)
			if first, ok := named[name]; ok {
				x, y := root(first), root(int32(n))
				up[max(x, y)] = min(x, y)
			} else {
				named[name] = int32(n)
			}
		}
	}
	for n := range up {
		up[n] = root(int32(n))
	}
	return up
}

// findHelps offers the credits that advisories give.
func (b *bench) findHelps(same []int32, published map[int32]int64, offer func(int32, int32, mended)) {
	s := &b.stated
	for n := range s.others.n {
		o := s.others.at(n)
		if o.rule != noRule || s.artifactOf(o).Kind() != model.AdvisoryArtifact || s.detail[o.thing] < 0 || !s.mending(o) {
			continue
		}
		identifier := same[s.detail[o.thing]]
		if !b.window.Holds(seconds(published[identifier])) {
			o.rule = ruleWindow
			continue
		}
		offer(identifier, b.person[o.ident], mended{model.Whole, -1, b.acts.n + n})
	}
}

// mending reports whether a credit is for work on mending: the word for it decides,
// whatever role a source puts it into.
func (s *stated) mending(o *other) bool {
	verb := strings.ReplaceAll(strings.ToLower(s.verbs.list[o.verb]), "-", "_")
	for _, m := range mends {
		if verb == m {
			return s.roleOf(o) == model.Remediator || s.roleOf(o) == model.Reporter
		}
	}
	return false
}

// findFixes offers the shares of the changes that an advisory cites.
func (b *bench) findFixes(n int, identifier int32, offer func(int32, int32, mended)) {
	a := b.stated.advisories[n]
	repo := b.stated.things.list[a.thing].repo
	for _, fix := range a.fixes {
		unit := b.unitNamed(repo, fix)
		if unit < 0 {
			continue
		}
		b.security.cited[unit] = true
		u := &b.units[unit]
		for k, person := range u.authors {
			offer(identifier, person, mended{u.share(k), unit, u.credit[k]})
		}
	}
}

// unitNamed returns the unit of a commit or change of a repository, -1 for none.
func (b *bench) unitNamed(repo int32, a model.Artifact) int32 {
	switch a.Kind() {
	case model.CommitArtifact:
		if h, err := parseHash(a.Name()); err == nil {
			if i, ok := b.index.find(h); ok {
				return b.unitWith(i)
			}
		}
	case model.ChangeArtifact:
		if t, ok := b.stated.things.find(thing{repo, a}); ok && b.stated.detail[t] >= 0 {
			return b.fates[b.stated.detail[t]].unit
		}
	}
	return -1
}

// unitWith returns the unit of a commit, of the work that it repeats, or of what a
// merge brought in as one change; -1 for none.
func (b *bench) unitWith(i int32) int32 {
	i = b.root(i)
	if c := b.changeOf[i]; c >= 0 {
		return b.fates[c].unit
	}
	if at, ok := b.merged[i]; ok {
		for _, u := range b.merges[at].units {
			if b.units[u].key.kind == 3 {
				return u
			}
		}
	}
	return b.unitOf[i]
}

// weighHelp credits who helped to mend a vulnerability.
func (b *bench) weighHelp(i int32, o *other) {
	at, ok := b.security.helps[i]
	switch {
	case ok:
		b.credit(i, b.who(i), model.Security, at, model.Whole)
	case b.stated.mending(o):
		b.ruled(i, ruleUnit, b.subject(i))
	default:
		b.ruled(i, ruleContext, -1)
	}
}
