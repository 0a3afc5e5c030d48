package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/model"
)

func TestValueIsGoodAtItsPlaceOnly(t *testing.T) {
	c := newCodec()
	value, err := c.seal([]byte("text"), "log", "fact")
	require.NoError(t, err)
	b, err := c.open(nil, value, "log", "fact")
	require.NoError(t, err)
	require.Equal(t, "text", string(b))
	for _, place := range [][]string{{"log", "fakt"}, {"lo", "gfact"}, {"fact", "log"}, {"log"}, nil} {
		_, err = c.open(nil, value, place...)
		require.ErrorIs(t, err, ErrCorrupt, "%q", place)
	}
}

func TestValueThatGrowsTooLargeIsNotRead(t *testing.T) {
	c := newCodec()
	payload := c.dict.Encode(nil, make([]byte, mostBytes+1))
	require.Less(t, len(payload), 1<<16)
	_, err := c.open(nil, append(binary.LittleEndian.AppendUint32(nil, c.crc(payload)), payload...))
	require.ErrorIs(t, err, ErrCorrupt)
}

// filled is the file of a store with two logs and two aliases.
func filled(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "facts.db")
	s, err := Open(context.Background(), file, nil)
	require.NoError(t, err)
	for _, key := range []string{"a", "b"} {
		require.NoError(t, s.Alias("h", key, key))
		for n := range 3 {
			f := Fact{Key: fmt.Sprint("issue/", n), Records: []model.Record{{Contribution: &model.Contribution{Verb: key}}}}
			require.NoError(t, s.Log(key).Commit([]Fact{f}, fmt.Sprint("qz", n)))
		}
	}
	require.NoError(t, s.Close())
	return file
}

// TestWhatIsMissingIsNoticed takes away what has no other trace than the sums.
func TestWhatIsMissingIsNoticed(t *testing.T) {
	bucket := func(tx *bbolt.Tx, path ...string) *bbolt.Bucket {
		b := tx.Bucket([]byte(path[0]))
		for _, p := range path[1:] {
			b = b.Bucket([]byte(p))
		}
		return b
	}
	for name, spoil := range map[string]func(*bbolt.Tx) error{
		"an alias": func(tx *bbolt.Tx) error { return bucket(tx, aliasBucket).Delete([]byte("h/a")) },
		"a log":    func(tx *bbolt.Tx) error { return bucket(tx, logBucket).DeleteBucket([]byte("b")) },
		"a fact": func(tx *bbolt.Tx) error {
			return bucket(tx, logBucket, "b", factBucket).Delete(appendKey(nil, "issue/1"))
		},
		"all facts":    func(tx *bbolt.Tx) error { return bucket(tx, logBucket, "b").DeleteBucket([]byte(factBucket)) },
		"a head":       func(tx *bbolt.Tx) error { return bucket(tx, logBucket, "b").Delete([]byte(headKey)) },
		"sums":         func(tx *bbolt.Tx) error { return bucket(tx, metaBucket).Delete([]byte(sumsKey)) },
		"all logs":     func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(logBucket)) },
		"not a bucket": func(tx *bbolt.Tx) error { return bucket(tx, logBucket).Put([]byte("c"), []byte("d")) },
		"not a key": func(tx *bbolt.Tx) error {
			return bucket(tx, logBucket, "a", factBucket).Put([]byte("\x01"), []byte("d"))
		},
	} {
		file := filled(t)
		edit(t, file, spoil)
		_, err := Open(context.Background(), file, nil)
		require.ErrorIs(t, err, ErrCorrupt, name)
	}
}

// TestOlderLogInPlaceOfANewerOne puts back a log as it was, which is whole in itself.
func TestOlderLogInPlaceOfANewerOne(t *testing.T) {
	file := filled(t)
	var was []byte
	read := func(tx *bbolt.Tx) error {
		was = bytes.Clone(tx.Bucket([]byte(logBucket)).Bucket([]byte("a")).Get([]byte(headKey)))
		return nil
	}
	edit(t, file, read)
	s, err := Open(context.Background(), file, nil)
	require.NoError(t, err)
	require.NoError(t, s.Log("a").Commit(nil, "qz7"))
	require.NoError(t, s.Close())
	edit(t, file, func(tx *bbolt.Tx) error {
		log := tx.Bucket([]byte(logBucket)).Bucket([]byte("a"))
		require.Len(t, log.Get([]byte(headKey)), len(was), "not even its size tells")
		return log.Put([]byte(headKey), was)
	})
	_, err = Open(context.Background(), file, nil)
	require.ErrorIs(t, err, ErrCorrupt)
}

func edit(t *testing.T, file string, fn func(*bbolt.Tx) error) {
	db, err := bbolt.Open(file, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(fn))
	require.NoError(t, db.Close())
}

func TestStoreIsFoundedOnce(t *testing.T) {
	file := filled(t)
	edit(t, file, newCodec().found)
	s, err := Open(context.Background(), file, nil)
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// pagesOf is a database of small pages with two buckets alike, each a branch with leaves.
func pagesOf(t *testing.T) (data []byte, roots [2]uint64) {
	file := filepath.Join(t.TempDir(), "db")
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{PageSize: 1024, NoFreelistSync: true})
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
		for _, name := range []string{"one", "two"} {
			b, err := tx.CreateBucket([]byte(name))
			require.NoError(t, err)
			for _, k := range []string{"ka", "kb", "kc", "kd", "ke"} {
				require.NoError(t, b.Put([]byte(k), []byte(strings.Repeat("v", 300))))
			}
		}
		return nil
	}))
	require.NoError(t, db.View(func(tx *bbolt.Tx) error {
		roots = [2]uint64{uint64(tx.Bucket([]byte("one")).Root()), uint64(tx.Bucket([]byte("two")).Root())}
		return nil
	}))
	require.NoError(t, db.Close())
	data, err = os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, checkPages(data))
	return data, roots
}

