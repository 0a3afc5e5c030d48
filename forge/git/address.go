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

	repoaddress "github.com/tributary-oss/tributary/forge/internal/address"
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
	scheme, _, ok := repoaddress.CutScheme(s)
	if !ok {
		return parsePlain(s)
	}
	u, err := url.Parse(s)
	if err != nil {
		return address{}, fmt.Errorf("its address is no URL; write it as https://HOST/PATH")
	}
	switch strings.ToLower(scheme) {
	case "file":
		if u.Host != "" && !strings.EqualFold(u.Host, "localhost") && runtime.GOOS != "windows" {
			return address{}, fmt.Errorf("its address names a file on another machine; write file:///PATH with three slashes, or the path alone")
		}
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

// parsePlain reads an address that is no URL. One with a password in it is
// refused: as a path it would be shown in messages, and ssh takes none.
func parsePlain(s string) (address, error) {
	_, err := os.Stat(s)
	switch {
	case err == nil:
		return address{path: s}, nil
	case repoaddress.ScpLike(s):
		return address{url: s}, nil
	case repoaddress.Redact(s) != s:
		return address{}, fmt.Errorf("its address is neither a path that is there nor a URL; write https://HOST/PATH or USER@HOST:PATH, which takes no password")
	}
	return address{path: s}, nil
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

// cacheName returns the name of the clone of an address: something to read, and
// enough of a digest to tell two addresses apart.
func (a address) cacheName() string {
	u := strings.TrimSuffix(strings.TrimRight(repoaddress.Redact(a.url), "/"), ".git")
	if _, rest, ok := strings.Cut(u, "://"); ok {
		u = rest
	}
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
	message = strings.ReplaceAll(message, a.url, repoaddress.Redact(a.url))
	message = regexp.MustCompile(`://[^/\s"@]*@`).ReplaceAllString(message, "://")
	message = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' ' // the server may have written it
		}
		return r
	}, message)
	return strings.Join(strings.Fields(message), " ")
}
