package hosts_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/model"
)

// nothing is a git source without facts: only forges are measured here.
type nothing struct{}

func (nothing) Mine(context.Context, model.Repository, model.Period) iter.Seq2[model.Record, error] {
	return func(func(model.Record, error) bool) {}
}

// BenchmarkThreeForges mines projects of 300 changes on three forges, each of which takes
// 40 ms for an answer, one after the other and then together. The ratio is of the
// time for all together to that of the slowest by itself.
func BenchmarkThreeForges(b *testing.B) {
	slow := func(s *fake.Server) {
		s.OnRequest(func(fake.Request) *fake.Fault { time.Sleep(40 * time.Millisecond); return nil })
	}
	hub, lab, tea := githubtest.New(b, forgetest.Large(300)), gitlabtest.New(b, forgetest.Large(300)), giteatest.New(b, forgetest.Large(300))
	slow(hub.Server)
	slow(lab.Server)
	slow(tea.Server)
	token := []forge.TokenSource{forge.StaticToken("a-token")}
	o := &hosts.Options{Servers: map[string]hosts.Server{
		"github.com": {API: hub.URL, Tokens: token}, "gitlab.com": {API: lab.URL + "/api/v4", Tokens: token}, "codeberg.org": {API: tea.URL + "/api/v1", Tokens: token}}}
	all := []string{"https://github.com/karst/cave", "https://gitlab.com/karst/cave", "https://codeberg.org/karst/cave"}
	mine := func(urls ...string) time.Duration {
		t := &model.Tender{Projects: map[string]model.Project{}, Window: model.Window{Until: model.DateOf(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), Months: 36}}
		var repos []model.Repository
		for _, url := range urls {
			repos = append(repos, model.Repository{URL: url})
			t.Projects[url] = model.Project{Repositories: repos[len(repos)-1:]}
		}
		f, err := hosts.Open(b.Context(), repos, o)
		require.NoError(b, err)
		f.Hosts[forge.Git] = nothing{}
		start, changes := time.Now(), 0
		for r, err := range forge.Mine(b.Context(), t, f.Hosts, nil) {
			require.NoError(b, err)
			if c := r.Contribution; c != nil && c.Role == model.Merger {
				changes++
			}
		}
		took := time.Since(start)
		require.Equal(b, 300*len(urls), changes)
		return took
	}
	var slowest, together time.Duration
	for b.Loop() {
		var most time.Duration
		for _, url := range all {
			most = max(most, mine(url))
		}
		slowest, together = slowest+most, together+mine(all...)
	}
	b.ReportMetric(float64(together)/float64(slowest), "together/slowest")
}
