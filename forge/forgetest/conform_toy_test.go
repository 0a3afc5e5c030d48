package forgetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// enacted are the contributions that the wanted table tells of.
func enacted(t testing.TB, table []string) []*model.Contribution {
	t.Helper()
	about := map[string]*model.Contribution{}
	var acts []*model.Contribution
	for _, row := range table {
		f := strings.Fields(row)
		if f[1] == "is" {
			about[f[0]] = described(t, f)
		}
	}
	for _, row := range table {
		if f := strings.Fields(row); f[1] != "is" {
			c := model.Contribution{}
			if about[f[0]] != nil {
				c = *about[f[0]]
			}
			c.Artifact, c.Role = model.Artifact(f[0]), model.Role(f[1])
			rest := f[3:]
			if login, id, ok := strings.Cut(f[2], "#"); ok {
				c.Actor = model.Identity{Login: login, Account: "toy:" + id, Type: model.AccountType(f[3])}
				rest = f[4:]
			} else {
				c.Actor = model.Identity{Type: model.GhostAccount}
			}
			c.At = moment(t, rest[0])
			judged(&c, rest[1:])
			acts = append(acts, &c)
		}
	}
	return acts
}

func moment(t testing.TB, s string) time.Time {
	at, err := time.Parse("2006-01-02T15:04Z07:00", "2026-"+s)
	require.NoError(t, err)
	return at.UTC()
}

func judged(c *model.Contribution, words []string) {
	switch {
	case c.Role == model.Reviewer:
		n := func(name string) int { v, _ := strconv.Atoi(value(words, name)); return v }
		c.Review = &model.Review{State: model.ReviewState(words[0]), Said: "SAID", Inline: n("inline"), Length: n("length"), Commit: oid(words, "commit"), Stale: slices.Contains(words, "stale")}
	case len(words) > 0:
		c.Verb = words[0]
	}
}

func described(t testing.TB, f []string) *model.Contribution {
	var labels []string
	if l := value(f, "labels"); l != "" {
		labels = strings.Split(l, ",")
	}
	opened := moment(t, value(f, "opened"))
	if strings.HasPrefix(f[0], model.IssueArtifact) {
		i := &model.Issue{Title: f[2], Opened: opened, Reason: value(f, "reason"), Labels: labels}
		if closed := value(f, "closed"); closed != "" {
			i.Closed = moment(t, closed)
		}
		return &model.Contribution{Issue: i}
	}
	return &model.Contribution{Change: &model.Change{Title: f[2], Opened: opened, Merged: moment(t, value(f, "merged")), Base: value(f, "base"),
		Head: oid(f, "head"), Start: oid(f, "start"), MergeCommit: oid(f, "became"), Labels: labels}}
}

func value(words []string, name string) string {
	for _, w := range words {
		if v, ok := strings.CutPrefix(w, name+"="); ok {
			return v
		}
	}
	return ""
}

func oid(words []string, name string) string {
	if v := value(words, name); v != "" {
		return ScriptCommit(v)
	}
	return ""
}

// toy is a forge that hands out records of one kind of facts at a time, and a source that
// keeps them in a file. Mistake makes it one that the suite must find.
type toy struct {
	t       testing.TB
	mistake string
	lists   map[model.Kind][]*model.Contribution
	server  *httptest.Server
	run     int

	mu   sync.Mutex
	name string
}

func newToy(t testing.TB, l Limits, mistake string) *toy {
	o := &toy{t: t, mistake: mistake, name: "cave", lists: map[model.Kind][]*model.Contribution{}}
	for _, c := range enacted(t, wanted(l)) {
		if mistake == "ghost with a name" && c.Actor.Type == model.GhostAccount {
			c.Actor.Login = "ghost"
		}
		k := kindOf(string(c.Artifact) + " " + string(c.Role))
		o.lists[k] = append(o.lists[k], c)
	}
	o.server = httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(o.server.Close)
	return o
}

// serve answers /name with the present name of a repository, and /KIND with a list.
func (o *toy) serve(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	path := strings.Trim(r.URL.Path, "/")
	if path == "name" {
		json.NewEncoder(w).Encode(o.name)
		return
	}
	json.NewEncoder(w).Encode(o.lists[model.Kind(path)])
}

// kept is what the source keeps.
type kept map[model.Kind]json.RawMessage

