// Command tender scores the bidders of a tender by what they give back to the
// open source projects that it depends on. Without arguments it scores a
// demonstration.
package main

import (
	"os"

	"github.com/tributary-oss/tributary/examples/tender/command"
)

func main() { os.Exit(command.Main(os.Args[1:])) }
