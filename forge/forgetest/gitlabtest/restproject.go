package gitlabtest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// project answers what is under /projects/ID, where ID is the number or the escaped path.
// A path that the project has left sends the client to the number.
// https://docs.gitlab.com/api/rest/#redirects
func (r *request) project() fake.Answer {
	p, old := r.find(r.parts[1])
	switch {
	case p == nil:
		return r.notFound("Project ")
	case old:
		return r.moved(p)
	}
	rest := r.parts[2:]
	switch {
	case len(rest) == 0:
		return r.json(r.s.shownTo(r.who, r.s.projectJSON(p)))
	case rest[0] == "merge_requests":
		return r.changes(p, rest[1:])
	case rest[0] == "issues":
		return r.issues(p, rest[1:])
	case rest[0] == "releases" && len(rest) == 1 && r.s.closed("releases"):
		return r.s.message(http.StatusForbidden, "403 Forbidden")
	case rest[0] == "releases" && len(rest) == 1:
		return r.releases(p)
	case rest[0] == "members" && len(rest) == 2 && rest[1] == "all":
		if r.Token == "" {
			return r.logIn()
		}
		return page(r, p.Members, func(m *forgetest.Member) any { return r.s.memberJSON(m) })
	}
	return r.unknown()
}

// find is the project of a number or a path, and whether the path is an old one.
func (r *request) find(id string) (p *forgetest.Project, old bool) {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		for _, p := range r.s.Projects() {
			if p.NumericID() == n && r.who.Sees(p) {
				return p, false
			}
		}
		return nil, false
	}
	return r.s.Find(id, r.who)
}

func (r *request) moved(p *forgetest.Project) fake.Answer {
	to := r.Base + "/projects/" + strconv.FormatInt(p.NumericID(), 10)
	for _, part := range r.parts[2:] {
		to += "/" + url.PathEscape(part)
	}
	if r.Query != "" {
		to += "?" + r.Query
	}
	a := r.s.Reply(http.StatusFound, "text/plain", []byte("This resource has been moved temporarily to "+to+".\n"))
	a.Header.Set("Location", to)
	return a
}

func (s *Server) projectJSON(p *forgetest.Project) map[string]any {
	visibility := "public"
	if p.Private {
		visibility = "private"
	}
	access := func(off bool, part string) string {
		switch {
		case off:
			return "disabled"
		case s.closed(part):
			return "private"
		}
		return "enabled"
	}
	return map[string]any{
		"id": p.NumericID(), "name": p.Name, "path": p.Name, "path_with_namespace": p.FullName(),
		"name_with_namespace": strings.ReplaceAll(p.FullName(), "/", " / "), "description": nil,
		"namespace":      map[string]any{"id": groupID(p.Owner), "name": base(p.Owner), "path": base(p.Owner), "kind": "group", "full_path": p.Owner},
		"default_branch": "main", "visibility": visibility, "archived": p.Archived, "empty_repo": false,
		"issues_enabled": !p.IssuesDisabled && !s.closed("issues"), "merge_requests_enabled": !p.ChangesDisabled && !s.closed("merge_requests"),
		"issues_access_level": access(p.IssuesDisabled, "issues"), "merge_requests_access_level": access(p.ChangesDisabled, "merge_requests"),
		"releases_access_level": access(false, "releases"),
		"web_url":               s.URL + "/" + p.FullName(), "http_url_to_repo": s.URL + "/" + p.FullName() + ".git",
		"merge_method": "merge", "squash_option": "default_off",
	}
}

// shownTo takes out of a project what is not told without a token (Entities::BasicProjectDetails).
func (s *Server) shownTo(who *fake.Caller, j map[string]any) map[string]any {
	if who.Token != "" {
		return j
	}
	for name := range j {
		if strings.HasSuffix(name, "_enabled") || strings.HasSuffix(name, "_access_level") {
			delete(j, name)
		}
	}
	for _, name := range []string{"archived", "empty_repo", "merge_method", "squash_option"} {
		delete(j, name)
	}
	return j
}

