package audit

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// mostAlike bounds how many identities that are alike in one thing are all compared with each
// other; of more, only those next to each other, so that hostile histories cost no time.
const mostAlike = 300

// kin says in what two identities are alike: how names, addresses and account names are
// compared, the closest first.
var kin = []kinship{
	{"same name", func(i *identity) string { return folded(i.Name) }},
	{"same account name", func(i *identity) string { return strings.ToLower(cmp.Or(i.Login, accountOf(i))) }},
	{"same local part", func(i *identity) string { return localPart(i.Mail) }},
	{"like names", func(i *identity) string { return initials(i.Name) }},
}

// identities enters the pairs of identities that are one person by the engine, and those that
// are not, but are alike. All others are outside the frame.
func (c *Collector) identities(p *project, f *frame) {
	var list []int32
	byPerson := map[string][]int32{}
	var persons []string
	for n := range p.idents {
		i := &p.idents[n]
		if i.person == "" || i.bot {
			continue
		}
		if byPerson[i.person] == nil {
			persons = append(persons, i.person)
		}
		list = append(list, int32(n))
		byPerson[i.person] = append(byPerson[i.person], int32(n))
	}
	n := int64(len(list))
	inside := int64(0)
	enter := func(engine Answer, name string, a, b int32) {
		if inside++; !p.idents[a].looksLike(&p.idents[b]) {
			f.add(Identity, engine, name, unit{project: p, a: a, b: b})
		}
	}
	for _, person := range persons {
		pairs(byPerson[person], func(a, b int32) { enter(Yes, p.joined(a, b), a, b) })
	}
	for k, by := range kin {
		p.alike(list, by.key, func(a, b int32) {
			x, y := &p.idents[a], &p.idents[b]
			if x.person != y.person && !slices.ContainsFunc(kin[:k], func(closer kinship) bool { return same(closer.key, x, y) }) {
				enter(No, by.name, a, b)
			}
		})
	}
	f.outside[Identity] += n*(n-1)/2 - inside
}

// kinship is a thing in which two identities may be alike.
type kinship struct {
	name string
	key  func(*identity) string
}

func same(key func(*identity) string, x, y *identity) bool {
	k := key(x)
	return k != "" && k == key(y)
}

// alike calls f with the pairs that have one key.
func (p *project) alike(list []int32, key func(*identity) string, f func(a, b int32)) {
	groups := map[string][]int32{}
	var order []string
	for _, n := range list {
		k := key(&p.idents[n])
		if k == "" {
			continue
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], n)
	}
	for _, k := range order {
		pairs(groups[k], f)
	}
}

// pairs calls f with every pair of a group, of a very large one with neighbours alone.
func pairs(group []int32, f func(a, b int32)) {
	for i := range group {
		end := len(group)
		if end > mostAlike {
			end = min(i+2, len(group))
		}
		for _, b := range group[min(i+1, end):end] {
			f(group[i], b)
		}
	}
}

// joined says on what it stands that two identities are one person.
func (p *project) joined(a, b int32) string {
	x, y := &p.idents[a], &p.idents[b]
	mail := affiliation.FoldMail(x.Mail)
	switch {
	case mail != "" && mail == affiliation.FoldMail(y.Mail):
		return "one address"
	case !strings.Contains(x.person, ":") && !strings.Contains(x.person, "/"):
		return "by a roster"
	case x.Account != "" && x.Account == y.Account, accountOf(x) != "" && accountOf(x) == accountOf(y):
		return "one account"
	}
	return "by .mailmap or an account's address"
}

// looksLike reports whether two identities differ in nothing that a coder sees.
func (i *identity) looksLike(o *identity) bool {
	return folded(i.Name) == folded(o.Name) && strings.EqualFold(i.Mail, o.Mail) && i.Account == o.Account && strings.EqualFold(i.Login, o.Login)
}

// accountOf is the account's name that a forge's private address gives away.
func accountOf(i *identity) string {
	name, _ := affiliation.Noreply(i.Mail)
	_, login, _ := strings.Cut(name, "/")
	return login
}

// folded writes a name so that case, white space and punctuation make no difference; ""
// where less than three letters are left.
func folded(name string) string {
	s := strings.Join(words(name), " ")
	if utf8.RuneCountInString(s) < 3 {
		return ""
	}
	return s
}

func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(cut(name, mostShown)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// initials is the first letter and the last word of a name that has several.
func initials(name string) string {
	w := words(name)
	if len(w) < 2 || utf8.RuneCountInString(w[len(w)-1]) < 3 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(w[0])
	return string(first) + " " + w[len(w)-1]
}

// shared are local parts that say nothing of whom they belong to.
var shared = []string{"admin", "contact", "dev", "devel", "developer", "git", "github", "info", "mail", "me", "noreply", "no-reply", "root", "user", "hello"}

// localPart is what stands before the @ of an address, where it may be a person's.
func localPart(mail string) string {
	local, domain, _ := strings.Cut(affiliation.FoldMail(mail), "@")
	if _, number, ok := strings.Cut(local, "+"); ok && strings.HasPrefix(domain, "users.noreply.") {
		local = number
	}
	if len(local) < 3 || slices.Contains(shared, local) {
		return ""
	}
	return local
}

// bots enters every identity that did something in the window.
func (c *Collector) bots(p *project, f *frame) {
	for n := range p.idents {
		i := &p.idents[n]
		if !i.judged {
			continue
		}
		u := unit{project: p, a: int32(n)}
		switch {
		case i.bot && (i.Type == model.BotAccount || i.Type == model.AppAccount):
			f.add(Bot, Yes, "by the forge's word", u)
		case i.bot:
			f.add(Bot, Yes, "by a list", u)
		case soundsLikeABot(i):
			f.add(Bot, No, "sounds like a robot", u)
		case i.acts >= 30:
			f.add(Bot, No, "many acts", u)
		default:
			f.add(Bot, No, "few acts", u)
		}
	}
}

// robotWords stand in names of robots, and of a few people.
var robotWords = []string{"bot", "robot", "ci", "cd", "auto", "automation", "automated", "automatic", "jenkins", "zuul", "build", "builder", "builds",
	"release", "releases", "sync", "mirror", "dependabot", "renovate", "weblate", "transifex", "service", "svc", "actions", "noreply", "infra", "proposal"}

func soundsLikeABot(i *identity) bool {
	local, _, _ := strings.Cut(i.Mail, "@")
	for _, text := range []string{i.Name, i.Login, local} {
		for _, w := range words(text) {
			if slices.Contains(robotWords, w) || strings.HasSuffix(w, "bot") {
				return true
			}
		}
	}
	return false
}
