package affiliation

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// FoldMail writes a mail address in the form in which addresses are compared, and ""
// for what is no address. Domains know no case and have an ASCII form (RFC 5891, as
// UTS 46 maps it). Local parts know case by the letter of RFC 5321 and nowhere in
// practice, as in .mailmap: ASCII letters are folded. Beyond ASCII only the composition
// of characters is (NFC, RFC 6532): folding their case too would make addresses one
// that providers keep apart, such as those with a dotless and with a dotted i.
func FoldMail(s string) string {
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || strings.IndexByte(s, '@') != at {
		return ""
	}
	if isASCII(s) && s[len(s)-1] != '.' && s[at+1:] != "" && s[at+1] != '.' && s[at+1] != ' ' { // nearly all
		return lower(s)
	}
	local, domain := lower(norm.NFC.String(s[:at])), foldDomain(s[at+1:])
	if domain == "" {
		return ""
	}
	return local + "@" + domain
}

// foldDomain writes a mail domain as it is compared; "" where it is none.
func foldDomain(s string) string {
	s = strings.Trim(s, ". ")
	if isASCII(s) {
		return lower(s)
	}
	folded, err := idna.Lookup.ToASCII(s)
	if err != nil {
		return ""
	}
	return folded
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lower folds the case of ASCII letters and of nothing else.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// identityKey writes an identity of a roster, such as mail:ADDRESS, HOST:NUMBER or
// HOST/LOGIN, as it is compared; "" where it is none. Empty ones match nothing.
func identityKey(s string) string {
	s = strings.TrimSpace(s)
	if mail, ok := strings.CutPrefix(s, "mail:"); ok {
		if mail = FoldMail(mail); mail == "" {
			return ""
		}
		return mailKey + mail
	}
	s = lower(s)
	for _, sep := range []string{":", "/"} {
		if i := strings.LastIndex(s, sep); i > 0 && i < len(s)-1 {
			return s
		}
	}
	return ""
}

const mailKey = "mail:"

// account is what a forge's private mail address gives away of an account.
type account struct {
	host   string // "github", or the host's name
	number string // "" where the address does not say
	login  string
}

// key is the account by its number, as forges state it; "" without one.
func (a account) key() string {
	if a.number == "" {
		return ""
	}
	return a.host + ":" + a.number
}

// name is the account by its name, which may change hands.
func (a account) name() string { return a.host + "/" + a.login }

// noreply reads the private mail addresses that forges lend to their accounts:
//
//	12345+ada@users.noreply.github.com   GitHub, and servers of it; without the number before 2017
//	12345-ada@users.noreply.gitlab.com   GitLab, and servers of it
//	ada@noreply.codeberg.org             Gitea and Forgejo; some versions put the number in front
//
// https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
// https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email
// https://docs.gitea.com/administration/config-cheat-sheet (NO_REPLY_ADDRESS)
func noreply(folded string) (a account, ok bool) {
	local, domain, _ := strings.Cut(folded, "@")
	if host, ok := strings.CutPrefix(domain, "users.noreply."); ok {
		a = account{host: host, login: local}
		if host == "github.com" {
			a.host = "github"
		}
		mark := "+"
		if number, _, ok := strings.Cut(local, "-"); ok && a.host != "github" && digits(number) {
			mark = "-"
		}
		if number, login, ok := strings.Cut(local, mark); ok && digits(number) {
			a.number, a.login = number, login
		}
		return a, a.login != ""
	}
	if host, ok := strings.CutPrefix(domain, "noreply."); ok {
		a = account{host: host, login: local}
		if number, login, ok := strings.Cut(local, "+"); ok && digits(number) {
			a.number, a.login = number, login
		}
		return a, a.login != ""
	}
	return a, false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Noreply reads a forge's private mail address into the account by its name, such as
// github/ada, and, where the number is there, the account, such as github:12345. Of any
// other address it knows nothing.
func Noreply(mail string) (name, account string) {
	a, ok := noreply(FoldMail(mail))
	if !ok {
		return "", ""
	}
	return a.name(), a.key()
}
