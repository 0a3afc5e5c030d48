package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// gatherer makes a table of what a JSON file says.
type gatherer struct {
	jsonFile
	table   model.Table
	stated  map[string]int                        // identity as it is compared → line of the entry that states it
	domains map[string]map[model.DomainTenure]int // by domain, with the line
	told    map[string]bool
}

func newGatherer() gatherer {
	return gatherer{stated: map[string]int{}, domains: map[string]map[model.DomainTenure]int{}, told: map[string]bool{}}
}

// once makes a remark unless it was made before.
func (g *gatherer) once(line int, remark string) {
	if !g.told[remark] {
		g.told[remark] = true
		g.say(line, "%s", remark)
	}
}

// mail adds a mail address to identities; empty ones are none.
func (g *gatherer) mail(ids []string, s string, line int) []string {
	if strings.TrimSpace(s) == "" {
		return ids
	}
	mail, ok := mailAddress(s)
	if !ok {
		g.refuse(line, "a mail address here has not one @ with text on both sides, or signs that no address has")
		return ids
	}
	return append(ids, "mail:"+mail)
}

// account adds an account that is known by name to identities; empty ones are none.
func (g *gatherer) account(ids []string, host, login string, line int) []string {
	login = strings.TrimSpace(login)
	if login == "" {
		return ids
	}
	if !plainLogin(login) {
		g.refuse(line, "the name of an account of %s has signs that no such name has", host)
		return ids
	}
	return append(ids, host+"/"+login)
}

// entry gives an entry's identities the form of the table, and notes those that another
// entry states too.
func (g *gatherer) entry(ids []string, line int) []string {
	ids = distinct(ids)
	for _, id := range ids {
		key := strings.ToLower(id)
		if at, ok := g.stated[key]; ok {
			g.say(line, "an address or account here stands in the entry at line %d too; which one it belongs to is not said", at)
			continue
		}
		g.stated[key] = line
	}
	return ids
}

// person adds a person, or the robot that it is. An entry without identities says nothing.
func (g *gatherer) person(ids []string, robot bool, jobs []model.Employment, line int) {
	ids = g.entry(ids, line)
	switch {
	case len(ids) == 0:
		g.refuse(line, "this entry has no address and no account that can be used")
	case robot:
		g.table.Bots = append(g.table.Bots, ids...)
	default:
		jobs = sortedJobs(jobs)
		if overlaps(jobs) {
			g.say(line, "employers of this person overlap; all are kept")
		}
		g.table.People = append(g.table.People, model.Person{ID: ids[0], Identities: ids, Employment: jobs})
	}
}

// domain adds the mail domain of an employer.
func (g *gatherer) domain(name, employer string, exact bool, line int) {
	name = strings.ToLower(strings.TrimSpace(name))
	if !plainDomain(name) {
		g.refuse(line, "a mail domain here is not of the form karst.example")
		return
	}
	d := model.DomainTenure{Domain: name, Employer: employer, Exact: exact}
	for other, at := range g.domains[name] {
		if other.Employer != employer {
			g.say(line, "a mail domain here is another employer's too, at line %d or elsewhere; both are kept", at)
			break
		}
	}
	if g.domains[name] == nil {
		g.domains[name] = map[model.DomainTenure]int{}
	}
	if _, ok := g.domains[name][d]; !ok {
		g.domains[name][d] = line
		g.table.Domains = append(g.table.Domains, d)
	}
}

// name adds a further name of an employer. Words for having none are no names.
func (g *gatherer) name(name, of string, line int) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == of:
	case !otherName(name, of):
		g.say(line, "an alias here is no name, or a word for having no employer; it is not read")
	default:
		g.table.Names = append(g.table.Names, model.EmployerName{Name: name, Employer: of})
	}
}

// source says where a line is.
func (g *gatherer) source(line int) string { return fmt.Sprintf("%s:%d", g.file, line) }

