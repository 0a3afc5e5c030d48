// Package giteatest is a Gitea, or a Forgejo, that runs inside a test: a server on the
// loopback that answers the API about projects which the test writes down as plain data,
// with the shapes, the orders, the pages and the oddities of Gitea 1.26.0.
//
//	project := &forgetest.Project{Owner: "karst", Name: "cave", Changes: []forgetest.Change{{
//		Number: 1, Author: forgetest.Account{Login: "ada"}, Created: t0, Merged: t1,
//	}}}
//	server := giteatest.New(t, project)
//	client.BaseURL = server.URL + "/api/v1/"
//
// # What fails a test by itself
//
// A path, a parameter or a parameter's value that the API does not describe: the real
// server passes most of these over in silence. Whatever else Gitea answers with an error is answered
// with that error, also where it is a strange one: the comments of an issue that does not
// exist are a 500.
//
// # What it copies on purpose
//
// A list lowers the limit to its largest page in silence. Only pulls, issues and releases
// have a Link header. The reviews count those that nobody else may see; a page of the
// timeline lacks the comments on lines that were read for it, counts what is left, and is
// null where that is nothing. A review is dismissed when its author judges again, and a
// request for one is gone when it was answered, while all who judged are called requested.
// Reviews that were not sent off stand in the timeline for everybody. Links begin with
// the address that the server was configured with, times have its zone. Nothing tells a
// robot from a person. The time of a merge is that of the last write to the change, and
// the time of its closing that of the merge.
//
// # What is not proven
//
// All of it was read in the source of Gitea 1.26.0 and seen of it where it ran; keys and
// types are tested against its published description, see testdata. Forgejo differs here
// in nothing but the version that it says.
package giteatest
