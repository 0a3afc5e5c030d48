package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/model"
)

// Log is what the store keeps of one repository. Any number of goroutines may use it.
type Log struct {
	s   *Store
	key string
}

// Fact is what a source stated of one thing: all contributions to one artifact, or a
// coverage.
type Fact struct {
	// Key is the kind and then a number or a name, such as "change/412" or
	// "coverage/reviews". Keys sort part by part, numbers by their value and before
	// words. They have 1 to 1024 bytes.
	Key string
	// Records come back as they were, in their order, and those that shared a Commit,
	// Change, Issue or Advisory share it again. Empty lists come back as nil, times without
	// the monotonic clock, and text that is not UTF-8 with U+FFFD for what is wrong.
	// A fact without records is deleted.
	Records []model.Record
}

// Log returns the log of a repository, which need not be there yet. The key is
// "HOST/ID" with the forge's own numeric id, so that a repository that is renamed
// keeps its log; it has 1 to 1024 bytes.
func (s *Store) Log(key string) *Log { return &Log{s, key} }

// bucket returns the log's bucket, nil where the log is not there.
func (l *Log) bucket(tx *bbolt.Tx) *bbolt.Bucket {
	return tx.Bucket([]byte(logBucket)).Bucket([]byte(l.key))
}

// State decodes the state of the last commit that had one into v. It is false where
// there is none yet.
func (l *Log) State(v any) (ok bool, err error) {
	var state json.RawMessage
	err = l.s.view("reading the state of "+l.key+" in", func(tx *bbolt.Tx) error {
		b := l.bucket(tx)
		if b == nil {
			return nil
		}
		h, err := l.s.codec.head(b, l.key)
		state = h.State
		return err
	})
	if err != nil || state == nil {
		return false, err
	}
	if err := json.Unmarshal(state, v); err != nil {
		return false, fmt.Errorf("the state of %s in the store %s: %w", l.key, l.s.file, err)
	}
	return true, nil
}

// put is a value to be written, or nil for one to be deleted.
type put struct {
	kind       string
	key, value []byte
}

// Commit writes facts and state in one transaction: all of it is on the disk when it
// returns nil, and nothing is after an error. A fact takes the place of the one with
// its key; of several with one key in facts the last stays. A nil state leaves the one
// that is there. Records and state are encoded before other writers have to wait.
func (l *Log) Commit(facts []Fact, state any) error {
	doing := "writing facts of " + l.key + " into"
	if l.key == "" || len(l.key) > mostKey {
		return l.s.wrap(doing, errKey)
	}
	var text json.RawMessage
	if state != nil {
		b, err := json.Marshal(state)
		if err != nil {
			return l.s.wrap(doing, fmt.Errorf("the state: %w", err))
		}
		text = b
	}
	puts := make([]put, len(facts))
	for i, f := range facts {
		p, err := l.put(f)
		if err != nil {
			return l.s.wrap(doing, fmt.Errorf("the fact %q: %w", f.Key, err))
		}
		puts[i] = p
	}
	return l.s.update(doing, func(tx *bbolt.Tx) error { return l.commit(tx, puts, text) })
}

func (l *Log) put(f Fact) (p put, err error) {
	p.kind, p.key = kindOf(f.Key), appendKey(nil, f.Key)
	if f.Key == "" || len(p.key) > mostKey {
		return p, errKey
	}
	if len(f.Records) == 0 {
		return p, nil
	}
	b, err := marshalRecords(f.Records)
	if err != nil {
		return p, err
	}
	p.value, err = l.s.codec.seal(b, logBucket, l.key, factBucket, string(p.key))
	return p, err
}

// commit puts values into the log's bucket, and counts them in its head.
func (l *Log) commit(tx *bbolt.Tx, puts []put, state json.RawMessage) error {
	h := head{Facts: map[string]tally{}}
	b := l.bucket(tx)
	fresh := b == nil
	var err error
	if fresh {
		b, err = l.create(tx)
	} else {
		h, err = l.s.codec.head(b, l.key)
	}
	if err != nil {
		return err
	}
	facts := b.Bucket([]byte(factBucket))
	for _, p := range puts {
		h.change(p.kind, p.key, facts.Get(p.key), p.value)
		if p.value == nil {
			err = facts.Delete(p.key)
		} else {
			err = facts.Put(p.key, p.value)
		}
		if err != nil {
			return err
		}
	}
	if state != nil {
		h.State = state
	}
	return l.putHead(tx, b, h, fresh)
}

func (l *Log) create(tx *bbolt.Tx) (*bbolt.Bucket, error) {
	b, err := tx.Bucket([]byte(logBucket)).CreateBucket([]byte(l.key))
	if err != nil {
		return nil, err
	}
	_, err = b.CreateBucket([]byte(factBucket))
	return b, err
}

