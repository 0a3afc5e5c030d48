package parse

import (
	"bytes"
	"hash/fnv"
)

// Keys are hashes of what ties two forms of the same work together, such as a
// change and its cherry-pick; 0 where there is none. They are read from the raw
// commit, so that a walk can afford them, and only tell which commits are worth a
// closer look: an equal key proves nothing, nor does a different one where a
// message was encoded anew.
type Keys struct {
	Author  uint64 // address and time to the second; kept by rebase, cherry-pick and git am
	Change  uint64 // the last Change-Id
	Subject uint64 // first line
	Reverts uint64 // the commit that "This reverts commit" names, as KeyOf gives it
}

// ParseKeys reads the keys of a commit object.
func ParseKeys(b []byte) (k Keys) {
	head, message, _ := bytes.Cut(b, []byte("\n\n"))
	if _, line, ok := bytes.Cut(head, []byte("\nauthor ")); ok {
		line, _, _ = bytes.Cut(line, []byte{'\n'})
		if i := bytes.LastIndexByte(line, '<'); i >= 0 {
			if j := bytes.LastIndexByte(line, ' '); j > i {
				line = line[:j] // the zone is not kept by every tool
			}
			k.Author = key(line[i:])
		}
	}
	subject, body, _ := bytes.Cut(bytes.TrimLeft(message, "\r\n\t "), []byte{'\n'})
	k.Subject = key(bytes.TrimSpace(subject))
	if i := bytes.LastIndex(body, []byte("\nChange-Id: ")); i >= 0 {
		line, _, _ := bytes.Cut(body[i+len("\nChange-Id: "):], []byte{'\n'})
		k.Change = key(bytes.TrimSpace(line))
	}
	if _, rest, ok := bytes.Cut(body, []byte("This reverts commit ")); ok && len(rest) >= 2*len(Hash{}) {
		if h, ok := hexHash(rest[:2*len(Hash{})]); ok {
			k.Reverts = KeyOf(h)
		}
	}
	return k
}

// KeyOf returns the key of a commit's name.
func KeyOf(h Hash) uint64 { return key(h[:]) }

func key(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}
