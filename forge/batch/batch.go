// Package batch works through a long list of projects on one machine: some at a time,
// few of one host at once, with a time limit for each repository, temporary failures tried
// again, and the folder of the clones kept small. What is done with a project is the
// caller's; usually it is mined.
//
//	source := git.New(&git.Options{Memory: batch.Memory, MostBytes: 4 << 30})
//	hosts := forge.Hosts{forge.Git: batch.Within(source, time.Hour)}
//	summary, err := batch.Run(ctx, projects, &batch.Options{AtOnce: 2, Clones: source},
//		func(ctx context.Context, name string, p model.Project) error { … })
//
// One [git.Source] serves all projects at once, and each of their minings may hold
// [git.Options.Memory]. State that as one number, not as a share of what the machine has:
// of files that are large for it the contents stay unknown, so what is mined hangs on it.
package batch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// Options are the settings of [Run]; nil means the defaults.
type Options struct {
	// AtOnce is how many projects are worked on at once; 0 is one per processor.
	AtOnce int
	// PerHost is how many of them may have a repository on one and the same host; 0 is 4.
	// Where a work asks for one repository after the other, no host is asked for more than
	// that at once. Repositories on this machine are on no host.
	PerHost int
	// Pause is the least time between two starts on one host.
	Pause time.Duration
	// Tries is how often a project is begun at most, where it fails for a reason that may
	// pass; 0 is 3. See [Temporary].
	Tries int
	// Backoff is the least time between the first try and the second; it doubles from try
	// to try, up to 32 times. 0 is 30 seconds. Meanwhile others are worked on.
	Backoff time.Duration
	// Done reports whether nothing is left to do for a project, from an earlier run. It is
	// asked for each of them before anything starts. Nil is no.
	Done func(project string) bool
	// Clones is the source that clones; with it, DropClones and DiskBudget hold. Nil
	// leaves the clones alone.
	Clones *git.Source
	// DropClones removes the clones of a project when its work has ended well or is not
	// tried again.
	DropClones bool
	// DiskBudget is how many bytes the clones may take: when there are more, those that
	// were not used for the longest time go first, also ones of earlier runs. Those of
	// projects that are worked on are never dropped and may exceed the budget meanwhile.
	// 0 is no limit.
	DiskBudget int64
	// Progress is called when a project begins and when one ends, from one goroutine at a
	// time. It must return quickly. Nil is not called.
	Progress func(Progress)
	// Log takes a line for each project and a warning for each failure; nil discards.
	Log *slog.Logger
}

// Progress says how far a run is.
type Progress struct {
	All     int // projects of the list
	Skipped int // those with nothing left to do
	Mined   int // those whose work has ended well in this run
	Failed  int // those that failed and are not tried again
	Waiting int // those that failed and are tried again later
	Running int
	// Rate is how many projects end in a second, and Left how long the rest takes at that
	// rate. Both are 0 until Known.
	Known bool
	Rate  float64
	Left  time.Duration
}

// Rest is how many projects have not ended yet.
func (p Progress) Rest() int { return p.All - p.Skipped - p.Mined - p.Failed }

// Memory is what each mining of a list's repositories may hold in the commands of this
// module, in bytes: the same on every machine, so that the same is mined on all of them.
const Memory = 256 << 20

const (
	usualPerHost = 4
	usualTries   = 3
	usualBackoff = 30 * time.Second
	mostDoubled  = 5 // times that the back-off is doubled
)

func (o *Options) check() error {
	var faults []error
	for name, n := range map[string]int64{"AtOnce": int64(o.AtOnce), "PerHost": int64(o.PerHost), "Pause": int64(o.Pause),
		"Tries": int64(o.Tries), "Backoff": int64(o.Backoff), "DiskBudget": o.DiskBudget} {
		if n < 0 {
			faults = append(faults, fmt.Errorf("%s is %d; state at least 0", name, n))
		}
	}
	if o.Clones == nil && (o.DropClones || o.DiskBudget > 0) {
		faults = append(faults, errors.New("DropClones and DiskBudget need Clones"))
	}
	return sorted(faults)
}

// filled returns the options with the defaults in their places.
func (o *Options) filled() Options {
	f := Options{}
	if o != nil {
		f = *o
	}
	for _, d := range []struct {
		at    *int
		usual int
	}{{&f.AtOnce, runtime.GOMAXPROCS(0)}, {&f.PerHost, usualPerHost}, {&f.Tries, usualTries}} {
		if *d.at == 0 {
			*d.at = d.usual
		}
	}
	if f.Backoff == 0 {
		f.Backoff = usualBackoff
	}
	if f.Log == nil {
		f.Log = slog.New(slog.DiscardHandler)
	}
	return f
}

// Run works on each project of the list, by name, and returns what became of them. A work
// that fails does not end the run. Its context ends with ctx alone; [Within] limits the
// time of a repository.
//
// The order in which works begin is that of the names, save that a project whose host is
// busy lets others go first; nothing that a work does may hang on it. The works of two
// projects run at the same time, that of one project never.
//
// The error is that of the options, or of ctx: then works that ran were waited for, and the
// summary says how many were not begun.
func Run(ctx context.Context, projects map[string]model.Project, o *Options,
	work func(ctx context.Context, name string, p model.Project) error) (*Summary, error) {
	f := o.filled()
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("working through a list: %w", err)
	}
	r := newRun(f, projects, work)
	if err := r.disk.open(); err != nil {
		return nil, fmt.Errorf("working through a list: %w", err)
	}
	r.plan(ctx)
	err := r.all(ctx)
	return r.summary(), err
}
