package affiliation

import (
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// People resolves the identities of one project to persons.
type People struct {
	roster *Roster
	exact  map[aliasKey]string // .mailmap lines that match on name and mail
	mails  map[string]string   // .mailmap lines that match on mail
	logins map[string]string   // account name → person, from mail addresses that name it
}

type aliasKey struct{ name, mail string }

// People prepares to resolve identities under the project's aliases. Where two
// aliases name the same identity, the first one holds.
func (r *Roster) People(aliases []model.Alias) *People {
	p := &People{r, map[aliasKey]string{}, map[string]string{}, map[string]string{}}
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

// Learn notes which account names the identity's mail address gives away, so
// that role files, which know only account names, find their persons.
func (p *People) Learn(id model.Identity) {
	if login, _ := noreply(id.Mail); login != "" {
		putFirst(p.logins, login, p.Person(id))
	}
	if id.Login != "" && id.Mail != "" {
		putFirst(p.logins, fold(id.Login), p.Person(id))
	}
}

// Person returns the key of the person behind an identity: the roster's short
// name where it lists one of the identity's addresses or accounts, otherwise the
// address, account or name itself with what it is in front ("mail:ada@x.example").
// An identity with nothing in it is nobody: "".
func (p *People) Person(id model.Identity) string {
	mail := fold(id.Mail)
	keys := []string{}
	if id.Account != "" {
		keys = append(keys, fold(id.Account))
	}
	if strings.Contains(mail, "@") {
		if _, account := noreply(mail); account != "" {
			keys = append(keys, account)
		}
		keys = append(keys, "mail:"+mail, "mail:"+p.canonical(id.Name, mail))
	}
	for _, k := range keys {
		if person, ok := p.roster.persons[k]; ok {
			return person
		}
	}
	if login := fold(id.Login); len(keys) == 0 && login != "" {
		if person, ok := p.logins[login]; ok {
			return person
		}
		return loginKey + login
	}
	if len(keys) > 0 {
		return keys[len(keys)-1]
	}
	if name := strings.TrimSpace(id.Name + " " + id.Mail); name != "" {
		return "name:" + name
	}
	return ""
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

// noreply reads GitHub's private addresses, 12345+login@users.noreply.github.com
// and the older login@users.noreply.github.com, into the account name and, where
// it is there, the account.
// https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
func noreply(mail string) (login, account string) {
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

func putFirst[K comparable](m map[K]string, k K, v string) {
	if _, ok := m[k]; !ok {
		m[k] = v
	}
}
