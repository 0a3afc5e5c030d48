package store_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

func TestEveryRecordComesBack(t *testing.T) {
	s, file := openNew(t)
	l := s.Log("github.com/1")
	require.NoError(t, l.Commit(every(), nil))
	require.NoError(t, s.Close())
	l = open(t, file, &store.Options{ReadOnly: true}).Log("github.com/1")
	want := every()
	slices.SortFunc(want, func(a, b store.Fact) int { return cmp.Compare(a.Key, b.Key) }) // no number decides here
	require.Equal(t, want, facts(t, l, ""))
	for _, w := range want {
		got, ok, err := l.Fact(w.Key)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, w, got)
	}
	_, ok, err := l.Fact("change/413")
	require.NoError(t, err)
	require.False(t, ok)
	_, ok, err = l.Fact("")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestDetailsAreShared(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	twice := change(1)
	other := *twice.Records[0].Contribution
	details := *other.Change
	other.Change = &details
	twice.Records = append(twice.Records, model.Record{Contribution: &other})
	require.NoError(t, l.Commit(append(every(), twice), nil))
	of := func(key string, n int) *model.Contribution {
		f, _, err := l.Fact(key)
		require.NoError(t, err)
		return f.Records[n].Contribution
	}
	f, _, err := l.Fact("change/1")
	require.NoError(t, err)
	c := func(n int) *model.Change { return f.Records[n].Contribution.Change }
	assert.Same(t, c(0), c(1))
	assert.Same(t, c(0), c(2))
	assert.NotSame(t, c(0), c(3), "equal ones that were not shared stay apart")
	m, _, err := l.Fact("mixed/0/a")
	require.NoError(t, err)
	assert.Same(t, m.Records[0].Contribution.Issue, m.Records[2].Contribution.Issue)
	assert.Nil(t, of("mixed/0/a", 1).Issue)
	a, _, err := l.Fact("advisory/GHSA-1")
	require.NoError(t, err)
	assert.Same(t, a.Records[0].Contribution.Advisory, a.Records[1].Contribution.Advisory)
	k, _, err := l.Fact("commit/ab")
	require.NoError(t, err)
	assert.Same(t, k.Records[0].Contribution.Commit, k.Records[1].Contribution.Commit)
	assert.NotNil(t, twice.Records[0].Contribution.Change, "what was given is left as it was")
}

func TestKeysSortByTheirNumbers(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	want := []string{
		"change/0", "change/9", "change/10", "change/99/a", "change/99/b/2", "change/412", "change/99999999999999999999",
		"change/007", "change/100000000000000000000", "change/\x01", "change/a",
		"changes", "issue/", "issue/2", "issue/2/", "issue/v1.10",
	}
	var all []store.Fact
	for i, k := range want {
		all = append(all, store.Fact{Key: k, Records: change(i).Records})
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	require.NoError(t, l.Commit(all, nil))
	got := keys(facts(t, l, ""))
	assert.Equal(t, []string{"change/0", "change/9", "change/10", "change/99/a", "change/99/b/2", "change/412"}, got[:6])
	assert.ElementsMatch(t, want, got)
	for _, prefix := range []string{"", "c", "change", "change/", "change/9", "change/99", "change/99/", "issue/2", "issue/2/", "issue/v", "x", "change/\x01", "/"} {
		wanted := slices.DeleteFunc(slices.Clone(got), func(k string) bool { return !strings.HasPrefix(k, prefix) })
		assert.Equal(t, wanted, append([]string{}, keys(facts(t, l, prefix))...), prefix)
	}
}

func TestCommitRefusesWhatItCannotKeep(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	require.NoError(t, l.Commit(changes(0, 2), 1))
	long := strings.Repeat("x", 1100)
	far := change(1)
	far.Records[0].Contribution.At = day(4_000_000) // JSON has no such year
	large := change(1)
	large.Records[0].Contribution.Change.Title = strings.Repeat("word ", 4<<20)
	for name, err := range map[string]error{
		"empty key":   l.Commit([]store.Fact{change(5), {Records: change(1).Records}}, 2),
		"long key":    l.Commit([]store.Fact{change(5), {Key: long, Records: change(1).Records}}, 2),
		"year":        l.Commit([]store.Fact{change(5), far}, 2),
		"size":        l.Commit([]store.Fact{change(5), large}, 2),
		"state":       l.Commit(changes(5, 6), func() {}),
		"large state": l.Commit(changes(5, 6), strings.Repeat("word ", 4<<20)),
		"empty log":   s.Log("").Commit(nil, 1),
		"long log":    s.Log(long).Commit(nil, 1),
		"alias":       s.Alias("h", long, "k"),
		"alias's key": s.Alias("h", "p", ""),
	} {
		assert.Error(t, err, name)
	}
	var state int
	ok, err := l.State(&state)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, 1, state, "nothing of a commit that failed is there")
	assert.Equal(t, []string{"change/0", "change/1"}, keys(facts(t, l, "")))
	_, err = l.State(new(string))
	assert.ErrorContains(t, err, "the state of k")
}

