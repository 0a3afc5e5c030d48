// Package saved keeps what was mined of a repository's commits in a file, so that
// the next mining pays only for the commits that are new.
//
// What git says of a commit depends on nothing but the commit's name, which is a
// digest of its message, its tree and all its ancestors, and on the tables of the
// miner: which file is a test, what an upkeep pattern is. So the file is a table
// from names to facts. A record never grows stale: a branch that was rewritten
// leads to other names, and those are simply not found. Only when the tables change
// is all of it void; the version that Open and Create are given stands for them.
// When and with which branch a commit landed depends on the branches, and is no
// part of a record.
//
// A file consists of, in this order (numbers are varints as in encoding/binary, or
// little-endian where their width is stated):
//
//	magic     "tributary-mined/2" and a newline
//	version   its length and bytes
//	records   each its length and bytes; see encoder.record
//	tables    names (roles, classes of files, paths), identities, tips:
//	          each their number, then length and bytes of each text
//	index     256 counts of 4 bytes: how many commits begin with this byte or a lower one;
//	          then for each commit, sorted, its name in 20 bytes and its record's place in 8
//	footer    where the tables and where the index begin, 8 bytes each
//	digest    SHA-256 of all before
//
// The digest finds what a disk or a broken copy did. It is no signature: who may write
// the file may put any facts into it, as into any other file of that account. What
// such a file cannot do is harm the reader: every length, number and place is
// checked where it is used, and memory grows with the bytes that are really there.
//
// A file is written beside its place and renamed into it, so a reader sees the old one
// or the new one. It is not forced onto the disk: what a loss of power leaves in its place
// does not have the right digest, and costs one full mining.
package saved
