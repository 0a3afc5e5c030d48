package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
}

// mark is that of a list by its newest item.
func mark(iid int64, updated *time.Time) string {
	return fmt.Sprintf("%d at %s", iid, second(updated).Format(time.RFC3339))
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
// had it before, which REST knows.
func (l *listing) graphLook(ctx context.Context) (found mining.Found, err error) {
	for range 2 {
		var reply struct {
			Project *graphHead `json:"project"`
		}
		if err := l.patient(ctx, headQuery, map[string]any{"path": l.Path}, &reply); err != nil {
			var over *complexityError
			if errors.As(err, &over) {
				err = l.host.without(fmt.Errorf("%w: %w", errNoGraphQL, err))
			}
			return found, err
		}
		if p := reply.Project; p != nil {
			l.head, err = p.head()
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

// head are the marks of the lists.
func (p *graphHead) head() (h head, err error) {
	if off(p.Changes) {
		h.noChanges = turnedOff("merge requests")
	} else if h.changes, err = p.mark(p.Requests); err != nil {
		return h, err
	}
	if off(p.Issues) {
		h.noIssues = turnedOff("issues")
	} else if h.issues, err = p.mark(p.Reports); err != nil {
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

func (p *graphHead) mark(list *mining.Page[graphItem]) (string, error) {
	switch {
	case list == nil || list.Nodes == nil:
		return "", errHeads
	case len(list.Nodes) == 0:
		return nothing, nil
	case list.Nodes[0] == nil || list.Nodes[0].IID <= 0 || list.Nodes[0].UpdatedAt == nil:
		return "", errHeads
	}
	return mark(int64(list.Nodes[0].IID), list.Nodes[0].UpdatedAt), nil
}

var errHeads = fmt.Errorf("%w: it left out what stands at the heads of lists", mining.ErrHeavy)

func off(enabled *bool) bool { return enabled != nil && !*enabled }

func turnedOff(what string) string {
	return what + " are turned off in this project, or shown to its members only"
}

// restProject is a project as REST shows it.
type restProject struct {
	ID      int64  `json:"id"`
	Path    string `json:"path_with_namespace"`
	Changes string `json:"merge_requests_access_level"`
	Issues  string `json:"issues_access_level"`
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
		if _, err := l.changesHead(ctx, &h); err != nil && !denied(err) {
			return found, err
		} else if err != nil {
			h.noChanges = turnedOff("merge requests") + ": " + err.Error()
		}
	}
	if issues && h.noIssues == "" {
		if err := l.issuesHead(ctx, &h); err != nil {
			return found, err
		}
	}
	if l.Wants(mining.ReleaseKinds...) {
		err = l.releasesHead(ctx, &h)
	}
	l.head = h
	return found, err
}

// whatIsOn asks what the project is, and which of its lists are turned off.
func (l *listing) whatIsOn(ctx context.Context, h *head) (mining.Found, error) {
	p, err := l.about(ctx)
	if p.Changes == "disabled" {
		h.noChanges = turnedOff("merge requests")
	}
	if p.Issues == "disabled" {
		h.noIssues = turnedOff("issues")
	}
	return mining.Found{ID: p.ID, Path: p.Path}, err
}

// newest are the variables of a list's head.
func newest(more url.Values) url.Values {
	q := url.Values{"order_by": {"updated_at"}, "sort": {"desc"}, "per_page": {"1"}}
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
	switch {
	case list == nil:
		return found, errHeads
	case len(list) == 0:
		h.changes = nothing
		return found, nil
	case list[0] == nil || list[0].IID <= 0 || list[0].UpdatedAt == nil:
		return found, errHeads
	}
	h.changes = mark(list[0].IID, list[0].UpdatedAt)
	if path, _, ok := strings.Cut(list[0].References.Full, "!"); ok && path != "" {
		found = mining.Found{ID: list[0].ProjectID, Path: path}
	}
	return found, nil
}

// issuesHead reads the newest issue. Where there is none any more, they may be turned off.
func (l *listing) issuesHead(ctx context.Context, h *head) error {
	var list []*issue
	_, err := l.host.get(ctx, l.project("issues"), newest(nil), &list)
	switch {
	case denied(err):
		h.noIssues = turnedOff("issues") + ": " + err.Error()
	case err != nil:
		return err
	case list == nil:
		return errHeads
	case len(list) == 0:
		h.issues = nothing
		if was := l.State.Issues.Newest; was != "" && was != nothing {
			_, err = l.whatIsOn(ctx, h)
		}
		return err
	case list[0] == nil || list[0].IID <= 0 || list[0].UpdatedAt == nil:
		return errHeads
	default:
		h.issues = mark(list[0].IID, list[0].UpdatedAt)
	}
	return nil
}

// releasesHead reads the newest releases.
func (l *listing) releasesHead(ctx context.Context, h *head) error {
	var list []*release
	p, err := l.host.get(ctx, l.project("releases"), url.Values{"order_by": {"released_at"}, "sort": {"desc"}, "per_page": {"10"}}, &list)
	switch {
	case denied(err):
		h.noReleases = turnedOff("releases") + ": " + err.Error()
	case err != nil:
		return err
	case list == nil:
		return errHeads
	}
	h.releases = releaseMark(p.total, list)
	return nil
}

// read reads what is new in the lists.
func (l *listing) read(ctx context.Context) error {
	if err := l.Lack(mining.AdvisoryKinds, "GitLab lists no advisories of a project"); err != nil {
		return err
	}
	for p, why := range map[*mining.Progress]string{&l.State.Changes: l.head.noChanges, &l.State.Issues: l.head.noIssues} {
		if why != "" || l.host.signed && strings.HasSuffix(p.Partly, withoutToken) {
			*p = mining.Progress{} // read anew when it is there, or now that there is a token
		}
	}
	err := unless(l, l.head.noChanges, mining.ChangeKinds, func() error { return mining.Read(ctx, l.Reading, l.changeList()) })
	if err == nil {
		err = unless(l, l.head.noIssues, mining.IssueKinds, func() error { return mining.Read(ctx, l.Reading, l.issueList()) })
	}
	if err == nil {
		err = unless(l, l.head.noReleases, mining.ReleaseKinds, func() error { return mining.Read(ctx, l.Reading, l.releaseList()) })
	}
	return err
}

// unless reads a list, or says why it is not there.
func unless(l *listing, why string, kinds []model.Kind, read func() error) error {
	if why != "" {
		return l.Lack(kinds, why)
	}
	return read()
}
