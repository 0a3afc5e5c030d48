package command_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/model"
)

// fleet is a server with small repositories, and with some that mean harm.
type fleet struct {
	*httptest.Server
	dir  string
	list string // the honest ones
	all  string // all of them
	ca   string
	n    int
}

func newFleet(t *testing.T, n int) *fleet {
	f := &fleet{dir: t.TempDir(), n: n}
	_, err := forgetest.Fleet(filepath.Join(f.dir, "r"), n, 20)
	require.NoError(t, err)
	f.Server = httptest.NewUnstartedServer(forgetest.Poisoned(forgetest.Serve(filepath.Join(f.dir, "r"))))
	f.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	f.StartTLS()
	t.Cleanup(f.Close)
	f.ca = filepath.Join(f.dir, "ca.pem")
	require.NoError(t, os.WriteFile(f.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw}), 0o644))
	rows := "project,url,forge\n"
	for i := range n {
		rows += fmt.Sprintf("cave/%04d,%s/%04d.git,none\n", i, f.URL, i)
	}
	f.list = f.write(t, "list.csv", rows)
	for name := range forgetest.Poison {
		rows += fmt.Sprintf("%s,%s/%s,none\n", name, f.URL, name)
	}
	f.all = f.write(t, "all.csv", rows)
	return f
}

func (f *fleet) write(t *testing.T, name, text string) string {
	name = filepath.Join(f.dir, name)
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}

// args is a command line that mines a list.
func (f *fleet) args(list, out, cache string, more ...string) []string {
	return append([]string{"mine", "--list", list, "--out", out, "--cache", cache, "--ca", f.ca, "--until", "2026-11-01",
		"--per-host", "100", "--tries", "1"}, more...)
}

// contents are the files of a folder.
func minedFiles(t *testing.T, dir string) map[string]string {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range list {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(b)
	}
	return files
}

// A few repositories that mean harm among a hundred cost the others nothing, and the same
// tips give the same files however many are mined at once.
func TestMineListAmongPoison(t *testing.T) {
	f := newFleet(t, 100)
	clean, cache := filepath.Join(f.dir, "clean"), filepath.Join(f.dir, "cache")
	out, errs, status := run(t, f.args(f.list, clean, filepath.Join(f.dir, "cache0"), "--projects-at-once", "1")...)
	require.Equal(t, command.Done, status, errs)
	assert.Contains(t, out, "100 of 100 projects mined, 0 mined before, 0 with gaps, in ")
	want := minedFiles(t, clean)
	assert.Len(t, want, 101)

	for _, atOnce := range []string{"2", "4"} {
		dir := filepath.Join(f.dir, "out"+atOnce)
		began := time.Now()
		out, errs, status = run(t, f.args(f.all, dir, cache, "--projects-at-once", atOnce, "--timeout", "15s", "--most-bytes", "3MiB")...)
		require.Equal(t, command.DoneWithGaps, status, errs)
		assert.Less(t, time.Since(began), 10*time.Minute, "it ends: two of them have no end")
		assert.Contains(t, out, "100 of 105 projects mined, 0 mined before, 5 with gaps")
		for _, reason := range []string{"the fetch was stopped after 3 MiB; raise the most bytes that a repository may bring if that is what it honestly has: endless\n",
			"it redirects without end, or where it must not: redirects\n", "stopped after 15s, the time limit: silent\n",
			"its pack is broken: broken\n", "it is not there, or not for us to read: gone\n"} {
			assert.Contains(t, out, reason)
		}
		got := minedFiles(t, dir)
		assert.Len(t, got, 101)
		for name, text := range want {
			if name != "manifest.jsonl" {
				assert.True(t, got[name] == text, name)
			}
		}
		left, err := filepath.Glob(filepath.Join(cache, "part-*"))
		require.NoError(t, err)
		assert.Empty(t, left)
		lines := manifestOf(t, dir)
		assert.Equal(t, "failed", lines["endless"].State)
		assert.Empty(t, lines["endless"].File)
		require.Len(t, lines["gone"].Gaps, 1)
		assert.Equal(t, "it is not there, or not for us to read", lines["gone"].Gaps[0].Reason)
	}
	clones, err := filepath.Glob(filepath.Join(cache, "*", "HEAD"))
	require.NoError(t, err)
	assert.Len(t, clones, 100)

	// What is there whole is not mined again: the server need not even be there.
	f.Close()
	before := minedFiles(t, clean)
	out, _, status = run(t, f.args(f.list, clean, cache)...)
	assert.Equal(t, command.Done, status)
	assert.Contains(t, out, "0 of 100 projects mined, 100 mined before")
	assert.Equal(t, before, minedFiles(t, clean))
}

