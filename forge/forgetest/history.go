package forgetest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// Limits that no honest history reaches, so that a slip of the pen ends in a
// message and not in a full disk.
const (
	maxStep  = 3650 * 24 * time.Hour
	maxShift = 200 * 365 * 24 * time.Hour
)

// limits bound what a text may ask for.
type limits struct{ acts, bytes int }

func usual() limits { return limits{acts: 200_000, bytes: 256 << 20} }

// history is a repository in the making.
type history struct {
	people   map[string]person
	lists    map[string][]string
	commits  map[string]*commit // by the names that the text gives
	branches map[string]*commit // nil before the first commit
	tags     map[string]tag
	head     string // the first branch
	current  string
	refs     map[plumbing.ReferenceName]bool
	folders  map[plumbing.ReferenceName]int // references inside each folder of references

	counters map[string]int // of the repeats around the line
	rounds   int            // of the innermost repeat, over all its runs
	runs     map[*line]int  // rounds of each repeat so far
	shift    time.Duration  // what the repeats add to dates

	ordinal int // commits so far
	limits  limits
	acts    int // so far
	bytes   int // made so far, of text and objects
	objects map[plumbing.Hash][]byte
	order   []stored // as they were made
}

type stored struct {
	kind plumbing.ObjectType
	id   plumbing.Hash
}

type person struct{ name, mail string }

func (p person) String() string { return strings.TrimSpace(p.name + " <" + p.mail + ">") }

// tag is what a tag's reference points at, and the commit behind it.
type tag struct {
	object plumbing.Hash
	commit *commit
}

// compose makes the history that text describes, in memory.
func compose(text string, most limits) (*history, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	h := &history{
		limits:   most,
		people:   map[string]person{},
		lists:    map[string][]string{},
		commits:  map[string]*commit{},
		branches: map[string]*commit{},
		tags:     map[string]tag{},
		refs:     map[plumbing.ReferenceName]bool{},
		folders:  map[plumbing.ReferenceName]int{},
		counters: map[string]int{},
		runs:     map[*line]int{},
		objects:  map[plumbing.Hash][]byte{},
	}
	return h, h.runAll(root.below)
}

func (h *history) runAll(lines []*line) error {
	for _, l := range lines {
		if err := h.run(l); err != nil {
			return err
		}
	}
	return nil
}

// run does what one line of the outer level says.
func (h *history) run(l *line) error {
	if err := h.begin(l); err != nil {
		return err
	}
	text, err := h.expand(l, l.text)
	if err != nil {
		return err
	}
	verb, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	var alone func(*line, string) error // acts that no line may stand under
	switch verb {
	case "commit":
		return h.commit(l, rest)
	case "merge":
		return h.merge(l, rest)
	case "pick":
		return h.pick(l, rest)
	case "revert":
		return h.revert(l, rest)
	case "repeat":
		return h.repeat(l, rest)
	case "tag":
		return h.tag(l, rest)
	case "lighttag":
		alone = h.lightTag
	case "person":
		alone = h.person
	case "list":
		alone = h.list
	case "on":
		alone = h.on
	case "drop":
		alone = h.drop
	default:
		return l.errorf("%q is nothing that a line begins with; write one of person, list, on, commit, merge, pick, revert, tag, lighttag, drop, repeat%s", verb, indentHint(verb))
	}
	if len(l.below) > 0 {
		return l.below[0].errorf("nothing can stand under %q; begin the line where %q begins", verb, verb)
	}
	if len(l.quoted) > 0 {
		return l.errorf(`no "| " lines can follow %q; they belong under a commit or under "text PATH"`, verb)
	}
	return alone(l, rest)
}

func indentHint(verb string) string {
	inner := []string{"by", "at", "write", "edit", "reindent", "text", "binary", "move", "delete", "like", "without"}
	if slices.Contains(inner, verb) || strings.HasSuffix(verb, ":") {
		return "; indent the line if it belongs to the commit above"
	}
	return ""
}

func (h *history) person(l *line, rest string) error {
	short, identity, ok := strings.Cut(rest, "=")
	name, mail, is := strings.Cut(strings.TrimSpace(identity), "<")
	mail, ends := strings.CutSuffix(mail, ">")
	if short = strings.TrimSpace(short); !ok || !is || !ends || !word(short) || strings.ContainsAny(name+mail, "<>") {
		return l.errorf("no person in %q; write \"person ada = Ada Lovelace <ada@karst.example>\"", rest)
	}
	if p, taken := h.people[short]; taken {
		return l.errorf("person %q is already %s; choose another short name", short, p)
	}
	h.people[short] = person{strings.TrimSpace(name), mail}
	return nil
}

func (h *history) list(l *line, rest string) error {
	name, entries, ok := strings.Cut(rest, "=")
	if name = strings.TrimSpace(name); !ok || !word(name) || strings.TrimSpace(entries) == "" {
		return l.errorf("no list in %q; write \"list place = the cache, the index\"", rest)
	}
	if h.lists[name] != nil {
		return l.errorf("list %q exists; choose another name", name)
	}
	for e := range strings.SplitSeq(entries, ",") {
		h.lists[name] = append(h.lists[name], strings.TrimSpace(e))
	}
	return nil
}

