package serve

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
	"github.com/tributary-oss/tributary/model"
)

// load names the variable that asks for the run under load: how many seconds it lasts.
const load = "TRIBUTARY_LOAD"

// Of the run under load: what it asks, and what must hold.
const (
	loadRate   = 2000 // requests a second
	loadMost   = 20 * time.Millisecond
	loadGrowth = 8 << 20 // bytes of resident memory, from the first third to the end
)

// large is a ranking of three lots with fifty bidders each, and ten projects.
func large() *model.Ranking {
	r := ranking()
	r.Lots, r.Projects = nil, nil
	for l := range 3 {
		lot := model.LotResult{ID: fmt.Sprint(l + 1), Points: 40, Projects: []model.Weighted{}}
		for b := range 50 {
			score, points := float64(b), float64(b)*0.4
			lot.Standings = append(lot.Standings, model.Standing{Rank: b + 1, Bidder: fmt.Sprintf("bidder-%d.example", b), Name: fmt.Sprintf("Bidder %d", b), Score: &score, Points: &points})
		}
		r.Lots = append(r.Lots, lot)
	}
	for p := range 10 {
		x := model.ProjectResult{ID: fmt.Sprintf("project-%d", p)}
		for i := range 12 {
			x.Indicators = append(x.Indicators, model.IndicatorResult{Pillar: "commits", Indicator: model.Indicator(fmt.Sprint(i)), T: 100, Weight: 0.08})
		}
		for b := range 50 {
			s := model.ProjectScore{Bidder: fmt.Sprintf("bidder-%d.example", b)}
			for i := range 12 {
				s.Values = append(s.Values, model.Measurement{Pillar: "commits", Indicator: model.Indicator(fmt.Sprint(i)), Value: 12.5, R: 0.125, N: 0.31, Points: 2.5})
			}
			x.Scores = append(x.Scores, s)
		}
		r.Projects = append(r.Projects, x)
	}
	return r
}

// TestServerForLoad is the other process of TestLoad: a whole server, with its log in a file.
func TestServerForLoad(t *testing.T) {
	dir := os.Getenv("TRIBUTARY_LOAD_DIR")
	if dir == "" {
		t.Skip("TestLoad starts it")
	}
	tender, err := OpenTender(dir, "")
	require.NoError(t, err)
	g, token, err := grant.New([]string{name}, "", time.Now(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "grants")
	require.NoError(t, grant.Append(file, g))
	store, err := grant.OpenStore(file)
	require.NoError(t, err)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	h, err := Handler(Options{Tenders: []*Tender{tender}, Grants: store, Rate: 1e6, Burst: 1e6, Log: slog.New(slog.NewJSONHandler(log, nil))})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	fmt.Printf("http://%s/v1/c/%s/\n", l.Addr(), token)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { io.Copy(io.Discard, os.Stdin); cancel() }() // until the other ends
	require.NoError(t, (&Server{}).Run(ctx, l, h))
}

// TestLoad asks at a steady rate, whether answers come or not, and times each from when it
// was due: a server that stalls is not asked less.
func TestLoad(t *testing.T) {
	seconds, _ := strconv.Atoi(os.Getenv(load))
	if seconds <= 0 {
		t.Skip(load + "=SECONDS asks for it")
	}
	dir := t.TempDir()
	put(t, dir, large())
	server := exec.Command(os.Args[0], "-test.run=^TestServerForLoad$")
	server.Env = append(os.Environ(), "TRIBUTARY_LOAD_DIR="+dir)
	in, err := server.StdinPipe()
	require.NoError(t, err)
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	defer server.Wait()
	defer in.Close()
	base, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	base = strings.TrimSpace(base)

	begin := time.Now()
	due := func(i int) time.Time { return begin.Add(time.Duration(i) * time.Second / loadRate) }
	took, early := make([]time.Duration, seconds*loadRate), int64(0)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	next := make(chan int, len(took))
	for range 32 {
		wg.Go(func() {
			for i := range next {
				ask(t, client, base+addressOfLoad(i))
				took[i] = time.Since(due(i))
			}
		})
	}
	for i := range took {
		time.Sleep(time.Until(due(i)))
		next <- i
		if i == len(took)/3 {
			early = resident(server.Process.Pid)
		}
	}
	close(next)
	wg.Wait()
	whole := time.Since(begin)
	late := resident(server.Process.Pid)
	slices.Sort(took)
	at := func(part float64) time.Duration { return took[int(part*float64(len(took)-1))] }
	t.Logf("%d requests in %v, %.0f a second: median %v, 99 %% %v, 99.9 %% %v, longest %v; resident %d KiB after a third, %d KiB at the end",
		len(took), whole.Round(time.Millisecond), float64(len(took))/whole.Seconds(), at(0.5), at(0.99), at(0.999), at(1), early>>10, late>>10)
	assert.LessOrEqual(t, at(0.99), loadMost)
	assert.LessOrEqual(t, late-early, int64(loadGrowth))
}

// addressOfLoad is what the i-th request asks: nine cells in ten, else a table or the page.
func addressOfLoad(i int) string {
	below := "tenders/" + name + "/"
	switch {
	case i%40 == 0:
		return below + "projects.csv?locale=fr"
	case i%20 == 0:
		return below + "ranking.csv"
	case i%50 == 1:
		return below + "ranking.json"
	case i%100 == 3:
		return "?lang=fr"
	}
	return below + "points?lot=2&bidder=" + url.QueryEscape(fmt.Sprintf("bidder-%d.example", i%50))
}

func ask(t *testing.T, client *http.Client, address string) {
	res, err := client.Get(address)
	if !assert.NoError(t, err) {
		return
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	assert.NoError(t, err)
	assert.Equal(t, http.StatusOK, res.StatusCode)
}

// resident is the memory that a process has in bytes; 0 where the system does not tell.
func resident(pid int) int64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
