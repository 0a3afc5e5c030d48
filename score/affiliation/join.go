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
// person, in four steps of falling authority: the people documents, what persons confirm of
// the lists of vendors, the rest of these lists, and all other tables. What an earlier step
// keeps apart, a later one cannot join, and what it joins, a later one cannot split:
// otherwise a vendor could make one person of two of a rival's, or two of one.
//
// Where entries contradict each other, nobody is joined, and each identity keeps what is
// claimed of it: otherwise a false entry could take a true claim away. So it is with an
// identity under two entries of one table, as the table itself says that these are two.
func (r *Roster) join(t *model.Tender, names *employers, w *weigher) {
	all := r.documented(t)
	r.persons = r.owners(all)
	confirmed, listed, others := r.entries(t, names)
	r.step(confirmed, true)
	r.step(listed, true)
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
	r.employ(slices.Concat(all, confirmed, listed, others), w)
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

// entries returns the people of tables: those who confirm what a vendor lists, those whom
// vendors list, and all others.
func (r *Roster) entries(t *model.Tender, names *employers) (confirmed, listed, others []cluster) {
	for n, table := range t.Tables {
		shared := r.shared(table)
		for _, p := range table.People {
			c := cluster{keys: r.keysOf(p), table: n}
			if len(c.keys) == 0 {
				continue
			}
			c.joins = slices.DeleteFunc(slices.Clone(c.keys), func(k string) bool { return shared[k] })
			best := model.Imported
			for _, e := range p.Employment {
				level := cmp.Or(e.Level, model.Imported)
				if level.Reaches(best) {
					best = level
				}
				_, vendor := t.Vendors[e.Vendor]
				stands := []named{{e.Vendor, e.From, e.Until}} // in lists of vendors it is the short name
				if !level.Reaches(model.Listed) || !vendor {
					stands = names.resolve(e.Vendor, e.From, e.Until)
				}
				for _, n := range stands {
					c.claims = append(c.claims, employment(e, n.vendor, n.from, n.until, level))
				}
			}
			switch {
			case best.Reaches(model.Confirmed):
				confirmed = append(confirmed, c)
			case best.Reaches(model.Listed):
				listed = append(listed, c)
			default:
				others = append(others, c)
			}
		}
	}
	return confirmed, listed, others
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

// step joins entries among each other and with the persons that are known before. Those of
// vendors do so under the conditions of [apart].
func (r *Roster) step(entries []cluster, vendors bool) {
	u := &union{}
	nodes := make([][]string, len(entries)) // of each entry
	for i, c := range entries {
		for _, k := range c.joins {
			if id, ok := r.persons[k]; ok {
				k = personNode + id
			}
			nodes[i] = append(nodes[i], k)
		}
		slices.Sort(nodes[i])
		nodes[i] = slices.Compact(nodes[i])
		u.cluster(nodes[i])
	}
	var split map[int]bool
	if vendors {
		split = apart(u, entries, nodes)
	}
	r.name(u, split)
	for _, c := range entries {
		for _, k := range c.keys {
			if _, ok := r.persons[k]; !ok {
				r.persons[k] = k // shared, and nobody's
			}
		}
	}
}

// apart returns the sets that would join what is two: those that hold two entries of one
// table, and those whose entries, and the person that is known before, do not all share one
// identity. Where two have none in common, a third that lists one of each is all that joins
// them: it could give one rival's people to another, or to its own vendor.
func apart(u *union, entries []cluster, nodes [][]string) map[int]bool {
	split, size := map[int]bool{}, map[int]int{} // by set
	on, most := map[string]int{}, map[int]int{}  // entries by identity, and the largest of a set
	seen := map[[2]int]bool{}                    // set and table
	for i, c := range entries {
		if len(nodes[i]) == 0 {
			continue
		}
		set := u.root(nodes[i][0])
		split[set] = split[set] || seen[[2]int{set, c.table}]
		seen[[2]int{set, c.table}] = true
		size[set]++
		for _, k := range nodes[i] {
			if on[k] == 0 && strings.HasPrefix(k, personNode) {
				on[k]++
				size[set]++
			}
			on[k]++
			most[set] = max(most[set], on[k])
		}
	}
	for set, n := range size {
		split[set] = split[set] || most[set] < n
	}
	return split
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
			r.find(SharedIdentity, strings.TrimPrefix(keys[0], personNode), "rosters join this person with others whom better evidence, the same roster, or the lists of others keep apart; they join nobody")
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
func (r *Roster) employ(all []cluster, w *weigher) {
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
		r.employed[id] = w.spans(list)
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
		if k := identityKey(id); k != "" && !r.erased.Holds(k) && !r.erased.Holds(id) { // as written, too
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
