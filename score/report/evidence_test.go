package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// written is evidence in memory with its index.
type written struct{ evidence, index []byte }

// someVerdicts are n verdicts of each project, in turn of three vendors and three roles.
func someVerdicts(n int, projects ...string) (list []model.Verdict) {
	for _, p := range projects {
		for i := range n {
			v := model.Verdict{Project: p, Repository: "https://github.com/o/r", Artifact: model.Artifact(fmt.Sprintf("commit:%040x", i)),
				Person: fmt.Sprintf("mail:p%d@karst.example", i%7), Name: "Ada", At: time.Date(2026, 1, 2, 3, 4, i, 0, time.UTC),
				Role:   []model.Role{model.Author, model.Reviewer, model.Signer}[i%3],
				Parts:  []model.Part{{Vendor: []string{"karst", "bigco", ""}[i/3%3], Part: model.Whole}},
				Reason: strings.Repeat("why ", 20)}
			if i%3 == 0 {
				v.Counted, v.Change = true, model.Artifact(fmt.Sprint("change:", i))
				v.Credits = []model.Credit{{Indicator: model.Changes, Amount: model.Whole}, {Indicator: model.Upkeep, Amount: model.Whole}}
			}
			list = append(list, v)
		}
	}
	return list
}

func store(t *testing.T, show report.People, list []model.Verdict) written {
	t.Helper()
	var b, x bytes.Buffer
	log := report.NewEvidenceLog(&b, report.EvidenceOptions{Status: "SIMULATION", Show: show, Link: report.Link,
		Concerned: func(v model.Verdict) []string {
			if v.Parts == nil || v.Parts[0].Vendor == "" {
				return nil
			}
			return []string{v.Parts[0].Vendor}
		}})
	for _, v := range list {
		log.Write(v)
	}
	index, err := log.Close("digest")
	require.NoError(t, err)
	require.NoError(t, index.Write(&x))
	return written{b.Bytes(), x.Bytes()}
}

func (s written) open() (*report.StoredEvidence, error) {
	return report.OpenEvidence(bytes.NewReader(s.evidence), int64(len(s.evidence)), bytes.NewReader(s.index))
}

// readAll returns the first error of reading everything.
func (s written) readAll() error {
	e, err := s.open()
	if err != nil {
		return err
	}
	for _, err := range e.All() {
		if err != nil {
			return err
		}
	}
	return nil
}

func read(t *testing.T, seq func(func(report.StoredVerdict, error) bool)) (list []report.StoredVerdict) {
	t.Helper()
	for v, err := range seq {
		require.NoError(t, err)
		list = append(list, v)
	}
	return list
}

func TestStoredEvidenceHoldsEveryVerdict(t *testing.T) {
	list := someVerdicts(3000, "a", "b")
	s := store(t, report.People{Key: []byte("k")}, list)
	assert.Equal(t, s, store(t, report.People{Key: []byte("k")}, list), "the same bytes")
	e, err := s.open()
	require.NoError(t, err)
	assert.EqualValues(t, len(list), e.Index.Rows)
	assert.EqualValues(t, 2000, e.Index.Counted)
	back := map[string]report.StoredVerdict{}
	for _, v := range read(t, e.All()) {
		back[v.Project+string(v.Artifact)] = v
	}
	require.Len(t, back, len(list))
	show := report.People{Key: []byte("k")}
	for _, v := range list {
		got := back[v.Project+string(v.Artifact)]
		v.Person, v.Name = show.Person(v), ""
		require.Equal(t, v, got.Verdict)
		require.Equal(t, "SIMULATION", got.Status)
		require.Equal(t, report.Link(v.Repository, v.Artifact), got.Link)
	}
	members, credits := 0, int64(0)
	for _, g := range e.Index.Groups {
		members += len(g.Members)
		for _, m := range g.Members {
			credits += m.Credits[model.Changes]
			assert.LessOrEqual(t, m.Length, int64(140<<10))
		}
	}
	assert.EqualValues(t, 2000*model.Whole, credits)
	assert.Greater(t, members, len(e.Index.Groups), "large groups have several members")

	zip, err := gzip.NewReader(bytes.NewReader(s.evidence)) // as any other program reads it
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	assert.Equal(t, len(list), bytes.Count(text, []byte("\n")))
	for line := range bytes.Lines(text) {
		require.True(t, json.Valid(line))
	}
	assert.NotContains(t, string(text), "@")
	assert.NotContains(t, string(text), "Ada")
}

