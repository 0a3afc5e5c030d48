package formats

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// mostPeopleBytes is the size from which readers of people documents refuse one.
const mostPeopleBytes = 4 << 20

// WritePeople writes the people of a table as a people document in YAML, which tenders
// name among their rosters under the format tributary. Persons are sorted by their
// identities and called p-1, p-2 and so on.
//
// vendor returns the short name of the tender's vendor for an employer's name, and "" where
// there is none; the words for independent people and for schools are kept without asking.
// It is an error if it returns what can be no short name.
//
// A people document knows accounts by number only, one person of each identity, and no
// more than the whole of a person's time. So left out and noted are accounts known by name,
// identities of several persons, employments by others than the vendors, and employments on
// days on which they come to more than the whole: there, only the best evidenced ones are
// written, and none where these are too many too. Robots, mail domains, further names and
// aliases have their place in the tender document. A level that is absent is
// [model.Imported].
//
// A table without a person that can be written makes a document that readers refuse, as
// they do one beyond 4 MiB; both are noted. Other errors are the writer's.
func WritePeople(w io.Writer, t *model.Table, vendor func(name string) string) ([]model.Note, error) {
	l := &unsaid{form: "people"}
	people := writable(t, l, peopleFits)
	counted := &countingWriter{w: bufio.NewWriter(w)}
	out := counted.w
	fmt.Fprintf(counted, "format: %s # half-open UTC days: from inclusive, until exclusive\npeople:\n", model.PeopleFormat)
	for i, p := range people {
		jobs, err := peopleVendors(dated(p.Employment, firstYear, lastYear, l), vendor, l)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(counted, "  - id: p-%d\n    identities: %s\n", i+1, quoted(p.Identities))
		for n, e := range peopleJobs(jobs, l) {
			if n == 0 {
				fmt.Fprint(counted, "    employment:\n")
			}
			fmt.Fprintf(counted, "      - %s\n", peopleJob(e, l))
		}
	}
	l.leave("robots", len(t.Bots))
	l.leave("mail domains of employers", len(t.Domains))
	l.leave("further names of employers", len(t.Names))
	l.leave("aliases of addresses", len(t.Aliases))
	notes := l.all()
	if len(people) == 0 {
		notes = append(notes, model.Note{File: l.form, Text: "no person can be written, and a people document needs one"})
	}
	if counted.n > mostPeopleBytes {
		notes = append(notes, model.Note{File: l.form, Text: "the document is larger than 4 MiB and would be refused; split it into several"})
	}
	return notes, out.Flush()
}

// countingWriter counts the bytes that are written.
type countingWriter struct {
	w *bufio.Writer
	n int
}

// Write implements [io.Writer].
func (c *countingWriter) Write(p []byte) (int, error) {
	c.n += len(p)
	return c.w.Write(p)
}

var (
	peopleMail    = regexp.MustCompile(`^mail:[^\s@<>]+@[^\s@<>]+$`)
	peopleAccount = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*(:[0-9]+)?:[0-9]+$`)
	peopleVendor  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
)

// peopleFits reports whether a people document can hold an identity.
func peopleFits(id string) bool {
	if strings.HasPrefix(id, "mail:") {
		return peopleMail.MatchString(id) && plainName(id)
	}
	return peopleAccount.MatchString(id)
}

// peopleVendors gives employments the short names of their vendors.
func peopleVendors(jobs []model.Employment, vendor func(string) string, l *unsaid) ([]model.Employment, error) {
	var list []model.Employment
	for _, e := range jobs {
		id := e.Vendor
		if id != model.Independent && id != model.Academic {
			id = vendor(e.Vendor)
		}
		if id == "" {
			l.leave("employments by others than the vendors of the tender", 1)
			continue
		}
		if !peopleVendor.MatchString(id) || id == "unknown" {
			return nil, fmt.Errorf("writing people: %q is no short name for the employer %q; short names have lower-case letters, digits and dashes", id, e.Vendor)
		}
		if e.Level = cmp.Or(e.Level, model.Imported); !slices.Contains(model.Levels(), e.Level) {
			l.leave("employments with a level of evidence that does not exist", 1)
			continue
		}
		e.Vendor = id
		list = append(list, e)
	}
	return list, nil
}

// peopleJobs returns employments that on no day take more than the whole working time,
// sorted: each as long as it can be.
func peopleJobs(jobs []model.Employment, l *unsaid) []model.Employment {
	var done, open []model.Employment
	for _, s := range stretches(jobs) {
		fit := s.jobs
		if !fits(fit) {
			if fit = s.best(); !fits(fit) {
				fit = nil
			}
			l.leave("spans of days on which employments come to more than the whole working time", 1)
		}
		var still []model.Employment
		for _, e := range fit {
			from := day(s.from)
			if i := slices.IndexFunc(open, func(o model.Employment) bool { return sameJob(o, e) }); i >= 0 {
				from = open[i].From
				open = slices.Delete(open, i, i+1)
			}
			e.From, e.Until = from, day(s.until)
			still = append(still, e)
		}
		done, open = append(done, open...), still
	}
	return sortedJobs(append(done, open...))
}

// fits reports whether employments take no more than the whole working time. A millionth
// is left for fractions such as a third, three times.
func fits(jobs []model.Employment) bool {
	sum := 0.0
	for _, e := range jobs {
		sum += e.Share()
	}
	return sum <= 1+1e-7
}

// sameJob reports whether two employments differ in their days only.
func sameJob(a, b model.Employment) bool {
	return a.Vendor == b.Vendor && a.Share() == b.Share() && a.Level == b.Level && a.Source == b.Source
}

// peopleJob writes an employment as a YAML mapping on one line.
func peopleJob(e model.Employment, l *unsaid) string {
	words := []string{"vendor: " + quoted(e.Vendor)}
	add := func(key, value string) {
		if value != "" {
			words = append(words, key+": "+value)
		}
	}
	add("from", e.From.String())
	add("until", e.Until.String())
	if e.Share() != 1 {
		add("fraction", strconv.FormatFloat(e.Share(), 'f', -1, 64))
	}
	add("level", string(e.Level))
	if e.Source != "" && !plainName(e.Source) {
		l.lose("employments without their source, which has characters that no text can hold", 1)
	} else if e.Source != "" {
		add("source", quoted(e.Source))
	}
	return "{" + strings.Join(words, ", ") + "}"
}

// quoted writes texts as JSON, which YAML reads as the same texts.
func quoted(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // texts and lists of them can be written
	}
	return strings.TrimSuffix(b.String(), "\n")
}
