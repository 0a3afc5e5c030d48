package gitea_test

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

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// The variable under which the test runs itself: address of the API, file of the store
// and address of the repository.
const childVariable = "TRIBUTARY_TEST_MINE_GITEA"

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
	s, err := store.Open(ctx, job[1], nil)
	if err != nil {
		return err
	}
	defer s.Close()
	source, err := gitea.New(&gitea.Options{Host: host, API: job[0], Store: s})
	if err != nil {
		return err
	}
	for _, err := range source.Mine(ctx, model.Repository{URL: job[2]}, window) {
		if err != nil {
			return err
		}
	}
	return nil
}

// start starts a child.
func start(t testing.TB, d *desk, file string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childVariable+"="+d.server.URL+"/api/v1/\n"+file+"\n"+d.repo.URL)
	c.Stderr = os.Stderr
	require.NoError(t, c.Start())
	return c
}

// A run that is killed at any point, and then started again, ends with the same facts as
// one that was not, and asks for no page again but the one that was under way.
func TestKilledAtAnyPoint(t *testing.T) {
	t.Parallel()
	d := newDesk(t, large(60))
	d.server.MaxItems = 20
	whole := d.mine()
	requests := len(d.server.Requests())
	r := rand.New(rand.NewPCG(1, 2))
	for round := range rounds(12) {
		d.server.Reset()
		file := filepath.Join(t.TempDir(), "store")
		killed := killAt(t, d, file, 1+r.IntN(requests), time.Duration(r.IntN(4000))*time.Microsecond)
		require.NoError(t, start(t, d, file).Wait(), "round %d", round)
		s := openStore(t, file)
		text, err := written(s.Source().Mine(t.Context(), d.repo, window))
		require.NoError(t, err)
		assertSame(t, whole, text, "round", round, "killed at", killed)
		d.assertNoPageTwice()
		require.NoError(t, s.Close())
	}
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
func killAt(t *testing.T, d *desk, file string, n int, wait time.Duration) string {
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
	c := start(t, d, file)
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
