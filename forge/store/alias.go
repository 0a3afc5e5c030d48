package store

import (
	"bytes"
	"strings"

	"go.etcd.io/bbolt"
)

// address is how an alias is kept: forges take no care of capitals.
func address(host, path string) string { return strings.ToLower(host + "/" + path) }

// Alias remembers that an address, such as "github.com" and "karst/flow", is the
// repository of a key. Capitals do not matter. An address that was another repository's is
// this one's from now on. What is known already is not written again.
func (s *Store) Alias(host, path, key string) error {
	if known, ok, err := s.Find(host, path); err != nil || ok && known == key {
		return err
	}
	name := address(host, path)
	doing := "naming " + key + " in"
	if key == "" || len(key) > mostKey || len(name) > mostKey {
		return s.wrap(doing, errKey)
	}
	value, err := s.codec.seal([]byte(key), aliasBucket, name)
	if err != nil {
		return s.wrap(doing, err)
	}
	return s.update(doing, func(tx *bbolt.Tx) error {
		all, err := s.codec.sums(tx)
		if err != nil {
			return err
		}
		b := tx.Bucket([]byte(aliasBucket))
		if old := b.Get([]byte(name)); old != nil {
			all.aliases.remove([]byte(name), old)
		}
		all.aliases.add([]byte(name), value)
		if err := b.Put([]byte(name), value); err != nil {
			return err
		}
		return s.codec.putSums(tx, all)
	})
}

// Find returns the key of the repository at an address; false where none is known.
func (s *Store) Find(host, path string) (key string, ok bool, err error) {
	name := address(host, path)
	err = s.view("looking up "+name+" in", func(tx *bbolt.Tx) error {
		value := tx.Bucket([]byte(aliasBucket)).Get([]byte(name))
		if value == nil {
			return nil
		}
		b, err := s.codec.open(nil, value, aliasBucket, name)
		key, ok = string(b), err == nil
		return err
	})
	return key, ok, err
}

// aliases returns the addresses of each key, sorted.
func (s *Store) aliases(tx *bbolt.Tx) (map[string][]string, error) {
	all := map[string][]string{}
	err := tx.Bucket([]byte(aliasBucket)).ForEach(func(name, value []byte) error {
		key, err := s.codec.open(nil, bytes.Clone(value), aliasBucket, string(name))
		all[string(key)] = append(all[string(key)], string(name))
		return err
	})
	return all, err
}
