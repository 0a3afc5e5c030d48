package command_test

import (
	"bytes"
	"path/filepath"
	"regexp"
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

// Who gives access in French reads in French what was given, and what is in force.
func TestGrantsInFrench(t *testing.T) {
	store := filepath.Join(t.TempDir(), "grants.jsonl")
	say := func(args ...string) string {
		var out, errs bytes.Buffer
		require.Equal(t, command.Done, command.Run(t.Context(), args, command.Place{Out: &out, Err: &errs, Lang: "fr"}), errs.String())
		return strings.ReplaceAll(out.String()+errs.String(), "\u00a0", "~")
	}
	given := say("grant", "--store", store, "--tender", "t1", "--expires", "90d")
	assert.Regexp(t, `accès [a-z0-9]{8}, jusqu’au \S+Z, à t1\. L’adresse n’est affichée que cette fois\.\nUn programme qui envoie des en-têtes`, given)
	assert.Regexp(t, `^accès +état +créé +expire +marchés +mention\n[a-z0-9]{8}  en vigueur +\d\d/\d\d/\d{4}  \d\d/\d\d/\d{4} \d\d:\d\dZ  t1`, say("grants", "--store", store))
	id := regexp.MustCompile(`accès ([a-z0-9]{8})`).FindStringSubmatch(given)[1]
	say("revoke", "--store", store, id)
	var errs bytes.Buffer
	command.Run(t.Context(), []string{"grant", "--store", store, "--tender", "t1", "--expires", "2009-01-01"}, command.Place{Out: &errs, Err: &errs, Lang: "fr"})
	assert.Contains(t, errs.String(), "il faut entre 1m0s et dix ans")
	assert.Regexp(t, id+`  repris le \d\d/\d\d/\d{4}`, say("grants", "--store", store))
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
