package score

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
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
}

// Bots returns the printed list of bots. The tender document adds to it and
// exempts from it.
func Bots() []Bot {
	var list []Bot
	for line := range strings.Lines(botList) {
		line = strings.TrimSpace(line)
		if n, pattern, ok := strings.Cut(line, " "); ok && n != "#" {
			list = append(list, Bot{n, strings.TrimSpace(pattern)})
		}
	}
	return list
}

// botFinder tells people from bots.
type botFinder struct {
	list        []Bot
	add, exempt map[string]bool
}

func newBotFinder(b model.Bots) *botFinder {
	f := &botFinder{list: Bots(), add: map[string]bool{}, exempt: map[string]bool{}}
	for _, id := range b.Add {
		f.add[strings.ToLower(id)] = true
	}
	for _, id := range b.Exempt {
		f.exempt[strings.ToLower(id)] = true
	}
	return f
}

// nature looks an identity up: the document's word first, then the printed list, then
// the forge's.
func (f *botFinder) nature(id model.Identity) nature {
	name, mail, login := strings.ToLower(id.Name), strings.ToLower(id.Mail), strings.ToLower(id.Login)
	keys := []string{"mail:" + mail, strings.ToLower(id.Account)}
	stated := func(m map[string]bool) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return m[k] })
	}
	if stated(f.exempt) {
		return human
	}
	if stated(f.add) {
		return robot
	}
	for _, b := range f.list {
		if matches(b.Pattern, name) || matches(b.Pattern, mail) || matches(b.Pattern, login) {
			return natureOf(b.Nature)
		}
	}
	if id.Type == model.BotAccount || id.Type == model.AppAccount {
		return robot
	}
	return human
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
