package command_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Every command says in every language what it is for and what its flags mean.
func TestHelpsHaveTranslations(t *testing.T) {
	require.Greater(t, len(spoken.Texts(command.Root())), 20)
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		assert.Empty(t, spoken.Unsaid(command.Root(), l), "not in score/report/locale/catalogue/%s.json", lang)
	}
}

func TestSaidInFrench(t *testing.T) {
	for args, says := range map[string]string{
		"gitdm --lang fr":        "pas de dépôt~; nommez-en un par --repo",
		"gitdm --help --lang fr": "Gitdm compte les modifications",
		"--lang fr":              "Commandes disponibles~:",
		"gitdm --lang tlh":       "no such language: tlh",
	} {
		var out, errs bytes.Buffer
		command.Run(t.Context(), strings.Fields(args), command.Place{Out: &out, Err: &errs})
		assert.Contains(t, strings.ReplaceAll(out.String()+errs.String(), "\u00a0", "~"), says, args)
	}
}
