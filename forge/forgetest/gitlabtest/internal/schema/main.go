// Command schema reads the TypeScript types that a code generator made of GitLab's whole
// GraphQL schema from standard input, turns them into a schema again, and writes the part
// of it that the fake server needs to standard output. What the types do not hold is lost:
// the defaults of arguments.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tributary-oss/tributary/forge/forgetest/internal/prune"
)

// kept are the composite types that stay.
const kept = `Query PageInfo QueryComplexity Metadata Project Group
	User UserCore MergeRequestAuthor MergeRequestAssignee MergeRequestReviewer
	NoteableInterface ResolvableInterface Note Discussion SystemNoteMetadata DiffPosition DiffRefs DiffStatsSummary
	MergeRequest Issue Label Release`

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "reading the schema:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	doc, err := schemaOf(string(text))
	if err != nil {
		return err
	}
	return prune.Schema(doc, strings.Fields(kept), out)
}
