package score_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

func written(t require.TestingT, l *score.Ledger, doc *model.Tender) []byte {
	var b bytes.Buffer
	require.NoError(t, l.Write(&b, doc))
	return b.Bytes()
}

// manyProjects is a tender on so many projects, p0, p1 and on.
func manyProjects(n int) *model.Tender {
	doc := rostered()
	doc.Projects = map[string]model.Project{}
	for i := range n {
		doc.Projects[fmt.Sprint("p", i)] = model.Project{Repositories: []model.Repository{{URL: "r"}}}
	}
	return doc
}

// judgedInto judges one project of a tender of [manyProjects] into a ledger.
func judgedInto(t require.TestingT, l *score.Ledger, doc *model.Tender, project string, seed uint64) {
	s := anyStory(rand.New(rand.NewPCG(seed, 1)), 15)
	s.cover(model.LineFacts, model.Partial, fmt.Sprint("a reason of ", project))
	j := score.NewJudge(doc, project)
	for _, r := range s.records {
		r.Project = project
		require.NoError(t, j.Add(r))
	}
	if seed%3 == 0 {
		j.Gap(&model.GapError{Project: project, Repository: "lost", Err: errors.New("gone")})
	}
	l.Merge(j.Ledger(nil))
}

// However many workers judge the projects, in whatever order they are done, and
// whoever is merged first: what comes out is the ledger of one worker, to the byte.
func TestWorkersMakeTheLedgerOfOne(t *testing.T) {
	const projects = 7
	doc := manyProjects(projects)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(0, 1000).Draw(t, "seed")
		judge := func(l *score.Ledger, p int) { judgedInto(t, l, doc, fmt.Sprint("p", p), seed+uint64(p)) }
		one := &score.Ledger{}
		for p := range projects {
			judge(one, p)
		}
		want := written(t, one, doc)
		n := rapid.SampledFrom([]int{1, 2, 7}).Draw(t, "workers")
		workers := make([]score.Ledger, n)
		for _, p := range rapid.Permutation(numbers(projects)).Draw(t, "order of judging") {
			judge(&workers[rapid.IntRange(0, n-1).Draw(t, "worker")], p)
		}
		all := &score.Ledger{}
		for _, w := range rapid.Permutation(numbers(n)).Draw(t, "order of merging") {
			part, err := score.ReadLedger(bytes.NewReader(written(t, &workers[w], doc)), doc)
			require.NoError(t, err)
			all.Merge(part)
		}
		require.Equal(t, want, written(t, all, doc))
	})
}

func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// anyLedger draws a ledger, also such as no judge makes.
func anyLedger(t *rapid.T) *score.Ledger {
	l := &score.Ledger{}
	name := rapid.SampledFrom([]string{"", "a", "b", "mail:ada@karst.example", "a\nb", "\xff", "é"})
	amount := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-9, 9), rapid.Map(rapid.Int64Range(-9, 9), func(n int64) int64 { return n * model.Whole }))
	for range rapid.IntRange(0, 30).Draw(t, "cells") {
		c := score.Cell{Project: name.Draw(t, "project"), Person: name.Draw(t, "person"), Vendor: name.Draw(t, "vendor"),
			Level: model.Level(name.Draw(t, "level")), Claimed: name.Draw(t, "claimed"), Indicator: model.Indicator(name.Draw(t, "indicator")),
			Month: model.Month(rapid.Int32().Draw(t, "month"))}
		m := &score.Ledger{Cells: map[score.Cell]score.Amount{c: {Credit: amount.Draw(t, "credit"), Acts: amount.Draw(t, "acts")}}}
		l.Merge(m)
	}
	for range rapid.IntRange(0, 3).Draw(t, "projects") {
		f := &score.Facts{Read: amount.Draw(t, "read"), Rules: map[string]int64{name.Draw(t, "rule"): amount.Draw(t, "n")}}
		for range rapid.IntRange(0, 3).Draw(t, "coverages") {
			c := model.Coverage{Kind: model.Kind(name.Draw(t, "kind")), State: model.State(name.Draw(t, "state")), Reason: name.Draw(t, "reason")}
			if rapid.Bool().Draw(t, "bounded") {
				c.Since = time.Unix(rapid.Int64Range(-1e9, 1e9).Draw(t, "seconds"), 5).In(time.FixedZone("", 3600))
			}
			f.Coverage = append(f.Coverage, score.CoverageAt{Repository: name.Draw(t, "repository"), Coverage: c})
			f.Gaps = append(f.Gaps, model.Gap{Repository: name.Draw(t, "repository"), Reason: name.Draw(t, "reason")})
		}
		l.Merge(&score.Ledger{Projects: map[string]*score.Facts{name.Draw(t, "project"): f}})
	}
	return l
}

