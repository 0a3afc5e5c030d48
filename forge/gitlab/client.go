package gitlab

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gl "github.com/xanzy/go-gitlab"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
)

// host is one GitLab.
type host struct {
	name      string // what account numbers are prefixed with: "gitlab", or the server's name
	base      *url.URL
	client    *gl.Client
	transport *rest.Transport
	signed    bool // it is asked with tokens
	log       *slog.Logger

	robots  sync.Map     // numbers of accounts to whether they are robots
	rest    bool         // GraphQL is not asked
	changes atomic.Int64 // on a page of GraphQL
	notes   atomic.Int64 // of each of them
}

// unhurried is a limiter that lets everything pass. Without one of ours, v0.115 makes its own from
// the first reply, and races where the first ones overlap; waiting is the transport's work.
type unhurried struct{}

func (unhurried) Wait(context.Context) error { return nil }

// bare takes the client's own, empty credentials off requests, and puts the token of a job
// on. GitLab answers 401 where a job may not ask, so the transport must not take
// it for a token that has expired.
type bare struct {
	*rest.Transport
	base *url.URL
	job  string
}

func (b bare) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Private-Token")
	if b.job != "" && r.URL.Host == b.base.Host && r.URL.Scheme == b.base.Scheme && b.base.Scheme == "https" {
		r.Header.Set("Job-Token", b.job)
	}
	resp, err := b.Transport.RoundTrip(r)
	if err == nil && !readable(resp.Header.Get("Link")) {
		resp.Header.Del("Link")
	}
	if b.job == "" {
		return resp, err
	}
	return b.unsaid(resp, err)
}

