package page_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
	"github.com/tributary-oss/tributary/score/report/page"
)

// million yields so many verdicts of bidders, projects, indicators and rules.
func million(count, bidders int, yield func(model.Verdict)) {
	indicators := []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Upkeep}
	roles := []model.Role{model.Author, model.Reviewer, model.Committer, model.Author}
	refusals := []string{"", "", "duplicate", "trivial", "self", "window"}
	begin := time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC)
	projects, people, vendors := numbered("project-", 4), numbered("person ", 997), numbered("vendor-", bidders)
	for i := range count {
		at := begin.Add(time.Duration(i) * time.Minute)
		v := model.Verdict{Project: projects[i*4/count], Repository: "https://github.com/owner/repository", Artifact: commit(i),
			Role: roles[i%4], Person: people[i%997], At: at, Parts: []model.Part{{Vendor: vendors[i%bidders], Part: model.Whole}}}
		if rule := refusals[i%6]; rule != "" {
			v.Rule, v.Touched, v.Reason = rule, []string{rule}, "the same work as "+string(commit(max(0, i-1)))
		} else {
			v.Counted, v.Credits = true, []model.Credit{{Indicator: indicators[i%4], Month: model.MonthOf(at), Amount: model.Whole}}
		}
		yield(v)
	}
}

func numbered(prefix string, n int) (list []string) {
	for i := range n {
		list = append(list, prefix+strconv.Itoa(i))
	}
	return list
}

func commit(i int) model.Artifact {
	n := strconv.Itoa(i)
	return model.Artifact("commit:" + "0000000000000000000000000000000000000000"[len(n):] + n)
}

func TestOfFewActsAllAreShown(t *testing.T) {
	s := sampleOf(verdicts()...)
	assert.Equal(t, []int64{2, 1}, []int64{s.Read, s.Counted})
	assert.Zero(t, s.Each)
	require.Len(t, s.Acts, 2)
	assert.Equal(t, model.Artifact("change:7"), s.Acts[0].Artifact, "newest first")
	assert.Equal(t, "the same work as commit:0123456789ab", s.Acts[0].Reason)
	assert.Regexp(t, `^person-[0-9a-f]{12}$`, s.Acts[0].Person)
	assert.Equal(t, "https://github.com/x/a/pull/7", s.Acts[0].Link)
	assert.Contains(t, written(t, page.Data{Ranking: full().Ranking, Evidence: s}, "en"), "All of them are shown here.")

	c := page.NewCollector(options(true))
	c.Write(verdicts()[0])
	assert.Equal(t, "Ada Lovelace", c.Sample().Acts[0].Person)
	assert.Contains(t, written(t, page.Data{Ranking: full().Ranking, Evidence: c.Sample()}, "en"), "This page names persons")
}

// Of each group the first acts are shown, the same number of each, and it does not matter
// how many came.
func TestTheFirstOfEachAreShown(t *testing.T) {
	c := page.NewCollector(options(false))
	million(60_000, 7, c.Write)
	s := c.Sample()
	assert.LessOrEqual(t, len(s.Acts), 6000)
	assert.Greater(t, len(s.Acts), 3000, "what fits is used")
	require.Positive(t, s.Each)
	seen := map[string]int{}
	for _, a := range s.Acts {
		seen[fmt.Sprint(a.Project, a.Bidders, a.Indicators, a.Counted, a.Rule)]++
	}
	for group, n := range seen {
		assert.Equal(t, s.Each, n, group)
	}
	firsts := map[string]bool{}
	million(60_000, 7, func(v model.Verdict) {
		key := fmt.Sprint(v.Project, v.Parts, score.IndicatorsOf(v), v.Counted, v.Rule)
		if !firsts[key] {
			firsts[key] = true
			assert.True(t, holds(s, v.Artifact), "the first of %s", key)
		}
	})
	assert.Len(t, seen, len(firsts), "every group")
	assert.Equal(t, s, c.Sample(), "asked twice")
}

func holds(s *page.Sample, a model.Artifact) bool {
	for _, x := range s.Acts {
		if x.Artifact == a {
			return true
		}
	}
	return false
}

// More groups than a page has rows are no more than a page.
func TestManyGroups(t *testing.T) {
	c := page.NewCollector(options(false))
	million(100_000, 5003, c.Write)
	s := c.Sample()
	assert.LessOrEqual(t, len(s.Acts), 6000)
	assert.Greater(t, len(s.Acts), 3000)
	assert.Equal(t, 1, s.Each)
}

// The bar: a million verdicts make a page below 5 MB, whatever texts they bring, and hold
// little memory.
func TestAMillionActs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for name, reason := range map[string]string{"usual": "", "hostile": fmt.Sprintf("%0600d", 0) + `"<&'>"`} {
		c := page.NewCollector(options(false))
		before, after := runtime.MemStats{}, runtime.MemStats{}
		runtime.GC()
		runtime.ReadMemStats(&before)
		count := 1_000_000
		if reason != "" {
			count = 100_000
		}
		million(count, 20, func(v model.Verdict) {
			if reason != "" {
				v.Reason, v.Artifact = reason, model.Artifact("release:"+reason)
			}
			c.Write(v)
		})
		runtime.GC()
		runtime.ReadMemStats(&after)
		assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(40<<20), name)
		for _, lang := range locale.Languages() {
			l, err := locale.Of(lang)
			require.NoError(t, err)
			var b bytes.Buffer
			require.NoError(t, page.Write(&b, page.Data{Ranking: full().Ranking, Evidence: c.Sample()}, l))
			assert.Less(t, b.Len(), 5_000_000, "%s %s", name, lang)
			assert.Greater(t, b.Len(), 1_000_000, "%s %s", name, lang)
			t.Logf("%s %s: %d acts, %d bytes", name, lang, len(c.Sample().Acts), b.Len())
		}
		runtime.KeepAlive(c)
	}
}

// BenchmarkCollector takes a million verdicts, as a large tender brings them.
func BenchmarkCollector(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		c := page.NewCollector(options(false))
		million(1_000_000, 20, c.Write)
		if len(c.Sample().Acts) == 0 {
			b.Fatal("no acts")
		}
	}
}
