package affiliation

import (
	"cmp"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// People resolves the identities of one project to persons.
type People struct {
	roster *Roster
	exact  map[aliasKey]string // .mailmap lines that match on name and mail
	mails  map[string]string   // .mailmap lines that match on mail
	// What accounts and their names are known by: private mail addresses of the forge,
	// and identities that show both.
	accounts map[string]model.Identity // by "github:7"
	names    map[string]model.Identity // by account name, of addresses without a number
	logins   map[string]model.Identity // by account name
}

type aliasKey struct{ name, mail string }

// People prepares to resolve identities under the project's aliases. Where two
// aliases name the same identity, the first one holds.
func (r *Roster) People(aliases []model.Alias) *People {
	p := &People{r, map[aliasKey]string{}, map[string]string{}, map[string]model.Identity{}, map[string]model.Identity{}, map[string]model.Identity{}}
	for _, a := range aliases {
		mail, to := fold(a.From.Mail), fold(a.To.Mail)
		if mail == "" || to == "" {
			continue
		}
		if name := fold(a.From.Name); name != "" {
			putFirst(p.exact, aliasKey{name, mail}, to)
		} else {
			putFirst(p.mails, mail, to)
		}
	}
	return p
}

// Learn notes which accounts and account names the identity's mail address gives
// away, so that forges, which know accounts, and role files, which know only their
// names, find the persons of the commits. All identities must be learned before the
// first one is resolved.
//
// An address that names an account but not its number belongs to whoever bears the
// name: such addresses are from before 2017, and names change hands rarely.
func (p *People) Learn(id model.Identity) {
	login, account := Noreply(id.Mail)
	switch {
	case account != "":
		putFirst(p.accounts, account, id)
	case login != "":
		putFirst(p.names, login, id)
	}
	if login != "" {
		putFirst(p.logins, login, id)
	}
	if id.Login != "" && (id.Mail != "" || id.Account != "") {
		putFirst(p.logins, fold(id.Login), id)
	}
}

// Person returns the key of the person behind an identity: the roster's short
// name where it lists one of the identity's addresses or accounts, otherwise the
// address, account or name itself with what it is in front ("mail:ada@x.example").
// An identity with nothing in it is nobody: "".
func (p *People) Person(id model.Identity) string {
	keys := p.keys(id)
	if login := fold(id.Login); len(keys) == 0 && login != "" {
		known, ok := p.logins[login]
		if !ok {
			return loginKey + login
		}
		keys = p.keys(known)
	}
	for _, k := range keys {
		if person, ok := p.roster.persons[k]; ok {
			return person
		}
	}
	if len(keys) > 0 {
		return keys[len(keys)-1]
	}
	if name := strings.TrimSpace(id.Name + " " + id.Mail); name != "" {
		return "name:" + name
	}
	return ""
}

// keys returns what an identity with an account or an address can be listed under in
// a roster; the last one is its person's where none of them is. An account is followed
// to the address that gave it away.
func (p *People) keys(id model.Identity) []string {
	var keys []string
	account, mail := fold(id.Account), fold(id.Mail)
	_, hidden := Noreply(mail)
	if account = cmp.Or(account, hidden); account != "" {
		keys = append(keys, account)
	}
	known, followed := p.accounts[account]
	if !followed && strings.HasPrefix(account, "github:") {
		known, followed = p.names[fold(id.Login)]
	}
	if strings.Contains(mail, "@") {
		keys = append(keys, "mail:"+mail, "mail:"+p.canonical(id.Name, mail))
		followed = followed && hidden != ""
	}
	if followed {
		mail = fold(known.Mail)
		keys = append(keys, "mail:"+mail, "mail:"+p.canonical(known.Name, mail))
	}
	return keys
}

const loginKey = "login:"

// OnlyLogin reports whether a person is known by nothing but an account name that
// no address gave away.
func OnlyLogin(person string) bool { return strings.HasPrefix(person, loginKey) }

func (p *People) canonical(name, mail string) string {
	if to, ok := p.exact[aliasKey{fold(name), mail}]; ok {
		return to
	}
	if to, ok := p.mails[mail]; ok {
		return to
	}
	return mail
}

// Noreply reads GitHub's private addresses, 12345+login@users.noreply.github.com
// and the older login@users.noreply.github.com, into the account name and, where
// it is there, the account, all in lower case. Of any other address it knows nothing.
// https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
func Noreply(mail string) (login, account string) {
	local, ok := strings.CutSuffix(fold(mail), "@users.noreply.github.com")
	if !ok {
		return "", ""
	}
	id, login, ok := strings.Cut(local, "+")
	if !ok {
		return local, ""
	}
	return login, "github:" + id
}

func putFirst[K comparable, V any](m map[K]V, k K, v V) {
	if _, ok := m[k]; !ok {
		m[k] = v
	}
}
