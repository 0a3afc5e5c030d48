package command

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// sources are those of a run, and what they hold open.
type sources struct {
	forge.Hosts
	forges *hosts.Forges // nil where nobody is asked
	store  *store.Store
}

// sources makes the sources that some repositories need. What cannot be asked is said,
// and git alone is mined.
func (a *app) sources(ctx context.Context, o git.Options, repos []model.Repository) (*sources, error) {
	pem, base, err := a.authorities()
	if err != nil {
		return nil, err
	}
	o.Cache, o.Save, o.Fresh, o.Workers, o.Offline, o.CABundle = a.cache, true, a.fresh, a.workers, a.offline, pem
	o.Progress, o.Log = a.bars.show, a.log()
	s := &sources{Hosts: forge.Hosts{}}
	if onHosts := slices.ContainsFunc(repos, func(r model.Repository) bool { return hosts.Of(r) != "" }); onHosts {
		if a.offline {
			err = a.replay(ctx, s, repos)
		} else {
			err = a.ask(ctx, s, repos, base)
		}
		if err != nil {
			s.close()
			return nil, err
		}
	}
	o.Heads = len(s.Hosts) > 0
	s.Hosts[forge.Git] = git.New(&o)
	return s, nil
}

// ask makes the sources of the hosts that repositories are on.
func (a *app) ask(ctx context.Context, s *sources, repos []model.Repository, base http.RoundTripper) error {
	file, err := a.storeFile()
	if err != nil {
		return err
	}
	if s.store, err = store.Open(ctx, file, &store.Options{Log: a.log()}); err != nil {
		return err
	}
	stated, err := a.servers(repos)
	if err != nil {
		return err
	}
	s.forges, err = hosts.Open(ctx, repos, &hosts.Options{Servers: stated, Store: s.store, Fresh: a.fresh,
		Progress: a.bars.list, Log: a.log(), Base: base})
	if err != nil {
		return err
	}
	maps.Copy(s.Hosts, s.forges.Hosts)
	for _, host := range slices.Sorted(maps.Keys(s.forges.Silent)) {
		why := s.forges.Silent[host]
		if errors.Is(why, github.ErrNoToken) {
			why = fmt.Errorf("it answers nothing without a token: put one with the right to read into %s, or use --offline with what is stored", tokenVariable(host))
		}
		fmt.Fprintf(a.Err, "%s is not asked (%s): %s\n", host, plain(why.Error()), gitAlone)
	}
	return nil
}

// replay takes what is stored of the hosts that repositories are on. Of a host of which
// nothing is stored, git alone is asked for.
func (a *app) replay(ctx context.Context, s *sources, repos []model.Repository) error {
	file, err := a.storeFile()
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err == nil {
		if s.store, err = store.Open(ctx, file, &store.Options{ReadOnly: true, Log: a.log()}); err != nil {
			return err
		}
	}
	missing := map[string]bool{}
	for _, r := range repos {
		host, known := hosts.Of(r), false
		if host == "" || s.Hosts[host] != nil {
			continue
		}
		if s.store != nil {
			if known, err = s.store.Knows(r.Address()); err != nil {
				return err
			}
		}
		if known {
			s.Hosts[host] = s.store.Source()
		}
		missing[host] = !known && (missing[host] || forge.ForgeOf(r) != "")
	}
	for _, host := range slices.Sorted(maps.Keys(missing)) {
		if missing[host] {
			fmt.Fprintf(a.Err, "Nothing is stored of %s: %s Run once without --offline.\n", host, gitAlone)
		}
	}
	return nil
}

// gitAlone says what follows where a forge is not asked.
const gitAlone = "reviews, merges and issues are known as far as git shows them."

// servers is what the environment says of the hosts that repositories are on. A token
// is for the very host that it is given for: a document may name any other.
func (a *app) servers(repos []model.Repository) (map[string]hosts.Server, error) {
	tokens, err := byHost(tokensVariable)
	if err != nil {
		return nil, err
	}
	apis, err := byHost(apisVariable)
	if err != nil {
		return nil, err
	}
	list := map[string]hosts.Server{}
	for _, r := range repos {
		host := hosts.Of(r)
		if host == "" {
			continue
		}
		s := hosts.Server{API: apis[host]}
		if token := tokens[host]; token != "" {
			s.Tokens = []forge.TokenSource{forge.StaticToken(token)}
		}
		for _, usual := range usualVariables {
			if host == usual.host() {
				s = usual.fill(s)
			}
		}
		list[host] = s
	}
	a.tellUnused(tokensVariable, tokens, list)
	a.tellUnused(apisVariable, apis, list)
	return list, nil
}

