package formats

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// cncfAccount is an account of GitHub as the tables of the CNCF can hold it.
type cncfAccount struct {
	login string
	mails []string // sorted
	spans []cncfSpan
}

// cncfAccounts returns the accounts of a table, sorted by their names, and notes what
// neither of the CNCF's forms can hold.
func cncfAccounts(t *model.Table, n *notes) []cncfAccount {
	var accounts []cncfAccount
	lost := map[string]int{}
	for _, p := range t.People {
		logins, mails := cncfIdentities(p, lost)
		if len(logins) == 0 {
			lost["people without the name of an account of GitHub"]++
			continue
		}
		if len(logins) > 1 {
			n.say(0, "the accounts of one person become several persons: %s", strings.Join(logins, ", "))
		}
		spans := cncfSpans(p.Employment, func(why string) {
			n.refuse(0, "an employment of %s is left out: %s", logins[0], why)
		})
		for _, login := range logins {
			accounts = append(accounts, cncfAccount{login, mails, spans})
		}
	}
	lost["aliases"] += len(t.Aliases)
	lost["mail domains of employers"] += len(t.Domains)
	lost["further names of employers"] += len(t.Names)
	lost["robots"] += len(t.Bots)
	for _, what := range slices.Sorted(maps.Keys(lost)) {
		if lost[what] > 0 {
			n.refuse(0, "left out, as this form has no place for them: %s: %d", what, lost[what])
		}
	}
	slices.SortFunc(accounts, cncfAccount.compare)
	n.byText()
	return accounts
}

func (a cncfAccount) compare(b cncfAccount) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.login), strings.ToLower(b.login)), strings.Compare(a.login, b.login),
		slices.Compare(a.mails, b.mails), slices.CompareFunc(a.spans, b.spans, cncfCompare))
}

// cncfIdentities returns a person's names on GitHub and mail addresses, each sorted, and
// counts what else there is.
func cncfIdentities(p model.Person, lost map[string]int) (logins, mails []string) {
	for _, id := range p.Identities {
		login, isLogin := strings.CutPrefix(id, "github/")
		mail, isMail := strings.CutPrefix(id, "mail:")
		written, fits := mailAddress(mail)
		switch {
		case isLogin && cncfLogin(login):
			logins = append(logins, login)
		case isMail && fits && written == mail && strings.Trim(mail, "*") == mail:
			mails = append(mails, mail)
		case isMail:
			lost["mail addresses with signs that the form cannot hold"]++
		default:
			lost["accounts known by number, or of other forges"]++
		}
	}
	return cncfDistinct(logins), cncfDistinct(mails)
}

// cncfSpans returns those of a person's employments that a line can hold, sorted, and
// tells why others are left out. To write part of the working time as all of it, or what
// somebody typed into a profile as if others had looked at it, would claim too much.
func cncfSpans(list []model.Employment, leave func(why string)) []cncfSpan {
	var spans []cncfSpan
	for _, e := range list {
		s := cncfSpan{vendor: e.Vendor, from: e.From, until: e.Until, stated: e.From != 0}
		read, err := cncfEmployer(cncfLine(s, cncfLast(0)))
		switch {
		case e.Share() != 1:
			leave("it takes part of the working time")
		case e.Level == model.Profile:
			leave("it is self-typed")
		case err != nil || read != s || strings.HasPrefix(s.vendor, "#") || !utf8.ValidString(s.vendor):
			leave("its name or its days would not be read as they are")
		default:
			spans = append(spans, s)
		}
	}
	spans, _ = cncfStrongest(spans)
	return spans
}

// cncfName writes an employer as these tables do.
func cncfName(vendor string) string {
	switch vendor {
	case model.Independent:
		return "Independent"
	case model.Academic:
		return "Academic"
	}
	return vendor
}

// byText sorts the notes by what they say.
func (n *notes) byText() {
	slices.SortStableFunc(n.list, func(a, b model.Note) int { return strings.Compare(a.Text, b.Text) })
}
