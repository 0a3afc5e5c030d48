package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

func TestReplayEndsWithThePeriod(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	late := change(20) // merged on day 20, and judged once more a week later
	again := *late.Records[2].Contribution
	again.At = day(27)
	late.Records = append(late.Records, model.Record{Contribution: &again})
	require.NoError(t, l.Commit(append(every(), change(10), late, change(30)), nil))

	count := func(p model.Period) map[string]int {
		n := map[string]int{}
		for _, r := range records(t, l, p) {
			switch c := r.Contribution; {
			case r.Coverage != nil:
				n["coverage"]++
			case c != nil:
				n[string(c.Artifact)]++
			default:
				n["other"]++
			}
		}
		return n
	}
	all := count(model.Period{Since: day(25)})
	assert.Equal(t, map[string]int{
		"change:10": 3, "change:20": 4, "change:30": 3, "change:412": 3, "issue:88": 4, "advisory:GHSA-1": 2,
		"commit:ab": 3, "release:v1": 1, "role:MAINTAINERS": 1, "coverage": 1, "other": 4,
	}, all, "without an end there is everything, also from before it begins")
	until := count(model.Period{Since: day(25), Until: day(27)})
	assert.Equal(t, 3, until["change:20"], "what was done to it later is left out")
	assert.Equal(t, 3, until["change:10"])
	assert.Zero(t, until["change:30"])
	assert.Equal(t, 0, count(model.Period{Until: day(20)})["change:20"], "the end is not in the period")
	assert.Equal(t, 3, count(model.Period{Until: day(20).Add(1)})["change:20"])
	assert.Equal(t, 0, count(model.Period{Until: day(30)})["change:30"], "although it was judged the day before")
	none := count(model.Period{Until: day(5)})
	assert.Equal(t, map[string]int{"coverage": 1, "other": 4}, none, "issues, releases and advisories were later")
	assert.Equal(t, 4, count(model.Period{Until: day(6)})["issue:88"])
}

func TestReplayIsInOrder(t *testing.T) {
	s, _ := openNew(t)
	require.NoError(t, s.Log("k").Commit(append(changes(8, 12), every()...), nil))
	var got []string
	for _, r := range records(t, s.Log("k"), model.Period{}) {
		if c := r.Contribution; c != nil {
			got = append(got, string(c.Artifact)+" "+string(c.Role))
		} else if r.Coverage != nil {
			got = append(got, "coverage")
		}
	}
	require.Equal(t, []string{
		"advisory:GHSA-1 publisher", "advisory:GHSA-1 remediator",
		"change:8 author", "change:8 merger", "change:8 reviewer", "change:9 author", "change:9 merger", "change:9 reviewer",
		"change:10 author", "change:10 merger", "change:10 reviewer", "change:11 author", "change:11 merger", "change:11 reviewer",
		"change:412 author", "change:412 merger", "change:412 reviewer", "commit:ab author", "commit:ab committer", "coverage",
		"issue:88 triager", "issue:88 responder", "issue:88 triager", "commit:ab author", "issue:88 responder",
		"release:v1 releaser", "role:MAINTAINERS maintainer",
	}, got)
}

func TestSourceReplays(t *testing.T) {
	s, file := openNew(t)
	require.NoError(t, s.Log("github.com/7").Commit(changes(0, 600), nil))
	require.NoError(t, s.Alias("github.com", "karst/flow", "github.com/7"))
	require.NoError(t, s.Alias("github.com", "karst/old", "github.com/7"))
	require.NoError(t, s.Alias("github.com", "karst/new", "github.com/8"))
	require.NoError(t, s.Close())
	source := open(t, file, &store.Options{ReadOnly: true}).Source()
	mine := func(ctx context.Context, url string) (n int, err error) {
		for _, err := range source.Mine(ctx, model.Repository{URL: url}, model.Period{}) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	}
	for _, url := range []string{"https://github.com/karst/flow", "git@GitHub.com:Karst/Flow.git", "https://user:secret@github.com/karst/old/"} {
		n, err := mine(context.Background(), url)
		require.NoError(t, err)
		require.Equal(t, 1800, n)
	}
	for name, url := range map[string]string{
		"an address that was never asked": "https://user:secret@github.com/karst/flows",
		"one without facts":               "https://github.com/karst/new",
		"no address":                      "../flow",
	} {
		_, err := mine(context.Background(), url)
		require.ErrorIs(t, err, store.ErrUnknown, name)
		require.ErrorContains(t, err, "mine it once")
		require.NotContains(t, err.Error(), file, "where it lies on this machine is nothing for a table")
		require.NotContains(t, err.Error(), "secret")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for _, err := range source.Mine(ctx, model.Repository{URL: "https://github.com/karst/flow"}, model.Period{}) {
		if n++; n == 100 {
			cancel()
		}
		if n > 100 {
			require.ErrorIs(t, err, context.Canceled)
		}
	}
	require.Equal(t, 101, n, "the error is the last thing")
	for range source.Mine(context.Background(), model.Repository{URL: "https://github.com/karst/flow"}, model.Period{}) {
		break
	}
}
