package gitea

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
)

// inFlight is the most requests at once for one token. A server answers one in some
// twenty milliseconds and Gitea sets no limit; Codeberg's is one of requests per hour.
const inFlight = 8

// host is one server.
type host struct {
	name      string // what account numbers are prefixed with
	base      *url.URL
	client    *http.Client
	transport *rest.Transport

	most atomic.Int64 // items of a page, at the most; 0 as long as it was not asked for
}

// newHost makes a client of the API at base.
func newHost(base *url.URL, o *Options) *host {
	h := &host{name: o.Host, base: base}
	h.transport = rest.New(rest.Options{
		Host: base.Host, Tokens: o.Tokens, Base: o.Base, Log: o.Log, Attempts: 3, Pause: o.pause,
		Authorize: func(r *http.Request, token string) { r.Header.Set("Authorization", "token "+token) },
		InFlight:  func(string) int { return inFlight },
		// A page of a list that was too much for the server comes back smaller, not again.
		// 503 says that all is too much just now, and often until when.
		RetryStatus: func(r *http.Request, status int) bool {
			return status == http.StatusServiceUnavailable || !isPage(r.URL.Path)
		},
	})
	h.client = &http.Client{Transport: h.transport}
	return h
}

// isPage reports whether a request is for a page of changes or of issues.
func isPage(p string) bool {
	last := path.Base(p)
	return last == "pulls" || last == "issues"
}

// reply is what stands in the header of a reply that is a list.
type reply struct {
	total  int  // items of all pages; -1 where the server does not say
	linked bool // it has links to other pages
	next   bool // one of them is to a next one
}

// ask gets what is at a path of the API, and decodes it.
func (h *host) ask(ctx context.Context, path string, query url.Values, into any) (reply, error) {
	u := h.base.JoinPath(path)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Accept", "application/json")
	resp, err := h.client.Do(r)
	if err != nil {
		return reply{}, failure(ctx, err)
	}
	defer resp.Body.Close()
	// The transport has read it, within its bounds, and says how long it is.
	body := bytes.NewBuffer(make([]byte, 0, max(resp.ContentLength, 0)+bytes.MinRead))
	_, err = body.ReadFrom(resp.Body)
	switch {
	case err != nil:
		return reply{}, err
	case resp.StatusCode != http.StatusOK:
		return reply{}, refusal(resp, body.Bytes())
	}
	if err := json.Unmarshal(body.Bytes(), into); err != nil {
		return reply{}, fmt.Errorf("reading the reply of %s: %w", h.base.Host, err)
	}
	return readReply(resp.Header), nil
}

func readReply(h http.Header) reply {
	r := reply{total: -1}
	if n, err := strconv.Atoi(h.Get("X-Total-Count")); err == nil && n >= 0 {
		r.total = n
	}
	for _, l := range h.Values("Link") {
		r.linked = true
		r.next = r.next || strings.Contains(l, `rel="next"`)
	}
	return r
}

// failure says why there is no reply.
func failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, rest.ErrTooLarge) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", mining.ErrHeavy, err)
	}
	var sent *url.Error // says where to, which the transport's own errors do too
	if errors.As(err, &sent) {
		return sent.Err
	}
	return err
}

// refusal says what a reply without the status 200 means.
func refusal(resp *http.Response, body []byte) error {
	status := fmt.Sprintf("%s answers %d %s", resp.Request.URL.Host, resp.StatusCode, http.StatusText(resp.StatusCode))
	var said struct{ Message string }
	if json.Unmarshal(bytes.ToValidUTF8(body, nil), &said) == nil && said.Message != "" {
		status += fmt.Sprintf(" (%.200s)", oneLine(said.Message))
	}
	away := resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != ""
	if resp.StatusCode >= 500 && !(away && isPage(resp.Request.URL.Path)) { // whose size has nothing to do with it
		return fmt.Errorf("%w: %s", mining.ErrHeavy, status)
	}
	return &statusError{resp.StatusCode, status}
}

// statusError is a reply that is a refusal.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// isGone reports whether an error is of one thing that is not there, or that one may not
// see.
func isGone(err error) bool {
	if errors.Is(err, errNothing) {
		return true
	}
	var refused *statusError
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.code {
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return true
	}
	return false
}

// errNothing says that a server answered null: Gitea does so of a change of which it could
// not read a part.
var errNothing = errors.New("the server answers null")

// usualMost is how many items Gitea puts on a page at the most, if nobody set it otherwise.
const usualMost = 50

// mostItems is how many items the server puts on a page at the most, of those that are asked
// for. It is asked once; 0 is unknown.
func (h *host) mostItems(ctx context.Context) (int, error) {
	if most := h.most.Load(); most != 0 {
		return max(int(most), 0), nil
	}
	var settings struct {
		Most int `json:"max_response_items"`
	}
	if _, err := h.ask(ctx, "settings/api", nil, &settings); ctx.Err() != nil {
		return 0, context.Cause(ctx)
	} else if err != nil || settings.Most <= 0 {
		h.most.Store(-1)
		return 0, nil
	}
	most := min(settings.Most, usualMost)
	h.most.Store(int64(most))
	return most, nil
}
