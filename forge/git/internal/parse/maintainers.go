package parse

import (
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// isKernelForm reports whether a MAINTAINERS file has the sections of the Linux
// kernel, which other projects took over: "M: Name <mail>" beside "S: status",
// "F: pattern" or "L: list".
func isKernelForm(text string) bool {
	people, others := false, false
	for line := range strings.Lines(text) {
		switch tag, _, ok := kernelTag(line); {
		case ok && tag == 'M':
			people = true
		case ok && strings.IndexByte("SFLTW", tag) >= 0:
			others = true
		}
		if people && others {
			return true
		}
	}
	return false
}

// kernelTag reads "M:\tvalue".
func kernelTag(line string) (tag byte, value string, ok bool) {
	if len(line) < 3 || line[1] != ':' || line[0] < 'A' || line[0] > 'Z' || line[2] != ' ' && line[2] != '\t' {
		return 0, "", false
	}
	return line[0], strings.TrimSpace(line[3:]), true
}

// kernel reads the kernel's form. A section ends at a blank line. "R:" names
// reviewers, who maintain nothing. Old files have the name on a "P:" line before.
func (l *listing) kernel(text string) {
	var section []model.Identity
	dead, person := false, ""
	end := func() {
		for _, id := range section {
			if !dead {
				l.add(id)
			}
		}
		section, dead, person = section[:0], false, ""
	}
	for line := range strings.Lines(text) {
		if isBlank(line) {
			end()
			continue
		}
		tag, value, ok := kernelTag(line)
		if !ok || len(line) > lineMost {
			continue
		}
		switch tag {
		case 'P':
			person = value
		case 'S':
			status := strings.ToLower(value)
			dead = dead || strings.HasPrefix(status, "orphan") || strings.HasPrefix(status, "obsolete")
		case 'M':
			id := Trailer{Value: value}.Actor()
			if id.Name == "" {
				id.Name = person
			}
			section = append(section, id)
			person = ""
		}
	}
	end()
}

// isTableForm reports whether a MAINTAINERS file is TOML with people in tables,
// as projects around Docker keep it.
func isTableForm(text string) bool {
	for line := range strings.Lines(text) {
		if table := strings.ToLower(strings.TrimSpace(line)); strings.HasPrefix(table, "[people.") {
			return true
		}
	}
	return false
}

// tables reads that form: lists of short names under "[Org.Group]", and what is
// known of each short name under "[people.name]". Groups are told apart like the
// sections of free text.
func (l *listing) tables(text string) {
	var order []string
	people := map[string]model.Identity{}
	table, group, inList := "", "", false
	for line := range strings.Lines(text) {
		if len(line) > lineMost {
			continue
		}
		line = strings.TrimSpace(uncommented(line))
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") && !inList {
			table, group, _ = strings.Cut(strings.Trim(line, "[]"), ".")
			table, group = strings.ToLower(table), unquoted(group)
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch {
		case table == "people":
			id := people[strings.ToLower(group)]
			setField(&id, key, unquoted(value))
			people[strings.ToLower(group)] = id
		case table == "org" && (inList || key == "people"):
			if !inList {
				line = value
			}
			inList = !strings.Contains(line, "]")
			for name := range strings.SplitSeq(strings.Trim(line, "[] "), ",") {
				if name = unquoted(name); name != "" && !isInactive(group) {
					order = append(order, name)
				}
			}
		}
	}
	for _, name := range order {
		id, ok := people[strings.ToLower(name)]
		if !ok && isLogin(name) {
			id = model.Identity{Login: name}
		}
		l.add(id)
	}
}

func setField(id *model.Identity, key, value string) {
	switch {
	case key == "name":
		id.Name = value
	case key == "email" && isMail(value):
		id.Mail = value
	case key == "github" && isLogin(value):
		id.Login = value
	}
}