// finish returns the table, sorted.
func (g *gatherer) finish() *model.Table {
	t := &g.table
	slices.SortFunc(t.People, comparePeople)
	slices.SortFunc(t.Domains, compareDomains)
	slices.SortFunc(t.Names, compareNames)
	t.Names = slices.Compact(t.Names)
	t.Bots = distinct(t.Bots)
	slices.SortStableFunc(g.notes.list, func(a, b model.Note) int { return cmp.Compare(a.Line, b.Line) })
	t.Notes = g.notes.all()
	return t
}

func comparePeople(a, b model.Person) int {
	return cmp.Or(slices.Compare(a.Identities, b.Identities), slices.CompareFunc(a.Employment, b.Employment, compareJobs), strings.Compare(a.ID, b.ID))
}

func compareJobs(a, b model.Employment) int {
	return cmp.Or(cmp.Compare(first(a.From), first(b.From)), cmp.Compare(last(a.Until), last(b.Until)), strings.Compare(a.Vendor, b.Vendor),
		cmp.Compare(a.Share(), b.Share()), strings.Compare(string(a.Level), string(b.Level)), strings.Compare(a.Source, b.Source))
}

func compareDomains(a, b model.DomainTenure) int {
	exact := func(d model.DomainTenure) int { return map[bool]int{true: 1}[d.Exact] }
	return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Employer, b.Employer),
		cmp.Compare(first(a.From), first(b.From)), cmp.Compare(last(a.Until), last(b.Until)), exact(a)-exact(b))
}

func compareNames(a, b model.EmployerName) int {
	return cmp.Or(strings.Compare(a.Employer, b.Employer), strings.Compare(a.Name, b.Name))
}

// first and last make the days of a beginning and of an end comparable where they are open.
func first(d model.Date) int64 {
	if d == 0 {
		return -1 << 40
	}
	return int64(d)
}

func last(d model.Date) int64 {
	if d == 0 {
		return 1 << 40
	}
	return int64(d)
}

// sortedJobs returns employments sorted, each once.
func sortedJobs(jobs []model.Employment) []model.Employment {
	slices.SortFunc(jobs, compareJobs)
	return slices.CompactFunc(jobs, func(a, b model.Employment) bool { return compareJobs(a, b) == 0 })
}

// overlaps reports whether two of sorted employments by different employers have a day in
// common. Until the first such day, one employer holds all that reaches furthest.
func overlaps(jobs []model.Employment) bool {
	for i, reach := 1, 0; i < len(jobs); i++ {
		if first(jobs[i].From) < last(jobs[reach].Until) && jobs[i].Vendor != jobs[reach].Vendor {
			return true
		}
		if last(jobs[i].Until) > last(jobs[reach].Until) {
			reach = i
		}
	}
	return false
}

// distinct returns identities sorted, each once; of several spellings of one, the first in
// the order of bytes.
func distinct(ids []string) []string {
	slices.Sort(ids)
	seen := make(map[string]bool, len(ids))
	return slices.DeleteFunc(ids, func(id string) bool {
		key, before := strings.ToLower(id), len(seen)
		seen[key] = true
		return len(seen) == before
	})
}

// plainLogin reports whether a text can be the name of an account: ASCII letters, digits
// and the few marks that forges allow.
func plainLogin(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_.+[]") == ""
}

// plainDomain reports whether a text in lower case is a mail domain of two parts or more.
func plainDomain(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool {
		return strings.ContainsRune("@/:<>()", r) || r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r)
	}) {
		return false
	}
	parts := strings.Split(s, ".")
	return len(parts) > 1 && !slices.Contains(parts, "")
}

// plainName reports whether a text can be an employer's name in every form: it has no
// control characters and no bytes that were no text.
func plainName(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) })
}

// otherName reports whether a text can be a further name of an employer: it is none of the
// words for having no employer.
func otherName(name, of string) bool {
	return plainName(name) && employer(name) == name && name != of && name != model.Independent && name != model.Academic
}
