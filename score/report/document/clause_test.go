package document

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// The criterion shows every parameter, sealed or not, in both modes. A key that a document
// gains is a parameter until the criterion shows it, or [apart] says why not.
func TestEveryParameterIsShown(t *testing.T) {
	award := full()
	award.Mode = model.Award
	plain := model.NewTender()
	plain.Projects = map[string]model.Project{"a": {Repositories: []model.Repository{{URL: "a.git"}}}}
	plain.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"a": 1}}}
	plain.Window.Until = full().Window.Until
	for name, tender := range map[string]*model.Tender{"full": full(), "sealed": sealed(t), "award": award, "hardly anything": plain} {
		assert.Empty(t, Unshown(tender), name)
	}
	assert.Greater(t, len(Parameters(sealed(t))), 120)
}

// What the criterion forgets is told: a value of a decision that no text shows.
func TestWhatIsForgottenIsTold(t *testing.T) {
	tender := full()
	tender.Indicators["praise"] = map[model.Indicator]float64{"likes": 5}
	assert.Equal(t, []string{"indicators.praise.likes"}, Unshown(tender))
}

// The test tender states a value for every key that is a parameter, so that the tests here
// hear of a new one.
func TestTheTestTenderStatesEverything(t *testing.T) {
	stated := map[string]bool{}
	for _, p := range Parameters(sealed(t)) {
		stated[shapeOf(p.Key)] = true
	}
	var walk func(shape string, of reflect.Type)
	walk = func(shape string, of reflect.Type) {
		if _, ok := apart[shape]; ok {
			return
		}
		switch of {
		case reflect.TypeFor[model.Threshold](), reflect.TypeFor[[]string]():
			assert.True(t, stated[shape], shape)
			return
		}
		switch of.Kind() {
		case reflect.Pointer:
			walk(shape, of.Elem())
		case reflect.Map, reflect.Slice:
			walk(shape+".*", of.Elem())
		case reflect.Struct:
			for i := range of.NumField() {
				if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "-" && name != "" {
					walk(strings.TrimPrefix(shape+"."+name, "."), of.Field(i).Type)
				}
			}
		default:
			assert.True(t, stated[shape], shape)
		}
	}
	walk("", reflect.TypeFor[model.Tender]())
	for shape := range apart {
		assert.True(t, slices.ContainsFunc(leaves(sealed(t)), func(l leaf) bool {
			s := shapeOf(l.key)
			return s == shape || strings.HasPrefix(s, shape+".")
		}) || slices.Contains([]string{"rosters", "erased", "withheld"}, shape), "%s is no key", shape)
	}
}

// shapeOf writes a key with * for names and numbers, as [apart] has it.
func shapeOf(key string) string {
	words := strings.Split(key, ".")
	for i := range words {
		switch shape := strings.Join(words[:i], "."); {
		case slices.Contains([]string{"weights", "indicators", "indicators.*", "projects", "projects.*.repositories", "projects.*.repositories.*.tips", "projects.*.thresholds",
			"projects.*.accept", "projects.*.justify", "lots", "lots.*.projects", "vendors", "vendors.*.names", "vendors.*.domains", "vendors.*.parent", "decisions",
			"seal.parts", "seal.indicators", "seal.rosters", "rosters"}, shape):
			words[i] = "*"
		}
	}
	return strings.Join(words, ".")
}

// Whatever the seal fixes since it moves a score stands in the criterion: who changes it
// changes the text, in each language.
func TestWhatIsSealedIsShown(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	was := map[string]string{}
	for _, l := range languages(t) {
		was[l.Lang()] = textOf(t, Clause(full(), l))
	}
	moved, base := 0, sealed(t)
	for _, x := range leaves(full()) {
		held := *base
		change(t, &held, x.key)
		if score.CheckSeal(&held, base.Seal.Digest) == nil {
			continue
		}
		moved++
		other := full()
		change(t, other, x.key)
		for _, l := range languages(t) {
			assert.False(t, was[l.Lang()] == textOf(t, Clause(other, l)), "%s: the criterion in %s does not show it", x.key, l.Lang())
		}
	}
	assert.Greater(t, moved, 90)
}

