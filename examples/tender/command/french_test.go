package command_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
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

// A buyer who asks for French is told everything in it: faults of the command line, of documents
// with their places, and what was done; and what is for programs stays as it is.
func TestEverythingIsSaidInFrench(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		says   []string
	}{
		{"--lang fr scor", command.Usage, []string{`tender~: commande inconnue "scor"~; il faut une commande de la liste ci-dessous`, `vouliez-vous dire "score"~?`, "L’option --help dit ce qu’il faut."}},
		{"score --lang fr --most x y", command.Usage, []string{`valeur "x" incorrecte pour l’option "--most"`}},
		{"score --nosuch --lang fr", command.Usage, []string{"option inconnue~: --nosuch"}},
		{"score --lang=fr", command.Usage, []string{"tender score~: 0 argument~; il faut le fichier d’un document de marché"}},
		{"check nowhere.yaml --lang fr", command.Usage, []string{"nowhere.yaml n’existe pas~; nommez le fichier d’un document de marché"}},
		{"letter --lang fr --help", command.Done, []string{"Usage~:", "Options générales~:", "nom court du soumissionnaire à qui va la lettre", `(par défaut~: "markdown")`, "tender letter DOSSIER --bidder SOUMISSIONNAIRE [options]"}},
	} {
		out, said, status := run(t, strings.Fields(c.args)...)
		assert.Equal(t, c.status, status, c.args)
		for _, s := range c.says {
			assert.Contains(t, strings.ReplaceAll(out+said, "\u00a0", "~"), s, c.args)
		}
		assert.NotContains(t, out+said, "\uFFFD", "spaces that do not break are no signs for a terminal: %s", c.args)
		for _, english := range []string{"unknown", "want", "Usage:", "Flags", "default", "Run it"} {
			assert.NotContains(t, out+said, english, c.args)
		}
	}
	dir := place(t, strings.Replace(document, "projects:", "projekts:", 1))
	_, said, status := run(t, "check", filepath.Join(dir, "tender.yaml"), "--lang", "fr")
	assert.Equal(t, command.Usage, status)
	assert.Regexp(t, `tender\.yaml:\d+:1: inconnu.: clé "projekts".; vouliez-vous dire "projects".\?`, said)

	assert.NotContains(t, said, "\uFFFD")

	file, result := demonstrated(t)
	out, said, status := run(t, "check", file, "--lang", "fr")
	assert.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "aucune erreur")
	assert.Contains(t, out, "3 soumissionnaires")
	out, said, status = run(t, "verify", result, "--lang", "fr")
	assert.Equal(t, command.Done, status, said)
	assert.Regexp(t, `(?s)^SIMULATION.*\nvrai.: le paquet pour buyer\. \d+ fichiers ont .* actes font les crédits.*\nnon prouvé.: .*\nnon signé.: `, out)
	assert.NotRegexp(t, `\b(the|of|not|what|which)\b`, out)
	for args, says := range map[string]string{
		"explain " + result + " karts":                   "il n’y a ni tel soumissionnaire ni tel chiffre~; vouliez-vous dire \"karst\"~?",
		"explain " + result + " nobody":                  "; le classement a bigco, karst",
		"explain " + result + " karst nonsense":          "ni tel chiffre~; il y a lot 1, lot 2",
		"explain " + result + " karst act commit:ffffff": "ni tel chiffre~: rien n’a été jugé à son sujet",
		"sensitivity " + file + " --assume foo=1":        "il n’y a pas d’hypothèse \"foo\"~; il y a account-name, confirmed",
		"sensitivity " + file + " --assume domain=2":     "l’hypothèse domain est 2~; il faut un nombre de 0 à 1",
		"sensitivity " + file + " --draws 100000000":     "tirages~; il en faut de 1 à",
	} {
		_, said, status := run(t, append(strings.Fields(args), "--lang", "fr")...)
		assert.Equal(t, command.Usage, status, args)
		assert.Contains(t, strings.ReplaceAll(said, "\u00a0", "~"), says)
		assert.NotRegexp(t, `\b(the|there|such|want|nothing)\b`, said)
	}
	for _, args := range [][]string{{"score", file, "--format", "json"}, {"score", file, "--format", "csv"}} {
		english, _, _ := run(t, args...)
		french, _, _ := run(t, append(args, "--lang", "fr")...)
		if args[3] == "json" {
			assert.Equal(t, english, french, "what is for programs has no language")
		}
	}
}

// The surroundings ask for a language where no flag does, and a wrong one is named with who asked.
func TestLanguageOfTheSurroundings(t *testing.T) {
	in := func(lang string, args ...string) (string, string, int) {
		var out, errs bytes.Buffer
		status := command.Run(t.Context(), args, command.Place{Out: &out, Err: &errs, Lang: lang})
		return out.String(), errs.String(), status
	}
	out, _, _ := in("fr", "method")
	assert.True(t, strings.HasPrefix(out, "# Méthode 1"))
	out, _, _ = in("fr", "--lang", "en", "method")
	assert.True(t, strings.HasPrefix(out, "# Method 1"), "the flag wins")
	_, said, status := in("tlh", "method")
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "--lang, or TRIBUTARY_LANG: no such language: tlh; there are en, fr")
	_, said, _ = in("fr", "--lang", "tlh", "method")
	assert.Contains(t, said, "--lang: no such language")
}
