package git

import (
	"fmt"
	"io"
)

// longestChain is how many deltas may lie on each other. Git itself makes at most
// 4,095; a chain that is longer goes round in a circle.
const longestChain = 10_000

// packed returns the object at offset at of the store's pack number n.
func (o *objects) packed(n int, at int64) (kind, []byte, error) {
	p := o.store.packs[n]
	var chain []entry
	var places []int64
	var k kind
	var content []byte
	for {
		if hit, ok := o.inPacks.find(place{n, at}); ok {
			k, content = hit.kind, hit.content
			break
		}
		e, err := p.entry(at)
		if err != nil {
			return 0, nil, err
		}
		if e.kind < offsetDelta {
			if content, err = o.at(p, e); err != nil {
				return 0, nil, err
			}
			k = e.kind
			o.inPacks.keep(place{n, at}, kept{k, content})
			break
		}
		if chain, places = append(chain, e), append(places, at); len(chain) > longestChain {
			return 0, nil, fmt.Errorf("%w: its deltas go round in a circle", errCorrupt)
		}
		at = e.base
	}
	for i := len(chain) - 1; i >= 0; i-- {
		delta, err := o.at(p, chain[i])
		if err != nil {
			return 0, nil, err
		}
		if content, err = patch(content, delta); err != nil {
			return 0, nil, err
		}
		o.inPacks.keep(place{n, places[i]}, kept{k, content})
	}
	return k, content, nil
}

// at returns the content of one entry of a pack, for a delta the delta itself.
func (o *objects) at(p *pack, e entry) ([]byte, error) {
	if err := o.inflate(io.NewSectionReader(p.data, e.data, p.size-e.data)); err != nil {
		return nil, err
	}
	return o.content(e.size)
}

// patch applies a delta to its base. It checks every length and bound.
func patch(base, delta []byte) ([]byte, error) {
	from, delta := number(delta)
	size, delta := number(delta)
	if from != int64(len(base)) || size < 0 {
		return nil, fmt.Errorf("%w: a delta does not fit its base", errCorrupt)
	}
	if size > mostBytes {
		return nil, errTooLarge
	}
	out := make([]byte, 0, min(size, int64(len(base)+len(delta))))
	for len(delta) > 0 {
		op := delta[0]
		var piece []byte
		var ok bool
		if delta = delta[1:]; op&0x80 != 0 {
			piece, delta, ok = copied(base, delta, op)
		} else if ok = op != 0 && int(op) <= len(delta); ok {
			piece, delta = delta[:op], delta[op:]
		}
		if !ok || int64(len(out)+len(piece)) > size {
			return nil, fmt.Errorf("%w: a delta reaches out of bounds", errCorrupt)
		}
		out = append(out, piece...)
	}
	if int64(len(out)) != size {
		return nil, fmt.Errorf("%w: a delta ends early", errCorrupt)
	}
	return out, nil
}

// copied reads an instruction to copy a piece of the base.
func copied(base, delta []byte, op byte) (piece, rest []byte, ok bool) {
	var v [7]byte // four bytes of offset, three of length
	for i := range v {
		if op&(1<<i) == 0 {
			continue
		}
		if len(delta) == 0 {
			return nil, nil, false
		}
		v[i], delta = delta[0], delta[1:]
	}
	offset := int64(v[0]) | int64(v[1])<<8 | int64(v[2])<<16 | int64(v[3])<<24
	length := int64(v[4]) | int64(v[5])<<8 | int64(v[6])<<16
	if length == 0 {
		length = 0x10000
	}
	if offset+length > int64(len(base)) {
		return nil, nil, false
	}
	return base[offset : offset+length], delta, true
}

// number reads a little-endian number of seven bits a byte; -1 where there is none.
func number(b []byte) (int64, []byte) {
	var v int64
	for i, c := range b {
		if i > 7 {
			break
		}
		if v |= int64(c&0x7f) << (7 * i); c&0x80 == 0 {
			return v, b[i+1:]
		}
	}
	return -1, nil
}

// place is where an object lies: the number of the pack and the offset.
type place struct {
	pack int
	at   int64
}

type kept struct {
	kind    kind
	content []byte
}

// recent keeps what was read last, in two generations: when the younger one has
// half of the budget, the older one is forgotten. That is simpler than a list by
// age and forgets nearly as well.
type recent[K comparable] struct {
	budget, size int
	young, old   map[K]kept
}

func (c *recent[K]) find(at K) (kept, bool) {
	if k, ok := c.young[at]; ok {
		return k, true
	}
	k, ok := c.old[at]
	if ok {
		c.keep(at, k)
	}
	return k, ok
}

func (c *recent[K]) keep(at K, k kept) {
	n := len(k.content) + 128
	if n > c.budget/4 {
		return
	}
	if c.size += n; c.size > c.budget/2 || c.young == nil {
		c.old, c.young, c.size = c.young, map[K]kept{}, n
	}
	c.young[at] = k
}
