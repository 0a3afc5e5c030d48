// Package githubtest is a GitHub that runs inside a test: a server on the loopback that
// answers GraphQL and REST about projects which the test writes down as plain data, and
// that is as strict as the real one. It checks every query against GitHub's published
// schema, demands page sizes, counts nodes and points, runs out of quota, and breaks in
// the ways that a test asks for.
//
//	project := &githubtest.Project{Owner: "karst", Name: "cave", Changes: []githubtest.Change{{
//		Number: 1, Author: githubtest.Account{Login: "ada"}, Created: t0, Merged: t1,
//	}}}
//	server := githubtest.New(t, project)
//	client.BaseURL = server.URL // GraphQL at URL+"/graphql"
//
// # What fails a test by itself
//
// A query that GitHub would refuse because of its schema, a field or an argument that
// this server knows of but does not answer, and a project that GitHub could not hold,
// such as a review whose state is no state. Whatever else GitHub answers with an error,
// such as a page of 101 or a missing token, is answered with that error.
//
// # What is not proven
//
// GitHub's rules of points and nodes are its published ones, and its examples are tests.
// Whether totalCount costs points where no page is asked for is not documented; see
// [Server.CountTotals]. What a repository with its pull requests switched off answers is
// not either; here it has none.
package githubtest