func (o *toy) open(t testing.TB, store string, through func(http.RoundTripper) http.RoundTripper) (Miner, func()) {
	client := &http.Client{Transport: through(o.server.Client().Transport)}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.run++
	run := o.run
	return func(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
		if o.mistake == "file for each name" {
			store += strings.TrimPrefix(repo.URL, "https://toy.example/karst/")
		}
		if o.mistake == "deaf" {
			ctx = t.Context()
		}
		return func(yield func(model.Record, error) bool) { o.mine(ctx, client, store, run, period, yield) }
	}, func() {}
}

func (o *toy) mine(ctx context.Context, client *http.Client, store string, run int, period model.Period, yield func(model.Record, error) bool) {
	have := kept{}
	if text, err := os.ReadFile(store); err == nil && o.mistake != "forgetful" {
		json.Unmarshal(text, &have)
	}
	if _, err := o.get(ctx, client, "name"); err != nil {
		yield(model.Record{}, err)
		return
	}
	var failed error
	for _, k := range conformKinds() {
		if have[k] == nil {
			if o.mistake == "hasty" {
				have[k] = json.RawMessage("[]")
				o.keep(store, have)
			}
			text, err := o.get(ctx, client, string(k))
			if err != nil {
				failed = errors.Join(failed, err)
			} else {
				have[k] = text
				o.keep(store, have)
			}
		}
		if !o.yield(k, have[k], run, period, yield) {
			return
		}
	}
	if failed != nil && o.mistake != "silent" {
		yield(model.Record{}, failed)
	}
}

func (o *toy) keep(store string, have kept) {
	text, _ := json.Marshal(have)
	require.NoError(o.t, os.WriteFile(store, text, 0o600))
}

// get reads a list whole.
func (o *toy) get(ctx context.Context, client *http.Client, path string) (json.RawMessage, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.server.URL+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil && o.mistake != "takes halves",
		resp.StatusCode == 404 && o.mistake != "nothing is empty", resp.StatusCode == 500 && o.mistake != "errors are empty":
		return nil, fmt.Errorf("%s: %s: %w", path, resp.Status, errors.Join(err, errors.New("not read")))
	case !json.Valid(body) && resp.StatusCode == 200 && err == nil && o.mistake != "pages are empty":
		return nil, errors.New("a page instead of JSON")
	case !json.Valid(body) || resp.StatusCode != 200:
		return json.RawMessage("[]"), nil
	}
	return body, nil
}

// yield states what is known of a kind of facts.
func (o *toy) yield(k model.Kind, text json.RawMessage, run int, period model.Period, yield func(model.Record, error) bool) bool {
	c := &model.Coverage{Kind: k, State: model.Complete}
	if text == nil {
		if o.mistake == "silent" {
			return true
		}
		if o.mistake != "liar" {
			c.State, c.Reason = model.Unavailable, "not read"
		}
	}
	if k == model.AdvisoryFacts {
		c.State, c.Reason = model.Unavailable, "toys have none"
	}
	if o.mistake == "counts its runs" {
		c.Source = fmt.Sprint(run)
	}
	if !yield(model.Record{Coverage: c}, nil) {
		return false
	}
	var acts []*model.Contribution
	json.Unmarshal(text, &acts)
	for _, a := range acts {
		late := !a.At.Before(period.Until) || a.Change != nil && !a.Change.Merged.Before(period.Until)
		if late && o.mistake != "late" {
			continue
		}
		if !yield(model.Record{Contribution: a}, nil) {
			return false
		}
	}
	return true
}

func toyForge(l Limits, mistake string) Forge {
	return Forge{Limits: l, Serve: func(t testing.TB, _ *Project) *Served {
		o := newToy(t, l, mistake)
		repo := func(name string) model.Repository { return model.Repository{URL: "https://toy.example/karst/" + name} }
		return &Served{Repository: repo("cave"), Former: repo("grotto"), Open: o.open, Rename: func(name string) model.Repository {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.name = name
			return repo(name)
		}}
	}}
}

// toyLimits are some of each sort.
func toyLimits() Limits {
	return Limits{Account: "toy", Missing: map[model.Kind]string{model.AdvisoryFacts: "have none"}, NoApps: true, RebaseMovesHead: true, NoAnsweredRequests: true, CommitOfLinesOnly: true}
}
