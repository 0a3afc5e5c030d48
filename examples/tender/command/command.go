// Package command is the body of the command line tender: flags in, text out, an
// exit status at the end. Everything it does is a call of the library.
package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Exit statuses.
const (
	Done         = 0 // everything asked for was done
	Failed       = 1 // something went wrong, or was interrupted
	Usage        = 2 // a wrong command line or document
	DoneWithGaps = 3 // done, but something could not be mined
)

// errGaps says that the work was done, with gaps that were shown already.
var errGaps = errors.New("done with gaps")

// usageError is a fault of the command line.
type usageError struct{ error }

// Main runs the command with the process's own surroundings and returns the exit
// status. An interrupt stops it cleanly, a second one at once.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader that has enough must not keep us from tidying up
	context.AfterFunc(ctx, stop)   // from now on a second interrupt ends the process
	p := Place{Out: os.Stdout, Err: os.Stderr, Lang: os.Getenv(spoken.Env)}
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		p.Progress = true
	}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		p.Width = width
	}
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		p.Passphrase = func(ctx context.Context, prompt string) ([]byte, error) { return passphrase(ctx, fd, prompt) }
	}
	return Run(ctx, args, p)
}

// passphrase asks on a terminal, which shows nothing of the answer. An interrupt gives the
// terminal back as it was.
func passphrase(ctx context.Context, fd int, prompt string) ([]byte, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(os.Stderr, prompt)
	defer fmt.Fprintln(os.Stderr)
	defer context.AfterFunc(ctx, func() { _ = term.Restore(fd, before) })()
	secret, err := term.ReadPassword(fd)
	return secret, errors.Join(err, ctx.Err())
}

// Place is where a command runs.
type Place struct {
	Out, Err io.Writer
	Width    int  // of the terminal behind Out in columns; 0 where it is none
	Progress bool // whether Err is a terminal that can show progress
	// Lang is the language of everything where no flag --lang says another; "" is English.
	Lang string
	// Passphrase asks for the passphrase of a key; nil where there is no terminal.
	Passphrase func(ctx context.Context, prompt string) ([]byte, error)
}

// Run runs the command and returns its exit status.
func Run(ctx context.Context, args []string, p Place) int {
	out := &spoken.Out{Writer: p.Out}
	p.Out = out
	a := &app{Place: p, locale: spoken.Of(args, p.Lang), bare: p.Err}
	a.told = spoken.Writer(a.locale, p.Out)
	a.Err = spoken.Writer(a.locale, p.Err)
	root := a.root()
	spoken.Help(root, a.locale)
	root.SetArgs(args)
	root.SetOut(p.Out)
	root.SetErr(a.Err)
	return a.status(ctx, out.Check(root.ExecuteContext(ctx), errGaps))
}

