// Package e2e plays the story of a project on a real Gitea, mines its history and its
// API, scores a tender on it, and compares all of it with what was done.
//
// It is a module of its own, so that neither the server's dependencies nor the way it is
// built concern anybody who uses the library. From the repository's root:
//
//	go -C forge/gitea/e2e run ./build               builds the server, once: ten minutes, 1.2 GB of modules
//	go -C forge/gitea/e2e test -count=1 ./...       starts it on a free port of this machine, and tests: a minute
//
// The server is a module too, pinned by forge/gitea/e2e/server with the sums of all that
// it consists of. The build needs a C compiler for SQLite, the running server git. It
// listens on loopback only, takes up to 400 MB, and keeps its data in a folder that goes
// with the test. Nothing is left behind but the binary, of 105 MB, in the user's cache
// folder.
//
// What is wanted stands in testdata: the facts as they were mined, the verdicts on them,
// and the ranking. "go test -update" writes what came out, to be reviewed.
package e2e
