package locale_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// nbsp writes the spaces that must not break as people type them.
func nbsp(s string) string { return strings.ReplaceAll(s, "~", "\u00a0") }

func TestSay(t *testing.T) {
	fr := french(t)
	for english, want := range map[string]string{
		"": "",
		// Numbers in sentences, and what stands for one act or none.
		"T = 37.5, stated in the document":               "T = 37,5, énoncé dans le document",
		"from 1 acts":                                    "d’après 1 acte",
		"from 0 acts":                                    "d’après 0 acte",
		"from 1234 acts":                                 "d’après 1~234 actes",
		"1234 changes without a time of merge":           "1~234 modifications sans date de fusion",
		"a robot published 3 of the window's 4 releases": "un robot a publié 3 des 4 versions de la période",
		"stored from 2026-03-04 on only":                 "conservé à partir du 04/03/2026 seulement",
		"stored up to 2026-03-04 05:06:07 only":          "conservé jusqu’au 04/03/2026 05:06:07 seulement",
		// A percent sign of the code is one of the language.
		"karst: 61 % of the credits lie in the last 3 of 36 months (rule burst)": "karst~: 61~% des crédits se trouvent dans les 3 derniers mois sur 36 (règle burst)",
		// A sentence that holds the mark by which others are joined, and one after it.
		"5 of 9 listings in role files could be matched to a person; the others name accounts that git does not know; git does not record issues": "5 inscriptions sur 9 dans les fichiers de rôles ont pu être rattachées à une personne~; les autres nomment des comptes que git ne connaît pas~; git ne consigne pas les tickets",
		// Why a repository could not be mined.
		"repo/lost.git is not there; state the path of a repository or of a git bundle, or a URL":     "repo/lost.git n’existe pas~; énoncez le chemin d’un dépôt ou d’un paquet git, ou une URL",
		"there is no clone of it in CACHE, and offline none can be made; mine it once with a network": "il n’y en a pas de clone dans CACHE, et il ne peut en être fait hors ligne~; relevez-le une fois avec un réseau",
		"repo/a holds no git repository; the one around it is ../..: state that if it is meant":       "repo/a ne contient pas de dépôt git~; celui qui l’entoure est ../..~: énoncez-le si c’est lui qui est visé",
		// A text in a text, and a name that is spelt like a word of the engine.
		"changes: refused by the rule cap": "modifications~: écarté par la règle cap",
		"counted with commit:changes":      "compté avec commit:changes",
		"only 1 organisation reaches a quarter of T, which is 2.5, and reviews has 71 % of the credits":                                                                          "seulement 1 organisation atteint un quart de T, soit 2,5, et reviews détient 71~% des crédits",
		"p: 3 acts are by people whom karst and moraine claim with equal evidence; they count for nobody known until it is decided":                                              "p~: 3 actes viennent de personnes que karst et moraine revendiquent avec des preuves égales~; ils ne comptent pour personne de connu tant que la question n’est pas tranchée",
		"p: no thresholds stated for changes, active-months; they were taken from the project's own activity in this run and must be published before a tender can rely on them": "p~: aucun seuil n’est énoncé pour modifications, mois actifs~; ils ont été tirés de l’activité du projet lui-même dans ce calcul et doivent être publiés avant qu’un marché puisse s’y fier",
		"100 · weight · n; the weight is 0.21 as published (30 / 100 · 70 / 100), of 0.9 for all indicators that count":                                                          "100 · poids · n~; le poids publié est 0,21 (30 / 100 · 70 / 100), sur 0,9 pour tous les indicateurs retenus",
		"Moving 12.50 of the 100 points of its pillar from commits: changes to commits: active-months makes A and B first.":                                                      "Déplacer 12,50 des 100 points de son pilier de commits~: modifications vers commits~: mois actifs place A et B en tête.",
		"Moving 12.50 of the 100 points from kernel 2.6 to libc makes A first.":                                                                                                  "Déplacer 12,50 des 100 points de kernel 2.6 vers libc place A en tête.",
	} {
		got, ok := fr.Say(english)
		assert.True(t, ok, english)
		assert.Equal(t, nbsp(want), got)
	}
}

