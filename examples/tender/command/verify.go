package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
)

type verifyFlags struct {
	signers, official string
}

func (f *verifyFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.signers, "signers", "", "file of allowed signers, in the form of OpenSSH: the bundle must bear a signature by one of them")
	c.Flags().StringVar(&f.official, "official", "", "the digest that was published with the notice: the bundle must be of an official result that bears it")
}

func (a *app) verify(ctx context.Context, dir string, f verifyFlags) error {
	if err := isFolder(dir); err != nil {
		return err
	}
	o, err := bundle.Open(dir)
	if err != nil {
		return err
	}
	defer o.Close()
	v, err := o.Verify(extras())
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	a.showVerified(o, v)
	return nil
}

// showVerified says what is true of a bundle, and what it cannot prove.
func (a *app) showVerified(o *bundle.Opened, v *bundle.Verified) {
	fmt.Fprintf(a.Out, "%s\ntrue: the bundle for %s. %d files have their digests", plain(o.Headline()), plain(o.Edition.String()), v.Files)
	if v.Verdicts > 0 {
		fmt.Fprintf(a.Out, "; %d acts make the credits by month", v.Verdicts)
	}
	fmt.Fprintf(a.Out, "; %d credits by month make the ranking; tables and texts say the same.\n", v.Totals)
	for _, text := range v.Unproven {
		fmt.Fprintf(a.Out, "not proven: %s\n", plain(text))
	}
}
