package score

import (
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Whoever runs a forge can write into it what it likes, and take it out. What a forge
// states of the people of the vendor that runs it therefore counts only where git, of
// which everybody has a copy, shows the same. It is a rule on one's own people alone:
// what others did there would not be worth less to them.

// operators finds for each repository the vendors that run its forge: those whose mail
// domain or stated host is the host's name or the end of it.
func (b *bench) operators() map[int32][]string {
	found := map[int32][]string{}
	for _, r := range b.tender.Projects[b.project].Repositories {
		repo, ok := b.repos.find(r.URL)
		host := hostOf(r.Address())
		if !ok || host == "" {
			continue
		}
		for id, v := range b.tender.Vendors {
			if runs(v, host) {
				found[repo] = append(found[repo], id)
			}
		}
	}
	return found
}

// hostOf returns the host of an address, also of one like git@host:path; "" without one.
func hostOf(address string) string {
	host := ""
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Hostname()
	} else if before, _, ok := strings.Cut(address, ":"); ok && !strings.ContainsAny(before, "/\\") && len(before) > 1 {
		host = before[strings.LastIndex(before, "@")+1:]
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func runs(v model.Vendor, host string) bool {
	names := v.Hosts
	for _, d := range v.Domains {
		names = append(names[:len(names):len(names)], d.Name)
	}
	for _, name := range names {
		if name = strings.ToLower(name); host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}

// findAttested finds whom git shows at the changes of a forge that a vendor runs.
func (b *bench) findAttested() {
	b.operator = b.operators()
	if len(b.operator) == 0 {
		return
	}
	b.attested = map[[2]int32]bool{}
	for i := range b.acts.n {
		a := b.acts.at(i)
		c := b.changeOf[a.commit]
		if c < 0 || b.person[a.ident] < 0 {
			continue
		}
		k := b.commits.at(a.commit)
		switch role := b.role(a); {
		case role == model.Author && k.flags&isMerge == 0, role == model.CoAuthor, role == model.Signer, role == model.Reporter:
			continue // what a change's own people did is in git anyway
		}
		b.attested[[2]int32{b.person[a.ident], c}] = true
	}
}

// controlled reports whether only the forge that the actor's own vendor runs attests an
// act. Tags and role files are git's.
func (b *bench) controlled(o *other) bool {
	thing := b.stated.things.list[o.thing]
	vendors := b.operator[thing.repo]
	if len(vendors) == 0 || b.person[o.ident] < 0 || b.nature[o.ident] != human || !b.ofForge(o) {
		return false
	}
	if c := b.stated.changeOf(o); c >= 0 && (b.stated.roleOf(o) == model.Author && len(b.fates[c].commits) > 0 || b.attested[[2]int32{b.person[o.ident], c}]) {
		return false
	}
	at := seconds(b.otherTime(o))
	group := b.group(o.ident, at)
	for _, v := range vendors {
		if group != "" && b.roster.Group(v, at) == group {
			return true
		}
	}
	return false
}

// ofForge reports whether a forge states an act: git knows no accounts.
func (b *bench) ofForge(o *other) bool {
	role := b.stated.roleOf(o)
	return role != model.Maintainer && (role != model.Releaser || b.idents.list[o.ident].Account != "")
}
