package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// head is what stands at the heads of a project's lists: where a mark is as it was, nothing in its
// list is new. Both ways give the same marks.
type head struct {
	changes, issues, releases       string
	noChanges, noIssues, noReleases string // why a list is not there; "" where it is
	refused                         map[string]error
	levels                          *restProject // what REST told of them; nil where it was not asked
	change, issue                   int64        // the newest ones, 0 where there are none
	someone                         number       // an account that stands there, as REST shows it
}

// item is one that stands at the head of a list.
type item struct {
	iid     int64
	updated time.Time
}

// mark is that of a list by its ten newest items, since one may become visible after a newer
// one. Updates are told in whole seconds, and more may come within the last: until it is over, the
// mark is one that is never met again.
func (l *listing) mark(list []item) (string, error) {
	if slices.ContainsFunc(list, func(i item) bool { return i.iid <= 0 || i.updated.IsZero() }) {
		return "", errHeads
	}
	if len(list) == 0 {
		return nothing, nil
	}
	// Those of one second are in either way's own order.
	slices.SortFunc(list, func(a, b item) int { return cmp.Or(b.updated.Compare(a.updated), cmp.Compare(b.iid, a.iid)) })
	now, young := l.Server.Now(), false
	var said []string
	for _, i := range list {
		said = append(said, fmt.Sprintf("%d at %s", i.iid, i.updated.Format(time.RFC3339)))
		young = young || now.Sub(i.updated).Abs() < 3*time.Second // some clocks of servers are ahead of their Date
	}
	if young {
		said = append(said, fmt.Sprintf("seen at %d", now.UnixNano()))
	}
	return strings.Join(said, ", "), nil
}

const nothing = "none"

// releaseMark is that of a list that knows no updates: how many there are, and the newest.
func releaseMark(count int, list []*release) string {
	said := fmt.Sprint(count)
	for _, r := range list {
		if r != nil {
			said += fmt.Sprintf(" %s at %s", r.Tag, second(r.ReleasedAt).Format(time.RFC3339))
		}
	}
	return said
}

// look asks what the project is, under whatever path it has now.
func (l *listing) look(ctx context.Context) (mining.Found, error) {
	found, err := l.graphLook(ctx)
	if errors.Is(err, errNoGraphQL) {
		return l.restLook(ctx)
	}
	return found, err
}

// graphHead is a project as GraphQL shows it.
type graphHead struct {
	ID       number                  `json:"id"`
	Path     string                  `json:"fullPath"`
	Issues   *bool                   `json:"issuesEnabled"`
	Changes  *bool                   `json:"mergeRequestsEnabled"`
	Requests *mining.Page[graphItem] `json:"mergeRequests"`
	Reports  *mining.Page[graphItem] `json:"issues"`
	Releases *struct {
		Count int `json:"count"`
		mining.Page[graphRelease]
	} `json:"releases"`
}

type graphItem struct {
	IID       number     `json:"iid"`
	UpdatedAt *time.Time `json:"updatedAt"`
}

type graphRelease struct {
	Tag        string     `json:"tagName"`
	ReleasedAt *time.Time `json:"releasedAt"`
}

// graphLook takes one request. Where GraphQL does not know the path, the project may have
// had it before, which REST knows. Where the server gives up on it, REST looks, and what is in
// the lists is still asked of GraphQL.
func (l *listing) graphLook(ctx context.Context) (found mining.Found, err error) {
	for range 2 {
		var reply struct {
			Project *graphHead `json:"project"`
		}
		if err := l.patient(ctx, headQuery, map[string]any{"path": l.Path}, &reply); err != nil {
			var over *complexityError
			switch {
			case errors.As(err, &over):
				err = l.without(err)
			case errors.Is(err, mining.ErrHeavy):
				return l.restLook(ctx)
			}
			return found, err
		}
		if p := reply.Project; p != nil {
			l.head, err = l.graphHeads(p)
			return mining.Found{ID: int64(p.ID), Path: p.Path}, err
		}
		moved, err := l.about(ctx)
		switch {
		case err != nil:
			return found, err
		case strings.EqualFold(moved.Path, l.Path):
			return l.restLook(ctx) // REST shows it and GraphQL does not
		}
		l.Path = moved.Path
	}
	return found, mining.ErrNoRepository
}

