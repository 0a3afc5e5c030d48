package score

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

//go:embed bots.txt
var botList string

// nature says what stands behind an identity.
type nature uint8

const (
	human nature = iota
	robot        // does its own work
	agent        // writes for a person
	web          // a forge acting for a person
)

// Bot is a line of the printed list of bots.
type Bot struct {
	Nature  string // robot, agent or web
	Pattern string // held against name, mail and account name, * for any text
	// Since and Until bound the days [Since, Until) on which the line holds; a zero
	// day is open. Before and after, the account or the name was a person's.
	Since, Until model.Date
	Source       string // address of its documentation, or where the pattern is seen
}

// Bots returns the printed list of bots. Of the lines that match an identity, the
// first that holds on the day decides. The tender document adds to the list and
// exempts from it.
func Bots() []Bot {
	list, err := parseBots(botList)
	if err != nil {
		panic("score: the printed list of bots: " + err.Error()) // it is part of the program
	}
	return list
}

// parseBots reads a list of bots in the form that bots.txt explains.
func parseBots(text string) ([]Bot, error) {
	var list []Bot
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		b, err := parseBot(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		list = append(list, b)
	}
	return list, nil
}

func parseBot(line string) (b Bot, err error) {
	first, rest, _ := strings.Cut(line, "|")
	nature, pattern, _ := strings.Cut(strings.TrimSpace(first), " ")
	b.Nature, b.Pattern = nature, strings.TrimSpace(pattern)
	if !slices.Contains([]string{"robot", "agent", "web"}, b.Nature) {
		return b, fmt.Errorf("%q is no nature; write robot, agent or web", b.Nature)
	}
	if strings.Trim(b.Pattern, "* ") == "" || b.Pattern != strings.ToLower(b.Pattern) {
		return b, fmt.Errorf("%q is no pattern; write a text in lower case, with * for any text", b.Pattern)
	}
	for field := range strings.SplitSeq(rest, "|") {
		word, day, _ := strings.Cut(strings.TrimSpace(field), " ")
		switch word {
		case "since":
			b.Since, err = model.ParseDate(day)
		case "until":
			b.Until, err = model.ParseDate(day)
		default:
			b.Source = strings.TrimSpace(field)
		}
		if err != nil {
			return b, fmt.Errorf("%s: %w", word, err)
		}
	}
	switch {
	case b.Source == "":
		return b, errors.New("no source; say last where the pattern is documented or seen")
	case b.Until != 0 && b.Since >= b.Until:
		return b, fmt.Errorf("since %s is not before until %s", b.Since, b.Until)
	}
	return b, nil
}

// String writes the line as the list has it.
func (b Bot) String() string {
	s := b.Nature + " " + b.Pattern
	if b.Since != 0 {
		s += " | since " + b.Since.String()
	}
	if b.Until != 0 {
		s += " | until " + b.Until.String()
	}
	return s + " | " + b.Source
}

// botFinder tells people from bots.
type botFinder struct {
	list []Bot
	// keyed leads from the first three bytes of a pattern's first long part to its
	// place in the list, so that an identity is held against few of them: 0.2 s instead
	// of 2.3 s for 100,000 identities. Patterns without such a part are unkeyed.
	keyed               map[[3]byte][]int
	unkeyed             []int
	add, exempt, tables map[string]bool // identities, folded
}

func newBotFinder(t *model.Tender) *botFinder {
	f := &botFinder{add: foldAll(t.Bots.Add), exempt: foldAll(t.Bots.Exempt), tables: map[string]bool{}}
	for _, table := range t.Tables {
		maps.Copy(f.tables, foldAll(table.Bots))
	}
	f.hold(Bots())
	return f
}

// hold makes a list the finder's.
func (f *botFinder) hold(list []Bot) {
	f.list, f.keyed, f.unkeyed = list, map[[3]byte][]int{}, nil
	for i, b := range list {
		parts := strings.Split(b.Pattern, "*")
		if long := slices.IndexFunc(parts, func(p string) bool { return len(p) >= 3 }); long >= 0 {
			key := [3]byte([]byte(parts[long][:3]))
			f.keyed[key] = append(f.keyed[key], i)
		} else {
			f.unkeyed = append(f.unkeyed, i)
		}
	}
}

func foldAll(identities []string) map[string]bool {
	m := map[string]bool{}
	for _, id := range identities {
		m[strings.ToLower(strings.TrimSpace(id))] = true
	}
	return m
}

// Settled returns a function that reports whether it is settled what stands behind an
// identity at an instant: the document exempts it, or somebody calls it no person, be
// it the document, the printed list, a roster or the forge. The function remembers
// what it was asked; it is not safe for concurrent use.
func Settled(t *model.Tender) func(model.Identity, time.Time) bool {
	f := newBotFinder(t)
	known := map[model.Identity]func(time.Time) bool{}
	return func(id model.Identity, at time.Time) bool {
		settled, ok := known[id]
		if !ok {
			exempt, turns := anyIn(f.exempt, botKeys(id)), f.turns(id)
			settled = func(at time.Time) bool { return exempt || natureAt(turns, at) != human }
			known[id] = settled
		}
		return settled(at)
	}
}

