package command

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/tributary-oss/tributary/forge/batch"
)

// listLine shows how far a list is, on one line of a terminal.
type listLine struct {
	all      int
	terminal *Place // nil where nobody looks
	began    time.Time
	progress *mpb.Progress // nil until patience ends
	bar      *mpb.Bar

	mu   sync.Mutex
	text string
}

func (a *app) newListLine(projects int) *listLine {
	l := &listLine{all: projects, began: time.Now()}
	if a.Progress && !a.verbose {
		l.terminal = &a.Place
	}
	return l
}

// show takes the news.
func (l *listLine) show(p batch.Progress) {
	l.mu.Lock()
	l.text = lineText(p)
	l.mu.Unlock()
	if l.terminal == nil || time.Since(l.began) < patience {
		return
	}
	if l.progress == nil {
		width := cmp.Or(l.terminal.Width, 80)
		l.progress = mpb.New(mpb.WithOutput(l.terminal.Err), mpb.WithWidth(min(60, max(8, width-75))))
		l.bar = l.progress.AddBar(int64(l.all), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name("projects "), decor.CountersNoUnit("%d / %d ")),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
				l.mu.Lock()
				defer l.mu.Unlock()
				return l.text
			})))
	}
	l.bar.SetCurrent(int64(p.All - p.Rest()))
}

// lineText is what stands beside the bar.
func lineText(p batch.Progress) (s string) {
	if p.Known {
		s = fmt.Sprintf(" %.3g/s %v left", p.Rate, p.Left.Round(time.Second))
	}
	if p.Waiting > 0 {
		s += fmt.Sprintf(", %d wait for another try", p.Waiting)
	}
	if p.Failed > 0 {
		s += fmt.Sprintf(", %d failed", p.Failed)
	}
	return s
}

// stop takes the line away.
func (l *listLine) stop() {
	if l.progress == nil {
		return
	}
	l.bar.Abort(true)
	l.progress.Wait()
}
