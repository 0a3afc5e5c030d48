// Command sheet brings the result of a tender to those who work in spreadsheets: as a
// workbook whose ranking follows when weights are changed, and over HTTP to cells that pull.
package main

import (
	"os"

	"github.com/tributary-oss/tributary/examples/sheet/command"
)

func main() { os.Exit(command.Main(os.Args[1:])) }
