package forgetest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// commit is a commit of the history, with what a pick needs to replay it.
type commit struct {
	id       plumbing.Hash
	ordinal  int // 1 is the first; parents have lower ones
	parents  []*commit
	tree     *folder
	author   person
	authored time.Time
	subject  string
	body     []string
	trailers []string
	steps    []step
}

// act is the first line of a commit, merge, pick, revert or tag.
type act struct {
	words   []string // between the verb and the date
	name    string   // "as NAME"
	when    time.Time
	who     person
	subject string // "" where the line has none
}

// act reads "WORDS [as NAME] DATE WHO: SUBJECT".
func (h *history) act(l *line, rest string) (act, error) {
	head, subject, found := strings.Cut(rest, ": ")
	if !found {
		head = strings.TrimSuffix(rest, ":")
	}
	words := strings.Fields(head)
	a := act{name: option(&words, "as"), subject: strings.TrimSpace(subject)}
	if len(words) < 2 {
		return a, l.errorf("no date and person in %q; write them before the colon, as in \"2024-03-04 ada: Subject\"", head)
	}
	var err error
	if a.who, err = h.personAt(l, words[len(words)-1]); err != nil {
		return a, err
	}
	if a.when, err = h.date(l, words[len(words)-2]); err != nil {
		return a, err
	}
	a.words = words[:len(words)-2]
	if a.name == "" {
		return a, nil
	}
	return a, h.checkName(l, a.name)
}

func (h *history) checkName(l *line, name string) error {
	if !word(name) {
		return l.errorf("%q cannot name a commit; use letters, digits, \"-\", \"_\" and \".\"", name)
	}
	return h.free(l, name)
}

func (h *history) personAt(l *line, short string) (person, error) {
	p, is := h.people[short]
	if !is {
		return p, l.errorf("no person %q; write \"person %s = Name <mail>\" above", short, short)
	}
	return p, nil
}

// date reads a day, as noon UTC, or an instant, and adds what the repeats ask for.
func (h *history) date(l *line, s string) (time.Time, error) {
	var t time.Time
	err := fmt.Errorf("none")
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err = time.Parse(form, s); err == nil {
			if form == time.DateOnly {
				t = t.Add(12 * time.Hour)
			}
			break
		}
	}
	if err != nil {
		return t, l.errorf("%q is no date; write 2024-03-04 or 2024-03-04T09:00:00Z", s)
	}
	// Where the offset is also the machine's own, Parse returns the machine's zone,
	// whose summer time the shift must not meet.
	_, offset := t.Zone()
	t = t.In(time.FixedZone("", offset)).Add(h.shift)
	if y := t.UTC().Year(); y < 1970 || y > 2199 {
		return t, l.errorf("year %d; choose dates from 1970 to 2199", y)
	}
	return t, nil
}

// commit is "commit [NAME] DATE WHO: SUBJECT".
func (h *history) commit(l *line, rest string) error {
	a, err := h.act(l, rest)
	if err != nil {
		return err
	}
	if len(a.words) > 1 || a.subject == "" || a.name != "" {
		return l.errorf("cannot read %q; write \"commit 2024-03-04 ada: Subject\", with a name before the date if need be", "commit "+rest)
	}
	if len(a.words) == 1 {
		a.name = a.words[0]
		if err := h.checkName(l, a.name); err != nil {
			return err
		}
	}
	parent, err := h.tip(l)
	if err != nil {
		return err
	}
	return h.finish(l, h.draft(a, h.current, parent))
}

// draft is a commit before it is written.
type draft struct {
	commit
	name      string
	branch    string
	seed      string // what the lines it writes are derived from
	committer person
	committed time.Time
	conflicts map[string]bool // files that a merge could not decide
	replay    bool            // a pick: author and dates are settled
}

func (h *history) draft(a act, branch string, parent *commit) *draft {
	d := &draft{name: a.name, branch: branch, seed: a.name, committer: a.who, committed: a.when}
	h.ordinal++
	d.ordinal = h.ordinal
	if d.seed == "" {
		d.seed = fmt.Sprintf("#%d", h.ordinal)
	}
	d.author, d.authored, d.subject = a.who, a.when, a.subject
	if parent != nil {
		d.parents, d.tree = []*commit{parent}, parent.tree
	}
	return d
}

