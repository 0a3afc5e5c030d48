package object

import (
	"errors"
	"fmt"
)

// longestChain is how many deltas may lie on each other. Git itself makes at most
// 4,095; a chain that is longer goes round in a circle.
const longestChain = 10_000

// mostWork is how many times Options.MostBytes may be written in all to put one
// object together. Git makes long chains of small objects, and short ones of large.
const mostWork = 64

var (
	errMisfit = fmt.Errorf("%w: a delta does not fit its base", ErrCorrupt)
	errBounds = fmt.Errorf("%w: a delta reaches out of bounds", ErrCorrupt)
	errEarly  = fmt.Errorf("%w: a delta ends early", ErrCorrupt)
)

// apply changes base by a delta into a buffer of the reader's own. Every length and
// bound is checked.
func (r *Reader) apply(base, delta []byte) ([]byte, error) {
	from, delta := number(delta)
	size, delta := number(delta)
	if from != int64(len(base)) || size < 0 {
		return nil, errMisfit
	}
	if size > r.store.o.MostBytes {
		return nil, tooLarge(size, r.store.o.MostBytes)
	}
	// A delta of a few bytes may well copy a base many times; but then it must do so,
	// before it gets the memory.
	if size > firstBytes+int64(len(base)+len(delta)) && total(delta) != size {
		return nil, errEarly
	}
	r.expect(size)
	out := r.buffers.take(int(size))
	if err := patch(out, base, delta); err != nil {
		r.buffers.give(out)
		return nil, err
	}
	return out, nil
}

// patch fills out with what the instructions of a delta make of base.
func patch(out, base, delta []byte) error {
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		piece := delta
		switch {
		case op&0x80 != 0:
			var offset, length int
			offset, length, delta = copied(delta, op)
			if length < 0 || offset > len(base)-length {
				return errBounds
			}
			piece = base[offset : offset+length]
		case op == 0 || int(op) > len(delta):
			return errBounds
		default:
			piece, delta = delta[:op], delta[op:]
		}
		if len(piece) > len(out) {
			return errBounds
		}
		out = out[copy(out, piece):]
	}
	if len(out) > 0 {
		return errEarly
	}
	return nil
}

// total returns how many bytes a delta makes, or -1 where it is broken.
func total(delta []byte) (n int64) {
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		length := int(op)
		switch {
		case op&0x80 != 0:
			if _, length, delta = copied(delta, op); length < 0 {
				return -1
			}
		case length > len(delta):
			return -1
		default:
			delta = delta[length:]
		}
		n += int64(length)
	}
	return n
}

// copied reads an instruction to copy a piece of the base: of its four bytes of
// offset and three of length those are there whose bits are set. A length of 0 is
// 64 KiB. The length is -1 where bytes are missing; an offset that does not fit into
// an int is returned as one that no base has.
func copied(delta []byte, op byte) (offset, length int, rest []byte) {
	var v uint64
	op &= 0x7f
	for i := 0; op != 0; i, op = i+8, op>>1 {
		if op&1 == 0 {
			continue
		}
		if len(delta) == 0 {
			return 0, -1, nil
		}
		v |= uint64(delta[0]) << i
		delta = delta[1:]
	}
	from := uint32(v)
	if length = int(v >> 32); length == 0 {
		length = 0x10000
	}
	if offset = int(from); offset < 0 {
		return 0, -1, nil // on a 32-bit machine
	}
	return offset, length, delta
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

var errCircle = errors.New("its deltas go round in a circle")
