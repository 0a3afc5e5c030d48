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
	// Type is what the forge says of the account; empty where no forge was asked.
	Type AccountType `json:"type,omitempty"`
}

// AccountType is a kind of account of a forge.
type AccountType string

// The kinds of accounts.
const (
	UserAccount         AccountType = "user"
	BotAccount          AccountType = "bot"       // a robot that the forge itself knows as one
	AppAccount          AccountType = "app"       // a program installed on the forge
	GhostAccount        AccountType = "ghost"     // deleted: whose it was is not known any more, and all else is empty
	MannequinAccount    AccountType = "mannequin" // stands for somebody of a forge that the project was imported from
	OrganizationAccount AccountType = "organization"
	TeamAccount         AccountType = "team" // several persons at once
)

// Role is the part that an actor played in an act.
type Role string

// The roles. Signer, reporter and requested are shown and never scored.
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
	Commander  Role = "commander"  // told a robot to accept a change
	Requested  Role = "requested"  // was asked to judge a change
	Releaser   Role = "releaser"   // published a release
	Backporter Role = "backporter" // carried a change to another branch on a forge
	Triager    Role = "triager"    // labelled or closed an issue
	Responder  Role = "responder"  // answered an issue
	Maintainer Role = "maintainer" // is listed in a role file from At until Until
	Remediator Role = "remediator" // helped to mend a vulnerability, by the words of its advisory
	Publisher  Role = "publisher"  // published an advisory
)

// Artifact names the thing that an act was done on, as "kind:name":
// "commit:SHA", "change:412" (a pull or merge request), "release:v2.1",
// "issue:88", "advisory:GHSA-xxxx-xxxx-xxxx" or "role:MAINTAINERS".
type Artifact string

// Kinds of artifacts.
const (
	CommitArtifact   = "commit"
	ChangeArtifact   = "change"
	ReleaseArtifact  = "release"
	IssueArtifact    = "issue"
	AdvisoryArtifact = "advisory"
	RoleArtifact     = "role"
	PersonArtifact   = "person" // of decisions alone: a person of a roster
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
	// Verb says what the actor did where the role leaves it open, in the words of
	// the forge: "labeled" or "closed" of a triager, "/approve" of a commander,
	// "remediation_developer" of a remediator.
	Verb string `json:"verb,omitempty"`

	Commit   *Commit   `json:"commit,omitempty"`   // of a commit, always
	Change   *Change   `json:"change,omitempty"`   // of a change, always
	Review   *Review   `json:"review,omitempty"`   // of a reviewer of a change
	Issue    *Issue    `json:"issue,omitempty"`    // of an issue, always
	Advisory *Advisory `json:"advisory,omitempty"` // of an advisory, always
}

// Change is what a forge says of a merged pull or merge request. All contributions to
// one change share it; nobody may change it. Each of them is At the merge, save
// those that have a time of their own: reviews, requests and commands.
type Change struct {
	Title  string    `json:"title"`
	Opened time.Time `json:"opened"`
	Merged time.Time `json:"merged"`
	Base   string    `json:"base"`           // branch that it was merged into
	Head   string    `json:"head,omitempty"` // its own last commit
	// Start is the commit that its own commits follow: what its last version was made
	// on. Empty where the forge does not say. It tells which commits a fast-forwarded
	// change brought, since nothing else does.
	Start string `json:"start,omitempty"`
	// MergeCommit is what the change became on its branch: the merge commit, the
	// squashed commit or the last of the rebased ones. Empty where the forge does not say.
	MergeCommit string   `json:"merge_commit,omitempty"`
	Labels      []string `json:"labels,omitempty"` // sorted
}

// Review is a verdict on a change, or a remark.
type Review struct {
	State  ReviewState `json:"state"`
	Said   string      `json:"said"`             // the state in the forge's own word
	Inline int         `json:"inline,omitempty"` // comments on lines
	Length int         `json:"length,omitempty"` // characters of the text that goes with it
	Commit string      `json:"commit,omitempty"` // that was judged
	// Stale says that the change has got other commits since.
	Stale bool `json:"stale,omitempty"`
	// CanPush says that the reviewer has write access, as the forge knew it when it
	// was mined: no forge tells since when.
	CanPush     bool   `json:"can_push,omitempty"`
	Association string `json:"association,omitempty"` // to the repository, in the forge's word, such as MEMBER
}

// ReviewState is the outcome of a review.
type ReviewState string

// The outcomes of reviews.
const (
	Approved         ReviewState = "approved"
	ChangesRequested ReviewState = "changes-requested"
	Commented        ReviewState = "commented"
	Dismissed        ReviewState = "dismissed" // a verdict once, taken back or overruled
)

// Issue is what a forge says of an issue. All contributions to one issue share it.
type Issue struct {
	Title  string    `json:"title"`
	Opened time.Time `json:"opened"`
	Closed time.Time `json:"closed,omitzero"`  // when it was closed last; zero while it is open
	Reason string    `json:"reason,omitempty"` // why it was closed, in the forge's word, such as NOT_PLANNED
	Labels []string  `json:"labels,omitempty"` // sorted
}

// Advisory is what a project published of a vulnerability. All contributions to one
// advisory share it.
type Advisory struct {
	Aliases   []string   `json:"aliases,omitempty"` // other identifiers of the same, such as a CVE, sorted
	Published time.Time  `json:"published"`
	Fixes     []Artifact `json:"fixes,omitempty"` // commits and changes of the same repository that its text cites, sorted
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
	Space int   `json:"space,omitempty"` // of these: nothing but white space and blank lines differs
	// Comment counts the others of which nothing but comments, and white space, differs.
	Comment int `json:"comment,omitempty"`
	Lines
}
