package git

import (
	"cmp"
	"slices"
	"sync"
)

const (
	// A change with more own commits than this is not followed any further. Forges
	// rebase far fewer at once, GitHub a hundred; a change with that many has another
	// project's history in it, or comes from a branch that is not declared. Without a
	// bound, thousands of changes against such a branch would each bring all of it.
	mostOwn = 1000
	// Of one commit at most this many forms on branches are stated, the earliest.
	mostForms = 64
)

// owned are the commits that no declared branch holds but changes lead to. They are
// read once each and by need, by many workers at once, and never enter the graph: what
// is stated of the branches cannot depend on them. Of each some 200 bytes are kept.
//
// What comes out for a change hangs on its own history and the branches alone,
// neither on other changes nor on who was fast.
type owned struct {
	m     *mining
	forms []form // by author, subject and place

	mu    sync.Mutex
	known map[hash]*ownCommit
}

// form is a commit on a branch, by what it has in common with its other forms.
type form struct {
	author, subject uint64
	place           int32 // in the order in which commits are stated
}

func (a form) compare(b form) int {
	return cmp.Or(cmp.Compare(a.author, b.author), cmp.Compare(a.subject, b.subject), cmp.Compare(a.place, b.place))
}

// ownCommit is one such commit. All but its name and number is set by read.
type ownCommit struct {
	id     hash
	number int32 // in the order in which they were met, which says nothing
	once   sync.Once

	state     state
	committed int64
	parents   []*ownCommit // without those that a branch holds
	forms     []form       // its forms on branches
}

func (m *mining) newOwned() *owned {
	o := &owned{m: m, known: map[hash]*ownCommit{}, forms: make([]form, 0, len(m.landing.order))}
	for place, i := range m.landing.order {
		if k := m.graph.keys[i]; k.Author != 0 {
			o.forms = append(o.forms, form{k.Author, k.Subject, int32(place)})
		}
	}
	slices.SortFunc(o.forms, form.compare)
	return o
}

// held returns the number of a commit that a declared branch holds. One that is gone
// counts as held: only a branch, or a range's beginning, leads there.
func (o *owned) held(h hash) (int32, bool) {
	i, ok := o.m.graph.index[h]
	return i, ok && (o.m.landing.by[i] >= 0 || o.m.graph.state[i]&gone != 0)
}

// commit returns the commit of a name.
func (o *owned) commit(h hash) *ownCommit {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.known[h]
	if c == nil {
		c = &ownCommit{id: h, number: int32(len(o.known))}
		o.known[h] = c
	}
	return c
}

// read reads a commit, unless that was done before.
func (o *owned) read(w *worker, c *ownCommit) {
	c.once.Do(func() {
		l := o.m.link(w.read, c.id, false)
		if l.err != nil {
			c.state = gone
			return
		}
		c.committed, c.forms = l.committed, o.formsOf(l.keys.Author, l.keys.Subject)
		if o.m.repo.shallow[c.id] && len(l.parents) > 0 {
			c.state = shallow
			return
		}
		for _, p := range l.parents {
			if _, held := o.held(p); !held {
				c.parents = append(c.parents, o.commit(p))
			}
		}
	})
}

// formsOf returns the earliest commits on branches of the same author at the same
// second and with the same subject.
func (o *owned) formsOf(author, subject uint64) []form {
	from, _ := slices.BinarySearchFunc(o.forms, form{author: author, subject: subject}, form.compare)
	to := from
	for to < len(o.forms) && to-from < mostForms && o.forms[to].author == author && o.forms[to].subject == subject {
		to++
	}
	return o.forms[from:to]
}

// traced is what is found of one change.
type traced struct {
	absent    bool // its last commit cannot be read, and nothing else is known
	hollow    bool // one of the commits before cannot, or is where a shallow clone ends
	committed int64
	own       int
	accepted  []int32 // places of commits in the order in which they are stated
}

// tracer is what a worker needs to follow changes, to be used again.
type tracer struct {
	seen  []int32 // by number of a commit: the change that has met it last
	queue []*ownCommit
}

// meet queues a commit, unless the change has met it before.
func (t *tracer) meet(c *ownCommit, change int32) {
	if n := int(c.number) + 1 - len(t.seen); n > 0 {
		t.seen = append(t.seen, make([]int32, n)...)
	}
	if t.seen[c.number] != change {
		t.seen[c.number] = change
		t.queue = append(t.queue, c)
	}
}

// trace finds the own commits of a change.
func (o *owned) trace(w *worker, c changeRef) (found traced) {
	if i, held := o.held(c.head); held {
		return traced{committed: o.m.graph.committed[i], absent: o.m.graph.state[i]&gone != 0}
	}
	tip := o.commit(c.head)
	if o.read(w, tip); tip.state&gone != 0 {
		return traced{absent: true}
	}
	found.committed = tip.committed
	t := &w.tracer
	t.queue = t.queue[:0]
	t.meet(tip, c.number)
	for i := 0; i < len(t.queue) && len(t.queue) <= mostOwn; i++ {
		at := t.queue[i]
		o.read(w, at)
		found.hollow = found.hollow || at.state != 0
		for _, f := range at.forms {
			found.accepted = append(found.accepted, f.place)
		}
		for _, p := range at.parents {
			t.meet(p, c.number)
		}
	}
	if found.own = len(t.queue); found.own > mostOwn {
		found.own, found.accepted = mostOwn+1, nil
	}
	slices.Sort(found.accepted)
	found.accepted = slices.Compact(found.accepted)
	return found
}
