package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/store"
)

// The test's own program is started again as another process, with what it is to do
// in these variables.
const (
	partVariable = "STORE_TEST_PART"
	fileVariable = "STORE_TEST_FILE"
)

func TestMain(m *testing.M) {
	if part := os.Getenv(partVariable); part != "" {
		if err := play(part, os.Getenv(fileVariable)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// perPage is how many changes a page has. Every third page deletes what the last one wrote.
const perPage = 20

// page returns what the commit with a number holds.
func page(n int) []store.Fact {
	all := changes(n*perPage, (n+1)*perPage)
	if n%3 == 2 {
		for _, f := range changes((n-1)*perPage, n*perPage) {
			all = append(all, store.Fact{Key: f.Key})
		}
	}
	return all
}

// play is what another process does: it writes pages from where it stopped, or holds the
// file until its input ends.
func play(part, file string) error {
	s, err := store.Open(context.Background(), file, &store.Options{Wait: time.Minute})
	if err != nil {
		return err
	}
	if part == "hold" {
		fmt.Println("held")
		io.Copy(io.Discard, os.Stdin)
		return s.Close()
	}
	l, n := s.Log("github.com/1"), -1
	if _, err := l.State(&n); err != nil {
		return err
	}
	last, err := strconv.Atoi(part)
	for n++; n < last && err == nil; n++ {
		fmt.Println("page", n)
		err = l.Commit(page(n), n)
	}
	if err != nil {
		return err
	}
	return s.Close()
}

// process starts another one, which is waited for when the test ends.
func process(t *testing.T, part, file string) (*exec.Cmd, io.WriteCloser, *bufio.Reader) {
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), partVariable+"="+part, fileVariable+"="+file)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, in, bufio.NewReader(out)
}

// TestKilledAtAnyTime kills a writer at 30 points, one of them even before it has a
// file: what it has committed is there, whole, and nothing else.
func TestKilledAtAnyTime(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.db")
	rng := rand.New(rand.NewPCG(3, 4))
	killed, done := 0, -1
	for killed < 30 {
		cmd, _, out := process(t, "1000000", file)
		for range rng.IntN(4) {
			if _, err := out.ReadString('\n'); err != nil {
				break
			}
		}
		time.Sleep(time.Duration(rng.IntN(4000)) * time.Microsecond)
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		killed++
		done = requirePages(t, file, done)
	}
	require.Greater(t, done, 5, "the processes did write")
	cmd, _, out := process(t, fmt.Sprint(done+3), file)
	_, err := io.Copy(io.Discard, out)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait())
	require.Equal(t, done+2, requirePages(t, file, done))
}

// requirePages checks that exactly the pages up to the state's are there.
func requirePages(t *testing.T, file string, least int) (done int) {
	s := open(t, file, nil)
	defer s.Close()
	l := s.Log("github.com/1")
	done = -1
	_, err := l.State(&done)
	require.NoError(t, err)
	require.GreaterOrEqual(t, done, least, "what was committed stays so")
	want := map[string]store.Fact{}
	for n := range done + 1 {
		for _, f := range page(n) {
			if want[f.Key] = f; f.Records == nil {
				delete(want, f.Key)
			}
		}
	}
	got := facts(t, l, "")
	require.Len(t, got, len(want))
	for _, f := range got {
		require.Equal(t, want[f.Key], f)
	}
	return done
}

func TestTwoProcesses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.db")
	holder, in, out := process(t, "hold", file)
	line, err := out.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held", strings.TrimSpace(line))
	_, err = store.Open(context.Background(), file, &store.Options{Wait: -1})
	assert.ErrorIs(t, err, store.ErrInUse)
	_, err = store.Open(context.Background(), file, &store.Options{Wait: -1, ReadOnly: true})
	assert.ErrorIs(t, err, store.ErrInUse)
	writers := make([]*exec.Cmd, 3) // these wait for their turn, and go on where another stopped
	for i := range writers {
		cmd, _, out := process(t, "6", file)
		writers[i] = cmd
		go io.Copy(io.Discard, out)
	}
	require.NoError(t, in.Close())
	require.NoError(t, holder.Wait())
	for _, cmd := range writers {
		require.NoError(t, cmd.Wait())
	}
	require.Equal(t, 5, requirePages(t, file, 5))
}

// TestManyCreateAtOnce lets several make the same new file.
func TestManyCreateAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.db")
	var all []*exec.Cmd
	for range 4 {
		cmd, _, out := process(t, "4", file)
		all = append(all, cmd)
		go io.Copy(io.Discard, out)
	}
	for _, cmd := range all {
		require.NoError(t, cmd.Wait())
	}
	require.Equal(t, 3, requirePages(t, file, 3))
	left, err := filepath.Glob(file + "*")
	require.NoError(t, err)
	require.Equal(t, []string{file}, left)
}
