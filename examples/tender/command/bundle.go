package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
)

func (a *app) editionCommand() *cobra.Command {
	var edition, out string
	var people bool
	c := &cobra.Command{
		Use:   "edition DIR --for EDITION --out DIR2",
		Short: "Make the bundle that one bidder, or everybody, may have of a result",
		Long: "Edition makes a bundle for others out of the buyer's bundle, which score --out wrote.\n\n" +
			"  bidder=ID  the acts that concern the bidder; of all others what they earned by month\n" +
			"  public     what all bidders earned by month, and nobody's acts\n\n" +
			"Who may have which, and why, is in .github/PRIVACY.md.\n\nExit status: 0 done, 1 failed, 2 wrong usage.",
		Example: "  tender edition result --for bidder=karst --out for-karst\n  tender edition result --for public --out public",
		Args:    exactly(1, "a folder that score --out wrote"),
		RunE: func(c *cobra.Command, args []string) error {
			e, err := bundle.ParseEdition(edition)
			switch {
			case edition == "":
				return usageError{errors.New("for whom? Say --for bidder=ID or --for public")}
			case err != nil:
				return usageError{fmt.Errorf("--for: %w", err)}
			case out == "":
				return usageError{errors.New("name the folder to write with --out")}
			}
			if err := isFolder(args[0]); err != nil {
				return err
			}
			if err := writeEdition(c.Context(), args[0], e, out, people); err != nil {
				return err
			}
			fmt.Fprintf(a.Err, "wrote %s, the bundle for %s; see %s in it\n", out, plain(e.String()), bundle.ReadmeFile)
			return nil
		},
	}
	c.Flags().StringVar(&edition, "for", "", "for whom: bidder=ID, public, or buyer for a copy")
	c.Flags().StringVar(&out, "out", "", "folder to write")
	c.Flags().BoolVar(&people, "identify", false, "hand on the names that the bundle holds; only to those who may know them")
	return c
}

// writeEdition makes an edition of the bundle in a folder.
func writeEdition(ctx context.Context, from string, e bundle.Edition, to string, people bool) error {
	o, err := bundle.Open(from)
	if err != nil {
		return err
	}
	defer o.Close()
	err = o.WriteEdition(ctx, e, to, people, extras())
	if errors.Is(err, bundle.ErrEdition) || errors.Is(err, bundle.ErrFolder) {
		return usageError{err}
	}
	return err
}

// isFolder makes a wrong path a fault of the command line.
func isFolder(dir string) error {
	at, err := os.Stat(dir)
	if err == nil && !at.IsDir() {
		err = fmt.Errorf("%s is no folder", dir)
	}
	if err != nil {
		return usageError{fmt.Errorf("%w; name a folder that tender score FILE --out DIR wrote", err)}
	}
	return nil
}

func (a *app) verifyCommand() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Prove a bundle: compute the ranking again from the evidence in it",
		Long: "Verify holds every file of a bundle against all others: the digests, the acts against the tables,\n" +
			"the credits that they make against the ranking, and the ranking against every text. It names the\n" +
			"first thing that is otherwise. Nothing is mined, unless --repo names repositories: then acts are\n" +
			"drawn, by --seed, and held against these.\n\n" +
			"Exit status: 0 everything is true, 1 something differs, 2 wrong usage.",
		Example: "  tender verify result\n  tender verify result --signers allowed_signers\n  tender verify result --repo mirror.git --sample 200 --seed 7",
		Args:    exactly(1, "a folder that score --out or edition wrote"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.verify(c.Context(), args[0], f)
		},
	}
	f.flags(c)
	return c
}

func (a *app) signCommand() *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "sign DIR --key FILE",
		Short: "Sign a bundle with an SSH key",
		Long: "Sign writes " + bundle.SignatureFile + ", which signs the digests of all files of the bundle. The same is done\n" +
			"and checked by:\n\n" +
			"  ssh-keygen -Y sign -n " + bundle.Namespace + " -f FILE " + bundle.SumsFile + "\n" +
			"  ssh-keygen -Y verify -n " + bundle.Namespace + " -f allowed_signers -I PRINCIPAL -s " + bundle.SignatureFile + " < " + bundle.SumsFile + "\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage.",
		Example: "  tender sign result --key ~/.ssh/id_ed25519",
		Args:    exactly(1, "a folder that score --out or edition wrote"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := isFolder(args[0]); err != nil {
				return err
			}
			key, err := a.privateKey(c.Context(), keyFile, bundle.Namespace, filepath.Join(args[0], bundle.SumsFile))
			if err != nil {
				return err
			}
			if err := bundle.Sign(args[0], key); err != nil {
				return err
			}
			fmt.Fprintf(a.told, "wrote %s, by the key %s\n", filepath.Join(args[0], bundle.SignatureFile), ssh.FingerprintSHA256(key.PublicKey()))
			fmt.Fprintf(a.told, "Whoever verifies it needs a line in a file of allowed signers: PRINCIPAL namespaces=%q %s\n", bundle.Namespace, publicLine(key))
			return nil
		},
	}
	c.Flags().StringVar(&keyFile, "key", "", "file of a private SSH key")
	return c
}
