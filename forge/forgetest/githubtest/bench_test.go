package githubtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// BenchmarkPage is what a miner's page of 25 changes costs over the loopback.
func BenchmarkPage(b *testing.B) {
	s := githubtest.New(b, githubtest.Large(1000))
	const query = `query($after: String) { repository(owner: "karst", name: "cave") { pullRequests(first: 25, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
		pageInfo { hasNextPage endCursor } nodes { number author { ...Who } mergedBy { ...Who } createdAt mergedAt updatedAt mergeCommit { oid } labels(first: 30) { nodes { name } }
		reviews(first: 30) { nodes { fullDatabaseId author { ...Who } state submittedAt comments { totalCount } } }
		timelineItems(first: 30, itemTypes: [REVIEW_REQUESTED_EVENT, LABELED_EVENT]) { nodes { __typename ... on ReviewRequestedEvent { createdAt actor { ...Who } } } } } } } rateLimit { cost remaining } }
		fragment Who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }`
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, 200, send(b, s, "a", query, nil).status)
	}
}
