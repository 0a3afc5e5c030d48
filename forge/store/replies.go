package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"

	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/forge/internal/rest"
)

// mostReplies is how many replies a log keeps. Those of tokens that live for an hour
// are never asked for again, and nobody says which these are; so where there is no
// place for one more, all go.
const mostReplies = 1000

// Replies keeps replies of a forge that it may confirm instead of sending them again. Any
// number of goroutines may use it. What cannot be kept or read is not there.
type Replies struct {
	l     *Log
	scope string
}

// Replies returns the cache of a log for a scope. Forges give each token its own
// ETags, so the scope should be a digest of the token's identity, and never the
// token. A store that is read-only keeps nothing.
func (l *Log) Replies(scope string) *Replies { return &Replies{l, scope} }

// Load returns the reply that was saved last with a key; false where there is none.
func (r *Replies) Load(key string) (rest.Reply, bool) {
	name := r.name(key)
	var value []byte
	err := r.l.s.view("reading a reply in", func(tx *bbolt.Tx) error {
		if b := tx.Bucket([]byte(replyBucket)); b != nil {
			if b = b.Bucket([]byte(r.l.key)); b != nil {
				value = bytes.Clone(b.Get(name))
			}
		}
		return nil
	})
	var reply rest.Reply
	if err == nil && value != nil {
		reply, err = r.open(value, name)
	}
	if err != nil {
		r.l.s.log.Warn("a reply is not used", "repository", r.l.key, "error", err)
	}
	return reply, err == nil && value != nil
}

// Save keeps a reply. One that needs more than 16 MiB is not kept, and none is in a store
// that is read-only.
func (r *Replies) Save(key string, reply rest.Reply) {
	if r.l.s.readOnly {
		return
	}
	name := r.name(key)
	value, err := r.seal(reply, name)
	if err == nil {
		err = r.l.s.update("keeping a reply in", func(tx *bbolt.Tx) error { return r.put(tx, name, value) })
	}
	if err != nil {
		r.l.s.log.Warn("a reply is not kept", "repository", r.l.key, "error", err)
	}
}

// put writes a reply. The bucket's sequence counts those that have come since it was empty.
func (r *Replies) put(tx *bbolt.Tx, name, value []byte) error {
	all, err := tx.CreateBucketIfNotExists([]byte(replyBucket))
	if err != nil {
		return err
	}
	b, err := all.CreateBucketIfNotExists([]byte(r.l.key))
	if err != nil {
		return err
	}
	if b.Get(name) != nil {
		return b.Put(name, value)
	}
	if n, err := b.NextSequence(); err != nil || n > mostReplies {
		if err := errors.Join(err, all.DeleteBucket([]byte(r.l.key))); err != nil {
			return err
		}
		return r.put(tx, name, value)
	}
	return b.Put(name, value)
}

// name returns what stands for scope and key: an address may be longer than a key may be.
func (r *Replies) name(key string) []byte {
	scope, of := sha256.Sum256([]byte(r.scope)), sha256.Sum256([]byte(key))
	return append(scope[:16], of[:16]...)
}

// meaning is a reply without its body, which follows it: as JSON it would be longer.
type meaning struct {
	ETag   string      `json:"etag"`
	Header http.Header `json:"header"`
}

func (r *Replies) seal(reply rest.Reply, name []byte) ([]byte, error) {
	text, err := json.Marshal(meaning{reply.ETag, reply.Header})
	if err != nil {
		return nil, err
	}
	b := binary.AppendUvarint(nil, uint64(len(text)))
	return r.l.s.codec.seal(append(append(b, text...), reply.Body...), replyBucket, r.l.key, string(name))
}

func (r *Replies) open(value, name []byte) (reply rest.Reply, err error) {
	b, err := r.l.s.codec.open(nil, value, replyBucket, r.l.key, string(name))
	if err != nil {
		return reply, err
	}
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return reply, corrupt("a reply has a wrong length")
	}
	var m meaning
	if err := json.Unmarshal(b[n:][:length], &m); err != nil {
		return reply, corrupt("a reply: %v", err)
	}
	return rest.Reply{ETag: m.ETag, Header: m.Header, Body: b[n:][length:]}, nil
}