// unsaid takes the token of a job out of what a refusal says, as the transport does with those it
// knows.
func (b bare) unsaid(resp *http.Response, err error) (*http.Response, error) {
	switch {
	case err != nil && strings.Contains(err.Error(), b.job):
		return nil, errors.New(strings.ReplaceAll(err.Error(), b.job, "TOKEN"))
	case err != nil || resp.StatusCode < 400:
		return resp, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // which the transport has read whole
	if err != nil {
		return nil, err
	}
	body = bytes.ReplaceAll(body, []byte(b.job), []byte("TOKEN"))
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// readable reports whether the client can read a Link header: v0.115 takes for granted that
// the first parameter of each link has a value, and panics where it has none.
func readable(link string) bool {
	for one := range strings.SplitSeq(link, ",") {
		if parts := strings.Split(one, ";"); len(parts) > 1 && !strings.Contains(parts[1], "=") {
			return false
		}
	}
	return true
}

// cutJob takes the token of a job from a list of tokens; "" where there is none.
func cutJob(tokens []forge.TokenSource) (job string, others []forge.TokenSource) {
	for _, t := range tokens {
		switch t := t.(type) {
		case JobToken:
			job = strings.TrimSpace(string(t))
			continue
		case forge.StaticToken:
			if text := strings.TrimSpace(string(t)); strings.HasPrefix(text, jobPrefix) {
				job = text
				continue
			}
		}
		others = append(others, t)
	}
	return job, others
}

// newHost makes a client of the API at base, which is that of REST.
func newHost(base *url.URL, o *Options) (*host, error) {
	h := &host{name: o.Host, base: base, log: o.Log, signed: len(o.Tokens) > 0}
	switch o.Host {
	case "gitlab.com":
		h.name = "gitlab"
	case "gitlab": // an intranet's, which the dot at the end of a name sets apart
		h.name = "gitlab."
	}
	h.rest = o.REST
	h.changes.Store(mostChanges)
	h.notes.Store(mostNotes)
	job, tokens := cutJob(o.Tokens)
	if len(tokens) > 0 {
		job = "" // who has another token needs none that may do less
	}
	if job != "" {
		h.rest = true // GraphQL takes none of a job
	}
	h.transport = rest.New(rest.Options{
		Host: base.Host, Tokens: tokens, Base: o.Base, Log: o.Log, Attempts: 3, Pause: o.pause,
		Resource: func(r *http.Request) string {
			if strings.HasSuffix(r.URL.Path, "/api/graphql") {
				return "graphql"
			}
			return "rest"
		},
		InFlight: func(resource string) int {
			if resource == "graphql" {
				return 2
			}
			return atOnce
		},
	})
	client, err := gl.NewClient("", gl.WithBaseURL(base.String()), gl.WithHTTPClient(&http.Client{Transport: bare{h.transport, base, job}}),
		gl.WithCustomLimiter(unhurried{}), gl.WithCustomRetryMax(0), gl.WithoutRetries())
	if err != nil {
		return nil, fmt.Errorf("making a client for %s: %w", base.Host, err)
	}
	h.client = client
	return h, nil
}

// jobPrefix begins tokens of CI jobs, unless the administrator has chosen another.
const jobPrefix = "glcbt-"

// atOnce is how many requests of REST may be under way.
const atOnce = 8

// page says how a list goes on.
type page struct {
	next  int  // 0 where it does not
	size  int  // of its pages; 0 where the server does not say
	total int  // of all items; less than 0 where the server does not say
	told  bool // the reply has a header that says how it goes on
}

// get asks REST. The path is relative to the API, with escapes.
func (h *host) get(ctx context.Context, path string, query url.Values, into any) (page, error) {
	req, err := h.client.NewRequest(http.MethodGet, path, nil, []gl.RequestOptionFunc{gl.WithContext(ctx)})
	if err != nil {
		return page{}, err
	}
	req.URL.RawQuery = query.Encode()
	resp, err := h.client.Do(req, into)
	if err != nil {
		return page{}, h.failure(ctx, resp, err)
	}
	p := page{next: resp.NextPage, size: resp.ItemsPerPage, total: -1}
	p.told = len(resp.Header["X-Next-Page"]) > 0 || resp.Header.Get("Link") != ""
	if n, err := strconv.Atoi(resp.Header.Get("X-Total")); err == nil {
		p.total = n
	}
	if p.next == 0 && resp.NextLink != "" { // where a proxy lets only Link pass
		if u, err := url.Parse(resp.NextLink); err == nil {
			p.next, _ = strconv.Atoi(u.Query().Get("page"))
			p.size, _ = strconv.Atoi(u.Query().Get("per_page"))
		}
	}
	return p, nil
}

// sure asks REST for what a list has just named, and once more where that is said not to
// be there.
func (h *host) sure(ctx context.Context, path string, query url.Values, into any) (page, error) {
	p, err := h.get(ctx, path, query, into)
	if gone(err) {
		return h.get(ctx, path, query, into)
	}
	return p, err
}

// gone reports whether an error says that something is not there.
func gone(err error) bool { return refused(err, http.StatusNotFound, http.StatusGone) }

// failure says what an error of the client means.
func (h *host) failure(ctx context.Context, resp *gl.Response, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var sent *url.Error // says where to, which the transport's own errors do too
	switch {
	case resp == nil && errors.As(err, &sent):
		err = sent.Err
		fallthrough
	case resp == nil:
		if errors.Is(err, rest.ErrTooLarge) || errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%w: %w", mining.ErrHeavy, err)
		}
		return err
	case resp.StatusCode < 400:
		return fmt.Errorf("reading the reply of %s: %w", h.base.Host, err)
	}
	status := fmt.Sprintf("%s answers %d %s", h.base.Host, resp.StatusCode, http.StatusText(resp.StatusCode))
	var told *gl.ErrorResponse
	if errors.As(err, &told) && told.Message != "" {
		status += fmt.Sprintf(" (%.200s)", strings.Join(strings.Fields(told.Message), " "))
	}
	switch code := resp.StatusCode; {
	case code >= 500:
		return fmt.Errorf("%w: %s", mining.ErrHeavy, status)
	case code == http.StatusUnavailableForLegalReasons:
		return &statusError{code, status + ": it is blocked for legal reasons"}
	default:
		return &statusError{code, status}
	}
}

// statusError is a reply that is a refusal.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// refused reports whether an error is a refusal, with one of the codes where any are given.
func refused(err error, codes ...int) bool {
	var e *statusError
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.code == code {
			return true
		}
	}
	return len(codes) == 0
}

// denied reports whether the server does not let us see something.
func denied(err error) bool {
	return refused(err, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
}

// project is the path of something of the project in the API. A path is good as
// well as a number: GitLab leads from one that the project had before to it.
func (l *listing) project(parts ...any) string {
	path := "projects/" + gl.PathEscape(l.Path)
	for _, p := range parts {
		path += "/" + fmt.Sprint(p)
	}
	return path
}

// second is a time in whole seconds, all that GraphQL gives.
func second(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// pick is the first of the values that is there.
func pick[T any](values ...*T) *T { return cmp.Or(values...) }
