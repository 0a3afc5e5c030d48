package score_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The text has every rule and indicator, every number of the document's rules, and no
// place that was not filled in.
func TestMethodText(t *testing.T) {
	text := score.MethodText(nil)
	assert.NotContains(t, text, "{{")
	for _, r := range score.Rules() {
		assert.Contains(t, text, "**"+r.Name+"** (")
		assert.Contains(t, text, r.Doc)
		assert.Contains(t, text, r.Why)
	}
	for _, m := range score.Metrics() {
		assert.Contains(t, text, m.Doc)
	}
	for _, open := range []string{"answers to a friend's issues", "people of no firm hand in", "Whoever may tag, publish advisories or write lists of maintainers"} {
		assert.Contains(t, text, open, "what the suite of attacks bounds and no rule refuses is stated")
	}
	rules := reflect.TypeFor[model.Rules]()
	for i := range rules.NumField() {
		assert.Contains(t, text, "`rules."+rules.Field(i).Tag.Get("json")+"` = ", "every number of the rules is set by name")
	}

	doc := model.NewTender()
	doc.Rules.SmallTextLines, doc.Minimum.Effect, doc.Weights[model.Reviews] = 17, model.Zero, 55
	own := score.MethodText(doc)
	assert.Contains(t, own, "`rules.small-text-lines` = 17")
	assert.Contains(t, own, "and becomes 0")
	assert.Contains(t, own, "**reviews** (weight 55)")
	assert.NotEqual(t, text, own)
	assert.False(t, strings.Contains(text, "  \n"))
}