func TestStoredEvidenceIsReadByFigureAndAct(t *testing.T) {
	e, err := store(t, report.People{}, someVerdicts(3000, "a", "b")).open()
	require.NoError(t, err)
	got := read(t, e.Figures("karst", map[string][]model.Indicator{"b": {model.Changes}}))
	assert.Len(t, got, 334)
	for _, v := range got {
		assert.Equal(t, []string{"b", "karst", "author"}, []string{v.Project, v.Bidders[0], string(v.Role)})
	}
	assert.Len(t, read(t, e.Figures("karst", map[string][]model.Indicator{"b": {model.Upkeep}})), 334, "they are both")
	assert.Empty(t, read(t, e.Figures("karst", map[string][]model.Indicator{"b": {model.Triage}})))
	assert.Empty(t, read(t, e.Figures("nobody", map[string][]model.Indicator{"b": {model.Changes}})))
	for i := range 3000 {
		if i%100 > 0 && i > 50 {
			continue
		}
		require.Len(t, read(t, e.On(model.Artifact(fmt.Sprintf("commit:%040x", i)))), 2, "in either project")
	}
	assert.Len(t, read(t, e.On("change:33")), 2, "what is part of the change")
	assert.Empty(t, read(t, e.On("change:34")))
	assert.Len(t, read(t, e.On(model.Artifact("commit:"+strings.Repeat("0", 37)))), 6000, "the beginning of them all")
	for range e.All() {
		break // whoever has enough leaves
	}
}

func TestIdentifiedEvidence(t *testing.T) {
	list := someVerdicts(2, "a")
	list[1].Name = "ada@karst.example"
	e, err := store(t, report.People{Names: true}, list).open()
	require.NoError(t, err)
	assert.True(t, e.Index.Identified)
	labels := map[bool]bool{}
	for _, v := range read(t, e.All()) {
		assert.Regexp(t, `^(Ada \(person-[0-9a-f]{12}\)|person-[0-9a-f]{12})$`, report.Label(v.Verdict))
		labels[v.Name == ""] = true
	}
	assert.Len(t, labels, 2, "an address is no name")
}

