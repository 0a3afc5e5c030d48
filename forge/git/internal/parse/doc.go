// Package parse reads git's text objects and the text files that say who is who
// in a project: commits, trailers, tags, trees, .mailmap, MAINTAINERS, OWNERS and
// CODEOWNERS. It works on bytes alone and knows no repository.
//
// Nothing here trusts its input. Every returned text is valid UTF-8 and bounded;
// names and subjects are one line without control characters and without the
// characters that turn the direction of text around, which could make a report
// show something else than it holds. What is odd but can be lived with is said in
// [Commit.Faults]; an error means that the structure of an object is lost.
package parse
