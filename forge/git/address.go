package git

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"unicode"
)

// address is where a repository lies.
type address struct {
	path   string // on this machine; or "", and then:
	url    string // without credentials, as go-git takes it
	user   string // of https
	secret string
}

// parseAddress reads a path, a file, https or ssh URL, or USER@HOST:PATH.
func parseAddress(s string) (address, error) {
	if s == "" {
		return address{}, fmt.Errorf("it has no address; state a path or a URL")
	}
	scheme, _, ok := strings.Cut(s, "://")
	if !ok {
		if _, err := os.Stat(s); err != nil && scpLike(s) {
			return address{url: s}, nil
		}
		return address{path: s}, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return address{}, fmt.Errorf("its address is no URL; write it as https://HOST/PATH")
	}
	switch strings.ToLower(scheme) {
	case "file":
		return address{path: filePath(u)}, nil
	case "https":
		a := address{user: u.User.Username()}
		a.secret, _ = u.User.Password()
		u.User = nil
		a.url = u.String()
		return a, nil
	case "ssh":
		if u.User != nil {
			u.User = url.User(u.User.Username()) // keys come from the agent
		}
		return address{url: u.String()}, nil
	case "http", "git":
		return address{}, fmt.Errorf("%s:// proves neither who answers nor what is sent; use https:// or ssh://", scheme)
	}
	return address{}, fmt.Errorf("%s:// is not supported; use a path, file://, https://, ssh:// or a bundle's path", scheme)
}

// scpLike reports whether s is ssh's short form, USER@HOST:PATH.
func scpLike(s string) bool {
	user, rest, ok := strings.Cut(s, "@")
	host, path, ok2 := strings.Cut(rest, ":")
	return ok && ok2 && user != "" && host != "" && path != "" && !strings.ContainsAny(user+host, `/\`)
}

// filePath returns the path of a file URL, on Windows without the slash before
// the drive's letter.
func filePath(u *url.URL) string {
	p := u.Path
	if runtime.GOOS == "windows" {
		p = strings.TrimPrefix(p, "/")
		if u.Host != "" && u.Host != "localhost" {
			p = `\\` + u.Host + `\` + p
		}
	}
	return filepath.FromSlash(p)
}

// shown returns an address without what nobody should read: user and password,
// query and fragment.
func shown(s string) string {
	if i := strings.Index(s, "://"); i >= 0 && !strings.HasPrefix(s, "file:") {
		rest, _, _ := strings.Cut(s[i+3:], "?")
		rest, _, _ = strings.Cut(rest, "#")
		if j := strings.LastIndexByte(rest[:slashOrEnd(rest)], '@'); j >= 0 {
			rest = rest[j+1:]
		}
		return s[:i+3] + rest
	}
	return s
}

// slashOrEnd returns where the authority of a URL ends.
func slashOrEnd(s string) int {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return i
	}
	return len(s)
}

// cacheName returns the name of the clone of an address: something to read, and
// enough of a digest to tell two addresses apart.
func (a address) cacheName() string {
	u := strings.TrimSuffix(strings.TrimRight(a.url, "/"), ".git")
	if _, rest, ok := strings.Cut(u, "://"); ok {
		u = rest
	}
	u, _, _ = strings.Cut(u, "?")
	read := regexp.MustCompile(`[^A-Za-z0-9._]+`).ReplaceAllString(u, "-")
	if len(read) > 60 {
		read = read[len(read)-60:]
	}
	sum := sha256.Sum256([]byte(a.url))
	return fmt.Sprintf("%s-%x", strings.Trim(read, "-."), sum[:8])
}

// clean removes what is secret about the address from a message of another
// library, and makes it one line.
func (a address) clean(message string) string {
	for _, s := range []string{a.secret, url.QueryEscape(a.secret), url.PathEscape(a.secret)} {
		if s != "" {
			message = strings.ReplaceAll(message, s, "…")
		}
	}
	if a.secret == "" && a.user != "" { // a token stands where the user stands
		message = strings.ReplaceAll(message, a.user, "…")
	}
	message = strings.ReplaceAll(message, a.url, shown(a.url))
	message = regexp.MustCompile(`://[^/\s"@]*@`).ReplaceAllString(message, "://")
	message = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' ' // the server may have written it
		}
		return r
	}, message)
	return strings.Join(strings.Fields(message), " ")
}