// repeat runs the lines below it, with later dates in each round.
func (h *history) repeat(l *line, rest string) error {
	times, every, counter, err := readRepeat(l, rest)
	if err != nil {
		return err
	}
	outer, had := h.counters[counter]
	shift, rounds := h.shift, h.rounds
	for i := range times {
		if err := h.begin(l); err != nil {
			return err
		}
		if i > 0 {
			h.shift += every
		}
		if h.shift > maxShift {
			return l.errorf("round %d would begin more than 200 years later; take smaller steps", i+1)
		}
		h.counters[counter], h.rounds = i+1, h.runs[l]
		h.runs[l]++
		if err := h.runAll(l.below); err != nil {
			if f, ok := errors.AsType[*fault](err); ok {
				err = &fault{f.line, fmt.Sprintf("%s (%s = %d)", f.message, counter, i+1)}
			}
			return err
		}
	}
	h.shift, h.rounds = shift, rounds
	delete(h.counters, counter)
	if had {
		h.counters[counter] = outer
	}
	return nil
}

func readRepeat(l *line, rest string) (times int, every time.Duration, counter string, err error) {
	words := strings.Fields(rest)
	counter = cmp.Or(option(&words, "as"), "n")
	step := option(&words, "every")
	if len(words) != 1 || !word(counter) {
		return 0, 0, "", l.errorf("cannot read %q; write \"repeat 20 every 9d\" or \"repeat 20 every 9d as k\"", "repeat "+rest)
	}
	times, err = strconv.Atoi(words[0])
	if err != nil || times < 1 {
		return 0, 0, "", l.errorf("%q is no number of rounds; write a whole number from 1, as in \"repeat 20 every 9d\"", words[0])
	}
	if len(l.below) == 0 || len(l.quoted) > 0 {
		return 0, 0, "", l.errorf("nothing to repeat; indent the lines below")
	}
	if step == "" {
		return times, 0, counter, nil
	}
	every, ok := readStep(step)
	if !ok {
		return 0, 0, "", l.errorf("%q is no step of time; write hours, days or weeks up to ten years, as 12h, 9d or 2w", step)
	}
	return times, every, counter, nil
}

func readStep(s string) (time.Duration, bool) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit := units[s[len(s)-1]]
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || unit == 0 || n < 0 || n > int(maxStep/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// option takes "key VALUE" out of the words and returns the value, or "".
func option(words *[]string, key string) string {
	i := slices.Index(*words, key)
	if i < 0 || i+1 == len(*words) {
		return ""
	}
	value := (*words)[i+1]
	*words = slices.Delete(slices.Clone(*words), i, i+2)
	return value
}

var (
	wordShape  = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]*$`)
	braceShape = regexp.MustCompile(`\{[\pL\pN][\pL\pN._/-]*\}`)
)

func word(s string) bool { return wordShape.MatchString(s) }

// expand replaces counters, lists and names of commits in braces, and refuses
// braces around anything else.
func (h *history) expand(l *line, s string) (string, error) {
	expanded, unknown := h.replace(s)
	if err := h.spend(l, len(expanded)); err != nil {
		return "", err
	}
	if unknown != "" {
		return "", l.errorf("nothing is called %s here; name a counter or a list inside its repeat, or a commit made above", unknown)
	}
	return expanded, nil
}

// replace does the same and reports the first unknown word, which it leaves. It
// goes over the line twice, for names made of counters as in {fix-{n}}.
func (h *history) replace(s string) (expanded, unknown string) {
	s, _ = h.replaceOnce(s)
	return h.replaceOnce(s)
}

func (h *history) replaceOnce(s string) (expanded, unknown string) {
	if !strings.Contains(s, "{") {
		return s, ""
	}
	expanded = braceShape.ReplaceAllStringFunc(s, func(braced string) string {
		name := braced[1 : len(braced)-1]
		if n, is := h.counters[name]; is {
			return strconv.Itoa(n)
		}
		if entries := h.lists[name]; entries != nil && len(h.counters) > 0 {
			return entries[h.rounds%len(entries)]
		}
		if c := h.commits[name]; c != nil {
			return c.id.String()
		}
		unknown = cmp.Or(unknown, braced)
		return braced
	})
	return expanded, unknown
}

// names returns every name that the text gives to a commit, and the commit.
func (h *history) names() map[string]string {
	ids := map[string]string{}
	for name, c := range h.commits {
		ids[name] = c.id.String()
	}
	for name, t := range h.tags {
		ids[name] = t.commit.id.String()
	}
	for name, c := range maps.All(h.branches) {
		if c != nil {
			ids[name] = c.id.String()
		}
	}
	return ids
}

// begin counts acts, and spend bytes made, so that a small text cannot ask for
// endless work.
func (h *history) begin(l *line) error {
	if h.acts++; h.acts > h.limits.acts {
		return l.errorf("more than %d acts so far; repeat less often", h.limits.acts)
	}
	return nil
}

func (h *history) spend(l *line, n int) error {
	if h.bytes += n; h.bytes > h.limits.bytes {
		return l.errorf("more than %d MiB so far; write fewer lines or repeat less often", h.limits.bytes>>20)
	}
	return nil
}

// store keeps an object for the pack. The content is the store's from then on.
func (h *history) store(l *line, kind plumbing.ObjectType, content []byte) (plumbing.Hash, error) {
	if err := h.spend(l, len(content)); err != nil {
		return plumbing.ZeroHash, err
	}
	id := plumbing.ComputeHash(kind, content)
	if _, kept := h.objects[id]; !kept {
		h.objects[id] = content
		h.order = append(h.order, stored{kind, id})
	}
	return id, nil
}
