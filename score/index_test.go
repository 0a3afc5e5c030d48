package score

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// Every name is found under its number and no other one is, also where names end or
// begin alike.
func TestIndexFindsNames(t *testing.T) {
	var commits chunks[commit]
	x := newIndex(&commits)
	name := func(n int) (h hash) {
		binary.LittleEndian.PutUint32(h[n%3*8:], uint32(n/3+1))
		return h
	}
	for n := range 10_000 {
		_, known := x.find(name(n))
		assert.False(t, known)
		x.put(commits.add(commit{hash: name(n)}))
	}
	for n := range 10_000 {
		i, ok := x.find(name(n))
		assert.True(t, ok)
		assert.Equal(t, int32(n), i)
	}
	_, ok := x.find(hash{})
	assert.False(t, ok)
	_, ok = x.find(name(10_000))
	assert.False(t, ok)
}

// A fault of the judge reaches whoever called, and says where.
func TestFaultsReachTheCaller(t *testing.T) {
	doc := model.NewTender()
	doc.Window = model.Window{Until: 20000, Months: 12}
	doc.Projects = map[string]model.Project{"p": {}}
	e := newEvaluation(doc, nil)
	require.NoError(t, e.take(model.Record{Project: "p", Coverage: &model.Coverage{Kind: model.CommitFacts, State: model.Complete}}, nil))
	e.judge.acts.add(act{commit: 7}) // of no commit
	defer func() {
		fault := fmt.Sprint(recover())
		assert.Contains(t, fault, "judging p: runtime error: index out of range")
		assert.Contains(t, fault, "bench.go:")
	}()
	e.close()
}

// Texts that differ in white space alone have one hash, and others have others.
func TestFoldFoldsWhiteSpaceAlone(t *testing.T) {
	for _, nothing := range []string{"", " ", "\t\n \u00a0"} {
		assert.Zero(t, fold(nothing), "%q", nothing)
	}
	same := fold("Mend the  gate")
	for _, s := range []string{"Mend the gate", " Mend\tthe gate\n", "Mend\u2003the\u00a0gate"} {
		assert.Equal(t, same, fold(s), "%q", s)
	}
	seen := map[uint64]string{}
	for _, s := range []string{"Mend the gate", "Mendthe gate", "mend the gate", "Mend the gate\xff", "Mend the gate \xff", "Mend the gåte", "e", "é", "é é"} {
		assert.Empty(t, seen[fold(s)], "%q", s)
		seen[fold(s)] = s
	}
}
