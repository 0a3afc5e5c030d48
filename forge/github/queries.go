package github

// The queries, as they are sent. One page of 25 changes costs one point: GitHub
// counts a request for the outer connection and one for each inner connection of each
// node, all assumed full, in hundreds. Sizes of inner pages cost nothing, a
// connection inside an inner one would cost 25 times as much; so the comments on
// lines are counted and not read. See
// https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
const (
	whoFragment = `
fragment who on Actor {
	__typename login resourcePath
	... on User { databaseId }
	... on Bot { databaseId }
	... on Mannequin { databaseId }
	... on Organization { databaseId }
}`

	reviewFragment = `
fragment review on PullRequestReview {
	state submittedAt body authorAssociation authorCanPushToRepository
	author { ...who } commit { oid } comments { totalCount }
}`

	commentFragment = `
fragment comment on IssueComment { createdAt body author { ...who } }`

	// headQuery asks for what a repository is, and whether anything in it is new.
	headQuery = `
query Head($owner: String!, $name: String!) {
	repository(owner: $owner, name: $name) {
		databaseId nameWithOwner hasIssuesEnabled
		pullRequests(states: [MERGED], orderBy: {field: UPDATED_AT, direction: DESC}, first: 10) { nodes { number updatedAt } }
		issues(orderBy: {field: UPDATED_AT, direction: DESC}, first: 10) { nodes { number updatedAt } }
		releases(orderBy: {field: CREATED_AT, direction: DESC}, first: 10) { totalCount nodes { databaseId updatedAt } }
	}
	rateLimit { cost remaining resetAt }
}`

	changesQuery = `
query Changes($owner: String!, $name: String!, $first: Int!, $after: String, $comments: Boolean!) {
	repository(owner: $owner, name: $name) {
		pullRequests(states: [MERGED], orderBy: {field: UPDATED_AT, direction: DESC}, first: $first, after: $after) {
			pageInfo { hasNextPage endCursor }
			nodes {
				id number title createdAt updatedAt mergedAt baseRefName headRefOid
				mergeCommit { oid } author { ...who } mergedBy { ...who }
				labels(first: 100) { nodes { name } }
				reviews(first: 30) { pageInfo { hasNextPage endCursor } nodes { ...review } }
				timelineItems(first: 50, itemTypes: [REVIEW_REQUESTED_EVENT]) {
					nodes { ... on ReviewRequestedEvent { createdAt requestedReviewer { __typename ...who } } }
				}
				comments(last: 60) @include(if: $comments) { nodes { ...comment } }
			}
		}
	}
	rateLimit { cost remaining resetAt }
}` + whoFragment + reviewFragment + commentFragment

	// reviewsQuery reads on where a change has more reviews than its page showed.
	reviewsQuery = `
query Reviews($id: ID!, $first: Int!, $after: String) {
	node(id: $id) {
		... on PullRequest { reviews(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...review } } }
	}
	rateLimit { cost remaining resetAt }
}` + whoFragment + reviewFragment

	// commentsQuery reads the last comments of changes that a robot merged.
	commentsQuery = `
query Comments($ids: [ID!]!) {
	nodes(ids: $ids) { ... on PullRequest { id comments(last: 60) { nodes { ...comment } } } }
	rateLimit { cost remaining resetAt }
}` + whoFragment + commentFragment

	issuesQuery = `
query Issues($owner: String!, $name: String!, $first: Int!, $after: String, $since: DateTime) {
	repository(owner: $owner, name: $name) {
		issues(filterBy: {since: $since}, orderBy: {field: UPDATED_AT, direction: DESC}, first: $first, after: $after) {
			pageInfo { hasNextPage endCursor }
			nodes {
				number title createdAt updatedAt closedAt stateReason author { ...who }
				labels(first: 100) { nodes { name } }
				comments(first: 10) { nodes { createdAt author { ...who } } }
				timelineItems(last: 50, itemTypes: [LABELED_EVENT, CLOSED_EVENT]) {
					nodes {
						__typename
						... on LabeledEvent { createdAt actor { ...who } label { name } }
						... on ClosedEvent { createdAt actor { ...who } }
					}
				}
			}
		}
	}
	rateLimit { cost remaining resetAt }
}` + whoFragment

	releasesQuery = `
query Releases($owner: String!, $name: String!, $first: Int!, $after: String) {
	repository(owner: $owner, name: $name) {
		releases(orderBy: {field: CREATED_AT, direction: DESC}, first: $first, after: $after) {
			pageInfo { hasNextPage endCursor }
			nodes { databaseId tagName createdAt publishedAt updatedAt isDraft author { ...who } }
		}
	}
	rateLimit { cost remaining resetAt }
}` + whoFragment
)
