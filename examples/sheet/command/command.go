// Package command is the body of the command line sheet: flags in, a workbook out, an exit
// status at the end.
package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tributary-oss/tributary/examples/sheet/serve"
	"github.com/tributary-oss/tributary/examples/sheet/workbook"
	tender "github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Exit statuses.
const (
	Done         = 0 // the workbook is written
	Failed       = 1 // something went wrong, or was interrupted
	Usage        = 2 // a wrong command line or document
	DoneWithGaps = 3 // the workbook is written, but something could not be mined
)

// errGaps says that the work was done, with gaps that were shown already.
var errGaps = errors.New("done with gaps")

// usageError is a fault of the command line.
type usageError struct{ error }

// statusError is the exit status of a command that said itself what went wrong.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Main runs the command with the process's own surroundings and returns the exit
// status. An interrupt stops it cleanly, a second one at once.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return Run(ctx, args, Place{Out: os.Stdout, Err: os.Stderr, Lang: os.Getenv(spoken.Env), Progress: term.IsTerminal(int(os.Stderr.Fd()))})
}

// Place is where a command runs.
type Place struct {
	Out, Err io.Writer
	Progress bool // whether Err is a terminal that can show progress
	// Lang is the language of everything where no flag --lang says another; "" is English.
	Lang string
}

// Run runs the command and returns its exit status.
func Run(ctx context.Context, args []string, p Place) int {
	out := &spoken.Out{Writer: p.Out}
	p.Out = out
	said := spoken.Of(args, p.Lang)
	a := &app{Place: p, bare: p.Err}
	a.Err = spoken.Writer(said, p.Err)
	root := a.root()
	spoken.Help(root, said)
	root.SetArgs(args)
	root.SetOut(p.Out)
	root.SetErr(a.Err)
	return a.status(ctx, out.Check(root.ExecuteContext(ctx), errGaps))
}

// app is one run of the command.
type app struct {
	Place
	bare                io.Writer // Err as it was handed in, for what speaks a language itself
	out, lang, official string
	identify, study     bool
	most                int
	mining              []flag
}

// flag is one that tender score takes too, to be handed on.
type flag struct {
	name string
	text func() string // "" where it was not given
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sheet FILE|DIR -o WORKBOOK.xlsx",
		Short: "Write the result of a tender as a workbook",
		Long: "Sheet writes a workbook: the result, the same as live formulas over cells that may be changed, and all\n" +
			"that stands behind it. It scores a tender document as tender score does, or reads a folder that\n" +
			"tender score --out wrote, without mining anything.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example:       "  sheet tender.yaml -o tender.xlsx\n  sheet result -o tender.xlsx --lang fr",
		Args:          oneArgument,
		RunE:          func(c *cobra.Command, args []string) error { return a.write(c.Context(), args[0]) },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(&a.lang, "lang", cmp.Or(a.Lang, locale.Default), "language of everything that is written for people: "+strings.Join(locale.Languages(), ", "))
	f := root.Flags()
	f.StringVarP(&a.out, "out", "o", "", "file of the workbook, ending in .xlsx")
	f.StringVar(&a.official, "official", "", "digest that was published when the document was sealed: the result is official, or refused with every reason")
	f.BoolVar(&a.identify, "identify", false, "show who is who; otherwise persons stand under pseudonyms")
	f.BoolVar(&a.study, "sensitivity", false, "of a document: study the sensitivity too, which takes longer (of a folder, it is shown where sensitivity.json lies in it)")
	f.IntVar(&a.most, "most", workbook.Most, "bidders shown of each lot, the best first")
	a.handOn(root)
	root.AddCommand(serve.Commands(a.Out, a.Err)...)
	return root
}

// handOn declares the flags of the mining, which tender score checks and explains.
func (a *app) handOn(root *cobra.Command) {
	text := func(name, about string) {
		v := root.Flags().String(name, "", "of a document: "+about)
		a.mining = append(a.mining, flag{name, func() string { return *v }})
	}
	text("cache", "folder for clones, and for what was mined before (default: the user's cache folder)")
	text("store", "file that keeps what forges said (default: forges.db in the cache folder)")
	text("ca", "file of certificates, in PEM form, to be trusted beside the system's")
	text("workers", "repositories mined, and commits read, at once (default: one per processor)")
	yes := func(name, about string) {
		v := root.Flags().Bool(name, false, "of a document: "+about)
		a.mining = append(a.mining, flag{name, func() string { return map[bool]string{true: "true"}[*v] }})
	}
	yes("offline", "ask no network: use the clones and the store as they are")
	yes("fresh", "mine everything anew, not only what is new since the last time")
	yes("verbose", "log what is mined and what is odd")
}

// given returns the flags of the mining that were given, as tender takes them.
func (a *app) given() (list []string) {
	for _, f := range a.mining {
		if s := f.text(); s != "" {
			list = append(list, "--"+f.name+"="+s)
		}
	}
	return list
}

func oneArgument(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("%s: %d arguments; want the file of a tender document, or a folder that tender score --out wrote", c.CommandPath(), len(args))}
	}
	return nil
}