// What is written is read back the same, and equal ledgers are equal bytes in whatever
// order and grouping they were merged.
func TestWrittenLedgersAreTheLedgers(t *testing.T) {
	doc := tender()
	rapid.Check(t, func(t *rapid.T) {
		parts := []*score.Ledger{anyLedger(t), anyLedger(t), anyLedger(t)}
		all := &score.Ledger{}
		for _, p := range parts {
			all.Merge(p)
		}
		want := written(t, all, doc)
		got, err := score.ReadLedger(bytes.NewReader(want), doc)
		require.NoError(t, err)
		require.Equal(t, all, got)
		left, right := &score.Ledger{}, &score.Ledger{}
		right.Merge(parts[2])
		right.Merge(parts[0])
		left.Merge(right)
		left.Merge(parts[1])
		require.Equal(t, want, written(t, left, doc))
	})
}

// Many written ledgers merged together are what they are one after the other, into an empty ledger
// or another; where one of them is broken, nothing is merged.
func TestMergeAll(t *testing.T) {
	doc := tender()
	form := score.NewLedgerForm(doc)
	rapid.Check(t, func(t *rapid.T) {
		want, got, again := anyLedger(t), &score.Ledger{}, &score.Ledger{}
		got.Merge(want)
		again.Merge(want)
		var texts [][]byte
		for range rapid.IntRange(0, 4).Draw(t, "texts") {
			l := anyLedger(t)
			texts = append(texts, written(t, l, doc))
			want.Merge(l)
		}
		require.NoError(t, form.MergeAll(got, slices.Values(texts)))
		require.Equal(t, want, got)
		for i, text := range texts {
			broken := slices.Clone(texts)
			broken[i] = text[:len(text)-1]
			was := written(t, again, doc)
			require.ErrorIs(t, form.MergeAll(again, slices.Values(broken)), score.ErrLedger)
			require.Equal(t, was, written(t, again, doc))
		}
	})
	judged := &score.Ledger{}
	judgedInto(t, judged, rostered(), "p", 1)
	var other *score.LedgerError
	assert.ErrorAs(t, form.MergeAll(&score.Ledger{}, slices.Values([][]byte{written(t, judged, rostered())})), &other)
}

// Every field of a ledger is written: one that is new and was forgotten is found here.
func TestEveryFieldIsWritten(t *testing.T) {
	var f score.Facts
	var c score.Cell
	var a score.Amount
	n := 1
	for _, v := range []any{&f, &c, &a} {
		fill(t, reflect.ValueOf(v).Elem(), &n)
	}
	want := &score.Ledger{}
	want.Merge(&score.Ledger{Cells: map[score.Cell]score.Amount{c: a}, Projects: map[string]*score.Facts{"p": &f}})
	got, err := score.ReadLedger(bytes.NewReader(written(t, want, tender())), tender())
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, &f, got.Projects["p"], "merging, too, must keep every field")
}

// fill gives every field of a value something that no other field has.
func fill(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, n)
		fill(t, value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), n)
	case reflect.Struct:
		if at, ok := v.Addr().Interface().(*time.Time); ok {
			*at = time.Unix(int64(*n), int64(*n)).UTC()
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	default:
		require.Fail(t, "a field of a kind that this test does not know", "%s", v.Type())
	}
}

