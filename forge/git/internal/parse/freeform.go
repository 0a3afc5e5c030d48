package parse

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// person finds what can point at a person in a line: a Markdown link, an address,
// "@login" or "@org/team".
var person = regexp.MustCompile(`\[([^\]\[]*)\]\(([^()\s]*)\)` +
	`|([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)` +
	`|(?:^|[^A-Za-z0-9._/@-])@([A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?)`)

// profile is the address of an account's page on a forge.
var profile = regexp.MustCompile(`^https?://(?:www\.)?(?:github|gitlab|codeberg|gitea)\.(?:com|org)/([A-Za-z0-9][A-Za-z0-9_-]*)/?$`)

// freeForm reads a MAINTAINERS file that people wrote for people.
//
// A line lists somebody where it begins with a name, an address or a login, after
// a bullet and perhaps "a topic:"; a name is a few words none of which is in lower
// case, so that sentences that mention an address or a login list nobody. Of
// several people in a line each is listed. Quoted code, comments and struck-out
// lines are left out.
func (l *listing) freeForm(text, extension string) {
	s := sections{plain: extension == "" || extension == ".txt"}
	var columns []string
	fenced, comment := false, false
	lines := strings.Split(text, "\n")
	links := linkTargets(lines)
	for i, line := range lines {
		if len(line) > lineMost || isTarget(line) {
			continue
		}
		if line = withTargets(line, links); len(line) > lineMost {
			continue
		}
		line = strings.TrimRight(plainLines(line), " \t\r")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		line, comment = withoutComment(line, comment)
		trimmed := strings.TrimSpace(line)
		if trimmed == "" {
			columns = nil
			continue
		}
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		switch {
		case s.heading(line, next):
			columns = nil
		case s.gone() || strings.Contains(line, "~~"):
		case isRow(trimmed, next, columns):
			columns = l.row(trimmed, columns)
		case s.plain && trimmed[0] == '#':
		default:
			l.line(trimmed)
		}
	}
}

// target is a line that says where the references "[text]" lead.
var target = regexp.MustCompile(`^ {0,3}\[([^\]\[]+)\]:\s+<?(\S+?)>?\s*$`)

// reference is such a reference; one with "(" or ":" behind it is something else.
var reference = regexp.MustCompile(`\[([^\]\[]+)\](\(|:|\[\])?`)

// targetMost bounds such a line, so that references cannot blow up a text.
const targetMost = 256

func isTarget(line string) bool { return target.MatchString(line) }

// linkTargets returns the targets of a text by their names in lower case.
func linkTargets(lines []string) map[string]string {
	links := map[string]string{}
	for _, line := range lines {
		if m := target.FindStringSubmatch(line); m != nil && len(line) <= targetMost {
			links[strings.ToLower(m[1])] = m[2]
		}
	}
	return links
}

// withTargets writes the references of a line as links.
func withTargets(line string, links map[string]string) string {
	if len(links) == 0 {
		return line
	}
	return reference.ReplaceAllStringFunc(line, func(r string) string {
		text := strings.TrimSuffix(r, "[]")
		to, ok := links[strings.ToLower(strings.Trim(text, "[]"))]
		if !ok || text[len(text)-1] != ']' {
			return r
		}
		return text + "(" + to + ")"
	})
}

// withoutComment cuts an HTML comment out of a line; inside says that it goes on.
func withoutComment(line string, inside bool) (string, bool) {
	var kept strings.Builder
	for {
		mark := "<!--"
		if inside {
			mark = "-->"
		}
		before, after, found := strings.Cut(line, mark)
		if !inside {
			kept.WriteString(before)
		}
		if !found {
			return kept.String(), inside
		}
		line, inside = after, !inside
	}
}

// sections follows the headings of a text, to know whether the people below one
// are maintainers now.
type sections struct {
	plain bool // "#" begins a comment, which can still be a heading
	level int  // of the heading that said that they are not; 0 where none did
}

