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
		"gitdm --lang fr":                             "pas de dépôt~; nommez-en un par --repo",
		"gitdm --help --lang fr":                      "Gitdm compte les modifications",
		"--lang fr":                                   "Commandes disponibles~:",
		"gitdm --lang tlh":                            "no such language: tlh",
		"census --lang fr":                            "research census~: nommez une liste de dépôts par --list",
		"census --lang fr --list x":                   "research census~: pas de dossier pour les tables",
		"census --lang fr --list x --out y":           "research census~: pas de période",
		"census --lang fr --list x --out y --until x": `--until "x"~: écrivez le premier mois`,
		"census --lang fr --list x --out y --until 2026-11 --months 0": "--months 0~: il faut de 1 à 1200",
		"census --lang fr --tender x --out y --months 12":              "--until et --months sont pour une liste",
		"audit --lang fr":                                                "research audit~: pas de document",
		"audit --lang fr --tender x":                                     "données personnelles. Ajoutez --identify",
		"audit --lang fr --tender x --identify --sample 1":               "--sample 1~: il faut un nombre à partir de 4",
		"audit --lang fr --tender x --identify --out a --key a":          "les codeurs ne doivent pas voir la clé",
		"audit read --lang fr":                                           "nommez le fichier que les codeurs ont rempli",
		"panel --lang fr --repo x --periods week":                        "--periods week~: il faut month, quarter, ou tags:MOTIF",
		"panel --lang fr --repo x --periods tags:v* --since 2026-01-01":  "les versions publiées n’ont pas de période",
		"panel --lang fr --repo x --since 2026-02-01 --until 2026-01-01": "--since 2026-02-01 n’est pas avant --until 2026-01-01",
		"panel --lang fr --repo x --since 2026-01-02 --until 2026-02-01": "une période est faite de mois entiers",
		"profile --lang fr --profile osci --repo x":                      "--since et --until, ou un intervalle par --rev",
		"profile --lang fr --profile osci --list x --rev a":              "il faut un intervalle A..B du dépôt que nomme --repo",
	} {
		var out, errs bytes.Buffer
		command.Run(t.Context(), strings.Fields(args), command.Place{Out: &out, Err: &errs})
		assert.Contains(t, strings.ReplaceAll(out.String()+errs.String(), "\u00a0", "~"), says, args)
	}
}
