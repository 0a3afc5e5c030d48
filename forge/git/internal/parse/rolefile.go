package parse

import (
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// RoleFile reports whether a path, from the root of the tree and with "/", is a
// file that lists who maintains what:
//
//   - MAINTAINERS, alone or with .md, .rst or .txt, in the root, docs/ or .github/
//   - CODEOWNERS where forges read it: in the root, .github/, .gitlab/, .gitea/ or docs/
//   - OWNERS in any folder, and OWNERS_ALIASES in the root
//
// Case matters, as it does to the tools that read them. Copies inside vendor/,
// node_modules/, Godeps/ and testdata/ are other projects' and do not count.
func RoleFile(file string) bool {
	folder, name := path.Split(file)
	switch folder = strings.TrimSuffix(folder, "/"); name {
	case "MAINTAINERS", "MAINTAINERS.md", "MAINTAINERS.rst", "MAINTAINERS.txt":
		return slices.Contains([]string{"", "docs", ".github"}, folder)
	case "CODEOWNERS":
		return slices.Contains([]string{"", ".github", ".gitlab", ".gitea", "docs"}, folder)
	case "OWNERS_ALIASES":
		return folder == ""
	case "OWNERS":
		for part := range strings.SplitSeq(folder, "/") {
			if slices.Contains([]string{"vendor", "node_modules", "Godeps", "testdata"}, part) {
				return false
			}
		}
		return true
	}
	return false
}

// ParseRoleFile returns whom a role file lists as active maintainers, each once,
// in the file's order, at most 10,000. Reviewers and former maintainers are not
// listed. The form is told by the file's name, and for MAINTAINERS by its content:
//
//   - the kernel's "M:" lines by section; sections that are orphaned or obsolete list nobody
//   - the TOML of Docker's projects: the people of each "[Org.Group]"
//   - any other MAINTAINERS: lines and tables that hold a name with an address or
//     "@login"; sections of former people, and of reviewers only, list nobody
//   - OWNERS: approvers, as logins or addresses. Logins may be aliases, which
//     [OwnersAliases] resolves. The plain form, an address on each line, too
//   - CODEOWNERS: every owner of any pattern; a team is the login "org/team"
//
// Sentences, lists of files and what cannot be read name nobody. A file of
// another name lists nobody.
func ParseRoleFile(file string, b []byte) []model.Identity {
	var l listing
	text := fileText(b)
	switch name := path.Base(file); {
	case name == "CODEOWNERS":
		l.codeowners(text)
	case name == "OWNERS":
		l.owners(text)
	case !strings.HasPrefix(name, "MAINTAINERS"):
	case isKernelForm(text):
		l.kernel(text)
	case isTableForm(text):
		l.tables(text)
	default:
		l.freeForm(cut(text, freeFormMost), path.Ext(name))
	}
	return l.identities
}

// listing gathers identities, each once.
type listing struct {
	identities []model.Identity
	seen       map[model.Identity]bool
}

// add lists an identity that has a login or an address; a name alone is nobody.
func (l *listing) add(id model.Identity) {
	id.Name, id.Mail = oneLine(id.Name, nameMost), oneLine(id.Mail, nameMost)
	if id.Login == "" && id.Mail == "" || len(l.identities) == listedMost || l.seen[id] {
		return
	}
	if l.seen == nil {
		l.seen = map[model.Identity]bool{}
	}
	l.seen[id] = true
	l.identities = append(l.identities, id)
}

// codeowners reads GitHub's form, "pattern owner…", and GitLab's sections,
// "[Name][2] owner…", whose owners are the default of the patterns below.
func (l *listing) codeowners(text string) {
	for line := range strings.Lines(text) {
		if len(line) > lineMost {
			continue
		}
		line = strings.TrimSpace(line)
		if section := strings.TrimPrefix(line, "^"); strings.HasPrefix(section, "[") {
			if i := strings.LastIndexByte(section, ']'); i >= 0 {
				line = "section" + section[i+1:]
			}
		}
		// A pattern may hold spaces behind a backslash.
		fields := strings.Fields(strings.ReplaceAll(line, `\ `, "_"))
		for i, f := range fields {
			if strings.HasPrefix(f, "#") {
				break
			}
			if i > 0 {
				l.add(owner(f))
			}
		}
	}
}

// owner reads "@login", "@org/team" or an address.
func owner(s string) model.Identity {
	if login, ok := strings.CutPrefix(s, "@"); ok {
		for part := range strings.SplitSeq(login, "/") {
			if !isLogin(part) {
				return model.Identity{}
			}
		}
		return model.Identity{Login: login}
	}
	if isMail(s) {
		return model.Identity{Mail: s}
	}
	return model.Identity{}
}

// isMail reports whether s looks like one address.
func isMail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(host, ".") && len(s) <= nameMost &&
		!strings.ContainsAny(s, " \t<>()[],;:\"'`|") && !strings.ContainsAny(host, "@/")
}
