package githubtest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// answerREST answers what REST knows: the quota, accounts, and of a repository its
// description, releases and published advisories. Everything else is not found.
func (s *Server) answerREST(req *Request) fake.Answer {
	who := s.Caller(req.Token)
	if who == nil {
		return s.message(nil, http.StatusUnauthorized, "Bad credentials")
	}
	if req.Path == "/rate_limit" {
		return s.json(who.REST, limits(who))
	}
	if who.REST.Empty() {
		return s.message(who.REST, http.StatusForbidden,
			fmt.Sprintf("API rate limit exceeded for user ID %d.", forgetest.DerivedID(0, "token", who.Token)))
	}
	a := s.resource(req, who)
	if a.Status == http.StatusOK {
		tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(append([]byte(req.Token+"\n"), a.Body...))) // one per token, as GitHub has them
		a.Header.Set("ETag", tag)
		if req.Header.Get("If-None-Match") == tag {
			a.Status, a.Body = http.StatusNotModified, nil
		}
	}
	if a.Status != http.StatusNotModified {
		who.REST.Take(1)
	}
	who.REST.Show(a.Header)
	return a
}

func limits(who *fake.Caller) any {
	show := func(b *fake.Bucket) map[string]any {
		return map[string]any{"limit": b.Limit, "used": b.Limit - b.Left, "remaining": b.Left, "reset": b.Reset.Unix()}
	}
	return map[string]any{
		"resources": map[string]any{"core": show(who.REST), "graphql": show(who.GraphQL)},
		"rate":      show(who.REST),
	}
}

// resource answers a path; a repository that was renamed sends the client to its number.
func (s *Server) resource(req *Request, who *fake.Caller) fake.Answer {
	parts := strings.Split(strings.Trim(req.Path, "/"), "/")
	if req.Method != http.MethodGet {
		return s.message(nil, http.StatusNotFound, "Not Found")
	}
	switch {
	case parts[0] == "users" && len(parts) == 2:
		return s.person(parts[1])
	case parts[0] == "repos" && len(parts) >= 3:
		p, old := s.Find(parts[1]+"/"+parts[2], who)
		if p == nil {
			break
		}
		if old {
			return s.moved(req, p, parts[3:])
		}
		return s.partOf(req, p, strings.Join(parts[3:], "/"))
	case parts[0] == "repositories" && len(parts) >= 2:
		for _, p := range s.Projects() {
			if who.Sees(p) && strconv.FormatInt(p.NumericID(), 10) == parts[1] {
				return s.partOf(req, p, strings.Join(parts[2:], "/"))
			}
		}
	}
	return s.message(nil, http.StatusNotFound, "Not Found")
}

func (s *Server) moved(req *Request, p *Project, rest []string) fake.Answer {
	to := strings.Join(append([]string{req.Base, "repositories", strconv.FormatInt(p.NumericID(), 10)}, rest...), "/")
	if req.Query != "" {
		to += "?" + req.Query
	}
	a := s.json(nil, map[string]string{"message": "Moved Permanently", "url": to, "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects"})
	a.Status = http.StatusMovedPermanently
	a.Header.Set("Location", to)
	return a
}

func (s *Server) partOf(req *Request, p *Project, part string) fake.Answer {
	switch part {
	case "":
		return s.json(nil, map[string]any{
			"id": p.NumericID(), "node_id": nodeID("R", p.NumericID()), "name": p.Name, "full_name": p.FullName(),
			"owner":   accountJSON(Account{Login: p.Owner, Type: "Organization"}),
			"private": p.Private, "archived": p.Archived, "disabled": false, "fork": false,
			"has_issues": !p.IssuesDisabled, "has_pull_requests": !p.ChangesDisabled, "default_branch": "main",
			"html_url": site + "/" + p.FullName(), "url": req.Base + "/repos/" + p.FullName(),
		})
	case "releases":
		return s.releasesPage(req, p)
	case "security-advisories":
		return s.advisoriesPage(req, p)
	}
	return s.message(nil, http.StatusNotFound, "Not Found")
}

// person answers one account; an app's name ends with [bot] in REST.
func (s *Server) person(login string) fake.Answer {
	for _, a := range s.Accounts() {
		if strings.EqualFold(restLogin(a), login) {
			j := accountJSON(a)
			j["name"], j["company"] = orNull(a.Name), orNull(a.Company)
			return s.json(nil, j)
		}
	}
	return s.message(nil, http.StatusNotFound, "Not Found")
}

func restLogin(a Account) string {
	if a.Type == "Bot" {
		return a.Login + "[bot]"
	}
	return a.Login
}

// accountJSON is null for a deleted account.
func accountJSON(a Account) map[string]any {
	if a.Deleted() {
		return nil
	}
	return map[string]any{
		"login": restLogin(a), "id": a.NumericID(), "node_id": accountID(a), "type": a.Kind(),
		"html_url": site + pathOf(a), "site_admin": false,
	}
}

