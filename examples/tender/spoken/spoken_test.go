package spoken_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/report/locale"
)

func french(t *testing.T) *locale.Locale {
	l, err := locale.Of("fr")
	require.NoError(t, err)
	return l
}

// nbsp writes the spaces that must not break as people type them.
func nbsp(s string) string { return strings.ReplaceAll(s, "\u00a0", "~") }

func TestLanguageThatIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		args, otherwise, want string
	}{
		{"score x", "", "en"}, {"score x", "fr", "fr"}, {"score x --lang fr", "", "fr"}, {"--lang=fr score x", "", "fr"},
		{"score --lang en x", "fr", "en"}, {"--lang fr --lang en", "", "en"}, {"score -- --lang fr", "", "en"},
		{"score --lang", "", "en"}, {"--lang tlh", "fr", "en"}, {"", "tlh", "en"},
	} {
		assert.Equal(t, c.want, spoken.Of(strings.Fields(c.args), c.otherwise).Lang(), "%s, otherwise %q", c.args, c.otherwise)
	}
}

// english are words that no French fault has outside of what the document says, which stands in
// quotes, and of what is to be written into it.
var (
	english = regexp.MustCompile(`\b(a|an|the|or|and|is|has|have|not|no|of|with|write|from|to|above|below|means|keep|already|this|wants|list)\b`)
	quoted  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// Every fault that the corpus of documents has can be said in French, save what the reader of
// YAML says itself.
func TestFaultsOfDocuments(t *testing.T) {
	fr := french(t)
	archives, err := filepath.Glob("../../../model/tenderfile/testdata/faults/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	line := regexp.MustCompile(`^[^:]+:\d+:\d+: (.*)$`)
	n := 0
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		for _, f := range archive.Files {
			if !strings.HasSuffix(f.Name, "/want") {
				continue
			}
			for want := range strings.Lines(string(f.Data)) {
				m := line.FindStringSubmatch(strings.TrimSuffix(want, "\n"))
				if m == nil {
					continue
				}
				n++
				said, ok := fr.Say(m[1])
				ok = ok || !english.MatchString(quoted.ReplaceAllString(said, ""))
				assert.True(t, ok && said != m[1], "%s %s: %q was said as %q", filepath.Base(name), f.Name, m[1], said)
			}
		}
	}
	assert.Greater(t, n, 200)
}

func TestFaultsKeepTheirPlaces(t *testing.T) {
	faults := tenderfile.Faults{{File: "tender.yaml", Line: 12, Column: 7, Message: `unknown key "waights"; did you mean "weights"?`}, {File: "é; wants.yaml", Line: 1, Column: 1, Message: "nobody knows"}}
	assert.Equal(t, `tender.yaml:12:7: inconnu~: clé "waights"~; vouliez-vous dire "weights"~?`+"\n"+`é; wants.yaml:1:1: nobody knows`, nbsp(spoken.Faults(french(t), faults)))
	assert.Equal(t, faults.Error(), spoken.Faults(locale.English(), faults))
	assert.Equal(t, "nobody knows", faults[1].Message)
}

// What is written comes out in the language, each line by itself; what nobody wrote for people,
// and what strangers did, comes out as it went in.
func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := spoken.Writer(french(t), &b)
	for text, want := range map[string]string{
		"x.yaml is not there; name the file of a tender document\n": "x.yaml n’existe pas~; nommez le fichier d’un document de marché\n",
		"  interrupted: nothing was mined, nothing was written\n":   "  interrompu~: rien n’a été relevé, rien n’a été écrit\n",
		`{"time":"2026-01-02","msg":"wrote result.xlsx"}` + "\n":    `{"time":"2026-01-02","msg":"wrote result.xlsx"}` + "\n",
		"time=2026 level=WARN msg=wrote\n":                          "time=2026 level=WARN msg=wrote\n",
		"\xff\xfe\x00 =1+1 \x1b[31m\n":                              "\xff\xfe\x00 =1+1 \x1b[31m\n",
		"":                                                          "", "\n": "\n",
	} {
		b.Reset()
		n, err := w.Write([]byte(text))
		require.NoError(t, err)
		assert.Equal(t, len(text), n, "whoever writes counts its own bytes")
		assert.Equal(t, want, nbsp(b.String()))
	}
	assert.Same(t, &b, spoken.Writer(locale.English(), &b), "English is not looked at")
}

