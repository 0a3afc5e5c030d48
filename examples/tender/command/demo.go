package command

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/tender/demo"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo DIR",
		Short: "Write the demonstration's documents and repositories into a new folder",
		Args:  exactly(1, "a folder that is not there yet"),
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err == nil {
				return usageError{fmt.Errorf("tender demo: %s is there already; name a new folder", args[0])}
			}
			file, err := demo.Build(args[0])
			if err != nil {
				return fmt.Errorf("writing the demonstration: %w", err)
			}
			fmt.Fprintf(a.told, "wrote %s; score it with: tender score %s\n", file, file)
			return nil
		},
	}
}

// demo scores the embedded demonstration, whose histories it writes into a
// temporary folder first.
func (a *app) demo(c *cobra.Command, _ []string) error {
	dir, err := os.MkdirTemp("", "tributary-demo-")
	if err != nil {
		return fmt.Errorf("preparing the demonstration: %w", err)
	}
	defer os.RemoveAll(dir)
	file, err := demo.Build(dir)
	if err != nil {
		return fmt.Errorf("preparing the demonstration: %w", err)
	}
	t, err := tenderfile.Read(file)
	if err != nil {
		return fmt.Errorf("preparing the demonstration: %w", err)
	}
	a.cache = filepath.Join(dir, "cache") // nobody mines these histories again
	a.now = t.Window.Until.Time()         // the demonstration runs on a machine whose clock is wrong, too
	fmt.Fprintf(a.Out, "%s\n\n", a.locale.T(demo.Introduction))
	return a.score(c.Context(), t, dir, scoreFlags{format: "text"})
}
