package gitlab

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// The types below are what REST and GraphQL reply. What GitLab may leave out is a
// pointer: null is a fact of its own, such as the author of a note whose account is gone.

// number is an id: 7 of REST, "7" or "gid://gitlab/User/7" of GraphQL.
type number int64

// UnmarshalJSON takes what stands behind the last slash of a string, and 0 where that is
// no number: ids of what only GraphQL knows are none.
func (n *number) UnmarshalJSON(b []byte) error {
	text := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	v, err := strconv.ParseInt(text[strings.LastIndexByte(text, '/')+1:], 10, 64)
	if err != nil {
		v = 0
	}
	*n = number(v)
	return nil
}

type user struct {
	ID       number `json:"id"`
	Username string `json:"username"`
	Bot      *bool  `json:"bot"` // nil where it is not told, as in most of REST's replies
}

// note is a comment, or what the system notes of a change. Both ways spell some of its fields
// differently.
type note struct {
	ID       number     `json:"id"`
	System   bool       `json:"system"`
	Body     string     `json:"body"` // what [note.UnmarshalJSON] leaves of it
	length   int        // of the whole body, in characters, without the space around it
	Author   *user      `json:"author"`
	REST     *time.Time `json:"created_at"`
	GraphQL  *time.Time `json:"createdAt"`
	Type     string     `json:"type"` // REST's: DiffNote where it is on a line
	URL      string     `json:"url"`  // GraphQL's
	Position *struct {
		Head string `json:"head_sha"`
		Refs struct {
			Head string `json:"headSha"`
		} `json:"diffRefs"`
	} `json:"position"`
}

// mostBody is how many bytes of a note are kept. GitLab's own notes are lines, the longest of
// which name many people; comments may have a million characters, and a change ten thousand
// of them.
const mostBody = 4000

// UnmarshalJSON keeps of the system's notes their first lines, up to a word's end, and of
// others' the commands that they give.
func (n *note) UnmarshalJSON(b []byte) error {
	type plain note
	if err := json.Unmarshal(b, (*plain)(n)); err != nil {
		return err
	}
	text := strings.TrimSpace(n.Body)
	n.length = utf8.RuneCountInString(text)
	if !n.System {
		n.Body = mining.Orders(text, mostBody)
		return nil
	}
	line, _, _ := strings.Cut(text, "\n")
	if len(line) > mostBody {
		line = line[:strings.LastIndexByte(line[:mostBody], ' ')+1]
	}
	n.Body = strings.Clone(strings.TrimSpace(line)) // which does not hold the whole in memory
	return nil
}

// at is when the note was made; zero where the server does not say.
func (n *note) at() time.Time { return second(pick(n.REST, n.GraphQL)) }

// onCommit reports whether the note was made on a commit's own page, as GraphQL tells.
func (n *note) onCommit() bool { return n.URL != "" && !strings.Contains(n.URL, "/merge_requests/") }

// inline reports whether the note is on a line.
func (n *note) inline() bool { return n.Position != nil || strings.HasSuffix(n.Type, "DiffNote") }

// head is the commit that a note on a line is about.
func (n *note) head() string {
	if n.Position == nil {
		return ""
	}
	if n.Position.Head != "" {
		return n.Position.Head
	}
	return n.Position.Refs.Head
}

// change is a merged change, however it was read.
type change struct {
	iid                      int64
	title, base, head, start string
	landed                   string // what it became on its branch; "" where that is not known yet
	created, updated, merged time.Time
	author, merger           *user
	labels                   []string
	reviewers, approvers     []*user
	notes                    []*note
	more                     string // where its notes go on, by GraphQL

	graphql  bool // it was read by GraphQL
	approved bool // its approvers came along
	unsure   bool // what it became is to be asked for
	broken   bool // parts of it are missing

	unnoted, unapproved error // why its notes and approvals were refused
}

// restChange is a change in a list of REST. Its labels are names.
type restChange struct {
	IID       int64      `json:"iid"`
	ProjectID int64      `json:"project_id"`
	Title     string     `json:"title"`
	Base      string     `json:"target_branch"`
	CreatedAt *time.Time `json:"created_at"`
	UpdatedAt *time.Time `json:"updated_at"`
	MergedAt  *time.Time `json:"merged_at"`
	Author    *user      `json:"author"`
	MergeUser *user      `json:"merge_user"` // also whoever set it to merge by itself; since 14.7
	MergedBy  *user      `json:"merged_by"`
	Reviewers []*user    `json:"reviewers"`
	Labels    []string   `json:"labels"`
	Head      string     `json:"sha"`
	Merge     string     `json:"merge_commit_sha"`
	Squash    string     `json:"squash_commit_sha"`
	Refs      struct {
		Base string `json:"base_sha"`
	} `json:"diff_refs"` // only where one change is asked for
	References struct {
		Full string `json:"full"`
	} `json:"references"`
}

