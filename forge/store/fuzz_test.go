package store

import (
	"encoding/binary"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/model"
)

// FuzzValue opens values whose checksum is right, whatever else they are. What can be
// read can be written again.
func FuzzValue(f *testing.F) {
	c := newCodec()
	change := &model.Change{Title: "x", Labels: []string{"a"}}
	for _, records := range [][]model.Record{
		{{Contribution: &model.Contribution{Artifact: "change:1", Change: change}}, {Contribution: &model.Contribution{Artifact: "change:1", Change: change}}},
		{{Coverage: &model.Coverage{Kind: model.ReviewFacts}}}, {{}}, nil,
	} {
		b, err := marshalRecords(records)
		require.NoError(f, err)
		value, err := c.seal(b)
		require.NoError(f, err)
		f.Add(value[sumBytes:])
	}
	for _, text := range []string{`{"records":[{"change":1,"contribution":{}}]}`, `{"records":[{"change":-1,"contribution":{}}],"changes":[{}]}`, `{"records":[{"change":1}],"changes":[null]}`, `[`} {
		value, err := c.seal([]byte(text))
		require.NoError(f, err)
		f.Add(value[sumBytes:])
	}
	f.Add([]byte("\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		value := binary.LittleEndian.AppendUint32(nil, c.crc(payload))
		b, err := c.open(nil, append(value, payload...))
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		require.LessOrEqual(t, len(b), mostBytes)
		records, err := unmarshalRecords(b)
		if err != nil {
			return
		}
		again, err := marshalRecords(records)
		require.NoError(t, err)
		same, err := unmarshalRecords(again)
		require.NoError(t, err)
		twice, err := marshalRecords(same)
		require.NoError(t, err)
		require.Equal(t, again, twice)
	})
}

// FuzzPages walks through pages with right checksums of the roots. bbolt reads
// what passes without a panic, and its own check finds nothing.
func FuzzPages(f *testing.F) {
	file := filepath.Join(f.TempDir(), "seed")
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{PageSize: 1024, NoFreelistSync: true})
	require.NoError(f, err)
	require.NoError(f, db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte("logs"))
		require.NoError(f, err)
		inner, err := b.CreateBucket([]byte("k"))
		require.NoError(f, err)
		for _, k := range []string{"a", "b", "c", "d", "e"} {
			require.NoError(f, inner.Put([]byte(k), []byte(strings.Repeat(k, 300))))
		}
		small, err := tx.CreateBucket([]byte("meta"))
		require.NoError(f, err)
		return small.Put([]byte("x"), []byte("y"))
	}))
	require.NoError(f, db.Close())
	seed, err := os.ReadFile(file)
	require.NoError(f, err)
	require.NoError(f, checkPages(seed))
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		sealRoots(data)
		if err := checkPages(data); err != nil {
			return
		}
		file := filepath.Join(t.TempDir(), "db")
		require.NoError(t, os.WriteFile(file, data, 0o600))
		db, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true})
		if err != nil {
			return
		}
		defer db.Close()
		require.NoError(t, db.View(func(tx *bbolt.Tx) error { return readAll(tx.ForEach) }))
	})
}

// sealRoots gives both roots the checksums of what they say.
func sealRoots(data []byte) {
	for _, at := range []int{0, 1024} {
		if len(data) >= at+headerBytes+metaBytes {
			m := data[at+headerBytes:][:metaBytes]
			sum := fnv.New64a()
			sum.Write(m[:metaBytes-8])
			binary.NativeEndian.PutUint64(m[metaBytes-8:], sum.Sum64())
		}
	}
}

// readAll reads all values of the buckets of a transaction.
func readAll(each func(func([]byte, *bbolt.Bucket) error) error) error {
	return each(func(_ []byte, b *bbolt.Bucket) error { return readBucket(b) })
}

func readBucket(b *bbolt.Bucket) error {
	return b.ForEach(func(k, v []byte) error {
		fnv.New64a().Write(append(slices.Clone(v), k...)) // touches each byte
		if inner := b.Bucket(k); v == nil && inner != nil {
			return readBucket(inner)
		}
		return nil
	})
}

// FuzzKey checks that keys come back, and that none takes the place of another.
func FuzzKey(f *testing.F) {
	for _, k := range []string{"change/412", "a//b", "\x01/\x02", "0/00/9", "x/99999999999999999999/1", "/", "\x01\x02ab"} {
		f.Add(k)
	}
	f.Fuzz(func(t *testing.T, key string) {
		b := appendKey(nil, key)
		got, err := parseKey(b)
		require.NoError(t, err)
		require.Equal(t, key, got)
		require.True(t, strings.HasPrefix(string(b), string(appendKey(nil, folder(key)))))
		if got, err := parseKey([]byte(key)); err == nil {
			require.Equal(t, key, string(appendKey(nil, got)))
		}
	})
}
