package forge_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
)

// source states n tips of each repository, fails for addresses that say so, and
// counts what is under way.
type source struct {
	n       int
	running atomic.Int32
	pause   time.Duration
}

func (s *source) Mine(ctx context.Context, repo model.Repository, _ model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		s.running.Add(1)
		defer s.running.Add(-1)
		for i := range s.n {
			select {
			case <-time.After(s.pause):
			case <-ctx.Done():
				return
			}
			if !yield(model.Record{Tip: &model.Tip{Branch: fmt.Sprint(repo.URL, " ", i)}}, nil) {
				return
			}
		}
		if repo.Forge == "broken" {
			yield(model.Record{}, errors.New("no such repository"))
		}
	}
}

func tender(repos ...model.Repository) *model.Tender {
	t := model.NewTender()
	t.Projects = map[string]model.Project{
		"b": {Repositories: repos},
		"a": {Repositories: []model.Repository{{URL: "https://user:secret@host.example/first.git"}}},
	}
	return t
}

func TestMineYieldsInOrderWhateverTheWorkers(t *testing.T) {
	doc := tender(model.Repository{URL: "one", Forge: "broken"}, model.Repository{URL: "two"})
	var want []string
	for _, workers := range []int{1, 2, 8} {
		var got []string
		for r, err := range forge.Mine(t.Context(), doc, forge.Hosts{forge.Git: &source{n: 2000}}, &forge.Options{Workers: workers}) {
			switch {
			case err != nil:
				got = append(got, err.Error())
			default:
				got = append(got, r.Project+" "+r.Repository+" "+r.Tip.Branch)
			}
		}
		require.Len(t, got, 6001)
		assert.Contains(t, got[0], "a https://host.example/first.git")
		assert.Equal(t, "b: one: no such repository", got[4000])
		if want == nil {
			want = got
		}
		assert.Equal(t, want, got)
	}
}

func TestBreakingOutWaitsForEverything(t *testing.T) {
	s := &source{n: 1 << 30}
	doc := tender(model.Repository{URL: "one"}, model.Repository{URL: "two"})
	for range forge.Mine(t.Context(), doc, forge.Hosts{forge.Git: s}, nil) {
		break
	}
	assert.Zero(t, s.running.Load())
}

func TestTheEndOfTheContextIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	s := &source{n: 1 << 30, pause: time.Millisecond}
	stop := errors.New("stopped by the user")
	n := 0
	var last error
	for _, err := range forge.Mine(ctx, tender(model.Repository{URL: "one"}), forge.Hosts{forge.Git: s}, nil) {
		last = err
		if n++; n == 3 {
			cancel(stop)
		}
	}
	assert.ErrorIs(t, last, stop)
	assert.Zero(t, s.running.Load())
}

func TestAWindowThatIsNotOverIsRefused(t *testing.T) {
	doc := tender(model.Repository{URL: "one"})
	until, err := model.ParseDate("2026-11-01")
	require.NoError(t, err)
	doc.Window.Until = until
	for now, refused := range map[time.Time]bool{until.Time().Add(-time.Second): true, until.Time(): false} {
		n := 0
		for _, err := range forge.Mine(t.Context(), doc, forge.Hosts{forge.Git: &source{n: 1}}, &forge.Options{Now: now}) {
			assert.Equal(t, refused, errors.Is(err, forge.ErrUnfinished))
			n++
		}
		assert.Equal(t, refused, n == 1)
	}
}

func TestNoSourceIsAGap(t *testing.T) {
	var gap *forge.GapError
	for _, err := range forge.Mine(t.Context(), tender(model.Repository{URL: "one"}), nil, nil) {
		require.ErrorAs(t, err, &gap)
	}
	assert.Equal(t, "b", gap.Project)
}

func TestRelativePathsStartAtDir(t *testing.T) {
	doc := tender(model.Repository{URL: "repo/x.git"}, model.Repository{URL: "git@host:x.git"}, model.Repository{URL: "/abs"})
	got := map[string]bool{}
	for r, err := range forge.Mine(t.Context(), doc, forge.Hosts{forge.Git: &source{n: 1}}, &forge.Options{Dir: "tenders"}) {
		require.NoError(t, err)
		got[r.Repository+" "+r.Tip.Branch] = true
	}
	assert.True(t, got["repo/x.git tenders/repo/x.git 0"], got)
	assert.True(t, got["git@host:x.git git@host:x.git 0"])
	assert.True(t, got["/abs /abs 0"])
}
