package forge_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// gapsOf mines repositories that cannot be mined, in a folder, and returns what is said of each.
func gapsOf(t *testing.T, hosts forge.Hosts, dir string, urls ...string) []string {
	t.Helper()
	tender := &model.Tender{Window: model.Window{Until: model.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), Months: 12}, Projects: map[string]model.Project{"p": {}}}
	p := model.Project{}
	for _, u := range urls {
		p.Repositories = append(p.Repositories, model.Repository{URL: u, Forge: "none"})
	}
	tender.Projects["p"] = p
	var list []string
	for _, err := range forge.Mine(t.Context(), tender, hosts, &forge.Options{Dir: dir}) {
		gap, ok := errors.AsType[*forge.GapError](err)
		require.True(t, ok, err)
		list = append(list, gap.Err.Error())
	}
	return list
}

// A gap says the same wherever the document lies and whoever mines, and names no folder of
// the machine: results go to others, and are the same bytes for the same inputs.
func TestGapsNameNoFolderOfTheMachine(t *testing.T) {
	said := map[string][]string{}
	for _, user := range []string{"jane.doe", "somebody.else"} {
		home, err := filepath.EvalSymlinks(t.TempDir())
		require.NoError(t, err)
		home = filepath.Join(home, user)
		dir := filepath.Join(home, "tenders", "one")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "repo", "empty"), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "repo", "text"), []byte("no bundle"), 0o666))
		require.NoError(t, os.MkdirAll(filepath.Join(home, ".git", "objects"), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(home, ".git", "HEAD"), []byte("ref: refs/heads/main\n"), 0o666))
		hosts := forge.Hosts{forge.Git: git.New(&git.Options{Cache: filepath.Join(home, ".cache", "clones"), Offline: true})}
		urls := []string{"repo/lost.git", "repo/empty", "repo/text", "../../nowhere.git", "https://forge.example/a/b"}
		said[user] = gapsOf(t, hosts, dir, urls...)
		t.Chdir(filepath.Join(home, "tenders"))
		assert.Equal(t, said[user], gapsOf(t, hosts, "one", urls...), "named from another folder")
		t.Chdir(dir)
		assert.Equal(t, said[user], gapsOf(t, hosts, "", urls...))
		assert.Equal(t, said[user], gapsOf(t, hosts, ".", urls...))
	}
	assert.Equal(t, said["jane.doe"], said["somebody.else"])
	assert.Equal(t, []string{
		"repo/lost.git is not there; state the path of a repository or of a git bundle, or a URL",
		"repo/empty holds no git repository; the one around it is ../..: state that if it is meant",
		"repo/text: it is neither a folder nor a git bundle; state a repository's folder, or a file made by git bundle create",
		"../../nowhere.git is not there; state the path of a repository or of a git bundle, or a URL",
		"there is no clone of it in CACHE, and offline none can be made; mine it once with a network",
	}, said["jane.doe"])
}

var errOfItsOwn = errors.New("out of paper")

// broken is a source that says where it failed.
type broken string

func (b broken) Mine(context.Context, model.Repository, model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		yield(model.Record{}, fmt.Errorf("%s: %w", b, errOfItsOwn))
	}
}

// What an error is can still be asked, and a path that only begins like the document's folder
// is none in it.
func TestGapsKeepTheirErrors(t *testing.T) {
	dir := t.TempDir()
	tender := &model.Tender{Window: model.Window{Until: model.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), Months: 12},
		Projects: map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "a.git", Forge: "none"}}}}}
	hosts := forge.Hosts{forge.Git: broken("reading " + dir + "x and " + filepath.Join(dir, "b") + ", " + filepath.Join(dir, "a.git") + " " + filepath.Join(dir, "a.git"))}
	for _, err := range forge.Mine(t.Context(), tender, hosts, &forge.Options{Dir: dir}) {
		assert.ErrorIs(t, err, errOfItsOwn)
		assert.Equal(t, "p: a.git: reading ../"+filepath.Base(dir)+"x and b, a.git a.git: out of paper", err.Error())
	}
}

// Nor does a gap say which server this machine asks for names, or its own address.
func TestGapsSayNothingOfTheNetwork(t *testing.T) {
	asked := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "forge.example", Server: "10.1.2.3:53"}}
	cut := &net.OpError{Op: "read", Net: "tcp", Source: &net.TCPAddr{IP: net.IPv4(10, 1, 2, 4), Port: 40404},
		Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443}, Err: errors.New("connection reset by peer")}
	tender := &model.Tender{Window: model.Window{Until: model.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), Months: 12},
		Projects: map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "https://forge.example/a", Forge: "none"}}}}}
	for err, want := range map[error]string{
		asked: "p: https://forge.example/a: dial tcp: lookup forge.example: no such host: out of paper",
		cut:   "p: https://forge.example/a: read tcp 192.0.2.1:443: connection reset by peer: out of paper",
	} {
		require.Contains(t, err.Error(), "10.1.2.", "what package net says")
		for _, gap := range forge.Mine(t.Context(), tender, forge.Hosts{forge.Git: broken(err.Error())}, nil) {
			assert.EqualError(t, gap, want)
		}
	}
}