type mined struct {
	Project, State, File, SHA256 string
	Records                      int
	Tips                         []struct{ Repository, Branch, Commit string }
	Gaps                         []struct{ Repository, Reason, Error string }
}

// manifestOf reads the manifest of a folder.
func manifestOf(t *testing.T, dir string) map[string]mined {
	text, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	require.NoError(t, err)
	lines := map[string]mined{}
	for line := range bytes.Lines(text) {
		var m mined
		require.NoError(t, json.Unmarshal(line, &m))
		if m.Project != "" {
			lines[m.Project] = m
		}
	}
	return lines
}

// A run that is killed, or interrupted, goes on where it was.
func TestMineListGoesOn(t *testing.T) {
	f := newFleet(t, 40)
	clean, cache, dir := filepath.Join(f.dir, "clean"), filepath.Join(f.dir, "cache"), filepath.Join(f.dir, "out")
	_, errs, status := run(t, f.args(f.list, clean, filepath.Join(f.dir, "cache0"))...)
	require.Equal(t, command.Done, status, errs)

	exe, err := os.Executable()
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), exe)
	c.Env = append(os.Environ(), argsVariable+"="+strings.Join(f.args(f.list, dir, cache, "--projects-at-once", "2"), "\n"))
	require.NoError(t, c.Start())
	waitForLines(t, dir, 8)
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait(), "it was killed")
	had := len(manifestOf(t, dir))
	require.Less(t, had, 40, "it was killed in the middle")
	text := f.write(t, "out/.unfinished-1", "what was under way")
	manifest, err := os.OpenFile(filepath.Join(dir, "manifest.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	manifest.WriteString(`{"project":"cave/00`) // a torn line
	manifest.Close()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan int)
	var o, e bytes.Buffer
	go func() { done <- command.Run(ctx, f.args(f.list, dir, cache), command.Place{Out: &o, Err: &e}) }()
	waitForLines(t, dir, had+4)
	cancel()
	assert.Equal(t, command.Failed, <-done)
	assert.Contains(t, e.String(), "interrupted: ")
	assert.Contains(t, e.String(), "of 40 projects are in "+dir+"; the same command goes on")
	assert.NoFileExists(t, text)
	had = len(manifestOf(t, dir))
	require.Less(t, had, 40)

	out, errs, status := run(t, f.args(f.list, dir, cache)...)
	require.Equal(t, command.Done, status, errs)
	assert.Contains(t, out, fmt.Sprintf("%d of 40 projects mined, %d mined before", 40-had, had))
	assert.Equal(t, minedFiles(t, clean), minedFiles(t, dir), "the same bytes, the manifest's too")

	// A file that is not what the manifest says is mined again, and a changed row.
	broken := filepath.Join(dir, manifestOf(t, dir)["cave/0007"].File)
	require.NoError(t, os.WriteFile(broken, []byte("x"), 0o644))
	out, _, _ = run(t, f.args(f.list, dir, cache)...)
	assert.Contains(t, out, "1 of 40 projects mined, 39 mined before")
	assert.Equal(t, minedFiles(t, clean), minedFiles(t, dir))
	out, _, _ = run(t, f.args(f.list, dir, cache, "--since", "2026-01-01")...)
	assert.Contains(t, out, "40 of 40 projects mined, 0 mined before, 0 with gaps, in")
}

// waitForLines waits until a manifest has so many projects.
func waitForLines(t *testing.T, dir string, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
		return bytes.Count(text, []byte("\n")) > n
	}, 2*time.Minute, time.Millisecond)
}

// Clones go when they are not wanted, or more than they may be.
func TestMineListKeepsTheDisk(t *testing.T) {
	f := newFleet(t, 12)
	cache := filepath.Join(f.dir, "cache")
	size := func() (n int64, clones int) {
		require.NoError(t, filepath.WalkDir(cache, func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && strings.Contains(path, "mined") {
				return filepath.SkipDir
			}
			if d.Name() == "HEAD" {
				clones++
			}
			st, err := d.Info()
			if err == nil && !d.IsDir() {
				n += st.Size()
			}
			return err
		}))
		return n, clones
	}
	_, errs, status := run(t, f.args(f.list, filepath.Join(f.dir, "a"), cache, "--keep-clones=false")...)
	require.Equal(t, command.Done, status, errs)
	n, clones := size()
	assert.Zero(t, clones)
	assert.Zero(t, n)
	_, errs, status = run(t, f.args(f.list, filepath.Join(f.dir, "b"), cache)...)
	require.Equal(t, command.Done, status, errs)
	whole, clones := size()
	assert.Equal(t, 12, clones)
	_, errs, status = run(t, f.args(f.list, filepath.Join(f.dir, "c"), cache, "--projects-at-once", "1", "--disk-budget", fmt.Sprint(whole/2))...)
	require.Equal(t, command.Done, status, errs)
	n, clones = size()
	assert.LessOrEqual(t, n, whole/2)
	assert.InDelta(t, 6, clones, 1)
	last, err := filepath.Glob(filepath.Join(cache, "*0011*", "HEAD"))
	require.NoError(t, err)
	assert.Len(t, last, 1, "those that were used last stay")
	assert.Equal(t, minedFiles(t, filepath.Join(f.dir, "a")), minedFiles(t, filepath.Join(f.dir, "c")))
}

func TestMineListOfFolders(t *testing.T) {
	dir := place(t, document)
	list := filepath.Join(dir, "list.csv")
	require.NoError(t, os.WriteFile(list, []byte("project,url\n../../here,here.git\n=cmd|x,here2.git\nnone,no.git\n"), 0o644))
	_, err := forgetest.Build(filepath.Join(dir, "here2.git"), history)
	require.NoError(t, err)
	out, errs, status := run(t, "mine", "--list", list, "--out", filepath.Join(dir, "out"))
	assert.Equal(t, command.DoneWithGaps, status, errs)
	assert.Contains(t, out, "2 of 3 projects mined, 0 mined before, 1 with gaps")
	lines := manifestOf(t, filepath.Join(dir, "out"))
	for _, name := range []string{"../../here", "=cmd|x"} {
		m := lines[name]
		f, err := os.Open(filepath.Join(dir, "out", m.File))
		require.NoError(t, err, "inside the folder")
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		n := 0
		for r, err := range model.ReadRecords(z) {
			require.NoError(t, err)
			assert.Equal(t, name, r.Project)
			n++
		}
		f.Close()
		assert.Equal(t, m.Records, n)
		require.Len(t, m.Tips, 1)
		assert.Equal(t, "main", m.Tips[0].Branch)
	}
}

func TestMineListWrongUse(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "list.csv")
	require.NoError(t, os.WriteFile(list, []byte("url\nhere.git\n"), 0o644))
	strange := filepath.Join(dir, "strange")
	require.NoError(t, os.MkdirAll(strange, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(strange, "manifest.jsonl"), []byte("{}\n"), 0o644))
	for args, says := range map[string]string{
		"--list " + list:                                  "go together",
		"--out " + dir + "/o":                             "go together",
		"--repo " + dir + " --tries 5":                    "--tries is for a list; name one with --list and --out",
		"--repo " + dir + " --update":                     "--update is for a list",
		"--list " + list + " --out o --repo x":            "not with --list",
		"--list " + list + " --out o --format churn":      "not with --list",
		"--list " + list + " --out o --most-bytes lots":   `"lots" is no size; write one such as 20GiB`,
		"--list " + list + " --out o --disk-budget -1GiB": "is no size",
		"--list " + list + " --out o --per-host 0":        "at least 1",
		"--list " + list + " --out o --until soon":        "write it as",
		"--list " + filepath.Join(dir, "no") + " --out o": "is not there; name the file of a list of repositories",
		"--list " + list + " --out " + strange:            "it is no manifest of the form tributary-mined/1",
	} {
		_, errs, status := run(t, append([]string{"mine"}, strings.Fields(args)...)...)
		assert.NotEqual(t, command.Done, status, args)
		assert.Contains(t, errs, says, args)
	}
}
