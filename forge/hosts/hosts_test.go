package hosts_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/model"
)

// Each host gets a source of its kind, and each token goes to its own host.
func TestOpen(t *testing.T) {
	url, asked := listen(t, map[string]answer{"/api/v1/version": {200, "", `{"version":"1.26.0"}`}, "*": {404, "", `{}`}})
	unknown, _ := listen(t, map[string]answer{"*": {404, "", `{}`}})
	here := strings.TrimPrefix(url, "http://")
	f, err := hosts.Open(t.Context(), []model.Repository{
		{URL: "https://github.com/a/b"}, {URL: "git@github.com:a/c"}, {URL: "https://gitlab.com/a/b/c"}, {URL: "https://Codeberg.org/a/b"},
		{URL: "https://git.example/a/b", Forge: "gitlab"}, {URL: url + "/a/b"}, {URL: unknown + "/a/b"},
		{URL: "https://other.example/a/b", Forge: "none"}, {URL: "/a/b"}, {URL: "/a/b", Web: "https://framagit.org/a/b"},
	}, &hosts.Options{Servers: map[string]hosts.Server{
		"github.com":  {Tokens: []forge.TokenSource{forge.StaticToken("x")}},
		"git.example": {API: "https://git.example/below/api/v4/"},
	}})
	require.NoError(t, err)
	kinds := map[string]string{}
	for host, source := range f.Hosts {
		switch source.(type) {
		case *github.Source:
			kinds[host] = forge.GitHub
		case *gitlab.Source:
			kinds[host] = forge.GitLab
		case *gitea.Source:
			kinds[host] = forge.Gitea
		}
	}
	assert.Equal(t, map[string]string{"github.com": forge.GitHub, "gitlab.com": forge.GitLab, "codeberg.org": forge.Gitea,
		"git.example": forge.GitLab, "framagit.org": forge.GitLab, here: forge.Gitea}, kinds)
	assert.EqualValues(t, 1, asked.Load(), "one question for one host")
	require.Len(t, f.Silent, 1)
	assert.ErrorIs(t, f.Silent[strings.TrimPrefix(unknown, "http://")], hosts.ErrUnrecognised)

	_, ok, err := f.Plan(t.Context(), model.Repository{URL: "https://other.example/a/b"}, model.Period{})
	assert.False(t, ok)
	assert.NoError(t, err)
	assert.Len(t, f.Usage(), 6)
}

// GitHub answers nothing without a token: that is said, and no other host's is taken.
func TestGitHubWithoutAToken(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "one-for-another-host")
	f, err := hosts.Open(t.Context(), []model.Repository{{URL: "https://github.com/a/b"}}, nil)
	require.NoError(t, err)
	assert.Empty(t, f.Hosts)
	assert.ErrorIs(t, f.Silent["github.com"], github.ErrNoToken)
}

func TestSettingsThatContradictEachOther(t *testing.T) {
	_, err := hosts.Open(t.Context(), []model.Repository{{URL: "https://gitlab.com/a/b"}},
		&hosts.Options{Servers: map[string]hosts.Server{"gitlab.com": {API: "nonsense"}}})
	require.ErrorContains(t, err, "gitlab.com")
	require.ErrorContains(t, err, "no address of an API")
}

