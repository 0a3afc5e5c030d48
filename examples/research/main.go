// Command research shows what the history of a repository tells, in tables that
// researchers and journalists know. Nothing in it scores anybody.
package main

import (
	"os"

	"github.com/tributary-oss/tributary/examples/research/command"
)

func main() { os.Exit(command.Main(os.Args[1:])) }
