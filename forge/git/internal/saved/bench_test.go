package saved

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// commits is the number of commits of a large history.
const commits = 80_000

func large(b *testing.B) ([]entry, *State) {
	entries := random(commits, source(1))
	return entries, open(b, save(b, "v", entries), "v")
}

func BenchmarkOpen(b *testing.B) {
	file := save(b, "v", random(commits, source(1)))
	b.SetBytes(int64(len(read(b, file))))
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(file, "v")
		require.NoError(b, err)
		s.Close()
	}
}

func BenchmarkFindAndGraph(b *testing.B) {
	entries, s := large(b)
	var parents []parse.Hash
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n, _ := s.Find(entries[i%commits].id)
		g, err := s.Graph(n, parents[:0])
		if err != nil {
			b.Fatal(err)
		}
		parents = g.Parents
	}
}

func BenchmarkRecord(b *testing.B) {
	entries, s := large(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n, _ := s.Find(entries[i%commits].id)
		if _, err := s.Record(n); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAdd writes a whole file for each operation.
func BenchmarkAdd(b *testing.B) {
	entries, folder := random(commits, source(1)), b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		w, err := Create(filepath.Join(folder, "state"), "v", nil)
		require.NoError(b, err)
		for i := range entries {
			if err := w.Add(entries[i].id, &entries[i].record); err != nil {
				b.Fatal(err)
			}
		}
		require.NoError(b, w.Commit(nil))
	}
}

// BenchmarkCopy writes a whole file for each operation, as a mining does that found
// little new.
func BenchmarkCopy(b *testing.B) {
	entries, s := large(b)
	folder := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		w, err := Create(filepath.Join(folder, "state"), "v", s)
		require.NoError(b, err)
		for i := range entries {
			n, _ := s.Find(entries[i].id)
			if err := w.Copy(n); err != nil {
				b.Fatal(err)
			}
		}
		require.NoError(b, w.Commit(nil))
	}
}
