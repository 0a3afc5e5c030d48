package page_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/page"
)

// hostile are texts of strangers.
var hostile = []string{
	`=HYPERLINK("http://evil.example","x")`, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1",
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title></style></script><svg onload=alert(1)>`,
	`{{.Style}}`, "`${alert(1)}`", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;",
	"\u202egnp.exe", "\u2066x\u2069", "a\x00b", "\x1b[31mred\x1b]0;t\x07", "\xff\xfe", "\u2028\u2029", strings.Repeat("long ", 20_000),
}

// poison replaces every text of a value, save for those that the engine alone makes.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poison(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	case reflect.String:
		switch v.Interface().(type) {
		case model.Pillar, model.Indicator, model.Mode, model.Effect: // what the document may hold is checked
		default:
			v.SetString(text)
		}
	}
}

// elements counts the elements and their attributes.
func elements(t *testing.T, text string) map[string]int {
	m := map[string]int{}
	for _, n := range nodes(t, text) {
		m[n.Data]++
		for _, a := range n.Attr {
			m[n.Data+" "+a.Key]++
		}
	}
	return m
}

// Whatever strangers write, a page has the same elements with the same attributes.
func TestTextsOfStrangersAreInert(t *testing.T) {
	pages := func(text string) (report, sensitivity string) {
		d, s := full(), study()
		d.Files = nil // which the program names
		poison(reflect.ValueOf(&d), text)
		poison(reflect.ValueOf(s), text)
		v := verdicts()
		for i := range v {
			poison(reflect.ValueOf(&v[i]), text)
		}
		d.Evidence = sampleOf(v...)
		return written(t, d, "en"), studied(t, s, nil, "en")
	}
	plainReport, plainStudy := pages("plain")
	wantReport, wantStudy := elements(t, plainReport), elements(t, plainStudy)
	for _, text := range hostile {
		report, study := pages(text)
		for _, x := range []struct {
			page string
			want map[string]int
		}{{report, wantReport}, {study, wantStudy}} {
			assert.Equal(t, x.want, elements(t, x.page), "%.40q", text)
			assert.True(t, utf8.ValidString(x.page))
			assert.False(t, strings.ContainsAny(x.page, "\x00\x1b\r\u202e\u2066\u2028\u2029"), "%.40q", text)
			assert.Less(t, len(x.page), 400_000, "%.40q", text)
		}
	}
}

// An address that a forge would not have is no link.
func TestOnlyAddressesOfTheWebAreLinked(t *testing.T) {
	for _, link := range []string{"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://evil.example", "//evil.example", "https://host.example/" + strings.Repeat("a", 1000)} {
		o := options(false)
		o.Link = func(string, model.Artifact) string { return link }
		c := page.NewCollector(o)
		c.Write(verdicts()[0])
		assert.Empty(t, c.Sample().Acts[0].Link, link)
		d := full()
		d.Evidence = c.Sample()
		d.Evidence.Acts[0].Link = link // whoever makes a sample by hand
		for _, n := range nodes(t, written(t, d, "en")) {
			href := attribute(n, "href")
			assert.False(t, strings.HasPrefix(href, "javascript:") || strings.HasPrefix(href, "data:"), href)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	want := map[string]int{}
	f.Fuzz(func(t *testing.T, text string) {
		draw := func(text string) map[string]int {
			d := page.Data{Ranking: full().Ranking}
			d.Ranking.Lots[0].Standings[0].Name, d.Ranking.Tender.Title, d.Ranking.Gaps[0].Reason = "a"+text, "a"+text, "a"+text
			v := verdicts()[1]
			v.Reason, v.Artifact = "a"+text, model.Artifact("commit:"+text[:min(len(text), 100)]) // a longer address is no link
			d.Evidence = sampleOf(v)
			return elements(t, written(t, d, "fr"))
		}
		if len(want) == 0 {
			want = draw("")
		}
		require.Equal(t, want, draw(text))
	})
}
