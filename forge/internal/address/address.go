// Package address reads the addresses of repositories, as far as the sources and
// what shows them must agree on it.
package address

import (
	"net/url"
	"regexp"
	"strings"
)

// CutScheme cuts a URL behind its scheme.
func CutScheme(s string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(s, "://")
	return scheme, rest, ok && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// ScpLike reports whether s is ssh's short form, USER@HOST:PATH.
func ScpLike(s string) bool {
	user, rest, ok := strings.Cut(s, "@")
	host, path, ok2 := strings.Cut(rest, ":")
	return ok && ok2 && user != "" && host != "" && path != "" && !strings.ContainsAny(user+host, `/\`) && !strings.Contains(user, ":")
}

// Redact returns an address without what nobody should read: user and password,
// query and fragment. Passwords are often written without the escapes that they
// need, and where they end is then a guess; so wherever there may be one,
// everything up to the last "@" goes, and rather a part of the path than a secret
// stays hidden. Absolute paths and those that begin with a dot are shown whole.
func Redact(s string) string {
	scheme, rest, ok := CutScheme(s)
	at := strings.LastIndexByte(s, '@')
	if !ok {
		if absolute.MatchString(s) || at < 0 || !strings.Contains(s[:at], ":") || ScpLike(s) && strings.Count(s, "@") == 1 {
			return s
		}
		return "…@" + s[at+1:]
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	_, err := url.Parse(s)
	unsure := err != nil || strings.ContainsAny(rest[:end], ":@") || !strings.HasPrefix(rest[end:], "/")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 && unsure {
		rest = rest[at+1:]
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	return scheme + "://" + rest
}

// absolute matches paths that begin at a root, a drive's too, or with a dot. Two
// slashes rather begin a URL that has lost its scheme.
var absolute = regexp.MustCompile(`^([.]|[/\\]([^/]|$)|[A-Za-z]:[/\\]([^/\\]|$))`)
