package e2e

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

var update = flag.Bool("update", false, "write what came out into testdata, to be reviewed")

// A project's story on a real server gives the facts, the verdicts and the ranking that
// are wanted; again when it is read once more, after the server went away in between,
// and under the name that the repository had before.
func TestStoryOnARealServer(t *testing.T) {
	began := time.Now()
	d := newDesk(play(t))
	t.Logf("the story took %v", time.Since(began).Round(time.Second))
	seen := &asked{}
	first := d.mine(&mining{store: d.store("kept"), before: seen.note})
	require.NoError(t, first.gap)
	t.Logf("%d requests", first.sent)
	steps := []struct {
		name string
		test func(*testing.T, *desk, *mining)
	}{
		{"facts and ranking", testFacts},
		{"nothing new", testNothingNew},
		{"what the source asks is in the server's description", seen.testContract},
		{"the repository's former name", testFormerName},
		{"a server that goes away", testGone},
		{"a server that goes away and comes back", testBack},
	}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			defer func(outer *testing.T) { d.t = outer }(d.t)
			d.t = t
			s.test(t, d, first)
		})
	}
}

func testFacts(t *testing.T, d *desk, first *mining) {
	var verdicts []model.Verdict
	o := &score.Options{Evidence: func(v model.Verdict) { verdicts = append(verdicts, v) }}
	ranking, err := score.Evaluate(d.tender(""), first.each(), o)
	require.NoError(t, err)
	ranking.Warnings = slices.DeleteFunc(ranking.Warnings, func(w string) bool {
		return strings.Contains(w, "(rule burst)") // all was done today, and how much of it in which month hangs on the day
	})
	var text bytes.Buffer
	require.NoError(t, report.Text(&text, ranking, nil))
	n := d.newNames(first.records)
	golden(t, "facts.txt", n.facts(first.records))
	golden(t, "verdicts.txt", n.verdicts(verdicts))
	golden(t, "ranking.txt", n.plain(text.String()))
}

func testNothingNew(t *testing.T, d *desk, first *mining) {
	again := d.mine(&mining{store: first.store})
	require.NoError(t, again.gap)
	assert.LessOrEqual(t, again.sent, int64(3), "requests")
	assert.Equal(t, first.text(t), again.text(t))
}

func testFormerName(t *testing.T, d *desk, first *mining) {
	former := d.mine(&mining{store: d.store("former"), path: "acme/gadget"})
	require.NoError(t, former.gap)
	assert.Equal(t, first.text(t), strings.ReplaceAll(former.text(t), d.url+"acme/gadget", d.url+"acme/widget"))
}

// The run during which the server goes away says that it is not complete; the next one is,
// and is the same as if nothing had happened.
func testGone(t *testing.T, d *desk, first *mining) {
	m := &mining{store: d.store("gone"), offline: true, before: at(first.sent/2, d.kill)}
	d.mine(m)
	require.Error(t, m.gap)
	assert.NotEqual(t, first.text(t), m.text(t))
	assert.Positive(t, m.incomplete(), "lists that are said not to be complete")
	require.NoError(t, d.start())
	m.before, m.offline = nil, false
	d.mine(m)
	require.NoError(t, m.gap)
	assert.Equal(t, first.text(t), m.text(t))
	assert.Less(t, m.sent, first.sent-5, "what was read before is not asked for again")
}

// A server that is away for a moment, as by an update, costs nothing but patience.
func testBack(t *testing.T, d *desk, first *mining) {
	var failed error
	m := d.mine(&mining{store: d.store("back"), offline: true, before: at(first.sent/2, func() { d.kill(); failed = d.start() })})
	require.NoError(t, failed)
	require.NoError(t, m.gap)
	assert.Equal(t, first.text(t), m.text(t))
}

// at does something before the n-th request. Later ones wait for it; those under way do
// not.
func at(n int64, do func()) func(int64, *http.Request) {
	var one sync.Mutex
	return func(i int64, _ *http.Request) {
		one.Lock()
		defer one.Unlock()
		if i == n {
			do()
		}
	}
}

// incomplete counts what the forge is said to know in part only.
func (m *mining) incomplete() (n int) {
	for _, r := range m.records {
		if c := r.Coverage; c != nil && c.Source == forge.Gitea && c.State != model.Complete && c.Kind != model.AdvisoryFacts {
			n++
		}
	}
	return n
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "%s differs; look at it, then go test -update", file)
}
