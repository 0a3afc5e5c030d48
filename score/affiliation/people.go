package affiliation

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// People resolves the identities of one project to persons.
type People struct {
	roster *Roster
	// Aliases of .mailmap and of tables: mail addresses, and addresses under a name, that
	// are one.
	same    union
	members map[int]member
	// What accounts and their names are known by: private mail addresses of the forge,
	// and identities that show both.
	accounts map[string]model.Identity // by "github:7"
	names    map[string]model.Identity // by "github/ada", of addresses without a number
	logins   map[string]model.Identity // by account name
}

// member is what a set of aliases stands for.
type member struct {
	person string // that the rosters list under them; "" where these are two for sure
	mail   string // the one that the aliases lead to
}

// People prepares to resolve identities under the project's aliases and those of the
// tables. Aliases that contradict each other say that all of them are one person.
func (r *Roster) People(aliases []model.Alias) *People {
	p := &People{roster: r, members: map[int]member{},
		accounts: map[string]model.Identity{}, names: map[string]model.Identity{}, logins: map[string]model.Identity{}}
	from := map[string]bool{}
	for _, a := range slices.Concat(aliases, r.aliases) {
		mail, to := FoldMail(a.From.Mail), FoldMail(a.To.Mail)
		if mail == "" || to == "" {
			continue
		}
		key := aliasKey(a.From.Name, mail)
		p.same.cluster([]string{aliasKey("", to), key})
		from[key] = from[key] || key != aliasKey("", to)
	}
	p.settle(from)
	return p
}

// aliasKey is an address, or one under a name, among the aliases.
func aliasKey(name, mail string) string { return mail + "\x00" + lower(strings.TrimSpace(name)) }

// settle finds what each set of aliases stands for: the address that leads to no other, of
// several the first; and the person that the rosters list under them.
func (p *People) settle(from map[string]bool) {
	sets := map[int][]string{}
	for k := range p.same.index {
		if mail, name, _ := strings.Cut(k, "\x00"); name == "" {
			root := p.same.root(k)
			sets[root] = append(sets[root], mail)
		}
	}
	for root, mails := range sets {
		slices.Sort(mails)
		m := member{mail: mails[0]}
		if i := slices.IndexFunc(mails, func(mail string) bool { return !from[aliasKey("", mail)] }); i >= 0 {
			m.mail = mails[i]
		}
		m.person = p.roster.together(mails, m.mail)
		p.members[root] = m
	}
}

// Learn notes which accounts and account names the identity's mail address gives
// away, so that forges, which know accounts, and role files, which know only their
// names, find the persons of the commits. All identities must be learned before the
// first one is resolved; in which order makes no difference.
//
// An address that names an account but not its number belongs to whoever bears the
// name: such addresses are from before 2017, and names change hands rarely.
func (p *People) Learn(id model.Identity) {
	a, hidden := noreply(FoldMail(id.Mail))
	switch {
	case a.number != "":
		put(p.accounts, a.key(), id)
	case hidden:
		put(p.names, a.name(), id)
	}
	if hidden {
		put(p.logins, a.login, id)
	}
	if id.Login != "" && (id.Mail != "" || id.Account != "") {
		put(p.logins, lower(id.Login), id)
	}
}

// put keeps the smaller of two identities that give the same away.
func put(m map[string]model.Identity, k string, id model.Identity) {
	was, ok := m[k]
	if !ok || cmp.Or(strings.Compare(FoldMail(id.Mail), FoldMail(was.Mail)), strings.Compare(id.Account, was.Account),
		strings.Compare(id.Name, was.Name), strings.Compare(id.Login, was.Login)) < 0 {
		m[k] = id
	}
}

// Person returns the key of the person behind an identity: the roster's short
// name where it lists one of the identity's addresses or accounts, otherwise the
// address, account or name itself with what it is in front ("mail:ada@x.example").
// An identity with nothing in it is nobody: "".
func (p *People) Person(id model.Identity) string {
	found := p.keys(id)
	if login := lower(strings.TrimSpace(id.Login)); found.own == "" && login != "" {
		if person, ok := p.listed(found); ok {
			return person
		}
		known, ok := p.logins[login]
		if !ok {
			return loginKey + login
		}
		host, stated := strings.CutSuffix(lower(strings.TrimSpace(id.Account)), ":")
		if found = p.keys(known); stated && !slices.Contains(found.keys, host+"/"+login) {
			return host + "/" + login // of a forge, and the name was seen on another
		}
	}
	if person, ok := p.listed(found); ok {
		return person
	}
	if found.own != "" {
		return cmp.Or(found.person, found.own)
	}
	if name := strings.TrimSpace(id.Name + " " + id.Mail); name != "" {
		return "name:" + name
	}
	return ""
}

// listed returns the person that a roster lists under what was found. A table that lists
// addresses one by one does not say that they are two persons': aliases may join them.
func (p *People) listed(found lookup) (string, bool) {
	person := ""
	for _, k := range found.keys {
		id, ok := p.roster.persons[k]
		if ok && p.roster.firm[id] {
			return id, true
		}
		if person == "" {
			person = id
		}
	}
	person = cmp.Or(found.person, person)
	return person, person != ""
}

// lookup is under what an identity can be listed in a roster.
type lookup struct {
	keys   []string // in the order in which they are looked up
	own    string   // what it is where no roster lists it
	person string   // that a roster lists under an alias
}

func (l *lookup) add(k string) {
	l.keys = append(l.keys, k)
	l.own = k
}

// keys returns what an identity with an account or an address can be listed under in
// a roster. An account is followed to the address that gave it away.
func (p *People) keys(id model.Identity) lookup {
	var l lookup
	number, mail := lower(strings.TrimSpace(id.Account)), FoldMail(id.Mail)
	a, hidden := noreply(mail)
	if !hidden {
		a.host = number[:max(0, strings.LastIndex(number, ":"))] // which may have a port
		a.login = lower(strings.TrimSpace(id.Login))
	}
	if strings.HasSuffix(number, ":") || !strings.Contains(number, ":") {
		number = "" // known by its name alone
	}
	if number = cmp.Or(number, a.key()); number != "" {
		l.add(number)
	}
	known, followed := p.accounts[number]
	if !followed {
		known, followed = p.names[a.name()]
	}
	if mail != "" {
		p.addMail(&l, id.Name, mail)
		followed = followed && hidden
	}
	if followed {
		p.addMail(&l, known.Name, FoldMail(known.Mail))
	}
	if a.host != "" && a.login != "" {
		l.keys = append(l.keys, a.name()) // last, as names change hands
	}
	return l
}

// addMail adds an address and what its aliases lead to.
func (p *People) addMail(l *lookup, name, mail string) {
	l.add(mailKey + mail)
	key := aliasKey(name, mail)
	if !p.same.has(key) {
		if key = aliasKey("", mail); !p.same.has(key) {
			return
		}
	}
	m := p.members[p.same.root(key)]
	l.person = cmp.Or(l.person, m.person)
	l.add(mailKey + m.mail)
}

const loginKey = "login:"

// OnlyLogin reports whether a person is known by nothing but an account name that
// no address gave away.
func OnlyLogin(person string) bool { return strings.HasPrefix(person, loginKey) }
