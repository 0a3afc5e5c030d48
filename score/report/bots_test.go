package report_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func suspects() []score.BotSuspect {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	return []score.BotSuspect{
		{Identity: "mail:nightly@karst.example", Name: "Nightly", Doing: "writing", Acts: 358, First: at, Last: at.AddDate(0, 6, 0),
			Measured: []score.Measured{{Sign: "repeats", Value: 0.987, Strength: score.Alone}, {Sign: "name", Value: 1, Strength: score.Hint}, {Sign: "pace", Value: 3}}},
		{Identity: "github:77", Name: "gree\x1bter", Doing: "answering", Acts: 40, First: at, Last: at,
			Measured: []score.Measured{{Sign: "prompt", Value: 0.9, Strength: score.Alone}}},
	}
}

func ExampleBots() {
	report.Bots(os.Stdout, suspects()[:1], report.People{Key: []byte("secret")}, nil)
	// Output:
	// 1 account behaves like a robot. This suggests and decides nothing: people
	// travel, repeat themselves and let programs write for them, too.
	//
	// person-c1412ac16b67, writing: 358 acts from 2026-01-05 to 2026-07-05
	//   repeats             0.99  plain
	//   name                   1  hint
	//   pace                   3
	//
	// repeats: part of the commits, merges aside, whose subject another one has too,
	//   but for numbers and what is quoted; 0 to 1. A hint from 0.5 on, plain from
	//   0.8. Source: Dey et al., Detecting and characterizing bots that commit code,
	//   MSR 2020 (BIMAN); Golzadeh et al., A ground-truth dataset and classification
	//   model for detecting bots in GitHub issue and PR comments, JSS 2021 (BoDeGHa).
	// pace: acts on the median day with acts; 1 and more. A hint from 40 on. Source:
	//   Abdellatif et al., BotHunter, MSR 2022.
	// name: 1 where a word of the name, or of the address before its @, is one that
	//   machines go by, such as bot or ci; otherwise 0. A hint from 1 on. Source: Dey
	//   et al., Detecting and characterizing bots that commit code, MSR 2020 (BIMAN).
	//
	// Whoever is a robot belongs under bots: add of the document, whoever is none
	// under bots: exempt. To see who they are, identify them.
}

func TestBotsAreNamedOnlyWhenAsked(t *testing.T) {
	var hidden, named bytes.Buffer
	require.NoError(t, report.Bots(&hidden, suspects(), report.People{Key: []byte("k")}, nil))
	require.NoError(t, report.Bots(&named, suspects(), report.People{Names: true, Key: []byte("k")}, nil))
	for _, word := range []string{"Nightly", "karst", "github:77", "bots:\n"} {
		assert.NotContains(t, hidden.String(), word)
		assert.Contains(t, named.String(), word)
	}
	assert.Contains(t, hidden.String(), "person-")
	assert.Contains(t, named.String(), "bots:\n  add:\n    - \"mail:nightly@karst.example\"\n    - \"github:77\"\n")
	assert.NotContains(t, named.String(), "\x1b", "names must not steer the terminal")
	for _, b := range []string{hidden.String(), named.String()} {
		assert.Contains(t, b, "2 accounts behave like robots")
		assert.Contains(t, b, "  repeats             0.99  plain\n  name                   1  hint\n  pace                   3\n")
		assert.Contains(t, b, "Golzadeh", "signs that are shown are explained")
		assert.NotContains(t, b, "interval:", "others are not")
	}
	assert.Error(t, report.Bots(broken{}, suspects(), report.People{}, nil))
	assert.Error(t, report.Bots(broken{}, nil, report.People{}, nil))
}

func TestBotsFitTheTerminal(t *testing.T) {
	for _, width := range []int{40, 60, 120} {
		var b bytes.Buffer
		require.NoError(t, report.Bots(&b, suspects(), report.People{Names: true}, &report.TextOptions{Width: width}))
		for line := range strings.Lines(b.String()) {
			assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), width, line)
		}
	}
	var b bytes.Buffer
	require.NoError(t, report.Bots(&b, nil, report.People{}, nil))
	assert.Equal(t, "No account that is not settled yet behaves like a robot.\n", b.String())
}
