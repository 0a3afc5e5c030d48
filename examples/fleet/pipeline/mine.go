package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

func init() { // the only way by which a worker that is another process finds them
	register.DoFn3x1[context.Context, string, func(string, string), error](&mineFn{})
	register.Emitter2[string, string]()
}

// The counters of a run, in the namespace fleet.
var (
	countMined   = beam.NewCounter("fleet", "projects mined")
	countStored  = beam.NewCounter("fleet", "projects stored before")
	countGaps    = beam.NewCounter("fleet", "gaps")
	countRetries = beam.NewCounter("fleet", "tries again")
	countTrials  = beam.NewCounter("fleet", "attempts failed on purpose")
)

// mineFn makes and stores the part of each project, and says where it is. Not the part goes on:
// it is stored before the bundle ends, so that a bundle which is tried again finds it.
//
// A bundle's projects are worked on at once, as far as the process has room. A runner gives a bundle
// to one thread, and some runners put all projects into one bundle.
type mineFn struct {
	Settings Settings

	site *site
	bundle
}

// bundle is the work on one bundle.
type bundle struct {
	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	done    []done
	err     error
}

// Setup reads what the process needs to know, once.
func (f *mineFn) Setup(ctx context.Context) (err error) {
	f.site, err = siteOf(ctx, f.Settings)
	return err
}

// ProcessElement begins with a project as soon as the process has room for it.
func (f *mineFn) ProcessElement(ctx context.Context, project string, emit func(project, part string)) error {
	if f.stop == nil {
		ctx, f.stop = context.WithCancel(ctx)
	}
	if err := f.emit(ctx, emit); err != nil {
		return f.abandon(err)
	}
	select {
	case f.site.slots <- struct{}{}:
	case <-ctx.Done():
		return f.abandon(context.Cause(ctx))
	}
	f.running.Go(func() {
		defer func() { <-f.site.slots }()
		d, err := f.site.work(ctx, project)
		f.mu.Lock()
		defer f.mu.Unlock()
		if err != nil {
			f.err = errors.Join(f.err, fmt.Errorf("working on %s: %w", project, err))
			return
		}
		f.done = append(f.done, d)
	})
	return nil
}

// FinishBundle waits for the projects of the bundle.
func (f *mineFn) FinishBundle(ctx context.Context, emit func(project, part string)) error {
	f.running.Wait()
	if err := f.emit(ctx, emit); err != nil {
		return f.abandon(err)
	}
	return f.abandon(nil)
}

// emit hands on what has been done so far.
func (f *mineFn) emit(ctx context.Context, emit func(project, part string)) error {
	f.mu.Lock()
	list, err := f.done, f.err
	f.done = nil
	f.mu.Unlock()
	if err != nil {
		return err
	}
	for _, d := range list {
		d.count(ctx)
		emit(d.project, f.site.partName(d.project))
	}
	return nil
}

func (d done) count(ctx context.Context) {
	if d.stored {
		countStored.Inc(ctx, 1)
	} else {
		countMined.Inc(ctx, 1)
		countRetries.Inc(ctx, int64(d.tries-1))
	}
	countGaps.Inc(ctx, int64(d.gaps))
	countTrials.Inc(ctx, int64(d.trials))
}

// abandon ends the bundle: what still runs is stopped and waited for.
func (f *mineFn) abandon(err error) error {
	if f.stop != nil {
		f.stop()
	}
	f.running.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop, f.done, f.err = nil, nil, nil
	return err
}

// Teardown ends a bundle that was never finished.
func (f *mineFn) Teardown(context.Context) error { return f.abandon(nil) }
