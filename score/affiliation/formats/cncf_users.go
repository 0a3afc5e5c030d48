package formats

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// cncfUsers is the form of the CNCF's github_users.json, a list of objects, one for each
// mail address of each account of GitHub:
//
//	{"login": "ada", "email": "ada!karst.example", "source": "config",
//	 "affiliation": "Karst < 2020-03-01, Karst & Fils"}
//
// Each employer of an affiliation lasts until its day, exclusive, and begins where the one
// before it ends; the last one has no day where it lasts. "(Unknown) < 2018-05-01" is a
// gap. Of the objects of one account those of the strongest source hold, in the order of
// [cncfSources]; an object that names no employer, or whose affiliation is refused, says
// nothing and outranks nobody. What else the objects hold, above all on sex, age and
// country, is never decoded.
//
// All of it is imported evidence: no source is known to say that somebody typed it into
// a profile. Employments name the source, as in "github_users.json (config)".
//
// Written are objects sorted by account and address, with the source "config". Where
// employers overlap, the form has room for neither, and a gap is written.
func cncfUsers() model.RosterFormat {
	return model.RosterFormat{
		Name:  "cncf-users",
		Doc:   "CNCF's github_users.json: employers with days by account and address, as DevStats imports them (https://github.com/cncf/devstats)",
		Read:  readCNCFUsers,
		Write: writeCNCFUsers,
	}
}

// cncfUser is all that is decoded of an object.
type cncfUser struct {
	Login       string `json:"login"`
	Email       string `json:"email"`
	Affiliation string `json:"affiliation"`
	Source      string `json:"source"`
}

// cncfSources are the values of source, strongest first. Any other is weaker.
func cncfSources() []string {
	return []string{"user_manual", "user", "manual", "config", "domain", "notfound"}
}

func readCNCFUsers(fsys fs.FS, r model.Roster, _ *model.Tender) (*model.Table, error) {
	f, err := fsys.Open(r.File)
	if err != nil {
		return nil, fmt.Errorf("reading %s as cncf-users: %w", r.File, err)
	}
	defer f.Close()
	c := cncfUsersReader{
		notes:    notes{file: r.File},
		clusters: cncfClusters{},
		names:    map[string]string{},
		odd:      map[string]bool{},
	}
	if err := c.list(f); err != nil {
		return nil, fmt.Errorf("reading %s as cncf-users: %w", r.File, err)
	}
	sources := []string{}
	for _, s := range cncfSources() {
		sources = append(sources, fmt.Sprintf("%s (%s)", r.File, s))
	}
	sources = append(sources, r.File)
	people := c.clusters.people(func(s cncfSpan) string { return sources[s.source] }, c.remark)
	c.byPlace()
	return &model.Table{People: people, Notes: c.all()}, nil
}

// cncfUsersReader reads github_users.json object by object. Notes have the number of
// the object, from 1, as their line.
type cncfUsersReader struct {
	notes
	clusters cncfClusters
	names    map[string]string // employers, each text held once
	odd      map[string]bool   // sources that nobody knows
}

func (c *cncfUsersReader) remark(object int, text string) {
	c.say(object, "object %d: %s", object, text)
}

// list reads the objects one at a time. An error names the byte before which the reader
// understood everything.
func (c *cncfUsersReader) list(r io.Reader) error {
	buf := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := buf.Peek(3); string(mark) == "\ufeff" {
		_, _ = buf.Discard(3)
	}
	in := &cncfBound{r: buf, object: mostLine, file: mostBytes}
	dec := json.NewDecoder(in)
	if err := cncfToken(dec, json.Delim('[')); err != nil {
		return err
	}
	for n := 1; dec.More(); n++ {
		in.object = mostLine
		at := dec.InputOffset()
		var u cncfUser
		err := dec.Decode(&u)
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			c.refuse(n, "object %d is refused: login, email, affiliation and source of an object must be texts", n)
			continue
		}
		if err != nil {
			return fmt.Errorf("object %d, after byte %d: %w", n, at, err)
		}
		c.user(n, u)
	}
	in.object = mostLine
	if err := cncfToken(dec, json.Delim(']')); err != nil {
		return err
	}
	_, err := dec.Token()
	switch {
	case err == io.EOF:
		return nil
	case err == nil:
		err = errors.New("the list has ended, but the file goes on")
	}
	return fmt.Errorf("after byte %d: %w", dec.InputOffset(), err)
}