func (s *Server) memberJSON(m *forgetest.Member) any {
	levels := map[string]int{"guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}
	level, ok := levels[m.Level]
	if !ok {
		s.Errorf("the member %s has the level %q, which GitLab has not", m.Login, m.Level)
	}
	j, _ := s.user(writer(m.Account)).(map[string]any)
	j["access_level"], j["expires_at"], j["membership_state"] = level, nil, "active"
	return j
}

// releases answers /projects/ID/releases, which are sorted by when they were out.
func (r *request) releases(p *forgetest.Project) fake.Answer {
	list := releases(p)
	order(r, list, "released_at", map[string]instant[forgetest.Release]{
		"released_at": releasedAt, "created_at": func(v *forgetest.Release) time.Time { return v.Created },
	}, func(v *forgetest.Release) int64 { return v.NumericID(p) })
	return page(r, list, func(v *forgetest.Release) any {
		return map[string]any{
			"tag_name": v.Tag, "name": cmp.Or(v.Name, v.Tag), "description": nil, "author": r.s.author(v.Author),
			"created_at": stamp(v.Created), "released_at": stamp(releasedAt(v)), "upcoming_release": releasedAt(v).After(r.s.Now()),
			"commit":   map[string]any{"id": v.Commit, "short_id": v.Commit[:min(8, len(v.Commit))], "created_at": stamp(v.Created)},
			"tag_path": "/" + p.FullName() + "/-/tags/" + v.Tag,
			"assets":   map[string]any{"count": 0, "sources": []any{}, "links": []any{}},
			"_links":   map[string]any{"self": r.s.URL + "/" + p.FullName() + "/-/releases/" + v.Tag},
		}
	})
}

// group answers what is under /groups/ID.
func (r *request) group() fake.Answer {
	visible := slices.DeleteFunc(slices.Clone(r.s.Projects()), func(p *forgetest.Project) bool { return !r.who.Sees(p) })
	all := groups(visible)
	at := slices.IndexFunc(all, func(path string) bool {
		return strings.EqualFold(path, r.parts[1]) || strconv.FormatInt(groupID(path), 10) == r.parts[1]
	})
	if at < 0 {
		return r.notFound("Group ")
	}
	path, rest := all[at], strings.Join(r.parts[2:], "/")
	switch rest {
	case "":
		r.text("with_projects")
		return r.json(r.s.groupJSON(path))
	case "projects":
		return r.groupProjects(path, visible)
	case "subgroups", "descendant_groups":
		under := slices.DeleteFunc(all, func(p string) bool {
			return p == path || !within(p, path) || rest == "subgroups" && parent(p) != path
		})
		return page(r, under, func(p *string) any { return r.s.groupJSON(*p) })
	}
	return r.unknown()
}

func (r *request) groupProjects(path string, visible []*forgetest.Project) fake.Answer {
	deep := r.oneOf("include_subgroups", "false", "true") == "true"
	archived := r.oneOf("archived", "", "false", "true")
	for _, name := range []string{"simple", "with_shared"} {
		r.oneOf(name, "", "false", "true")
	}
	list := slices.DeleteFunc(visible, func(p *forgetest.Project) bool {
		return !within(p.Owner, path) || !deep && !strings.EqualFold(p.Owner, path) ||
			archived != "" && strconv.FormatBool(p.Archived) != archived
	})
	by := r.oneOf("order_by", "created_at", "id", "path", "name")
	down := r.oneOf("sort", "desc", "asc") == "desc"
	slices.SortFunc(list, func(x, y *forgetest.Project) int {
		c := cmp.Compare(x.NumericID(), y.NumericID())
		if by == "path" || by == "name" {
			c = cmp.Or(strings.Compare(x.Name, y.Name), c)
		}
		if down {
			return -c
		}
		return c
	})
	return page(r, list, func(p **forgetest.Project) any { return r.s.projectJSON(*p) })
}

func (s *Server) groupJSON(path string) map[string]any {
	var above any
	if up := parent(path); up != "" {
		above = groupID(up)
	}
	return map[string]any{
		"id": groupID(path), "name": base(path), "path": base(path), "full_path": path, "full_name": strings.ReplaceAll(path, "/", " / "),
		"parent_id": above, "visibility": "public", "web_url": s.URL + "/groups/" + path, "description": "",
	}
}