// What stands under a key is the value of that key: another value, another text there.
func TestEachKeyShowsItsOwnValue(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	shown := func(tender *model.Tender, key string) (list []string) {
		for _, unit := range Clause(tender, locale.English()).units() {
			for _, v := range unit.values() {
				if v.key == key {
					list = append(list, v.shown)
				}
			}
		}
		return list
	}
	keys := 0
	for _, p := range Parameters(full()) {
		switch p.Key {
		case "vendors", "rosters", "bots", "decisions", "lots.1.id", "lots.2.id", "decisions.d1.id", "decisions.d2.id": // digests, and what is a key itself
			continue
		case "projects.mapserver.accept.2.kind", "decisions.d2.on": // words for another kind alone
			continue
		}
		other := full()
		change(t, other, p.Key)
		was, is := shown(full(), p.Key), shown(other, p.Key)
		require.NotEmpty(t, was, p.Key)
		for _, s := range is {
			assert.NotContains(t, was, s, p.Key)
		}
		keys++
	}
	assert.Greater(t, keys, 100)
}

// change gives a tender another value at a key. What the tender shares with a copy of it
// stays as it is.
func change(t *testing.T, tender *model.Tender, key string) {
	t.Helper()
	list := leaves(tender)
	n := slices.IndexFunc(list, func(x leaf) bool { return x.key == key })
	require.GreaterOrEqual(t, n, 0, key)
	list[n].change()
}

// The numbers of the worked example are the engine's, and change with the document.
func TestTheExampleIsComputed(t *testing.T) {
	tender := full()
	x := exampleTender(tender, "x")
	r := score.Rank(x, exampleLedger(x, nil))
	text := textOf(t, Clause(tender, locale.English()))
	for _, s := range r.Lots[0].Standings {
		assert.Contains(t, text, "- Points of the lot: "+locale.English().Number(*s.Points, 2)+" = ")
	}
	tender.Weights[model.Commits] = 90
	assert.NotContains(t, textOf(t, Clause(tender, locale.English())), "- Points of the lot: "+locale.English().Number(*r.Lots[0].Standings[0].Points, 2)+" = ")
}

// The parts of the score in the tables are the engine's weights.
func TestThePartsAreTheEngines(t *testing.T) {
	tender := full()
	for id, p := range tender.Projects {
		p.Thresholds[model.Triage] = model.Threshold{T: 12}
		tender.Projects[id] = p
	}
	c := Clause(tender, locale.English())
	x := exampleTender(tender, "x")
	r := score.Rank(x, exampleLedger(x, nil))
	var rows [][]Text
	for _, b := range c.Blocks {
		if b.Table != nil && b.Table.Caption == "Weights of the indicators" {
			rows = b.Table.Rows
		}
	}
	require.Len(t, rows, len(r.Projects[0].Indicators))
	w := words{locale.English()}
	for n, i := range r.Projects[0].Indicators {
		assert.Equal(t, w.percent(i.Weight), rows[n][3], i.Indicator)
	}
}

// A sealed document's criterion bears its digest first, and is made of what was sealed.
func TestCriterionOfASealedDocument(t *testing.T) {
	s := sealed(t)
	text := textOf(t, Clause(s, locale.English()))
	first, _, _ := strings.Cut(text, "\n")
	assert.Equal(t, "**Sealed on 2026-12-01; digest `"+s.Seal.Digest+"`**", first)
	assert.NotContains(t, text, "DRAFT")
	s.Decisions = append(s.Decisions, model.Decision{ID: "late", On: "person:ada", Decide: "vendor: massif", Reason: "an objection"})
	assert.Equal(t, text, textOf(t, Clause(s, locale.English())), "a later decision is none of the criterion")
	draft := textOf(t, Clause(full(), locale.English()))
	assert.True(t, strings.HasPrefix(draft, "**DRAFT: the document is not sealed. Every result that is computed from it is a SIMULATION.**\n"), draft[:100])
}

// Nobody's name and no address stands in a criterion.
func TestCriterionNamesNobody(t *testing.T) {
	for _, l := range languages(t) {
		text := textOf(t, Clause(sealed(t), l))
		for _, personal := range []string{"@karst", "Kern", "ada", "payroll of", "github:17", "ci@"} {
			assert.NotContains(t, text, personal, l.Lang())
		}
	}
}
