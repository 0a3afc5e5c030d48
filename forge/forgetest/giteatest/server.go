package giteatest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// Forgejo is the version that a Forgejo says it has.
const Forgejo = "11.0.0+gitea-1.22.0"

// Server is a Gitea on the loopback, whose API is at URL+Prefix+"/api/v1/". It accepts every
// token, and requests without one, limits nobody, and sends no ETag. Paths of requests
// come without what stands before the API's own. Its methods may be called by several
// goroutines at once, also while it answers; its fields are set before the first request
// or inside Edit.
type Server struct {
	*fake.Server
	Version  string // what it says of itself; "": 1.26.0
	MaxItems int    // the largest page; 0: 50
	// SignIn refuses requests without a token.
	SignIn bool
	// Writers gives tokens the right to write: drafts of releases are shown to them.
	Writers bool
	// Prefix is the folder below which the server is, such as "/git".
	Prefix string
	// AppURL is what the server takes for its own address, with a slash at its end; "": as
	// the client sees it.
	AppURL string
	// MergedAt is what merged_at says of changes, by number, that were written to after
	// their merge, as when the author lets maintainers push to the branch: the
	// time of the last write. Of others it is the time of the merge.
	MergedAt map[int]time.Time

	zone *time.Location // in which times are written
}

// defaultItems is a page where no limit is asked for.
const defaultItems = 30

// New starts a server that answers about the projects until the test ends.
func New(t testing.TB, projects ...*forgetest.Project) *Server {
	t.Helper()
	s := &Server{zone: time.FixedZone("", 3600)}
	s.Server = fake.Start(t, fake.Rules{
		Name: "giteatest", Page: "<!DOCTYPE html>\n<html><head><title>Page Not Found</title></head><body></body></html>\n",
		Notice: s.notice, Answer: s.answer, Refuse: s.refuse,
	}, projects...)
	return s
}

const api = "/api/v1"

// notice takes what stands before the API's own path away.
func (s *Server) notice(r *fake.Request, _ []byte) {
	if path, ok := strings.CutPrefix(r.Path, s.Prefix+api+"/"); ok {
		r.Path, r.Base = "/"+path, r.Base+s.Prefix
	}
}

func (s *Server) refuse(_ *fake.Request, status int) fake.Answer {
	return s.problem(status, http.StatusText(status))
}

// object is one of JSON.
type object = map[string]any

func (s *Server) json(status int, v any) fake.Answer {
	return s.JSON(status, "application/json;charset=utf-8", v)
}

// problem is an error of the API.
func (s *Server) problem(status int, message string) fake.Answer {
	return s.json(status, object{"message": message, "url": s.URL + api[:4] + "/swagger"})
}

func (s *Server) notFound() fake.Answer {
	return s.json(http.StatusNotFound, object{"message": "not found", "url": s.URL + api[:4] + "/swagger", "errors": nil})
}

// ask is one request about a project.
type ask struct {
	*Server
	*fake.Request
	*forgetest.Project
	who  *fake.Caller
	root string // what the server takes for its own address
	q    url.Values
}

// answer answers whatever is no fault.
func (s *Server) answer(r *fake.Request, _ *fake.Fault) fake.Answer {
	if !strings.HasPrefix(r.Escaped, s.Prefix+api+"/") {
		return s.outside(r)
	}
	q, err := url.ParseQuery(r.Query)
	if err != nil || r.Method != http.MethodGet {
		s.Errorf("%s %s?%s: only GET with a proper query is known: %v", r.Method, r.Path, r.Query, err)
	}
	a := &ask{Server: s, Request: r, who: s.Caller(r.Token), q: q, root: cmp.Or(s.AppURL, r.Base+"/")}
	if r.Token != "" && a.who == nil {
		return s.problem(http.StatusUnauthorized, "invalid username, password or token")
	}
	if s.SignIn && r.Token == "" {
		return s.json(http.StatusForbidden, object{"message": "Only signed in user is allowed to call APIs."})
	}
	switch r.Path {
	case "/version":
		a.known()
		return s.json(http.StatusOK, object{"version": cmp.Or(s.Version, "1.26.0")})
	case "/settings/api":
		a.known()
		return s.json(http.StatusOK, object{"max_response_items": s.most(), "default_paging_num": defaultItems,
			"default_git_trees_per_page": 1000, "default_max_blob_size": 10485760, "default_max_response_size": 104857600})
	}
	return a.repository()
}

