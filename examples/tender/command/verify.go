package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
	"github.com/tributary-oss/tributary/score/report/locale"
)

type verifyFlags struct {
	signers, official, at string
	repos                 []string
	sample                int
	seed                  uint64
}

func (f *verifyFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.signers, "signers", "", "file of allowed signers, in the form of OpenSSH: the bundle must bear a signature by one of them")
	c.Flags().StringVar(&f.at, "at", "", "with --signers, the day on which the key must be valid, as 2026-12-01 (default: today)")
	c.Flags().StringArrayVar(&f.repos, "repo", nil, "repository, as a path, an address or ADDRESS=PATH, against which acts are held that are drawn; several times for several")
	c.Flags().IntVar(&f.sample, "sample", 100, "with --repo, how many acts are drawn")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "with --repo, what decides which: the same seed draws the same acts")
	c.Flags().StringVar(&f.official, "official", "", "the digest that was published with the notice: the bundle must be of an official result that bears it")
}

func (a *app) verify(ctx context.Context, dir string, f verifyFlags) error {
	if err := cmp.Or(isFolder(dir), f.check()); err != nil {
		return err
	}
	signers, err := readSigners(f.signers)
	if err != nil {
		return err
	}
	day, err := f.day(a.today())
	if err != nil {
		return err
	}
	o, err := bundle.Open(dir)
	if err != nil {
		return err
	}
	defer o.Close()
	signed, err := f.signed(o, signers, day)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if f.official != "" && o.Ranking.Seal != f.official {
		return fmt.Errorf("%s: its result is %s, not official by %s", dir, o.Ranking.Label(), f.official)
	}
	v, err := o.Verify(ctx, extras())
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	a.showVerified(o, v)
	fmt.Fprintln(a.told, plain(signed))
	if len(f.repos) == 0 {
		return nil
	}
	if err := a.remine(ctx, o, f); err != nil {
		if _, ok := errors.AsType[*bundle.Difference](err); ok {
			return fmt.Errorf("%s: %w", dir, err)
		}
		return err
	}
	return nil
}

// check says what of the flags does not go together.
func (f *verifyFlags) check() error {
	if f.at != "" && f.signers == "" {
		return usageError{errors.New("--at is the day of a signature; name the keys with --signers")}
	}
	if f.sample < 1 {
		return usageError{fmt.Errorf("--sample %d: draw at least 1", f.sample)}
	}
	return nil
}

// day is the day on which keys must be valid.
func (f *verifyFlags) day(today time.Time) (model.Date, error) {
	if f.at == "" {
		return model.DateOf(today), nil
	}
	day, err := model.ParseDate(f.at)
	if err != nil {
		return 0, usageError{fmt.Errorf("--at: %w", err)}
	}
	return day, nil
}

// signed checks the signature where signers are named, and says what is known of it.
func (f *verifyFlags) signed(o *bundle.Opened, signers *claim.Signers, day model.Date) (string, error) {
	switch {
	case signers == nil && o.IsSigned():
		return "signed, by whom was not checked: name the file of the keys that you trust with --signers", nil
	case signers == nil:
		return "not signed: whoever can change the folder can change all of it alike", nil
	}
	s, err := o.VerifySignature(signers, day)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("signed by %s, with the key %s", strings.Join(s.Principals, ", "), s.Key), nil
}

// showVerified says what is true of a bundle, and what it cannot prove.
func (a *app) showVerified(o *bundle.Opened, v *bundle.Verified) {
	fmt.Fprintln(a.told, plain(o.Headline()))
	said := fmt.Sprintf("true: the bundle for %s. %d files have their digests", plain(o.Edition.String()), v.Files)
	if v.Verdicts > 0 {
		said += fmt.Sprintf("; %d acts make the credits by month", v.Verdicts)
	}
	said += fmt.Sprintf("; %d credits by month make the ranking", v.Totals)
	said += "; tables and texts say the same."
	fmt.Fprintln(a.told, said)
	for _, text := range v.Unproven {
		fmt.Fprintf(a.told, "not proven: %s\n", plain(text))
	}
}

// difference says what of a bundle is otherwise, and where.
func (a *app) difference(d *bundle.Difference) string {
	if a.locale.Lang() == locale.Default {
		return d.Error()
	}
	where := d.File
	if d.Line > 0 {
		where += a.locale.T(", line %d", d.Line)
	}
	if d.At != "" {
		places := strings.Split(d.At, ", ")
		for i, place := range places {
			kind, name, _ := strings.Cut(place, " ")
			places[i] = strings.TrimSpace(a.say(kind) + " " + name)
		}
		where += ", " + strings.Join(places, ", ")
	}
	return a.locale.T("%s: %s", where, a.say(d.Text))
}
