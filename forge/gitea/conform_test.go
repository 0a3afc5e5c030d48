package gitea_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// TestConform has Gitea state of the scripted project what all forges state. Forgejo's API
// differs in nothing that is read.
func TestConform(t *testing.T) {
	forgetest.Conform(t, forgetest.Forge{
		Limits: forgetest.Limits{Account: host, Missing: map[model.Kind]string{model.AdvisoryFacts: "no security advisories"},
			NoBots: true, NoCloseReason: true, NoAnsweredRequests: true},
		Serve: func(t testing.TB, p *forgetest.Project) *forgetest.Served {
			server := giteatest.New(t, p)
			address := func(name string) model.Repository { return model.Repository{URL: "https://" + host + "/" + name} }
			return &forgetest.Served{
				Repository: address(p.FullName()), Former: address(p.OldNames[0]),
				Open: func(t testing.TB, file string, through func(http.RoundTripper) http.RoundTripper) (forgetest.Miner, func()) {
					s, err := store.Open(t.Context(), file, nil)
					require.NoError(t, err)
					o := gitea.Options{Host: host, API: server.URL + "/api/v1/", Store: s, Base: through(server.Client().Transport), Tokens: []forge.TokenSource{forge.StaticToken(secret)}}
					gitea.Hurry(&o)
					source, err := gitea.New(&o)
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
