package saved

import (
	"time"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// Record is what was mined of one commit.
type Record struct {
	Graph Graph

	// The fields of the same name of [model.Commit]. Times are kept to the second with
	// their offset from UTC, not with the name of their zone. They are zero, or lie
	// between 1970 and 9999 and less than a day from UTC.
	Subject             string
	Authored, Committed time.Time
	ChangeID            string
	Picked, Reverts     []string
	Signed              bool

	// Acts are the parts that people played, in order: author, committer, and whom
	// the trailers name.
	Acts []Act

	// Facts says which of the fields below are known; those are there, also in a forged
	// file. What is not known may be stated, and is kept, but means nothing.
	Facts Facts
	// Files are the files touched. Nothing of them may be unknown: what is absent today
	// may be there tomorrow, so it must be looked for again. An empty Churn is read
	// as nil.
	Files *model.Files
	// RoleChanges are the role files that differ from the first parent's, in the
	// order in which they were given.
	RoleChanges []RoleChange
}

// Graph is what a walk through the history needs of a commit.
type Graph struct {
	Tree      parse.Hash
	Parents   []parse.Hash
	Committed int64 // seconds since 1970, up to the year 9999; 0 where not readable
	Keys      parse.Keys
}

// Act is one part that somebody played in a commit.
type Act struct {
	Role  model.Role
	Actor model.Identity
}

// RoleChange is a role file that a commit changes.
type RoleChange struct {
	Path string
	Mode uint32     // the file's mode afterwards, as git stores it; 0 where it is deleted
	Blob parse.Hash // its content afterwards; zero where it is deleted
}

// Facts is a set of kinds of facts.
type Facts uint8

// The kinds of facts that a record may lack. Message, people and graph are always
// known. Lines, churn and patch are only known where the files are.
const (
	FilesKnown Facts = 1 << iota // Files is not nil, and has Touched and Upkeep
	LinesKnown                   // Files.Lines is not nil
	ChurnKnown                   // Files.Churn
	PatchKnown                   // Files.Patch is not nil
	RolesKnown                   // RoleChanges

	allFacts = 1<<iota - 1
)

// Has reports whether all of some facts are known.
func (f Facts) Has(some Facts) bool { return f&some == some }

// holds reports whether all is there that is said to be known.
func (r *Record) holds() bool {
	f, k := r.Files, r.Facts
	if k&(FilesKnown|LinesKnown|ChurnKnown|PatchKnown) == 0 {
		return true
	}
	return k.Has(FilesKnown) && f != nil && (f.Lines != nil || !k.Has(LinesKnown)) && (f.Patch != nil || !k.Has(PatchKnown))
}

// Times later than the year 9999, or a day from UTC, have no form in JSON.
const (
	lastSecond   = 253402300799
	farthestZone = 24*60*60 - 1
)

// writable reports whether a time can be kept.
func writable(seconds int64, zone int) bool {
	return 0 <= seconds && max(seconds, seconds+int64(zone)) <= lastSecond && -farthestZone <= zone && zone <= farthestZone
}

// The first byte of a record says which keys are not zero, and which parts are there.
const (
	hasAuthor = 1 << iota
	hasChange
	hasSubject
	hasReverts
	isSigned
	hasFiles
	hasLines
	hasPatch
)

// The second byte has the facts in its lower five bits, and these.
const (
	hasPatchID = 1 << (5 + iota)
	hasReferences
	hasRoleChanges
)