// write writes the workbook of a document or of a stored run.
func (a *app) write(ctx context.Context, from string) error {
	l, err := a.check()
	if err != nil {
		return err
	}
	at, err := os.Stat(from)
	if err != nil {
		return usageError{err}
	}
	if at.IsDir() {
		if given := a.given(); len(given) > 0 {
			name, _, _ := strings.Cut(given[0], "=")
			return usageError{fmt.Errorf("%s: %s was scored before, and nothing of it is mined; name the document", name, from)}
		}
		return a.writeStored(ctx, from, l)
	}
	dir, err := os.MkdirTemp("", "tributary-sheet-")
	if err != nil {
		return fmt.Errorf("preparing the workbook: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := a.score(ctx, from, dir, l); err != nil {
		return err
	}
	return a.writeStored(ctx, dir, l)
}

// check reads the flags.
func (a *app) check() (*locale.Locale, error) {
	switch {
	case a.out == "":
		return nil, usageError{errors.New("no file for the workbook; name one with -o, such as -o tender.xlsx")}
	case !strings.EqualFold(filepath.Ext(a.out), ".xlsx"):
		return nil, usageError{fmt.Errorf("-o %s: want a name that ends in .xlsx, by which programs know a workbook", a.out)}
	case a.most < 1:
		return nil, usageError{errors.New("--most " + strconv.Itoa(a.most) + ": want a number from 1 on")}
	}
	l, err := locale.Of(a.lang)
	if err != nil {
		return nil, usageError{fmt.Errorf("--lang: %w", err)}
	}
	return l, nil
}

// score scores a document into a folder, by the command of that name.
func (a *app) score(ctx context.Context, file, dir string, l *locale.Locale) error {
	p := tender.Place{Out: io.Discard, Err: &unsaid{a.bare, written(dir, l)}, Progress: a.Progress, Lang: a.lang}
	args := a.given()
	if a.identify {
		args = append(args, "--identify")
	}
	if a.official != "" {
		args = append(args, "--official="+a.official)
	}
	if status := tender.Score(ctx, p, file, dir, args...); status != tender.Done && status != tender.DoneWithGaps {
		return statusError(status)
	}
	if !a.study {
		return nil
	}
	if status := tender.Study(ctx, p, file, dir, a.given()...); status != tender.Done && status != tender.DoneWithGaps {
		return statusError(status)
	}
	return nil
}

// written lists how tender begins to say that it wrote into a folder. What else it says of one,
// such as that no space is left, must be heard.
func written(dir string, l *locale.Locale) []string {
	study, _, _ := strings.Cut(l.T("wrote %s", filepath.Join(dir, "sensitivity.txt")+"|"), "|")
	return []string{l.T("wrote %s", dir), study}
}

// unsaid leaves out what another command says of a folder that nobody will see.
type unsaid struct {
	io.Writer
	begins []string
}

func (u *unsaid) Write(b []byte) (int, error) {
	if slices.ContainsFunc(u.begins, func(begin string) bool { return strings.HasPrefix(string(b), begin) }) {
		return len(b), nil
	}
	return u.Writer.Write(b)
}

// writeStored writes the workbook of a stored run. It appears in its place only when it is
// whole.
func (a *app) writeStored(ctx context.Context, dir string, l *locale.Locale) error {
	s, err := tender.OpenStored(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	if a.official != "" && (s.Ranking.Status != model.Official || s.Ranking.Seal != a.official) {
		return usageError{fmt.Errorf("%s: it is not official by the digest %s, but: %s; score the document with --official", dir, a.official, s.Ranking.Label())}
	}
	if a.identify && !s.Evidence.Index.Identified {
		return usageError{fmt.Errorf("%s: it names nobody; score the document with --identify", dir)}
	}
	if a.study && s.Sensitivity == nil {
		return usageError{fmt.Errorf("--sensitivity: %s holds no sensitivity.json; tender sensitivity FILE --out %s writes it", dir, dir)}
	}
	in := workbook.Input{Ranking: s.Ranking, Sensitivity: s.Sensitivity, Evidence: until(ctx, s.Evidence.All()), Only: s.Only, Locale: l, Identify: a.identify, Most: a.most}
	if err := aside(a.out, func(w io.Writer) error { return workbook.Write(stopped{ctx, w}, in) }); err != nil {
		return err
	}
	fmt.Fprintln(a.Err, l.T("wrote %s", a.out))
	if len(s.Ranking.Gaps) > 0 {
		return errGaps
	}
	return nil
}

// status says what went wrong and turns it into an exit status.
func (a *app) status(ctx context.Context, err error) int {
	var usage usageError
	var status statusError
	switch {
	case err == nil:
		return Done
	case errors.Is(err, errGaps):
		return DoneWithGaps
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &usage), errors.Is(err, serve.ErrUsage), tender.IsUsage(err):
		fmt.Fprintf(a.Err, "%s\n%s\n", plain(err.Error()), "Run it with --help for what it takes.")
		return Usage
	case ctx.Err() != nil:
		fmt.Fprintln(a.Err, "interrupted; no workbook was written")
		return Failed
	}
	fmt.Fprintln(a.Err, plain(err.Error()))
	return Failed
}

// plain is for what strangers have their words in.
func plain(s string) string { return spoken.Plain(s) }
