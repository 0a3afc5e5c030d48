package model

import (
	"fmt"
	"time"
)

// Record is one thing that a source states of a repository: exactly one of the
// pointers is set. Records of one project come together, and all contributions
// to one commit of one repository come in a row.
type Record struct {
	Project    string `json:"project"`    // the tender's name for it
	Repository string `json:"repository"` // its address as the tender writes it, without credentials

	Contribution *Contribution `json:"contribution,omitempty"`
	Coverage     *Coverage     `json:"coverage,omitempty"`
	Alias        *Alias        `json:"alias,omitempty"`
	Tip          *Tip          `json:"tip,omitempty"`
	Head         *Head         `json:"head,omitempty"`
}

// Kind is a kind of fact that a source may or may not be able to show.
type Kind string

// Kinds of facts.
const (
	CommitFacts   Kind = "commits"    // authors, committers, trailers
	FileFacts     Kind = "files"      // which files a commit touches
	LineFacts     Kind = "lines"      // how many lines
	ChurnFacts    Kind = "churn"      // what kinds of files
	PatchFacts    Kind = "patches"    // which lines, so that the same work is recognised elsewhere
	ReviewFacts   Kind = "reviews"    // who judged a change
	MergeFacts    Kind = "merges"     // who accepted a change
	ReleaseFacts  Kind = "releases"   // who published a release
	AdvisoryFacts Kind = "advisories" // who mended a vulnerability
	IssueFacts    Kind = "issues"     // who answered
	RoleFacts     Kind = "roles"      // who is listed as a maintainer
	HeadFacts     Kind = "heads"      // which commits a change consists of
)

// State says how much of a kind of fact is known.
type State string

// States of coverage, from best to worst.
const (
	Complete    State = "complete"
	Partial     State = "partial"     // some is known, and used; the reason says what is not
	Unavailable State = "unavailable" // nothing is known, which is not the same as nothing being there
)

// Coverage says how much of one kind of fact the source could show for one
// repository and the time asked for. An error never looks like an empty answer.
// Where several sources show a kind of fact, each states its own coverage.
type Coverage struct {
	Source string `json:"source,omitempty"` // git, github, gitlab or gitea; of a forge that could not be recognised its host
	Kind   Kind   `json:"kind"`
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"` // for a person; required unless complete
	// Since and Until bound the instants for which the facts are known; zero is the
	// beginning, and the mining.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Alias says that two identities are one person, as a repository's .mailmap
// states it. From matches on its mail, and on its name too where it has one.
type Alias struct {
	From Identity `json:"from"`
	To   Identity `json:"to"` // an empty name leaves the name as it is
}

// Tip says which commit of a branch was mined. The first one that is stated of a repository
// is that of its main line: its default branch, or else the first of those that were mined.
// [MainTip] and [TagsTip] stand in the place of a branch where a document is being sealed, or was.
type Tip struct {
	Branch string `json:"branch"`
	Commit string `json:"commit"`
}

// What moves a figure beside the branches' commits, and is for whoever may push to change
// after a sealing. Both are pinned with the tips, under names that no branch has.
const (
	// MainTip names the main line, where several branches are mined: its commit is that of
	// the branch that is the main one, whatever the repository's HEAD names later.
	MainTip = "HEAD"
	// TagsTip names the annotated version tags of the window: in the place of a commit
	// stands the SHA-256 of a line "OBJECT NAME" for each, in the order of their names. A
	// repository that has it pinned is pinned whole: other branches are not mined, though a
	// pattern matches them.
	TagsTip = "refs/tags/"
)

// Head says which commits a change consists of, as the repository's own references
// to changes tell it, such as refs/pull/412/head.
type Head struct {
	Change    Artifact  `json:"change"`
	Commit    string    `json:"commit"`    // the last one
	Committed time.Time `json:"committed"` // by the clock of its committer: it was pushed no earlier
	// Own is how many of its commits no declared branch holds, 1,001 where there are
	// more than 1,000: such a change is not followed further.
	Own int `json:"own"`
	// Accepted are the commits on declared branches that are the change's work in
	// another form, as a rebase makes it: of the same author at the same second, with
	// the same subject. In the order in which they are stated.
	Accepted []string `json:"accepted,omitempty"`
}

// GapError says that one repository, or a part of it, could not be mined. It is
// not the end: the other repositories go on, and the ranking shows the gap.
type GapError struct {
	Project    string
	Repository string // without credentials
	Err        error
}

func (e *GapError) Error() string {
	return fmt.Sprintf("%s: %s: %v", e.Project, e.Repository, e.Err)
}

func (e *GapError) Unwrap() error { return e.Err }
