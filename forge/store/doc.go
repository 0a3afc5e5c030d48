// Package store keeps what forges said in one file, so that mining resumes where it
// stopped, fetches only what is new, and what is contested is scored again without any
// request.
//
// The file holds one log for each repository: its facts, the state of the source that
// mines it (cursors, watermarks, page sizes), and replies that a forge may confirm
// instead of sending them again. Facts and state change in one transaction, so
// they agree whenever the process ends.
//
// The file is a bbolt database. Its buckets, and what they hold:
//
//	meta      "format": the words "tributary-store/1"
//	          "sums":   how many logs and aliases there are, and their sum
//	aliases   "HOST/PATH": the key of a log
//	logs      a bucket for each log, under its key:
//	            "head":  the state, and for each kind of fact number, sum and bytes
//	            "facts": a bucket of facts, under the encoded keys: records as JSON, compressed with S2
//	replies   a bucket for each log, under its key: replies, under a digest of scope and key
//
// bbolt has a checksum for its root and for nothing else, and takes a page that is wrong
// for what it says: it loses keys, runs in circles or ends the process from a
// goroutine of its own. So [Open] walks through the pages itself before bbolt may
// change anything, and then through the values. Each has a CRC-32C over all
// that it is, its keys included. What should be there is known by the sums: of a log's
// facts in its head, of all heads in "sums". This reads the file once, which bbolt does
// itself in order to find the free pages.
//
// Checksums are no signature: who may write the file may put any facts into it. What
// such a file cannot do is harm the reader.
package store