// app is one run of the command.
type app struct {
	Place
	bare    io.Writer // Err as it was handed in, for what is no text: bars, and lines of the log
	told    io.Writer // Out for texts that are written in English; what has its own language, or is for programs, goes to Out
	cache   string
	store   string
	ca      string
	fresh   bool
	offline bool
	workers int
	verbose bool
	lang    string
	locale  *locale.Locale // of the texts
	now     time.Time      // of the mining; zero is the clock's
	bars    *bars
	// official is the digest against which the document is held; "" makes a simulation.
	official string
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tender",
		Short: "Score bidders by what they give back to open source",
		Long: "Tender scores the bidders of a tender by their commits, reviews and maintenance in the\n" +
			"open source projects that it depends on. Without a command it scores a demonstration.",
		Args: exactly(0, "a command of the list below, or nothing for the demonstration"),
		RunE: a.demo,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.workers < 0 {
				return usageError{fmt.Errorf("--workers %d: want at least 1, or 0 for one per processor", a.workers)}
			}
			return a.speak()
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError{err} })
	flags := root.PersistentFlags()
	flags.StringVar(&a.cache, "cache", "", "folder for clones, and for what was mined before (default: the user's cache folder)")
	flags.StringVar(&a.store, "store", "", "file that keeps what forges said (default: forges.db in the cache folder)")
	flags.StringVar(&a.ca, "ca", "", "file of certificates, in PEM form, to be trusted beside the system's")
	flags.BoolVar(&a.offline, "offline", false, "ask no network: use the clones and the store as they are")
	flags.BoolVar(&a.fresh, "fresh", false, "mine everything anew, not only what is new since the last time")
	flags.IntVar(&a.workers, "workers", 0, "repositories mined, and commits read, at once (default: one per processor)")
	flags.StringVar(&a.lang, "lang", cmp.Or(a.Lang, locale.Default), "language of everything that is written for people: "+strings.Join(locale.Languages(), ", "))
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "log what is mined and what is odd")
	root.AddCommand(a.scoreCommand(), a.explainCommand(), a.sensitivityCommand(), a.compareCommand(), a.affiliationsCommand(), a.personCommand(),
		a.botsCommand(), a.mineCommand(), a.statusCommand(), a.repositoriesCommand(), a.calibrateCommand(), a.opennessCommand(),
		a.letterCommand(), a.sealCommand(), a.clauseCommand(), a.checkCommand(), a.methodCommand(), a.convertCommand(), a.claimCommand(), a.previewCommand(),
		a.editionCommand(), a.verifyCommand(), a.signCommand(),
		a.demoCommand())
	return root
}

// exactly asks for so many arguments.
func exactly(n int, want string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		if n == 0 {
			said := fmt.Sprintf("%s: unknown command %q", c.CommandPath(), args[0]) + fmt.Sprintf("; want %s", want)
			return usageError{errors.New(said + suggestion(c, args[0]))}
		}
		return usageError{fmt.Errorf("%s: %d arguments; want %s", c.CommandPath(), len(args), want)}
	}
}

func suggestion(c *cobra.Command, word string) string {
	c.SuggestionsMinimumDistance = 2
	if list := c.SuggestionsFor(word); len(list) > 0 {
		return fmt.Sprintf("; did you mean %q?", list[0])
	}
	return ""
}

// status says what went wrong and turns it into an exit status.
func (a *app) status(ctx context.Context, err error) int {
	var usage usageError
	var faults tenderfile.Faults
	switch {
	case err == nil:
		return Done
	case errors.Is(err, syscall.EPIPE):
		return Failed // whoever read the output has had enough, and knows it
	case errors.Is(err, errGaps):
		return DoneWithGaps
	case errors.As(err, &usage):
		fmt.Fprintf(a.Err, "%s\n%s\n", plain(err.Error()), "Run it with --help for what it takes.")
		return Usage
	case errors.Is(err, forge.ErrUnfinished), errors.Is(err, score.ErrTender), notOfficial(err):
		fmt.Fprintln(a.Err, plain(err.Error()))
		return Usage
	case errors.As(err, &faults):
		fmt.Fprintln(a.bare, plain(spoken.Faults(a.locale, faults)))
		return Usage
	case ctx.Err() != nil:
		fmt.Fprintf(a.Err, "interrupted: %s\n", a.bars.summary())
		return Failed
	}
	if d, ok := errors.AsType[*bundle.Difference](err); ok {
		fmt.Fprintln(a.bare, plain(strings.TrimSuffix(err.Error(), d.Error())+a.difference(d)))
		return Failed
	}
	fmt.Fprintln(a.Err, plain(strings.TrimSpace(err.Error())))
	return Failed
}

// plain is for what strangers have their words in.
func plain(s string) string { return spoken.Plain(s) }

// log returns the logger of the run.
func (a *app) log() *slog.Logger {
	if !a.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(a.bare, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (a *app) options(dir string) *forge.Options {
	return &forge.Options{Workers: a.workers, Dir: dir, Now: a.now, Log: a.log()}
}