// cncfToken reads the bracket that must come next.
func cncfToken(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	switch {
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	case err == nil && got != want:
		err = fmt.Errorf("%v was expected, as in [{\"login\": \"ada\"}]", want)
	}
	if err != nil {
		return fmt.Errorf("after byte %d: %w", dec.InputOffset(), err)
	}
	return nil
}

// cncfBound fails where an object or a file is too long.
type cncfBound struct {
	r            io.Reader
	object, file int // bytes that may still come
}

func (b *cncfBound) Read(p []byte) (int, error) {
	if b.object <= 0 || b.file <= 0 {
		return 0, fmt.Errorf("an object beyond %d bytes, or a file beyond %d, is refused", mostLine, mostBytes)
	}
	n, err := b.r.Read(p[:min(len(p), b.object, b.file)])
	b.object -= n
	b.file -= n
	return n, err
}

// user takes what object n says.
func (c *cncfUsersReader) user(n int, u cncfUser) {
	mail, ok := mailAddress(u.Email)
	switch login := strings.TrimSpace(u.Login); {
	case !cncfLogin(login):
		c.refuse(n, "object %d is refused: its login is no name of an account", n)
	case !ok:
		c.refuse(n, "object %d is refused: its email is no address, such as a!x.example", n)
	default:
		cluster := c.clusters.at(login)
		cluster.mails = append(cluster.mails, mail)
		cluster.spans = append(cluster.spans, c.spans(n, u)...)
	}
}

// spans returns the employers of object n.
func (c *cncfUsersReader) spans(n int, u cncfUser) []cncfSpan {
	spans, err := cncfAffiliation(u.Affiliation)
	if err != nil {
		c.refuse(n, "the affiliation of object %d is left out: %v", n, err)
		return nil
	}
	source := c.source(n, u.Source)
	spans = slices.DeleteFunc(spans, func(s cncfSpan) bool { return s.vendor == "" })
	for i := range spans {
		name, ok := c.names[spans[i].vendor]
		if !ok {
			name = strings.Clone(spans[i].vendor) // a part of a longer text would keep all of it
			c.names[name] = name
		}
		spans[i].vendor, spans[i].place, spans[i].source = name, n, source
	}
	return spans
}

// source returns the rank of a source, 0 for the strongest.
func (c *cncfUsersReader) source(n int, name string) int {
	known := cncfSources()
	if i := slices.Index(known, name); i >= 0 {
		return i
	}
	if !c.odd[name] {
		c.odd[name] = true
		c.say(n, "object %d has a source that is not known; it and others of this source count as the weakest", n)
	}
	return len(known)
}

// cncfAffiliation reads "Acme < 2020-05-01, Beta". An employer without a day before one
// with a day is at odds with that, and mostly a name with a comma: nothing of it is taken,
// since the beginnings of all others hang on it.
func cncfAffiliation(text string) ([]cncfSpan, error) {
	var spans []cncfSpan
	open := false
	for _, entry := range cncfEntries(text) {
		name, day, dated := strings.Cut(entry, "<")
		s := cncfSpan{}
		var err error
		switch {
		case dated && open:
			return nil, errors.New("an employer without a day stands before one with a day; does a name contain a comma?")
		case dated:
			s.until, err = model.ParseDate(strings.TrimSpace(day))
		}
		switch {
		case err != nil:
			return nil, errors.New("what follows < is no day; write it as 2026-11-01")
		case dated && s.until == 0:
			return nil, errors.New("an employment that ends on 1970-01-01 cannot be told from one that lasts")
		case cncfDay.MatchString(name):
			return nil, errors.New("a day stands where none is expected; write Company < 2026-11-01")
		}
		open = !dated
		s.vendor = employer(name)
		spans = append(spans, s)
	}
	cncfFollow(spans)
	return spans, nil
}

