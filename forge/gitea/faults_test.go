package gitea_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/model"
)

// after returns a hook that spoils requests to a path, the n-th of them first, so many
// times.
func after(path string, n, times int, f fake.Fault) func(fake.Request) *fake.Fault {
	seen := 0
	return func(r fake.Request) *fake.Fault {
		if r.Path != path {
			return nil
		}
		if seen++; seen < n || seen >= n+times {
			return nil
		}
		return &f
	}
}

const (
	always  = 1 << 30
	one     = pulls + "/27"
	reviews = pulls + "/27/reviews"
)

func status(code int) fake.Fault { return fake.Fault{Status: code} }

func underRoot(d *desk) { d.source = d.newSource(func(o *gitea.Options) { o.Root = "/git/" }) }

// Faults that pass: the result is what it would have been.
func TestFaultsThatPass(t *testing.T) {
	for name, hook := range map[string]func(fake.Request) *fake.Fault{
		"502 on a page":               after(pulls, 2, 2, status(502)),
		"500 on a page":               after(pulls, 1, 1, status(500)),
		"502 on a change":             after(one, 1, 1, status(502)),
		"500 on a change, for long":   after(one, 1, 4, status(500)),
		"502 on reviews":              after(reviews, 1, 1, status(502)),
		"404 on a change, for once":   after(one, 1, 1, status(404)),
		"null for a change":           after(one, 1, 1, fake.Fault{Status: 200, Body: "null"}),
		"502 on what it is":           after("/repos/big/project", 1, 1, status(502)),
		"502 on what is new":          after(issues, 1, 1, status(502)),
		"404 on settings":             after("/settings/api", 1, always, status(404)),
		"a truncated page":            after(pulls, 2, 1, fake.Fault{Truncate: true}),
		"a truncated change":          after(one, 1, 1, fake.Fault{Truncate: true}),
		"a closed connection":         after(reviews, 1, 1, fake.Fault{Drop: true}),
		"a reset connection":          after(pulls, 2, 1, fake.Fault{Reset: true}),
		"429 on a change":             after(one, 1, 1, fake.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}}),
		"429 on a page":               after(pulls, 2, 1, fake.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}}),
		"403 of a limit":              after(one, 1, 1, fake.Fault{Status: 403, Header: http.Header{"Retry-After": {"1"}}}),
		"null items":                  after(pulls, 2, 1, fake.Fault{Status: 200, Body: `[null, {"number":3}]`}),
		"no list":                     after(pulls, 2, 1, fake.Fault{Status: 200, Body: "null"}),
		"another order":               after(pulls, 2, 1, fake.Fault{Status: 200, Body: shuffled}),
		"issues without their number": after(issues, 2, 1, fake.Fault{Status: 200, Body: `[{"title":"x"}]`}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, large(50))
			d.server.MaxItems = 20
			plain := d.newSource(anew)
			want, err := written(plain.Mine(t.Context(), d.repo, window))
			require.NoError(t, err)
			d.server.OnRequest(hook)
			assertSame(t, want, d.mine())
			assert.NoError(t, d.gap)
		})
	}
}

const shuffled = `[{"number":1,"created_at":"2020-01-01T00:00:00Z","updated_at":"2020-01-01T00:00:00Z"},{"number":2,"created_at":"2020-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}]`

