// Package gitlabtest is a GitLab that runs inside a test: a server on the loopback that
// answers REST v4 and GraphQL about projects which the test writes down as plain data, and
// that is as strict as the real one. It pages as GitLab does, checks every query against
// GitLab's published schema, computes its complexity, and breaks in the ways that a test
// asks for.
//
//	project := &forgetest.Project{Owner: "karst/deep", Name: "cave", Changes: []forgetest.Change{{
//		Number: 1, Author: forgetest.Account{Login: "ada"}, Created: t0, Merged: t1,
//	}}}
//	server := gitlabtest.New(t, project) // REST at URL+"/api/v4", GraphQL at URL+"/api/graphql"
//
// # How the neutral project looks on GitLab
//
// Owner is a group, with its subgroups between slashes. A deleted account is GitLab's Ghost
// User where it wrote something, and null where it merged, closed or labelled.
//
// A review becomes notes of its own time: its text a note, each comment on a line a note
// with a position, the verdict APPROVED the system note "approved this merge request",
// CHANGES_REQUESTED "requested changes". A dismissed approval is taken back by the system
// note "unapproved this merge request", at the time of its ReviewDismissedEvent or an hour
// after it was given. The approvals themselves hold what was neither dismissed nor followed
// by commits. A pending review is a draft, which nobody sees.
//
// Merged by merge or rebase-merge a change has a merge commit; by squash a squash commit
// and, where Squash is given, a merge commit too; by rebase or fast-forward neither, and
// what landed is its head.
//
// Labels and states are no notes but events of their own, unless [Options.OldNotes].
//
// # What fails a test by itself
//
// A query that GitLab would refuse because of its schema, a field, an argument, a parameter
// or a path that this server does not answer, and a project that GitLab could not hold.
// Whatever else GitLab answers with an error, such as a query that is too complex, is
// answered with that error.
//
// # What is not proven
//
// The schema is that of GitLab 16.2, as a code generator saw it; later ones have more
// fields. The rules of complexity and the words of system notes are those of
// GitLab's source; see [Complexity]. Nothing here was compared with a live server.
package gitlabtest
