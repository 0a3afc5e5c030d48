package pipeline

import (
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// poison is what hostile repositories do, by their names, and what the tables say of them.
var poison = map[string]struct {
	serve http.HandlerFunc
	says  string
}{
	"redirects": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) },
		"too many redirects"},
	"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"it was stopped after 5s"},
	"endless": {servePack(func(w io.Writer) {
		for {
			if _, err := fmt.Fprintf(w, "%04x\x01PACK\x00\x00\x00\x02\x00\xff\xff\xff%s", 4+1+12+60000, strings.Repeat("x", 60000)); err != nil {
				return
			}
		}
	}), "the fetch was stopped after 3 MiB"},
	// One object of 10 GiB, by its header.
	"huge": {servePack(func(w io.Writer) {
		io.WriteString(w, "0017\x01PACK\x00\x00\x00\x02\x00\x00\x00\x01\xb0\x80\x80\x80\x80\x05"+"0000")
	}), "its pack has an object of more than 512 MiB"},
}

// servePack advertises one branch, and lets send write the pack.
func servePack(send func(io.Writer)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		packet := func(s string) { fmt.Fprintf(w, "%04x%s", len(s)+4, s) }
		if r.Method == http.MethodGet {
			packet("# service=git-upload-pack\n")
			io.WriteString(w, "0000")
			packet(strings.Repeat("1", 40) + " refs/heads/main\x00side-band-64k agent=x\n")
			io.WriteString(w, "0000")
			return
		}
		packet("NAK\n")
		send(w)
	}
}

// served serves the repositories of a folder, and the poisoned ones, and writes the file of its
// certificate.
func served(t *testing.T, dir string) (url, ca string) {
	honest := forgetest.Serve(dir)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if p, ok := poison[name]; ok {
			p.serve(w, r)
			return
		}
		honest.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	return s.URL, ca
}

// A few repositories that mean harm among forty cost the others nothing, and are gaps that state the
// limit at which they were stopped. Clones go when they are not wanted.
func TestPoisonedRepositories(t *testing.T) {
	const n = 40
	dir := t.TempDir()
	_, err := forgetest.Fleet(filepath.Join(dir, "r"), n, 20)
	require.NoError(t, err)
	url, ca := served(t, filepath.Join(dir, "r"))
	rows := "project,url,forge\n"
	for i := range n {
		rows += fmt.Sprintf("cave/%04d,%s/%04d.git,none\n", i, url, i)
	}
	clean, all := filepath.Join(dir, "clean.csv"), filepath.Join(dir, "all.csv")
	require.NoError(t, os.WriteFile(clean, []byte(rows), 0o644))
	for name := range poison {
		rows += fmt.Sprintf("%s,%s/%s,none\n", name, url, name)
	}
	require.NoError(t, os.WriteFile(all, []byte(rows), 0o644))

	s := settings(t, clean)
	s.CA = ca
	sum, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.Zero(t, sum.Gaps)
	want := outputs(t, s.Out)
	assert.Len(t, clonesIn(t, s.Cache), n)

	s = settings(t, all)
	s.CA, s.Timeout, s.MostBytes, s.DropClones, s.Tries = ca, 5*time.Second, 3<<20, true, 1
	began := time.Now()
	sum, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.Less(t, time.Since(began), 2*time.Minute)
	assert.Equal(t, len(poison), sum.Gaps)
	got := outputs(t, s.Out)
	for name, p := range poison {
		at := strings.Index(got["coverage.csv"], "\n"+name+",")
		require.Positive(t, at, name)
		line, _, _ := strings.Cut(got["coverage.csv"][at+1:], "\n")
		assert.Contains(t, line, ",gap,unavailable,")
		assert.Contains(t, line, p.says)
		assert.True(t, slices.ContainsFunc(sum.Missing, func(g model.Gap) bool { return g.Project == name && strings.Contains(g.Reason, p.says) }), name)
	}
	for _, name := range []string{"acts.csv", "churn.csv", "organisations.csv"} {
		assert.Greater(t, len(want[name]), 300, name)
		assert.True(t, want[name] == got[name], "%s: the others have what they have without", name)
	}
	assert.Empty(t, clonesIn(t, s.Cache))
}

// clonesIn are the clones in a cache, whole ones and others.
func clonesIn(t *testing.T, cache string) []string {
	whole, err := filepath.Glob(filepath.Join(cache, "*", "HEAD"))
	require.NoError(t, err)
	parts, err := filepath.Glob(filepath.Join(cache, "part-*"))
	require.NoError(t, err)
	return append(whole, parts...)
}

// What is known of a large file hangs on the memory that a mining may hold, which is that of a
// census, whatever the machine and the number of workers.
func TestMemoryIsThatOfACensus(t *testing.T) {
	dir := t.TempDir()
	repo, err := gogit.PlainInit(filepath.Join(dir, "large"), false)
	require.NoError(t, err)
	tree, err := repo.Worktree()
	require.NoError(t, err)
	// More lines than 256 MiB are enough for, and fewer than 512 MiB are.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "large", "a.go"), []byte(strings.Repeat("x\n", 2_500_000)), 0o644))
	_, err = tree.Add("a.go")
	require.NoError(t, err)
	ada := &object.Signature{Name: "Ada", Email: "ada@karst.example", When: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)}
	_, err = tree.Commit("Grow", &gogit.CommitOptions{Author: ada, Committer: ada})
	require.NoError(t, err)
	list := filepath.Join(dir, "list.csv")
	require.NoError(t, os.WriteFile(list, []byte("url,project\nlarge,large\n"), 0o644))

	s := settings(t, list)
	w, err := newSite(t.Context(), s)
	require.NoError(t, err)
	p, err := w.once(t.Context(), "large")
	require.NoError(t, err)
	direct := func(memory int64) *census.Part {
		hosts := forge.Hosts{forge.Git: git.New(&git.Options{Cache: t.TempDir(), Memory: memory})}
		p, err := w.census.Part("large", forge.Mine(t.Context(), w.tender, hosts, &forge.Options{Dir: dir}))
		require.NoError(t, err)
		return p
	}
	assert.Equal(t, direct(batch.Memory).Churn, p.Churn)
	assert.NotEqual(t, direct(512<<20).Churn, p.Churn, "otherwise this shows nothing")
	require.Len(t, p.Acts, 2, "the commit itself is known")
	assert.Equal(t, model.Author, p.Acts[0].Role)
}
