//go:build unix

package github_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// BenchmarkTenThousandChanges reads 10,000 changes from a server that answers at once,
// stores and replays them, in a process of its own. What the server takes is part of
// the time and not of the peak of resident memory.
func BenchmarkTenThousandChanges(b *testing.B) {
	p := githubtest.Large(10_000)
	server := githubtest.New(b, p)
	d := newDesk(b, server, p)
	peak := int64(0)
	for b.Loop() {
		c := start(b, d, filepath.Join(b.TempDir(), "store"))
		require.NoError(b, c.Wait())
		if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, int64(u.Maxrss)) // KiB on Linux
		}
		server.Reset()
	}
	b.ReportMetric(float64(peak)/1024, "MiB-peak")
}

// BenchmarkReplay replays 10,000 changes from the store.
func BenchmarkReplay(b *testing.B) {
	p := githubtest.Large(10_000)
	d := newDesk(b, githubtest.New(b, p), p)
	d.source = d.newSource(quiet)
	for _, err := range d.source.Mine(b.Context(), d.repo, window) {
		require.NoError(b, err)
	}
	d.source = d.store.Source()
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range d.source.Mine(b.Context(), d.repo, window) {
			require.NoError(b, err)
		}
	}
}
