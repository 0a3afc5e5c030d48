package gitlab_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// TestConform has GitLab state of the scripted project what all forges state, by either
// way.
func TestConform(t *testing.T) {
	for way, set := range ways {
		t.Run(way, func(t *testing.T) {
			limits := forgetest.Limits{Account: "gitlab", Missing: map[model.Kind]string{model.AdvisoryFacts: "no advisories"},
				NoApps: true, NoCloseReason: true, CommitOfLinesOnly: true, NoWordsAlone: true, RebaseMovesHead: true, StartOfLinearOnly: true}
			forgetest.Conform(t, forgetest.Forge{Limits: limits, Serve: func(t testing.TB, p *forgetest.Project) *forgetest.Served { return served(t, p, set) }})
		})
	}
}

func served(t testing.TB, p *forgetest.Project, set func(*gitlab.Options)) *forgetest.Served {
	server := gitlabtest.New(t, p)
	address := func(name string) model.Repository { return model.Repository{URL: "https://gitlab.com/" + name} }
	return &forgetest.Served{
		Repository: address(p.FullName()), Former: address(p.OldNames[0]),
		Open: func(t testing.TB, file string, through func(http.RoundTripper) http.RoundTripper) (forgetest.Miner, func()) {
			s, err := store.Open(t.Context(), file, nil)
			require.NoError(t, err)
			o := gitlab.Options{API: server.URL + "/api/v4", Store: s, Base: through(server.Client().Transport), Tokens: []forge.TokenSource{forge.StaticToken(secret)}}
			set(&o)
			gitlab.Hurry(&o)
			source, err := gitlab.New(&o)
			require.NoError(t, err)
			return source.Mine, func() { require.NoError(t, s.Close()) }
		},
		Rename: func(name string) model.Repository {
			server.Edit(func() { p.OldNames, p.Name = append(p.OldNames, p.FullName()), name })
			return address(p.FullName())
		},
	}
}
