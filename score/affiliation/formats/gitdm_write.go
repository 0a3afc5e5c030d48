package formats

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// gitdmHead begins what writeGitdm writes.
const gitdmHead = "# [user@]domain  employer  [< first day on which that employer was it no more]\n"

// gitdmNobody is how gitdm's maps write that an employer is unknown.
const gitdmNobody = "(Unknown)"

// gitdmSheet is what an EmailMap can say: for each address and domain who claims it, when,
// and on what level.
type gitdmSheet struct {
	unsaid
	claims  map[string][]gitdmWrite // by address or domain, in lower case
	written map[string]string       // the same as it is written; of several spellings the first as text
}

// gitdmWrite is one claim; its employer is "" where the form cannot say it.
type gitdmWrite struct {
	from, until model.Date
	employer    string
	level       int // in the order of model.Levels
}

// writeGitdm writes an EmailMap, which gitdm reads and readGitdm reads alone: a line for
// each stretch of days of each address and domain, sorted. Days on which nobody is known
// to be the employer are written as (Unknown), and so are those of which the form cannot
// tell: parts of the working time, and several employers with equal evidence. The highest
// level of evidence decides, as it does for the score.
//
// Accounts, aliases, robots, further names of employers, and domains without their
// subdomains are left out and noted. An error is the writer's.
func writeGitdm(w io.Writer, t *model.Table) ([]model.Note, error) {
	s := &gitdmSheet{unsaid: unsaid{form: "gitdm"}, claims: map[string][]gitdmWrite{}, written: map[string]string{}}
	for _, p := range t.People {
		s.person(p)
	}
	for _, d := range t.Domains {
		s.domain(d)
	}
	s.leave("aliases", len(t.Aliases))
	s.leave("further names of employers", len(t.Names))
	s.leave("robots", len(t.Bots))
	b := bufio.NewWriter(w)
	b.WriteString(gitdmHead)
	for _, key := range sortedKeys(s.claims) {
		s.write(b, key)
	}
	return s.all(), b.Flush()
}

// person takes the addresses of somebody and their employments.
func (s *gitdmSheet) person(p model.Person) {
	var mails []string
	for _, id := range p.Identities {
		mail, isMail := strings.CutPrefix(id, "mail:")
		address, ok := mailAddress(strings.TrimSpace(mail))
		if !isMail || !ok || len(address) > mostLine/4 {
			s.leave("accounts, and addresses with signs that the form cannot hold", 1)
			continue
		}
		mails = append(mails, address)
	}
	if len(mails) > 1 {
		s.lose("persons with several addresses, which are written each by itself", 1)
	}
	for _, address := range mails {
		key := strings.ToLower(address)
		if old, ok := s.written[key]; !ok || address < old {
			s.written[key] = address
		}
		s.claims[key] = append(s.claims[key], gitdmWrite{level: len(model.Levels())}) // nobody, whenever nobody else is
		for _, e := range p.Employment {
			s.claim(key, s.employment(e), e.From, e.Until, e.Level)
		}
	}
}

// employment returns the employer as the form can say it, or "".
func (s *gitdmSheet) employment(e model.Employment) string {
	if e.Share() != 1 {
		s.leave("employments of a part of the working time", 1)
		return ""
	}
	if e.Level != "" && e.Level != model.Imported {
		s.lose("employments whose level of evidence is lost", 1)
	}
	return s.name(e.Vendor)
}

// name returns an employer's name where a line can bear it, or "".
func (s *gitdmSheet) name(name string) string {
	if name != "" && (name != employer(name) || strings.ContainsAny(name, "<#") || !utf8.ValidString(name) || len(name) > mostLine/4) {
		s.leave("employers whose names the form cannot hold", 1)
		return ""
	}
	return name
}

func (s *gitdmSheet) domain(d model.DomainTenure) {
	key := strings.ToLower(d.Domain)
	switch {
	case d.Exact:
		s.leave("domains without their subdomains", 1)
	case !gitdmDomain(key) || len(key) > mostLine/4:
		s.leave("domains that the form cannot hold", 1)
	default:
		s.written[key] = key
		s.claim(key, s.name(d.Employer), d.From, d.Until, "")
	}
}

func (s *gitdmSheet) claim(key, employer string, from, until model.Date, level model.Level) {
	year := func(d model.Date) bool { y := d.Time().Year(); return 0 <= y && y <= 9999 }
	if !year(from) || !year(until) || from != 0 && until != 0 && until <= from {
		s.leave("stretches of days that the form cannot hold", 1)
		return
	}
	n := slices.Index(model.Levels(), cmp.Or(level, model.Imported))
	if n < 0 {
		n = len(model.Levels()) - 1
	}
	s.claims[key] = append(s.claims[key], gitdmWrite{from, until, employer, n})
}

// write writes the lines of an address or a domain, in the order of their days.
func (s *gitdmSheet) write(b *bufio.Writer, key string) {
	spans, contested := gitdmSpans(s.claims[key])
	if contested {
		s.leave("addresses and domains that several employers claim for the same days, with equal evidence", 1)
	}
	for _, c := range spans {
		fmt.Fprintf(b, "%s %s", s.written[key], cmp.Or(c.employer, gitdmNobody))
		if c.until != 0 {
			fmt.Fprintf(b, " < %s", c.until)
		}
		b.WriteByte('\n')
	}
}

// gitdmSpans cuts all days into the stretches of one employer each, the last of them open.
// It goes through the days on which a claim begins or ends, and knows at each how many
// claims hold at each level.
func gitdmSpans(claims []gitdmWrite) (spans []gitdmWrite, contested bool) {
	type step struct {
		day   model.Date
		by    int
		claim gitdmWrite
	}
	var steps []step
	for _, c := range claims {
		from := cmp.Or(c.from, math.MinInt32)
		steps = append(steps, step{from, 1, c}, step{gitdmEnd(c.until), -1, c})
	}
	slices.SortFunc(steps, func(a, b step) int { return cmp.Compare(a.day, b.day) })
	held := make([]map[string]int, len(model.Levels())+1)
	reached := model.Date(math.MinInt32)
	upTo := func(day model.Date) {
		if day > reached {
			name, several := gitdmHolder(held)
			spans = gitdmExtend(spans, name, day)
			contested, reached = contested || several, day
		}
	}
	for _, s := range steps {
		upTo(s.day)
		of := held[s.claim.level]
		if of == nil {
			of = map[string]int{}
			held[s.claim.level] = of
		}
		if of[s.claim.employer] += s.by; of[s.claim.employer] == 0 {
			delete(of, s.claim.employer)
		}
	}
	upTo(math.MaxInt32)
	return spans, contested
}

// gitdmHolder returns the one employer of the highest level that has any; "" where it has
// several.
func gitdmHolder(held []map[string]int) (name string, several bool) {
	for _, employers := range held {
		if len(employers) == 0 {
			continue
		}
		for name = range employers {
		}
		if len(employers) > 1 {
			return "", true
		}
		break
	}
	return name, false
}

// gitdmExtend adds the days until a day to the last stretch, or begins another.
func gitdmExtend(spans []gitdmWrite, employer string, until model.Date) []gitdmWrite {
	if until == math.MaxInt32 {
		until = 0
	}
	if n := len(spans); n > 0 && spans[n-1].employer == employer {
		spans[n-1].until = until
		return spans
	}
	return append(spans, gitdmWrite{employer: employer, until: until})
}
