package store

import (
	"encoding/binary"
	"encoding/json"

	"go.etcd.io/bbolt"
)

// tally says how many values there should be, and which: Sum adds up a hash of each
// one's key and checksum. So a page that is lost, or an old one in its place, is noticed.
type tally struct {
	N     int    `json:"n"`
	Sum   uint64 `json:"sum"`
	Bytes int64  `json:"bytes"`
}

func (t *tally) add(key []byte, value []byte) {
	t.N++
	t.Sum += hash(key, value)
	t.Bytes += int64(len(key) + len(value))
}

func (t *tally) remove(key, value []byte) {
	t.N--
	t.Sum -= hash(key, value)
	t.Bytes -= int64(len(key) + len(value))
}

// hash is FNV-1a over a value's checksum, which stands for the rest of it, and its key.
func hash(key, value []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, part := range [...][]byte{value[:min(sumBytes, len(value))], key} {
		for _, b := range part {
			h = (h ^ uint64(b)) * 1099511628211
		}
	}
	return h
}

// head is what a log knows of itself.
type head struct {
	State json.RawMessage  `json:"state,omitempty"`
	Facts map[string]tally `json:"facts"` // by kind, none where there are none
}

// change counts one value in place of another; nil is none.
func (h *head) change(kind string, key, old, value []byte) {
	t := h.Facts[kind]
	if old != nil {
		t.remove(key, old)
	}
	if value != nil {
		t.add(key, value)
	}
	if h.Facts[kind] = t; t == (tally{}) {
		delete(h.Facts, kind)
	}
}

// head reads the head of a log out of its bucket.
func (c *codec) head(b *bbolt.Bucket, log string) (head, error) {
	h := head{Facts: map[string]tally{}}
	value := b.Get([]byte(headKey))
	if value == nil {
		return h, corrupt("the log %q has no head", log)
	}
	text, err := c.open(nil, value, logBucket, log, headKey)
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, corrupt("the head of the log %q: %v", log, err)
	}
	if h.Facts == nil {
		h.Facts = map[string]tally{}
	}
	return h, nil
}

// sums are the tallies of all logs, which count their heads, and of all aliases.
type sums struct{ logs, aliases tally }

const sumsBytes = 6 * 8

func (c *codec) sums(tx *bbolt.Tx) (s sums, err error) {
	b, err := c.open(nil, tx.Bucket([]byte(metaBucket)).Get([]byte(sumsKey)), metaBucket, sumsKey)
	if err != nil {
		return s, err
	}
	if len(b) != sumsBytes {
		return s, corrupt("its sums have a wrong length")
	}
	for i, t := range []*tally{&s.logs, &s.aliases} {
		at := func(n int) uint64 { return binary.LittleEndian.Uint64(b[8*(3*i+n):]) }
		*t = tally{int(at(0)), at(1), int64(at(2))}
	}
	return s, nil
}

func (c *codec) putSums(tx *bbolt.Tx, s sums) error {
	var b []byte
	for _, t := range []tally{s.logs, s.aliases} {
		b = binary.LittleEndian.AppendUint64(b, uint64(t.N))
		b = binary.LittleEndian.AppendUint64(b, t.Sum)
		b = binary.LittleEndian.AppendUint64(b, uint64(t.Bytes))
	}
	value, err := c.seal(b, metaBucket, sumsKey)
	if err != nil {
		return err
	}
	return tx.Bucket([]byte(metaBucket)).Put([]byte(sumsKey), value)
}
