package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// hosts are the sources of a run, and what they hold open.
type hosts struct {
	forge.Hosts
	store  *store.Store
	github *github.Source
}

// hosts makes the sources that some repositories need. A forge is asked where there is a
// token for it; where there is none, that is said, and git alone is mined.
func (a *app) hosts(ctx context.Context, o git.Options, repos []model.Repository) (*hosts, error) {
	o.Cache, o.Save, o.Fresh, o.Workers, o.Offline = a.cache, true, a.fresh, a.workers, a.offline
	o.Progress, o.Log = a.bars.show, a.log()
	h := &hosts{Hosts: forge.Hosts{}}
	asked := false
	for _, r := range repos {
		asked = asked || forge.ForgeOf(r) == forge.GitHub
	}
	if asked {
		if err := a.askGitHub(ctx, h); err != nil {
			return nil, err
		}
	}
	o.Heads = h.store != nil
	h.Hosts[forge.Git] = git.New(&o)
	return h, nil
}

// askGitHub adds GitHub to the sources.
func (a *app) askGitHub(ctx context.Context, h *hosts) error {
	file, err := a.storeFile()
	if err != nil {
		return err
	}
	token := os.Getenv("GITHUB_TOKEN") != ""
	if _, err := os.Stat(file); err != nil && a.offline || !token && !a.offline {
		fmt.Fprintln(a.Err, "GitHub is not asked: reviews, merges, issues and advisories are known as far as git shows them."+noGitHub[a.offline])
		return nil
	}
	if h.store, err = store.Open(ctx, file, &store.Options{ReadOnly: a.offline, Log: a.log()}); err != nil {
		return err
	}
	if a.offline {
		h.Hosts[forge.GitHub] = h.store.Source()
		return nil
	}
	server, _, _ := strings.Cut(strings.TrimPrefix(os.Getenv(serverVariable), "https://"), "/")
	h.github, err = github.New(&github.Options{Host: server, API: os.Getenv(apiVariable), Store: h.store, Fresh: a.fresh,
		Progress: a.bars.list, Log: a.log()})
	if err != nil {
		h.close()
		return err
	}
	h.Hosts[forge.GitHub] = h.github
	return nil
}

// noGitHub says what to do about it, by whether the run is offline.
var noGitHub = map[bool]string{
	false: " Put a token with the right to read into GITHUB_TOKEN, or use --offline with what is stored.",
	true:  " Nothing is stored; run once with a token in GITHUB_TOKEN and without --offline.",
}

// The environment variables that say which GitHub the token is for, as GitHub's own
// runners set them: the server's address, such as https://github.example.org, and its
// API's. Without them it is github.com.
const (
	serverVariable = "GITHUB_SERVER_URL"
	apiVariable    = "GITHUB_API_URL"
)

// close gives the store back.
func (h *hosts) close() {
	if h.store != nil {
		h.store.Close()
	}
}

// storeFile returns the file in which forges' answers are kept.
func (a *app) storeFile() (string, error) {
	if a.store != "" {
		return a.store, nil
	}
	folder := a.cache
	if folder == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("there is no folder for what forges say (%w); state a file with --store", err)
		}
		folder = filepath.Join(user, "tributary")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for what forges say: %w", err)
	}
	return filepath.Join(folder, "forges.db"), nil
}

// usage says what GitHub was asked, for whoever watches a quota.
func (h *hosts) usage() string {
	if h.github == nil {
		return ""
	}
	u := h.github.Usage()
	if u.Requests == 0 {
		return ""
	}
	return fmt.Sprintf("GitHub: %d requests, %d points, %d kB", u.Requests, u.Points, cmp.Or(u.Bytes/1000, 1))
}

// What keeps a plan from being made.
var (
	errOffline = usageError{errors.New("--plan asks the forge, so it cannot be --offline")}
	errNoPlan  = usageError{errors.New("--plan: no forge to be asked; put a token with the right to read into GITHUB_TOKEN, and see that the document names repositories on GitHub")}
)