// Many groups at once stay within the memory that is granted them.
func TestEvidenceOfManyGroupsIsBounded(t *testing.T) {
	var grown atomic.Int64 // a goroutine of the log writes
	w := writerFunc(func(b []byte) (int, error) { grown.Add(int64(len(b))); return len(b), nil })
	n := 0
	log := report.NewEvidenceLog(w, report.EvidenceOptions{Concerned: func(model.Verdict) []string { n++; return []string{fmt.Sprint("v", n%1000)} }})
	v := model.Verdict{Project: "p", Artifact: "commit:1", Role: model.Author, Reason: strings.Repeat("x", 4000)}
	for range 12_000 {
		log.Write(v)
	}
	assert.Positive(t, grown.Load(), "48 MB are more than may be held")
	index, err := log.Close("")
	require.NoError(t, err)
	assert.EqualValues(t, 12_000, index.Rows)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestErrorsOfWritingComeWithClose(t *testing.T) {
	log := report.NewEvidenceLog(writerFunc(func([]byte) (int, error) { return 0, io.ErrShortWrite }),
		report.EvidenceOptions{Concerned: func(model.Verdict) []string { return nil }})
	for _, v := range someVerdicts(3000, "a", "b") {
		log.Write(v)
	}
	_, err := log.Close("")
	require.ErrorIs(t, err, io.ErrShortWrite)
}

// A disk that is full is not asked again for every member of a long run.
func TestNothingIsPackedAfterAnError(t *testing.T) {
	var asked atomic.Int64
	log := report.NewEvidenceLog(writerFunc(func([]byte) (int, error) { asked.Add(1); return 0, io.ErrShortWrite }),
		report.EvidenceOptions{Concerned: func(model.Verdict) []string { return nil }})
	v := model.Verdict{Project: "p", Artifact: "commit:1", Role: model.Author, Reason: strings.Repeat("x", 1<<17)}
	for range 200 { // a member each
		log.Write(v)
	}
	_, err := log.Close("")
	require.ErrorIs(t, err, io.ErrShortWrite)
	assert.LessOrEqual(t, asked.Load(), int64(64), "what waited already may fail too")
}

// What strangers chose steers neither a terminal nor the direction of writing.
func TestEvidenceIsInert(t *testing.T) {
	v := model.Verdict{Project: "a", Artifact: "release:v1\x1b]0;owned\x07\x7f\u202e\U000e0001", Role: model.Releaser, Person: "p", Name: "Ev\u202eil\u009b31m \xff"}
	s := store(t, report.People{Names: true}, []model.Verdict{v})
	zip, err := gzip.NewReader(bytes.NewReader(s.evidence))
	require.NoError(t, err)
	text, err := io.ReadAll(zip)
	require.NoError(t, err)
	for _, r := range string(text) {
		assert.NotContains(t, "\x1b\x07\x7f\u202e\u009b\U000e0001", string(r))
	}
	e, err := s.open()
	require.NoError(t, err)
	got := read(t, e.On(v.Artifact))
	require.Len(t, got, 1, "and is found as it was")
	assert.Equal(t, v.Artifact, got[0].Artifact)
	assert.Equal(t, "Ev\u202eil\u009b31m \ufffd", got[0].Name)
}

func TestDamagedEvidence(t *testing.T) {
	good := store(t, report.People{}, someVerdicts(3000, "a"))
	change := func(from, to string) func(*written) {
		return func(s *written) {
			require.Contains(t, string(s.index), from)
			s.index = bytes.Replace(s.index, []byte(from), []byte(to), 1)
		}
	}
	for name, c := range map[string]struct {
		spoil func(*written)
		says  string
	}{
		"cut short":     {func(s *written) { s.evidence = s.evidence[:len(s.evidence)-1] }, "was cut"},
		"no index":      {func(s *written) { s.index = nil }, "no index"},
		"another form":  {change("tributary-evidence/1", "something-else/1"), "where tributary-evidence/1 is wanted"},
		"newer":         {change("tributary-evidence/1", "tributary-evidence/2"), "use a newer one"},
		"fewer rows":    {change(`"rows":3000`, `"rows":2999`), "lists 3000 verdicts of 2999"},
		"far away":      {change(`"offset":0`, `"offset":99999999`), "points outside"},
		"before it":     {change(`"offset":0`, `"offset":-1`), "points outside"},
		"vast":          {change(`"length":`, `"length":9999999999`), "points outside"},
		"wrong length":  {change(`"length":`, `"length":1`), "is damaged"},
		"shifted":       {change(`"offset":0`, `"offset":1`), "is damaged"},
		"a byte":        {func(s *written) { s.evidence[200] ^= 1 }, "is damaged"},
		"other project": {change(`"project":"a"`, `"project":"b"`), "the index has"},
	} {
		s := written{bytes.Clone(good.evidence), bytes.Clone(good.index)}
		c.spoil(&s)
		err := s.readAll()
		require.ErrorIs(t, err, report.ErrStored, name)
		assert.Contains(t, err.Error(), c.says, name)
	}
}

func FuzzOpenEvidence(f *testing.F) {
	var b, x bytes.Buffer
	log := report.NewEvidenceLog(&b, report.EvidenceOptions{Concerned: func(model.Verdict) []string { return []string{"karst"} }})
	for _, v := range someVerdicts(5, "a") {
		log.Write(v)
	}
	index, _ := log.Close("d")
	index.Write(&x)
	f.Add(b.Bytes(), x.Bytes())
	f.Add([]byte{}, []byte("{}"))
	f.Fuzz(func(t *testing.T, evidence, index []byte) {
		e, err := report.OpenEvidence(bytes.NewReader(evidence), int64(len(evidence)), bytes.NewReader(index))
		if err != nil {
			return
		}
		for _, err := range e.All() {
			if err != nil {
				break
			}
		}
		for range e.On("commit:1") {
			continue
		}
	})
}
