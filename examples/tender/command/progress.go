package command

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
)

// patience is how long a run may take before it shows bars: what is done sooner
// needs none, and bars that come and go leave traces.
const patience = 400 * time.Millisecond

// bars shows how far a run is, on a terminal, and remembers it for the word at
// the end. Its methods may be called from many goroutines, and on nil.
type bars struct {
	mu           sync.Mutex
	terminal     *Place // nil where nobody looks
	out          io.Writer
	say          func(string) string
	began        time.Time
	progress     *mpb.Progress // nil until patience ends
	all          *mpb.Bar
	repositories int
	state        map[string]*repositoryBar
	word         string // for the end, where this is not it; see summary
}

type repositoryBar struct {
	bar  *mpb.Bar
	last git.Progress
	done bool
}

func (a *app) newBars(repositories int) *bars {
	b := &bars{repositories: repositories, state: map[string]*repositoryBar{}, began: time.Now(), out: a.bare, say: a.say}
	if a.Progress && !a.verbose { // a log and bars would run into each other
		b.terminal = &a.Place
	}
	return b
}

// start makes the bars once patience is over, and reports whether there are any.
func (b *bars) start() bool {
	if b.progress != nil || b.terminal == nil || time.Since(b.began) < patience {
		return b.progress != nil
	}
	width := cmp.Or(b.terminal.Width, 80)
	b.progress = mpb.New(mpb.WithOutput(b.out), mpb.WithWidth(min(60, max(8, width-85))))
	b.all = b.progress.AddBar(int64(b.repositories), mpb.BarPriority(1<<20), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(b.say("repositories")+" "), decor.CountersNoUnit("%d / %d")))
	for _, r := range b.state {
		if r.done {
			b.all.Increment()
		}
	}
	return true
}

// show takes the news of one repository.
func (b *bars) show(p git.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.state[p.Repository]
	if r == nil {
		r = &repositoryBar{}
		b.state[p.Repository] = r
	}
	newStage := r.last.Stage != p.Stage || (r.last.Total > 0) != (p.Total > 0)
	r.last = p
	if b.start() && !r.done {
		b.draw(r, newStage)
	}
	if p.Stage == "reading" && p.Total > 0 && p.Done >= p.Total && !r.done {
		r.done = true
		if b.all != nil {
			b.all.Increment()
		}
	}
}

// list takes the news of a repository's forge, which has a bar of its own.
func (b *bars) list(p forge.Progress) {
	if p.List != "" {
		b.show(git.Progress{Repository: p.Repository, Stage: p.List, Done: p.Done})
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.state[p.Repository]; r != nil && r.bar != nil {
		r.bar.Abort(true)
		r.bar = nil
	}
}

// draw moves the repository's bar, and gives it a new one for a new stage.
func (b *bars) draw(r *repositoryBar, newStage bool) {
	p := r.last
	if newStage || r.bar == nil {
		if r.bar != nil {
			r.bar.Abort(true)
		}
		r.bar = b.newBar(p)
	}
	r.bar.SetTotal(int64(p.Total), false)
	r.bar.SetCurrent(int64(p.Done))
}

// newBar makes the bar of a stage. Where nobody knows the total, it is a count
// and a rate, and neither a bar nor a time left.
func (b *bars) newBar(p git.Progress) *mpb.Bar {
	name := decor.Name(tail(p.Repository, 28) + " " + b.say(p.Stage) + " ")
	if p.Total == 0 {
		return b.progress.MustAdd(0, mpb.NopStyle().Build(), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(name, decor.CurrentNoUnit("%d"), decor.AverageSpeed(0, " %.0f/s")))
	}
	return b.progress.AddBar(int64(p.Total), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(name, decor.CountersNoUnit("%d / %d ")),
		mpb.AppendDecorators(decor.AverageSpeed(0, " %.0f/s "), decor.AverageETA(decor.ET_STYLE_GO), decor.Name(" "+b.say("left"))))
}

// stop takes the bars away; what follows is plain text.
func (b *bars) stop() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.progress == nil {
		return
	}
	for _, r := range b.state {
		if r.bar != nil {
			r.bar.Abort(true)
		}
	}
	b.all.Abort(true)
	b.progress.Wait() // for the last drawing, which takes the bars away
	b.progress, b.terminal = nil, nil
}

// summary says what was done so far.
func (b *bars) summary() string {
	if b == nil {
		return "nothing was mined, nothing was written"
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.word != "" {
		return b.word
	}
	done, commits := 0, 0
	for _, r := range b.state {
		if r.done {
			done++
		}
		if r.last.Stage == "reading" {
			commits += r.last.Done
		}
	}
	return fmt.Sprintf("%d of %d repositories were mined, %d commits read; no result was written", done, b.repositories, commits)
}

// tail keeps the end of a long address, which tells repositories apart.
func tail(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return "…" + string(r[len(r)-most+1:])
}