func (r *restChange) updated() (time.Time, int64) {
	if r.UpdatedAt == nil {
		return time.Time{}, r.IID
	}
	return r.UpdatedAt.UTC(), r.IID
}

func (r *restChange) neutral() *change {
	return &change{iid: r.IID, title: r.Title, base: r.Base, head: r.Head, landed: firstOf(r.Merge, r.Squash),
		created: second(r.CreatedAt), updated: second(r.UpdatedAt), merged: second(r.MergedAt),
		author: r.Author, merger: pick(r.MergeUser, r.MergedBy), labels: r.Labels, reviewers: r.Reviewers,
		broken: r.IID <= 0 || r.CreatedAt == nil || r.UpdatedAt == nil}
}

// graphChange is a change in a list of GraphQL.
type graphChange struct {
	IID       number     `json:"iid"`
	Title     string     `json:"title"`
	Base      string     `json:"targetBranch"`
	CreatedAt *time.Time `json:"createdAt"`
	UpdatedAt *time.Time `json:"updatedAt"`
	MergedAt  *time.Time `json:"mergedAt"`
	Author    *user      `json:"author"`
	MergeUser *user      `json:"mergeUser"`
	Head      string     `json:"diffHeadSha"`
	Merge     string     `json:"mergeCommitSha"`
	Refs      struct {
		Base string `json:"baseSha"`
	} `json:"diffRefs"`
	Labels    *mining.Page[label] `json:"labels"`
	Reviewers *mining.Page[user]  `json:"reviewers"`
	Approvers *mining.Page[user]  `json:"approvedBy"`
	Notes     *mining.Page[note]  `json:"notes"`
}

type label struct {
	Title string `json:"title"`
}

func (g *graphChange) neutral() *change {
	if g == nil {
		return nil
	}
	c := &change{graphql: true, approved: true, iid: int64(g.IID), title: g.Title, base: g.Base, head: g.Head, start: g.Refs.Base, landed: g.Merge,
		created: second(g.CreatedAt), updated: second(g.UpdatedAt), merged: second(g.MergedAt), author: g.Author, merger: g.MergeUser}
	if c.broken = g.IID <= 0 || g.CreatedAt == nil || g.UpdatedAt == nil || !whole(g.Labels) || !whole(g.Notes); c.broken {
		return c
	}
	for _, n := range g.Labels.Nodes {
		c.labels = append(c.labels, n.Title)
	}
	if c.notes = g.Notes.Nodes; g.Notes.PageInfo.HasNextPage {
		c.more = g.Notes.PageInfo.EndCursor
	}
	if g.Reviewers != nil {
		c.reviewers = g.Reviewers.Nodes
	}
	if g.Approvers != nil {
		c.approvers = g.Approvers.Nodes
	}
	return c
}

// whole reports whether a list is there, without a hole, and says how it goes on.
func whole[T any](p *mining.Page[T]) bool {
	return p != nil && p.Nodes != nil && !slices.Contains(p.Nodes, nil) && (!p.PageInfo.HasNextPage || p.PageInfo.EndCursor != "")
}

// issue is an issue in a list of REST.
type issue struct {
	IID       int64      `json:"iid"`
	Title     string     `json:"title"`
	CreatedAt *time.Time `json:"created_at"`
	UpdatedAt *time.Time `json:"updated_at"`
	ClosedAt  *time.Time `json:"closed_at"`
	Author    *user      `json:"author"`
	ClosedBy  *user      `json:"closed_by"`
	Labels    []string   `json:"labels"`
	Comments  int        `json:"user_notes_count"`

	notes  []*note
	events []*labelEvent

	unanswered, unlabelled error // why its notes and who labelled it were refused
}

func (i *issue) updated() (time.Time, int64) {
	if i.UpdatedAt == nil {
		return time.Time{}, i.IID
	}
	return i.UpdatedAt.UTC(), i.IID
}

// labelEvent tells that a label was put on an issue, or taken off.
type labelEvent struct {
	User      *user      `json:"user"`
	CreatedAt *time.Time `json:"created_at"`
	Action    string     `json:"action"` // add or remove
}

type release struct {
	Tag        string     `json:"tag_name"`
	CreatedAt  *time.Time `json:"created_at"`
	ReleasedAt *time.Time `json:"released_at"`
	Author     *user      `json:"author"`
}

// sorted are names in order, each once.
func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// oneLine folds white space, which a title must not have but an API may give.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
