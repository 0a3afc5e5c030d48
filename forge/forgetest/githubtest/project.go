package githubtest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"time"
)

// A Project is one repository as a test writes it down. Owner and Name are needed, all
// else may be zero. Once a server has it, it is changed inside [Server.Edit] only.
type Project struct {
	Owner, Name string
	ID          int64 // the numeric id; 0: derived from Owner and Name
	Changes     []Change
	Issues      []Issue
	Releases    []Release
	Advisories  []Advisory

	IssuesDisabled, ChangesDisabled bool // their lists are empty
	Archived                        bool
	Private                         bool     // unknown to every token whose Quota is not Private
	OldNames                        []string // "owner/name": GraphQL answers as if by the new name, REST with 301
}

// An Account is who did something. The zero Account is a deleted one: null.
type Account struct {
	Login string
	ID    int64  // the numeric id; 0: derived from Login
	Type  string // User, Bot, Mannequin, Organization or EnterpriseUserAccount; "": User
	App   bool   // of a Bot: it is a GitHub App, and its path is /apps/LOGIN

	Name, Company string // of a User, as it says of itself
}

// A Change is a pull request. Numbers are unique among changes and issues.
type Change struct {
	Number      int
	ID          int64 // the numeric id; 0: derived from project and number
	Title, Body string
	Author      Account
	Association string // the author's, such as MEMBER; "": NONE
	State       string // OPEN, CLOSED or MERGED; "": as Merged and Closed say
	Draft       bool

	Created, Updated, Merged, Closed time.Time // zero Updated: the last of the others
	MergedBy                         Account
	MergeCommit                      string // "": null, as where GitHub lost it

	Base                        string // the branch that it goes to; "": main
	Branch                      string // the branch that it comes from; "": topic-NUMBER
	Head, BaseCommit            string // object ids; "": derived
	Commits                     int
	Additions, Deletions, Files int
	Labels                      []string

	Reviews  []Review
	Comments []Comment
	// Timeline holds the events beside the reviews and comments, which the server adds
	// itself, as it does the merged and the closed event of a merged change.
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
	Inline      int    // comments on lines
	Commit      string // the commit that was judged; "": null, as where it is gone
	CanPush     bool
}

// An Event is one entry of a timeline. Fields that its type has not are not used.
type Event struct {
	Type  string // such as LabeledEvent: the name of its type in the schema
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
	Author            Account // GraphQL shows it where it is a User, and null otherwise
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

// orDerived is id, or where that is 0 a positive number of 31 bits made of parts, since
// GraphQL's Int has no more.
func orDerived(id int64, parts ...any) int64 {
	if id != 0 {
		return id
	}
	h := fnv.New32a()
	fmt.Fprintln(h, parts...)
	return int64(h.Sum32()>>1) + 1
}

// orHash is an object id, or where that is "" one made of parts.
func orHash(oid string, parts ...any) string {
	if oid != "" {
		return oid
	}
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendln(nil, parts...)))[:40]
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

func (p *Project) id() int64        { return orDerived(p.ID, "project", p.Owner, p.Name) }
func (p *Project) fullName() string { return p.Owner + "/" + p.Name }

func (a Account) id() int64     { return orDerived(a.ID, "account", a.Login) }
func (a Account) deleted() bool { return a.Login == "" }
func (a Account) kind() string  { return cmp.Or(a.Type, "User") }

// path is the account's page, which tells an app from a user.
func (a Account) path() string {
	if a.App {
		return "/apps/" + a.Login
	}
	return "/" + a.Login
}

func (c *Change) state() string {
	switch {
	case c.State != "":
		return c.State
	case !c.Merged.IsZero():
		return "MERGED"
	case !c.Closed.IsZero():
		return "CLOSED"
	}
	return "OPEN"
}

// closed is when the change was closed; a merge closes it.
func (c *Change) closed() time.Time {
	if c.Closed.IsZero() {
		return c.Merged
	}
	return c.Closed
}

func (c *Change) updated() time.Time {
	if !c.Updated.IsZero() {
		return c.Updated
	}
	return latest(c.Created, c.Merged, c.Closed)
}

func (v *Release) updated() time.Time {
	if !v.Updated.IsZero() {
		return v.Updated
	}
	return latest(v.Created, v.Published)
}

func (i *Issue) state() string {
	switch {
	case i.State != "":
		return i.State
	case !i.Closed.IsZero():
		return "CLOSED"
	}
	return "OPEN"
}

func (i *Issue) updated() time.Time {
	if !i.Updated.IsZero() {
		return i.Updated
	}
	return latest(i.Created, i.Closed)
}
