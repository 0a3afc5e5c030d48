package document

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// Parameter is something that a tender document states and that its published criterion
// must show: a weight, a threshold, a date, an address.
type Parameter struct {
	// Key is its place in the document, such as rules.mate, lots.1.projects.geolib or
	// projects.geolib.repositories.1.url; lists count from 1 where nothing names their items.
	Key string
	// Value is a float64, int, bool, string, []string, [model.Date], [model.Threshold] or
	// another kind of string.
	Value any
}

// apart are the keys whose values do not stand in the criterion one by one, and why.
var apart = map[string]string{
	"format":                "names the written form",
	"vendors":               "stands by its digest: who owns which mail domain is long, and grows with the bids",
	"personal_domains":      "stands by the digest of the vendors: a person's own domain is personal data",
	"rosters":               "stands by its digest: who works for whom is personal data",
	"bots":                  "stands by its digest: an address taken for a robot may be a person's",
	"bidders":               "is not fixed: bids come after the notice",
	"withheld":              "stands only in the record of an evaluation, of which no criterion is made",
	"erased":                "stands by its digest, and may grow: nobody waits for a tender to be forgotten",
	"decisions.*.objection": "may name a person; the decision says what came of it",
	"seal.format":           "names the written form",
	"seal.parts":            "stands as the table of digests",
	"seal.indicators":       "stands as the indicators that count, by project",
	"seal.vendors":          "stands by its digest",
	"seal.rosters":          "stands by its digest",
	"seal.decisions":        "says which decisions are those that stand here",
	"seal.erased":           "is part of the digest",
}

// Parameters lists everything that a tender document states and that its criterion must
// show, in the order of the document's keys: all of it but bidders, and the lists that
// stand by their digests. A new key of a document is a parameter until it is said why not.
// Of a sealed document it lists what was there at the sealing. Its texts are without mail
// addresses and names of who decided, see [report.Discreet].
func Parameters(t *model.Tender) []Parameter {
	w := parameterWalk{}
	w.structure("", "", reflect.ValueOf(*atSealing(report.Discreet(t))))
	return append(w.list, listDigests(t)...)
}

// atSealing returns the tender without the decisions that came after its sealing.
func atSealing(t *model.Tender) *model.Tender {
	if t.Seal == nil {
		return t
	}
	then := *t
	then.Decisions = slices.DeleteFunc(slices.Clone(t.Decisions), func(d model.Decision) bool { return !slices.Contains(t.Seal.Decisions, d.ID) })
	return &then
}

// digestedLists are the parts of a document that stand in the criterion by their digests.
var digestedLists = []string{"vendors", "rosters", "bots"}

// listDigests returns the digests of the lists that are not printed: the seal's, else those
// of today. The key is that of the list.
func listDigests(t *model.Tender) []Parameter {
	parts := score.Rank(t, &score.Ledger{}).Method.Parts
	if t.Seal != nil {
		parts = t.Seal.Parts
	}
	var list []Parameter
	for _, name := range digestedLists {
		list = append(list, Parameter{name, parts[name]})
	}
	if len(atSealing(t).Decisions) > 0 { // the person whom one is about is not named
		list = append(list, Parameter{"decisions", parts["decisions"]})
	}
	return list
}

// parameterWalk goes through a document by the keys of its types.
type parameterWalk struct{ list []Parameter }

// value lists what stands at a key. The shape is the key with * for all names and numbers.
func (w *parameterWalk) value(key, shape string, v reflect.Value) {
	if _, ok := apart[shape]; ok {
		return
	}
	switch x := v.Interface().(type) {
	case model.Threshold, model.Bidders:
		w.list = append(w.list, Parameter{key, x})
		return
	case model.Date:
		if x != 0 {
			w.list = append(w.list, Parameter{key, x})
		}
		return
	case []string:
		if len(x) > 0 {
			w.list = append(w.list, Parameter{key, x})
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			w.value(key, shape, v.Elem())
		}
	case reflect.Struct:
		w.structure(key, shape, v)
	case reflect.Map:
		w.table(key, shape, v)
	case reflect.Slice:
		for i := range v.Len() {
			w.value(key+"."+itemName(v.Index(i), i), shape+".*", v.Index(i))
		}
	case reflect.String:
		if v.String() != "" {
			w.list = append(w.list, Parameter{key, v.String()})
		}
	default:
		w.list = append(w.list, Parameter{key, v.Interface()})
	}
}

func (w *parameterWalk) structure(key, shape string, v reflect.Value) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue
		}
		w.value(strings.TrimPrefix(key+"."+name, "."), strings.TrimPrefix(shape+"."+name, "."), v.Field(i))
	}
}

func (w *parameterWalk) table(key, shape string, v reflect.Value) {
	by := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		by[k.String()] = v.MapIndex(k)
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		w.value(key+"."+name, shape+".*", by[name])
	}
}

// itemName names an item of a list: by its id where it has one, else by its place.
func itemName(v reflect.Value, i int) string {
	if v.Kind() == reflect.Struct {
		if id := v.FieldByName("ID"); id.IsValid() {
			return id.String()
		}
	}
	return fmt.Sprint(i + 1)
}