func (s *sections) gone() bool { return s.level > 0 }

// heading takes note of a heading: "## Emeritus", underlined, bold, or with a
// colon at the end of a line of its own.
func (s *sections) heading(line, next string) bool {
	level, title := headingOf(line, next, s.plain)
	if level == 0 {
		return false
	}
	inactive := isInactive(title)
	if s.plain && line[0] == '#' && !inactive && !isActive(title) {
		return true // a comment that says nothing of roles
	}
	if s.level == 0 || level <= s.level {
		s.level = 0
		if inactive {
			s.level = level
		}
	}
	return true
}

// headingOf returns the level of a heading, from 1 to 9, or 0.
func headingOf(line, next string, plain bool) (level int, title string) {
	trimmed := strings.TrimSpace(line)
	if title = strings.TrimLeft(line, "#"); len(title) < len(line) && len(strings.Fields(title)) <= 8 {
		if plain {
			return 1, title
		}
		return min(len(line)-len(title), 6), title
	}
	if underline := strings.TrimSpace(next); len(underline) >= 3 && !strings.HasPrefix(trimmed, "|") &&
		strings.IndexByte("=-~^\"*", underline[0]) >= 0 && strings.Trim(underline, underline[:1]) == "" {
		return 1 + strings.IndexByte("=-~^\"*", underline[0]), trimmed
	}
	if person.MatchString(trimmed) || len(strings.Fields(trimmed)) > 6 || isBullet(trimmed) {
		return 0, ""
	}
	if bold := strings.Trim(trimmed, "*_: "); strings.HasPrefix(trimmed, "**") || strings.HasPrefix(trimmed, "__") {
		return 8, bold
	}
	if strings.HasSuffix(trimmed, ":") {
		return 9, trimmed
	}
	return 0, ""
}

func isInactive(title string) bool {
	words := wordsOf(title)
	for _, w := range []string{"emeritus", "emeriti", "alumni", "alumnus", "former", "formerly", "retired", "past", "previous", "inactive"} {
		if slices.Contains(words, w) {
			return true
		}
	}
	others := slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains([]string{"reviewer", "contributor", "triager", "curator"}, strings.TrimSuffix(w, "s"))
	})
	return others && !isActive(title)
}

func isActive(title string) bool {
	for _, w := range wordsOf(title) {
		switch strings.TrimSuffix(w, "s") {
		case "maintainer", "owner", "approver", "committer", "lead":
			return true
		}
	}
	return false
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
}

// isBullet reports whether a line is an item of a list.
func isBullet(s string) bool {
	return len(s) > 1 && strings.IndexByte("*-+", s[0]) >= 0 && s[1] == ' '
}

// line lists the people of one line.
func (l *listing) line(s string) {
	at := 0
	var last model.Identity
	for _, m := range person.FindAllStringSubmatchIndex(s, -1) {
		start := m[0]
		if m[8] >= 0 {
			start = m[8] - 1 // the "@", without what stands before it
		}
		if start < at {
			start = at
		}
		between := s[at:start]
		at = m[1]
		id := pointed(s, m)
		if id == (model.Identity{}) {
			continue
		}
		name, ok := nameIn(between)
		if !ok {
			break // the line is a sentence
		}
		if last != (model.Identity{}) && name == "" && id.Name == "" && joins(between) {
			if merge(&last, id) {
				continue
			}
			if id.Mail != "" {
				name = last.Name // a second address of the same person
			}
		}
		l.add(last)
		if last = id; name != "" {
			last.Name = name
		}
	}
	l.add(last)
}

