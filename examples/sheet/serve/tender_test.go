package serve

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestANewRunIsServed(t *testing.T) {
	b := newBench(t, nil)
	points := func() string {
		got, _ := b.get(http.StatusOK, below+"points?bidder=karst&lot=1")
		return got
	}
	assert.Equal(t, "31.52", points())
	r := ranking()
	*r.Lots[0].Standings[0].Points = 12.5
	put(t, b.dir, r)
	assert.Equal(t, "31.52", points(), "the folder is looked at once in a second")
	b.pass(every)
	assert.Equal(t, "12.50", points())

	// A folder put in the place of the other.
	next := filepath.Join(filepath.Dir(b.dir), "next")
	require.NoError(t, os.Mkdir(next, 0o755))
	*r.Lots[0].Standings[0].Points = 13
	put(t, next, r)
	require.NoError(t, os.Rename(b.dir, b.dir+".old"))
	require.NoError(t, os.Rename(next, b.dir))
	b.pass(every)
	assert.Equal(t, "13.00", points())
}

func TestWhatCannotBeReadLeavesTheRunBefore(t *testing.T) {
	b := newBench(t, nil)
	file := filepath.Join(b.dir, rankingFile)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	other := ranking()
	other.Tender.ID = "another"
	for what, spoil := range map[string]func(){
		"cut short": func() { require.NoError(t, os.WriteFile(file, whole[:len(whole)/2], 0o644)) },
		"newer":     func() { require.NoError(t, os.WriteFile(file, []byte(`{"format":"tributary-ranking/9"}`), 0o644)) },
		"another":   func() { put(t, b.dir, other) },
		"gone":      func() { require.NoError(t, os.Remove(file)) },
	} {
		spoil()
		for range 3 {
			b.pass(every)
			got, _ := b.get(http.StatusOK, below+"points?bidder=karst&lot=1")
			assert.Equal(t, "31.52", got, what)
		}
		got, _ := b.get(http.StatusOK, "/healthz")
		assert.JSONEq(t, `{"status":"stale"}`, got, what)
		assert.Equal(t, 1, strings.Count(b.log.String(), "cannot be read"), "%s: said once: %s", what, b.log.String())
		put(t, b.dir, ranking())
		b.pass(every)
		got, _ = b.get(http.StatusOK, "/healthz")
		assert.JSONEq(t, `{"status":"ok"}`, got, what)
		b.log.mu.Lock()
		b.log.b.Reset()
		b.log.mu.Unlock()
	}
}

// Whoever asks while runs follow each other gets the whole of one: title and points of each
// run belong together.
func TestRunsAreNeverMixed(t *testing.T) {
	b := newBench(t, nil)
	run := func(i int) *model.Ranking {
		r := ranking()
		r.Tender.Title = strings.Repeat("x", i)
		*r.Lots[0].Standings[0].Points = float64(i)
		return r
	}
	put(t, b.dir, run(1))
	b.pass(every)
	b.get(http.StatusOK, below+"status")
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				b.pass(every)
				res := b.ask("GET", strings.ReplaceAll(below, "TOKEN", b.token)+"ranking.json")
				var got model.Ranking
				if !assert.NoError(t, json.NewDecoder(res.Body).Decode(&got)) ||
					!assert.Equal(t, float64(len(got.Tender.Title)), *got.Lots[0].Standings[0].Points) {
					return
				}
			}
		})
	}
	for i := range 100 {
		put(t, b.dir, run(i%40+1))
		time.Sleep(time.Millisecond)
	}
	close(stop)
	wg.Wait()
}

func TestNames(t *testing.T) {
	for id, want := range map[string]string{
		"DEMO-2026-001": "DEMO-2026-001", "2026/S 123-456": "2026-S-123-456", "": "tender", "..": "tender", "../x": "x", "Marché n° 7": "March-n-7",
		"\x00\u202e": "tender", strings.Repeat("x", 300): strings.Repeat("x", 100),
	} {
		assert.Equal(t, want, Name(id))
		assert.Equal(t, want, Name(want), "a name stays what it is")
	}
}

func TestTwoTendersOfOneName(t *testing.T) {
	b := newBench(t, nil)
	x, err := OpenTender(b.dir, "")
	require.NoError(t, err)
	y, err := OpenTender(b.dir, "")
	require.NoError(t, err)
	_, err = Handler(Options{Tenders: []*Tender{x, y}})
	require.ErrorContains(t, err, "both called")
	_, err = OpenTender(b.dir, "a/b")
	require.ErrorContains(t, err, "cannot stand in an address")
}
