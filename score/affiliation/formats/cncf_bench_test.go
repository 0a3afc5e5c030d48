package formats_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// BenchmarkCNCFUsers reads a file as large as the real one: 83 MB, 100,000 accounts.
// sys-MiB is what the process has asked of the system at most.
func BenchmarkCNCFUsers(b *testing.B) {
	dir := b.TempDir()
	size := inventUsers(b, filepath.Join(dir, "github_users.json"), 100_000)
	form := form(b, "cncf-users")
	runtime.GC()
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		table, err := form.Read(os.DirFS(dir), model.Roster{File: "github_users.json"}, nil)
		require.NoError(b, err)
		require.Len(b, table.People, 100_000)
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	b.ReportMetric(float64(stats.Sys)/(1<<20), "sys-MiB")
}

// inventUsers writes a file of github_users.json's form and returns its length in bytes.
func inventUsers(tb testing.TB, name string, logins int) int64 {
	tb.Helper()
	f, err := os.Create(name)
	require.NoError(tb, err)
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	sources := []string{"config", "config", "config", "manual", "user", "user_manual", "domain", "notfound"}
	between := "["
	for i := range logins {
		affiliation := inventAffiliation(r)
		for mail := range 1 + r.IntN(4) {
			fmt.Fprintf(w, `%s
  {
    "login": "account-%d",
    "email": "person%d!host%d.example",
    "affiliation": %q,
    "source": %q,
    "name": "Person %d",
    "commits": %d,
    "location": "Some Town",
    "country_id": "xx",
    "sex": "x",
    "sex_prob": 0.98,
    "tz": "Europe/Nowhere",
    "age": %d
  }`, between, i, i, mail, affiliation, sources[r.IntN(len(sources))], i, r.IntN(1000), r.IntN(90))
			between = ","
		}
	}
	fmt.Fprint(w, "\n]\n")
	require.NoError(tb, w.Flush())
	info, err := f.Stat()
	require.NoError(tb, err)
	require.NoError(tb, f.Close())
	return info.Size()
}

func inventAffiliation(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return []string{"?", "NotFound", "(Unknown)", "Independent"}[r.IntN(4)]
	}
	var entries []string
	for year := 2012 + r.IntN(10); year < 2024 && r.IntN(3) == 0; year += 1 + r.IntN(3) {
		entries = append(entries, fmt.Sprintf("Company Number %d < %d-%02d-01", r.IntN(20_000), year, 1+r.IntN(12)))
	}
	return strings.Join(append(entries, fmt.Sprintf("Company Number %d", r.IntN(20_000))), ", ")
}
