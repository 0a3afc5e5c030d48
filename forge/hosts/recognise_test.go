package hosts_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/model"
)

// answer is what a server says at an address.
type answer struct {
	status int
	header string // "Name: value"
	body   string
}

// listen starts a server that answers what is written down, and elsewhere as the last
// entry, "*". It counts what it is asked.
func listen(t *testing.T, answers map[string]answer) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		assert.Empty(t, r.Header.Get("Authorization"), "recognising needs no token")
		a, ok := answers[r.URL.Path]
		if !ok {
			a = answers["*"]
		}
		if name, value, ok := strings.Cut(a.header, ": "); ok {
			w.Header().Set(name, value)
		}
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(a.status)
		fmt.Fprint(w, a.body)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func TestRecognise(t *testing.T) {
	missing := answer{404, "", `{"message":"not found"}`}
	page := answer{200, "Content-Type: text/html", "<html>Sign in</html>"}
	for _, c := range []struct {
		name    string
		answers map[string]answer
		path    string
		want    hosts.Server
	}{
		{"Gitea", map[string]answer{"/api/v1/version": {200, "", `{"version":"1.26.0"}`}, "*": missing}, "a/b", hosts.Server{Forge: forge.Gitea}},
		{"Forgejo", map[string]answer{"/api/v1/version": {200, "", `{"version":"11.0.3+gitea-1.22.0"}`}, "*": missing}, "a/b", hosts.Server{Forge: forge.Gitea}},
		{"Gitea for members only", map[string]answer{"/api/v1/version": {403, "", `{"message":"Only signed in user is allowed to call APIs.","url":"https://x.example/api/swagger"}`}, "*": page}, "a/b", hosts.Server{Forge: forge.Gitea}},
		{"Gitea below a path", map[string]answer{"/git/api/v1/version": {200, "", `{"version":"1.22.1"}`}, "*": page}, "git/a/b", hosts.Server{Forge: forge.Gitea, Root: "git"}},
		{"GitLab", map[string]answer{"/api/v4/version": {401, "X-Gitlab-Meta: {\"version\":\"1\"}", `{"message":"401 Unauthorized"}`}, "*": {404, "", `{"error":"404 Not Found"}`}}, "a/b/c", hosts.Server{Forge: forge.GitLab}},
		{"GitLab without its header", map[string]answer{"/api/v4/version": {401, "", `{"message":"401 Unauthorized"}`}, "*": page}, "a/b/c", hosts.Server{Forge: forge.GitLab}},
		{"GitLab below a path", map[string]answer{"/code/lab/api/v4/version": {401, "", `{"message":"401 Unauthorized"}`}, "*": page}, "code/lab/a/b", hosts.Server{Forge: forge.GitLab, Root: "code/lab"}},
		{"GitHub Enterprise", map[string]answer{"/api/v3/meta": {200, "", `{"installed_version":"3.19.0"}`}, "*": missing}, "a/b", hosts.Server{Forge: forge.GitHub}},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, asked := listen(t, c.answers)
			got, err := hosts.Recognise(t.Context(), model.Repository{URL: url + "/" + c.path}, nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.LessOrEqual(t, asked.Load(), int64(9))
		})
	}
}

func TestWhatIsNoForge(t *testing.T) {
	elsewhere, asked := listen(t, map[string]answer{"*": {200, "", `{"version":"1.26.0"}`}})
	for name, answers := range map[string]map[string]answer{
		"a login page":               {"*": {200, "Content-Type: text/html", "<html>Sign in</html>"}},
		"nothing":                    {"*": {404, "", `{}`}},
		"an API of another kind":     {"*": {200, "", `{"version":""}`}},
		"no object":                  {"*": {200, "", `[1,2]`}},
		"broken JSON":                {"*": {200, "", `{"version":"1`}},
		"somewhere else":             {"*": {302, "Location: " + elsewhere + "/api/v1/version", ``}},
		"any API that wants a token": {"*": {401, "", `{"message":"Bad credentials"}`}},
	} {
		url, _ := listen(t, answers)
		_, err := hosts.Recognise(t.Context(), model.Repository{URL: url + "/a/b"}, nil)
		assert.ErrorIs(t, err, hosts.ErrUnrecognised, name)
	}
	assert.Zero(t, asked.Load(), "another host's answer says nothing of this one")

	_, err := hosts.Recognise(t.Context(), model.Repository{URL: "/mirrors/a.git"}, nil)
	assert.ErrorContains(t, err, "no address on a host")
	_, err = hosts.Recognise(t.Context(), model.Repository{URL: "http://127.0.0.1:1/a/b"}, nil)
	assert.ErrorContains(t, err, "127.0.0.1:1")
	assert.NotErrorIs(t, err, hosts.ErrUnrecognised, "a host that does not answer is another matter")
}
