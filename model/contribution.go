package model

import (
	"strings"
	"time"
)

// Identity is what a source saw of an actor, unresolved: several identities may
// be one person, and nothing is folded or corrected. Empty fields were not seen.
type Identity struct {
	Name    string `json:"name,omitempty"`    // display name, free text
	Mail    string `json:"mail,omitempty"`    // address as written
	Account string `json:"account,omitempty"` // forge account as "host:numeric id", such as "github:1234567"
	Login   string `json:"login,omitempty"`   // account name on the repository's forge, without "@"
}

// Role is the part that an actor played in an act.
type Role string

// The roles. Signer and reporter are shown and never scored.
const (
	Author     Role = "author"     // wrote it
	CoAuthor   Role = "co-author"  // shares the authorship (Co-authored-by, Co-developed-by)
	Committer  Role = "committer"  // applied it
	Reviewer   Role = "reviewer"   // judged it (Reviewed-by, a forge's review)
	Tester     Role = "tester"     // tried it (Tested-by)
	Acker      Role = "acker"      // agreed with it (Acked-by)
	Signer     Role = "signer"     // passed it on (Signed-off-by)
	Reporter   Role = "reporter"   // reported what it mends (Reported-by)
	Merger     Role = "merger"     // accepted a change on a forge
	Releaser   Role = "releaser"   // published a release
	Backporter Role = "backporter" // carried a change to another branch on a forge
	Triager    Role = "triager"    // labelled or closed an issue
	Responder  Role = "responder"  // answered an issue
	Maintainer Role = "maintainer" // is listed in a role file from At until Until
)

// Artifact names the thing that an act was done on, as "kind:name":
// "commit:SHA", "change:412" (a pull or merge request), "release:v2.1",
// "issue:88" or "role:MAINTAINERS".
type Artifact string

// Kinds of artifacts.
const (
	CommitArtifact  = "commit"
	ChangeArtifact  = "change"
	ReleaseArtifact = "release"
	IssueArtifact   = "issue"
	RoleArtifact    = "role"
)

// NewArtifact returns the artifact "kind:name".
func NewArtifact(kind, name string) Artifact { return Artifact(kind + ":" + name) }

// Kind returns the part before the colon.
func (a Artifact) Kind() string {
	kind, _, _ := strings.Cut(string(a), ":")
	return kind
}

// Name returns the part after the colon.
func (a Artifact) Name() string {
	_, name, _ := strings.Cut(string(a), ":")
	return name
}

// Contribution is one act, by one actor, in one role, on one artifact, at one
// time. It is a fact: it holds no opinion, no vendor and no score.
type Contribution struct {
	Artifact Artifact  `json:"artifact"`
	Role     Role      `json:"role"`
	Actor    Identity  `json:"actor"`
	At       time.Time `json:"at"`             // when it was accepted, published or first listed, in UTC
	Until    time.Time `json:"until,omitzero"` // Maintainer: when the listing ended; zero while it lasts
	Commit   *Commit   `json:"commit,omitempty"`
}

// Commit is what a repository's history says of a commit artifact. All
// contributions to one commit share it; nobody may change it.
type Commit struct {
	Parents   []string  `json:"parents,omitempty"`
	Subject   string    `json:"subject"`   // first paragraph on one line, valid UTF-8
	Authored  time.Time `json:"authored"`  // author's clock; decides no window
	Committed time.Time `json:"committed"` // committer's clock
	// Landed is the commit on the first-parent line of a declared branch that
	// brought this one in; the commit itself where it was pushed directly. Where
	// several branches hold the commit, it is the earliest.
	Landed string `json:"landed"`
	// LandedMerge says that Landed is a merge commit.
	LandedMerge bool `json:"landed_merge,omitempty"`
	// Branches are the declared branches that hold the commit, sorted.
	Branches []string `json:"branches,omitempty"`
	ChangeID string   `json:"change_id,omitempty"` // Gerrit's Change-Id trailer
	Picked   []string `json:"picked,omitempty"`    // "cherry picked from commit", as written
	Reverts  []string `json:"reverts,omitempty"`   // "This reverts commit", as written
	Signed   bool     `json:"signed,omitempty"`    // bears a signature, unverified
	Files    *Files   `json:"files,omitempty"`     // nil where the source did not look
}

// Files says which files a non-merge commit touches against its first parent
// (the empty tree for a root commit). Identical moves touch nothing.
type Files struct {
	Touched int `json:"touched"`           // files added, deleted or changed
	Upkeep  int `json:"upkeep,omitempty"`  // of these: CI, build, packaging and dependencies
	Unknown int `json:"unknown,omitempty"` // of these, or whole folders: content absent or unreadable
	// Lines is nil where the source was not asked to count lines.
	Lines *Lines `json:"lines,omitempty"`
	// Churn says what kinds of files these are, sorted by class, each class once;
	// nil where the source was not asked, and where nothing is touched.
	Churn []Churn `json:"churn,omitempty"`
	// Patch is nil where the source was not asked, or could not read all of them.
	Patch *Patch `json:"patch,omitempty"`
}

// Lines counts lines of text by an exactly minimal difference. Files whose
// content is unknown are left out; Files.Unknown says how many.
type Lines struct {
	Added   int `json:"added"`
	Deleted int `json:"deleted"`
}

// Class is a kind of file. A file has exactly one, the first that holds in the
// order of the constants below.
type Class string

// The classes of files.
const (
	BinaryFiles        Class = "binary"        // not text: counted as files, never in lines
	VendoredFiles      Class = "vendored"      // copies of other projects
	LockFiles          Class = "lock"          // versions of dependencies, written by a tool
	GeneratedFiles     Class = "generated"     // written by another program
	TranslationFiles   Class = "translation"   // catalogues of messages
	TestFiles          Class = "test"          // tests and their data
	DocumentationFiles Class = "documentation" // prose
	ConfigurationFiles Class = "configuration" // settings and data
	CodeFiles          Class = "code"          // everything else
)

// Churn is what a commit does to the files of one class. A file of which nothing but
// the mode changes has the class that its path alone tells.
type Churn struct {
	Class Class `json:"class"`
	Files int   `json:"files"`           // touched, unknown ones not included
	Space int   `json:"space,omitempty"` // of these: nothing but white space, blank lines or the order of lines differs
	Lines
}