// outside answers what is not of this API: another forge's may be looked for.
func (s *Server) outside(r *fake.Request) fake.Answer {
	if !strings.HasPrefix(r.Path, "/api/") && !strings.HasPrefix(r.Path, s.Prefix+"/api/") {
		s.Errorf("%s %s is outside of the API", r.Method, r.Path)
	}
	return s.Page(http.StatusNotFound)
}

func (s *Server) most() int { return cmp.Or(s.MaxItems, 50) }

// repository answers what stands below a repository's name, or where it went.
func (a *ask) repository() fake.Answer {
	parts := strings.Split(a.Path, "/")
	if len(parts) < 4 || parts[1] != "repos" {
		return a.unknown()
	}
	p, old := a.Find(parts[2]+"/"+parts[3], a.who)
	switch {
	case p == nil:
		return a.notFound()
	case old:
		return a.moved(p, parts)
	}
	a.Project = p
	return a.part(strings.Join(parts[4:], "/"))
}

// moved sends the client to the present name: for good where the repository was renamed
// or went to another owner, for the time being where the owner was renamed.
func (a *ask) moved(p *forgetest.Project, parts []string) fake.Answer {
	status := http.StatusMovedPermanently
	if strings.EqualFold(parts[3], p.Name) {
		status = http.StatusTemporaryRedirect
	}
	to := a.Prefix + api + "/" + strings.Join(append([]string{"repos", url.PathEscape(p.Owner), url.PathEscape(p.Name)}, parts[4:]...), "/")
	if a.Query != "" {
		to += "?" + a.Query
	}
	r := a.Reply(status, "text/html; charset=utf-8", fmt.Appendf(nil, "<a href=%q>%s</a>.\n\n", to, http.StatusText(status)))
	r.Header.Set("Location", to)
	return r
}

// part answers a path below a repository.
func (a *ask) part(path string) fake.Answer {
	first, rest, _ := strings.Cut(path, "/")
	index, below, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(index)
	numbered := err == nil && n > 0
	switch {
	case path == "":
		a.known()
		return a.json(http.StatusOK, a.repositoryJSON())
	case path == "releases":
		return a.releases()
	case first == "pulls" && a.ChangesDisabled, first == "issues" && a.ChangesDisabled && a.IssuesDisabled:
		return a.notFound()
	case path == "pulls":
		return a.pulls()
	case path == "issues":
		return a.issues()
	case path == "issues/comments":
		return a.allComments()
	case first == "pulls" && numbered && below == "":
		return a.pull(n)
	case first == "pulls" && numbered && below == "reviews":
		return a.reviews(n)
	case first == "issues" && numbered && below == "comments":
		return a.comments(n)
	case first == "issues" && numbered && below == "timeline":
		return a.timeline(n)
	}
	return a.unknown()
}

func (a *ask) unknown() fake.Answer {
	a.Errorf("%s %s is not known", a.Method, a.Path)
	return a.Page(http.StatusNotFound)
}

// known fails the test where a parameter is none of these, or has a value that the API
// does not describe.
func (a *ask) known(parameters ...string) {
	for name, values := range a.q {
		if !slices.Contains(parameters, name) {
			a.Errorf("%s %s does not know the parameter %s", a.Method, a.Path, name)
		}
		for _, v := range values {
			if !proper(name, v) {
				a.Errorf("%s %s does not know the value %q of %s", a.Method, a.Path, v, name)
			}
		}
	}
}

// proper reports whether a parameter may have a value.
func proper(name, value string) bool {
	switch name {
	case "page", "limit":
		n, err := strconv.Atoi(value)
		return err == nil && n >= 0
	case "state":
		return slices.Contains([]string{"open", "closed", "all"}, value)
	case "type":
		return slices.Contains([]string{"issues", "pulls"}, value)
	case "sort":
		return orders()[value] != nil
	case "draft", "pre-release":
		_, err := strconv.ParseBool(value)
		return err == nil
	}
	return true
}

// stamp writes a time as the server does, in whole seconds of its own zone.
func (s *Server) stamp(t time.Time) string {
	return t.Truncate(time.Second).In(s.zone).Format(time.RFC3339)
}

// orNull is null for the zero time.
func (s *Server) orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return s.stamp(t)
}

// quoted is a text of JSON.
func quoted(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
