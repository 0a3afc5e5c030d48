// Command fleet counts who does what in thousands of projects, on any engine that runs Apache
// Beam; without a flag that names one, in this process. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/dustin/go-humanize"

	// Object stores, and the runners beside Prism.
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/gcs"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/s3"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/dataflow"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/flink"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/spark"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/universal"

	"github.com/tributary-oss/tributary/examples/fleet/pipeline"
)

// usualBytes is what the fetch of one repository may bring, as for tender mine --list.
const usualBytes = 4 << 30

// Exit statuses.
const (
	done         = 0
	failed       = 1
	usage        = 2 // a wrong command line, list or roster
	doneWithGaps = 3 // done, but some of the history is missing
)

func main() {
	flag.CommandLine.Init("fleet", flag.ContinueOnError)
	flag.CommandLine.Usage = func() {} // after a wrong flag, its fault would be above a hundred lines
	s, err := parse(flag.CommandLine, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		help(os.Stdout, flag.CommandLine)
		os.Exit(done)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%s\n", plain(err.Error()), seeHelp)
		os.Exit(usage)
	}
	beam.Init() // a process that a runner started as a worker does not come back from here
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	if !s.Verbose {
		quiet(ctx)
	}
	os.Exit(run(ctx, *s, os.Stderr))
}

// quiet leaves of what Beam says the warnings, and nothing once ctx has ended: then every part of
// it says that it could not go on.
func quiet(ctx context.Context) {
	level := &slog.LevelVar{}
	level.Set(slog.LevelWarn)
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})))
	context.AfterFunc(ctx, func() { level.Set(math.MaxInt) })
}

// parse reads the command line.
func parse(f *flag.FlagSet, args []string) (*pipeline.Settings, error) {
	s := flags(f)
	f.SetOutput(io.Discard) // what is wrong comes back
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("%q is no flag: whatever stands behind it would be ignored; give switches their value as -keep-clones=false", f.Arg(0))
	}
	if name := *runners.Runner; name != "" && !slices.Contains(runnerNames, strings.TrimSuffix(strings.ToLower(name), "runner")) {
		return nil, fmt.Errorf("-runner %q is none that this program knows; it knows %s", name, strings.Join(runnerNames, ", "))
	}
	return s, nil
}

// runnerNames are the runners that are imported above; each goes by its class's name, too.
var runnerNames = []string{"prism", "flink", "spark", "dataflow", "universal", "portable"}

const seeHelp = "Run it with -help for what it takes."

// help writes the command's own flags, and then those of Beam and its runners.
func help(w io.Writer, all *flag.FlagSet) {
	own, others := flag.NewFlagSet("fleet", flag.ContinueOnError), flag.NewFlagSet("beam", flag.ContinueOnError)
	flags(own)
	all.VisitAll(func(f *flag.Flag) {
		if own.Lookup(f.Name) == nil {
			others.Var(f.Value, f.Name, f.Usage)
		}
	})
	own.SetOutput(w)
	others.SetOutput(w)
	fmt.Fprint(w, "Fleet counts who does what in thousands of projects, on any engine that runs Apache Beam.\n\n"+
		"  fleet -list repos.csv -until 2026-11 -out tables\n\n"+
		"A run that was stopped goes on when the same command is given again.\n"+
		"Exit status: 0 done, 1 failed, 2 wrong usage, list, roster or store, 3 done with gaps.\n\nFlags:\n")
	own.PrintDefaults()
	fmt.Fprint(w, "\nFlags of Beam and of its runners:\n")
	others.PrintDefaults()
}

