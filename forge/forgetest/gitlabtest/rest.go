package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// request is one of REST on its way: who asks, what is asked, and what of that was heeded.
type request struct {
	*fake.Request
	s      *Server
	who    *fake.Caller
	parts  []string // of the path, unescaped
	query  url.Values
	heeded map[string]bool
}

// answerREST answers a path under /api/v4.
func (s *Server) answerREST(req *fake.Request, who *fake.Caller) fake.Answer {
	path, ok := strings.CutPrefix(req.Escaped, "/api/v4/")
	if !ok {
		return s.Page(http.StatusNotFound)
	}
	r := &request{Request: req, s: s, who: who, heeded: map[string]bool{}}
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		text, err := url.PathUnescape(part)
		if err != nil {
			return s.message(http.StatusBadRequest, "400 Bad Request")
		}
		r.parts = append(r.parts, text)
	}
	var err error
	if r.query, err = url.ParseQuery(req.Query); err != nil {
		return s.message(http.StatusBadRequest, "400 Bad Request")
	}
	a := r.answer()
	if a.Status == http.StatusOK {
		for name := range r.query {
			if !r.heeded[name] {
				s.Errorf("GET %s does not heed the parameter %s", req.Path, name)
			}
		}
	}
	return a
}

func (r *request) answer() fake.Answer {
	switch kind := r.parts[0]; {
	case r.Method != http.MethodGet:
		r.s.Errorf("%s %s: only GET is answered", r.Method, r.Path)
		return r.s.message(http.StatusMethodNotAllowed, "405 Method Not Allowed")
	case len(r.parts) == 1 && (kind == "version" || kind == "metadata"):
		return r.version(kind)
	case len(r.parts) >= 2 && kind == "projects":
		return r.project()
	case len(r.parts) >= 2 && kind == "groups":
		return r.group()
	case len(r.parts) == 2 && kind == "users":
		return r.account()
	}
	return r.unknown()
}

// unknown is for paths that GitLab, or this server, has not.
func (r *request) unknown() fake.Answer {
	r.s.Errorf("the path %s is not answered", r.Path)
	return r.s.JSON(http.StatusNotFound, jsonType, map[string]string{"error": "404 Not Found"})
}

func (r *request) version(kind string) fake.Answer {
	if r.Token == "" {
		return r.logIn()
	}
	v := map[string]any{"version": r.s.o.Version, "revision": "14d4ed1c1a5"}
	if kind == "metadata" {
		v["enterprise"] = false
		v["kas"] = map[string]any{"enabled": false, "externalUrl": nil, "version": nil}
	}
	return r.json(v)
}

// account answers /users/ID, which tells robots from people as no other object does
// (lib/api/entities/user.rb).
func (r *request) account() fake.Answer {
	if r.Token == "" {
		return r.s.message(http.StatusForbidden, "403 Forbidden - Not authorized to access this user")
	}
	for _, a := range append(r.s.Accounts(), ghost()) {
		if strconv.FormatInt(a.NumericID(), 10) == r.parts[1] {
			j, _ := r.s.user(a).(map[string]any)
			j["bot"], j["organization"] = a.Kind() == "Bot", orNull(a.Company)
			return r.json(j)
		}
	}
	return r.notFound("User ")
}

// logIn is for what nobody sees without a token, even of public projects.
func (r *request) logIn() fake.Answer {
	return r.s.message(http.StatusUnauthorized, "401 Unauthorized")
}

func (r *request) json(v any) fake.Answer { return r.s.JSON(http.StatusOK, jsonType, v) }

func (r *request) notFound(what string) fake.Answer {
	return r.s.message(http.StatusNotFound, "404 "+what+"Not Found")
}

// text heeds a parameter.
func (r *request) text(name string) string {
	r.heeded[name] = true
	return r.query.Get(name)
}

// numbers heeds a parameter that may come several times; nil where it does not.
func (r *request) numbers(name string) []string {
	r.heeded[name] = true
	return r.query[name]
}

// oneOf heeds a parameter that has few values, the first of which is usual.
func (r *request) oneOf(name string, values ...string) string {
	v := cmp.Or(r.text(name), values[0])
	if !slices.Contains(values, v) {
		r.s.Errorf("GET %s: %s=%s is none of %q", r.Path, name, v, values)
	}
	return v
}

