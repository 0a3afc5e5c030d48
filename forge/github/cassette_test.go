package github_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/tributary-oss/tributary/forge"
	gt "github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/model"
)

// The variables with which a user holds the real GitHub against the same assertions as
// the fake one; CONTRIBUTING.md has the commands.
const (
	recordVariable   = "TRIBUTARY_GITHUB_RECORD"   // OWNER/NAME: ask GitHub with GITHUB_TOKEN and write a cassette
	cassetteVariable = "TRIBUTARY_GITHUB_CASSETTE" // its path, without .yaml
)

// tape is a transport that records, or plays what was recorded. No token gets into
// the cassette.
func tape(t *testing.T, path string, mode recorder.Mode) *recorder.Recorder {
	t.Helper()
	r, err := recorder.New(path, recorder.WithMode(mode), recorder.WithSkipRequestLatency(true), recorder.WithRealTransport(http.DefaultTransport),
		recorder.WithMatcher(cassette.NewDefaultMatcher(cassette.WithIgnoreHeaders("Authorization", "User-Agent", "If-None-Match", "X-Github-Api-Version"))),
		recorder.WithHook(func(i *cassette.Interaction) error {
			i.Request.Headers.Del("Authorization")
			return nil
		}, recorder.AfterCaptureHook))
	require.NoError(t, err)
	return r
}

// mineTape mines a repository through a tape, and asserts what must hold of any
// repository.
func mineTape(t *testing.T, path, repository, api, token string, mode recorder.Mode) string {
	t.Helper()
	r := tape(t, path, mode)
	source, err := github.New(&github.Options{API: api, Base: r, Tokens: []forge.TokenSource{forge.StaticToken(token)}})
	require.NoError(t, err)
	text, err := written(source.Mine(t.Context(), model.Repository{URL: "https://github.com/" + repository}, window))
	require.NoError(t, err)
	require.NoError(t, r.Stop())
	mustHold(t, text)
	u := source.Usage()
	assert.LessOrEqual(t, u.Points, int64(u.Requests), "no query costs more than a point")
	return text
}

// mustHold asserts what is true of the facts of every repository.
func mustHold(t *testing.T, text string) {
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
		assert.True(t, c.At.Before(window.Until), "%s: %s", c.Artifact, c.At)
		switch c.Actor.Type {
		case model.GhostAccount, model.TeamAccount:
			assert.Empty(t, c.Actor.Account)
		default:
			assert.Regexp(t, `^github:[1-9][0-9]*$`, c.Actor.Account, "%s %s: %s", c.Artifact, c.Role, c.Actor.Login)
		}
		if c.Artifact.Kind() == model.ChangeArtifact {
			require.NotNil(t, c.Change)
			assert.False(t, c.Change.Opened.After(c.Change.Merged), c.Artifact)
			assert.Equal(t, c.Role == model.Reviewer, c.Review != nil)
		}
	}
	for a, of := range roles {
		if a.Kind() == model.ChangeArtifact {
			assert.Equal(t, 1, of[model.Author], a)
			assert.Equal(t, 1, of[model.Merger], a)
		}
	}
	for kind, c := range coverage(t, text) {
		assert.Equal(t, model.Complete, c.State, "%s: %s", kind, c.Reason)
	}
}

// What is recorded gives, played again, the same facts, and holds no token.
func TestCassette(t *testing.T) {
	p := large(60)
	server := gt.New(t, p)
	path := filepath.Join(t.TempDir(), "cassette")
	recorded := mineTape(t, path, "big/project", server.URL, secret, recorder.ModeRecordOnly)
	assert.NotEmpty(t, changes(t, recorded))
	b, err := os.ReadFile(path + ".yaml")
	require.NoError(t, err)
	assert.NotContains(t, string(b), secret)
	server.Reset()
	assertSame(t, recorded, mineTape(t, path, "big/project", server.URL, "another", recorder.ModeReplayOnly))
	assert.Empty(t, server.Requests())
}

// The real GitHub, for whoever has a token: without the variables this asks nobody.
func TestRealGitHub(t *testing.T) {
	path, repository := os.Getenv(cassetteVariable), os.Getenv(recordVariable)
	if path == "" {
		return
	}
	if repository == "" {
		b, err := os.ReadFile(path + ".repository")
		require.NoError(t, err)
		mineTape(t, path, strings.TrimSpace(string(b)), "", "played", recorder.ModeReplayOnly)
		return
	}
	token := os.Getenv("GITHUB_TOKEN")
	require.NotEmpty(t, token, "recording asks GitHub: put a token into GITHUB_TOKEN")
	text := mineTape(t, path, repository, "", token, recorder.ModeRecordOnly)
	require.NoError(t, os.WriteFile(path+".repository", []byte(repository+"\n"), 0o600))
	require.NoError(t, os.WriteFile(path+".jsonl", []byte(text), 0o600))
	t.Logf("%d changes", len(changes(t, text)))
}
