// Package object reads the objects of a git repository on the disk: packs, files of
// their own ("loose"), and those of the folders that it borrows from.
//
// It is the only place where the content of a repository comes in. Whoever wrote
// the repository is not trusted: every length, offset and depth is checked, and
// memory grows with what is really there, not with what a number claims. Names are
// not checked against contents, which would cost more than the reading itself; the
// checksum of every compressed stream is.
//
// Formats (gitformat-pack in git's manual):
//
//   - pack indexes of versions 1 and 2, and packs of versions 2 and 3, which differ
//     in their number only;
//   - multi-pack-indexes of version 1, one for a folder. One that is broken, of another
//     version or out of date is left aside with a warning: all it says is also in the
//     indexes of the packs. Chains of them (multi-pack-index.d) are left aside without;
//   - a pack index of a later version is not read, but made anew from its pack with
//     go-git, in memory, with a warning. That is all go-git can help with: it
//     knows only version 2 of both indexes and packs. A pack of a later version is an
//     error that says so.
//
// Files beside these (.keep, .rev, .bitmap, .mtimes, .promisor) make nothing faster
// here, and are not looked at.
//
// A delta's base must lie in the same pack. Git looks no further either: packs with
// bases outside are only made for transport, and completed when they arrive.
package object
