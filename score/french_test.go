package score_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// speaks holds what a ranking says, and what explains it, against every language. A
// sentence fails here as it is finished; a test of package locale names those in the code
// that have no entry at all.
func speaks(t require.TestingT, r *model.Ranking, reasons map[string]bool, stated []string) {
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		for _, sentence := range sentences(t, r, reasons) {
			for _, s := range stated { // a story's own words for what its source lacks
				sentence = strings.ReplaceAll(sentence, s, "git does not record issues")
			}
			_, ok := l.Say(sentence)
			assert.True(t, ok, "%q cannot be said by score/report/locale/catalogue/%s.json", sentence, lang)
		}
	}
}

// sentences are the texts of a ranking and of what explains it that no document or stranger
// wrote.
func sentences(t require.TestingT, r *model.Ranking, reasons map[string]bool) []string {
	list := append([]string{}, r.Warnings...)
	for _, lot := range r.Lots {
		for _, p := range lot.Projects {
			list = append(list, p.Missing)
		}
	}
	bidders := map[string]bool{}
	for _, p := range r.Projects {
		for _, i := range p.Indicators {
			list = append(list, i.Reason)
		}
		for _, s := range p.Scores {
			bidders[s.Bidder] = true
			list = append(list, s.Insufficient)
		}
	}
	for bidder := range bidders {
		e, err := score.Explain(r, bidder)
		require.NoError(t, err)
		for _, s := range e.Steps {
			list = append(list, s.What, s.Unit, s.Note, s.Doc, s.Source)
		}
	}
	for reason := range reasons {
		list = append(list, reason)
	}
	return list
}

// evaluated evaluates a world and checks what is said.
func evaluated(t require.TestingT, doc *model.Tender, records stream) {
	reasons := map[string]bool{}
	r, err := score.Evaluate(doc, records, &score.Options{Evidence: func(v model.Verdict) { reasons[v.Reason] = true }})
	require.NoError(t, err)
	speaks(t, r, reasons, statedIn(records))
}

// statedIn are the reasons that a story's own source gives.
func statedIn(records stream) (list []string) {
	for r := range records {
		if r.Coverage != nil && r.Coverage.Reason != "" {
			list = append(list, r.Coverage.Reason)
		}
	}
	return list
}

func TestWhateverIsSaidHasATranslation(t *testing.T) {
	law(t, 1, func(t *rapid.T) {
		w := anyWorld(drawn{t})
		evaluated(t, w.tender, w.stream())
	})
}

// The demonstrated attacks meet limits and warnings that invented stories rarely do.
func TestTheWorldOfAttacksHasTranslations(t *testing.T) {
	figuresAlone(t)
	for _, forge := range []bool{false, true} {
		w := newWorld(forge).state()
		evaluated(t, w.tender(), w.stream())
		evaluated(t, openTender(w), w.stream())
	}
}
