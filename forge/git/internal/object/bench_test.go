package object

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchStore opens the repository that the environment names: the folder with
// objects in it.
func benchStore(b *testing.B) *Store {
	dir := os.Getenv("TRIBUTARY_BENCH")
	if dir == "" {
		b.Skip("set TRIBUTARY_BENCH to the path of a bare repository")
	}
	s, err := Open(filepath.Join(dir, "objects"), nil)
	require.NoError(b, err)
	b.Cleanup(func() { s.Close() })
	return s
}

// packOrder returns the names of all objects in packs with own indexes, in the
// order of the disk.
func packOrder(s *Store) (out []Hash) {
	type item struct {
		place
		h Hash
	}
	var all []item
	for i, p := range s.packs {
		for n := range p.own.count() {
			h := Hash(p.own.at(n))
			at, _ := p.own.find(h)
			all = append(all, item{place{i, at}, h})
		}
	}
	slices.SortFunc(all, func(x, y item) int { return cmp.Or(x.pack-y.pack, cmp.Compare(x.at, y.at)) })
	for _, i := range all {
		out = append(out, i.h)
	}
	return out
}

func BenchmarkReadAll(b *testing.B) {
	s := benchStore(b)
	all := packOrder(s)
	b.ReportAllocs()
	bytes := 0
	for b.Loop() {
		r := s.Reader(96 << 20)
		bytes = 0
		for _, h := range all {
			_, c, err := r.Read(h)
			require.NoError(b, err)
			bytes += len(c)
			r.Release()
		}
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(float64(len(all))/seconds, "objects/s")
	b.ReportMetric(float64(bytes)/1e6/seconds, "MB/s")
}

func BenchmarkSizes(b *testing.B) {
	s := benchStore(b)
	all := packOrder(s)
	b.ReportAllocs()
	for b.Loop() {
		r := s.Reader(1 << 20)
		for _, h := range all {
			_, _, err := r.Size(h)
			require.NoError(b, err)
		}
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}

func BenchmarkPlace(b *testing.B) {
	s := benchStore(b)
	all := packOrder(s)
	b.ReportAllocs()
	for b.Loop() {
		for _, h := range all {
			if _, _, ok := s.Place(h); !ok {
				b.Fatal(h)
			}
		}
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}

func BenchmarkOpen(b *testing.B) {
	benchStore(b)
	for b.Loop() {
		s, err := Open(filepath.Join(os.Getenv("TRIBUTARY_BENCH"), "objects"), nil)
		require.NoError(b, err)
		s.Close()
	}
}
