package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
	"github.com/tributary-oss/tributary/score/report"
)

type personFlags struct{ format, erase string }

func (a *app) personCommand() *cobra.Command {
	var f personFlags
	c := &cobra.Command{
		Use:   "person IDENTITY [FILE]",
		Short: "Show all that is held about one person, or have it erased",
		Long: "Person shows what the rosters and the sources of a tender hold about one person, for a request of\n" +
			"access: every identity, every employment with its source, every act. IDENTITY is a mail address,\n" +
			"or an account as HOST:NUMBER or HOST/LOGIN. Without --fresh nothing is asked of a network.\n\n" +
			"With --erase LIST it adds the identity to a list of salted hashes instead. A tender that names the\n" +
			"list as erased: LIST counts the person's acts for nobody known, under a stand-in.",
		Example: "  tender person ada@karst.example tender.yaml\n  tender person ada@karst.example --erase erased.txt",
		Args: func(c *cobra.Command, args []string) error {
			want := 2
			if f.erase != "" {
				want = 1
			}
			return exactly(want, "an identity and the file of a tender document; or an identity and --erase LIST")(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneOf("--format", f.format, "text", "json"); err != nil {
				return err
			}
			identity := args[0]
			if strings.Contains(identity, "@") && !strings.HasPrefix(identity, "mail:") {
				identity = "mail:" + identity
			}
			if !isIdentity(identity) {
				return usageError{fmt.Errorf("%q is no identity; write a mail address, HOST:NUMBER or HOST/LOGIN, such as github:1234567", args[0])}
			}
			if f.erase != "" {
				return a.erase(identity, f.erase)
			}
			return a.person(c, identity, args[1], f)
		},
	}
	c.Flags().StringVar(&f.format, "format", "text", "what to print: text or json")
	c.Flags().StringVar(&f.erase, "erase", "", "list of erased people to add the identity to; it is made where it is not there")
	return c
}

func isIdentity(s string) bool {
	if mail, ok := strings.CutPrefix(s, "mail:"); ok {
		return affiliation.FoldMail(mail) != ""
	}
	host, account, ok := strings.Cut(s, "/")
	if !ok {
		host, account, ok = strings.Cut(s, ":")
	}
	return ok && host != "" && account != ""
}

func (a *app) person(c *cobra.Command, identity, file string, f personFlags) error {
	t, err := readTender(file)
	if err != nil {
		return err
	}
	if err := checkTender(t); err != nil {
		return err
	}
	ctx := c.Context()
	a.offline = !a.fresh
	a.bars = a.newBars(repositories(t))
	defer a.bars.stop()
	s, err := a.sources(ctx, git.Options{Now: a.now}, allRepositories(t))
	if err != nil {
		return err
	}
	defer s.close()
	gaps := false
	d, err := score.About(t, identity, func() iter.Seq2[model.Record, error] {
		return func(yield func(model.Record, error) bool) {
			for r, err := range forge.Mine(ctx, t, s.Hosts, a.options(filepath.Dir(file))) {
				if gap, ok := errors.AsType[*model.GapError](err); ok && !gaps {
					fmt.Fprintln(a.Err, plain(a.locale.T("gap: %s", a.say(gap.Error()))))
				}
				if !yield(r, err) {
					return
				}
			}
			gaps = true // said once
		}
	})
	a.bars.stop()
	if err != nil {
		return err
	}
	if f.format == "json" {
		return report.WriteJSON(a.Out, d)
	}
	return a.dossier(d, t.Erased.Holds(identity))
}

// dossier prints all that is held.
func (a *app) dossier(d *score.Dossier, erased bool) error {
	var b strings.Builder
	if erased {
		fmt.Fprintln(&b, "The identity is on the tender's list of erased people: its acts come under a stand-in. Clones and the store hold what their sources say.")
	}
	fmt.Fprintf(&b, "Person %s\n", d.Person)
	fmt.Fprintf(&b, "\nRosters: %d entries\n", len(d.Rosters))
	for _, e := range d.Rosters {
		where := e.File
		if where == "" {
			where = "people document, " + e.ID
		}
		fmt.Fprintf(&b, "  %s: %s\n", where, strings.Join(append(e.Identities, e.Alias), " "))
		for _, job := range e.Employment {
			level := job.Level
			if level == "" {
				level = model.Imported
			}
			fmt.Fprintf(&b, "    %s%s, %s; %s\n", job.Vendor, span(job), level, job.Source)
		}
	}
	fmt.Fprintf(&b, "\nIdentities that sources state: %d\n", len(d.Identities))
	for _, id := range d.Identities {
		fmt.Fprintf(&b, "  %s: %s: %d acts\n", id.Project, strings.Join(strings.Fields(strings.Join([]string{id.Name, id.Mail, id.Account, id.Login}, " ")), " "), id.Acts)
	}
	fmt.Fprintf(&b, "\nActs: %d\n", len(d.Acts))
	for _, x := range d.Acts {
		fmt.Fprintf(&b, "  %s %s %s, %s\n", x.At.Format("2006-01-02"), x.Role, x.Artifact, x.Repository)
	}
	_, err := fmt.Fprint(a.told, plain(b.String()))
	return err
}

// span writes the days of an employment and its part of the working time.
func span(e model.Employment) string {
	s := ""
	if e.From != 0 {
		s += " from " + e.From.String()
	}
	if e.Until != 0 {
		s += " until " + e.Until.String()
	}
	if e.Fraction != nil {
		s += fmt.Sprintf(", %g of the time", *e.Fraction)
	}
	return s
}

// erase adds an identity to a list of erased people.
func (a *app) erase(identity, file string) error {
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the list of erased people: %w", err)
	}
	if len(b) == 0 {
		b = []byte(model.ErasedFormat + " " + rand.Text() + "\n")
	}
	first, _, _ := strings.Cut(string(b), "\n")
	words := strings.Fields(first)
	if len(words) != 2 || words[0] != model.ErasedFormat {
		return usageError{fmt.Errorf("%s is no list of erased people: it begins with %s and a salt", file, model.ErasedFormat)}
	}
	size := len(b)
	if b[size-1] != '\n' {
		b = append(b, '\n')
	}
	for _, form := range written(identity) {
		if hash := model.EraseHash(words[1], form); !strings.Contains(string(b), "\n"+hash) {
			b = append(b, hash+"\n"...)
		}
	}
	if len(b) <= size+1 {
		fmt.Fprintf(a.told, "%s holds it already\n", file)
		return nil
	}
	whole := file + ".new" // a list cut short would hold again whom it erased
	err = os.WriteFile(whole, b, 0o600)
	if err == nil {
		err = os.Rename(whole, file)
	}
	if err != nil {
		os.Remove(whole)
		return fmt.Errorf("writing the list of erased people: %w", err)
	}
	fmt.Fprintf(a.told, "%s: one identity more is erased; name the list in the tender as erased: %s\n", file, filepath.Base(file))
	return nil
}

// written returns the ways in which sources may write an identity: an address beyond ASCII
// as it is, and as it is compared.
func written(identity string) []string {
	mail, ok := strings.CutPrefix(identity, "mail:")
	if folded := "mail:" + affiliation.FoldMail(mail); ok && folded != strings.ToLower(identity) {
		return []string{identity, folded}
	}
	return []string{identity}
}
