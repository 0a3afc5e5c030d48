package formats

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// cncf is the form of the CNCF's developers_affiliations*.txt, which developers mend by
// pull request:
//
//	# text that explains the file
//	ada: ada!karst.example, ada!home.example
//		Karst until 2020-03-01
//		Karst & Fils from 2020-03-01
//
// A block is an account of GitHub with its mail addresses, ! standing for @; its
// indented lines are employers. The form is described by examples only, so this is what
// is taken for granted: the day after from is the first, the day after until the first
// one after; where from is absent, an employer's time begins where the last one of the
// block before it ends; a block without an end speaks of all times. A star marks what
// the makers of the table found contradictory, and says nothing more: blocks of one
// account are one person with the employments of all, and what contradicts stays so.
//
// Written are blocks sorted by account.
func cncf() model.RosterFormat {
	return model.RosterFormat{
		Name:  "cncf",
		Doc:   "CNCF's developers_affiliations*.txt: employers with days by account of GitHub (https://github.com/cncf/gitdm)",
		Read:  readCNCF,
		Write: writeCNCF,
	}
}

func readCNCF(fsys fs.FS, r model.Roster, _ *model.Tender) (*model.Table, error) {
	c := cncfReader{notes: notes{file: r.File}, clusters: cncfClusters{}}
	if err := lines(fsys, r.File, c.line); err != nil {
		return nil, fmt.Errorf("reading %s as cncf: %w", r.File, err)
	}
	c.close()
	if c.passed > 0 && !c.begun {
		return nil, fmt.Errorf("reading %s as cncf: no line such as login: a!x.example was found; state the form that the file has", r.File)
	}
	if c.passed > 0 {
		c.say(c.passed, "text before the first block is taken for the heading of the file")
	}
	if c.stars > 0 {
		c.say(c.star, "the table marks contradictions with a star, here first; lines that bear one: %d", c.stars)
	}
	source := func(s cncfSpan) string { return fmt.Sprintf("%s:%d", r.File, s.place) }
	people := c.clusters.people(source, func(line int, text string) { c.say(line, "%s", text) })
	c.byPlace()
	return &model.Table{People: people, Notes: c.all()}, nil
}

// cncfReader reads developers_affiliations*.txt line by line.
type cncfReader struct {
	notes
	clusters cncfClusters
	passed   int // the first line that was taken for the heading of the file
	star     int // the first line with a star
	stars    int // how many there are

	begun bool         // the first block was seen
	block *cncfCluster // being read; nil where its heading is refused
	spans []cncfSpan   // of the block
	torn  int          // the block's first line that was refused; 0 where none was
}

func (c *cncfReader) line(number int, line string) {
	content := strings.TrimSpace(line)
	if content == "" || strings.HasPrefix(content, "#") {
		return
	}
	if strings.Contains(content, "*") {
		c.star = cmp.Or(c.star, number)
		c.stars++
	}
	if line[0] == ' ' || line[0] == '\t' {
		c.employer(number, content)
		return
	}
	c.close()
	c.heading(number, content)
}

// heading reads "login: a!x.example, b!y.example". Text before the first block that
// names no address is the file's own heading.
func (c *cncfReader) heading(number int, content string) {
	login, list, ok := strings.Cut(content, ":")
	login = strings.Trim(login, "* \t")
	var mails []string
	refused := 0
	for mail := range strings.SplitSeq(list, ",") {
		if mail = strings.Trim(mail, "* \t"); mail == "" {
			continue
		}
		if mail, ok := mailAddress(mail); ok {
			mails = append(mails, mail)
		} else {
			refused++
		}
	}
	if !c.begun && len(mails) == 0 && (!ok || refused > 0) {
		c.passed = cmp.Or(c.passed, number)
		return
	}
	c.begun = true
	if !ok || !cncfLogin(login) {
		c.refuse(number, "the beginning of a block was expected, such as login: a!x.example, b!y.example")
		return
	}
	if refused > 0 {
		c.refuse(number, "mail addresses that are none, such as a!x.example would be: %d", refused)
	}
	c.block = c.clusters.at(login)
	c.block.mails = append(c.block.mails, mails...)
}

