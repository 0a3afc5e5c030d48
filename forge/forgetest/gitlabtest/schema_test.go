package gitlabtest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

func TestSchemaHoldsWhatIsPriced(t *testing.T) {
	require.Greater(t, len(publishedSchema().Types), 100)
	for name := range prices {
		kind, field, _ := strings.Cut(name, ".")
		d := publishedSchema().Types[kind]
		if assert.NotNil(t, d, kind) {
			assert.NotNil(t, d.Fields.ForName(field), name)
		}
	}
}

func TestSchemaIsGitLabs(t *testing.T) {
	assert.NoError(t, Validate(`{ project(fullPath: "a/b") { mergeRequests(state: merged, sort: UPDATED_DESC, first: 100, updatedAfter: "2026-01-01T00:00:00Z") {
		count pageInfo { hasNextPage endCursor } nodes { iid mergeUser { username bot } notes { nodes { systemNoteMetadata { action } position { newLine } } } } } } }`))
	for _, field := range []string{"squashCommitSha", "closedBy { username }", "mergedBy { username }"} {
		assert.ErrorContains(t, Validate(`{ project(fullPath: "a/b") { mergeRequest(iid: "1") { `+field+` } } }`), "Cannot query field", field)
	}
}

func TestTheDearestTypeCounts(t *testing.T) {
	doc, errs := graphql.Parse(publishedSchema(), `{ project(fullPath: "a/b") { mergeRequest(iid: "1") { author { ...P } } } }
		fragment P on User { username ... on MergeRequestAuthor { id name } ... on UserCore { id } }`)
	require.Empty(t, errs)
	fragment := doc.Fragments.ForName("P")
	assert.Equal(t, 3, meter{}.selections([]ast.SelectionSet{fragment.SelectionSet}, publishedSchema().Types["User"]))
}

func TestMethodsGiveTheirCommits(t *testing.T) {
	p := &forgetest.Project{Owner: "karst", Name: "cave"}
	for _, c := range []struct{ method, squash, sha, merge, squashed string }{
		{"", "", "head", "m", ""},
		{"merge", "", "head", "m", ""},
		{"rebase-merge", "", "head", "m", ""},
		{"squash", "", "head", "", "m"},
		{"squash", "s", "head", "m", "s"},
		{"rebase", "", "m", "", ""},
		{"fast-forward", "", "m", "", ""},
	} {
		change := &forgetest.Change{Method: c.method, Head: "head", MergeCommit: "m", Squash: c.squash}
		assert.Equal(t, []string{c.sha, c.merge, c.squashed}, []string{landed(p, change), mergeCommit(change), squashCommit(change)}, "%s %s", c.method, c.squash)
	}
}
