package locale_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// glossary holds what each English term is in French: a reader who compares the criterion, the
// letter and the workbook must know one thing by one word. Each French text of a text with the
// term has one of the words.
var glossary = map[string]string{
	`bidders?`: "soumission", `lots?`: "lot", `criterion`: "critère", `pillars?`: "pilier", `indicators?`: "indicateur",
	`thresholds?`: "seuil", `scores?`: "not(e|é)", `window`: "période", `vendors?`: "entreprise", `rosters?`: "listes? des personnes",
	`commits?`: "commit", `committers?`: "commiteur", `reviews?`: "relec|relu|relire", `releases?`: "version|publi", `ports?`: "rétroportage",
	`issues?`: "ticket", `upkeep`: "entretien", `stewardship`: "responsabilité", `trailers?`: "mention", `maintainer`: "mainteneur", `robots?`: "robot",
	`coverage`: "couverture", `gaps?`: "lacune", `mined`: "relev", `evidence`: "preuve", `equal evidence`: "preuves égales",
	`unknown affiliation`: "rattachement inconnu", `contested`: "contest", `objections?`: "contestation",
	`refused`: "écart|refus", `discounted`: "minor", `dropped`: "supprim", `credited`: "crédit", `sealed`: "scell", `pinned`: "fig(é|er)", `digests?`: "empreintes? numérique",
}

// noTerms are where a word is no term: addresses, keys of documents, files, works, and what
// courts review.
var noTerms = regexp.MustCompile("https?://\\S+|`[^`]*`|\\{[^}]*\\}|[\\w-]+: |--[a-z]+|bidder=\\w+|tender score|score (?:--out|FILE|wrote)|[\\w./-]+\\.(?:jsonl|json|csv|md|yaml)\\b|evidence or minimum|Score mines|a port,|port 0|and port|under (?:vendors|rosters)|(?:issue|release|change|commit):[\\w.]+|lot=|CHAOSS [^;,]*|GitHub issue and PR comments|" +
	"(?i:review procedure|time limits and review|responsible for review|reviews the award|git commit)")

func TestGlossary(t *testing.T) {
	fr := french(t)
	for term, word := range glossary {
		english, said := regexp.MustCompile(`(?i)\b(?:`+term+`)\b`), regexp.MustCompile(`(?i)`+word)
		n := 0
		for _, text := range fr.Texts() {
			if sample(fr, text) || !english.MatchString(noTerms.ReplaceAllString(text, " ")) {
				continue
			}
			n++
			for _, form := range fr.Forms(text) {
				assert.True(t, said.MatchString(form), "%q has %q, and %q has no %s", text, term, form, word)
			}
		}
		assert.Greater(t, n, 0, "nothing says %q", term)
	}
}

// French is typed as it is printed: apostrophes that curl, and spaces that do not break before what
// stands high. Commands, keys of documents and the titles of works are no French.
func TestFrenchTypography(t *testing.T) {
	plain := regexp.MustCompile(strings.Join([]string{
		`'[^' ]*%s[^']*'|'\+[^']*'`, "`[^`]*`", `https?://\S+`, // commands and addresses
		`\w+: \[\{.*?\}\]|\w+: \{.*?\}|\{\w+: \w+\}|\w+: ?[A-Z]{2,}`, // parts of documents
		`\b(bidders|bots|by|clé|commit|decide|digest|effect|erased|format|keys?|kind|mode|on|parts|person|reason|repository|rule|staff|tender): `,
		`vendors, %s: |"%\[2\]s"|par [?!]|\? ou #|&refresh=1|Why are commits being reverted\?`}, "|"))
	loose := regexp.MustCompile(`['"]|(^|[^\x{a0}\s]|[ ])[;?!»](\s|$)|(^|[^\x{a0}\s]|[ ]):(\s|$)|«[^\x{a0}]|\.\.\.|[0-9dsfg] ?%%|[0-9] %(\s|$)`)
	fr := french(t)
	for _, text := range fr.Texts() {
		if sample(fr, text) {
			continue
		}
		for _, form := range fr.Forms(text) {
			bad := loose.FindString(plain.ReplaceAllString(form, ""))
			assert.Empty(t, bad, "%q", form)
		}
	}
}
