package object

import (
	"fmt"
	"io"
	"runtime/debug"
)

// Reader reads the objects of a store. It is for one goroutine at a time; others
// have their own.
//
// The contents that it returns must not be changed. They stay valid until Release
// is called, and for good where it never is.
type Reader struct {
	store   *Store
	recent  recent
	buffers buffers
	inflate inflater
	places  []place
	chain   []entry
	head    [mostHead]byte

	large int64 // it is one of several workers, to whom this is large; 0 to nobody
	holds bool  // and it is the one that has something large
}

// Reader returns a reader that keeps about budget bytes at hand: three quarters of
// it contents that were used last, the bases of deltas among them, the rest memory
// to be used again. Beside that stand the contents that were returned since the last
// Release and are not kept, and while it reads up to three contents more.
func (s *Store) Reader(budget int) *Reader {
	r := &Reader{store: s, buffers: buffers{most: max(budget, 0) / 4}}
	r.recent = newRecent(max(budget, 0)/4*3, &r.buffers)
	return r
}

// Worker is Reader for one of so many goroutines that work at the same time. Only one
// of them has contents that are large, so that those of all others together are less
// than an eighth of [Options.MostBytes] each; another one that comes to a large content
// waits until the first calls Release. So a worker must call it after every few
// contents, and before it waits for another worker.
func (s *Store) Worker(budget, workers int) *Reader {
	r := s.Reader(budget)
	r.large = s.o.MostBytes / 8 / int64(workers)
	return r
}

// Release says that no content that was returned so far is looked at any more, so
// that its memory may be used again.
func (r *Reader) Release() {
	r.buffers.release()
	if r.holds {
		r.holds = false
		r.store.large.Unlock()
	}
}

// expect waits, if it must, before a content of so many bytes is put together.
func (r *Reader) expect(size int64) {
	if r.large > 0 && !r.holds && size > r.large {
		r.store.large.Lock()
		r.holds = true
	}
}

// ReadKind is Read for an object that must be of one kind; of another one it is
// ErrCorrupt, because something else named it wrongly.
func (r *Reader) ReadKind(h Hash, want Kind) ([]byte, error) {
	k, b, err := r.Read(h)
	if err != nil {
		return nil, err
	}
	if k != want {
		return nil, fmt.Errorf("object %v is of another kind than its reference says: %w", h, ErrCorrupt)
	}
	return b, nil
}

