package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// desk mines the story's repository as a buyer does: with a token that may read it and
// nothing else.
type desk struct {
	*story
	token string
	cache string // of clones
	later time.Time
}

func newDesk(s *story) *desk {
	d := &desk{story: s, cache: s.t.TempDir(), later: s.until.Add(36 * time.Hour)}
	d.token = tokenPrinted.FindString(s.run("admin", "user", "generate-access-token", "--username", "reader",
		"--token-name", "mining", "--scopes", "read:repository,read:issue", "--raw"))
	require.NotEmpty(s.t, d.token)
	return d
}

// host is the server's as documents name it.
func (d *desk) host() string { return fmt.Sprintf("127.0.0.1:%d", d.port) }

// wire is what the requests of one mining go through. It counts them, and says that it
// is later than it is: the story has just happened, but the window must be over.
type wire struct {
	base   http.RoundTripper
	later  time.Time
	sent   atomic.Int64
	before func(n int64, r *http.Request) // each request, by its number from 1
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	n := w.sent.Add(1)
	if w.before != nil {
		w.before(n, r)
	}
	reply, err := w.base.RoundTrip(r)
	if err == nil {
		reply.Header.Set("Date", w.later.Format(http.TimeFormat))
	}
	return reply, err
}

// mining is a run, and what came of it.
type mining struct {
	path    string // of the repository; "" is acme/widget
	store   *store.Store
	before  func(n int64, r *http.Request)
	offline bool // git stays with the clone that is there

	sent    int64
	records []model.Record
	gap     error
}

// mine mines the repository, its history and its forge, as a tender does.
func (d *desk) mine(m *mining) *mining {
	d.t.Helper()
	w := &wire{base: d.trust.Transport, later: d.later, before: m.before}
	source, err := gitea.New(&gitea.Options{Host: d.host(), Tokens: []forge.TokenSource{forge.StaticToken(d.token)}, Store: m.store, Base: w})
	require.NoError(d.t, err)
	m.records, m.gap = nil, nil
	hosts := forge.Hosts{
		forge.Git:   git.New(&git.Options{Cache: d.cache, Heads: true, Offline: m.offline, CABundle: d.own, Now: d.later}),
		forge.Gitea: source,
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Minute)
	defer cancel()
	for r, err := range forge.Mine(ctx, d.tender(m.path), hosts, &forge.Options{Now: d.later}) {
		var gap *forge.GapError
		switch {
		case errors.As(err, &gap):
			m.gap = errors.Join(m.gap, err)
		case err != nil:
			require.NoError(d.t, err)
		default:
			m.records = append(m.records, r)
		}
	}
	m.sent = w.sent.Load()
	return m
}

// store opens a store of its own for a run.
func (d *desk) store(name string) *store.Store {
	d.t.Helper()
	s, err := store.Open(d.t.Context(), filepath.Join(d.dir, name+".store"), nil)
	require.NoError(d.t, err)
	d.t.Cleanup(func() { s.Close() })
	return s
}

// each yields what was mined.
func (m *mining) each() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, r := range m.records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// text is all that was mined as JSON Lines.
func (m *mining) text(t *testing.T) string {
	var b bytes.Buffer
	require.NoError(t, model.WriteRecords(&b, m.each()))
	return b.String()
}

// tender asks for what three vendors did for the repository.
func (d *desk) tender(path string) *model.Tender {
	t := model.NewTender()
	t.About = model.About{ID: "E2E-1", Title: "Care for widget", Buyer: "Town of Moraine", Notice: model.DateOf(d.until)}
	t.Window.Until = model.DateOf(d.until)
	t.Shortlist = true
	if path == "" {
		path = "acme/widget"
	}
	t.Projects = map[string]model.Project{"widget": {Repositories: []model.Repository{{URL: d.url + path, Forge: forge.Gitea}}}}
	t.Lots = []model.Lot{{ID: "1", Title: "Care", Projects: map[string]float64{"widget": 1}}}
	t.Vendors = map[string]model.Vendor{}
	for _, letter := range []string{"a", "b", "c"} {
		id := "vendor-" + letter
		t.Vendors[id] = model.Vendor{Name: "Vendor " + strings.ToUpper(letter), Domains: []model.MailDomain{{Name: id + ".test"}}}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: id, Vendors: []string{id}})
	}
	t.People = d.roster()
	return t
}

// roster joins the people's accounts and addresses. Dora's account is gone: nothing that
// it did can be joined with her commits.
func (d *desk) roster() []model.Person {
	var list []model.Person
	for _, a := range people() {
		_, domain, _ := strings.Cut(a.mail, "@")
		vendor, isVendor := strings.CutSuffix(domain, ".test")
		if a.name == "dora" || !isVendor || !strings.HasPrefix(vendor, "vendor-") {
			continue
		}
		list = append(list, model.Person{ID: a.name, Employment: []model.Employment{{Vendor: vendor, Level: model.Domain}},
			Identities: []string{"mail:" + a.mail, fmt.Sprintf("%s:%d", d.host(), d.accounts[a.name])}})
	}
	return list
}
