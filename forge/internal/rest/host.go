package rest

import (
	"net/netip"
	"net/url"
	"strings"
)

// own says whether the address is the host's API, as against one that a redirect
// leads to.
func (t *Transport) own(u *url.URL) bool {
	return t.o.Host != "" && withPort(u.Host, u.Scheme) == withPort(t.o.Host, u.Scheme)
}

// Private says whether nobody on the way can read what is sent to the address.
func Private(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && (err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(u.Hostname(), "localhost"))
}

// withPort returns a host in lower case with a port, that of the scheme where it names none.
func withPort(host, scheme string) string {
	u := url.URL{Host: strings.ToLower(host)}
	port := u.Port()
	switch {
	case port != "":
	case scheme == "https":
		port = "443"
	case scheme == "http":
		port = "80"
	}
	return u.Hostname() + ":" + port
}
