package github_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// TestConform has GitHub state of the scripted project what all forges state.
func TestConform(t *testing.T) {
	forgetest.Conform(t, forgetest.Forge{
		Limits: forgetest.Limits{Account: "github", NoStart: true, NoStale: true},
		Serve: func(t testing.TB, p *forgetest.Project) *forgetest.Served {
			server := githubtest.New(t, p)
			address := func(name string) model.Repository { return model.Repository{URL: "https://github.com/" + name} }
			return &forgetest.Served{
				Repository: address(p.FullName()), Former: address(p.OldNames[0]),
				Open: func(t testing.TB, file string, through func(http.RoundTripper) http.RoundTripper) (forgetest.Miner, func()) {
					s, err := store.Open(t.Context(), file, nil)
					require.NoError(t, err)
					o := github.Options{API: server.URL, Store: s, Base: through(server.Client().Transport), Tokens: []forge.TokenSource{forge.StaticToken(secret)}}
					github.Hurry(&o)
					source, err := github.New(&o)
					require.NoError(t, err)
					return source.Mine, func() { require.NoError(t, s.Close()) }
				},
				Rename: func(name string) model.Repository {
					server.Edit(func() { p.OldNames, p.Name = append(p.OldNames, p.FullName()), name })
					return address(p.FullName())
				},
			}
		},
	})
}