func (c *cncfReader) employer(number int, content string) {
	if c.block == nil {
		if c.begun {
			c.refuse(number, "an employer under no account; put it below a line such as login: a!x.example")
		} else {
			c.passed = cmp.Or(c.passed, number)
		}
		return
	}
	span, err := cncfEmployer(content)
	if err != nil {
		c.torn = cmp.Or(c.torn, number)
		c.refuse(number, "%v", err)
		return
	}
	span.place = number
	c.spans = append(c.spans, span)
}

// close ends the block being read. Where one of its lines is refused, nobody knows where
// the times end that it ended, so that lines without a beginning go with it.
func (c *cncfReader) close() {
	if c.torn > 0 {
		c.spans = slices.DeleteFunc(c.spans, func(s cncfSpan) bool {
			if !s.stated {
				c.refuse(s.place, "it is not known when this begins, for line %d is refused; write from and a day", c.torn)
			}
			return !s.stated
		})
	}
	cncfFollow(c.spans)
	if c.block != nil {
		c.block.spans = append(c.block.spans, c.spans...)
	}
	c.block, c.spans, c.torn = nil, nil, 0
}

// cncfDay finds what looks like a day.
var cncfDay = regexp.MustCompile(`\d{4}-\d{1,2}-\d{1,2}`)

// cncfEmployer reads "Company [from D] [until D]" from its end, since names of companies
// may hold these words too.
func cncfEmployer(content string) (cncfSpan, error) {
	words := strings.Fields(content)
	days := map[string]model.Date{}
	for len(words) >= 2 {
		mark, text := words[len(words)-2], words[len(words)-1]
		if _, twice := days[mark]; twice || (mark != "from" && mark != "until") {
			break
		}
		day, err := model.ParseDate(text)
		if err != nil {
			return cncfSpan{}, fmt.Errorf("what follows %s is no day; write it as 2026-11-01", mark)
		}
		days[mark] = day
		words = words[:len(words)-2]
	}
	name := strings.Trim(strings.Join(words, " "), "* ")
	from, begins := days["from"]
	until, ends := days["until"]
	switch {
	case len(words) == 0:
		return cncfSpan{}, errors.New("the employer is missing before its days")
	case cncfDay.MatchString(name):
		return cncfSpan{}, errors.New("a day stands where none is expected; write Company from 2026-11-01 until 2026-12-01")
	case ends && until == 0:
		return cncfSpan{}, errors.New("an employment that ends on 1970-01-01 cannot be told from one that lasts; leave it out")
	case cncfFirst(from) >= cncfLast(until):
		return cncfSpan{}, errors.New("the employment ends on the day it begins, or before; correct its days")
	}
	return cncfSpan{vendor: employer(name), from: from, until: until, stated: begins}, nil
}

func writeCNCF(w io.Writer, t *model.Table) ([]model.Note, error) {
	n := notes{file: "cncf"}
	out := bufio.NewWriter(w)
	for _, a := range cncfAccounts(t, &n) {
		fmt.Fprintf(out, "%s:", a.login)
		for i, mail := range a.mails {
			fmt.Fprintf(out, "%s %s", []string{"", ","}[min(i, 1)], cncfHidden(mail))
		}
		fmt.Fprintln(out)
		end := cncfLast(0)
		for _, s := range a.spans {
			end = min(end, cncfLast(s.until))
		}
		for _, s := range a.spans {
			fmt.Fprintf(out, "\t%s\n", cncfLine(s, end))
		}
	}
	return n.all(), out.Flush()
}

// cncfLine writes a span as a line of a block in which the first employment ends at end.
// One that began since ever says so by the day that stands for it, where it would else be
// read as following another.
func cncfLine(s cncfSpan, end model.Date) string {
	line := cncfName(s.vendor)
	if s.from != 0 || end < cncfLast(s.until) {
		line += " from " + s.from.Time().Format(time.DateOnly)
	}
	if s.until != 0 {
		line += " until " + s.until.String()
	}
	return line
}
