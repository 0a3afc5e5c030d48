// Package command is the body of the command line research: flags in, tables out, an
// exit status at the end. Everything it does is a call of the library.
package command

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Exit statuses.
const (
	Done         = 0 // everything asked for was done
	Failed       = 1 // something went wrong, or was interrupted
	Usage        = 2 // a wrong command line or document
	DoneWithGaps = 3 // done, but some of the history is missing
)

// errGaps says that the work was done, with gaps that were shown already.
var errGaps = errors.New("done with gaps")

// usageError is a fault of the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Main runs the command with the process's own surroundings and returns the exit
// status. An interrupt stops it cleanly, a second one at once.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader that has enough must not keep us from tidying up
	context.AfterFunc(ctx, stop)   // from now on a second interrupt ends the process
	p := Place{Out: os.Stdout, Err: os.Stderr, Lang: os.Getenv(spoken.Env)}
	p.Progress = term.IsTerminal(int(os.Stderr.Fd()))
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		p.Width = width
	}
	return Run(ctx, args, p)
}

// Place is where a command runs.
type Place struct {
	Out, Err io.Writer
	Width    int    // of the terminal behind Out in columns; 0 where it is none
	Progress bool   // whether Err is a terminal that can show progress
	Lang     string // of helps, faults and notes where no flag --lang says another; "" is English
}

// Run runs the command and returns its exit status.
func Run(ctx context.Context, args []string, p Place) int {
	out := &spoken.Out{Writer: p.Out}
	p.Out = out
	a := &app{Place: p, locale: spoken.Of(args, p.Lang), bare: p.Err}
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
	bare    io.Writer // Err as it was handed in, for lines of the log
	locale  *locale.Locale
	lang    string
	cache   string
	ca      string
	pem     []byte // of ca
	offline bool
	workers int
	verbose bool
	read    []opened // of the document and the rosters
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "research",
		Short: "Show what the history of a repository tells",
		Args:  exactly(0, "a command of the list below"),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.workers < 0 {
				return usageError{fmt.Errorf("--workers %d: want at least 1, or 0 for one per processor", a.workers)}
			}
			if _, err := locale.Of(a.lang); err != nil {
				return usageError{fmt.Errorf("--lang: %w", err)}
			}
			return a.authorities()
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	flags := root.PersistentFlags()
	flags.StringVar(&a.cache, "cache", "", "folder for clones, and for what was mined before (default: the user's cache folder)")
	flags.StringVar(&a.ca, "ca", "", "file of certificates, in PEM form, to be trusted beside the system's")
	flags.BoolVar(&a.offline, "offline", false, "ask no network: use the clones as they are")
	flags.IntVar(&a.workers, "workers", 0, "commits read at once (default: one per processor)")
	flags.StringVar(&a.lang, "lang", cmp.Or(a.Lang, locale.Default), "language of helps, faults and notes: "+strings.Join(locale.Languages(), ", "))
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "log what is mined and what is odd, and show every remark on a roster")
	root.AddCommand(a.gitdmCommand(), a.censusCommand(), a.profileCommand(), a.panelCommand(), a.auditCommand())
	return root
}

// authorities reads the certificates to be trusted.
func (a *app) authorities() (err error) {
	if a.ca == "" {
		return nil
	}
	if a.pem, err = os.ReadFile(a.ca); err != nil {
		return usageError{fmt.Errorf("--ca: %w", err)}
	}
	if !x509.NewCertPool().AppendCertsFromPEM(a.pem) {
		return usageError{fmt.Errorf("--ca %s: it holds no certificate; want PEM, which begins with -----BEGIN CERTIFICATE-----", a.ca)}
	}
	return nil
}

// exactly asks for so many arguments.
func exactly(n int, want string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return usageError{fmt.Errorf("%s: %d arguments; want %s", c.CommandPath(), len(args), want)}
	}
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
	case errors.As(err, &faults):
		fmt.Fprintln(a.bare, plain(spoken.Faults(a.locale, faults)))
		return Usage
	case errors.As(err, &usage):
		fmt.Fprintf(a.Err, "%s\n%s\n", plain(err.Error()), "Run it with --help for what it takes.")
		return Usage
	case ctx.Err() != nil:
		fmt.Fprintln(a.Err, "interrupted; no table was written")
		return Failed
	}
	fmt.Fprintln(a.Err, plain(strings.TrimSpace(err.Error())))
	return Failed
}

// plain is for what strangers have their words in.
func plain(s string) string { return spoken.Plain(s) }

// terminal is where a line may say how far a list is; nil where nobody looks.
func (a *app) terminal() io.Writer {
	if !a.Progress || a.verbose {
		return nil
	}
	return a.bare
}

// log returns the logger of the run.
func (a *app) log() *slog.Logger {
	if !a.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(a.bare, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