// What a server said stands in the middle of what can be said, and the whole is known to
// be English in part.
func TestSayWhatIsKnown(t *testing.T) {
	got, ok := french(t).Say("known up to 2026-01-02 03:04:05 only: 502 Bad Gateway")
	assert.True(t, ok, "anything may stand for a name")
	assert.Equal(t, nbsp("connu jusqu’au 02/01/2026 03:04:05 seulement~: 502 Bad Gateway"), got)
	got, ok = french(t).Say("partial evidence: something new")
	assert.False(t, ok)
	assert.Equal(t, nbsp("preuves partielles~: something new"), got)
	for _, same := range []string{"Acme; Sons", "changes and more", "12", "a: b", "% %s %[1]s %!d(MISSING)", "\xff\xfe", "=HYPERLINK(\"x\")", "<script>"} {
		got, ok = french(t).Say(same)
		assert.False(t, ok, same)
		assert.Equal(t, same, got)
	}
	got, ok = locale.English().Say("anything at all")
	assert.True(t, ok)
	assert.Equal(t, "anything at all", got)
}

// Strangers' words stand in sentences: however long and however like a text they are, they
// take no time and come out as they went in.
func TestSayIsQuickWhateverComes(t *testing.T) {
	fr := french(t)
	began := time.Now()
	for _, piece := range []string{"a", "; ", ": ", "git does not record issues; ", "%s", "changes: ", "x merged into y and ", "\x00", "é"} {
		for _, n := range []int{30, 1000, 100_000} {
			hostile := strings.Repeat(piece, n)
			fr.Say(hostile)
			got, _ := fr.Say("the same work as " + hostile + "!")
			if len(got) < 1<<15 {
				assert.True(t, strings.HasPrefix(got, "même travail que ") && strings.HasSuffix(got, "!"), "%.80q", got)
			}
		}
	}
	assert.Less(t, time.Since(began), 20*time.Second)
}

func TestNumbersAsCodeHasThem(t *testing.T) {
	fr, en := french(t), locale.English()
	for english, want := range map[string]string{
		"0.5": "0,5", "-1234.50": "-1~234,50", "+3": "+3", "1234567": "1~234~567", "12": "12",
		"1.2.3": "1.2.3", "unknown": "unknown", "": "", "-": "-", "1e+06": "1e+06", "v1.5": "v1.5",
	} {
		assert.Equal(t, nbsp(want), fr.Decimal(english))
		assert.Equal(t, english, en.Decimal(english))
	}
	for english, want := range map[string]string{
		"81.28 / 100 · 40":                   "81,28 / 100 · 40",
		"0.5 + (42 / 110 − 0.25) / 0.3125":   "0,5 + (42 / 110 − 0,25) / 0,3125",
		"0.5 0.25 0.125":                     "0,5 0,25 0,125",
		"v1.5 1.2.3 2026-01-02 10.0.0.1 x.5": "v1.5 1.2.3 2026-01-02 10.0.0.1 x.5",
	} {
		assert.Equal(t, want, fr.Formula(english))
		assert.Equal(t, english, en.Formula(english))
	}
}

// In a text without verbs a percent sign is one.
func TestTextsKeepTheirPercentSigns(t *testing.T) {
	fr := french(t)
	assert.Equal(t, nbsp("5~%"), fr.Percent(0.05, 0))
	got, ok := fr.Say("A source that shows under 5 % counts as unavailable; above that it rarely states how much is missing. A bidder of whom nothing was seen stays at nothing.")
	assert.True(t, ok)
	assert.Contains(t, got, nbsp("moins de 5~% compte"))
	assert.Equal(t, got, fr.T("A source that shows under 5 % counts as unavailable; above that it rarely states how much is missing. A bidder of whom nothing was seen stays at nothing."))
}

func BenchmarkSay(b *testing.B) {
	fr, err := locale.Of("fr")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		fr.Say("the same work as commit:0123456789abcdef0123456789abcdef01234567")
		fr.Say("changes: refused by the rule cap")
	}
}
