package score

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*[bot]*", "dependabot[bot]", true},
		{"*-bot", "k8s-bot", true},
		{"*-bot", "talbot", false},
		{"zuul", "zuul", true},
		{"zuul", "zuul2", false},
		{"a*b*a", "aba", true},
		{"a*ba", "aba", true},
		{"ab*ba", "aba", false},
		{"*", "", true},
	} {
		assert.Equal(t, c.want, matches(c.pattern, c.text), "%s %s", c.pattern, c.text)
	}
}

func FuzzPatterns(f *testing.F) {
	f.Add("a*b*a", "abba")
	f.Add("*[bot]*", "x[bot]")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		parts := strings.Split(pattern, "*")
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		want, err := regexp.Compile(`(?s)\A` + strings.Join(parts, ".*") + `\z`)
		if err != nil || len(pattern) > 200 { // no UTF-8, or beyond what the list holds
			return
		}
		assert.Equal(t, want.MatchString(text), matches(pattern, text))
	})
}

// The list is printed with every tender: each line says where it comes from, and none
// is there twice.
func TestPrintedListOfBots(t *testing.T) {
	seen := map[string]bool{}
	var lines []string
	for _, b := range Bots() {
		lines = append(lines, b.String())
		assert.Regexp(t, `^(https?://[^ ]+|pattern of names|seen in git history of [^ ]+)$`, b.Source, b.Pattern)
		assert.False(t, seen[b.Pattern], "%s is there twice", b.Pattern)
		seen[b.Pattern] = true
	}
	for line := range strings.Lines(botList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			assert.Contains(t, lines, line, "read and written again")
		}
	}
}

func TestListOfBotsIsRead(t *testing.T) {
	got, err := parseBots("# robots\n\n robot  ada's bot*|until 2020-03-01 | since 2019-01-02| https://karst.example/a b \nweb x | pattern of names")
	require.NoError(t, err)
	assert.Equal(t, []Bot{
		{"robot", "ada's bot*", day("2019-01-02"), day("2020-03-01"), "https://karst.example/a b"},
		{"web", "x", 0, 0, "pattern of names"},
	}, got)
	for line, want := range map[string]string{
		"droid x | y":                   "no nature",
		"robot | y":                     "no pattern",
		"robot * | y":                   "no pattern",
		"robot Zuul | y":                "lower case",
		"robot x":                       "no source",
		"robot x | since 2019-01-02":    "no source",
		"robot x | since yesterday | y": "write it as",
		"robot x | until | y":           "write it as",
		"robot x | since 2020-01-01 | until 2020-01-01 | y": "is not before",
	} {
		_, err := parseBots("# first\n" + line)
		assert.ErrorContains(t, err, want, line)
		assert.ErrorContains(t, err, "line 2", line)
	}
}

func FuzzListOfBots(f *testing.F) {
	f.Add("# robots\nagent noreply@x.example | https://x.example/docs\n\nrobot *[bot]* | pattern of names\n")
	f.Add("robot x | since 2020-01-01 | until 2021-01-01 | y")
	f.Add("web |||\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseBots(text)
		if err != nil {
			return
		}
		var again strings.Builder
		for _, b := range list {
			fmt.Fprintln(&again, b)
		}
		got, err := parseBots(again.String())
		require.NoError(t, err)
		assert.Equal(t, list, got)
	})
}