// cncfEntries parts an affiliation at its commas, save those before the legal form of a
// company: no employer's name is "Inc." alone.
func cncfEntries(text string) []string {
	var entries []string
	for entry := range strings.SplitSeq(text, ",") {
		last := len(entries) - 1
		switch form, _, _ := strings.Cut(entry, "<"); strings.ToLower(strings.Trim(form, " .")) {
		case "inc", "incorporated", "llc", "ltd", "limited", "co", "corp", "gmbh", "ag", "s.a", "sarl", "sas", "s.r.l", "b.v":
			if last >= 0 && !strings.Contains(entries[last], "<") {
				entries[last] += "," + entry
				continue
			}
		case "":
			if form == entry {
				continue // nothing between commas, or after the last one
			}
		}
		entries = append(entries, entry)
	}
	return entries
}

func writeCNCFUsers(w io.Writer, t *model.Table) ([]model.Note, error) {
	n := notes{file: "cncf-users"}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	between := "[\n"
	for _, a := range cncfAccounts(t, &n) {
		if len(a.mails) == 0 {
			n.refuse(0, "%s is left out: this form has room for accounts with a mail address only", a.login)
		}
		affiliation := cncfSequence(a, &n)
		for _, mail := range a.mails {
			out.WriteString(between)
			if err := enc.Encode(cncfUser{a.login, cncfHidden(mail), affiliation, "config"}); err != nil {
				return nil, err
			}
			between = ","
		}
	}
	if between == "[\n" {
		out.WriteString("[")
	}
	out.WriteString("]\n")
	n.byText()
	return n.all(), out.Flush()
}

// cncfSequence writes the employers of an account one after the other.
func cncfSequence(a cncfAccount, n *notes) string {
	spans := slices.DeleteFunc(slices.Clone(a.spans), func(s cncfSpan) bool {
		read, err := cncfAffiliation(cncfName(s.vendor))
		odd := err != nil || len(read) != 1 || read[0].vendor != s.vendor
		if odd {
			n.refuse(0, "an employment of %s is left out: its name would not be read as it is", a.login)
		}
		return odd
	})
	if cncfOverlap(spans) >= 0 {
		n.refuse(0, "employments of %s overlap; the days for which there is more than one employer are left out", a.login)
	}
	var entries []string
	for _, s := range cncfTimeline(spans) {
		entry := cmp.Or(cncfName(s.vendor), "(Unknown)")
		if s.until != 0 {
			entry += " < " + s.until.String()
		}
		entries = append(entries, entry)
	}
	return cmp.Or(strings.Join(entries, ", "), "(Unknown)")
}

// cncfTimeline returns who alone employed somebody, each from where the one before ends,
// with "" for days that nobody did, or several. It ends with the last employer.
func cncfTimeline(spans []cncfSpan) []cncfSpan {
	type change struct {
		day    model.Date
		vendor string
		by     int
	}
	var changes []change
	for _, s := range spans {
		changes = append(changes, change{cncfFirst(s.from), s.vendor, 1}, change{cncfLast(s.until), s.vendor, -1})
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.day, b.day) })
	line := []cncfSpan{{}}
	active := map[string]int{}
	for i, c := range changes {
		if active[c.vendor] += c.by; active[c.vendor] == 0 {
			delete(active, c.vendor)
		}
		if c.day == cncfLast(0) || i+1 < len(changes) && changes[i+1].day == c.day {
			continue
		}
		vendor := ""
		if len(active) == 1 {
			vendor = slices.Collect(maps.Keys(active))[0]
		}
		switch last := &line[len(line)-1]; {
		case vendor == last.vendor:
		case c.day == cncfFirst(0):
			last.vendor = vendor
		default:
			last.until = c.day
			line = append(line, cncfSpan{vendor: vendor, from: c.day})
		}
	}
	if last := len(line) - 1; line[last].vendor == "" {
		line = line[:last]
	}
	return line
}