// flags declares the flags of the command beside those of Beam.
func flags(f *flag.FlagSet) *pipeline.Settings {
	s := &pipeline.Settings{}
	f.StringVar(&s.List, "list", "", "`file` of repositories, as CSV with the columns url, project, branches, forge, web")
	f.Func("roster", "who works for whom, as `FORMAT:FILE`, where FORMAT is one of "+strings.Join(pipeline.RosterFormats(), ", ")+"; may be repeated", func(v string) error {
		s.Rosters = append(s.Rosters, v)
		return nil
	})
	f.StringVar(&s.Until, "until", "", "the first `month` after the window, as 2026-11")
	f.IntVar(&s.Months, "months", 36, "length of the window in months")
	f.StringVar(&s.Out, "out", "tables", "`folder` of the tables and the ranking")
	f.StringVar(&s.Parts, "parts", "", "`folder` of what is known of each project, from which a run that stopped goes on; personal data (default: that of -out with -parts at its end)")
	f.StringVar(&s.Cache, "cache", "", "`folder` of clones, and of what was mined before, on each machine (default: the user's cache folder)")
	f.IntVar(&s.Workers, "workers", 0, "projects at once in each process of a worker (default: one per processor)")
	f.StringVar(&s.Store, "store", "", "`file` of what forges said, as tender keeps it in forges.db; forges are not asked (default: git alone)")
	f.StringVar(&s.CA, "ca", "", "`file` of more certificates that servers may show, in PEM form")
	f.IntVar(&s.Tries, "tries", 3, "how often a project is begun that fails for a reason that may pass")
	f.DurationVar(&s.Backoff, "backoff", 30*time.Second, "time before the second try; doubled before each further one")
	f.DurationVar(&s.Timeout, "timeout", 30*time.Minute, "most time for one repository in one try; then it is a gap; 0 is no limit")
	s.MostBytes = usualBytes
	f.Func("most-bytes", "most that the fetch of one repository may bring, as a `size` such as 500MB; then it is a gap (default: 4GiB)", func(v string) error {
		n, err := humanize.ParseBytes(v)
		if err != nil || n > math.MaxInt64 {
			return errors.New("write a size such as 4GiB or 500MB, or 0 for 32GiB, which is the limit of the library")
		}
		s.MostBytes = int64(n)
		return nil
	})
	f.BoolFunc("keep-clones", "keep clones for the next time; false drops those of a project once it is mined (default: true)", func(v string) error {
		keep, err := strconv.ParseBool(v)
		s.DropClones = !keep
		return err
	})
	f.BoolVar(&s.Again, "again", false, "make stored parts with gaps anew")
	f.BoolVar(&s.Verbose, "v", false, "log what is mined")
	f.Float64Var(&s.Trial.Fail, "fail", 0, "for trials: the part of all attempts that fail on purpose, 0 to 0.9")
	f.Uint64Var(&s.Trial.Seed, "seed", 1, "for trials: decides which attempts fail")
	f.BoolVar(&s.Trial.Bundles, "fail-bundles", false, "for trials: let the whole bundle fail, for the runner to try it again; Prism ends the job then")
	return s
}

// run runs the pipeline, says what it did, and returns the exit status.
func run(ctx context.Context, s pipeline.Settings, say io.Writer) int {
	if s.Parts == "" {
		s.Parts = strings.TrimRight(s.Out, "/") + "-parts"
	}
	sum, err := pipeline.Run(ctx, *runners.Runner, s)
	if wrong, ok := errors.AsType[*pipeline.UsageError](err); ok {
		fmt.Fprintf(say, "%s\n%s\n", plain(wrong.Error()), seeHelp)
		return usage
	}
	if err != nil {
		why := err.Error()
		if ctx.Err() != nil {
			why = "interrupted" // an engine has many words for it
		}
		fmt.Fprintf(say, "%s\nRun it again: it goes on from the parts in %s.\n", plain(why), plain(s.Parts))
		return failed
	}
	if sum == nil {
		fmt.Fprintf(say, "submitted; %s is whole when manifest.json is there\n", plain(s.Out))
		return done
	}
	fmt.Fprintf(say, "wrote %s: %d projects, %d gaps\n", plain(s.Out), sum.Projects, sum.Gaps)
	if sum.Mined >= 0 {
		fmt.Fprintf(say, "mined %d, stored before %d, tries again %d, failed on purpose %d\n", sum.Mined, sum.Stored, sum.Retries, sum.Trials)
	}
	if sum.Gaps == 0 {
		return done
	}
	for _, g := range sum.Missing {
		fmt.Fprintf(say, "gap: %s: %s: %s\n", oneLine(g.Project), oneLine(g.Repository), oneLine(g.Reason))
	}
	fmt.Fprintln(say, "coverage.csv has all that is missing, and why; -again tries those anew")
	return doneWithGaps
}

// oneLine is what a list or a server said, on one line of bearable length.
func oneLine(s string) string {
	r := []rune(strings.Join(strings.Fields(plain(s)), " "))
	if len(r) > 300 {
		r = append(r[:299], '…')
	}
	return string(r)
}

// plain takes out of a text what could steer a terminal: lists and repositories have their words
// in messages.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			return r
		case r == '\t':
			return ' '
		}
		return '\uFFFD'
	}, s)
}
