package formats

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// mailmapEntry is what a .mailmap says so far of one address, or of one name with it.
type mailmapEntry struct {
	alias model.Alias
	line  int
}

// readMailmap reads a .mailmap in its four forms:
//
//	Proper Name <commit@mail>
//	<proper@mail> <commit@mail>
//	Proper Name <proper@mail> <commit@mail>
//	Proper Name <proper@mail> Commit Name <commit@mail>
//
// It gives aliases only. The commit's name narrows an alias to those who wrote it beside
// the address; proper names are for display, and a line that gives nothing else joins
// nobody. As in git, a later line for the same address, or the same pair, replaces an
// earlier one, which is noted; case does not matter. Unlike git, texts that are no mail
// addresses are refused.
func readMailmap(fsys fs.FS, r model.Roster, _ *model.Tender) (*model.Table, error) {
	n := &notes{file: r.File}
	entries := map[string]*mailmapEntry{}
	names := 0
	err := lines(fsys, r.File, func(line int, s string) {
		if s = strings.TrimSpace(s); s == "" || strings.HasPrefix(s, "#") {
			return
		}
		a, fault := mailmapLine(s)
		switch {
		case fault != "":
			n.refuse(line, "%s", fault)
			return
		case a.From.Mail == "":
			names++
			return
		}
		key := mailmapKey(a.From)
		if old := entries[key]; old != nil {
			if !strings.EqualFold(old.alias.To.Mail, a.To.Mail) {
				n.refuse(old.line, "line %d replaces what this one says, as in git", line)
			}
			if a.From.Name == "" && a.To.Name == "" {
				a.To.Name = old.alias.To.Name
			}
		}
		entries[key] = &mailmapEntry{a, line}
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.File, err)
	}
	t := &model.Table{}
	for _, key := range sortedKeys(entries) {
		if a := entries[key].alias; a.From.Name == "" && strings.EqualFold(a.From.Mail, a.To.Mail) {
			names++
		} else {
			t.Aliases = append(t.Aliases, a)
		}
	}
	if names > 0 {
		n.say(0, "lines that give only a name to display, on which nobody is joined: %d", names)
	}
	t.Notes = n.all()
	return t, nil
}

// mailmapKey returns what a line for an identity is found again by.
func mailmapKey(id model.Identity) string {
	return strings.ToLower(id.Mail) + "\x00" + strings.ToLower(id.Name)
}

// mailmapLine reads one line. From.Mail is empty where it gives only a name.
func mailmapLine(s string) (a model.Alias, fault string) {
	to, rest, ok := mailmapIdentity(s)
	if !ok {
		return a, "there is no address in < >"
	}
	from, _, two := mailmapIdentity(rest)
	if !two && to.Name == "" {
		return a, "one address alone says nothing"
	}
	for _, id := range []*model.Identity{&to, &from} {
		if id.Mail, ok = mailAddress(id.Mail); !ok && (two || id == &to) {
			return a, "the text in < > has not one @ with text on both sides, or signs that no address has"
		}
	}
	if two {
		a = model.Alias{From: from, To: to}
	}
	return a, ""
}

// mailmapIdentity reads "Name <mail>" at the beginning of s.
func mailmapIdentity(s string) (id model.Identity, rest string, ok bool) {
	name, rest, ok := strings.Cut(s, "<")
	mail, rest, end := strings.Cut(rest, ">")
	id = model.Identity{Name: strings.Join(strings.Fields(name), " "), Mail: strings.TrimSpace(mail)}
	return id, rest, ok && end
}

// writeMailmap writes the table's aliases as a .mailmap, sorted. An address that is an
// alias of several others is left out and noted, since the form would let the last line
// win; so are accounts and everything else that a table holds. An error is the writer's.
func writeMailmap(w io.Writer, t *model.Table) ([]model.Note, error) {
	u := unsaid{form: "mailmap"}
	u.leave("persons, with their employments", len(t.People))
	u.leave("domains", len(t.Domains))
	u.leave("further names of employers", len(t.Names))
	u.leave("robots", len(t.Bots))
	written := map[string][]string{} // lines by what they are for
	targets := map[string]map[string]bool{}
	for _, a := range t.Aliases {
		line, ok := mailmapText(a)
		if !ok {
			u.leave("aliases of accounts, or with signs that the form cannot hold", 1)
			continue
		}
		key := mailmapKey(a.From)
		if targets[key] == nil {
			targets[key] = map[string]bool{}
		}
		targets[key][strings.ToLower(a.To.Mail)] = true
		written[key] = append(written[key], line)
	}
	b := bufio.NewWriter(w)
	for _, key := range sortedKeys(written) {
		if len(targets[key]) > 1 {
			u.leave("addresses that are aliases of several others", 1)
			continue
		}
		b.WriteString(slices.Min(written[key]) + "\n")
	}
	return u.all(), b.Flush()
}

// mailmapText writes one alias as a line; ok is false where none says it.
func mailmapText(a model.Alias) (line string, ok bool) {
	if a.From.Account+a.From.Login+a.To.Account+a.To.Login != "" {
		return "", false
	}
	var b strings.Builder
	for _, id := range []model.Identity{a.To, a.From} {
		address, ok := mailAddress(strings.TrimSpace(id.Mail))
		odd := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune("<>", r) }
		if !ok || len(address)+len(id.Name) > mostLine/4 || !utf8.ValidString(id.Name) || strings.IndexFunc(id.Name, odd) >= 0 {
			return "", false
		}
		if name := strings.Join(strings.Fields(id.Name), " "); name != "" {
			b.WriteString(name + " ")
		}
		b.WriteString("<" + address + "> ")
	}
	line = strings.TrimSpace(b.String())
	return line, !strings.HasPrefix(line, "#")
}