// graphHeads are the marks of the lists.
func (l *listing) graphHeads(p *graphHead) (h head, err error) {
	if off(p.Changes) {
		h.noChanges = turnedOff("merge requests")
	} else if h.changes, h.change, err = l.graphMark(p.Requests); err != nil {
		return h, err
	}
	if off(p.Issues) {
		h.noIssues = turnedOff("issues")
	} else if h.issues, h.issue, err = l.graphMark(p.Reports); err != nil {
		return h, err
	}
	if p.Releases == nil || p.Releases.Nodes == nil {
		h.noReleases = turnedOff("releases")
		return h, nil
	}
	var list []*release
	for _, r := range p.Releases.Nodes {
		if r == nil {
			return h, errHeads
		}
		list = append(list, &release{Tag: r.Tag, ReleasedAt: r.ReleasedAt})
	}
	h.releases = releaseMark(p.Releases.Count, list)
	return h, nil
}

// graphMark is the mark of a list, and the number of its newest item.
func (l *listing) graphMark(list *mining.Page[graphItem]) (said string, newest int64, err error) {
	if list == nil || list.Nodes == nil || slices.Contains(list.Nodes, nil) {
		return "", 0, errHeads
	}
	var items []item
	for n, i := range list.Nodes {
		if items = append(items, item{int64(i.IID), second(i.UpdatedAt)}); n == 0 {
			newest = int64(i.IID)
		}
	}
	said, err = l.mark(items)
	return said, newest, err
}

var errHeads = fmt.Errorf("%w: it left out what stands at the heads of lists", mining.ErrHeavy)

func off(enabled *bool) bool { return enabled != nil && !*enabled }

func turnedOff(what string) string {
	return what + " are turned off in this project, or shown to its members only"
}

// restProject is a project as REST shows it. Who gives no token is shown no levels, and others what
// they themselves may see beside them:
// https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/api/entities/project.rb.
type restProject struct {
	ID        int64  `json:"id"`
	Path      string `json:"path_with_namespace"`
	Changes   string `json:"merge_requests_access_level"`
	Issues    string `json:"issues_access_level"`
	Releases  string `json:"releases_access_level"`
	ChangesOn *bool  `json:"merge_requests_enabled"`
	IssuesOn  *bool  `json:"issues_enabled"`
}

// about asks what the project is. A group's address is told from one of nothing.
func (l *listing) about(ctx context.Context) (p restProject, err error) {
	_, err = l.host.get(ctx, l.project(), nil, &p)
	if !refused(err, http.StatusNotFound) {
		return p, err
	}
	var group struct {
		ID int64 `json:"id"`
	}
	if _, err := l.host.get(ctx, l.group(l.Path), url.Values{"with_projects": {"false"}}, &group); err == nil && group.ID > 0 {
		return p, errors.New("it is a group of projects; name one of them, Repositories lists them all")
	}
	return p, mining.ErrNoRepository
}

// restLook takes a request for each list that is wanted. A change tells which project it is
// of, so that is asked for only where nothing else tells, and where issues may be turned off: a
// list of them is empty then.
func (l *listing) restLook(ctx context.Context) (found mining.Found, err error) {
	h := head{}
	if l.Wants(mining.ChangeKinds...) && l.State.Name != "" {
		if found, err = l.changesHead(ctx, &h); err != nil && !refused(err) {
			return found, err
		}
	}
	issues := l.Wants(mining.IssueKinds...)
	if found.ID == 0 || issues && l.State.Issues.Until.IsZero() {
		if found, err = l.whatIsOn(ctx, &h); err != nil {
			return found, err
		}
	}
	l.Path = firstOf(found.Path, l.Path)
	if l.Wants(mining.ChangeKinds...) && h.changes == "" && h.noChanges == "" {
		_, err := l.changesHead(ctx, &h)
		if err = h.refuse("changes", err); err != nil {
			return found, err
		}
	}
	if issues && h.noIssues == "" {
		if err := l.issuesHead(ctx, &h); err != nil {
			return found, err
		}
	}
	if l.Wants(mining.ReleaseKinds...) && h.noReleases == "" {
		err = l.releasesHead(ctx, &h)
	}
	l.head = h
	return found, err
}

// whatIsOn asks what the project is, and which of its lists are turned off.
func (l *listing) whatIsOn(ctx context.Context, h *head) (mining.Found, error) {
	p, err := l.about(ctx)
	if err != nil {
		return mining.Found{}, err
	}
	h.levels = &p
	if p.Changes == "disabled" || off(p.ChangesOn) {
		h.noChanges = turnedOff("merge requests")
	}
	if p.Issues == "disabled" || off(p.IssuesOn) {
		h.noIssues = turnedOff("issues")
	}
	if p.Releases == "disabled" {
		h.noReleases = turnedOff("releases")
	}
	return mining.Found{ID: p.ID, Path: p.Path}, nil
}

// refuse notes that the head of a list was refused, which says nothing of what is in it. Any
// other error comes back.
func (h *head) refuse(list string, err error) error {
	if !denied(err) {
		return err
	}
	if h.refused == nil {
		h.refused = map[string]error{}
	}
	h.refused[list] = err
	return nil
}

