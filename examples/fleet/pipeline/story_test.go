package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // what Prism has to say
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	os.Exit(inFolder(m.Run))
}

// inFolder runs with a folder for the repositories, and takes it away.
func inFolder(run func() int) int {
	var err error
	if built, err = os.MkdirTemp("", "fleet"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(built)
	return run()
}

// The fleet of the tests: 44 repositories of 40 projects. Three projects have a second repository that
// took over work of the first, one has a repository that is broken, one is not there at all.
const (
	storyProjects = 40
	storyRepos    = 44
)

// built is the folder of the repositories, which all tests share and none changes.
var built string

// story returns the list of the repositories, which are built once.
func story(t *testing.T) string {
	t.Helper()
	name := filepath.Join(built, "repos.csv")
	if _, err := os.Stat(name); err == nil {
		return name
	}
	dir := built
	list := &strings.Builder{}
	list.WriteString("url,project\n")
	add := func(project, repo, text string) {
		if text != "" {
			_, err := forgetest.Build(filepath.Join(dir, repo), text)
			require.NoError(t, err)
		}
		fmt.Fprintf(list, "%s,%s\n", repo, project)
	}
	for n := range storyProjects - 1 {
		add(fmt.Sprintf("project-%02d", n), fmt.Sprintf("p%02d.git", n), history(n, ""))
	}
	for _, n := range []int{3, 11, 29} { // the same fixes, landed again by somebody else
		add(fmt.Sprintf("project-%02d", n), fmt.Sprintf("p%02d-next.git", n), history(n, "  by bob\n  at 2026-09-01T09:00:00Z\n"))
	}
	add("project-07", "p07-broken.git", history(99, ""))
	packs, err := filepath.Glob(filepath.Join(dir, "p07-broken.git", "objects", "pack", "*.pack"))
	require.NoError(t, err)
	require.NotEmpty(t, packs)
	for _, pack := range packs {
		require.NoError(t, os.Chmod(pack, 0o644))
		require.NoError(t, os.Truncate(pack, 100))
	}
	add("project-none", "not-there.git", "")
	require.NoError(t, os.WriteFile(name, []byte(list.String()), 0o644))
	require.Equal(t, storyRepos, strings.Count(list.String(), "\n")-1)
	return name
}

// history is that of a repository; landed stands below each of its fixes.
func history(n int, landed string) string {
	first := "first"
	if landed != "" {
		first = "other"
	}
	return fmt.Sprintf(`person ada = Ada <ada@karst.example>
person bob = Bob <bob@moraine.example>
person eve = Eve <eve@vendor%[1]d.example>
on main
commit %[3]s 2023-01-01 eve: Begin with %[3]s
  write %[3]s.go 5
repeat %[2]d every 9d
  commit fix-{n} 2024-02-01 ada: Mend part {n}
    write src/part{n}.go 12
  %[4]s
  commit more-{n} 2024-02-03 eve: Add {n}
    write src/more{n}.go 4
  %[4]s
  commit 2024-02-05 bob: Tidy {n}
    write ci/{n}.yml 3
  tag v1.{n} 2024-02-06 bob: Release
`, n%5, 3+n%9, first, strings.ReplaceAll(landed, "\n  ", "\n    "))
}

// settings are those of a run over a list, with outputs below a folder of its own.
func settings(t *testing.T, list string) Settings {
	dir := t.TempDir()
	return Settings{List: list, Until: "2026-11", Months: 36, Out: filepath.Join(dir, "out"), Parts: filepath.Join(dir, "parts"),
		Cache: filepath.Join(dir, "cache"), Workers: 2, Tries: 2, Backoff: time.Millisecond}
}

// single is what one process makes of the list by package census, without any of this package,
// and its ranking by the library alone. Named inputs are files beside the list.
func single(t *testing.T, list string, more forge.Hosts, inputs ...string) map[string]string {
	t.Helper()
	doc := model.NewTender()
	var err error
	doc.Projects, err = tenderfile.ReadList(list)
	require.NoError(t, err)
	until, err := model.ParseDate("2026-11-01")
	require.NoError(t, err)
	doc.Window, doc.Evidence, doc.Bidders.All = model.Window{Until: until, Months: 36}, model.Profile, true
	lot := model.Lot{ID: "1", Projects: map[string]float64{}}
	for name := range doc.Projects {
		lot.Projects[name] = 1 / float64(len(doc.Projects))
	}
	doc.Lots = []model.Lot{lot}
	c, err := census.New(doc)
	require.NoError(t, err)
	hosts := forge.Hosts{forge.Git: git.New(&git.Options{Cache: t.TempDir(), Memory: batch.Memory, Heads: len(more) > 0})}
	maps.Copy(hosts, more)
	mine := func(t2 *model.Tender) func(func(model.Record, error) bool) {
		return forge.Mine(t.Context(), t2, hosts, &forge.Options{Dir: filepath.Dir(list)})
	}
	parts := func(yield func(*census.Part, error) bool) {
		for _, name := range doc.ProjectNames() {
			one := *doc
			one.Projects = map[string]model.Project{name: doc.Projects[name]}
			if !yield(c.Part(name, mine(&one))) {
				return
			}
		}
	}
	files := map[string]string{}
	for _, name := range append(inputs, list) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		sum := sha256.Sum256(text)
		files[filepath.Base(name)] = hex.EncodeToString(sum[:])
	}
	made := map[string]*bytes.Buffer{}
	_, err = c.Write(func(name string) (io.WriteCloser, error) {
		made[name] = &bytes.Buffer{}
		return nop{made[name]}, nil
	}, parts, census.Inputs{Files: files, Program: "fleet", Version: census.Version()})
	require.NoError(t, err)
	ranking, err := score.Evaluate(doc, mine(doc), nil)
	require.NoError(t, err)
	made["ranking.json"] = &bytes.Buffer{}
	require.NoError(t, report.JSON(made["ranking.json"], ranking))
	texts := map[string]string{}
	for name, b := range made {
		texts[name] = b.String()
	}
	return texts
}

type nop struct{ io.Writer }

func (nop) Close() error { return nil }

// outputs returns the files of a folder.
func outputs(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(b)
	}
	return files
}

// same fails where two folders differ, naming the files and not their contents.
func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name := range want {
		require.Contains(t, got, name)
		require.True(t, want[name] == got[name], "%s differs:\n%s\n--- want\n%s", name, head(got[name]), head(want[name]))
	}
	require.Len(t, got, len(want))
}

func head(s string) string { return s[:min(len(s), 1500)] }

// partFiles returns the stored parts with the times at which they were written.
func partFiles(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	found := map[string]time.Time{}
	names, err := filepath.Glob(filepath.Join(dir, "*", "*.part"))
	require.NoError(t, err)
	for _, name := range names {
		info, err := os.Stat(name)
		require.NoError(t, err)
		found[name] = info.ModTime()
	}
	return found
}

// child runs the pipeline in a process of its own, to be killed.
func child() int {
	var s Settings
	if err := jsonFrom(os.Getenv(childVariable), &s); err != nil {
		return 2
	}
	if _, err := Run(context.Background(), "", s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