// time heeds a parameter that is an instant; zero where it is missing.
func (r *request) time(name string) time.Time {
	text := r.text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		r.s.Errorf("GET %s: %s=%s is no time", r.Path, name, text)
	}
	return t
}

// updatedBetween reads updated_after and updated_before; GitLab takes both ends in.
func (r *request) updatedBetween() func(time.Time) bool {
	after, before := r.time("updated_after"), r.time("updated_before")
	return func(t time.Time) bool {
		return !t.Before(after) && (before.IsZero() || !t.After(before))
	}
}

// page answers one page of a list with the headers in which GitLab tells the others. It
// lowers what is above 100 in silence, and counts up to 10,000 items.
// https://docs.gitlab.com/api/rest/#offset-based-pagination
func page[T any](r *request, items []T, show func(*T) any) fake.Answer {
	size, n := r.number("per_page", 20), r.number("page", 1)
	size = min(size, mostPage)
	total := len(items)
	last := max(1, (total+size-1)/size)
	from := min(total, (n-1)*size)
	shown := []any{}
	for i := from; i < min(total, from+size); i++ {
		shown = append(shown, show(&items[i]))
	}
	a := r.json(shown)
	numbers := map[string]int{"X-Page": n, "X-Per-Page": size}
	var links []string
	link := func(to int, rel string) {
		q := url.Values{}
		for k, v := range r.query {
			q[k] = v
		}
		q.Set("page", strconv.Itoa(to))
		q.Set("per_page", strconv.Itoa(size))
		links = append(links, fmt.Sprintf("<%s%s?%s>; rel=%q", r.Base, strings.TrimPrefix(r.Escaped, "/api/v4"), q.Encode(), rel))
	}
	a.Header.Set("X-Prev-Page", "")
	a.Header.Set("X-Next-Page", "")
	if n > 1 {
		numbers["X-Prev-Page"] = n - 1
		link(n-1, "prev")
	}
	if n < last {
		numbers["X-Next-Page"] = n + 1
		link(n+1, "next")
	}
	link(1, "first")
	if total <= 10_000 {
		numbers["X-Total"], numbers["X-Total-Pages"] = total, last
		link(last, "last")
	}
	for name, v := range numbers {
		a.Header.Set(name, strconv.Itoa(v))
	}
	a.Header.Set("Link", strings.Join(links, ", "))
	return a
}

func (r *request) number(name string, otherwise int) int {
	n, err := strconv.ParseInt(r.text(name), 10, 32)
	if err != nil || n < 1 {
		return otherwise
	}
	return int(n)
}

// order sorts a list by order_by and sort; the newest first where they are missing. What is
// equal goes by number.
func order[T any](r *request, items []T, usual string, by map[string]func(*T) time.Time, number func(*T) int64) {
	names := []string{usual}
	for name := range by {
		names = append(names, name)
	}
	at := by[r.oneOf("order_by", names...)]
	down := r.oneOf("sort", "desc", "asc") == "desc"
	if at == nil {
		at = by[usual]
	}
	slices.SortStableFunc(items, func(x, y T) int {
		c := cmp.Or(at(&x).Compare(at(&y)), cmp.Compare(number(&x), number(&y)))
		if down {
			return -c
		}
		return c
	})
}

// user is how REST shows an account; null where it is deleted.
func (s *Server) user(a forgetest.Account) any {
	if a.Deleted() {
		return nil
	}
	return map[string]any{
		"id": a.NumericID(), "username": a.Login, "name": cmp.Or(a.Name, a.Login), "state": "active", "locked": false,
		"avatar_url": nil, "web_url": s.URL + "/" + a.Login,
	}
}

// author is how REST shows who wrote something.
func (s *Server) author(a forgetest.Account) any {
	if s.o.NullAuthors {
		return s.user(a)
	}
	return s.user(writer(a))
}

func (s *Server) users(list []forgetest.Account) []any {
	out := []any{}
	for _, a := range list {
		out = append(out, s.user(a))
	}
	return out
}

// stamp is a time as REST writes it; null for the zero one.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// orNull is null for "".
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
