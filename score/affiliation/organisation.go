package affiliation

import (
	_ "embed"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

//go:embed public_mail.txt
var publicMail string

// Organisation returns the organisation that a mail address speaks for: the
// registrable part of its domain, such as redhat.com for mail.eng.redhat.com.
// It is "" for public mail providers, for the private addresses that forges lend to
// their accounts, whoever runs the forge, for foundations and forges that lend
// addresses to volunteers, for suffixes that are kept for individuals, and for what is
// no domain at all. A domain that one person alone uses may be theirs and nobody's
// company: a tender lists such under personal_domains.
func Organisation(mail string) string {
	mail = FoldMail(mail)
	_, domain, ok := strings.Cut(mail, "@")
	if _, lent := noreply(mail); lent {
		return ""
	}
	if !ok || !strings.Contains(domain, ".") || strings.ContainsAny(domain, " <>()@\t\"',;:/\\") {
		return ""
	}
	if _, err := netip.ParseAddr(domain); err == nil {
		return ""
	}
	suffix, icann := publicsuffix.PublicSuffix(domain)
	if !icann && !strings.Contains(suffix, ".") && !reserved[suffix] {
		return "" // no such top-level domain: a machine's own name, such as laptop.local
	}
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil || isPublicMail(domain, org) {
		return ""
	}
	return org
}

// reserved are top-level domains for documentation and tests (RFC 2606), which
// demonstrations use.
var reserved = map[string]bool{"example": true, "test": true}

// PublicMail returns the domains that are nobody's company, sorted.
func PublicMail() []string {
	var list []string
	for line := range strings.Lines(publicMail) {
		line, _, _ = strings.Cut(line, "#")
		list = append(list, strings.Fields(line)...)
	}
	slices.Sort(list)
	return list
}

// IsPublicMail reports whether a domain is one that is nobody's company.
func IsPublicMail(domain string) bool {
	domain = foldDomain(domain)
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	return err == nil && isPublicMail(domain, org)
}

func isPublicMail(domain, org string) bool {
	list := publicMailSet()
	name, suffix, _ := strings.Cut(org, ".")
	return list[domain] || list[org] || list[name+".*"] || list["*."+suffix]
}

var publicMailSet = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, d := range PublicMail() {
		set[d] = true
	}
	return set
})