// newest are the variables of a list's head.
func newest(more url.Values) url.Values {
	q := url.Values{"order_by": {"updated_at"}, "sort": {"desc"}, "per_page": {"10"}}
	for name, values := range more {
		q[name] = values
	}
	return q
}

// changesHead reads the newest change, and from it what the project is; that is zero where
// there is none.
func (l *listing) changesHead(ctx context.Context, h *head) (found mining.Found, err error) {
	var list []*restChange
	_, err = l.host.get(ctx, l.project("merge_requests"), newest(url.Values{"state": {"merged"}}), &list)
	if err != nil {
		return found, err
	}
	if list == nil || slices.Contains(list, nil) {
		return found, errHeads
	}
	var items []item
	for _, c := range list {
		items = append(items, item{c.IID, second(c.UpdatedAt)})
		h.notice(c.Author)
	}
	if h.changes, err = l.mark(items); err != nil || len(list) == 0 {
		return found, err
	}
	h.change = list[0].IID
	if path, _, ok := strings.Cut(list[0].References.Full, "!"); ok && path != "" {
		found = mining.Found{ID: list[0].ProjectID, Path: path}
	}
	return found, nil
}

// notice remembers an account.
func (h *head) notice(u *user) {
	if u != nil && u.Username != "ghost" {
		h.someone = u.ID
	}
}

// issuesHead reads the newest issues. Where there are none any more, they may be turned off, or
// shown to members only: the list is empty then, and not refused as the others are.
func (l *listing) issuesHead(ctx context.Context, h *head) error {
	var list []*issue
	_, err := l.host.get(ctx, l.project("issues"), newest(nil), &list)
	switch {
	case err != nil:
		return h.refuse("issues", err)
	case list == nil || slices.Contains(list, nil):
		return errHeads
	}
	var items []item
	for _, i := range list {
		items = append(items, item{i.IID, second(i.UpdatedAt)})
		h.notice(i.Author)
	}
	if h.issues, err = l.mark(items); err != nil {
		return err
	}
	if len(list) > 0 {
		h.issue = list[0].IID
		return nil
	}
	if was := l.State.Issues.Newest; h.levels == nil && was != "" && was != nothing {
		if _, err := l.whatIsOn(ctx, h); err != nil {
			return err
		}
	}
	if p := h.levels; p != nil && p.IssuesOn == nil && p.Issues == "" {
		h.noIssues = "issues are not shown, and neither is whether there are any"
	}
	return nil
}

// releasesHead reads the newest releases.
func (l *listing) releasesHead(ctx context.Context, h *head) error {
	var list []*release
	p, err := l.host.get(ctx, l.project("releases"), url.Values{"order_by": {"released_at"}, "sort": {"desc"}, "per_page": {"10"}}, &list)
	switch {
	case denied(err) && h.levels == nil:
		if _, err := l.whatIsOn(ctx, h); err != nil {
			return err
		}
		fallthrough
	case err != nil:
		if h.levels != nil && h.levels.Releases == "private" {
			h.noReleases = turnedOff("releases")
		}
		return h.refuse("releases", err)
	case list == nil:
		return errHeads
	}
	for _, r := range list {
		if r != nil {
			h.notice(r.Author)
		}
	}
	h.releases = releaseMark(p.total, list)
	return nil
}

// read reads what is new in the lists.
func (l *listing) read(ctx context.Context) error {
	if err := l.Lack(mining.AdvisoryKinds, "GitLab lists no advisories of a project"); err != nil {
		return err
	}
	if err := l.tryAgain(ctx); err != nil {
		return err
	}
	err := l.unless(l.head.noChanges, "changes", mining.ChangeKinds, &l.State.Changes, func() error { return mining.Read(ctx, l.Reading, l.changeList()) })
	if err == nil {
		err = l.unless(l.head.noIssues, "issues", mining.IssueKinds, &l.State.Issues, func() error { return mining.Read(ctx, l.Reading, l.issueList()) })
	}
	if err == nil {
		err = l.unless(l.head.noReleases, "releases", mining.ReleaseKinds, &l.State.Releases, func() error { return mining.Read(ctx, l.Reading, l.releaseList()) })
	}
	return err
}

// unless reads a list, or says why it is not there. What is known of one that is refused stays
// known.
func (l *listing) unless(why, list string, kinds []model.Kind, p *mining.Progress, read func() error) error {
	if why != "" {
		return l.Lack(kinds, why)
	}
	err := l.head.refused[list]
	if err == nil {
		return read()
	}
	if !l.told[list] {
		l.Fail(list, err)
		l.told[list] = true
	}
	return l.Cover(kinds, p, err)
}
