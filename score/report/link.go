package report

import (
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Linker returns a function that gives the address at which a browser shows an artifact
// of a repository of the tender, as [Link] does, by what the document says of where the
// repositories are.
func Linker(terms *model.Terms) func(repository string, a model.Artifact) string {
	stated := map[string]model.RepositoryTerms{}
	if terms != nil {
		for _, r := range terms.Repositories {
			stated[r.URL] = r
		}
	}
	return func(repository string, a model.Artifact) string {
		r := stated[repository]
		if r.Web != "" {
			repository = r.Web
		}
		return link(repository, r.Forge, a)
	}
}

// Link returns the address at which a browser shows an artifact, "" where the
// repository's address does not say.
func Link(repository string, a model.Artifact) string { return link(repository, "", a) }

func link(repository, forge string, a model.Artifact) string {
	host, path := located(repository)
	if host == "" {
		return ""
	}
	base := "https://" + host + path
	if forge == "" || forge == "none" {
		kind := forgeOf(host)
		if kind == "" && forge == "none" {
			return ""
		}
		forge = kind
	}
	switch forge {
	case "github":
		return onGitHub(base, a)
	case "gitlab":
		return onGitLab(base, a)
	case "cgit", "gitiles", "sourcehut", "pagure", "bitbucket":
		return onHost(forge, base, a)
	}
	return onGitea(base, a)
}

// located takes an address apart into a web server's host and path. Addresses for git
// alone lead to the same place where the host is one that has pages.
func located(repository string) (host, path string) {
	u, err := url.Parse(repository)
	scp := err != nil || u.Scheme == ""
	switch {
	case scp: // git@github.com:o/r.git
		at, rest, ok := strings.Cut(repository, ":")
		_, name, user := strings.Cut(at, "@")
		if !ok || !user || strings.ContainsAny(at, "/\\") || forgeOf(name) == "" {
			return "", ""
		}
		host, path = name, "/"+strings.TrimPrefix(rest, "/")
	case u.Scheme == "https":
		host, path = u.Host, u.EscapedPath()
	case (u.Scheme == "ssh" || u.Scheme == "git") && forgeOf(u.Hostname()) != "":
		host, path = u.Hostname(), u.EscapedPath()
	default:
		return "", ""
	}
	path = strings.TrimSuffix(path, "/")
	if forgeOf(host) != "cgit" { // whose pages keep it
		path = strings.TrimSuffix(path, ".git")
	}
	return host, path
}

// forgeOf returns what serves the pages of a host that is known; "" for others.
func forgeOf(host string) string {
	host = strings.ToLower(host)
	is := func(names ...string) bool {
		for _, n := range names {
			if host == n || strings.HasSuffix(host, "."+n) {
				return true
			}
		}
		return false
	}
	switch {
	case strings.Contains(host, "github"):
		return "github"
	case strings.Contains(host, "gitlab"), is("code.europa.eu", "framagit.org", "salsa.debian.org", "invent.kde.org", "code.videolan.org"):
		return "gitlab"
	case is("codeberg.org", "gitea.com", "opendev.org"), strings.Contains(host, "gitea"), strings.Contains(host, "forgejo"):
		return "gitea"
	case is("git.kernel.org", "git.savannah.gnu.org", "git.savannah.nongnu.org", "git.zx2c4.com"):
		return "cgit"
	case is("googlesource.com"):
		return "gitiles"
	case is("git.sr.ht"):
		return "sourcehut"
	case is("pagure.io", "src.fedoraproject.org"):
		return "pagure"
	case is("bitbucket.org"):
		return "bitbucket"
	}
	return ""
}

func onGitHub(base string, a model.Artifact) string {
	switch name := url.PathEscape(a.Name()); a.Kind() {
	case model.CommitArtifact:
		return base + "/commit/" + name
	case model.ChangeArtifact:
		return base + "/pull/" + name
	case model.IssueArtifact:
		return base + "/issues/" + name
	case model.AdvisoryArtifact:
		return base + "/security/advisories/" + name
	case model.ReleaseArtifact:
		return base + "/releases/tag/" + name
	}
	return ""
}

func onGitLab(base string, a model.Artifact) string {
	switch name := url.PathEscape(a.Name()); a.Kind() {
	case model.CommitArtifact:
		return base + "/-/commit/" + name
	case model.ChangeArtifact:
		return base + "/-/merge_requests/" + name
	case model.IssueArtifact:
		return base + "/-/issues/" + name
	case model.ReleaseArtifact:
		return base + "/-/releases/" + name
	}
	return ""
}

func onGitea(base string, a model.Artifact) string {
	switch name := url.PathEscape(a.Name()); a.Kind() {
	case model.CommitArtifact:
		return base + "/commit/" + name
	case model.ChangeArtifact:
		return base + "/pulls/" + name
	case model.IssueArtifact:
		return base + "/issues/" + name
	case model.ReleaseArtifact:
		return base + "/releases/tag/" + name
	}
	return ""
}

// onHost gives the pages of hosts that show git alone, or changes in ways of their own.
func onHost(kind, base string, a model.Artifact) string {
	name := url.PathEscape(a.Name())
	switch {
	case kind == "bitbucket" && a.Kind() == model.ChangeArtifact, kind == "pagure" && a.Kind() == model.ChangeArtifact:
		return base + map[string]string{"bitbucket": "/pull-requests/", "pagure": "/pull-request/"}[kind] + name
	case a.Kind() == model.CommitArtifact:
		return base + map[string]string{"cgit": "/commit/?id=", "gitiles": "/+/", "sourcehut": "/commit/", "pagure": "/c/", "bitbucket": "/commits/"}[kind] + name
	case a.Kind() == model.ReleaseArtifact && kind != "bitbucket" && kind != "pagure":
		return base + map[string]string{"cgit": "/tag/?h=", "gitiles": "/+/refs/tags/", "sourcehut": "/refs/"}[kind] + name
	}
	return ""
}
