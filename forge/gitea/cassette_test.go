package gitea_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/model"
)

// The variables with which a user holds a real server against the same assertions as the
// fake one; the package's documentation has the commands.
const (
	recordVariable   = "TRIBUTARY_GITEA_RECORD"   // address of a repository: ask its server, with GITEA_TOKEN where there is one, and write a cassette
	cassetteVariable = "TRIBUTARY_GITEA_CASSETTE" // its path, without .yaml
)

// tape is a transport that records, or plays what was recorded. No token gets into
// the cassette.
func tape(t *testing.T, path string, mode recorder.Mode) *recorder.Recorder {
	t.Helper()
	r, err := recorder.New(path, recorder.WithMode(mode), recorder.WithSkipRequestLatency(true), recorder.WithRealTransport(http.DefaultTransport),
		recorder.WithMatcher(func(r *http.Request, i cassette.Request) bool {
			return r.Method == i.Method && undated(r.URL.String()) == undated(i.URL)
		}),
		recorder.WithHook(func(i *cassette.Interaction) error {
			i.Request.Headers.Del("Authorization")
			return nil
		}, recorder.AfterCaptureHook))
	require.NoError(t, err)
	return r
}

// undated is an address without the instant in it that hangs on when it was asked for.
func undated(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Del("since")
	u.RawQuery = q.Encode()
	return u.String()
}

// mineTape mines a repository through a tape, and asserts what must hold of any
// repository.
func mineTape(t *testing.T, path, repository, api, token string, mode recorder.Mode) string {
	t.Helper()
	u, err := url.Parse(repository)
	require.NoError(t, err)
	r := tape(t, path, mode)
	o := gitea.Options{Host: u.Host, API: api, Base: r}
	if token != "" {
		o.Tokens = []forge.TokenSource{forge.StaticToken(token)}
	}
	source, err := gitea.New(&o)
	require.NoError(t, err)
	text, err := written(source.Mine(t.Context(), model.Repository{URL: repository}, model.Period{Since: window.Since}))
	require.NoError(t, err)
	require.NoError(t, r.Stop())
	mustHold(t, u.Host, text)
	return text
}

// mustHold asserts what is true of the facts of every repository.
func mustHold(t *testing.T, host, text string) {
	t.Helper()
	roles := map[model.Artifact]map[model.Role]int{}
	for r, err := range model.ReadRecords(strings.NewReader(text)) {
		require.NoError(t, err)
		c := r.Contribution
		if c == nil {
			continue
		}
		if roles[c.Artifact] == nil {
			roles[c.Artifact] = map[model.Role]int{}
		}
		roles[c.Artifact][c.Role]++
		assert.False(t, c.At.IsZero(), "%s %s", c.Artifact, c.Role)
		switch c.Actor.Type {
		case model.UserAccount:
			number, ok := strings.CutPrefix(c.Actor.Account, host+":")
			assert.True(t, ok, c.Actor.Account)
			assert.Regexp(t, `^[1-9][0-9]*$`, number, "%s %s: %s", c.Artifact, c.Role, c.Actor.Login)
		default:
			assert.Empty(t, c.Actor.Account)
		}
		if c.Artifact.Kind() == model.ChangeArtifact {
			require.NotNil(t, c.Change)
			assert.False(t, c.Change.Opened.After(c.Change.Merged), c.Artifact)
			assert.Len(t, c.Change.Head, 40, c.Artifact)
			assert.Len(t, c.Change.Start, 40, c.Artifact)
			assert.Equal(t, c.Role == model.Reviewer, c.Review != nil)
		}
	}
	for a, of := range roles {
		if a.Kind() == model.ChangeArtifact {
			assert.Equal(t, 1, of[model.Author], a)
			assert.Equal(t, 1, of[model.Merger], a)
		}
	}
	assertComplete(t, text)
}

// What is recorded gives, played again, the same facts, and holds no token.
func TestCassette(t *testing.T) {
	t.Parallel()
	d := newDesk(t, large(60))
	path := filepath.Join(t.TempDir(), "cassette")
	recorded := mineTape(t, path, "https://code.example/big/project", d.server.URL+"/api/v1/", secret, recorder.ModeRecordOnly)
	assert.Len(t, changes(t, recorded), 60)
	b, err := os.ReadFile(path + ".yaml")
	require.NoError(t, err)
	assert.NotContains(t, string(b), secret)
	d.server.Reset()
	assertSame(t, recorded, mineTape(t, path, "https://code.example/big/project", d.server.URL+"/api/v1/", "another", recorder.ModeReplayOnly))
	assert.Empty(t, d.server.Requests())
}

// A real server, for whoever wants to hold one against this: without the variables this
// asks nobody.
func TestRealGitea(t *testing.T) {
	path, repository := os.Getenv(cassetteVariable), os.Getenv(recordVariable)
	if path == "" {
		return
	}
	mode := recorder.ModeRecordOnly
	if repository == "" {
		b, err := os.ReadFile(path + ".repository")
		require.NoError(t, err)
		repository, mode = strings.TrimSpace(string(b)), recorder.ModeReplayOnly
	}
	u, err := url.Parse(repository)
	require.NoError(t, err)
	text := mineTape(t, path, repository, u.Scheme+"://"+u.Host+"/api/v1/", os.Getenv("GITEA_TOKEN"), mode)
	if mode == recorder.ModeRecordOnly {
		require.NoError(t, os.WriteFile(path+".repository", []byte(repository+"\n"), 0o600))
		require.NoError(t, os.WriteFile(path+".jsonl", []byte(text), 0o600))
	}
	t.Logf("%d changes", len(changes(t, text)))
}