// A ledger can be read for a tender only if it was judged by it: whatever judging reads
// is named when it differs, and whatever only ranking reads may differ.
func TestLedgersAreOfOneTender(t *testing.T) {
	l := &score.Ledger{}
	judgedInto(t, l, rostered(), "p", 1)
	want := written(t, l, rostered())
	for _, c := range []struct {
		part   string // "" is none of judging's business
		change func(*model.Tender)
	}{
		{"method", func(d *model.Tender) { d.Method++ }},
		{"window", func(d *model.Tender) { d.Window.Months++ }},
		{"window", func(d *model.Tender) { d.Window.Until++ }},
		{"rules", func(d *model.Tender) { d.Rules.ActsPerDay++ }},
		{"rules", func(d *model.Tender) { d.Rules.Mate = 0.4 }},
		{"projects", func(d *model.Tender) { d.Projects["q"] = model.Project{} }},
		{"projects", func(d *model.Tender) { d.Projects["p"].Repositories[0].Branches = []string{"main", "2.*"} }},
		{"projects", func(d *model.Tender) { d.Projects["p"].Repositories[0].Tips = map[string]string{"main": sha("x")} }},
		{"vendors", func(d *model.Tender) { d.Vendors["karst"] = model.Vendor{} }},
		{"vendors", func(d *model.Tender) { d.Personal = []string{"ada.example"} }},
		{"rosters", func(d *model.Tender) { d.People[0].Employment[0].Until = date("2026-01-01") }},
		{"rosters", func(d *model.Tender) { d.Tables = []model.Table{{Bots: []string{"mail:x@y.example"}}} }},
		{"rosters", func(d *model.Tender) { d.Erased = &model.Erased{Salt: "s"} }},
		{"evidence", func(d *model.Tender) { d.Evidence = model.Listed }},
		{"bots", func(d *model.Tender) { d.Bots.Exempt = []string{"mail:x@y.example"} }},
		{"decisions", func(d *model.Tender) {
			d.Decisions = []model.Decision{{ID: "d", On: commitOf("c1"), Decide: "refuse"}}
		}},
		{"", func(d *model.Tender) { d.About.Title = "Another title" }},
		{"", func(d *model.Tender) { d.Weights[model.Commits], d.Indicators[model.Commits][model.Changes] = 1, 2 }},
		{"", func(d *model.Tender) {
			d.Projects["p"] = model.Project{Repositories: d.Projects["p"].Repositories, Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 3}},
				Accept: []model.Acceptance{{Kind: "changes"}}}
		}},
		{"", func(d *model.Tender) { d.Lots[0].Projects["p"], d.Points = 7, 7 }},
		{"", func(d *model.Tender) { d.Bidders.List, d.Mode = d.Bidders.List[:1], model.Award }},
		{"", func(d *model.Tender) { d.Bidders = model.Bidders{All: true} }},
		{"", func(d *model.Tender) { d.Minimum.Acts, d.MinimumPoints, d.Shortlist = 50, 9, false }},
		{"", func(d *model.Tender) {
			v := d.Vendors["karst"]
			v.Keys = []model.SigningKey{{Key: "k"}}
			d.Vendors["karst"] = v
		}},
		{"", func(d *model.Tender) {
			d.Decisions = []model.Decision{{ID: "d", On: commitOf("c1"), Decide: model.Pending}}
		}},
	} {
		doc := rostered()
		c.change(doc)
		got, err := score.ReadLedger(bytes.NewReader(want), doc)
		if c.part == "" {
			require.NoError(t, err)
			assert.Equal(t, l, got)
			again := &score.Ledger{}
			judgedInto(t, again, doc, "p", 1)
			assert.Equal(t, want, written(t, again, doc), "judging reads what the ledger's form takes for ranking's")
			continue
		}
		var other *score.LedgerError
		require.ErrorAs(t, err, &other, c.part)
		assert.Equal(t, []string{c.part}, other.Parts)
		assert.ErrorContains(t, err, c.part+" than this tender's; judge its projects again")
	}
	doc := rostered()
	doc.Window.Months, doc.Evidence = 24, model.Listed
	_, err := score.ReadLedger(bytes.NewReader(want), doc)
	assert.ErrorContains(t, err, "other window, evidence than", "all that differs is said at once")
}

// Whoever adds something to the tender document must say whether judging reads it: this
// list, and the digests of a ledger's form, know every field.
func TestEveryFieldOfATenderIsJudgingsOrRankings(t *testing.T) {
	place := map[string]string{
		"Format": "neither", "About": "neither", "Rosters": "neither", "ErasedFile": "neither", // what they name is in People, Tables, Erased
		"Seal":     "neither", // what it fixes stands in the other fields
		"Withheld": "neither", // of records, which nobody judges
		"Method":   "judging", "Window": "judging", "Rules": "judging", "Projects": "both", "Vendors": "judging", "Personal": "judging",
		"Evidence": "judging", "Bots": "judging", "Decisions": "judging", "People": "judging", "Tables": "judging", "Erased": "judging",
		"Mode": "ranking", "MinimumPoints": "ranking", "Shortlist": "ranking", "Points": "ranking", "Minimum": "ranking", "Weights": "ranking",
		"Indicators": "both", "Lots": "ranking", "Bidders": "ranking",
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[model.Tender]()) {
		assert.Contains(t, place, f.Name, "does judging read it? then score.judgingBases must digest it")
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[model.Project]()) {
		assert.Contains(t, []string{"Repositories", "Thresholds", "Accept", "Justify", "Reason"}, f.Name, "only Repositories are digested")
	}
}

