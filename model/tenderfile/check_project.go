package tenderfile

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// projects checks every project in the order of the document.
func (c *check) projects() {
	seen := map[string]*node{}
	names := map[string]*node{}
	for _, p := range c.root.find("projects").pairs() {
		project := c.tender.Projects[p.key.text]
		c.unique(names, "project", p.key.text, p.key)
		for i, r := range project.Repositories {
			at := p.value.at("repositories", i)
			if c.repository(r, at) {
				c.once(seen, r.URL, at.at("url"))
				if r.Web != "" && sameRepository(r.Web) != sameRepository(r.URL) {
					c.once(seen, r.Web, at.at("web"))
				}
			}
		}
		c.thresholds(p.value.find("thresholds"))
		c.floors(project, p.value.find("thresholds"))
		c.accepted(project, p.value)
		c.justified(project, p.value)
	}
}

// once notes a repository that two places name: its facts would count twice.
func (c *check) once(seen map[string]*node, address string, at *node) {
	key := sameRepository(address)
	if first, ok := seen[key]; ok {
		c.fault(at, "this repository already stands at line %d; name each repository once", first.line)
		return
	}
	seen[key] = at
}

var (
	commitHash = regexp.MustCompile(`^[0-9a-f]{40}$`)
	tagsHash   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// repository checks one repository and reports whether its address is good.
func (c *check) repository(r model.Repository, at *node) bool {
	message := addressFault(r.URL)
	if message != "" && r.URL != "" {
		c.fault(at.at("url"), "%s", message)
	}
	if fault := webFault(r.Web); fault != "" {
		c.fault(at.at("web"), "%s", fault)
	}
	c.branches(r, at)
	c.tips(at.find("tips"))
	return message == "" && r.URL != ""
}

func (c *check) branches(r model.Repository, at *node) {
	for i, b := range r.Branches {
		at := at.at("branches", i)
		if at.shape != text {
			continue
		}
		if message := branchFault(b); message != "" {
			c.fault(at, "%s", message)
		}
	}
}

// branchFault says what is wrong with a branch.
func branchFault(b string) string {
	if _, err := path.Match(b, ""); err != nil || !isShort(b) {
		return quote(b) + " is no branch; write a name, or a pattern of names with * and ? such as 2.*.x"
	}
	return ""
}

func (c *check) tips(at *node) {
	for _, p := range at.pairs() {
		if p.value.shape != text {
			continue
		}
		if strings.ContainsAny(p.key.text, "*?[") || !isShort(p.key.text) {
			c.fault(p.key, "%s is no branch; a tip belongs to one branch, write its whole name", quote(p.key.text))
		}
		if p.key.text == model.TagsTip {
			if !tagsHash.MatchString(p.value.text) {
				c.fault(p.value, "%s is no SHA-256; leave %s to tender seal", quote(p.value.text), model.TagsTip)
			}
			continue
		}
		if !commitHash.MatchString(p.value.text) {
			c.fault(p.value, "%s is no commit; write all 40 digits in lower case, as git rev-parse prints them", quote(p.value.text))
		}
	}
}

// addressFault says what is wrong with a repository's address. It never repeats
// the address, since that may hold a password.
func addressFault(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "the address has a space or control character in it; remove it"
	}
	if strings.HasPrefix(s, "-") {
		return "the address begins with a dash, which git takes for an option; write ./ before it"
	}
	if !strings.Contains(s, "://") {
		return plainAddressFault(s)
	}
	u, err := url.Parse(s)
	if err != nil {
		return "the address cannot be read; write it as https://github.com/geoserver/geoserver"
	}
	scheme := strings.ToLower(u.Scheme)
	switch _, hasPassword := u.User.Password(); {
	case u.User != nil && (hasPassword || scheme != "ssh"):
		return "the address holds a user name or password; remove what stands before the @, tokens belong to the environment of the program"
	case scheme == "http":
		return "http lets anybody on the way change the history; use https"
	case scheme != "https" && scheme != "ssh" && scheme != "file":
		return "unknown kind of address; use https, ssh, file or a path"
	case scheme != "file" && u.Host == "":
		return "the address names no host; write it as https://github.com/geoserver/geoserver"
	case strings.Trim(u.Path, "/") == "":
		return "the address names no repository; write it as https://github.com/geoserver/geoserver"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "the address has a query; remove everything from the first ? or # on, a repository needs none"
	}
	return ""
}

// webFault says what is wrong with a repository's address on its forge, which may be absent.
func webFault(s string) string {
	fault := addressFault(s)
	if s == "" || fault == "" && strings.HasPrefix(strings.ToLower(s), "https://") {
		return ""
	}
	return cmp.Or(fault, "a forge has an https address; write it as https://github.com/geoserver/geoserver")
}

var drive = regexp.MustCompile(`^[A-Za-z]:[\\/]`)

// plainAddressFault is addressFault for paths and for host:path as ssh writes it.
func plainAddressFault(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at > 0 && strings.Contains(s[:at], ":") && !drive.MatchString(s) {
		return "the address holds a user name or password; remove what stands before the @, tokens belong to the environment of the program"
	}
	return ""
}

var (
	scheme  = regexp.MustCompile(`(?i)^(https|ssh)://([^/@]*@)?`)
	scpLike = regexp.MustCompile(`^([^/:@]+@)?([^/:@]{2,}):(//|/)?`)
)

// sameRepository folds what is no difference between addresses: how the host is
// reached, letter case there, and a trailing slash or .git. Letter case of paths
// on a disk is kept.
func sameRepository(s string) string {
	switch {
	case scheme.MatchString(s):
		s = strings.ToLower(scheme.ReplaceAllString(s, ""))
	case strings.Contains(s, "://"):
		s = strings.TrimPrefix(s, "file://")
	case scpLike.MatchString(s) && !drive.MatchString(s):
		s = strings.ToLower(scpLike.ReplaceAllString(s, "$2/"))
	}
	return strings.TrimSuffix(path.Clean(s), ".git")
}

// thresholds checks the names of the indicators. Those in months have no T to
// state: their full score is the window.
func (c *check) thresholds(at *node) {
	months := map[string]bool{}
	for _, p := range model.Pillars() {
		for _, i := range p.Indicators {
			months[string(i.Name)] = i.Months
		}
	}
	c.names(at, "indicator", indicatorNames())
	for _, p := range at.pairs() {
		if months[p.key.text] {
			c.fault(p.key, "the threshold of %s is always the window's months; remove the key", p.key.text)
		}
	}
}

// indicatorNames returns the names of all indicators, each once.
func indicatorNames() []string {
	var names []string
	for _, p := range model.Pillars() {
		for _, i := range p.Indicators {
			if !slices.Contains(names, string(i.Name)) {
				names = append(names, string(i.Name))
			}
		}
	}
	return names
}
