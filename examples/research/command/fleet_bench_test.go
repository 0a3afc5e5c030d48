package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
)

// Whole censuses of built repositories of 200 commits each, from nothing: mined, judged, and
// written as tables. The time a repository shows whether the whole grows as the list does.
func BenchmarkCensus(b *testing.B) {
	b.Chdir(b.TempDir())
	paths, err := forgetest.Fleet("r", 2000, 200)
	require.NoError(b, err)
	for _, n := range []int{500, 1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			list := "project,url,forge\n"
			for _, path := range paths[:n] {
				list += fmt.Sprintf("%s,%s,none\n", filepath.Base(path), path)
			}
			require.NoError(b, os.WriteFile("list.csv", []byte(list), 0o644))
			for b.Loop() {
				_, said, status := run(b, 0, "census", "--list", "list.csv", "--until", "2026-11", "--out", "out", "--cache", "cache")
				require.Equal(b, command.Done, status, said)
				b.StopTimer()
				require.NoError(b, os.RemoveAll("out"))
				require.NoError(b, os.RemoveAll("cache"))
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(n*b.N), "ms/repository")
		})
	}
}
