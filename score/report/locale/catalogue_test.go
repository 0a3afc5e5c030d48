package locale_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// others are the languages that need a translation.
func others(t *testing.T) (list []*locale.Locale) {
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		if assert.NoError(t, err) && lang != locale.Default {
			list = append(list, l)
		}
	}
	assert.NotEmpty(t, list)
	return list
}

// Every text that code hands to T is in every catalogue, under these very letters.
func TestEveryTextHasATranslation(t *testing.T) {
	texts := code(t, "score/report", "examples")
	n := 0
	for _, l := range others(t) {
		for _, f := range texts {
			if f.call == "T" {
				n++
				assert.True(t, l.Has(f.text), "%q of %s is not in catalogue/%s.json", f.text, f.at, l.Lang())
			}
		}
	}
	assert.Greater(t, n, 100)
}

// The same is put in, in both languages; of what has no verb the percent signs are its own.
func TestTranslationsTakeTheSame(t *testing.T) {
	for _, l := range others(t) {
		for _, english := range l.Texts() {
			for form, said := range l.Forms(english) {
				want := kinds(english)
				if !verb.MatchString(english) && !strings.Contains(english, "%%") {
					assert.NotContains(t, said, "%%", english)
					continue
				}
				assert.Equal(t, want, kinds(said), "%s: %q and %q", form, english, said)
			}
		}
	}
}

// kinds lists what is put into a text, sorted by its place.
func kinds(text string) []string {
	next, at := 1, map[string]bool{}
	numbered := regexp.MustCompile(`%(?:\[(\d+)\])?(\S*?)([sdvqwfgxt%])`)
	for _, m := range numbered.FindAllStringSubmatch(text, -1) {
		if m[3] == "%" && m[2] == "" {
			at["%%"] = true
			continue
		}
		if m[1] != "" {
			next = int(m[1][0] - '0')
		}
		at[string(rune('0'+next))+m[2]+m[3]] = true
		next++
	}
	return slices.Sorted(maps.Keys(at))
}

// What no code says any more is not kept.
func TestNoTranslationIsLeftOver(t *testing.T) {
	said := map[string]bool{}
	for _, f := range slices.Concat(code(t, "score", "forge", "model", "examples"), templates(t, "score", "examples")) {
		for _, text := range wholes(f.text) {
			said[bare(text)] = true
		}
	}
	for _, l := range others(t) {
		for _, english := range l.Texts() {
			assert.True(t, said[bare(english)] || said[bare(strings.ReplaceAll(english, "%%", "%"))],
				"nothing says %q; take it out of catalogue/%s.json", english, l.Lang())
		}
	}
}

var brackets = regexp.MustCompile(`\(([^()]*\pL[^()]*)\)`)

// wholes returns a text, and what stands in brackets where nothing else has letters. A text
// that goes on after another one counts without the mark between them.
func wholes(text string) []string {
	list := []string{text, strings.TrimPrefix(text, "; "), strings.TrimSuffix(text, "%"), strings.TrimSpace(text)}
	if m := brackets.FindAllStringSubmatch(text, -1); len(m) == 1 && !hasLetters(verb.ReplaceAllString(brackets.ReplaceAllString(text, ""), "")) {
		list = append(list, m[0][1])
	}
	return list
}

