// Command prune reads GitHub's whole GraphQL schema from standard input and writes the
// part of it that the fake server needs to standard output.
package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/tributary-oss/tributary/forge/forgetest/internal/prune"
)

// kept are the composite types that stay, beside the events of the two timelines. GitHub's
// types are so connected that what can be reached from a repository is nearly all of it.
// The followers are in GitHub's own example of counting nodes.
const kept = `Query Node RateLimit PageInfo Repository RepositoryOwner RepositoryInfo
	Actor User Bot Mannequin Organization EnterpriseUserAccount Team RequestedReviewer ReviewRequest Assignee
	PullRequest PullRequestReview PullRequestReviewComment PullRequestCommit Issue IssueOrPullRequest IssueComment
	Comment Closable Labelable Closer Label Release Ref GitObject Commit GitActor
	PullRequestTimelineItems IssueTimelineItems SearchResultItem FollowerConnection`

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pruning the schema:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	doc, err := parser.ParseSchema(&ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		return err
	}
	names := strings.Fields(kept)
	for _, d := range doc.Definitions {
		if slices.Contains(names, d.Name) {
			names = append(names, events(d.Types)...)
		}
	}
	return prune.Schema(doc, names, out)
}

// events are those among the members of a union.
func events(members []string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(name string) bool { return !strings.HasSuffix(name, "Event") })
}
