package hosts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/forge/internal/rest"
	"github.com/tributary-oss/tributary/model"
)

// ErrUnrecognised says that a host answers like no forge that is known.
var ErrUnrecognised = errors.New("it answers like no forge that is known; state forge: github, gitlab, gitea or none in the document")

// Recognise asks the host of a repository which forge it is, and under which path, by
// questions that every such server answers without a token. It sends at most nine
// requests, to that host only.
func Recognise(ctx context.Context, repo model.Repository, base http.RoundTripper) (Server, error) {
	host, path, ok := address.Host(repo.Address())
	if !ok {
		return Server{}, fmt.Errorf("%s is no address on a host", forge.Redact(repo.Address()))
	}
	return recognise(ctx, origin(repo.Address(), host), path, order, base)
}

// recognise completes what is stated of a server. One that is known by its name, or
// whose API is stated together with its kind, is not asked.
func (s *server) recognise(ctx context.Context, host string, o *Options) error {
	_, path, _ := address.Host(s.repo.Address())
	s.fromAPI(host)
	if s.Forge != "" && (s.API != "" || s.Root != "" || forge.ForgeOf(model.Repository{URL: "https://" + host + "/"}) != "") {
		return nil
	}
	asked, at := order, origin(s.repo.Address(), host)
	if s.Forge != "" {
		asked = []string{s.Forge}
	}
	found, err := recognise(ctx, at, path, asked, o.Base)
	switch {
	case err != nil && s.Forge != "": // the document knows better than we can see
		err = nil
	case err != nil:
	case found.Root != "" && len(s.Tokens) > 0 && s.API == "":
		return fmt.Errorf("there is a token for %s, but the server that answers is at %s: a token goes nowhere that is not stated, so state the address of its API (%s)",
			host, at.JoinPath(found.Root), at.JoinPath(found.Root, versions[found.Forge]))
	default:
		s.Forge, s.Root = found.Forge, found.Root
	}
	if at.Scheme == "http" && s.API == "" && s.Forge != "" {
		s.API = at.JoinPath(s.Root, versions[s.Forge]).String()
	}
	return err
}

// versions are where a server's API is, by its kind.
var versions = map[string]string{forge.Gitea: "/api/v1", forge.GitLab: "/api/v4", forge.GitHub: "/api/v3"}

// fromAPI takes from a stated API what its address tells: the kind of forge, and where it is
// on the same host, the path below which the server is.
func (s *server) fromAPI(host string) {
	u, err := url.Parse(strings.TrimSuffix(s.API, "/"))
	if err != nil || s.API == "" {
		return
	}
	for kind, version := range versions {
		root, ok := strings.CutSuffix(u.Path, version)
		if !ok {
			continue
		}
		s.Forge = cmp.Or(s.Forge, kind)
		if strings.EqualFold(u.Host, host) {
			s.Root = cmp.Or(s.Root, strings.Trim(root, "/"))
		}
	}
}

// origin is where a host's pages are: https, but for servers on this machine.
func origin(repository, host string) *url.URL {
	u := &url.URL{Scheme: "https", Host: host}
	if at, err := url.Parse(repository); err == nil && at.Scheme == "http" && rest.Private(at) {
		u.Scheme = "http"
	}
	return u
}

// sign is how a kind of forge is known: by an address that every such server has, and by
// what it answers there.
type sign struct {
	path string
	is   func(r *http.Response, body map[string]any) bool
}

var signs = map[string]sign{
	// {"version":"1.26.0"}; one for members only answers 401 or 403 and names its manual.
	// https://docs.gitea.com/api/
	forge.Gitea: {"api/v1/version", func(r *http.Response, body map[string]any) bool {
		manual, _ := body["url"].(string)
		version, _ := body["version"].(string)
		return r.StatusCode == http.StatusOK && version != "" || strings.HasSuffix(manual, "/api/swagger")
	}},
	// 401 without a token. https://docs.gitlab.com/api/version/
	forge.GitLab: {"api/v4/version", func(r *http.Response, body map[string]any) bool {
		_, revision := body["revision"]
		return r.Header.Get("X-Gitlab-Meta") != "" || revision || r.StatusCode == http.StatusUnauthorized && body["message"] == "401 Unauthorized"
	}},
	// https://docs.github.com/en/enterprise-server/rest/meta/meta
	forge.GitHub: {"api/v3/meta", func(r *http.Response, body map[string]any) bool {
		_, version := body["installed_version"]
		return r.Header.Get("X-GitHub-Request-Id") != "" || version
	}},
}

// order is that in which a host is asked whether it is one.
var order = []string{forge.Gitea, forge.GitLab, forge.GitHub}

// mostRoots is how many folders of a repository's path may belong to its server.
const mostRoots = 2

// recognise tries the paths under which a server may be, and at each the signs of kinds.
func recognise(ctx context.Context, at *url.URL, path string, kinds []string, base http.RoundTripper) (Server, error) {
	server := rest.New(rest.Options{Host: at.Host, Base: base, Attempts: 2, Patience: 10 * time.Second, MostBytes: 64 << 10})
	defer server.CloseIdleConnections()
	client := &http.Client{Transport: server, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != at.Host || len(via) > 3 {
			return http.ErrUseLastResponse // somebody else's answer says nothing of this host
		}
		return nil
	}}
	folders := strings.Split(path, "/")
	for n := 0; n <= mostRoots && n < max(len(folders)-1, 1); n++ {
		root := strings.Join(folders[:n], "/")
		for _, kind := range kinds {
			ok, err := ask(ctx, client, at.JoinPath(root, signs[kind].path).String(), signs[kind])
			if err != nil {
				return Server{}, fmt.Errorf("asking which forge it is: %w; try again, or state its forge in the document, none being one", err)
			}
			if ok {
				return Server{Forge: kind, Root: root}, nil
			}
		}
	}
	return Server{}, fmt.Errorf("%s: %w", at.Host, ErrUnrecognised)
}

// ask sends one question. What is no JSON is no answer of a forge, and no error.
func ask(ctx context.Context, client *http.Client, address string, s sign) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	reply, err := client.Do(r)
	var unusable *rest.ReplyError
	var sent *url.Error // says where to, which the transport's own errors do too
	switch {
	case errors.As(err, &unusable) && unusable.Err == nil:
		return false, nil
	case errors.As(err, &sent):
		return false, sent.Err
	case err != nil:
		return false, err
	}
	defer reply.Body.Close()
	if reply.StatusCode >= 500 {
		return false, fmt.Errorf("%s answers %d %s", r.URL.Host, reply.StatusCode, http.StatusText(reply.StatusCode))
	}
	var body map[string]any
	if text, err := io.ReadAll(reply.Body); err != nil || json.Unmarshal(text, &body) != nil {
		return false, nil
	}
	return s.is(reply, body), nil
}
