package mining_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// thing is an item of a list.
type thing struct {
	n  int
	at time.Time
}

var start = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// things are n of them, the newest first.
func things(n int) (list []*thing) {
	for i := range n {
		list = append(list, &thing{n - i, start.Add(time.Duration(n-i) * time.Hour)})
	}
	return list
}

// pages fetches from a list, its cursor being the number of items that were read.
func pages(list *[]*thing) func(context.Context, int, string) (*mining.Page[thing], error) {
	return func(_ context.Context, size int, cursor string) (*mining.Page[thing], error) {
		from, _ := strconv.Atoi(cursor)
		p := &mining.Page[thing]{Nodes: append([]*thing{}, (*list)[from:min(from+size, len(*list))]...)}
		p.PageInfo.HasNextPage, p.PageInfo.EndCursor = from+size < len(*list), strconv.Itoa(from+size)
		return p, nil
	}
}

// mine reads a list that change may alter, by a source of its own, and returns the changes
// that are stated, the coverage of merges, and the error at the end.
func mine(t *testing.T, s *mining.Source, change func(*mining.List[thing])) (numbers []string, c model.Coverage, err error) {
	t.Helper()
	s.Forge, s.Key, s.Host, s.Log, s.Pause = "Toy", "toy", "toy.example", slog.New(slog.DiscardHandler), time.Millisecond
	s.Server = rest.New(rest.Options{Host: s.Host})
	records := s.Mine(t.Context(), model.Repository{URL: "https://toy.example/a/b"}, model.Period{Until: start.AddDate(1, 0, 0)}, func(r *mining.Reading) (mining.Steps, error) {
		return mining.Steps{
			Look: func(context.Context) (mining.Found, error) { return mining.Found{ID: 7, Path: "a/b"}, nil },
			Read: func(ctx context.Context) error {
				l := &mining.List[thing]{Name: "changes", Size: 10, Kinds: []model.Kind{model.MergeFacts}, Progress: &r.State.Changes, Head: "now",
					Updated: func(x *thing) time.Time { return x.at },
					Fact: func(x *thing) store.Fact {
						return store.Fact{Key: fmt.Sprintf("change/%d", x.n), Records: []model.Record{{Contribution: &model.Contribution{
							Artifact: model.NewArtifact(model.ChangeArtifact, fmt.Sprint(x.n)), Role: model.Merger, At: x.at, Change: &model.Change{Merged: x.at}}}}}
					}}
				change(l)
				return mining.Read(ctx, r, l)
			},
		}, nil
	})
	for r, e := range records {
		switch {
		case e != nil:
			err = e
		case r.Contribution != nil:
			numbers = append(numbers, r.Contribution.Artifact.Name())
		case r.Coverage.Kind == model.MergeFacts:
			c = *r.Coverage
		}
	}
	return numbers, c, err
}

func TestAListIsReadToItsEnd(t *testing.T) {
	list := things(35)
	for _, unordered := range []bool{false, true} {
		numbers, c, err := mine(t, &mining.Source{}, func(l *mining.List[thing]) { l.Fetch, l.Unordered = pages(&list), unordered })
		require.NoError(t, err)
		assert.Len(t, numbers, 35)
		assert.Equal(t, model.Coverage{Source: "toy", Kind: model.MergeFacts, State: model.Complete}, c)
	}
}

// A server that leads nowhere ends as a gap, with what it said.
func TestAListWithoutAnEnd(t *testing.T) {
	for name, c := range map[string]struct {
		unordered bool
		whole     string
		item      func(n int) *thing
		most      int
	}{
		"the same page, in no order":    {true, "", func(int) *thing { return &thing{1, start} }, 10},
		"no further back in time":       {false, "", func(n int) *thing { return &thing{n, start} }, 210},
		"a whole list that always goes": {false, "change/", func(n int) *thing { return &thing{n, start.Add(-time.Duration(n) * time.Second)} }, 510},
	} {
		asked := 0
		numbers, coverage, err := mine(t, &mining.Source{}, func(l *mining.List[thing]) {
			l.Unordered, l.Whole = c.unordered, c.whole
			l.Fetch = func(context.Context, int, string) (*mining.Page[thing], error) {
				asked++
				p := &mining.Page[thing]{Nodes: []*thing{c.item(asked)}}
				p.PageInfo.HasNextPage, p.PageInfo.EndCursor = true, strconv.Itoa(asked)
				return p, nil
			}
		})
		var gap *forge.GapError
		require.ErrorAs(t, err, &gap, name)
		require.ErrorContains(t, err, "does not come to an end", name)
		assert.LessOrEqual(t, asked, c.most, name)
		assert.NotEmpty(t, numbers, name)
		assert.NotEqual(t, model.Complete, coverage.State, name)
	}
}

// An item that cannot be read is left out, counted and said; a heavy page comes back
// smaller, and what proves nothing is not believed.
func TestHolesAndHeavyPages(t *testing.T) {
	list := things(20)
	numbers, c, err := mine(t, &mining.Source{}, func(l *mining.List[thing]) {
		l.Fetch = pages(&list)
		l.Follow = func(_ context.Context, items []*thing) error {
			for i, x := range items {
				if x.n == 13 {
					return &mining.Holes{Items: []int{i}, Err: errors.New("it is gone")}
				}
			}
			return nil
		}
	})
	require.NoError(t, err)
	assert.Len(t, numbers, 19)
	assert.NotContains(t, numbers, "13")
	assert.Equal(t, model.Partial, c.State)
	assert.Equal(t, "not read: 1 items: it is gone", c.Reason)

	most := 10
	numbers, c, err = mine(t, &mining.Source{}, func(l *mining.List[thing]) {
		l.Fetch = func(ctx context.Context, size int, cursor string) (*mining.Page[thing], error) {
			if most = min(most, size); size > 4 {
				return nil, mining.ErrHeavy
			}
			return pages(&list)(ctx, size, cursor)
		}
	})
	require.NoError(t, err)
	assert.Len(t, numbers, 20)
	assert.Equal(t, model.Complete, c.State)
	assert.LessOrEqual(t, most, 4)

	for _, proof := range []*mining.Page[thing]{nil, {}, {Nodes: []*thing{nil}}} {
		holes := proof != nil && proof.Nodes != nil
		_, c, err = mine(t, &mining.Source{}, func(l *mining.List[thing]) {
			l.Fetch = func(context.Context, int, string) (*mining.Page[thing], error) { return proof, nil }
		})
		if holes {
			require.NoError(t, err, "a hole that stays")
			assert.Contains(t, c.Reason, "not read: 1 items")
		} else {
			require.ErrorContains(t, err, "without the list")
		}
		assert.NotEqual(t, model.Complete, c.State, "%+v", proof)
	}
}

func TestCommands(t *testing.T) {
	got := mining.Commands([]string{"/lgtm", "> /merge\n```\n/merge\n```", "please /merge", " /Approve  no-issue\r\n", "/lgtm cancel", "bors r+", "bors: r-", "@mergifyio queue", ""})
	assert.Equal(t, []mining.Command{{Verb: "/approve  no-issue", In: 3}, {Verb: "@mergifyio queue", In: 7}}, got)
	for login, robot := range map[string]bool{"k8s-ci-robot": true, "renovate[bot]": true, "marge-bot": true, "abbot": true, "robert": false, "lambort": false} {
		assert.Equal(t, robot, mining.LooksLikeRobot(login), login)
	}
}