func TestStateStaysWithoutANewOne(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	var cursor string
	ok, err := l.State(&cursor)
	require.NoError(t, err)
	require.False(t, ok, "there is no log")
	require.NoError(t, l.Commit(nil, nil))
	ok, err = l.State(&cursor)
	require.NoError(t, err)
	require.False(t, ok, "there is a log without a state")
	require.NoError(t, l.Commit(nil, "abc"))
	require.NoError(t, l.Commit(changes(1, 2), nil))
	ok, err = l.State(&cursor)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "abc", cursor)
}

func TestLogWhoseFactsAreAllDeleted(t *testing.T) {
	s, file := openNew(t)
	require.NoError(t, s.Log("k").Commit(changes(0, 2), nil))
	require.NoError(t, s.Log("k").Commit([]store.Fact{{Key: "change/0"}, {Key: "change/1"}, {Key: "change/2"}}, nil))
	require.NoError(t, s.Close())
	infos, err := open(t, file, nil).Logs()
	require.NoError(t, err)
	require.Equal(t, []store.Info{{Key: "k", Facts: map[string]int{}}}, infos)
}

// TestStoreIsAMap commits at random and compares with maps. The file is opened again
// at times, which compares it with its own sums.
func TestStoreIsAMap(t *testing.T) {
	for seed := range uint64(4) {
		s, file := openNew(t)
		rng := rand.New(rand.NewPCG(seed, 7))
		model := map[string]map[string]store.Fact{}
		states := map[string]int{}
		for step := range 60 {
			key := fmt.Sprint("host/", rng.IntN(3))
			if model[key] == nil {
				model[key] = map[string]store.Fact{}
			}
			var page []store.Fact
			for range rng.IntN(40) {
				f := change(rng.IntN(400))
				f.Key = fmt.Sprintf("%s/%d", []string{"change", "issue"}[rng.IntN(2)], rng.IntN(120))
				if rng.IntN(3) == 0 {
					f.Records = nil
				}
				page = append(page, f)
				if model[key][f.Key] = f; f.Records == nil {
					delete(model[key], f.Key)
				}
			}
			require.NoError(t, s.Log(key).Commit(page, step))
			states[key] = step
			if rng.IntN(10) == 0 {
				require.NoError(t, s.Close())
				s = open(t, file, nil)
			}
			requireSame(t, s, model, states)
		}
		require.NoError(t, s.Close())
	}
}

func requireSame(t *testing.T, s *store.Store, want map[string]map[string]store.Fact, states map[string]int) {
	infos, err := s.Logs()
	require.NoError(t, err)
	require.Len(t, infos, len(want))
	for _, info := range infos {
		got, kinds := facts(t, s.Log(info.Key), ""), map[string]int{}
		require.Len(t, got, len(want[info.Key]))
		for _, f := range got {
			require.Equal(t, want[info.Key][f.Key], f)
			kind, _, _ := strings.Cut(f.Key, "/")
			kinds[kind]++
		}
		require.Equal(t, kinds, info.Facts)
		require.Equal(t, fmt.Sprint(states[info.Key]), string(info.State))
		require.Equal(t, len(got) > 0, info.Bytes > 0)
	}
}

func TestOrderOfCommitsDoesNotShow(t *testing.T) {
	text := func(pages ...[]store.Fact) string {
		s, _ := openNew(t)
		for _, p := range pages {
			require.NoError(t, s.Log("k").Commit(p, 1))
		}
		b, err := json.Marshal(records(t, s.Log("k"), model.Period{}))
		require.NoError(t, err)
		infos, err := s.Logs()
		require.NoError(t, err)
		return string(b) + fmt.Sprint(infos)
	}
	want := text(changes(0, 600), every())
	require.Equal(t, want, text(every(), changes(300, 600), changes(0, 300)))
	require.Equal(t, want, text(changes(0, 600), changes(100, 200), every(), every()))
}

