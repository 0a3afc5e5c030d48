package gitlab_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// The variable under which the test runs itself: way, address of the API, file of the store
// and address of the repository.
const childVariable = "TRIBUTARY_TEST_MINE"

func TestMain(m *testing.M) {
	if job := os.Getenv(childVariable); job != "" {
		if err := child(strings.Split(job, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child mines a repository into a store.
func child(job []string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, job[2], nil)
	if err != nil {
		return err
	}
	defer s.Close()
	o := gitlab.Options{API: job[1], Store: s, Tokens: []forge.TokenSource{forge.StaticToken(secret)}}
	ways[job[0]](&o)
	source, err := gitlab.New(&o)
	if err != nil {
		return err
	}
	for _, err := range source.Mine(ctx, model.Repository{URL: job[3]}, window) {
		if err != nil {
			return err
		}
	}
	return nil
}

// start starts a child.
func start(t testing.TB, d *desk, way, file string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVariable+"="+strings.Join([]string{way, d.server.URL + "/api/v4", file, d.repo.URL}, "\n"))
	c.Stderr = os.Stderr
	require.NoError(t, c.Start())
	return c
}

// A run that is killed at any point, and then started again, ends with the same facts as
// one that was not, and asks for no page again but the one that was under way.
func TestKilledAtAnyPoint(t *testing.T) {
	p := large(260)
	for way, set := range ways {
		t.Run(way, func(t *testing.T) {
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, set)
			whole := d.mine()
			requests := len(server.Requests())
			r := rand.New(rand.NewPCG(1, 2))
			for round := range rounds(12) {
				server.Reset()
				file := filepath.Join(t.TempDir(), "store")
				killed := killAt(t, d, way, file, 1+r.IntN(requests), time.Duration(r.IntN(4000))*time.Microsecond)
				again := start(t, d, way, file)
				require.NoError(t, again.Wait(), "round %d", round)
				s := openStore(t, file)
				text, err := written(s.Source().Mine(t.Context(), d.repo, window))
				require.NoError(t, err)
				assertSame(t, whole, text, "round", round, "killed at", killed)
				assertNoPageTwice(t, server)
				require.NoError(t, s.Close())
			}
		})
	}
}

// assertNoPageTwice checks that of all pages only the one in flight at a stop was asked
// for twice.
func assertNoPageTwice(t testing.TB, server *gitlabtest.Server) {
	t.Helper()
	pages := map[string]int{}
	twice := 0
	for _, r := range server.Requests() {
		if r.Operation == "Changes" || is(r, changeList) || is(r, "issues") || is(r, "releases") && strings.Contains(r.Query, "per_page=100") {
			key := fmt.Sprint(r.Path, r.Query, r.Variables["after"])
			if pages[key]++; pages[key] > 1 {
				twice++
			}
		}
	}
	assert.LessOrEqual(t, twice, 1, "%v", pages)
}

// rounds is how many runs are killed: with -short a quarter of them, since of a child the
// race detector sees what it sees of any run.
func rounds(n int) int {
	if testing.Short() {
		return n / 4
	}
	return n
}

// killAt starts a child and kills it a while after it sent its n-th request.
func killAt(t *testing.T, d *desk, way, file string, n int, wait time.Duration) string {
	t.Helper()
	reached := make(chan struct{})
	var seen atomic.Int64
	d.server.OnRequest(func(fake.Request) *fake.Fault {
		if seen.Add(1) == int64(n) {
			close(reached)
		}
		return nil
	})
	defer d.server.OnRequest(nil)
	c := start(t, d, way, file)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-reached:
		time.Sleep(wait)
		c.Process.Kill()
		<-ended
	case err := <-ended:
		assert.NoError(t, err, "a child that is not killed ends well")
	}
	return fmt.Sprintf("request %d, %v later", n, wait)
}
