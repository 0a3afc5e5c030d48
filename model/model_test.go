package model_test

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestDates(t *testing.T) {
	d, err := model.ParseDate("2026-11-01")
	require.NoError(t, err)
	assert.Equal(t, "2026-11-01", d.String())
	assert.Equal(t, model.MonthOf(d.Time()).String(), "2026-11")
	assert.Equal(t, d.Time(), model.MonthOf(d.Time()).Time())
	_, err = model.ParseDate("01.11.2026")
	assert.ErrorContains(t, err, "write it as 2026-11-01")

	before := time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC)
	assert.Equal(t, model.Date(-1), model.DateOf(before), "the days before 1970 round down, too")
	assert.Equal(t, time.Date(-1, 12, 1, 0, 0, 0, 0, time.UTC), model.MonthOf(time.Date(-1, 12, 9, 0, 0, 0, 0, time.UTC)).Time())

	var m model.Month
	require.NoError(t, m.UnmarshalText([]byte("2026-02")))
	assert.Equal(t, "2026-02", m.String())
	assert.ErrorContains(t, m.UnmarshalText([]byte("Feb")), "write it as 2026-11")
}

func TestPeriodsAreHalfOpen(t *testing.T) {
	w := model.Window{Until: must(model.ParseDate("2026-03-01")), Months: 3}.Period()
	assert.Equal(t, "2025-12-01", w.Since.Format(time.DateOnly))
	assert.True(t, w.Holds(w.Since))
	assert.False(t, w.Holds(w.Until))
	assert.True(t, w.Holds(w.Until.Add(-time.Nanosecond)))
	assert.True(t, model.Period{}.Holds(w.Until), "an open period holds everything")
	assert.True(t, model.Within(w.Since, 0, 0))
	assert.False(t, model.Within(w.Until, 0, model.DateOf(w.Until)))
}

func TestLevelsAreOrdered(t *testing.T) {
	levels := model.Levels()
	for i, a := range levels {
		for k, b := range levels {
			assert.Equal(t, i <= k, a.Reaches(b), "%s %s", a, b)
		}
	}
	assert.False(t, model.Level("hearsay").Reaches(model.Profile))
}

func TestDefaultsFollowTheMethod(t *testing.T) {
	tender := model.NewTender()
	for _, p := range model.Pillars() {
		sum := 0.0
		for _, w := range tender.Indicators[p.Name] {
			sum += w
		}
		assert.Equal(t, 100.0, sum, p.Name)
	}
	assert.Equal(t, map[model.Pillar]float64{"commits": 30, "reviews": 30, "maintenance": 40}, tender.Weights)
}

func ExampleWriteRecords() {
	records := func(yield func(model.Record, error) bool) {
		yield(model.Record{Project: "p", Repository: "r", Tip: &model.Tip{Branch: "main", Commit: "9f1c"}}, nil)
	}
	model.WriteRecords(os.Stdout, records)
	// Output:
	// {"format":"tributary-records/1"}
	// {"project":"p","repository":"r","tip":{"branch":"main","commit":"9f1c"}}
}

func TestRecordsComeBackAsWritten(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	want := []model.Record{
		{Project: "p", Repository: "r", Alias: &model.Alias{From: model.Identity{Mail: "a@x"}, To: model.Identity{Name: "Ada", Mail: "a@y"}}},
		{Project: "p", Repository: "r", Coverage: &model.Coverage{Kind: model.ReviewFacts, State: model.Partial, Reason: "trailers <only>"}},
		{Project: "p", Repository: "r", Contribution: &model.Contribution{Artifact: "commit:9f", Role: model.Author, At: at,
			Commit: &model.Commit{Subject: "Übung", Authored: at, Files: &model.Files{Touched: 2, Lines: &model.Lines{Added: 3}}}}},
	}
	var b bytes.Buffer
	require.NoError(t, model.WriteRecords(&b, all(want)))
	var got []model.Record
	for r, err := range model.ReadRecords(&b) {
		require.NoError(t, err)
		got = append(got, r)
	}
	assert.Equal(t, want, got)
}

func TestRecordsOfAnotherKindAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "empty",
		"{}\n":                             "line 1: no records",
		`{"format":"tributary/1"}`:         "is not of records",
		`{"format":"tributary-records/2"}`: "another version",
		"{\"format\":\"tributary-records/1\"}\n{}\n":     "line 2: a record holds exactly one",
		"{\"format\":\"tributary-records/1\"}\n{\"tip\"": "line 2",
	} {
		var err error
		for _, err = range model.ReadRecords(strings.NewReader(text)) {
		}
		assert.ErrorContains(t, err, want, text)
	}
}

func FuzzReadRecords(f *testing.F) {
	f.Add("{\"format\":\"tributary-records/1\"}\n{\"tip\":{\"branch\":\"main\"}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		var good []model.Record
		for r, err := range model.ReadRecords(strings.NewReader(text)) {
			if err != nil {
				return
			}
			good = append(good, r)
		}
		var b bytes.Buffer
		if err := model.WriteRecords(&b, all(good)); err != nil {
			t.Fatal(err)
		}
		n := 0
		for r, err := range model.ReadRecords(&b) {
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprint(good[n]) == "", fmt.Sprint(r) == "")
			n++
		}
		assert.Equal(t, len(good), n)
	})
}

func all(list []model.Record) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