// Faults that stay: what is known is stated, and what is not is said.
func TestFaultsThatStay(t *testing.T) {
	for name, f := range map[string]struct {
		hook   func(fake.Request) *fake.Fault
		state  model.State
		reason string
		lost   int // changes; -1 is all, -2 is some
	}{
		"502 on every page":          {after(pulls, 1, always, status(502)), model.Unavailable, "502", -1},
		"502 from a page on":         {after(pulls, 3, always, status(502)), model.Partial, "read back to", -2},
		"a change that is gone":      {after(one, 1, always, status(404)), model.Partial, "not read: 1 items: change 27", 1},
		"a change that is forbidden": {after(reviews, 1, always, status(403)), model.Partial, "not read: 1 items: change 27", 1},
		"a change that is broken":    {after(one, 1, always, status(500)), model.Partial, "not read: 1 items: change 27", 1},
		"a change that is null":      {after(one, 1, always, fake.Fault{Status: 200, Body: "null"}), model.Partial, "answers null", 1},
		"all changes are broken":     {below(pulls+"/", status(500)), model.Unavailable, "answers 500", -1},
		"some changes are broken":    {below(pulls+"/4", status(500)), model.Unavailable, "answers 500", -1},
		"all changes are forbidden":  {below(pulls+"/", status(403)), model.Unavailable, "403", -1},
		"403":                        {after(pulls, 2, always, status(403)), model.Partial, "403", -2},
		"404 from the beginning":     {after(pulls, 1, always, status(404)), model.Unavailable, "404", -1},
		"410":                        {after(pulls, 2, always, status(410)), model.Partial, "410", -2},
		"a login page":               {after(pulls, 2, always, fake.Fault{HTML: true}), model.Partial, "text/html", -2},
		"a login page for a change":  {after(one, 1, always, fake.Fault{HTML: true}), model.Partial, "change 27", -2},
		"wrong JSON":                 {after(pulls, 2, always, fake.Fault{Status: 200, Body: `{"data": 7}`}), model.Partial, "reading the reply", -2},
		"not even JSON":              {after(pulls, 2, always, fake.Fault{Status: 200, Body: `[{"number":`}), model.Partial, "reading the reply", -2},
		"no body":                    {after(pulls, 2, always, fake.Fault{Status: 200, Body: " "}), model.Partial, "reading the reply", -2},
		"no list":                    {after(pulls, 2, always, fake.Fault{Status: 200, Body: "null"}), model.Partial, "without the list", -2},
		"another order":              {after(pulls, 1, always, fake.Fault{Status: 200, Body: shuffled}), model.Unavailable, "not in the order", -1},
		"a list without an end":      {after(pulls, 1, always, fake.Fault{Header: http.Header{"Link": {`<x>; rel="next"`}}}), model.Partial, "does not come to an end", -2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, large(50))
			d.server.MaxItems = 20
			d.server.OnRequest(f.hook)
			text := d.mine()
			c := coverage(t, text)[model.ReviewFacts]
			assert.Equal(t, f.state, c.State, c.Reason)
			assert.Contains(t, c.Reason, f.reason)
			switch n := 50 - len(changes(t, text)); f.lost {
			case -1:
				assert.Equal(t, 50, n)
			case -2:
				assert.Less(t, n, 50)
			default:
				assert.Equal(t, f.lost, n)
				assert.NoError(t, d.gap)
			}
			if f.lost < 0 {
				assert.Error(t, d.gap, "it is told once more at the end")
			}
			assert.Equal(t, model.Complete, coverage(t, text)[model.IssueFacts].State, "the other lists are read")
			assert.NotContains(t, text, secret)

			d.server.OnRequest(nil) // and a day later all is well
			d.server.SetNow(d.server.Now().Add(25 * time.Hour))
			text = d.again()
			assertComplete(t, text)
			assert.Len(t, changes(t, text), 50)
		})
	}
}

// below spoils all requests below a path.
func below(path string, f fake.Fault) func(fake.Request) *fake.Fault {
	return func(r fake.Request) *fake.Fault {
		if strings.HasPrefix(r.Path, path) {
			return &f
		}
		return nil
	}
}

// Of the other lists, too, what cannot be read is said.
func TestOtherLists(t *testing.T) {
	t.Parallel()
	d := newDesk(t, large(50))
	d.server.OnRequest(after(issues, 1, always, status(403)))
	text := d.mine()
	assert.Equal(t, model.Unavailable, coverage(t, text)[model.IssueFacts].State)
	assert.Contains(t, coverage(t, text)[model.IssueFacts].Reason, "403")
	assert.Equal(t, model.Complete, coverage(t, text)[model.MergeFacts].State)
	require.ErrorContains(t, d.gap, "issues")
	d.server.OnRequest(after("/repos/big/project/releases", 1, always, status(404)))
	text = d.again()
	assert.Equal(t, model.Unavailable, coverage(t, newDeskWith(t, after("/repos/big/project/releases", 1, always, status(404))).mine())[model.ReleaseFacts].State)
	assert.Equal(t, model.Complete, coverage(t, text)[model.IssueFacts].State)
	assert.Equal(t, model.Partial, coverage(t, text)[model.ReleaseFacts].State, "as far as it was read before")
}

func newDeskWith(t *testing.T, hook func(fake.Request) *fake.Fault) *desk {
	d := newDesk(t, large(30))
	d.server.OnRequest(hook)
	return d
}

// A repository that cannot be asked about at all is an error, and one that was mined
// before stays known.
func TestTheForgeIsNotThere(t *testing.T) {
	for name, f := range map[string]fake.Fault{"401": status(401), "500": status(500), "a login page": {HTML: true}, "null": {Status: 200, Body: "null"}, "nothing": {Status: 200, Body: "{}"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, large(30))
			d.server.OnRequest(below("/", f))
			_, err := written(d.source.Mine(t.Context(), d.repo, window))
			require.Error(t, err)
			var gap *forge.GapError
			assert.NotErrorAs(t, err, &gap)
			assert.NotContains(t, err.Error(), secret)
			if name == "nothing" {
				return // which is not the forge's failure, but that of what it says
			}
			d.server.OnRequest(nil)
			d.again()
			d.server.OnRequest(below("/", f))
			text := d.again()
			assert.Len(t, changes(t, text), 30)
			for _, kind := range []model.Kind{model.MergeFacts, model.ReviewFacts, model.IssueFacts, model.ReleaseFacts} {
				c := coverage(t, text)[kind]
				assert.Equal(t, model.Partial, c.State, kind)
				assert.Contains(t, c.Reason, "known up to")
			}
		})
	}
}

