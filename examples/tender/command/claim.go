package command

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

func (a *app) claimCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "claim",
		Short: "Write, sign, confirm and verify a vendor's list of its own people",
		Long: "A claim is one document in which a vendor lists its people and the days on which they\n" +
			"work for it. The vendor signs it with its SSH key, and each person may confirm their own\n" +
			"entry with theirs. ssh-keygen -Y makes and verifies the same signatures.",
		Args: exactly(0, "new, sign, confirm or verify"),
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("tender claim: want new, sign, confirm or verify")}
		},
	}
	c.AddCommand(a.claimNewCommand(), a.claimSignCommand(), a.claimConfirmCommand(), a.claimVerifyCommand())
	return c
}

func (a *app) claimNewCommand() *cobra.Command {
	var vendor, file string
	c := &cobra.Command{
		Use:     "new --vendor ID",
		Short:   "Print a claim to be filled in",
		Example: "  tender claim new --vendor karst --tender tender.yaml > claim.yaml",
		Args:    exactly(0, "no argument: the vendor is named by --vendor"),
		RunE: func(*cobra.Command, []string) error {
			if vendor == "" || strings.Trim(vendor, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				return usageError{fmt.Errorf("tender claim new --vendor %q: want the short name that the tender gives the vendor, such as karst", vendor)}
			}
			id := ""
			if file != "" {
				t, err := readTender(file)
				if err != nil {
					return err
				}
				if _, ok := t.Vendors[vendor]; !ok {
					return usageError{fmt.Errorf("--vendor %s: %s names no such vendor", vendor, file)}
				}
				id = t.About.ID
			}
			today := a.today()
			fmt.Fprint(a.Out, claimTemplate(vendor, id, today, today.AddDate(1, 0, 0)))
			return nil
		},
	}
	c.Flags().StringVar(&vendor, "vendor", "", "short name that the tender gives the vendor")
	c.Flags().StringVar(&file, "tender", "", "file of the tender document; the claim is then for this tender only")
	return c
}

// today is the day that a new claim is issued on unless somebody changes it.
func (a *app) today() time.Time {
	if !a.now.IsZero() {
		return a.now.UTC()
	}
	return time.Now().UTC()
}

func claimTemplate(vendor, tender string, issued, expires time.Time) string {
	only := "# tender: RE-2026-017   # without this line the claim is for any tender"
	if tender != "" {
		only = fmt.Sprintf("tender: %q # the one tender that it is for", tender)
	}
	return fmt.Sprintf(`# People who work, or worked, for a vendor. Fill in people, then sign the file:
#   tender claim sign FILE --key KEY
# Once it is signed, no byte may change. No names are asked for.
format: %s
vendor: %s
%s
issued: %s  # the keys must be their owners' on this day
expires: %s # the first day on which the claim is no longer valid
people: []
# For each person the identities that commits and forges show, and the days of work:
# people:
#   - identities: ["mail:ada@karst.example", "github:1234567"] # a forge's numeric id, not the name
#     employment:
#       - {from: 2019-05-01, until: 2023-04-01, fraction: 0.5} # until is the first day after
#       - {from: 2023-04-01}                                   # all of the working time, still
`, model.ClaimFormat, vendor, only, issued.Format(time.DateOnly), expires.Format(time.DateOnly))
}

func (a *app) claimSignCommand() *cobra.Command {
	var keyFile string
	c := &cobra.Command{
		Use:   "sign CLAIM --key FILE",
		Short: "Sign a claim with the vendor's SSH key",
		Long:  "Sign writes CLAIM.sig. The same is done by: ssh-keygen -Y sign -n " + claim.Namespace + " -f FILE CLAIM",
		Args:  exactly(1, "the file of a claim"),
		RunE: func(c *cobra.Command, args []string) error {
			b, doc, err := readClaim(args[0])
			if err != nil {
				return err
			}
			key, err := a.privateKey(c.Context(), keyFile, claim.Namespace, args[0])
			if err != nil {
				return err
			}
			if err := a.writeSignature(args[0]+".sig", key, b, claim.Namespace); err != nil {
				return err
			}
			fmt.Fprintf(a.told, "The tender must state the key under vendors, %s: keys: [{key: %q}]\n", doc.Vendor, publicLine(key))
			return nil
		},
	}
	c.Flags().StringVar(&keyFile, "key", "", "file of the vendor's private SSH key")
	return c
}

