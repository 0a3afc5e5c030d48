package batch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// run is a run. Its fields belong to the goroutine that called Run; works say by a
// channel that they have ended.
type run struct {
	o        Options
	projects map[string]model.Project
	work     func(ctx context.Context, name string, p model.Project) error
	disk     *disk

	lines  []*line // of projects that wait, by the hosts that they need
	later  []*task // that wait for their next try, the next one first
	hosts  map[string]*host
	ended  chan *task
	began  time.Time
	count  Progress
	failed []Failure
}

// task is a project of the list.
type task struct {
	name    string
	project model.Project
	line    *line
	tries   int
	next    time.Time // no earlier try
	err     error     // of the last one
}

// line holds the projects that need the same hosts, so that one busy host costs a look at
// each line and not at each project.
type line struct {
	hosts []string
	tasks []*task // by name
}

// host is how busy a host is.
type host struct {
	running int
	next    time.Time // no earlier start
}

func newRun(o Options, projects map[string]model.Project, work func(context.Context, string, model.Project) error) *run {
	return &run{o: o, projects: projects, work: work, disk: newDisk(o), hosts: map[string]*host{}, ended: make(chan *task),
		count: Progress{All: len(projects)}}
}

// plan puts the projects into lines, save those that have nothing left to do.
func (r *run) plan(ctx context.Context) {
	lines := map[string]*line{}
	for _, name := range slices.Sorted(maps.Keys(r.projects)) {
		if ctx.Err() != nil {
			return
		}
		p := r.projects[name]
		if r.o.Done != nil && r.o.Done(name) {
			r.count.Skipped++
			continue
		}
		hosts := hostsOf(p)
		key := strings.Join(hosts, " ")
		l := lines[key]
		if l == nil {
			l = &line{hosts: hosts}
			lines[key] = l
			r.lines = append(r.lines, l)
		}
		l.tasks = append(l.tasks, &task{name: name, project: p, line: l})
	}
	r.began = time.Now()
}

// hostsOf lists the hosts that a project's repositories are fetched from, each once.
func hostsOf(p model.Project) (hosts []string) {
	for _, repo := range p.Repositories {
		if h, _, ok := address.Host(repo.URL); ok {
			hosts = append(hosts, h)
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// all works on all projects, until ctx ends.
func (r *run) all(ctx context.Context) error {
	for ctx.Err() == nil {
		wake := r.startAll(ctx)
		if r.count.Running == 0 && wake.IsZero() {
			return nil
		}
		if err := r.wait(ctx, wake); err != nil {
			break
		}
	}
	for r.count.Running > 0 {
		r.end(ctx, <-r.ended)
	}
	if r.count.Rest() == 0 {
		return nil
	}
	return fmt.Errorf("working through a list: %w", context.Cause(ctx))
}

// wait waits until a work ends, or an instant comes at which another may begin.
func (r *run) wait(ctx context.Context, wake time.Time) error {
	var alarm <-chan time.Time
	if !wake.IsZero() {
		t := time.NewTimer(time.Until(wake))
		defer t.Stop()
		alarm = t.C
	}
	select {
	case t := <-r.ended:
		r.end(ctx, t)
	case <-alarm:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// startAll begins what may begin now. Where nothing more may, wake is the instant at which
// that changes by itself; zero where it does not.
func (r *run) startAll(ctx context.Context) (wake time.Time) {
	for r.count.Running < r.o.AtOnce {
		t, wake := r.pick(time.Now())
		if t == nil {
			return wake
		}
		r.start(ctx, t)
	}
	return time.Time{}
}

// pick takes the project that comes next: one whose next try is due, or else the first by
// name whose hosts are free. Where there is none, wake is the instant of the next one.
func (r *run) pick(now time.Time) (t *task, wake time.Time) {
	for i, t := range r.later {
		at, free := r.free(t.line, now)
		if t.next.After(at) {
			at = t.next
		}
		if free && !at.After(now) {
			r.later = slices.Delete(r.later, i, i+1)
			r.count.Waiting--
			return t, wake
		}
		if free {
			wake = earlier(wake, at)
		}
	}
	var first *line
	for _, l := range r.lines {
		if len(l.tasks) == 0 || first != nil && first.tasks[0].name < l.tasks[0].name {
			continue
		}
		at, free := r.free(l, now)
		if free && !at.After(now) {
			first = l
		} else if free {
			wake = earlier(wake, at)
		}
	}
	if first == nil {
		return nil, wake
	}
	t = first.tasks[0]
	first.tasks = first.tasks[1:]
	return t, wake
}

// earlier returns the earlier of two instants; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// free reports whether the hosts of a line have room, and from when on.
func (r *run) free(l *line, now time.Time) (at time.Time, free bool) {
	at = now
	for _, name := range l.hosts {
		h := r.hosts[name]
		if h == nil {
			continue
		}
		if h.running >= r.o.PerHost {
			return time.Time{}, false
		}
		if h.next.After(at) {
			at = h.next
		}
	}
	return at, true
}

// start begins a work.
func (r *run) start(ctx context.Context, t *task) {
	now := time.Now()
	for _, name := range t.line.hosts {
		if r.hosts[name] == nil {
			r.hosts[name] = &host{}
		}
		r.hosts[name].running++
		r.hosts[name].next = now.Add(r.o.Pause)
	}
	r.disk.use(t.project)
	t.tries++
	r.count.Running++
	r.tell()
	r.o.Log.Debug("begun", "project", t.name, "try", t.tries)
	go func() {
		t.err = r.work(ctx, t.name, t.project)
		r.ended <- t
	}()
}

// end takes note of a work that has ended.
func (r *run) end(ctx context.Context, t *task) {
	for _, name := range t.line.hosts {
		r.hosts[name].running--
	}
	r.count.Running--
	again := t.err != nil && ctx.Err() == nil && t.tries < r.o.Tries && Temporary(t.err)
	switch {
	case t.err == nil:
		r.count.Mined++
	case again:
		t.next = time.Now().Add(r.o.Backoff << min(t.tries-1, mostDoubled))
		r.o.Log.Warn("failed; tried again later", "project", t.name, "try", t.tries, "after", t.next, "error", t.err)
		at, _ := slices.BinarySearchFunc(r.later, t, func(a, b *task) int {
			return cmp.Or(a.next.Compare(b.next), strings.Compare(a.name, b.name))
		})
		r.later = slices.Insert(r.later, at, t)
		r.count.Waiting++
	case ctx.Err() != nil: // it was interrupted, which says nothing of it
	default:
		r.o.Log.Warn("failed", "project", t.name, "tries", t.tries, "error", t.err)
		r.count.Failed++
		r.failed = append(r.failed, Failure{Project: t.name, Tries: t.tries, Err: t.err})
	}
	r.disk.free(t.project, r.o.DropClones && !again && ctx.Err() == nil)
	r.tell()
}

// tell tells how far the run is.
func (r *run) tell() {
	if r.o.Progress == nil {
		return
	}
	p := r.count
	spent := time.Since(r.began)
	if n := p.Mined + p.Failed; n > 0 && spent > 0 {
		p.Known = true
		p.Rate = float64(n) / spent.Seconds()
		p.Left = time.Duration(float64(spent) / float64(n) * float64(p.Rest()))
	}
	r.o.Progress(p)
}

func (r *run) summary() *Summary {
	slices.SortFunc(r.failed, func(a, b Failure) int { return strings.Compare(a.Project, b.Project) })
	c := r.count
	return &Summary{All: c.All, Skipped: c.Skipped, Mined: c.Mined, Failed: r.failed, Open: c.Rest(), Spent: time.Since(r.began)}
}
