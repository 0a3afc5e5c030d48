package address

import (
	"net/url"
	"strings"
)

// Host returns the host of a repository's address in lower case, with its port
// unless that is the scheme's own, and the path behind it without slashes at its ends
// and without ".git". Paths of this machine have none.
func Host(s string) (host, path string, ok bool) {
	if scheme, _, isURL := CutScheme(s); isURL {
		u, err := url.Parse(s)
		if err != nil || u.Hostname() == "" || strings.EqualFold(scheme, "file") {
			return "", "", false
		}
		host, path = strings.ToLower(u.Hostname()), u.Path
		if strings.Contains(host, ":") {
			host = "[" + host + "]" // of version 6
		}
		if port := u.Port(); port != "" && !ownPort[strings.ToLower(scheme)+port] && strings.HasPrefix(strings.ToLower(scheme), "http") {
			host += ":" + port
		}
	} else if ScpLike(s) {
		_, rest, _ := strings.Cut(s, "@")
		host, path, _ = strings.Cut(rest, ":")
		host = strings.ToLower(host)
	} else {
		return "", "", false
	}
	return host, strings.TrimSuffix(strings.Trim(path, "/"), ".git"), true
}

var ownPort = map[string]bool{"https443": true, "http80": true}