// finish reads the lines below, writes the commit and moves the branch to it.
func (h *history) finish(l *line, d *draft) error {
	replayed := d.steps
	d.steps = nil
	if err := h.details(l, d); err != nil {
		return err
	}
	d.steps = append(replayed, d.steps...)
	if len(d.steps) > 10_000 {
		return l.errorf("more than 10,000 changes of files in one commit; spread them over several")
	}
	for _, s := range d.steps {
		if err := h.apply(d, s); err != nil {
			return err
		}
	}
	if len(d.conflicts) > 0 {
		path := slices.Min(slices.Collect(maps.Keys(d.conflicts)))
		return l.errorf("both sides changed %s; write \"text %s\" or \"delete %s\" under the merge, which says what becomes of it", path, path, path)
	}
	var err error
	d.tree, err = h.rooted(l, d.tree)
	if err != nil {
		return err
	}
	if d.id, err = h.store(l, plumbing.CommitObject, d.encode()); err != nil {
		return err
	}
	c := d.commit
	if d.name != "" {
		h.commits[d.name] = &c
	}
	h.branches[d.branch] = &c
	return nil
}

// rooted stores the tree, and gives the empty one an id too.
func (h *history) rooted(l *line, f *folder) (*folder, error) {
	id, err := h.storeTree(l, f)
	if f == nil {
		f = &folder{id: id}
	}
	return f, err
}

var trailerShape = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):(?:\s+(.*))?$`)

// details reads the lines below a commit, merge, pick or revert.
func (h *history) details(l *line, d *draft) error {
	body, err := h.quoted(l)
	if err != nil {
		return err
	}
	d.body = append(d.body, body...)
	for _, b := range l.below {
		if err := h.detail(b, d); err != nil {
			return err
		}
		if len(b.below) > 0 {
			return b.below[0].errorf("nothing can stand under this; indent it like the line above")
		}
	}
	return nil
}

func (h *history) detail(l *line, d *draft) error {
	text, err := h.expand(l, l.text)
	if err != nil {
		return err
	}
	verb, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if len(l.quoted) > 0 && verb != "text" {
		return l.errorf(`"| " lines belong right under a commit, as its message, or under "text PATH", as the file's content`)
	}
	if m := trailerShape.FindStringSubmatch(text); m != nil {
		d.trailers = append(d.trailers, strings.TrimSpace(m[1]+": "+h.trailerValue(d, m[2])))
		return nil
	}
	switch {
	case strings.HasPrefix(text, "("):
		d.trailers = append(d.trailers, text)
	case (verb == "by" || verb == "at") && d.replay:
		return l.errorf("the pick's own line says who and when; put them there")
	case verb == "by":
		d.committer, err = h.personAt(l, rest)
	case verb == "at":
		d.committed, err = h.date(l, rest)
	case verb == "without":
		err = d.without(l, rest)
	case verb == "like":
		var c *commit
		if c, err = h.commitAt(l, rest); err == nil {
			d.steps = append(d.steps, from(l, c.steps)...)
		}
	default:
		var s step
		if s, err = h.step(l, verb, rest); err == nil {
			s.seed = fmt.Sprintf("%s/%d", d.seed, len(d.steps))
			d.steps = append(d.steps, s)
		}
	}
	return err
}

// trailerValue writes a person in full and derives a Change-Id.
func (h *history) trailerValue(d *draft, value string) string {
	if p, is := h.people[value]; is {
		return p.String()
	}
	if value == "auto" {
		sum := sha256.Sum256([]byte("change " + d.seed))
		return fmt.Sprintf("I%x", sum[:20])
	}
	return value
}

// without leaves out a trailer that a pick would keep.
func (d *draft) without(l *line, key string) error {
	for i, t := range d.trailers {
		if strings.HasPrefix(t, key+":") {
			d.trailers = slices.Delete(d.trailers, i, i+1)
			return nil
		}
	}
	return l.errorf("no trailer %q to leave out; correct the key, or remove the line", key)
}

// quoted returns the message's further lines.
func (h *history) quoted(l *line) ([]string, error) {
	var lines []string
	for _, q := range l.quoted {
		q, err := h.expand(l, q)
		if err != nil {
			return nil, err
		}
		lines = append(lines, q)
	}
	return lines, nil
}

func (d *draft) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", d.tree.id)
	for _, p := range d.parents {
		fmt.Fprintf(&b, "parent %s\n", p.id)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n", signature(d.author, d.authored), signature(d.committer, d.committed))
	b.WriteString(message(d.subject, d.body, d.trailers))
	return b.Bytes()
}

func signature(p person, when time.Time) string {
	return fmt.Sprintf("%s <%s> %d %s", p.name, p.mail, when.Unix(), when.Format("-0700"))
}

// message joins subject, body and trailers, with empty lines between them.
func message(subject string, body, trailers []string) string {
	paragraphs := []string{subject}
	for _, lines := range [][]string{body, trailers} {
		if len(lines) > 0 {
			paragraphs = append(paragraphs, strings.Join(lines, "\n"))
		}
	}
	return strings.Join(paragraphs, "\n\n") + "\n"
}
