package object

import "encoding/binary"

// key names a content at hand: an entry of a pack by its pack and offset, because
// most bases of deltas are known by nothing else, or a loose object by its name.
type key struct {
	pack int32 // -1 for loose objects
	name Hash
}

func packedKey(pack int, at int64) key {
	k := key{pack: int32(pack)}
	binary.LittleEndian.PutUint64(k.name[:], uint64(at))
	return k
}

func looseKey(h Hash) key { return key{-1, h} }

// recent keeps the contents that were used last, in at most budget bytes. They are
// nodes in a ring, the one used last behind node 0; numbers instead of pointers keep
// the garbage collector out of it.
type recent struct {
	budget, size int
	at           map[key]int32
	ring         []node
	unused       []int32
	buffers      *buffers // to which contents go that are forgotten
}

type node struct {
	newer, older int32
	key          key
	kind         Kind
	content      []byte
}

// nodeBytes is what a content costs beside its bytes, about.
const nodeBytes = 160

func newRecent(budget int, b *buffers) recent {
	return recent{budget: budget, at: map[key]int32{}, ring: make([]node, 1), buffers: b}
}

// find returns a content and makes it the one used last.
func (c *recent) find(k key) (Kind, []byte, bool) {
	i, ok := c.at[k]
	if !ok {
		return 0, nil, false
	}
	c.cut(i)
	c.push(i)
	return c.ring[i].kind, c.ring[i].content, true
}

// keep takes a content over, and forgets those that were not used for longest. It
// reports false where a content is too large to be worth it, or there already; the
// buffer is then still the caller's.
func (c *recent) keep(k key, kind Kind, content []byte) bool {
	n := cap(content) + nodeBytes
	if _, ok := c.at[k]; ok || n > c.budget/4 {
		return false
	}
	for c.size+n > c.budget {
		c.forget(c.ring[0].newer)
	}
	i := int32(len(c.ring))
	if last := len(c.unused) - 1; last >= 0 {
		i, c.unused = c.unused[last], c.unused[:last]
	} else {
		c.ring = append(c.ring, node{})
	}
	c.ring[i] = node{key: k, kind: kind, content: content}
	c.push(i)
	c.at[k] = i
	c.size += n
	return true
}

// forget drops a node. Its content may just have been handed out.
func (c *recent) forget(i int32) {
	c.cut(i)
	n := &c.ring[i]
	delete(c.at, n.key)
	c.size -= cap(n.content) + nodeBytes
	c.buffers.later(n.content)
	n.content = nil
	c.unused = append(c.unused, i)
}

// push puts a node behind node 0. Going on by older from there leads to ever older
// ones, and by newer to the oldest at once.
func (c *recent) push(i int32) {
	next := c.ring[0].older
	c.ring[i].newer, c.ring[i].older = 0, next
	c.ring[next].newer, c.ring[0].older = i, i
}

func (c *recent) cut(i int32) {
	n := c.ring[i]
	c.ring[n.newer].older, c.ring[n.older].newer = n.older, n.newer
}
