package gitlab_test

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
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/model"
)

// The variables with which a user holds a real GitLab against the same assertions as the
// fake one; CONTRIBUTING.md has the commands.
const (
	recordVariable   = "TRIBUTARY_GITLAB_RECORD"   // address of a project: ask its GitLab with GITLAB_TOKEN and write cassettes
	cassetteVariable = "TRIBUTARY_GITLAB_CASSETTE" // their path, without the way and .yaml
)

// secretHeaders are those that GitLab takes tokens in.
func secretHeaders() []string { return []string{"Authorization", "Job-Token", "Private-Token"} }

// tape is a transport that records, or plays what was recorded. No token gets into
// the cassette.
func tape(t *testing.T, path string, mode recorder.Mode) *recorder.Recorder {
	t.Helper()
	r, err := recorder.New(path, recorder.WithMode(mode), recorder.WithSkipRequestLatency(true), recorder.WithRealTransport(http.DefaultTransport),
		recorder.WithMatcher(cassette.NewDefaultMatcher(cassette.WithIgnoreHeaders(append(secretHeaders(), "User-Agent")...))),
		recorder.WithHook(func(i *cassette.Interaction) error {
			for _, name := range secretHeaders() {
				i.Request.Headers.Del(name)
			}
			return nil
		}, recorder.AfterCaptureHook))
	require.NoError(t, err)
	return r
}

// mineTape mines a repository through a tape, by one way, and asserts what must hold of any
// repository.
func mineTape(t *testing.T, path, address, api, token, way string, mode recorder.Mode) string {
	t.Helper()
	r := tape(t, path+"-"+way, mode)
	u, err := url.Parse(address)
	require.NoError(t, err)
	o := gitlab.Options{Host: u.Host, API: api, Base: r, Tokens: []forge.TokenSource{forge.StaticToken(token)}}
	ways[way](&o)
	source, err := gitlab.New(&o)
	require.NoError(t, err)
	text, err := written(source.Mine(t.Context(), model.Repository{URL: address}, window))
	require.NoError(t, err)
	require.NoError(t, r.Stop())
	mustHold(t, text)
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
		switch {
		case c.Actor.Type == model.GhostAccount:
			assert.Empty(t, c.Actor.Account)
		case c.Role != model.Requested: // of whom a note tells the name alone
			assert.Regexp(t, `^[a-z0-9.:-]+:[1-9][0-9]*$`, c.Actor.Account, "%s %s: %s", c.Artifact, c.Role, c.Actor.Login)
		}
		if c.Artifact.Kind() == model.ChangeArtifact {
			require.NotNil(t, c.Change)
			assert.False(t, c.Change.Opened.After(c.Change.Merged), c.Artifact)
			assert.NotEmpty(t, c.Change.MergeCommit, c.Artifact)
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

// What is recorded gives, played again, the same facts, by both ways, and holds no token.
// Requests that go side by side come in another order then.
func TestCassette(t *testing.T) {
	p := large(60)
	server := gitlabtest.New(t, p)
	dir := t.TempDir()
	var texts []string
	for way := range ways {
		path := filepath.Join(dir, "cassette")
		recorded := mineTape(t, path, "https://gitlab.com/big/deep/project", server.URL+"/api/v4", secret, way, recorder.ModeRecordOnly)
		assert.NotEmpty(t, changes(t, recorded))
		b, err := os.ReadFile(path + "-" + way + ".yaml")
		require.NoError(t, err)
		assert.NotContains(t, string(b), secret)
		server.Reset()
		assertSame(t, recorded, mineTape(t, path, "https://gitlab.com/big/deep/project", server.URL+"/api/v4", "another", way, recorder.ModeReplayOnly))
		assert.Empty(t, server.Requests())
		texts = append(texts, recorded)
	}
	assertSame(t, texts[0], texts[1], "both ways")
}

// A real GitLab, for whoever has a token: without the variables this asks nobody.
func TestRealGitLab(t *testing.T) {
	path, address := os.Getenv(cassetteVariable), os.Getenv(recordVariable)
	if path == "" {
		return
	}
	mode, token := recorder.ModeReplayOnly, "played"
	if address == "" {
		b, err := os.ReadFile(path + ".repository")
		require.NoError(t, err)
		address = strings.TrimSpace(string(b))
	} else {
		mode, token = recorder.ModeRecordOnly, os.Getenv("GITLAB_TOKEN")
		require.NotEmpty(t, token, "recording asks GitLab: put a token into GITLAB_TOKEN")
		require.NoError(t, os.WriteFile(path+".repository", []byte(address+"\n"), 0o600))
	}
	texts := map[string]string{}
	for way := range ways {
		texts[way] = mineTape(t, path, address, "", token, way, mode)
	}
	if mode == recorder.ModeRecordOnly {
		require.NoError(t, os.WriteFile(path+".jsonl", []byte(texts["GraphQL"]), 0o600))
	}
	assertSame(t, texts["REST"], texts["GraphQL"], "both ways")
	t.Logf("%d changes", len(changes(t, texts["REST"])))
}