// A server that is away says until when: it is asked again then, and for no smaller page.
func TestAServerThatIsAway(t *testing.T) {
	t.Parallel()
	away := fake.Fault{Status: 503, Header: http.Header{"Retry-After": {"1"}}}
	d := newDesk(t, large(50))
	d.server.MaxItems = 20
	want := d.mine()
	d.source = d.newSource(anew)
	d.server.Reset()
	d.server.OnRequest(after(pulls, 2, 2, away))
	assertSame(t, want, d.mine())
	assert.GreaterOrEqual(t, d.source.Usage().Waited, 2*time.Second)
	for _, r := range d.server.Requests() {
		assert.False(t, r.Path == pulls && r.N > 2 && strings.HasPrefix(r.Query, "limit=10&"), "%v", r)
	}

	away.Header = http.Header{"Retry-After": {"0"}}
	d.source = d.newSource(anew)
	d.server.Reset()
	d.server.OnRequest(after(pulls, 2, always, away))
	c := coverage(t, d.mine())[model.MergeFacts]
	assert.Equal(t, model.Partial, c.State)
	assert.Contains(t, c.Reason, "503")
	assert.Equal(t, 1+3, d.asked(pulls), "which is heavy for no page of its size")
}

// A list that gets shorter with every page does not keep a run for ever.
func TestAListThatAlwaysGetsShorter(t *testing.T) {
	t.Parallel()
	d := newDesk(t, large(20))
	d.server.MaxItems = 2
	n := 9000
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.Path != pulls {
			return nil
		}
		n--
		return &fake.Fault{Header: http.Header{"X-Total-Count": {strconv.Itoa(n)}}}
	})
	text := d.mine()
	assert.Contains(t, coverage(t, text)[model.MergeFacts].Reason, "does not come to an end")
	assert.Less(t, len(d.server.Requests()), 1000)
}

// Where a token ends in the middle of a run, the next one goes on.
func TestATokenThatExpires(t *testing.T) {
	t.Parallel()
	d := newDesk(t, large(50))
	want := d.mine()
	tokens := []forge.TokenSource{forge.StaticToken("first-token"), forge.StaticToken("second-token")}
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.Token == "first-token" && r.N > 170 {
			return &fake.Fault{Status: 401}
		}
		return nil
	})
	d.store = openStore(t, filepath.Join(t.TempDir(), "store"))
	d.source = d.newSource(func(o *gitea.Options) { o.Tokens = tokens })
	assertSame(t, want, d.mine())
	assert.NotContains(t, d.said.String(), "first-token")

	d.store = openStore(t, filepath.Join(t.TempDir(), "other"))
	d.source = d.newSource(func(o *gitea.Options) { o.Tokens = tokens[:1] })
	assert.Empty(t, d.refusedLater("first-token", 60))
}

// refusedLater mines with a token that is refused after some requests, and returns what is
// called complete and is not.
func (d *desk) refusedLater(token string, after int) (lies []model.Kind) {
	d.server.Reset()
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.Token == token && len(d.server.Requests()) > after {
			return &fake.Fault{Status: 401}
		}
		return nil
	})
	text := d.mine()
	require.ErrorContains(d.t, d.gap, "none of the tokens")
	for kind, c := range coverage(d.t, text) {
		if c.State == model.Complete {
			lies = append(lies, kind)
		}
	}
	return lies
}

// The store holds no token.
func TestTheStoreHoldsNoToken(t *testing.T) {
	d := newDesk(t, large(60))
	file := filepath.Join(t.TempDir(), "other")
	d.store = openStore(t, file)
	d.source = d.newSource(nil)
	d.mine()
	for _, r := range d.server.Requests() {
		assert.Equal(t, "token "+secret, r.Header.Get("Authorization"))
	}
	require.NoError(t, d.store.Close())
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotContains(t, string(b), secret)
}

// Public repositories are read without a name; where a name is needed, that is said.
func TestWithoutAToken(t *testing.T) {
	d := newDesk(t, small())
	d.source = d.newSource(func(o *gitea.Options) { o.Tokens = nil })
	text := d.mine()
	assertComplete(t, text)
	for _, r := range d.server.Requests() {
		assert.Empty(t, r.Header.Get("Authorization"))
	}
	d.server.SignIn = true
	d.store = openStore(t, filepath.Join(t.TempDir(), "other"))
	d.source = d.newSource(func(o *gitea.Options) { o.Tokens = nil })
	_, err := written(d.source.Mine(t.Context(), d.repo, window))
	require.ErrorContains(t, err, "Only signed in user")
}