// command is a small command line.
func command() *cobra.Command {
	root := &cobra.Command{Use: "tender FILE", Short: "Score the bidders of a tender document", Run: func(*cobra.Command, []string) {}}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().Int("workers", 3, "commits read at once (default: one per processor)")
	below := &cobra.Command{Use: "other DIR", Aliases: []string{"o"}, Short: "nobody says this", Run: func(*cobra.Command, []string) {}}
	below.Flags().StringP("bidder", "b", "karst", "short name of the bidder to whom the letter goes")
	below.Flags().String("secret", "", "it is not shown")
	_ = below.Flags().MarkHidden("secret")
	root.AddCommand(below)
	return root
}

func helpOf(t *testing.T, l *locale.Locale, args ...string) string {
	var b bytes.Buffer
	root := command()
	spoken.Help(root, l)
	root.SetOut(&b)
	root.SetErr(&b)
	root.SetArgs(args)
	_ = root.Execute()
	return nbsp(b.String())
}

func TestHelpInFrench(t *testing.T) {
	assert.Equal(t, `Noter les soumissionnaires d’un document de marché

Usage~:
  tender FICHIER [options]
  tender [commande]

Commandes disponibles~:
  help        Aide sur une commande
  other       nobody says this

Options~:
  -h, --help             aide sur tender
      --workers entier   commits lus en même temps (par défaut~: un par processeur) (par défaut~: 3)

«~tender [commande] --help~» en dit plus sur une commande.
`, helpOf(t, french(t), "--help"))
	assert.Equal(t, `nobody says this

Usage~:
  tender other DOSSIER [options]

Autres noms~:
  other, o

Options~:
  -b, --bidder texte   nom court du soumissionnaire à qui va la lettre (par défaut~: "karst")
  -h, --help           aide sur other

Options générales~:
      --workers entier   commits lus en même temps (par défaut~: un par processeur) (par défaut~: 3)
`, helpOf(t, french(t), "help", "other"))
}

// In English the help is cobra's own, and the French one has the same flags in the same order.
func TestHelpInEnglish(t *testing.T) {
	var b bytes.Buffer
	root := command()
	root.SetOut(&b)
	root.SetArgs([]string{"other", "--help"})
	require.NoError(t, root.Execute())
	english := helpOf(t, locale.English(), "other", "--help")
	assert.Equal(t, b.String(), english)
	flags := regexp.MustCompile(`--[a-z]+`)
	assert.Equal(t, flags.FindAllString(english, -1), flags.FindAllString(helpOf(t, french(t), "other", "--help"), -1))
}

// What pflag and cobra say of a wrong command line has French, in the words of the versions in use.
func TestFaultsOfOthers(t *testing.T) {
	for _, args := range []string{"--nosuch", "-x", "--workers", "--workers=many", "--workers=99999999999999999999", "other -b", "--=x"} {
		root := command()
		root.SilenceUsage, root.SilenceErrors = true, true
		root.Args = cobra.NoArgs
		root.SetArgs(strings.Fields(args))
		err := root.Execute()
		require.Error(t, err, args)
		said, ok := french(t).Say(strings.Split(err.Error(), "\n")[0])
		assert.True(t, ok, "%q was said as %q", err, said)
	}
	for _, text := range spoken.Foreign() {
		assert.True(t, french(t).Has(text) || strings.Contains(text, "invalid argument"), text)
	}
}
