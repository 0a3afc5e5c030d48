package serve

import (
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// functions are what the formulas of a group may call, by the program.
var functions = map[string]map[string][]string{
	"Spreadsheets in English": {"Excel, LibreOffice": {"WEBSERVICE", "NUMBERVALUE", "ENCODEURL"}, "Google Sheets": {"IMPORTDATA"}},
	"Spreadsheets in French": {"Excel, LibreOffice": {"SERVICEWEB"}, "Excel": {"SERVICEWEB", "VALEURNOMBRE", "URLENCODAGE"},
		"LibreOffice": {"SERVICEWEB", "VALEUR.NOMBRE", "ENCODEURL"}, "Google Sheets": {"IMPORTDATA"}},
	"Power Query": {"Excel, Power BI": nil},
}

// copied is a formula as a reader finds it on the page.
type copied struct{ group, program, text string }

func formulasOf(t testing.TB, page *node) (list []copied) {
	group := ""
	for _, n := range all(page, "h3", "dt", "code") {
		switch n.Data {
		case "h3":
			group = textOf(n)
		case "dt":
			list = append(list, copied{group: group, program: strings.TrimSuffix(textOf(all(n, "span")[0]), ":")})
		case "code":
			list[len(list)-1].text = n.FirstChild.Data
		}
	}
	require.NotEmpty(t, list)
	return list
}

var (
	literal = regexp.MustCompile(`"[^"]*"`)
	called  = regexp.MustCompile(`[A-Z][A-Z.]*\(`)
)

// pulls does what the spreadsheet does with each formula of a page: it joins the address,
// asks for it, and reads the number with the separators that the formula says.
func (b *bench) pulls(page *node, english, french string) {
	b.Helper()
	bidder := attribute(chosenBidder(page), "value")
	for _, f := range formulasOf(b, page) {
		allowed, known := functions[f.group][f.program]
		require.True(b, known, "%s, %s", f.group, f.program)
		if f.group == "Power Query" {
			b.queries(f.text)
			continue
		}
		for _, call := range called.FindAllString(literal.ReplaceAllString(f.text, ""), -1) {
			assert.Contains(b, allowed, strings.TrimSuffix(call, "("), f.text)
		}
		for _, s := range literal.FindAllString(f.text, -1) {
			assert.LessOrEqual(b, len(s)-2, excelText, "Excel takes no longer text")
		}
		address, rest := addressIn(b, f.text, bidder)
		got := b.pulled(address)
		if strings.Contains(address, "/status") || strings.Contains(address, ".csv") {
			continue
		}
		comma, separator, want := ".", ",", english
		if f.group == "Spreadsheets in French" {
			comma, separator, want = ",", ";", french
		}
		if strings.Contains(f.program, "Google") {
			assert.Contains(b, []string{`,",","en_US")`, `;";";"fr_FR")`}, rest, f.text)
		} else {
			assert.Contains(b, []string{`,".",",")`, `;",";" ")`}, rest, f.text)
		}
		assert.True(b, strings.HasPrefix(rest, separator), f.text)
		number, err := strconv.ParseFloat(strings.ReplaceAll(got, comma, "."), 64)
		require.NoError(b, err, f.text)
		assert.Equal(b, want, strconv.FormatFloat(number, 'f', -1, 64), f.text)
	}
}

func chosenBidder(page *node) *node {
	for _, n := range all(page, "option") {
		for _, a := range n.Attr {
			if a.Key == "selected" && attribute(n.Parent, "name") == "bidder" {
				return n
			}
		}
	}
	return &node{}
}

// addressIn joins the texts of the call that pulls, with the bidder in cell A2, and returns
// what stands after it.
func addressIn(t testing.TB, formula, bidder string) (address, rest string) {
	for _, call := range []string{"WEBSERVICE(", "SERVICEWEB(", "IMPORTDATA("} {
		_, after, ok := strings.Cut(formula, call)
		if !ok || call == "SERVICEWEB(" && strings.Contains(formula, "WEBSERVICE(") {
			continue
		}
		for {
			switch {
			case strings.HasPrefix(after, `"`):
				s := literal.FindString(after)
				address, after = address+s[1:len(s)-1], after[len(s):]
			case strings.HasPrefix(after, "ENCODEURL(A2)"), strings.HasPrefix(after, "URLENCODAGE(A2)"):
				_, after, _ = strings.Cut(after, "(A2)")
				address += escape(bidder)
			}
			if !strings.HasPrefix(after, "&") {
				return address, strings.TrimPrefix(after, ")")
			}
			after = after[1:]
		}
	}
	t.Fatalf("it pulls nothing: %s", formula)
	return "", ""
}

func (b *bench) pulled(address string) string {
	b.Helper()
	u, err := url.Parse(address)
	require.NoError(b, err)
	text, _ := b.get(http.StatusOK, u.RequestURI())
	return text
}

var (
	contents = regexp.MustCompile(`Web\.Contents\("([^"]+)"(?:, \[RelativePath = "([^"]+)", ApiKeyName = "([^"]+)"\])?\)`)
	typed    = regexp.MustCompile(`\{"([^"]+)", (?:Int64\.Type|type number)\}`)
)

// queries does what Power Query does: it asks for the table, and finds the columns that the
// query makes numbers of.
func (b *bench) queries(m string) {
	b.Helper()
	part := contents.FindStringSubmatch(m)
	require.NotNil(b, part, m)
	address := part[1]
	if part[2] != "" {
		b.pulled(address + "?" + part[3] + "=" + b.token) // as the program tries a token
		address += "/" + part[2] + "?" + part[3] + "=" + b.token
		assert.NotContains(b, m, b.token, "the workbook does not hold it")
	}
	heading, _, _ := strings.Cut(b.pulled(address), "\r\n")
	columns := typed.FindAllStringSubmatch(m, -1)
	require.Len(b, columns, 5)
	for _, c := range columns {
		assert.Contains(b, strings.Split(heading, ","), c[1])
	}
}

// Every formula on the page pulls what the page says, whatever the page's language.
func TestTheFormulasOnThePagePull(t *testing.T) {
	b := newBench(t, nil)
	page, _ := b.page("/v1/c/TOKEN/")
	assert.Len(t, formulasOf(t, page), 7+9+2)
	b.pulls(page, "31.52", "31.52")
	inFrench, _ := b.page("/v1/c/TOKEN/?lang=fr")
	texts := func(page *node) (list []string) {
		for _, f := range formulasOf(t, page) {
			list = append(list, f.text)
		}
		return list
	}
	english, french := texts(page), texts(inFrench)
	assert.Equal(t, slices.Concat(english[7:16], english[:7], english[16:]), french, "the reader's own come first, and are the same")
}

// Names of any length and kind make formulas that hold together.
func TestFormulasOfOddNames(t *testing.T) {
	for _, odd := range []string{`a"b`, "a&b=c;d,e", "é à\u00a0", "a+b c", "%41", strings.Repeat("é", 300), "=1+1", "a\nb"} {
		b := newBench(t, nil)
		r := ranking()
		r.Lots[0].ID, r.Lots[0].Standings[0].Bidder = odd, odd
		put(t, b.dir, r)
		b.pass(every)
		if len(odd) > 100 { // longer than an address may be, in both places
			r.Lots[0].ID = "1"
			put(t, b.dir, r)
			b.pass(every)
		}
		page, _ := b.page("/v1/c/TOKEN/")
		b.pulls(page, "31.52", "31.52")
	}
}

func TestLongTextsOfFormulas(t *testing.T) {
	for n := range 600 {
		s := strings.Repeat("x", n)
		parts := strings.Split(quoted(s), "&")
		assert.Len(t, parts, max(1, int(math.Ceil(float64(n)/excelText))))
		assert.Equal(t, `"`+s+`"`, strings.Join(parts, "&")[:1]+strings.ReplaceAll(strings.ReplaceAll(quoted(s), `"&"`, ""), `"`, "")+`"`)
	}
}
