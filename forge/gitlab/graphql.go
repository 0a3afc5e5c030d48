package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	gl "github.com/xanzy/go-gitlab"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// errNoGraphQL says that the server does not answer GraphQL, or not what is asked here.
// REST is asked from then on.
var errNoGraphQL = errors.New("the server does not answer this by GraphQL")

// complexityError says that a query is more complex than the server allows.
type complexityError struct{ score, limit int }

func (e *complexityError) Error() string {
	return fmt.Sprintf("a query has the complexity %d, and may have %d", e.score, e.limit)
}

// fault is an error that GraphQL puts into a reply whose status is 200.
type fault struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// faults are the errors of a reply, part of which may be good.
type faults []fault

func (f faults) Error() string {
	var said []string
	for _, e := range f[:min(len(f), 3)] {
		said = append(said, fmt.Sprintf("%.300s", strings.Join(strings.Fields(e.Message), " ")))
	}
	return strings.Join(said, "; ")
}

// query sends a query and decodes its data. Where the reply has faults beside data, the
// data are decoded and the faults returned.
//
// A server that says twice that there is no GraphQL, or not for us, or not what is asked here,
// is not asked by it again in this reading. Whatever else it refuses may be a proxy's mood.
func (l *listing) query(ctx context.Context, text string, variables map[string]any, into any) error {
	if l.plain.Load() {
		return errNoGraphQL
	}
	err := l.host.query(ctx, text, variables, into)
	if absent(err) {
		err = l.host.query(ctx, text, variables, into)
	}
	switch {
	case absent(err) || errors.Is(err, errNoGraphQL):
		return l.without(err)
	case refused(err):
		return fmt.Errorf("%w: %w", mining.ErrHeavy, err)
	}
	return err
}

// absent reports whether a refusal says that there is no GraphQL, or not for us.
func absent(err error) bool { return refused(err, http.StatusUnauthorized, http.StatusNotFound) }

// query sends a query once.
func (h *host) query(ctx context.Context, text string, variables map[string]any, into any) error {
	req, err := h.client.NewRequest(http.MethodPost, "graphql", map[string]any{"query": text, "variables": variables}, []gl.RequestOptionFunc{gl.WithContext(ctx)})
	if err != nil {
		return err
	}
	req.URL.Path, req.URL.RawPath = strings.TrimSuffix(h.base.Path, "v4/")+"graphql", ""
	var reply struct {
		Data   json.RawMessage
		Errors faults
	}
	resp, err := h.client.Do(req, &reply)
	if err != nil {
		return h.failure(ctx, resp, err)
	}
	h.account(reply.Data)
	there := len(reply.Data) > 0 && string(reply.Data) != "null"
	if there {
		if err := json.Unmarshal(reply.Data, into); err != nil {
			return fmt.Errorf("reading the reply of %s: %w", h.base.Host, err)
		}
	}
	switch {
	case len(reply.Errors) > 0:
		return reply.Errors.verdict()
	case !there:
		return fmt.Errorf("%w: it answered without data", mining.ErrHeavy)
	}
	return nil
}

// without notes that GraphQL is not to be asked again in this reading. What is refused here, also
// for want of a right, REST may show.
func (l *listing) without(err error) error {
	if !l.plain.Swap(true) {
		l.host.log.Info("GraphQL is not answered; REST is asked instead", "host", l.host.base.Host, "repository", l.Path, "error", err)
	}
	if errors.Is(err, errNoGraphQL) {
		return err
	}
	return fmt.Errorf("%w: %w", errNoGraphQL, err)
}

// account logs how complex a query was, by the server's own account.
func (h *host) account(data json.RawMessage) {
	var told struct {
		Complexity struct{ Score, Limit int64 } `json:"queryComplexity"`
	}
	if json.Unmarshal(data, &told) == nil {
		h.log.Debug("complexity", "host", h.base.Host, "score", told.Complexity.Score, "limit", told.Complexity.Limit)
	}
}

var (
	complex = regexp.MustCompile(`complexity of (\d{1,9}), which exceeds max complexity of (\d{1,9})`)
	// unknown matches what a server says of a field or an argument that it is too old, or too new, for.
	unknown = regexp.MustCompile(`doesn't exist on type|doesn't accept argument|isn't a defined|is not defined|must have (a )?selections?|[Tt]ype mismatch`)
)

// verdict says what the faults of a reply mean.
func (f faults) verdict() error {
	for _, e := range f {
		if m := complex.FindStringSubmatch(e.Message); m != nil {
			score, _ := strconv.Atoi(m[1])
			limit, _ := strconv.Atoi(m[2])
			return &complexityError{score, limit}
		}
		if strings.HasPrefix(e.Extensions.Code, "undefined") || unknown.MatchString(e.Message) {
			return fmt.Errorf("%w: %w", errNoGraphQL, f)
		}
		if strings.Contains(strings.ToLower(e.Message), "valid cursor") {
			return fmt.Errorf("%w: %w", mining.ErrCursor, f)
		}
	}
	return f.holes(fmt.Errorf("%w: %w", mining.ErrHeavy, f))
}

// holes says of an error in which items of a page the faults are, where each of them says so.
func (f faults) holes(err error) error {
	h := &mining.Holes{Err: err}
	for _, e := range f {
		i := e.item()
		if i < 0 {
			return err
		}
		h.Items = append(h.Items, i)
	}
	return h
}

// item returns the place in its page of the item in which a fault is, -1 where it does
// not say.
func (e fault) item() int {
	for n, step := range e.Path {
		if step == "nodes" && n+1 < len(e.Path) {
			if i, ok := e.Path[n+1].(float64); ok && i >= 0 && i < 1000 {
				return int(i)
			}
			break
		}
	}
	return -1
}

// patient sends a query, and once more where the server gave up on it.
func (l *listing) patient(ctx context.Context, text string, v map[string]any, into any) (err error) {
	for try := 1; try <= mining.MostTries; try++ {
		if err = l.query(ctx, text, v, into); !errors.Is(err, mining.ErrHeavy) {
			return err
		}
		if err := l.Rest(ctx, try); err != nil {
			return err
		}
	}
	return err
}