// turn is a day from which on an identity has a nature.
type turn struct {
	from   model.Date
	nature nature
}

// beginning is before every day.
const beginning = model.Date(math.MinInt32)

// turns looks an identity up: the document's word first, then the printed list, then
// the rosters', then the forge's. Rosters come after the list since it alone tells
// agents and forges from robots. The first turn is at the beginning, and each has
// another nature than the one before; nearly all identities have one.
func (f *botFinder) turns(id model.Identity) []turn {
	keys := botKeys(id)
	switch {
	case anyIn(f.exempt, keys):
		return []turn{{beginning, human}}
	case anyIn(f.add, keys):
		return []turn{{beginning, robot}}
	}
	rest := human
	if anyIn(f.tables, keys) || id.Type == model.BotAccount || id.Type == model.AppAccount {
		rest = robot
	}
	lines := f.matching(id)
	days := []model.Date{beginning}
	for _, b := range lines {
		for _, day := range []model.Date{b.Since, b.Until} {
			if day != 0 {
				days = append(days, day)
			}
		}
	}
	slices.Sort(days)
	var list []turn
	for _, day := range days {
		n := rest
		if i := slices.IndexFunc(lines, func(b Bot) bool { return b.holds(day) }); i >= 0 {
			n = natureOf(lines[i].Nature)
		}
		if len(list) == 0 || list[len(list)-1].nature != n {
			list = append(list, turn{day, n})
		}
	}
	return list
}

func (b Bot) holds(day model.Date) bool {
	return (b.Since == 0 || day >= b.Since) && (b.Until == 0 || day < b.Until)
}

// matching returns the lines of the list that match an identity on some day, in order.
func (f *botFinder) matching(id model.Identity) []Bot {
	var found []int
	for _, text := range []string{strings.ToLower(id.Name), strings.ToLower(id.Mail), strings.ToLower(id.Login)} {
		hold := func(places []int) {
			for _, i := range places {
				if matches(f.list[i].Pattern, text) {
					found = append(found, i)
				}
			}
		}
		hold(f.unkeyed)
		for i := range len(text) - 2 {
			hold(f.keyed[[3]byte{text[i], text[i+1], text[i+2]}])
		}
	}
	slices.Sort(found)
	var lines []Bot
	for _, i := range slices.Compact(found) {
		lines = append(lines, f.list[i])
	}
	return lines
}

// natureAt returns the nature at an instant.
func natureAt(turns []turn, at time.Time) nature {
	n := len(turns) - 1
	for day := model.DateOf(at); n > 0 && day < turns[n].from; n-- {
	}
	return turns[n].nature
}

// botKeys returns the identities, folded, under which documents and rosters can state
// one: its address, its account, and the account by its name, also where only a private
// address of the forge gives them away.
func botKeys(id model.Identity) []string {
	var keys []string
	account := strings.ToLower(id.Account)
	host, _, _ := strings.Cut(account, ":")
	name, hidden := affiliation.Noreply(id.Mail)
	if id.Mail != "" {
		keys = append(keys, "mail:"+strings.ToLower(id.Mail))
	}
	for _, a := range []string{account, hidden, name} {
		if a != "" {
			keys = append(keys, a)
		}
	}
	if host != "" && id.Login != "" {
		keys = append(keys, host+"/"+strings.ToLower(id.Login))
	}
	return keys
}

func anyIn(m map[string]bool, keys []string) bool {
	return len(m) > 0 && slices.ContainsFunc(keys, func(k string) bool { return m[k] })
}

// isSomebody reports whether an account can be one person: a deleted one could have
// been anybody's, several stand behind an organisation or a team, and nobody has
// claimed a stand-in of imported history.
func isSomebody(t model.AccountType) bool {
	switch t {
	case model.GhostAccount, model.MannequinAccount, model.OrganizationAccount, model.TeamAccount:
		return false
	}
	return true
}

func natureOf(s string) nature {
	switch s {
	case "agent":
		return agent
	case "web":
		return web
	}
	return robot
}

// matches holds text against a pattern in which * stands for any text. It is
// linear in practice: patterns are short and printed, texts come from anywhere.
func matches(pattern, text string) bool {
	first, rest, any := strings.Cut(pattern, "*")
	if !any {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	for ok {
		part, more, any := strings.Cut(rest, "*")
		if !any {
			return strings.HasSuffix(text, part)
		}
		_, text, ok = strings.Cut(text, part)
		rest = more
	}
	return false
}
