package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
	"github.com/tributary-oss/tributary/model"
)

// hostile is a bidder whose names a stranger chose.
const (
	hostile     = `=cmd|' /C calc'!A0`
	hostileName = "<script>alert(1)</script>\u202e\x00\x1b[31m\"'"
)

func ranking() *model.Ranking {
	score, points, meets := 78.804881, 31.52, true
	low := 0.0
	return &model.Ranking{
		Format: model.RankingFormat, Status: model.Simulation,
		Tender: model.About{ID: "DEMO 2026/001", Title: "Geoportal <support>", Buyer: "Région Exemple"},
		Mode:   model.Selection, Method: model.MethodID{Version: 1, Digest: "5f3a"},
		Gaps: []model.Gap{{Project: "geolib", Repository: "https://example.org/geolib.git", Reason: "502 Bad Gateway"}},
		Lots: []model.LotResult{
			{ID: "1", Title: "Server", Points: 40, Projects: []model.Weighted{{Project: "geolib", Weight: 1}},
				Standings: []model.Standing{
					{Rank: 1, Bidder: "karst", Name: "Karst SARL", Score: &score, Points: &points, Meets: &meets, People: 3},
					{Rank: 2, Bidder: hostile, Name: hostileName, Score: &low, Points: &low, Insufficient: []string{"geolib"}},
					{Bidder: "bigco", Name: "BigCo SE"},
				}},
			{ID: "lot 2", Title: "Client", Points: 60, Projects: []model.Weighted{}, Standings: []model.Standing{{Bidder: "1.5", Name: "1.5"}}},
		},
		Projects: []model.ProjectResult{{ID: "geolib",
			Indicators: []model.IndicatorResult{{Pillar: "commits", Indicator: "changes", State: "complete", T: 110, Weight: 0.25}},
			Scores:     []model.ProjectScore{{Bidder: "karst", Score: &score, Values: []model.Measurement{{Pillar: "commits", Indicator: "changes", Value: 5.5, Acts: 6, R: 0.05, N: 0.2, Points: 5}}}},
		}},
	}
}

// put writes a ranking as a run does: aside, then renamed.
func put(t testing.TB, dir string, r *model.Ranking) {
	text, err := json.Marshal(r)
	require.NoError(t, err)
	aside := filepath.Join(dir, ".ranking.json-1")
	require.NoError(t, os.WriteFile(aside, text, 0o644))
	require.NoError(t, os.Rename(aside, filepath.Join(dir, rankingFile)))
}

// canary stands in files that no answer may hold.
const canary = "canary-7c1e-outside"

// bench is a server without the network, at a time that the test sets.
type bench struct {
	testing.TB
	dir     string
	token   string // opens the tender
	other   string // opens another, which is not served
	expired string
	revoked string
	handler http.Handler
	log     *safeBuffer

	mu  sync.Mutex
	now time.Time
}

// safeBuffer may be written and read at once.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

const name = "DEMO-2026-001" // of the tender in addresses

func newBench(t testing.TB, change func(*Options)) *bench {
	top := t.TempDir()
	b := &bench{TB: t, dir: filepath.Join(top, "result"), log: &safeBuffer{}, now: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)}
	require.NoError(t, os.Mkdir(b.dir, 0o755))
	for _, path := range []string{filepath.Join(top, "canary"), filepath.Join(b.dir, "tender.yaml")} {
		require.NoError(t, os.WriteFile(path, []byte(canary), 0o644))
	}
	put(t, b.dir, ranking())
	tender, err := OpenTender(b.dir, "")
	require.NoError(t, err)
	var grants []grant.Grant
	for _, x := range []struct {
		token  *string
		tender string
		from   time.Duration
		revoke bool
	}{{&b.token, name, 0, false}, {&b.other, "other", 0, false}, {&b.expired, name, -48 * time.Hour, false}, {&b.revoked, name, 0, true}} {
		g, token, err := grant.New([]string{x.tender}, "", b.now.Add(x.from), b.now.Add(x.from).Add(24*time.Hour))
		require.NoError(t, err)
		if x.revoke {
			g.Revoked = b.now
		}
		*x.token, grants = token, append(grants, g)
	}
	o := Options{Tenders: []*Tender{tender}, Grants: grant.Memory(grants...), Now: b.clock, Rate: 1e6, Burst: 1e6,
		Log: slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	b.handler, err = Handler(o)
	require.NoError(t, err)
	return b
}

// ask asks for a path; headers are names and values in turn.
func (b *bench) ask(method, path string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return b.do(r)
}

func (b *bench) do(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w.Result()
}

// get asks for a path with the token in place of TOKEN and checks the status.
func (b *bench) get(status int, path string, headers ...string) (body string, h http.Header) {
	b.Helper()
	path = strings.ReplaceAll(path, "TOKEN", b.token)
	res := b.ask(http.MethodGet, path, headers...)
	text := bodyOf(b, res)
	assert.Equal(b, status, res.StatusCode, "%s: %s", path, text)
	return text, res.Header
}

func bodyOf(t testing.TB, res *http.Response) string {
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(text)
}

// leaks checks what no log may hold.
func (b *bench) leaks() {
	b.Helper()
	for _, token := range []string{b.token, b.other, b.expired, b.revoked} {
		assert.NotContains(b, b.log.String(), token)
	}
}
