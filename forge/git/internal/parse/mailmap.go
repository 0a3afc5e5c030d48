package parse

import (
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// ParseMailmap reads a .mailmap in its four forms:
//
//	Proper Name <commit@mail>
//	<proper@mail> <commit@mail>
//	Proper Name <proper@mail> <commit@mail>
//	Proper Name <proper@mail> Commit Name <commit@mail>
//
// From.Mail is in lower case, and matches addresses of any case; From.Name is set
// in the fourth form only, and matches names of any case. As in git, a later line
// for the same address or pair replaces what it states and keeps the rest, and
// lines that cannot be read say nothing. To.Mail is always set, to From.Mail
// where no line states another.
//
// Unlike git: white space inside "< >" is cut off, comments may be indented, and
// lines for an empty address are left out, because those who wrote none are not
// one person. Aliases come in the order in which their From first occurs.
func ParseMailmap(b []byte) []model.Alias {
	type key struct{ mail, name string }
	at := map[key]int{}
	var aliases []model.Alias
	for line := range strings.Lines(fileText(b)) {
		to, from, ok := mailmapLine(line)
		if !ok {
			continue
		}
		k := key{from.Mail, strings.ToLower(from.Name)}
		i, known := at[k]
		if !known {
			at[k] = len(aliases)
			aliases = append(aliases, model.Alias{From: from, To: to})
			continue
		}
		old := &aliases[i].To
		if from.Name != "" {
			*old = to // git replaces a pair as a whole
			continue
		}
		if to.Name != "" {
			old.Name = to.Name
		}
		if to.Mail != "" {
			old.Mail = to.Mail
		}
	}
	for i := range aliases {
		if a := &aliases[i]; a.To.Mail == "" {
			a.To.Mail = a.From.Mail
		}
	}
	return aliases
}

// mailmapLine reads one line; ok is false where it maps nothing. to.Mail is empty
// where the line leaves the address as it is.
func mailmapLine(line string) (to, from model.Identity, ok bool) {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return to, from, false
	}
	to, rest, ok := nameAndMail(line)
	if !ok || to.Mail == "" {
		return to, from, false
	}
	from, _, ok = nameAndMail(rest)
	if !ok {
		from, to.Mail = model.Identity{Mail: to.Mail}, ""
	}
	if from.Mail == "" || to == (model.Identity{}) {
		return to, from, false
	}
	from.Mail = strings.ToLower(from.Mail)
	return to, from, true
}

// nameAndMail reads "Name <mail>" at the beginning of s.
func nameAndMail(s string) (id model.Identity, rest string, ok bool) {
	name, rest, ok := strings.Cut(s, "<")
	if !ok {
		return id, "", false
	}
	mail, rest, ok := strings.Cut(rest, ">")
	return model.Identity{Name: oneLine(name, nameMost), Mail: oneLine(mail, nameMost)}, rest, ok
}