// pointed returns what a match of person says.
func pointed(s string, m []int) (id model.Identity) {
	part := func(n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return s[m[2*n]:m[2*n+1]]
	}
	switch {
	case m[4] >= 0: // a link
		name, target := strings.TrimSpace(part(1)), part(2)
		if mail, ok := strings.CutPrefix(target, "mailto:"); ok && isMail(mail) {
			id.Mail = mail
		} else if p := profile.FindStringSubmatch(target); p != nil {
			id.Login = p[1]
		} else {
			return id
		}
		if isPersonName(name) && !strings.EqualFold(name, id.Login) && !strings.Contains(name, "@") {
			id.Name = name
		}
	case m[6] >= 0:
		id.Mail = part(3)
	case m[8] >= 0:
		id.Login = part(4)
	}
	return id
}

// joins reports whether what stands between two pointers keeps them one person's.
func joins(between string) bool { return !strings.ContainsAny(between, ",;&") }

// merge adds to id what it lacks; false where it has that already.
func merge(id *model.Identity, more model.Identity) bool {
	switch {
	case more.Mail != "" && id.Mail == "":
		id.Mail = more.Mail
	case more.Login != "" && id.Login == "":
		id.Login = more.Login
	default:
		return false
	}
	return true
}

// nameIn returns the name in the text before a pointer, perhaps empty; ok is
// false where the text is something else.
func nameIn(s string) (name string, ok bool) {
	if i := strings.LastIndexAny(s, ":,;|"); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Trim(s, " \t*_`\"'()[]<>/+-–—•&\\.0123456789")
	s = strings.TrimSpace(strings.TrimPrefix(s, "and "))
	if s == "" || s == "and" {
		return "", true
	}
	return s, isPersonName(s)
}

// isPersonName reports whether s looks like a person's name: at most six words,
// none in lower case but particles, or one word alone.
func isPersonName(s string) bool {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 6 || strings.ContainsAny(s, "=@/{}#?!") {
		return false
	}
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if len(words) > 1 && unicode.IsLower(r) && !slices.Contains(particles(), strings.ToLower(w)) {
			return false
		}
	}
	return true
}

// particles are words of names that are written small.
func particles() []string {
	return []string{"al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "e", "el", "la", "le", "of", "ten", "ter", "van", "von", "y", "zu"}
}

// isRow reports whether a line is of a Markdown table: it begins with "|", goes
// on with a table, or stands over a line such as "--- | ---".
func isRow(line, next string, columns []string) bool {
	if strings.HasPrefix(line, "|") {
		return true
	}
	rule := strings.Contains(next, "|") && strings.Trim(next, " \t\r-:|") == ""
	return strings.Contains(line, "|") && (columns != nil || rule)
}

// row reads a line of a Markdown table. The first line names the columns, which
// it returns; a row lists one person.
func (l *listing) row(line string, columns []string) []string {
	cells := strings.Split(strings.Trim(line, "| "), "|")
	if columns == nil {
		for i := range cells {
			cells[i] = strings.ToLower(strings.TrimSpace(cells[i]))
		}
		return cells
	}
	var id model.Identity
	for i, cell := range cells {
		title := ""
		if i < len(columns) {
			title = columns[i]
		}
		cell = strings.TrimSpace(cell)
		if isInactive(cell) && len(wordsOf(cell)) <= 3 {
			return columns
		}
		cellPerson(&id, title, cell)
	}
	l.add(id)
	return columns
}

// cellPerson adds what a cell says of a person.
func cellPerson(id *model.Identity, title, cell string) {
	found := false
	for _, m := range person.FindAllStringSubmatchIndex(cell, -1) {
		p := pointed(cell, m)
		found = merge(id, p) || found
		if id.Name == "" && p.Name != "" {
			id.Name = p.Name
		}
	}
	words := strings.Trim(cell, "*_` ")
	isAccount := strings.Contains(title, "github") || strings.Contains(title, "gitlab") ||
		slices.ContainsFunc(wordsOf(title), func(w string) bool {
			return slices.Contains([]string{"id", "login", "handle", "username", "account"}, w)
		})
	switch {
	case isAccount && id.Login == "" && isLogin(words):
		id.Login = words
	case !found && !isAccount && id.Name == "" && isPersonName(words):
		id.Name = words
	}
}