// tellUnused says which entries of a variable are for a host that no repository is on: one
// may have been misspelt.
func (a *app) tellUnused(variable string, entries map[string]string, list map[string]hosts.Server) {
	for _, host := range slices.Sorted(maps.Keys(entries)) {
		if _, ok := list[host]; !ok && a.verbose {
			fmt.Fprintf(a.Err, "%s: no repository is on %s\n", variable, plain(host))
		}
	}
}

// The variables of the environment that say something of hosts, as HOST=TOKEN and
// HOST=ADDRESS, with white space between them.
const (
	tokensVariable = "TRIBUTARY_TOKENS"
	apisVariable   = "TRIBUTARY_APIS"
)

// byHost reads such a variable. What is wrong is not shown, as it may be a token.
func byHost(variable string) (map[string]string, error) {
	list := map[string]string{}
	for n, word := range strings.Fields(os.Getenv(variable)) {
		host, value, ok := strings.Cut(word, "=")
		if !ok || host == "" || value == "" || strings.Contains(host, "/") {
			return nil, usageError{fmt.Errorf("%s: entry %d is not of the form HOST=VALUE, such as codeberg.org=…", variable, n+1)}
		}
		list[strings.ToLower(host)] = value
	}
	return list, nil
}

// tokenVariable is where a host's token is looked for.
func tokenVariable(host string) string {
	for _, usual := range usualVariables {
		if host == usual.host() {
			return usual.token
		}
	}
	return fmt.Sprintf("%s, as %s=TOKEN", tokensVariable, host)
}

// usual are variables of the environment that name a token, the server that it is for, and
// that server's API.
type usual struct {
	token, server, public, api string
}

// The variables that forges' own runners and command lines use: GitHub's and, in its
// manner, Gitea's and Forgejo's runners; GitLab's runners; glab; tea.
var usualVariables = []usual{
	{"GITHUB_TOKEN", "GITHUB_SERVER_URL", "github.com", "GITHUB_API_URL"},
	{"GITLAB_TOKEN", "GITLAB_HOST", "gitlab.com", ""},
	{"CI_JOB_TOKEN", "CI_SERVER_URL", "", "CI_API_V4_URL"},
	{"GITEA_TOKEN", "GITEA_SERVER_URL", "", ""},
}

// fill completes what is stated of a server.
func (u usual) fill(s hosts.Server) hosts.Server {
	s.API = cmp.Or(s.API, os.Getenv(u.api))
	token := os.Getenv(u.token)
	switch {
	case token == "" || s.Tokens != nil:
	case u.token == "CI_JOB_TOKEN":
		s.Tokens = []forge.TokenSource{gitlab.JobToken(token)}
	default:
		s.Tokens = []forge.TokenSource{forge.StaticToken(token)}
	}
	return s
}

// host is the host that a token is for.
func (u usual) host() string {
	server := os.Getenv(u.server)
	if server == "" {
		return u.public
	}
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	return hosts.Of(model.Repository{URL: server})
}

// authorities reads the certificates of --ca, which servers may show beside those that
// the system trusts.
func (a *app) authorities() (pem []byte, base http.RoundTripper, err error) {
	if a.ca == "" {
		return nil, nil, nil
	}
	if pem, err = os.ReadFile(a.ca); err != nil {
		return nil, nil, usageError{fmt.Errorf("--ca: %w", err)}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, nil, usageError{fmt.Errorf("--ca %s: it holds no certificate; want PEM, which begins with -----BEGIN CERTIFICATE-----", a.ca)}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{RootCAs: pool}
	return pem, t, nil
}

// close gives the store back.
func (s *sources) close() {
	if s.store != nil {
		s.store.Close()
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

// usage says what each host was asked, for whoever watches a quota.
func (s *sources) usage() (said []string) {
	if s.forges == nil {
		return nil
	}
	used := s.forges.Usage()
	for _, host := range slices.Sorted(maps.Keys(used)) {
		u := used[host]
		if u.Requests == 0 {
			continue
		}
		points := ""
		if u.Points > 0 {
			points = fmt.Sprintf(", %d points", u.Points)
		}
		said = append(said, fmt.Sprintf("%s: %d requests%s, %d kB", host, u.Requests, points, max(u.Bytes/1000, 1)))
	}
	return said
}
