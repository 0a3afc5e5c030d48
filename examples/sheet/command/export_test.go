package command

import "github.com/spf13/cobra"

// Root is the command with all below it, for tests of what they say.
func Root() *cobra.Command { return new(app).root() }