func TestPagesThatAreWrong(t *testing.T) {
	var roots [2]uint64 // of each database its own
	word := binary.NativeEndian
	branch := func(b []byte) []byte { return b[1024*roots[1]:] }
	child := func(b []byte, n int) []byte { return b[1024*word.Uint64(branch(b)[headerBytes+n*elementBytes+8:]):] }
	last := func(b []byte, key string) []byte { return b[bytes.LastIndex(b, []byte(key)):] }
	for name, spoil := range map[string]func(b []byte){
		"a tree in two buckets": func(b []byte) {
			word.PutUint64(b[bytes.Index(b, word.AppendUint64([]byte("two"), roots[1]))+3:], roots[0])
		},
		"a circle":                   func(b []byte) { word.PutUint64(branch(b)[headerBytes+8:], roots[1]) },
		"another number":             func(b []byte) { word.PutUint64(child(b, 0), 99) },
		"a page too long":            func(b []byte) { word.PutUint32(child(b, 0)[12:], 1<<30) },
		"another kind":               func(b []byte) { word.PutUint16(child(b, 0)[8:], freePage) },
		"no elements":                func(b []byte) { word.PutUint16(branch(b)[10:], 0) },
		"more elements":              func(b []byte) { word.PutUint16(child(b, 0)[10:], 900) },
		"a key before the last":      func(b []byte) { copy(child(b, 1)[bytes.LastIndex(child(b, 1)[:1024], []byte("k")):], "ka") },
		"a key like the last":        func(b []byte) { twice(child(b, 0)) },
		"a key that is not below":    func(b []byte) { copy(child(b, 0)[bytes.LastIndex(child(b, 0)[:1024], []byte("k")):], "kz") },
		"a branch's key out of turn": func(b []byte) { copy(branch(b)[bytes.LastIndex(branch(b)[:1024], []byte("k")):], "k\x00") },
		"branches out of turn": func(b []byte) {
			word.PutUint16(child(b, 0)[10:], 0)
			copy(branch(b)[bytes.Index(branch(b)[headerBytes+2*elementBytes:], []byte("k"))+headerBytes+2*elementBytes:], "kz")
		},
		"an empty key":            func(b []byte) { word.PutUint32(child(b, 0)[headerBytes+8:], 0) },
		"a key among elements":    func(b []byte) { word.PutUint32(child(b, 0)[headerBytes+4:], 2) },
		"a value out of its page": func(b []byte) { word.PutUint32(child(b, 0)[headerBytes+12:], 5000) },
		"unknown flags":           func(b []byte) { word.PutUint32(child(b, 0)[headerBytes:], 2) },
		"a bucket that is none":   func(b []byte) { word.PutUint32(child(b, 0)[headerBytes:], 1) },
		"no page":                 func(b []byte) { word.PutUint64(branch(b)[headerBytes+8:], 1<<63) },
		"a root's page":           func(b []byte) { word.PutUint64(branch(b)[headerBytes+8:], 1) },
		"an older root":           func(b []byte) { last(b[:1024], "\xed\xda\x0c\xed")[9]++ },
	} {
		var data []byte
		data, roots = pagesOf(t)
		spoil(data)
		require.ErrorIs(t, checkPages(data), ErrCorrupt, name)
	}
}

func TestPagesThatAreCutOff(t *testing.T) {
	data, _ := pagesOf(t)
	p := &pages{data: data}
	_, err := p.roots()
	require.NoError(t, err)
	require.NoError(t, checkPages(data[:1024*p.count]), "what no root knows may be missing")
	for n := range 1024 * p.count {
		require.ErrorIs(t, checkPages(data[:n]), ErrCorrupt)
	}
}

// twice gives the second element of a leaf the key of the first.
func twice(page []byte) {
	first, _ := part(page, 2, 0, 4, 8)
	second, _ := part(page, 2, 1, 4, 8)
	copy(second, first)
}

// TestFreePagesInUse checks the list of free pages that bbolt writes by itself.
func TestFreePagesInUse(t *testing.T) {
	file := filled(t)
	edit(t, file, func(tx *bbolt.Tx) error { return nil })
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, checkPages(good))
	size := os.Getpagesize()
	p := &pages{data: good}
	newest, err := p.roots()
	require.NoError(t, err)
	free := int(binary.NativeEndian.Uint64(newest[32:])) * size
	root := binary.NativeEndian.Uint64(newest[16:])
	for name, spoil := range map[string]func(list []byte){
		"in use":    func(list []byte) { binary.NativeEndian.PutUint64(list[headerBytes:], root) },
		"a root's":  func(list []byte) { binary.NativeEndian.PutUint64(list[headerBytes:], 1) },
		"beyond":    func(list []byte) { binary.NativeEndian.PutUint64(list[headerBytes:], 1<<40) },
		"twice":     func(list []byte) { copy(list[headerBytes+8:][:8], list[headerBytes:]) },
		"very many": func(list []byte) { binary.NativeEndian.PutUint16(list[10:], 0xffff) },
		"too many":  func(list []byte) { binary.NativeEndian.PutUint16(list[10:], 0xfffe) },
		"no list":   func(list []byte) { binary.NativeEndian.PutUint16(list[8:], leafPage) },
	} {
		data := bytes.Clone(good)
		require.Greater(t, int(binary.NativeEndian.Uint16(data[free+10:])), 1)
		spoil(data[free:])
		require.ErrorIs(t, checkPages(data), ErrCorrupt, name)
	}
}
