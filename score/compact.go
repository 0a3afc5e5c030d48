package score

// chunks is a list that grows without copying and wastes little: a judge holds
// millions of small things, and doubling a slice would hold them three times.
type chunks[T any] struct {
	parts [][]T
	n     int32
}

const chunkLen = 4096

func (c *chunks[T]) add(v T) int32 {
	if int(c.n)%chunkLen == 0 {
		c.parts = append(c.parts, make([]T, 0, chunkLen))
	}
	last := &c.parts[len(c.parts)-1]
	*last = append(*last, v)
	c.n++
	return c.n - 1
}

func (c *chunks[T]) at(i int32) *T { return &c.parts[i/chunkLen][i%chunkLen] }

// interner numbers values that occur often.
type interner[T comparable] struct {
	ids  map[T]int32
	list []T
}

func (n *interner[T]) id(v T) int32 {
	if i, ok := n.ids[v]; ok {
		return i
	}
	if n.ids == nil {
		n.ids = map[T]int32{}
	}
	i := int32(len(n.list))
	n.ids[v] = i
	n.list = append(n.list, v)
	return i
}

// again gives a value that has a number another one, and returns it. The value itself
// still leads to the first.
func (n *interner[T]) again(v T) int32 {
	n.list = append(n.list, v)
	return int32(len(n.list) - 1)
}

// find returns the number of a value that has one.
func (n *interner[T]) find(v T) (int32, bool) {
	i, ok := n.ids[v]
	return i, ok
}
