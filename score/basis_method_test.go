package score_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// The digest of a method can be computed from its basis, and the basis of a record, whose
// rosters are withheld, is that of the document.
func TestMethodBasis(t *testing.T) {
	doc, l := rostered(), &score.Ledger{}
	judgedInto(t, l, doc, "p", 1)
	r := score.Rank(doc, l)
	basis := score.MethodBasisOf(doc, r)
	assert.Equal(t, r.Method.Digest, basis.Digest())
	record := *doc
	record.People, record.Tables, record.Rosters, record.Withheld = nil, nil, nil, map[string]string{}
	for file, sum := range score.RosterDigests(doc) {
		record.Withheld[model.WithheldRoster+file] = sum
	}
	assert.NotEmpty(t, record.Withheld)
	assert.Equal(t, basis, score.MethodBasisOf(&record, r))
	for part := range basis.Parts {
		basis.Parts[part] += "0"
		assert.NotEqual(t, r.Method.Digest, basis.Digest(), part)
		basis.Parts[part] = strings.TrimSuffix(basis.Parts[part], "0")
	}
	_, err := score.Evaluate(&record, func(func(model.Record, error) bool) {}, nil)
	require.ErrorIs(t, err, score.ErrTender)
	assert.ErrorContains(t, err, "it is the record of an evaluation")
}

// What is published of rosters does not lead to the key that pseudonyms are made with.
func TestTheKeyOfPseudonymsIsNoDigest(t *testing.T) {
	doc := rostered()
	secret, digest := affiliation.Secret(doc), affiliation.Digest(doc)
	assert.NotEqual(t, digest, secret)
	assert.NotEqual(t, affiliation.Digest(&model.Tender{}), affiliation.Secret(&model.Tender{}))
	slices.Reverse(doc.People)
	assert.Equal(t, secret, affiliation.Secret(doc), "the order of people means nothing")
	doc.People = doc.People[1:]
	assert.NotEqual(t, secret, affiliation.Secret(doc))
}

// The ledgers that an evaluation hands out make its ranking.
func TestEvaluateHandsOutItsLedgers(t *testing.T) {
	doc := rostered()
	all, names := &score.Ledger{}, []string{}
	story := anyStory(rand.New(rand.NewPCG(1, 1)), 15)
	records := func(yield func(model.Record, error) bool) {
		for _, r := range story.records {
			if r.Project = "p"; !yield(r, nil) {
				return
			}
		}
	}
	r, err := score.Evaluate(doc, records, &score.Options{Ledger: func(project string, l *score.Ledger) { names = append(names, project); all.Merge(l) }})
	require.NoError(t, err)
	assert.True(t, slices.IsSorted(names))
	again := score.Rank(doc, all)
	assert.Equal(t, again.Lots, r.Lots)
	assert.Equal(t, again.Projects, r.Projects)
	assert.Equal(t, len(score.ContestedOf(doc, all)), len(r.Contested))
}
