package store_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/forge/internal/rest"
	"github.com/tributary-oss/tributary/forge/store"
)

var _ rest.Cache = (*store.Replies)(nil)

func reply(n int) rest.Reply {
	return rest.Reply{
		ETag:   fmt.Sprintf(`W/"%d"`, n),
		Header: http.Header{"Content-Type": {"application/json"}, "Link": {"<a>; rel=next", "<b>; rel=last"}},
		Body:   fmt.Appendf(nil, `[{"id":%d}]`, n),
	}
}

func TestRepliesAreKept(t *testing.T) {
	s, file := openNew(t)
	l := s.Log("github.com/1")
	r := l.Replies("token a")
	r.Save("GET https://h/x?page=1", reply(1))
	r.Save("GET https://h/x?page=2", reply(2))
	r.Save("GET https://h/x?page=2", reply(3))
	r.Save(strings.Repeat("long", 20_000), rest.Reply{ETag: "e", Body: []byte{0xff, 0}})
	infos, err := s.Logs()
	require.NoError(t, err)
	require.Empty(t, infos, "a reply is no fact")
	require.NoError(t, l.Commit(changes(0, 1), 1))
	require.NoError(t, s.Close())
	var log bytes.Buffer
	s = open(t, file, &store.Options{ReadOnly: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	load := func(log, scope, key string) (rest.Reply, bool) { return s.Log(log).Replies(scope).Load(key) }
	got, ok := load("github.com/1", "token a", "GET https://h/x?page=1")
	require.True(t, ok)
	assert.Equal(t, reply(1), got)
	got, ok = load("github.com/1", "token a", "GET https://h/x?page=2")
	require.True(t, ok)
	assert.Equal(t, reply(3), got)
	got, ok = load("github.com/1", "token a", strings.Repeat("long", 20_000))
	require.True(t, ok)
	assert.Equal(t, rest.Reply{ETag: "e", Body: []byte{0xff, 0}}, got)
	for _, no := range [][3]string{{"github.com/2", "token a", "GET https://h/x?page=1"}, {"github.com/1", "token b", "GET https://h/x?page=1"}, {"github.com/1", "token a", "GET https://h/x?page=3"}} {
		_, ok = load(no[0], no[1], no[2])
		assert.False(t, ok, "%q", no)
	}
	s.Log("github.com/1").Replies("token a").Save("new", reply(9))
	_, ok = load("github.com/1", "token a", "new")
	assert.False(t, ok, "a store that is read-only keeps none")
	assert.Empty(t, log.String(), "which is nothing to warn of")
}

func TestRepliesHaveABound(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	for n := range 1001 {
		l.Replies(fmt.Sprint("token of hour ", n/10)).Save("x", reply(n)) // the same key again and again
		if n%10 == 0 {
			l.Replies("stable").Save(fmt.Sprint(n), reply(n))
		}
	}
	_, ok := l.Replies("stable").Load("0")
	require.True(t, ok, "202 replies have a place")
	for n := range 800 {
		l.Replies("stable").Save(fmt.Sprint("y", n), reply(n))
	}
	_, ok = l.Replies("stable").Load("0")
	require.False(t, ok, "where there were too many, they go")
	got, ok := l.Replies("stable").Load("y799")
	require.True(t, ok)
	require.Equal(t, reply(799), got)
}

func TestRepliesThatCannotBeKeptOrRead(t *testing.T) {
	s, file := openNew(t)
	require.NoError(t, s.Close())
	var log bytes.Buffer
	o := &store.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}
	s = open(t, file, o)
	large := reply(1)
	large.Body = make([]byte, 17<<20)
	s.Log("k").Replies("a").Save("x", large)
	require.Contains(t, log.String(), "a reply is not kept")
	_, ok := s.Log("k").Replies("a").Load("x")
	require.False(t, ok)
	s.Log("k").Replies("a").Save("x", reply(1))
	require.NoError(t, s.Close())

	spoil(t, file, func(value []byte) { value[len(value)-1] ^= 1 })
	log.Reset()
	s = open(t, file, o)
	_, ok = s.Log("k").Replies("a").Load("x")
	require.False(t, ok)
	require.Contains(t, log.String(), "a reply is not used")
	s.Log("k").Replies("a").Save("x", reply(2))
	got, ok := s.Log("k").Replies("a").Load("x")
	require.True(t, ok)
	require.Equal(t, reply(2), got)
	require.NoError(t, s.Close())
	_, ok = s.Log("k").Replies("a").Load("x")
	require.False(t, ok, "the store is closed")
}

// spoil changes the only reply of a file.
func spoil(t *testing.T, file string, change func([]byte)) {
	db, err := bbolt.Open(file, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("replies")).Bucket([]byte("k"))
		k, v := b.Cursor().First()
		k, v = bytes.Clone(k), bytes.Clone(v)
		change(v)
		return b.Put(k, v)
	}))
	require.NoError(t, db.Close())
}

func TestNoiseDoesNotGrowTheFileForEver(t *testing.T) {
	s, file := openNew(t)
	rng := rand.New(rand.NewPCG(1, 1))
	size := func() int64 {
		st, err := os.Stat(file)
		require.NoError(t, err)
		return st.Size()
	}
	for range 30 {
		require.NoError(t, s.Log("k").Commit(changes(0, 200), 1))
	}
	before := size()
	for range 100 {
		from := rng.IntN(100)
		require.NoError(t, s.Log("k").Commit(changes(from, from+100), 1))
	}
	require.LessOrEqual(t, size(), 2*before)
}