func TestBrokenLedgers(t *testing.T) {
	l := &score.Ledger{}
	judgedInto(t, l, rostered(), "p", 1)
	whole := written(t, l, rostered())
	refused := func(b []byte) error {
		got, err := score.ReadLedger(bytes.NewReader(b), rostered())
		require.ErrorIs(t, err, score.ErrLedger)
		assert.Nil(t, got)
		return err
	}
	for n := range whole {
		refused(whole[:n])
	}
	for i := 0; i < len(whole); i += 7 {
		b := bytes.Clone(whole)
		b[i] ^= 0x10
		refused(b)
	}
	assert.ErrorContains(t, refused(append(bytes.Clone(whole), 0)), "cut short or damaged")
	assert.ErrorContains(t, refused([]byte("{}")), "name a file that this program wrote")
	assert.ErrorContains(t, refused([]byte("tributary-ledger/2\n...")), "read it with the version that wrote it")
	_, err := score.ReadLedger(iotest.ErrReader(io.ErrUnexpectedEOF), rostered())
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.NotErrorIs(t, err, score.ErrLedger, "a failing disk says nothing about the file")
	assert.ErrorIs(t, l.Write(brokenWriter{}, rostered()), assert.AnError)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, assert.AnError }

// sealed puts the digest at the end of a ledger that somebody made up.
func sealed(body []byte) []byte {
	end := sha256.Sum256(body)
	return append(bytes.Clone(body), end[:]...)
}

// body returns what of a ledger comes before its digest, and where its names begin.
func body(t testing.TB, l *score.Ledger) (b []byte, names int) {
	empty := written(t, &score.Ledger{}, tender())
	b = written(t, l, tender())
	return b[:len(b)-sha256.Size], len(empty) - sha256.Size - 3 // no names, no cells, no projects
}

// A file of a few bytes that promises a billion of entries takes no memory for them.
func TestLedgersThatPromiseTooMuch(t *testing.T) {
	whole, names := body(t, &score.Ledger{})
	form := score.NewLedgerForm(tender())
	for at, before := range map[string][]byte{"names": nil, "text": {1}, "cells": {0}, "projects": {0, 0}, "name of a project": {0, 0, 1}} {
		for _, n := range []uint64{1000, 1 << 40, 1<<64 - 1} {
			b := binary.AppendUvarint(append(bytes.Clone(whole[:names]), before...), n)
			b = append(b, make([]byte, 20)...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := form.Read(bytes.NewReader(sealed(b)))
			runtime.ReadMemStats(&after)
			assert.ErrorIs(t, err, score.ErrLedger, at)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100_000), "bytes taken for %s", at)
		}
	}
}

func FuzzReadLedger(f *testing.F) {
	doc := tender()
	form := score.NewLedgerForm(doc)
	l := &score.Ledger{}
	judgedInto(f, l, doc, "p", 1)
	for _, l := range []*score.Ledger{{}, l} {
		b, names := body(f, l)
		f.Add(b[names:])
	}
	b, names := body(f, &score.Ledger{})
	head := b[:names]
	f.Fuzz(func(t *testing.T, rest []byte) {
		text := sealed(append(bytes.Clone(head), rest...))
		got, err := form.Read(bytes.NewReader(text))
		all := &score.Ledger{}
		other := form.MergeAll(all, slices.Values([][]byte{text}))
		require.Equal(t, err == nil, other == nil)
		if err != nil {
			assert.ErrorIs(t, err, score.ErrLedger)
			return
		}
		require.Equal(t, got, all)
		var once, twice bytes.Buffer
		require.NoError(t, form.Write(&once, got))
		again, err := form.Read(bytes.NewReader(once.Bytes()))
		require.NoError(t, err)
		require.Equal(t, got, again)
		require.NoError(t, form.Write(&twice, again))
		require.Equal(t, once.Bytes(), twice.Bytes())
	})
}
