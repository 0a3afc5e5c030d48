package affiliation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// cluster is a person as one roster states it, or what several of them come to.
type cluster struct {
	id     string // of a people document; "" where only tables know the person
	keys   []string
	claims []claim
}

// join makes persons of what all rosters state.
//
// People documents say who is one person, and tables add to that: entries that share an
// identity are one person. Three things join nobody, and are found instead: an
// identity under two entries of one table, as the table itself says that these are two;
// an entry that would make two persons of a people document one; an empty identity.
func (r *Roster) join(t *model.Tender, names *employers) {
	all := r.documented(t)
	owner := r.owners(all)
	maps.Copy(r.persons, owner)
	u := &union{}
	entries := r.entries(t, names, owner)
	for _, c := range entries {
		u.cluster(nodes(c.keys, owner))
	}
	for _, a := range r.aliases {
		from, to := identityKey(mailKey+a.From.Mail), identityKey(mailKey+a.To.Mail)
		if a.From.Name == "" && from != "" && to != "" && owned(owner, from, to) {
			u.cluster(nodes([]string{from, to}, owner))
		}
	}
	r.name(u, owner)
	r.employ(append(all, entries...))
	r.findLarge()
}

// nodes writes identities so that those of a person of a people document are that person.
func nodes(keys []string, owner map[string]string) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		if list[i] = k; owner[k] != "" {
			list[i] = documentKey + owner[k]
		}
	}
	return list
}

// documentKey stands before the id of a person of a people document where else an identity
// stands.
const documentKey = "\x00"

// owners returns the person of each identity that people documents list. A document that
// was read lists none twice; of one made by hand, the person with the first id has it.
func (r *Roster) owners(all []cluster) map[string]string {
	owner, several := make(map[string]string, 2*len(all)), map[string][]string{}
	for _, c := range all {
		for _, k := range c.keys {
			was, ok := owner[k]
			if owner[k] = c.id; ok && was != c.id {
				several[k] = append(several[k], was, c.id)
				owner[k] = min(was, c.id)
			}
		}
	}
	for k, ids := range several {
		slices.Sort(ids)
		r.find(SharedIdentity, k, fmt.Sprintf("people documents list it under %s; it is the first one's", strings.Join(slices.Compact(ids), ", ")))
	}
	return owner
}

// documented returns the persons of the people documents.
func (r *Roster) documented(t *model.Tender) []cluster {
	var list []cluster
	for _, p := range t.People {
		c := cluster{id: p.ID, keys: r.keysOf(p)}
		for _, e := range p.Employment {
			c.claims = append(c.claims, employment(e, e.Vendor, e.From, e.Until, cmp.Or(e.Level, model.Listed)))
		}
		list = append(list, c)
	}
	return list
}

