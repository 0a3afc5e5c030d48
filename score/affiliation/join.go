package affiliation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// cluster is a person as one roster states it.
type cluster struct {
	id     string   // of a people document; "" in tables, which have none that last
	keys   []string // of the identities, sorted
	joins  []string // those of them that make it one person with other entries
	claims []claim
	table  int
}

// join makes persons of what all rosters state. Entries that share an identity are one
// person, in three steps of falling authority: the people documents, the signed lists of
// vendors, and all other tables. What an earlier step keeps apart, a later one cannot join:
// otherwise a vendor could make one person of two of a rival's.
//
// Where entries contradict each other, nobody is joined, and each identity keeps what is
// claimed of it: otherwise a false entry could take a true claim away. So it is with an
// identity under two entries of one table, as the table itself says that these are two.
func (r *Roster) join(t *model.Tender, names *employers) {
	all := r.documented(t)
	r.persons = r.owners(all)
	vendors, others := r.entries(t, names)
	r.step(vendors, true)
	r.firm = map[string]bool{}
	for _, person := range r.persons {
		r.firm[person] = true
	}
	for _, a := range r.aliases {
		from, to := identityKey(mailKey+a.From.Mail), identityKey(mailKey+a.To.Mail)
		if a.From.Name == "" && from != "" && to != "" {
			keys := []string{from, to}
			others = append(others, cluster{keys: keys, joins: keys})
		}
	}
	r.step(others, false)
	r.employ(slices.Concat(all, vendors, others))
	r.findLarge()
}

// together returns the person behind addresses that aliases join, of which one is the
// canonical: whoever the people documents or a vendor's list name, else whom tables list
// under the canonical one, else under the first. It is "" where two are named for sure,
// or nobody is.
func (r *Roster) together(mails []string, canonical string) string {
	sure, listed := "", r.persons[mailKey+canonical]
	for _, mail := range mails {
		id := r.persons[mailKey+mail]
		switch {
		case id == "":
		case r.firm[id] && sure != "" && sure != id:
			return ""
		case r.firm[id]:
			sure = id
		}
		listed = cmp.Or(listed, id)
	}
	return cmp.Or(sure, listed)
}

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

// entries returns the people of tables: those that vendors list, and all others.
func (r *Roster) entries(t *model.Tender, names *employers) (vendors, others []cluster) {
	for n, table := range t.Tables {
		shared := r.shared(table)
		for _, p := range table.People {
			c := cluster{keys: r.keysOf(p), table: n}
			if len(c.keys) == 0 {
				continue
			}
			c.joins = slices.DeleteFunc(slices.Clone(c.keys), func(k string) bool { return shared[k] })
			listed := false
			for _, e := range p.Employment {
				level := cmp.Or(e.Level, model.Imported)
				listed = listed || level.Reaches(model.Listed)
				for _, n := range names.resolve(e.Vendor, e.From, e.Until) {
					c.claims = append(c.claims, employment(e, n.vendor, n.from, n.until, level))
				}
			}
			if listed {
				vendors = append(vendors, c)
			} else {
				others = append(others, c)
			}
		}
	}
	return vendors, others
}

// shared returns the identities that a table lists under two entries.
func (r *Roster) shared(table model.Table) map[string]bool {
	seen, shared := map[string]bool{}, map[string]bool{}
	for _, p := range table.People {
		for _, k := range r.keysOf(p) {
			if seen[k] && !shared[k] {
				shared[k] = true
				r.find(SharedIdentity, k, "a table lists it under two persons; it makes them no one person")
			}
			seen[k] = true
		}
	}
	return shared
}

// personNode stands before a person's key where else an identity stands.
const personNode = "\x00"

// step joins entries among each other and with the persons that are known before. With
// persons, two entries of one table are two persons.
func (r *Roster) step(entries []cluster, persons bool) {
	u := &union{}
	for _, c := range entries {
		nodes := make([]string, 0, len(c.joins))
		for _, k := range c.joins {
			if id, ok := r.persons[k]; ok {
				k = personNode + id
			}
			nodes = append(nodes, k)
		}
		u.cluster(nodes)
	}
	apart := map[int]bool{} // sets that would join what is two
	if persons {
		first := map[[2]int]string{} // set and table → an entry of it
		for _, c := range entries {
			for _, k := range c.joins {
				if id, ok := r.persons[k]; ok {
					k = personNode + id
				}
				set := u.root(k)
				entry := strings.Join(c.keys, "\x00")
				if was, ok := first[[2]int{set, c.table}]; ok && was != entry {
					apart[set] = true
				}
				first[[2]int{set, c.table}] = entry
			}
		}
	}
	r.name(u, apart)
	for _, c := range entries {
		for _, k := range c.keys {
			if _, ok := r.persons[k]; !ok {
				r.persons[k] = k // shared, and nobody's
			}
		}
	}
}

// name gives the identities of each set their person: the one that was known before, else
// the first address, else the first identity. Those of a set that would join what is two
// stay apart.
func (r *Roster) name(u *union, apart map[int]bool) {
	sets := map[int][]string{}
	for k := range u.index {
		sets[u.root(k)] = append(sets[u.root(k)], k)
	}
	for set, keys := range sets {
		slices.Sort(keys)
		known := 0
		for known < len(keys) && strings.HasPrefix(keys[known], personNode) {
			known++
		}
		person := ""
		switch {
		case known > 1 || apart[set]:
			r.find(SharedIdentity, strings.TrimPrefix(keys[0], personNode), "rosters join this person with others whom better evidence, or the same roster, keeps apart; they join nobody")
		case known == 1:
			person = strings.TrimPrefix(keys[0], personNode)
		default:
			person = firstMail(keys)
		}
		for _, k := range keys[known:] {
			r.persons[k] = cmp.Or(person, k)
		}
	}
}

// employ gives each person the claims of all entries: an entry that joins nobody speaks of
// each of its identities.
func (r *Roster) employ(all []cluster) {
	claims := make(map[string][]claim, len(all))
	for _, c := range all {
		ids := []string{c.id}
		if c.id == "" {
			ids = r.meant(c)
		}
		for _, id := range ids {
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
