package command_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/command"
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

// Faults and helps come in the language that is asked for, also of the commands below.
func TestSaidInFrench(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"--lang fr", "il faut le fichier d’un document de marché, ou un dossier que tender score --out a écrit"},
		{"x.yaml -o x.txt --lang fr", "il faut un nom qui finit par .xlsx"},
		{"serve --lang fr", "dites quoi servir~: --tender DOSSIER"},
		{"grant --lang fr", "--store FICHIER"},
		{"grant --help --lang=fr", "Donner|Grant crée une adresse"},
	} {
		var out, errs bytes.Buffer
		command.Run(t.Context(), strings.Fields(c.args), command.Place{Out: &out, Err: &errs})
		said := strings.ReplaceAll(out.String()+errs.String(), "\u00a0", "~")
		assert.Regexp(t, c.says, said, c.args)
		assert.NotRegexp(t, "want|say |Run it|Flags", said, c.args)
	}
}