// The certificate of a server is checked by what carries the requests.
func TestRecogniseOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"version":"1.26.0"}`))
	}))
	defer server.Close()
	server.Config.ErrorLog = nil
	repo := model.Repository{URL: server.URL + "/a/b"}
	_, err := hosts.Recognise(t.Context(), repo, nil)
	require.ErrorContains(t, err, "certificate is not trusted")
	found, err := hosts.Recognise(t.Context(), repo, server.Client().Transport)
	require.NoError(t, err)
	assert.Equal(t, forge.Gitea, found.Forge)
}

func TestOf(t *testing.T) {
	var got []string
	for _, r := range []model.Repository{{URL: "https://GitHub.com/a/b"}, {URL: "git@x.example:a/b"}, {URL: "/a"}, {URL: "https://x.example/a", Forge: "none"}, {URL: "https://x.example:8443/a/b"}} {
		got = append(got, hosts.Of(r))
	}
	assert.True(t, slices.Equal([]string{"github.com", "x.example", "", "", "x.example:8443"}, got), "%q", got)
}

// A host that does not answer is a gap, not a host without a forge: another second of
// network must not give another table in silence.
func TestAHostThatIsDown(t *testing.T) {
	down, _ := listen(t, map[string]answer{"*": {503, "", `{"message":"maintenance"}`}})
	for _, url := range []string{down, "http://127.0.0.1:1"} {
		repo := model.Repository{URL: url + "/a/b"}
		f, err := hosts.Open(t.Context(), []model.Repository{repo}, nil)
		require.NoError(t, err)
		assert.Empty(t, f.Silent)
		require.Contains(t, f.Hosts, hosts.Of(repo))
		for _, err := range f.Hosts[hosts.Of(repo)].Mine(t.Context(), repo, model.Period{}) {
			require.ErrorContains(t, err, "asking which forge it is")
			require.ErrorContains(t, err, "or state its forge in the document")
		}
		_, err = hosts.Repositories(t.Context(), url+"/a", nil)
		require.ErrorContains(t, err, "asking which forge it is")
	}
}

// What a document states of one repository holds for its host, wherever it stands; two
// statements must not differ.
func TestOneHostOneForge(t *testing.T) {
	unknown, _ := listen(t, map[string]answer{"*": {404, "", `{}`}})
	a, b := model.Repository{URL: unknown + "/a/b"}, model.Repository{URL: unknown + "/a/c", Forge: "gitea"}
	for _, list := range [][]model.Repository{{a, b}, {b, a}} {
		f, err := hosts.Open(t.Context(), list, nil)
		require.NoError(t, err)
		assert.IsType(t, &gitea.Source{}, f.Hosts[hosts.Of(a)])
	}
	_, err := hosts.Open(t.Context(), []model.Repository{b, {URL: unknown + "/a/d", Forge: "gitlab"}}, nil)
	assert.ErrorContains(t, err, "both gitea and gitlab")
}

// A server on this machine is asked by the scheme of its address.
func TestPlainHTTPOnThisMachine(t *testing.T) {
	url, asked := listen(t, map[string]answer{"/git/api/v1/version": {200, "", `{"version":"1.26.0"}`}, "*": {404, "", `{}`}})
	repo := model.Repository{URL: url + "/git/a/b"}
	f, err := hosts.Open(t.Context(), []model.Repository{repo}, nil)
	require.NoError(t, err)
	was := asked.Load()
	for _, err := range f.Hosts[hosts.Of(repo)].Mine(t.Context(), repo, model.Period{}) {
		require.ErrorContains(t, err, "no such repository")
	}
	assert.Greater(t, asked.Load(), was)
}

// Whoever has a folder on a host could answer there like a forge: the host's token does
// not go below a path that nobody stated.
func TestATokenAndAPathThatNobodyStated(t *testing.T) {
	folder, _ := listen(t, map[string]answer{"/~mallory/api/v1/version": {200, "", `{"version":"1"}`}, "*": {404, "", `{}`}})
	repo := model.Repository{URL: folder + "/~mallory/a/b"}
	token := []forge.TokenSource{forge.StaticToken("a-token")}
	f, err := hosts.Open(t.Context(), []model.Repository{repo}, &hosts.Options{Servers: map[string]hosts.Server{hosts.Of(repo): {Tokens: token}}})
	require.NoError(t, err)
	for _, err := range f.Hosts[hosts.Of(repo)].Mine(t.Context(), repo, model.Period{}) {
		require.ErrorContains(t, err, "state the address of its API")
	}
	api := folder + "/~mallory/api/v1"
	f, err = hosts.Open(t.Context(), []model.Repository{repo}, &hosts.Options{Servers: map[string]hosts.Server{hosts.Of(repo): {Tokens: token, API: api}}})
	require.NoError(t, err)
	assert.IsType(t, &gitea.Source{}, f.Hosts[hosts.Of(repo)])
}

// An address that is odd is one host's matter.
func TestAHostOfVersionSix(t *testing.T) {
	repo := model.Repository{URL: "https://[::1]:1/a/b", Forge: "gitea"}
	assert.Equal(t, "[::1]:1", hosts.Of(repo))
	f, err := hosts.Open(t.Context(), []model.Repository{repo}, nil)
	require.NoError(t, err)
	assert.IsType(t, &gitea.Source{}, f.Hosts["[::1]:1"])
}
