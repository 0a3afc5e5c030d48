package panel_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/examples/research/panel"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

func day(s string) time.Time {
	d, err := model.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d.Time()
}

// by makes changesets of people, one for each address.
func by(mails ...string) (list []panel.Changeset) {
	for _, m := range mails {
		list = append(list, panel.Changeset{Author: model.Identity{Name: "Some Body", Mail: m}, At: day("2025-02-01")})
	}
	return list
}

func counted(t *testing.T, spans ...panel.Span) *panel.Panel {
	t.Helper()
	tender := model.NewTender()
	tender.Vendors = map[string]model.Vendor{
		"karst":   {Name: "Karst", Domains: []model.MailDomain{{Name: "karst.example"}}},
		"moraine": {Name: "Moraine", Domains: []model.MailDomain{{Name: "moraine.example"}}},
		"scree":   {Name: "=Scree\x1b[2J", Domains: []model.MailDomain{{Name: "scree.example"}}},
	}
	tender.Evidence = model.Profile
	var ids []model.Identity
	for _, s := range spans {
		for _, c := range s.Changesets {
			ids = append(ids, c.Author)
		}
	}
	return panel.Count(spans, gitdm.NewEmployers(tender, ids, nil, false), panel.Options{})
}

// worked is the panel that is worked by hand here.
//
// 2025-01: Karst 4 changesets of two people, Moraine 2 of one, unknown 2 of two people. Of 8
// changesets the shares are 1/2, 1/4 and twice 1/8.
//
//	apart:    HHI 1/4 + 1/16 + 2·1/64 = 0.34375; entropy ½·1 + ¼·2 + 2·⅛·3 = 1.75 bits of
//	          log₂ 4 = 2, evenness 0.875
//	together: Karst has 6/8, Moraine 2/8: HHI 9/16 + 1/16 = 0.625; entropy ¾·log₂ 4/3 + ¼·2
//	          = 0.311278 + 0.5 = 0.811278 bits of 1, evenness the same
//	gap:      1/2 − 1/4 = 0.25, as much as is unknown
//
// 2025-02: nobody. 2025-03: Moraine and Scree 1 each.
func worked(t *testing.T) *panel.Panel {
	return counted(t,
		panel.Span{Name: "2025-01", Since: day("2025-01-01"), Until: day("2025-02-01"), Merges: 1, Robots: 3,
			Changesets: by("a@karst.example", "a@karst.example", "a@karst.example", "b@karst.example",
				"c@moraine.example", "c@moraine.example", "x@nowhere.example", "y@elsewhere.example")},
		panel.Span{Name: "2025-02", Since: day("2025-02-01"), Until: day("2025-03-01")},
		panel.Span{Name: "2025-03", Since: day("2025-03-01"), Until: day("2025-04-01"), Changesets: by("c@moraine.example", "d@scree.example")})
}

func TestWorkedByHand(t *testing.T) {
	p := worked(t)
	require.Len(t, p.Periods, 3)
	a, b, c := p.Periods[0], p.Periods[1], p.Periods[2]
	assert.Equal(t, []int{8, 5, 2, 1, 3}, []int{a.Changesets, a.Developers, a.Organizations, a.Merges, a.Robots})
	assert.Equal(t, 0.25, *a.Unknown)
	assert.Equal(t, panel.Bounds{Apart: 0.34375, Together: 0.625}, *a.HHI)
	assert.Equal(t, panel.Bounds{Apart: 1.75, Together: 0.811278}, *a.Entropy)
	assert.Equal(t, panel.Bounds{Apart: 0.875, Together: 0.811278}, *a.Evenness)
	assert.Equal(t, 0.25, *a.Gap)
	assert.Nil(t, a.Moves, "of what was before the first period nothing is known")
	assert.Equal(t, []panel.Row{{"Karst", 4_000_000, 0.5, 2}, {"Moraine", 2_000_000, 0.25, 1}, {"(Unknown)", 2_000_000, 0.25, 2}}, a.Rows)

	assert.Nil(t, b.HHI, "of nothing there is no concentration, and it is no zero")
	assert.Nil(t, b.Unknown)
	assert.Equal(t, &panel.Moves{Joined: []string{}, Stayed: []string{}, Left: []string{"Karst", "Moraine"}}, b.Moves)
	assert.Equal(t, []string{"=Scree\x1b[2J", "Moraine"}, c.Moves.Joined)
	assert.Equal(t, panel.Bounds{Apart: 0.5, Together: 0.5}, *c.HHI)
	assert.Zero(t, *c.Gap)
	assert.Equal(t, panel.Bounds{Apart: 1, Together: 1}, *c.Evenness)
}

