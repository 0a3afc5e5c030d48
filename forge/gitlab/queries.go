package gitlab

// The queries, as they are sent. GitLab counts a field as 1, or as what its source says, and
// a connection that a resolver fills as what is below it, and one per cent of that for
// each item that is asked for:
// https://docs.gitlab.com/api/graphql/#max-query-complexity and
// https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/graphql/types/base_field.rb.
// The limit is 200 without a token and 250 with one. A query's text may have 10,000
// characters.
const (
	// whoFragment is of everybody: authors, mergers and reviewers have types of their own.
	whoFragment = `
fragment who on User { id username bot }`

	noteFragment = `
fragment note on Note { id url system body createdAt author { ...who } position { diffRefs { headSha } } }`

	// headQuery asks for what a project is, and whether anything in it is new.
	headQuery = `
query Head($path: ID!) {
	project(fullPath: $path) {
		id fullPath issuesEnabled mergeRequestsEnabled
		mergeRequests(state: merged, sort: UPDATED_DESC, first: 10) { nodes { iid updatedAt } }
		issues(sort: UPDATED_DESC, first: 10) { nodes { iid updatedAt } }
		releases(sort: RELEASED_AT_DESC, first: 10) { count nodes { tagName releasedAt } }
	}
	queryComplexity { score limit }
}`

	changesQuery = `
query Changes($path: ID!, $first: Int!, $after: String, $since: Time, $before: Time, $notes: Int!) {
	project(fullPath: $path) {
		mergeRequests(state: merged, sort: UPDATED_DESC, updatedAfter: $since, updatedBefore: $before, first: $first, after: $after) {
			pageInfo { hasNextPage endCursor }
			nodes {
				iid title createdAt updatedAt mergedAt targetBranch diffHeadSha mergeCommitSha diffRefs { baseSha }
				author { ...who } mergeUser { ...who }
				labels(first: 100) { nodes { title } }
				reviewers(first: 100) { nodes { ...who } }
				approvedBy(first: 100) { nodes { ...who } }
				notes(first: $notes) { pageInfo { hasNextPage endCursor } nodes { ...note } }
			}
		}
	}
	queryComplexity { score limit }
}` + whoFragment + noteFragment

	// notesQuery reads on where a change has more notes than its page showed.
	notesQuery = `
query Notes($path: ID!, $iids: [String!], $first: Int!, $after: String) {
	project(fullPath: $path) {
		mergeRequests(iids: $iids, first: 1) {
			nodes { iid notes(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...note } } }
		}
	}
	queryComplexity { score limit }
}` + whoFragment + noteFragment

	// usersQuery asks who is a robot.
	usersQuery = `
query Users($names: [String!], $first: Int!) {
	users(usernames: $names, first: $first) { nodes { ...who } }
	queryComplexity { score limit }
}` + whoFragment

	// answersQuery reads the first notes of issues.
	answersQuery = `
query Answers($path: ID!, $iids: [String!], $first: Int!, $notes: Int!) {
	project(fullPath: $path) {
		issues(iids: $iids, first: $first) {
			nodes { iid notes(first: $notes) { pageInfo { hasNextPage endCursor } nodes { id system body createdAt author { ...who } } } }
		}
	}
	queryComplexity { score limit }
}` + whoFragment
)

const (
	mostChanges = 50 // on a page of GraphQL
	mostNotes   = 50 // of each of them
	usualNotes  = 25 // which most changes do not have
	fewestNotes = 5
	laterNotes  = 100 // of one change on a further page
)
