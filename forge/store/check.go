package store

import (
	"maps"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"
)

// found writes what a new store consists of, unless another process was faster.
func (c *codec) found(tx *bbolt.Tx) error {
	if tx.Bucket([]byte(metaBucket)) != nil {
		return nil
	}
	for _, name := range []string{metaBucket, aliasBucket, logBucket} {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	if err := tx.Bucket([]byte(metaBucket)).Put([]byte(formatKey), []byte(format)); err != nil {
		return err
	}
	return c.putSums(tx, sums{})
}

// inspect checks the open file, first its pages and then its values. It is fresh where
// there is not even a bucket in it.
func (s *Store) inspect() (fresh bool, err error) {
	err = s.guard(func() error { return checkFile(s.handle) })
	if err != nil {
		return false, err
	}
	err = s.guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			k, _ := tx.Cursor().First()
			if fresh = k == nil; fresh {
				return nil
			}
			return s.codec.contents(tx)
		})
	})
	return fresh, err
}

// contents checks all that a store holds, save replies, which are checked when they are
// used: a reply that is lost is asked for again.
func (c *codec) contents(tx *bbolt.Tx) error {
	if err := checkFormat(tx); err != nil {
		return err
	}
	want, err := c.sums(tx)
	if err != nil {
		return err
	}
	if err := c.checkAliases(tx.Bucket([]byte(aliasBucket)), want.aliases); err != nil {
		return err
	}
	return c.checkLogs(tx.Bucket([]byte(logBucket)), want.logs)
}

// checkFormat tells what was never a store from what is a damaged or newer one.
func checkFormat(tx *bbolt.Tx) error {
	own := 0
	for _, name := range []string{metaBucket, aliasBucket, logBucket} {
		if tx.Bucket([]byte(name)) != nil {
			own++
		}
	}
	var name string
	if b := tx.Bucket([]byte(metaBucket)); b != nil {
		name = string(b.Get([]byte(formatKey)))
	}
	number, ok := strings.CutPrefix(name, formatName)
	switch n, err := strconv.ParseUint(number, 10, 64); {
	case ok && err == nil && n > 1:
		return ErrVersion
	case name == format && own == 3:
		return nil
	case ok || own >= 2:
		return corrupt("it does not say what it is")
	}
	return ErrForeign
}

func (c *codec) checkAliases(b *bbolt.Bucket, want tally) error {
	var got tally
	err := b.ForEach(func(name, value []byte) error {
		got.add(name, value)
		_, err := c.check(value, aliasBucket, string(name))
		return err
	})
	if err == nil && got != want {
		err = corrupt("it holds %d aliases instead of %d", got.N, want.N)
	}
	return err
}

func (c *codec) checkLogs(b *bbolt.Bucket, want tally) error {
	var got tally
	err := b.ForEach(func(key, value []byte) error {
		log := b.Bucket(key)
		if log == nil {
			return corrupt("the log %q is none", key)
		}
		got.add(key, log.Get([]byte(headKey)))
		return c.checkLog(log, string(key))
	})
	if err == nil && got != want {
		err = corrupt("it holds other logs than were written")
	}
	return err
}

// checkLog checks the facts of a log against its head.
func (c *codec) checkLog(b *bbolt.Bucket, log string) error {
	want, err := c.head(b, log)
	if err != nil {
		return err
	}
	facts, got := b.Bucket([]byte(factBucket)), head{Facts: map[string]tally{}}
	if facts == nil {
		return corrupt("the log %q has no facts", log)
	}
	err = facts.ForEach(func(k, value []byte) error {
		key, err := parseKey(k)
		if err != nil {
			return err
		}
		got.change(kindOf(key), k, nil, value)
		_, err = c.check(value, logBucket, log, factBucket, string(k))
		return err
	})
	if err == nil && !maps.Equal(got.Facts, want.Facts) {
		err = corrupt("the log %q holds other facts than were written", log)
	}
	return err
}