// Whatever is known of nobody lies between the two bounds, wherever each unknown person
// works for one organisation.
func TestBoundsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var known, unknown []int64
		for range 1 + r.IntN(5) {
			known = append(known, 1+r.Int64N(20))
		}
		for range r.IntN(5) {
			unknown = append(unknown, 1+r.Int64N(20))
		}
		apart := append(append([]int64{}, known...), unknown...)
		together := append([]int64{}, known...)
		largest := 0
		for i, a := range known {
			if a > known[largest] {
				largest = i
			}
		}
		truth := append([]int64{}, known...)
		truth = append(truth, make([]int64, len(unknown))...)
		for _, u := range unknown {
			together[largest] += u
			truth[r.IntN(len(truth))] += u
		}
		assert.GreaterOrEqual(t, panel.HHI(truth)+1e-6, panel.HHI(apart))
		assert.LessOrEqual(t, panel.HHI(truth), panel.HHI(together)+1e-6)
		assert.LessOrEqual(t, panel.Entropy(truth), panel.Entropy(apart)+1e-6)
		assert.GreaterOrEqual(t, panel.Entropy(truth)+1e-6, panel.Entropy(together))
	}
	assert.InDelta(t, math.Log2(7), panel.Entropy([]int64{3, 3, 3, 3, 3, 3, 3}), 1e-6)
	_, ok := panel.Evenness([]int64{3, 0})
	assert.False(t, ok, "of one alone nothing can be said")
}

func TestOnlyUnknown(t *testing.T) {
	p := counted(t, panel.Span{Name: "x", Changesets: by("x@nowhere.example", "y@elsewhere.example")}).Periods[0]
	assert.Equal(t, panel.Bounds{Apart: 0.5, Together: 1}, *p.HHI)
	assert.Nil(t, p.Gap)
	assert.Nil(t, p.Evenness)
	assert.Equal(t, 1.0, *p.Unknown)
}

func TestTextFitsAndIsInert(t *testing.T) {
	for _, width := range []int{0, 10, 40, 60, 200} {
		var b bytes.Buffer
		require.NoError(t, panel.Text(&b, worked(t), panel.TextOptions{Width: width, Heading: []string{"harbour"}}))
		for line := range strings.Lines(b.String()) {
			want := max(40, width)
			if width == 0 {
				want = 80
			}
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), want, line)
		}
		assert.NotContains(t, b.String(), "\x1b")
		assert.True(t, strings.HasPrefix(b.String(), "SIMULATION\n"))
		assert.NotContains(t, b.String(), "@")
	}
	p := worked(t)
	p.Gaps = []string{"harbour.git: cut off"}
	var b bytes.Buffer
	require.NoError(t, panel.Text(&b, p, panel.TextOptions{}))
	assert.Contains(t, strings.SplitN(b.String(), "\n", 2)[0], "gaps")
}

func TestCSVIsTidy(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, panel.CSV(&b, worked(t)))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	values := map[string]string{}
	for _, r := range rows[1:] {
		key := strings.Join([]string{r[1], r[4], r[5]}, "|")
		assert.NotContains(t, values, key, "each measure stands once")
		values[key] = r[6]
		assert.Equal(t, "SIMULATION", r[0])
	}
	for key, want := range map[string]string{
		"2025-01||hhi, unknown apart": "0.34375", "2025-01||hhi, unknown together": "0.625", "2025-01||joined": "",
		"2025-01|Karst|share": "0.5", "2025-02||gap": "", "2025-02||changesets": "0", "2025-02||left": "2",
		"2025-03|'=Scree\uFFFD[2J|joined": "1", "2025-02|Karst|left": "1", "2025-01|(Unknown)|developers": "2",
	} {
		got, ok := values[key]
		assert.True(t, ok, key)
		assert.Equal(t, want, got, key)
	}
}

func TestMonths(t *testing.T) {
	names := func(since, until string, months int) (list []string) {
		for _, s := range panel.Months(day(since), day(until), months) {
			list = append(list, s.Name+" "+s.Since.Format("01")+"-"+s.Until.Format("01"))
		}
		return list
	}
	assert.Equal(t, []string{"2025-12 12-01", "2026-01 01-02"}, names("2025-12-01", "2026-02-01", 1))
	assert.Equal(t, []string{"2025-Q4 (part) 11-01", "2026-Q1 01-04", "2026-Q2 (part) 04-05"}, names("2025-11-01", "2026-05-01", 3))
}

func TestTags(t *testing.T) {
	all := []git.Tag{{Name: "v5.10.0", At: day("2025-01-01")}, {Name: "v5.9.1", At: day("2025-02-01")}, {Name: "v5.9.0"}, {Name: "v5.10.0-rc1"},
		{Name: "v5.10.0-rc.2"}, {Name: "v4.0.0"}, {Name: "v5.10.0.1"}, {Name: "v5.10"}}
	names := func(by panel.Order, pre bool) (list []string) {
		tags, err := panel.Tags(all, "v5.*", by, pre)
		require.NoError(t, err)
		for _, x := range tags {
			list = append(list, x.Name)
		}
		return list
	}
	assert.Equal(t, []string{"v5.9.0", "v5.9.1", "v5.10", "v5.10.0", "v5.10.0.1"}, names(panel.ByVersion, false))
	assert.Equal(t, []string{"v5.9.0", "v5.9.1", "v5.10", "v5.10.0-rc1", "v5.10.0-rc.2", "v5.10.0", "v5.10.0.1"}, names(panel.ByVersion, true))
	assert.Equal(t, []string{"v5.10.0", "v5.9.1"}, names(panel.ByDate, false)[3:])
	_, err := panel.Tags(all, "v[", panel.ByVersion, false)
	assert.ErrorContains(t, err, "pattern")
}