// Read returns an object's kind and content; an empty one is not nil. Where a copy
// cannot be read and the store holds another, that one is. The error is ErrAbsent or,
// with the reason of the first copy, ErrTooLarge, ErrCorrupt or one of the disk.
func (r *Reader) Read(h Hash) (Kind, []byte, error) {
	var k Kind
	var b []byte
	err := r.each(h, func(at place) (err error) {
		k, b, err = r.packed(at)
		return err
	}, func() (err error) {
		k, b, err = r.loose(h)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return k, b[:len(b):len(b)], nil
}

// Size returns an object's kind and the size of its content in bytes, without
// putting it together: as its head says, or its delta. It may be more than can be
// read. Errors are as those of Read.
func (r *Reader) Size(h Hash) (Kind, int64, error) {
	var k Kind
	var n int64
	err := r.each(h, func(at place) (err error) {
		k, n, err = r.packedSize(at)
		return err
	}, func() (err error) {
		k, n, err = r.looseSize(h)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return k, n, nil
}

// each tries the copies of an object until one can be read: those in packs, then
// those in packs that only their own indexes name, then loose ones.
func (r *Reader) each(h Hash, packed func(place) error, loose func() error) error {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var first error
	tried := 0
	for _, look := range [2]func([]place, Hash) ([]place, error){r.store.copies, r.store.others} {
		var err error
		if r.places, err = look(r.places[:tried], h); err != nil && first == nil {
			first = err
		}
		for ; tried < len(r.places); tried++ {
			at := r.places[tried]
			if err = packed(at); err == nil {
				return nil
			}
			if first == nil {
				first = r.store.packs[at.pack].label(h, err)
			}
		}
		if first == nil {
			break // no pack that a multi-pack-index answers for can have another copy
		}
	}
	err := loose()
	if err != nil && first != nil {
		return first
	}
	return err
}

// packed puts together the object at a place.
func (r *Reader) packed(at place) (k Kind, content []byte, err error) {
	defer r.store.caught(&err)
	k, content, kept, err := r.base(at)
	work := int64(0)
	for i := len(r.chain) - 1; i >= 0 && err == nil; i-- {
		e := r.chain[i]
		base, own := content, !kept
		if content, err = r.changed(at.pack, e, base); err == nil {
			kept = r.recent.keep(packedKey(at.pack, e.at), k, content)
		}
		if own {
			r.buffers.give(base)
		}
		if work += int64(len(content)); work > mostWork*r.store.o.MostBytes {
			err = fmt.Errorf("%w: more than %d MiB are written to put it together", ErrTooLarge, mostWork*r.store.o.MostBytes>>20)
		}
	}
	if err != nil {
		return 0, nil, err
	}
	if !kept {
		r.buffers.later(content)
	}
	return k, content, nil
}

// base goes from delta to base, as far as it must, and notes the deltas in the
// chain. It returns the base, and whether it is one of those at hand.
func (r *Reader) base(at place) (k Kind, content []byte, kept bool, err error) {
	p := r.store.packs[at.pack]
	r.chain = r.chain[:0]
	for {
		key := packedKey(at.pack, at.at)
		if k, content, ok := r.recent.find(key); ok {
			return k, content, true, nil
		}
		e, err := r.entry(p, at.at)
		if err != nil {
			return 0, nil, false, err
		}
		if e.kind < offsetDelta {
			if content, err = r.stored(p, e); err != nil {
				return 0, nil, false, err
			}
			return e.kind, content, r.recent.keep(key, e.kind, content), nil
		}
		if r.chain = append(r.chain, e); len(r.chain) > longestChain {
			return 0, nil, false, fmt.Errorf("%w: %w", ErrCorrupt, errCircle)
		}
		at.at = e.base
	}
}

// changed returns what the delta of an entry makes of its base.
func (r *Reader) changed(pack int, e entry, base []byte) ([]byte, error) {
	delta, err := r.stored(r.store.packs[pack], e)
	if err != nil {
		return nil, err
	}
	defer r.buffers.give(delta)
	return r.apply(base, delta)
}

// stored returns what an entry holds, for a delta the delta itself.
func (r *Reader) stored(p *pack, e entry) ([]byte, error) {
	if err := r.start(p, e); err != nil {
		return nil, err
	}
	return r.whole(e.size, p.size-e.data)
}

// start begins to uncompress what an entry holds.
func (r *Reader) start(p *pack, e entry) error {
	if p.file.data != nil {
		return r.inflate.inMemory(p.file.data[e.data:p.size])
	}
	return r.inflate.from(io.NewSectionReader(p.file.open, e.data, p.size-e.data))
}

// packedSize returns the kind and size of the object at a place. The kind is that of
// the last base; the size is said by the first delta.
func (r *Reader) packedSize(at place) (k Kind, size int64, err error) {
	defer r.store.caught(&err)
	p := r.store.packs[at.pack]
	size = -1
	for range longestChain {
		if k, content, ok := r.recent.find(packedKey(at.pack, at.at)); ok {
			if size < 0 {
				size = int64(len(content))
			}
			return k, size, nil
		}
		e, err := r.entry(p, at.at)
		if err != nil {
			return 0, 0, err
		}
		if e.kind < offsetDelta {
			if size < 0 {
				size = e.size
			}
			return e.kind, size, nil
		}
		if size < 0 {
			if size, err = r.resultSize(p, e); err != nil {
				return 0, 0, err
			}
		}
		at.at = e.base
	}
	return 0, 0, fmt.Errorf("%w: %w", ErrCorrupt, errCircle)
}

// resultSize reads from the beginning of a delta how large its result is.
func (r *Reader) resultSize(p *pack, e entry) (int64, error) {
	if err := r.start(p, e); err != nil {
		return 0, err
	}
	var b [16]byte // two numbers of at most eight bytes
	head := b[:min(e.size, int64(len(b)))]
	if err := r.inflate.read(head); err != nil {
		return 0, err
	}
	_, rest := number(head)
	size, _ := number(rest)
	if size < 0 {
		return 0, errMisfit
	}
	return size, nil
}
