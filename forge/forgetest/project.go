package forgetest

import "time"

// A Project is one repository with its changes on a forge of any kind, as a test writes it
// down; fake forges answer about it, each in its own words. Owner and Name are needed, all
// else may be zero. Once a server has it, it is changed inside that server's Edit only.
type Project struct {
	// Owner and Name are its path. On GitLab Owner may hold slashes, such as
	// "group/sub": then it is a group within a group.
	Owner, Name string
	ID          int64 // the numeric id; 0: derived from Owner and Name
	Changes     []Change
	Issues      []Issue
	Releases    []Release
	Advisories  []Advisory // only GitHub shows them
	Members     []Member   // only GitLab shows them

	IssuesDisabled, ChangesDisabled bool // their lists are empty or not found, as the forge has it
	Archived                        bool
	Private                         bool     // unknown to whoever is not let in
	OldNames                        []string // "owner/name": what it was called before, which still leads to it
}

// A Member is somebody whom a project has let in.
type Member struct {
	Account
	Level string // guest, reporter, developer, maintainer or owner
}

// An Account is who did something. The zero Account is a deleted one.
type Account struct {
	Login string
	ID    int64  // the numeric id; 0: derived from Login
	Type  string // User, Bot, Mannequin, Organization or EnterpriseUserAccount; "": User
	App   bool   // of a Bot on GitHub: it is a GitHub App, and its path is /apps/LOGIN

	Name, Company string   // of a User, as it says of itself
	Former        []string // the logins that it had before
}

// The methods by which changes are merged.
const (
	ByMerge       = "merge"        // a merge commit
	BySquash      = "squash"       // one commit made of all
	ByRebase      = "rebase"       // each commit made anew on the branch
	ByFastForward = "fast-forward" // the branch moves to the change's own commits
	ByRebaseMerge = "rebase-merge" // each commit made anew, and a merge commit: Gitea's
)

// A Change is a pull or merge request. Numbers are unique among changes and issues.
type Change struct {
	Number      int
	ID          int64 // the numeric id; 0: derived from project and number
	Title, Body string
	Author      Account
	Association string // the author's on GitHub, such as MEMBER; "": NONE
	State       string // OPEN, CLOSED or MERGED; "": as Merged and Closed say
	Draft       bool

	Created, Updated, Merged, Closed time.Time // zero Updated: the last of the others
	MergedBy                         Account
	Method                           string // one of the methods above; "": merge
	// MergeCommit is what the change became on its branch: the merge commit, the
	// squashed commit, the last of the rebased ones, its own last one after a
	// fast-forward. "" is unknown, as where GitHub lost it.
	MergeCommit string
	// Squash is the squashed commit where MergeCommit is a merge of it, as GitLab can
	// have it; "": of method squash, MergeCommit itself.
	Squash string

	Base   string // the branch that it goes to; "": main
	Branch string // the branch that it comes from; "": topic-NUMBER
	// Head is its own last commit, BaseCommit the tip of Base, Start the commit that its own
	// commits follow: the merge base. All are object ids; "": derived.
	Head, BaseCommit, Start     string
	Commits                     int
	Additions, Deletions, Files int
	Labels                      []string
	Closes                      []int // the issues that its merge closes

	Reviews  []Review
	Comments []Comment
	// Timeline holds the events beside the reviews and comments, which the servers add
	// themselves, as they do the merged and the closed event of a merged change.
	Timeline []Event
}

// A Review is one judgement of a change.
type Review struct {
	ID          int64 // the numeric id; 0: derived from change and place
	Author      Account
	Association string // "": NONE
	State       string // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING; "": COMMENTED
	Submitted   time.Time
	Body        string
	Inline      int      // comments on lines
	InlineText  []string // what the first of them say; the others say something short
	Commit      string   // the commit that was judged; "": unknown, as where it is gone
	CanPush     bool
	// Dismissed says that the verdict in State was taken back or overruled. GitHub then
	// shows DISMISSED instead of it. State DISMISSED is a dismissed approval.
	Dismissed bool
	Stale     bool // commits were pushed after it
}

// An Event is one entry of a timeline. Fields that its type has not are not used.
//
// Types are called as in GitHub's schema. All forges know, in their own words,
// LabeledEvent, UnlabeledEvent, ClosedEvent, ReopenedEvent, AssignedEvent,
// ReviewRequestedEvent, HeadRefForcePushedEvent, RenamedTitleEvent and MergedEvent.
type Event struct {
	Type  string
	Actor Account
	At    time.Time

	Label         string  // of LabeledEvent and UnlabeledEvent
	Reviewer      Account // of ReviewRequestedEvent and ReviewRequestRemovedEvent
	Team          string  // instead of Reviewer: the slug of a team
	Assignee      Account // of AssignedEvent and UnassignedEvent
	Reason        string  // of ClosedEvent and ReopenedEvent: stateReason; of ReviewDismissedEvent: the message
	Review        int     // of ReviewDismissedEvent: which of the change's reviews
	State         string  // of ReviewDismissedEvent: the state that the review had
	Before, After string  // of HeadRefForcePushedEvent: object ids; "": null
	Commit        string  // of MergedEvent and ReferencedEvent: an object id; "": null
	From, To      string  // of RenamedTitleEvent: the titles
}

// A Comment is one in the discussion of a change or an issue, not on a line.
type Comment struct {
	ID          int64 // the numeric id; 0: derived from its subject and place
	Author      Account
	Association string // "": NONE
	At          time.Time
	Body        string
}

// An Issue is no change, although both share their numbers.
type Issue struct {
	Number      int
	ID          int64 // the numeric id; 0: derived from project and number
	Title, Body string
	Author      Account
	Association string // "": NONE
	State       string // OPEN or CLOSED; "": as Closed says
	StateReason string // COMPLETED, NOT_PLANNED, DUPLICATE or REOPENED; "": null

	Created, Updated, Closed time.Time // zero Updated: the last of the others
	Labels                   []string
	Timeline                 []Event
	Comments                 []Comment
}

// A Release is one that was published on the forge.
type Release struct {
	ID                int64 // the numeric id; 0: derived from project and tag
	Tag, Name         string
	Author            Account // GitHub's GraphQL shows it where it is a User, and null otherwise
	Created           time.Time
	Published         time.Time // zero: null, as of drafts
	Updated           time.Time // zero: the later of the others
	Draft, Prerelease bool      // drafts are not shown
	Commit            string    // what the tag stands at; "": null
}

// An Advisory is a security advisory of the repository.
type Advisory struct {
	GHSA, CVE            string
	Summary, Description string
	Severity             string // low, medium, high or critical; "": null
	State                string // published, draft, triage or closed; "": published
	Publisher, Author    Account
	Credits              []Credit

	Created, Updated, Published time.Time
	Withdrawn, Closed           time.Time // zero: null
}

// A Credit names who helped with an advisory.
type Credit struct {
	User  Account
	Type  string // such as finder, reporter, analyst, remediation_developer
	State string // accepted, declined or pending
}
