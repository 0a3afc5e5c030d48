package store_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// filled is a store with some changes, committed in large pages.
func filled(t testing.TB, n int) (s *store.Store, file string) {
	s, file = openNew(t)
	l := s.Log("github.com/1")
	for from := 0; from < n; from += 250 {
		require.NoError(t, l.Commit(changes(from, from+250), from))
	}
	return s, file
}

func BenchmarkCommit(b *testing.B) {
	s, _ := openNew(b)
	l := s.Log("github.com/1")
	page, n := changes(0, 25), 0
	b.ReportAllocs()
	for b.Loop() {
		for i := range page { // newer ones
			page[i].Key = fmt.Sprint("change/", n)
			n++
		}
		require.NoError(b, l.Commit(page, n))
	}
}

func BenchmarkReplay(b *testing.B) {
	s, _ := filled(b, 10_000)
	l := s.Log("github.com/1")
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range l.Replay(model.Period{Until: day(1 << 20)}) {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, 30_000, n)
	}
}

func BenchmarkOpen(b *testing.B) {
	s, file := filled(b, 10_000)
	infos, err := s.Logs()
	require.NoError(b, err)
	require.NoError(b, s.Close())
	st, err := os.Stat(file)
	require.NoError(b, err)
	b.ReportAllocs()
	b.SetBytes(st.Size())
	for b.Loop() {
		require.NoError(b, open(b, file, nil).Close())
	}
	b.ReportMetric(float64(infos[0].Bytes)/10_000, "bytes/change")
}

// TestMemoryStaysFlat writes and replays 10,000 changes, which need more than the bound
// where they are held.
func TestMemoryStaysFlat(t *testing.T) {
	s, _ := openNew(t)
	l := s.Log("k")
	const bound = 4 << 20 // a tenth of a MiB was measured; the records alone are 16
	base, most := heap(), uint64(0)
	for from := 0; from < 10_000; from += 100 {
		require.NoError(t, l.Commit(changes(from, from+100), from))
		if from%1000 == 0 {
			most = max(most, heap())
		}
	}
	n := 0
	for _, err := range l.Replay(model.Period{}) {
		require.NoError(t, err)
		if n++; n%3000 == 0 {
			most = max(most, heap())
		}
	}
	require.Equal(t, 30_000, n)
	require.Less(t, most-min(most, base), uint64(bound))
	require.NoError(t, s.Close())
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