// entries returns the people of tables, with the identities that may join them.
func (r *Roster) entries(t *model.Tender, names *employers, owner map[string]string) []cluster {
	var list []cluster
	for _, table := range t.Tables {
		shared := r.shared(table)
		for _, p := range table.People {
			c := cluster{keys: slices.DeleteFunc(r.keysOf(p), func(k string) bool { return shared[k] })}
			if !owned(owner, c.keys...) {
				r.find(SharedIdentity, cmp.Or(slices.Min(c.keys), p.ID), "a table joins identities that the people documents give to different persons; it joins nobody")
				c.keys = slices.DeleteFunc(c.keys, func(k string) bool { return owner[k] != "" })
			}
			for _, e := range p.Employment {
				for _, n := range names.resolve(e.Vendor, e.From, e.Until) {
					c.claims = append(c.claims, employment(e, n.vendor, n.from, n.until, cmp.Or(e.Level, model.Imported)))
				}
			}
			if len(c.keys) > 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

// shared returns the identities that a table lists under two entries.
func (r *Roster) shared(table model.Table) map[string]bool {
	seen, shared := map[string]bool{}, map[string]bool{}
	for _, p := range table.People {
		for _, k := range r.keysOf(p) {
			if seen[k] && !shared[k] {
				shared[k] = true
				r.find(SharedIdentity, k, "a table lists it under two persons; it is neither one's")
			}
			seen[k] = true
		}
	}
	return shared
}

// owned reports whether all of the identities that people documents list are one person's.
func owned(owner map[string]string, keys ...string) bool {
	first := ""
	for _, k := range keys {
		if id, ok := owner[k]; ok {
			if first != "" && first != id {
				return false
			}
			first = id
		}
	}
	return true
}

// name gives each joined person its key: the id of the people document's person among them,
// else the first address, else the first identity.
func (r *Roster) name(u *union, owner map[string]string) {
	members := map[int][]string{}
	for k := range u.index {
		members[u.root(k)] = append(members[u.root(k)], k)
	}
	for _, keys := range members {
		slices.Sort(keys)
		n := 0
		for n < len(keys) && strings.HasPrefix(keys[n], documentKey) {
			n++
		}
		person := ""
		switch n {
		case 0:
			person = firstMail(keys)
		case 1:
			person = strings.TrimPrefix(keys[0], documentKey)
		default:
			r.find(SharedIdentity, strings.TrimPrefix(keys[0], documentKey), "tables together join this person with others whom the people documents keep apart; they join nobody")
		}
		for _, k := range keys[n:] {
			r.persons[k] = cmp.Or(person, k) // who cannot be joined stays apart
		}
	}
}

// employ gives each person the claims of all entries.
func (r *Roster) employ(all []cluster) {
	claims := make(map[string][]claim, len(all))
	for _, c := range all {
		if c.id != "" {
			claims[c.id] = append(claims[c.id], c.claims...)
			continue
		}
		for _, id := range r.meant(c) {
			claims[id] = append(claims[id], c.claims...)
		}
	}
	for id, list := range claims {
		r.employed[id] = spans(list, r.evidence)
	}
}

// findLarge finds the persons with very many addresses.
func (r *Roster) findLarge() {
	mails := map[string]int{}
	for k, person := range r.persons {
		if strings.HasPrefix(k, mailKey) {
			mails[person]++
		}
	}
	for person, n := range mails {
		if n > mostMails {
			r.find(LargeCluster, person, fmt.Sprintf("%d mail addresses are one person's by the rosters; look whether they are", n))
		}
	}
}

// meant returns the persons that a table's entry is about: one, save where it could not be
// joined.
func (r *Roster) meant(c cluster) []string {
	var ids []string
	for _, k := range c.keys {
		ids = append(ids, r.persons[k])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// mostMails is how many addresses a person is taken to have without a remark.
const mostMails = 8

// firstMail returns the first mail address of sorted identities, else the first one.
func firstMail(keys []string) string {
	for _, k := range keys {
		if strings.HasPrefix(k, mailKey) {
			return k
		}
	}
	return keys[0]
}

// keysOf returns the identities of a person as they are compared, sorted.
func (r *Roster) keysOf(p model.Person) []string {
	var keys []string
	for _, id := range p.Identities {
		if k := identityKey(id); k != "" && !r.erased.Holds(k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func employment(e model.Employment, vendor string, from, until model.Date, l model.Level) claim {
	c := newClaim(vendor, from, until, l)
	c.Part.Part = int64(float64(e.Share()*model.Whole) + 0.5)
	return c
}

// union joins names into sets (Galler & Fischer 1964).
type union struct {
	index map[string]int
	up    []int
}

func (u *union) node(k string) int {
	if u.index == nil {
		u.index = map[string]int{}
	}
	i, ok := u.index[k]
	if !ok {
		i = len(u.up)
		u.index[k] = i
		u.up = append(u.up, i)
	}
	return i
}

// root returns the number of the set that a name is in.
func (u *union) root(k string) int { return u.find(u.node(k)) }

func (u *union) find(i int) int {
	for u.up[i] != i {
		u.up[i] = u.up[u.up[i]]
		i = u.up[i]
	}
	return i
}

// cluster puts names into one set.
func (u *union) cluster(keys []string) {
	for _, k := range keys {
		u.up[u.find(u.node(k))] = u.find(u.node(keys[0]))
	}
}

func (u *union) has(k string) bool {
	_, ok := u.index[k]
	return ok
}