// putHead writes the log's head and counts it among all.
func (l *Log) putHead(tx *bbolt.Tx, b *bbolt.Bucket, h head, fresh bool) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	value, err := l.s.codec.seal(text, logBucket, l.key, headKey)
	if err != nil {
		return fmt.Errorf("the state: %w", err)
	}
	all, err := l.s.codec.sums(tx)
	if err != nil {
		return err
	}
	if !fresh {
		all.logs.remove([]byte(l.key), b.Get([]byte(headKey)))
	}
	all.logs.add([]byte(l.key), value)
	if err := b.Put([]byte(headKey), value); err != nil {
		return err
	}
	return l.s.codec.putSums(tx, all)
}

// Fact returns the fact with a key; false where there is none.
func (l *Log) Fact(key string) (f Fact, ok bool, err error) {
	var e entry
	err = l.s.view("reading "+key+" of "+l.key+" in", func(tx *bbolt.Tx) error {
		if b := l.bucket(tx); b != nil && key != "" {
			e.key = appendKey(nil, key)
			e.value = bytes.Clone(b.Bucket([]byte(factBucket)).Get(e.key))
		}
		return nil
	})
	if err != nil || e.value == nil {
		return Fact{}, false, err
	}
	if f, _, err = l.decode(e, nil); err != nil {
		return Fact{}, false, l.s.wrap("reading "+key+" of "+l.key+" in", err)
	}
	return f, true, nil
}

// A chunk of facts that are read in one transaction has at most so many facts, and
// ends behind the one with which it has so many bytes.
const (
	chunkFacts = 256
	chunkBytes = 1 << 20
)

// entry is a fact as it is kept.
type entry struct{ key, value []byte }

// Facts yields the facts whose keys begin with prefix, in the order of their keys; "" is
// all of them. A log that is not there has none. An error is the last thing that is yielded.
//
// The facts are read in chunks, and no transaction is open while the consumer works: the
// file would grow with every commit until it ends. So the consumer may commit, and
// what it or others commit meanwhile may be seen or not, each fact whole.
func (l *Log) Facts(prefix string) iter.Seq2[Fact, error] {
	return func(yield func(Fact, error) bool) {
		var after, buf []byte
		for {
			chunk, err := l.chunk(prefix, after)
			for _, e := range chunk {
				var f Fact
				if f, buf, err = l.decode(e, buf); err != nil {
					break
				}
				if strings.HasPrefix(f.Key, prefix) && !yield(f, nil) {
					return
				}
			}
			if err != nil {
				yield(Fact{}, l.s.wrap("reading facts of "+l.key+" in", err))
				return
			}
			if len(chunk) == 0 {
				return
			}
			after = chunk[len(chunk)-1].key
		}
	}
}

// chunk copies the next facts that are in the folder of a prefix.
func (l *Log) chunk(prefix string, after []byte) (chunk []entry, err error) {
	in := appendKey(nil, folder(prefix))
	err = l.s.guard(func() error {
		return l.s.db.View(func(tx *bbolt.Tx) error {
			b := l.bucket(tx)
			if b == nil {
				return nil
			}
			c, size := b.Bucket([]byte(factBucket)).Cursor(), 0
			k, v := c.Seek(slices.MaxFunc([][]byte{in, after}, bytes.Compare))
			if after != nil && bytes.Equal(k, after) {
				k, v = c.Next()
			}
			for ; k != nil && bytes.HasPrefix(k, in) && len(chunk) < chunkFacts && size < chunkBytes; k, v = c.Next() {
				chunk = append(chunk, entry{bytes.Clone(k), bytes.Clone(v)})
				size += len(k) + len(v)
			}
			return nil
		})
	})
	return chunk, err
}

// decode reads a fact. It returns the buffer that it was given, or a larger one.
func (l *Log) decode(e entry, buf []byte) (f Fact, larger []byte, err error) {
	if f.Key, err = parseKey(e.key); err != nil {
		return f, buf, err
	}
	b, err := l.s.codec.open(buf, e.value, logBucket, l.key, factBucket, string(e.key))
	if err != nil {
		return f, buf, err
	}
	if f.Records, err = unmarshalRecords(b); err != nil {
		return f, b, corrupt("the fact %q: %v", f.Key, err)
	}
	return f, b, nil
}

// Info says what the store keeps of one repository.
type Info struct {
	Key     string
	Aliases []string        // addresses as HOST/PATH, sorted
	State   json.RawMessage // of the source; nil where it has committed none
	Facts   map[string]int  // by kind, the first part of their keys; never nil
	Bytes   int64           // of facts, as they are kept
}

// Logs says what there is of each repository, sorted by key.
func (s *Store) Logs() (infos []Info, err error) {
	err = s.view("reading", func(tx *bbolt.Tx) error {
		aliases, err := s.aliases(tx)
		if err != nil {
			return err
		}
		return tx.Bucket([]byte(logBucket)).ForEachBucket(func(k []byte) error {
			h, err := s.codec.head(tx.Bucket([]byte(logBucket)).Bucket(k), string(k))
			if err != nil {
				return err
			}
			info := Info{Key: string(k), Aliases: aliases[string(k)], State: h.State, Facts: map[string]int{}}
			for kind, t := range h.Facts {
				info.Facts[kind] = t.N
				info.Bytes += t.Bytes
			}
			infos = append(infos, info)
			return nil
		})
	})
	return infos, err
}