func hasLetters(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// engine are the folders and files whose sentences a ranking, its evidence, what explains it
// and why a document cannot be sealed hold.
var engine = []string{"score/", "forge/git/", "forge/github/", "forge/gitlab/", "forge/gitea/", "forge/internal/mining/", "forge/store/replay.go", "forge/mine.go"}

// loud are the functions whose texts go to whoever runs the program: errors, which may name
// anything, and the log; and those that look for a text instead of saying it.
var loud = []string{"Errorf", "New", "panic", "fail", "Warn", "Info", "Debug", "Error", "corrupt", "damaged", "within", "fault",
	"Sscanf", "MustCompile", "Contains", "CutPrefix", "HasPrefix", "TrimSuffix", "view", "update", "wrap", "T"}

// sentence is a text of at least two words.
var sentence = regexp.MustCompile(`\pL{2,}[,;:]? \pL{2,}|\pL{2,} %|% \pL{2,}`)

// quiet are texts that no reader of a result meets, by file.
var quiet = map[string][]string{
	"score/bots.go":    {" | since %", " | until %"}, // the printed list's own form
	"score/explain.go": {"lot %"},                    // addresses of figures
	"score/explain_gather.go": {"act %", "changes-per-week %d, acts-per-day %d, ports-per-day %d", "floor-acts %d, floor-months %d", "mate %", "revert-days %d",
		"small-text %s, small-text-lines %d", "import-files %d, import-lines %d"}, // keys of the document
	"score/evaluate.go": {"vendor %s: %s lends addresses to the public and is nobody's company; list the people who use it in a roster",
		"an employment by %s has the fraction %g; it is above 0 and at most 1", "an employment by %s has the level %q, which there is not",
		"personal_domains: %s is no domain under a public suffix, or nobody's already; write what stands there as an organisation's name",
		"decision %s overrules %q; a decision can overrule %s", "score: judging %s: %v\n\n%s"}, // faults of a tender that a program made
	"score/ledger_form.go":  {"the ledger was made with other %s than this tender's; judge its projects again with this document and this version"},
	"score/limits_forge.go": {"%d of the changes that the forge merged in the window ", " in a form that is no commit id", " a time of merge on the forge that lies more than 30 days from git's"}, // parts of sentences
	"score/methodtext.go": {"; the number stays what it is", ", and becomes 0",
		"%d changes a week, %d reviews, integrations and triages a day each, %d ports a day, for each person and project; %s of a credit for a small text; and nobody's acts count before %d of them in %d months",
		"(%d credited acts or %s %% of all human acts) in %d months", "**%s** (weight %s)\n\n",
		"* **%s** (weight %s in the pillar; %s): %s%s Needs: %s. Source: %s\n", " *Set by:* %s."}, // the method is translated as a whole
	"forge/git/branches.go":   {"%s and %d more"}, // lists of names in errors
	"forge/git/bundle.go":     {"# v2 git bundle\n", "# v3 git bundle\n"},
	"forge/git/content.go":    {"blob %", "empty %06o", "mode %06o"},
	"forge/git/trees.go":      {"Subproject commit %\n", "Subproject commit %%"},
	"forge/gitlab/reviews.go": {"approved this merge request", "unapproved this merge request", "requested changes", "requested review from ", " and removed approval", "assigned to ", "reset approvals from ", " and removed ", " and unassigned "}, // what GitLab writes
	"forge/gitlab/sight.go":   {"GitLab shows ", " to those only who give a token", " to others than the owner of this token only"},                                                                                                                   // parts of sentences
	"forge/git/upkeep.go":     nil,                                                                                                                                                                                                                    // lists of paths
	"forge/gitea/client.go":   {"token %"},
	"forge/gitea/news.go":     {"unknown on %", "%d at %s", "seen at %d", " at %"}, // marks of lists, for the program alone
	"forge/gitea/page.go":     {"%d of %d by %d, %d"},
	"forge/github/app.go":     {"installation %d"},
	"forge/github/plan.go":    nil, // queries
	"forge/github/queries.go": nil,
	"forge/github/sync.go":    {"%d at %s ", " %d at %s"},
	"forge/gitlab/graphql.go": {"a query has the complexity %d, and may have %d"},
	"forge/gitlab/sync.go":    {"%d at %s", "seen at %d", " %s at %s"},
	"forge/gitlab/queries.go": nil,
}

// Every sentence in the engine's code has a translation, or stands in the list above.
func TestEverySentenceOfTheEngineHasATranslation(t *testing.T) {
	for _, l := range others(t) {
		known := map[string]bool{}
		for _, english := range l.Texts() {
			known[bare(english)] = true
		}
		for _, f := range code(t, "score", "forge") {
			if !isEngine(f.at) || slices.Contains(loud, f.call) || !sentence.MatchString(bare(f.text)) || isQuiet(f) {
				continue
			}
			assert.True(t, slices.ContainsFunc(wholes(f.text), func(s string) bool { return known[bare(s)] || known[bare(strings.ReplaceAll(s, "%%", "%"))] }),
				"%q of %s is not in catalogue/%s.json, nor in the list quiet of this test", f.text, f.at, l.Lang())
		}
	}
}

// isQuiet reports whether no reader meets a text: one of the list, or a work's title.
func isQuiet(f found) bool {
	texts, listed := quiet[f.at]
	return listed && texts == nil || slices.Contains(texts, f.text) || literature.MatchString(f.text)
}

// literature is how works are cited.
var literature = regexp.MustCompile(`^\pL[^;:]*(?: et al\.|& Tarantola),`)

// isEngine tells the files of the list above from their neighbours.
func isEngine(file string) bool {
	for _, e := range engine {
		if rest, ok := strings.CutPrefix(file, e); ok && !strings.Contains(rest, "/") {
			return true
		}
	}
	return false
}

// Whatever is said in the rules, indicators, signs of robots and assumptions has a translation.
func TestThePublishedListsHaveTranslations(t *testing.T) {
	for _, l := range others(t) {
		say := func(english string) {
			_, ok := l.Say(english)
			assert.True(t, ok, "%q is not in catalogue/%s.json", english, l.Lang())
		}
		for _, r := range score.Rules() {
			say(r.Doc)
			say(r.Why)
			say(r.Source)
		}
		for _, m := range score.Metrics() {
			for _, text := range []string{string(m.Pillar), string(m.Indicator), m.Unit, m.Doc, m.Source, string(m.Needs)} {
				say(text)
			}
		}
		for _, s := range score.BotSigns() {
			say(s.Doc)
		}
		for _, a := range score.Assumptions() {
			for _, text := range []string{a.Name, string(a.Kind), a.Doc, a.Reason} {
				say(text)
			}
		}
		for _, k := range score.Knowledge() {
			say(k)
		}
		for _, level := range model.Levels() {
			say(string(level))
		}
	}
}