func day(s string) model.Date {
	d, err := model.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// natures writes what an identity is in turn, such as "human 2025-04-16 agent".
func natures(turns []turn) string {
	words := []string{"human", "robot", "agent", "web"}
	s := words[turns[0].nature]
	for _, t := range turns[1:] {
		s += fmt.Sprintf(" %s %s", t.from, words[t.nature])
	}
	return s
}

func TestBots(t *testing.T) {
	f := newBotFinder(&model.Tender{
		Bots: model.Bots{
			Add:    []string{"mail:Build@karst.example", "github:77"},
			Exempt: []string{"mail:robot@karst.example", "github:88", "mail:sync@karst.example"},
		},
		Tables: []model.Table{
			{Bots: []string{"mail:Nightly@karst.example", "github/Deploy-It", "gitlab.com/sync", ""}},
			{Bots: []string{"mail:sync@karst.example", "mail:noreply@anthropic.com", "mail:noreply@github.com"}},
		},
	})
	const hidden = "@users.noreply.github.com"
	for _, c := range []struct {
		id   model.Identity
		want string
	}{
		{model.Identity{Name: "Ada", Mail: "ada@karst.example"}, "human"},
		{model.Identity{}, "human"},
		{model.Identity{Name: "Ann Talbot", Mail: "ann@x.example"}, "human"},
		{model.Identity{Name: "Claude Monet", Mail: "claude.monet@x.example"}, "human"},
		{model.Identity{Name: "Claude", Mail: "claude@moraine.example"}, "human"},
		{model.Identity{Name: "Devin Aitken", Mail: "devin@x.example"}, "human"},
		{model.Identity{Name: "Jules", Mail: "jules@x.example"}, "human"},
		{model.Identity{Name: "Ada (aider)", Mail: "ada@karst.example"}, "human"},
		{model.Identity{Name: "Paul", Mail: "paul@aider.chat"}, "human"},
		{model.Identity{Name: "Kim", Mail: "7+copilotfan" + hidden}, "human"},
		{model.Identity{Name: "Kim", Mail: "copilotfan" + hidden}, "human"},
		{model.Identity{Name: "Tom Jenkins", Mail: "jenkins@karst.example"}, "human"},
		// document
		{model.Identity{Name: "Build", Mail: "build@karst.example"}, "robot"},
		{model.Identity{Account: "github:77"}, "robot"},
		{model.Identity{Name: "Lee", Mail: "77+Lee" + hidden}, "robot"},
		{model.Identity{Name: "robot", Mail: "Robot@karst.example"}, "human"},
		{model.Identity{Name: "x[bot]", Mail: "88+x[bot]" + hidden}, "human"},
		{model.Identity{Account: "github:88", Login: "deploy-it", Type: model.BotAccount}, "human"},
		// rosters
		{model.Identity{Name: "Nightly", Mail: "nightly@karst.example"}, "robot"},
		{model.Identity{Account: "github:5", Login: "deploy-it"}, "robot"},
		{model.Identity{Name: "Deploy", Mail: "Deploy-IT" + hidden}, "robot"},
		{model.Identity{Account: "gitlab.com:5", Login: "deploy-it"}, "human"},
		{model.Identity{Account: "gitlab.com:6", Login: "Sync"}, "robot"},
		{model.Identity{Login: "deploy-it"}, "human"}, // of which forge?
		{model.Identity{Name: "Sync", Mail: "sync@karst.example"}, "human"},
		// forge
		{model.Identity{Account: "github:9", Login: "helper", Type: model.AppAccount}, "robot"},
		// list
		{model.Identity{Name: "dependabot[bot]", Mail: "x" + hidden}, "robot"},
		{model.Identity{Name: "Zuul", Mail: "zuul@review.opendev.org"}, "robot"},
		{model.Identity{Name: "GitHub", Mail: "noreply@github.com"}, "web"},
		{model.Identity{Name: "Gerrit Code Review", Mail: "review@openstack.org"}, "web"},
		{model.Identity{Name: "Copilot", Mail: "198982749+Copilot" + hidden}, "human 2021-06-29 agent"},
		{model.Identity{Name: "Codex", Mail: "codex@x.example"}, "human 2025-04-16 agent"},
		{model.Identity{Name: "dependabot", Mail: "noreply@anthropic.com"}, "agent"}, // the first line, whatever it meets
	} {
		assert.Equal(t, c.want, natures(f.turns(c.id)), "%+v", c.id)
	}
}

// Whoever takes what an agent wrote earns it, so an agent must not pass for a robot,
// although its account has the form of one.
func TestAgents(t *testing.T) {
	f := newBotFinder(&model.Tender{})
	for _, name := range []string{
		"Claude <noreply@anthropic.com>", "claude[bot] <1+claude[bot]@users.noreply.github.com>", "Claude Opus 4.6 <x@y.example>",
		"copilot-swe-agent[bot] <1+Copilot@users.noreply.github.com>", "GitHub Copilot <noreply@github.com>", "Copilot <copilot@github.com>",
		"Codex <noreply@openai.com>", "chatgpt-codex-connector[bot] <>", "OpenAI Codex <codex@openai.com>",
		"Cursor <cursoragent@cursor.com>", "cursor[bot] <1+cursor[bot]@users.noreply.github.com>",
		"devin-ai-integration[bot] <1+devin-ai-integration[bot]@users.noreply.github.com>", "Devin AI <>",
		"aider (gpt-4o) <noreply@aider.chat>", "google-labs-jules[bot] <1+google-labs-jules[bot]@users.noreply.github.com>",
		"gemini-code-assist[bot] <>", "Gemini CLI <gemini-cli-agent@google.com>", "Amazon Q Developer <>", "amazon-q-developer[bot] <>",
		"openhands <openhands@all-hands.dev>", "sweep-ai[bot] <>", "Amp <amp@ampcode.com>", "opencode <noreply@opencode.ai>",
		"Crush <crush@charm.land>", "Junie <junie@jetbrains.com>", "Qwen-Coder <qwen-coder@alibabacloud.com>",
		"Mistral Vibe <vibe@mistral.ai>", "Warp <agent@warp.dev>", "factory-droid[bot] <>", "Kiro <1+kiro-agent@users.noreply.github.com>",
	} {
		who, mail, _ := strings.Cut(strings.TrimSuffix(name, ">"), " <")
		turns := f.turns(model.Identity{Name: who, Mail: mail})
		assert.Equal(t, agent, turns[len(turns)-1].nature, name)
	}
}

// Of lines that hold on different days, the first that holds decides on each.
func TestDatedLines(t *testing.T) {
	list, err := parseBots(`
web   kim  | since 2021-01-01 | until 2022-01-01 | pattern of names
robot kim* | since 2020-01-01 | until 2023-01-01 | pattern of names
agent kim  | since 2022-06-01 | pattern of names
robot lee  | until 2020-01-01 | pattern of names`)
	require.NoError(t, err)
	f := &botFinder{}
	f.hold(list)
	kim := f.turns(model.Identity{Name: "Kim"})
	assert.Equal(t, "human 2020-01-01 robot 2021-01-01 web 2022-01-01 robot 2023-01-01 agent", natures(kim))
	assert.Equal(t, "robot 2020-01-01 human", natures(f.turns(model.Identity{Name: "Lee"})))
	for at, want := range map[string]nature{
		"1969-07-20T00:00:00Z": human, "2019-12-31T23:59:59Z": human, "2020-01-01T00:00:00Z": robot,
		"2020-12-31T23:30:00-05:00": web, "2030-01-01T00:00:00Z": agent,
	} {
		when, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		assert.Equal(t, want, natureAt(kim, when), at)
	}
}

func TestSettled(t *testing.T) {
	settled := Settled(&model.Tender{
		Bots:   model.Bots{Add: []string{"mail:build@karst.example"}, Exempt: []string{"mail:robot@karst.example"}},
		Tables: []model.Table{{Bots: []string{"mail:nightly@karst.example"}}},
	})
	before, after := day("2020-01-01").Time(), day("2026-01-01").Time()
	for mail, want := range map[string]bool{"build": true, "robot": true, "nightly": true, "x-bot": true, "ada": false} {
		assert.Equal(t, want, settled(model.Identity{Mail: mail + "@karst.example"}, after), mail)
	}
	assert.False(t, settled(model.Identity{Name: "Codex"}, before), "a person's name then")
	assert.True(t, settled(model.Identity{Name: "Codex"}, after))
	assert.True(t, settled(model.Identity{Type: model.BotAccount}, after))
}

// A judge gives an identity a number for each nature, and keeps one person behind them.
func TestIdentityInTurns(t *testing.T) {
	j := NewJudge(model.NewTender(), "p")
	codex, ada := model.Identity{Name: "Codex", Mail: "c@x.example"}, model.Identity{Name: "Ada", Mail: "ada@x.example"}
	before, after := day("2025-04-15").Time(), day("2025-04-16").Time()
	numbers := []int32{j.ident(codex, after), j.ident(ada, before), j.ident(codex, before), j.ident(codex, after), j.ident(ada, after)}
	assert.Equal(t, []int32{1, 2, 0, 1, 2}, numbers)
	assert.Equal(t, []nature{human, agent, human}, j.nature)
	assert.Equal(t, []model.Identity{codex, codex, ada}, j.idents.list)
	j.bots.hold([]Bot{{"robot", "kim", day("2020-01-01"), day("2021-01-01"), "y"}, {"web", "kim", day("2022-01-01"), 0, "y"}})
	for at, want := range map[string]nature{"2019-12-31": human, "2020-01-01": robot, "2021-06-01": human, "2022-01-01": web} {
		assert.Equal(t, want, j.nature[j.ident(model.Identity{Name: "Kim"}, day(at).Time())], at)
	}
	b := j.judge(variant{})
	assert.Equal(t, []int32{0, 0, 1, 2, 2, 2, 2}, b.person)
	assert.True(t, slices.Equal([]string{"mail:c@x.example", "mail:ada@x.example", "name:Kim"}, b.persons.list))
}

// The index passes over no line that matches.
func TestNoLineIsPassedOver(t *testing.T) {
	f := newBotFinder(&model.Tender{})
	list := append(f.list, Bot{"web", "*", 0, 0, "y"}, Bot{"web", "ab*", 0, 0, "y"}, Bot{"web", "a*bcd*", 0, 0, "y"}, Bot{"web", "xy", 0, 0, "y"})
	f.hold(list)
	for _, b := range list {
		for _, filler := range []string{"", "b", "abcde"} {
			text := strings.ReplaceAll(b.Pattern, "*", filler)
			var want []Bot
			for _, b := range list {
				if matches(b.Pattern, text) {
					want = append(want, b)
				}
			}
			require.Contains(t, want, b)
			for _, id := range []model.Identity{{Name: strings.ToUpper(text)}, {Mail: text}, {Login: text}} {
				got := f.matching(id)
				for _, b := range want {
					assert.Contains(t, got, b, "%+v", id)
				}
			}
		}
	}
}

func BenchmarkNatures(b *testing.B) {
	f := newBotFinder(&model.Tender{})
	ids := make([]model.Identity, 100_000)
	for i := range ids {
		ids[i] = model.Identity{Name: fmt.Sprint("Ada Number ", i), Mail: fmt.Sprintf("ada.number.%d@karst.example", i), Login: fmt.Sprint("ada", i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, id := range ids {
			f.turns(id)
		}
	}
}
