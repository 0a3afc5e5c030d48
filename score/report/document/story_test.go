package document

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// full is a tender that states everything that a document can state.
func full() *model.Tender {
	day := func(s string) model.Date {
		d, err := model.ParseDate(s)
		if err != nil {
			panic(err)
		}
		return d
	}
	points, half := 55.5, 0.5
	t := model.NewTender()
	t.About = model.About{ID: "T-17", Title: "Geoportal", Buyer: "Région Exemple", Notice: day("2026-12-01")}
	t.Window = model.Window{Until: day("2026-11-01"), Months: 35}
	t.MinimumPoints, t.Points, t.Evidence, t.Shortlist = 16.25, 41, model.Listed, true
	t.Minimum = model.Minimum{Acts: 11, Share: 0.12, Months: 4, Effect: model.Mark}
	t.Indicators[model.Commits][model.Translations] = 3
	thresholds := map[model.Indicator]model.Threshold{model.Triage: {None: true}}
	var justify []model.Justification
	for n, m := range score.Metrics() {
		if m.Indicator != model.Triage && !m.Months {
			thresholds[m.Indicator] = model.Threshold{T: float64(20 + n)}
		}
		justify = append(justify, model.Justification{Indicator: m.Indicator, Reason: "little of it is done, and all depends on it"})
	}
	t.Projects = map[string]model.Project{
		"mapserver": {Repositories: []model.Repository{{URL: "https://mirror.example/mapserver.git", Web: "https://forge.example/map/mapserver", Forge: "gitlab",
			Branches: []string{"main", "stable-*"}}}, Thresholds: thresholds, Justify: justify, Reason: "it draws every map of the portal",
			Accept: []model.Acceptance{{Kind: "reviews", Reason: "before 2024 they were mails"}, {Kind: model.GapKind, Repository: "https://mirror.example/docs.git", Reason: "it is gone"}}},
		"geolib": {Repositories: []model.Repository{{URL: "https://forge.example/geolib.git", Forge: "none"}}, Thresholds: thresholds, Justify: justify, Reason: "mapserver stands on it"},
	}
	t.Lots = []model.Lot{{ID: "1", Title: "Server", Points: &points, Projects: map[string]float64{"mapserver": 7, "geolib": 3}}, {ID: "2", Title: "Library", Projects: map[string]float64{"geolib": 1}}}
	t.Vendors = map[string]model.Vendor{"karst": {Name: "Karst SARL", Names: []model.VendorName{{Name: "Karst", From: day("2020-01-01"), Until: day("2030-01-01")}},
		Domains: []model.MailDomain{{Name: "karst.example", From: day("2020-01-01"), Until: day("2030-01-01")}}, Hosts: []string{"git.karst.example"},
		Parent: []model.Parent{{Vendor: "massif", From: day("2021-01-01"), Until: day("2029-01-01")}}}, "massif": {Name: "Massif SA"}}
	t.Personal = []string{"ada.example"}
	t.People = []model.Person{{ID: "ada", Identities: []string{"mail:ada.kern@karst.example"}, Employment: []model.Employment{{Vendor: "karst", From: day("2020-01-01"),
		Until: day("2028-01-01"), Fraction: &half, Level: model.Domain, Source: "payroll of Ada Kern"}}}}
	t.Bots = model.Bots{Add: []string{"mail:ci@karst.example"}, Exempt: []string{"github:17"}}
	t.Bidders = model.Bidders{List: []model.Bidder{{ID: "karst", Vendors: []string{"karst"}}}}
	t.Decisions = []model.Decision{{ID: "d1", On: "commit:0123456789012345678901234567890123456789", Rule: "bot", Decide: "count", Reason: "it is a person", By: "the buyer", At: day("2026-10-01"),
		Objection: &model.Objection{By: "Ada Kern", Text: "that was me"}},
		{ID: "d2", On: "person:ada", Decide: "vendor: karst", From: day("2024-01-01"), Until: day("2025-01-01"), Reason: "payroll", By: "the buyer", At: day("2026-10-02")}}
	return t
}