func TestCommitWhileFactsAreRead(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	require.NoError(t, l.Commit(changes(0, 1000), nil))
	seen := 0
	for f, err := range l.Facts("change/") {
		require.NoError(t, err)
		require.NotEmpty(t, f.Records)
		require.NoError(t, l.Commit([]store.Fact{{Key: fmt.Sprint("change/", 999-seen)}, {Key: fmt.Sprint("issue/", seen), Records: f.Records}}, seen))
		seen++
	}
	require.GreaterOrEqual(t, seen, 500)
	require.Less(t, seen, 1000, "what was deleted meanwhile is not seen behind the chunk")
	for range l.Facts("") {
		break
	}
	require.NoError(t, s.Close(), "no transaction is left")
}

func TestManyGoroutines(t *testing.T) {
	s, file := openNew(t)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			l := s.Log(fmt.Sprint("k", n%4))
			for page := range 10 {
				assert.NoError(t, l.Commit(changes(page*10+n/4*200, page*10+10+n/4*200), page))
				for _, err := range l.Facts("") {
					assert.NoError(t, err)
				}
				assert.NoError(t, s.Alias("h", fmt.Sprint("p", n), fmt.Sprint("k", n%4)))
			}
		})
	}
	wg.Wait()
	require.NoError(t, s.Close())
	s = open(t, file, nil)
	for n := range 4 {
		require.Len(t, facts(t, s.Log(fmt.Sprint("k", n)), ""), 200)
	}
}

func TestAliases(t *testing.T) {
	s, file := openNew(t)
	require.NoError(t, s.Log("github.com/7").Commit(changes(0, 1), map[string]string{"cursor": "x"}))
	require.NoError(t, s.Alias("github.com", "Karst/Flow", "github.com/7"))
	require.NoError(t, s.Alias("github.com", "karst/flow", "github.com/7"))
	require.NoError(t, s.Alias("GitHub.com", "karst/old", "github.com/7"))
	require.NoError(t, s.Alias("github.com", "karst/other", "github.com/7"))
	require.NoError(t, s.Alias("github.com", "karst/other", "github.com/8"), "the name went to another repository")
	require.NoError(t, s.Close())
	s = open(t, file, &store.Options{ReadOnly: true})
	for path, want := range map[string]string{"karst/flow": "github.com/7", "KARST/OLD": "github.com/7", "karst/other": "github.com/8", "karst": ""} {
		key, ok, err := s.Find("github.com", path)
		require.NoError(t, err)
		assert.Equal(t, want, key)
		assert.Equal(t, want != "", ok)
	}
	infos, err := s.Logs()
	require.NoError(t, err)
	require.Len(t, infos, 1)
	assert.Equal(t, []string{"github.com/karst/flow", "github.com/karst/old"}, infos[0].Aliases)
	assert.JSONEq(t, `{"cursor":"x"}`, string(infos[0].State))
	assert.Equal(t, map[string]int{"change": 1}, infos[0].Facts)
}

func TestReadOnlyWritesNothing(t *testing.T) {
	s, file := openNew(t)
	require.NoError(t, s.Log("k").Commit(changes(0, 3), 1))
	require.NoError(t, s.Alias("h", "p", "k"))
	require.NoError(t, s.Close())
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	s = open(t, file, &store.Options{ReadOnly: true})
	another := open(t, file, &store.Options{ReadOnly: true})
	require.Len(t, facts(t, another.Log("k"), ""), 3)
	require.ErrorContains(t, s.Log("k").Commit(changes(0, 1), 2), "reading only")
	require.ErrorContains(t, s.Alias("h", "q", "k"), "reading only")
	require.NoError(t, s.Alias("h", "p", "k"), "that is known")
	require.NoError(t, s.Close())
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestClosedStore(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	require.NoError(t, l.Commit(changes(0, 600), 1))
	next := 0
	for _, err := range l.Facts("") {
		if next++; next == 1 {
			require.NoError(t, s.Close())
		}
		if next == 257 {
			require.ErrorIs(t, err, os.ErrClosed, "behind the first chunk")
			continue
		}
		require.NoError(t, err)
	}
	require.Equal(t, 257, next)
	require.NoError(t, s.Close())
	require.ErrorIs(t, l.Commit(nil, 1), os.ErrClosed)
	_, err := s.Logs()
	require.ErrorIs(t, err, os.ErrClosed)
	for _, err := range s.Source().Mine(context.Background(), model.Repository{URL: "https://h.example/p"}, model.Period{}) {
		require.ErrorIs(t, err, os.ErrClosed)
	}
}
