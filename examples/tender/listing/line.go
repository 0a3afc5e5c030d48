package listing

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// patience is how long a list may last before a line says how far it is.
const patience = time.Second

// Line shows how far a list is, on one line of a terminal.
type Line struct {
	terminal io.Writer // nil where nobody looks
	locale   *locale.Locale
	width    int
	began    time.Time
	progress *mpb.Progress // nil until patience ends
	bar      *mpb.Bar

	mu   sync.Mutex
	text string
}

// NewLine returns the line on a terminal of so many columns; 0 is unknown. On none, nil, it
// shows nothing.
func NewLine(terminal io.Writer, width int, l *locale.Locale) *Line {
	return &Line{terminal: terminal, locale: l, width: cmp.Or(width, 80), began: time.Now()}
}

// Show takes the news.
func (l *Line) Show(p batch.Progress) {
	l.mu.Lock()
	l.text = l.words(p)
	l.mu.Unlock()
	if l.terminal == nil || time.Since(l.began) < patience {
		return
	}
	if l.progress == nil {
		l.progress = mpb.New(mpb.WithOutput(l.terminal), mpb.WithWidth(min(60, max(8, l.width-75))))
		l.bar = l.progress.AddBar(int64(p.All), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(l.locale.T("projects")+" "), decor.CountersNoUnit("%d / %d ")),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
				l.mu.Lock()
				defer l.mu.Unlock()
				return l.text
			})))
	}
	l.bar.SetCurrent(int64(p.All - p.Rest()))
}

// words are what stands beside the bar.
func (l *Line) words(p batch.Progress) string {
	var list []string
	if p.Known {
		list = append(list, l.locale.T("%.3g/s, %v left", p.Rate, p.Left.Round(time.Second)))
	}
	if p.Waiting > 0 {
		list = append(list, l.locale.T("%d wait for another try", p.Waiting))
	}
	if p.Failed > 0 {
		list = append(list, l.locale.T("%d failed", p.Failed))
	}
	return " " + strings.Join(list, ", ")
}

// Stop takes the line away.
func (l *Line) Stop() {
	if l.progress == nil {
		return
	}
	l.bar.Abort(true)
	l.progress.Wait()
}

// Say says what became of a list, and of how many projects what failed for which reason, in the
// language of a locale. Names stay as the list has them, and so does what has no translation.
func Say(w io.Writer, l *locale.Locale, s *batch.Summary) {
	fmt.Fprintln(w, l.T("%s of %s projects mined, %s mined before, %s with gaps, in %s",
		Thousands(l, s.Mined), Thousands(l, s.All), Thousands(l, s.Skipped), Thousands(l, len(s.Failed)), s.Spent.Round(time.Second/10)))
	for _, r := range s.Reasons() {
		names := OneLine(strings.Join(r.Projects[:min(len(r.Projects), 5)], ", "))
		if more := len(r.Projects) - 5; more > 0 {
			names += " " + l.T("and %d more", more)
		}
		why, _ := l.Say(OneLine(r.Text))
		fmt.Fprintf(w, "%7s  %s\n", Thousands(l, len(r.Projects)), l.T("%s: %s", why, names))
	}
}

// OneLine is what a server or a list said, on one line of bearable length, without what could
// steer a terminal.
func OneLine(s string) string {
	r := []rune(strings.Join(strings.Fields(spoken.Plain(s)), " "))
	if len(r) > 300 {
		r = append(r[:299], '…')
	}
	return string(r)
}

// Thousands writes a number in groups of three digits, as the language has it.
func Thousands(l *locale.Locale, n int) string { return l.Number(float64(n), 0) }