// releasesPage pages by number, the newest first.
func (s *Server) releasesPage(req *Request, p *Project) fake.Answer {
	q := s.parameters(req, "per_page", "page")
	size, page := pageSize(q), max(1, number(q, "page", 1))
	sorted := graphql.Arrange(p.Releases, shown, func(r *Release) graphql.Place {
		return graphql.Place{At: r.Created.UnixNano(), ID: r.NumericID(p)}
	})
	items := []any{}
	n := len(sorted.Items)
	for i := n - 1 - min(n, (page-1)*size); i >= 0 && len(items) < size; i-- {
		items = append(items, releaseJSON(p, sorted.Items[i]))
	}
	a := s.json(nil, items)
	last := max(1, (n+size-1)/size)
	link := func(to int, rel string) string {
		q.Set("page", strconv.Itoa(to))
		return linkTo(req, p, "releases", q, rel)
	}
	var links []string
	if page > 1 {
		links = append(links, link(page-1, "prev"), link(1, "first"))
	}
	if page < last {
		links = append(links, link(page+1, "next"), link(last, "last"))
	}
	return linked(a, links)
}

func releaseJSON(p *Project, r *Release) map[string]any {
	return map[string]any{
		"id": r.NumericID(p), "node_id": nodeID("RE", p.NumericID(), r.NumericID(p)), "tag_name": r.Tag, "name": orNull(r.Name),
		"author": accountJSON(r.Author), "draft": r.Draft, "prerelease": r.Prerelease,
		"created_at": stamp(r.Created), "published_at": stamp(r.Published), "target_commitish": "main",
		"html_url": site + "/" + p.FullName() + "/releases/tag/" + r.Tag,
	}
}

// advisoriesPage pages by cursor, the newest first. Others than the published ones are
// for those who look after the repository.
func (s *Server) advisoriesPage(req *Request, p *Project) fake.Answer {
	q := s.parameters(req, "per_page", "after", "before", "state", "sort", "direction")
	field := cmp.Or(q.Get("sort"), "created")
	sorted := graphql.Arrange(p.Advisories, func(v *Advisory) bool {
		return cmp.Or(v.State, "published") == "published" && cmp.Or(q.Get("state"), "published") == "published"
	}, func(v *Advisory) graphql.Place {
		at := map[string]time.Time{"created": v.Created, "updated": v.Updated, "published": v.Published}[field]
		return graphql.Place{At: at.UnixNano(), Name: v.GHSA}
	})
	l := sorted.List("", field, q.Get("direction") != "asc", nil)
	asked := map[string]any{"first": pageSize(q)}
	for _, name := range []string{"after", "before"} {
		if c := q.Get(name); c != "" {
			asked[name] = c
		}
	}
	lo, hi, bad := l.Page(graphql.ArgumentsWith(asked))
	if bad != nil {
		return s.message(nil, http.StatusUnprocessableEntity, bad.Message)
	}
	items := []any{}
	for i := lo; i < hi; i++ {
		items = append(items, advisoryJSON(p, sorted.Items[l.At(i)]))
	}
	q.Del("before")
	var links []string
	if hi < l.N && hi > lo {
		q.Set("after", l.Cursor(hi-1))
		links = append(links, linkTo(req, p, "security-advisories", q, "next"))
	}
	return linked(s.json(nil, items), links)
}

func advisoryJSON(p *Project, v *Advisory) map[string]any {
	credits, detailed := []any{}, []any{}
	for _, c := range v.Credits {
		credits = append(credits, map[string]any{"login": restLogin(c.User), "type": c.Type})
		detailed = append(detailed, map[string]any{"user": accountJSON(c.User), "type": c.Type, "state": c.State})
	}
	return map[string]any{
		"ghsa_id": v.GHSA, "cve_id": orNull(v.CVE), "summary": v.Summary, "description": orNull(v.Description),
		"severity": orNull(v.Severity), "state": cmp.Or(v.State, "published"),
		"author": accountJSON(v.Author), "publisher": accountJSON(v.Publisher),
		"created_at": stamp(v.Created), "updated_at": stamp(v.Updated), "published_at": stamp(v.Published),
		"closed_at": stamp(v.Closed), "withdrawn_at": stamp(v.Withdrawn),
		"credits": credits, "credits_detailed": detailed,
		"html_url": site + "/" + p.FullName() + "/security/advisories/" + v.GHSA,
	}
}

// stamp is null for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// parameters reads the address's query. One that this server does not heed fails the test.
func (s *Server) parameters(req *Request, known ...string) url.Values {
	q, err := url.ParseQuery(req.Query)
	if err != nil {
		s.Errorf("%s %s?%s: %v", req.Method, req.Path, req.Query, err)
	}
	for name := range q {
		if !slices.Contains(known, name) {
			s.Errorf("%s %s does not heed the parameter %s", req.Method, req.Path, name)
		}
	}
	return q
}

// pageSize is 30, or what is asked for up to 100: GitHub lowers more in silence.
func pageSize(q url.Values) int { return min(max(1, number(q, "per_page", 30)), 100) }

func number(q url.Values, name string, otherwise int) int {
	n, err := strconv.ParseInt(q.Get(name), 10, 32)
	if err != nil {
		return otherwise
	}
	return int(n)
}

// linkTo is one entry of a Link header, which leads to the repository by its number.
func linkTo(req *Request, p *Project, part string, q url.Values, rel string) string {
	return fmt.Sprintf("<%s/repositories/%d/%s?%s>; rel=%q", req.Base, p.NumericID(), part, q.Encode(), rel)
}

func linked(a fake.Answer, links []string) fake.Answer {
	if len(links) > 0 {
		a.Header.Set("Link", strings.Join(links, ", "))
	}
	return a
}