// sealed is [full] as it is sealed.
func sealed(t *testing.T) *model.Tender {
	t.Helper()
	open := full()
	l := exampleLedger(exampleTender(open, "x"), nil)
	for id, p := range open.Projects {
		for _, r := range p.Repositories {
			l.Projects[id].Tips = append(l.Projects[id].Tips, score.TipAt{Repository: r.URL, Tip: model.Tip{Branch: "main", Commit: strings.Repeat("ab", 20)}})
		}
	}
	s, err := score.Seal(open, l, open.About.Notice)
	require.NoError(t, err)
	return s
}

// languages are all locales.
func languages(t *testing.T) (list []*locale.Locale) {
	t.Helper()
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		list = append(list, l)
	}
	require.Len(t, list, 2)
	return list
}

// textOf is a document as Markdown.
func textOf(t *testing.T, d *Document) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, d.Markdown(&b))
	return b.String()
}

// leaf is one value of a document that can be changed.
type leaf struct {
	key    string
	change func()
}

// leaves lists what can be changed in a tender, by the keys of its types.
func leaves(t *model.Tender) (list []leaf) {
	var walk func(key string, v reflect.Value, set func(reflect.Value))
	walk = func(key string, v reflect.Value, set func(reflect.Value)) {
		switch x := v.Interface().(type) {
		case model.Bidders, model.Date, model.Threshold:
			list = append(list, leaf{key, func() { set(changed(v)) }})
			return
		case []string:
			list = append(list, leaf{key, func() { set(reflect.ValueOf(append([]string{"zz.example"}, x...))) }})
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(key, v.Elem(), func(x reflect.Value) { p := reflect.New(x.Type()); p.Elem().Set(x); set(p) })
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != "-" && name != "" {
					walk(strings.TrimPrefix(key+"."+name, "."), v.Field(i), func(x reflect.Value) {
						s := reflect.New(v.Type()).Elem()
						s.Set(v)
						s.Field(i).Set(x)
						set(s)
					})
				}
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(key+"."+k.String(), v.MapIndex(k), func(x reflect.Value) {
					m := reflect.MakeMap(v.Type())
					for _, k := range v.MapKeys() {
						m.SetMapIndex(k, v.MapIndex(k))
					}
					m.SetMapIndex(k, x)
					set(m)
				})
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(key+"."+itemName(v.Index(i), i), v.Index(i), func(x reflect.Value) {
					s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
					reflect.Copy(s, v)
					s.Index(i).Set(x)
					set(s)
				})
			}
		default:
			list = append(list, leaf{key, func() { set(changed(v)) }})
		}
	}
	walk("", reflect.ValueOf(*t), func(x reflect.Value) { *t = x.Interface().(model.Tender) })
	return list
}

// changed is another value of the same type.
func changed(v reflect.Value) reflect.Value {
	x := reflect.New(v.Type()).Elem()
	x.Set(v)
	switch of := v.Interface().(type) {
	case model.Threshold:
		return reflect.ValueOf(model.Threshold{T: of.T + 17})
	case model.Bidders:
		return reflect.ValueOf(model.Bidders{All: !of.All})
	case model.Date:
		return reflect.ValueOf(model.DateOf(of.Time().AddDate(0, 1, 0)))
	case model.Mode:
		return reflect.ValueOf(map[model.Mode]model.Mode{model.Selection: model.Award, model.Award: model.Selection}[of])
	case model.Level:
		return reflect.ValueOf(model.Confirmed)
	case model.Effect:
		return reflect.ValueOf(model.Zero)
	}
	switch v.Kind() {
	case reflect.String:
		x.SetString(v.String() + "-other")
	case reflect.Int:
		x.SetInt(v.Int() + 7)
	case reflect.Float64:
		x.SetFloat(v.Float() + 0.125)
	case reflect.Bool:
		x.SetBool(!v.Bool())
	default:
		panic("no other value of " + v.Type().String())
	}
	return x
}