func (a *app) claimConfirmCommand() *cobra.Command {
	var keyFile, identity string
	var show bool
	c := &cobra.Command{
		Use:   "confirm CLAIM --as IDENTITY --key FILE",
		Short: "Confirm one's own entry of a claim with one's own SSH key",
		Long: "Confirm signs the text of the entry with the identity, and writes CLAIM.N.sig for the N-th\n" +
			"entry. With --show it prints that text and signs nothing; the same is then done by:\n\n" +
			"  tender claim confirm CLAIM --as IDENTITY --show > entry.txt\n" +
			"  ssh-keygen -Y sign -n " + claim.ConfirmNamespace + " -f FILE entry.txt\n" +
			"  mv entry.txt.sig CLAIM.N.sig",
		Args: exactly(1, "the file of a claim"),
		RunE: func(c *cobra.Command, args []string) error {
			_, doc, err := readClaim(args[0])
			if err != nil {
				return err
			}
			entry := claim.Find(doc, identity)
			if entry < 0 {
				return usageError{fmt.Errorf("--as %q: no entry of %s has this identity; write one as it stands there", identity, args[0])}
			}
			if show {
				fmt.Fprintf(a.Err, "What is signed with the namespace %s, into %s:\n", claim.ConfirmNamespace, claim.ConfirmationFile(args[0], entry))
				_, err := a.Out.Write(claim.Text(doc, entry))
				return err
			}
			return a.confirmClaim(c.Context(), args[0], doc, entry, keyFile)
		},
	}
	c.Flags().StringVar(&identity, "as", "", "one of the entry's identities, such as mail:ada@karst.example")
	c.Flags().StringVar(&keyFile, "key", "", "file of the person's private SSH key")
	c.Flags().BoolVar(&show, "show", false, "print what would be signed, and sign nothing")
	return c
}

func (a *app) confirmClaim(ctx context.Context, file string, doc *model.Claim, entry int, keyFile string) error {
	key, err := a.privateKey(ctx, keyFile, claim.ConfirmNamespace, "entry.txt")
	if err != nil {
		return err
	}
	if err := a.writeSignature(claim.ConfirmationFile(file, entry), key, claim.Text(doc, entry), claim.ConfirmNamespace); err != nil {
		return err
	}
	fmt.Fprintf(a.told, "It counts where the buyer's file of allowed signers has: %s\n", claim.SignerLine(doc, entry, key.PublicKey()))
	return nil
}

// readClaim reads a claim that the user named, for signing: one at fault is not signed.
func readClaim(file string) ([]byte, *model.Claim, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("reading the claim: %w", err)}
	}
	doc, err := tenderfile.ReadClaim(file, b)
	return b, doc, err
}

// writeSignature signs, and writes the signature into a file.
func (a *app) writeSignature(file string, key ssh.Signer, message []byte, namespace string) error {
	armored, err := claim.Sign(key, message, namespace)
	if err != nil {
		return err
	}
	w, err := newFolder(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer w.abandon()
	_, err = w.file(filepath.Base(file)).Write(armored)
	w.check(err)
	if err := w.keep(); err != nil {
		return err
	}
	fmt.Fprintf(a.told, "wrote %s, by the key %s\n", file, ssh.FingerprintSHA256(key.PublicKey()))
	return nil
}

// privateKey reads a private key, and asks for its passphrase where it has one. Where it
// cannot be used here the error says how ssh-keygen signs the file.
func (a *app) privateKey(ctx context.Context, file, namespace, sign string) (ssh.Signer, error) {
	if file == "" {
		return nil, usageError{errors.New("no key; name the file of a private SSH key with --key")}
	}
	instead := fmt.Sprintf("ssh-keygen -Y sign -n %s -f %s %s", namespace, file, sign)
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{fmt.Errorf("reading the key: %w", err)}
	}
	key, err := ssh.ParsePrivateKey(b)
	if _, encrypted := errors.AsType[*ssh.PassphraseMissingError](err); encrypted {
		if a.Passphrase == nil {
			return nil, fmt.Errorf("%s has a passphrase, and there is no terminal to ask for it; sign with: %s", file, instead)
		}
		var secret []byte
		if secret, err = a.Passphrase(ctx, fmt.Sprintf("Passphrase of %s: ", file)); err != nil {
			return nil, fmt.Errorf("asking for the passphrase of %s: %w", file, err)
		}
		key, err = ssh.ParsePrivateKeyWithPassphrase(b, secret)
		clear(secret)
	}
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, fmt.Errorf("the passphrase is not that of %s; try again", file)
	case err != nil:
		return nil, fmt.Errorf("%s is no private key that can be used here; for keys of a security device or an agent sign with: %s", file, instead)
	}
	return key, nil
}

// publicLine writes a key as in its .pub file.
func publicLine(key ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
}
