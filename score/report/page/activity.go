package page

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// charts are small charts of one scale, side by side.
type charts struct{ List []chart }

// chart shows the credits of one bidder, a bar for each month, stacked by pillar.
type chart struct {
	ID, Title, Text string // Text follows the title
	Paths           []path
	Years           []year
	W, H, Base      int
}

type path struct{ Class, D string }

// year is where a year begins.
type year struct {
	X    int
	Text string
}

// mostCharts is the number of bidders drawn of each project.
const mostCharts = 12

// series is what one bidder earned in a project: by month of the window and pillar, in millionths.
type series struct {
	bidder string
	months [][len(pillars)]int64
}

// activity draws the credits over time.
func (b *builder) activity(r *model.Ranking, totals []model.Total) part {
	p := part{ID: "activity", Title: b.l.T("Activity over time")}
	p.Blocks = append(p.Blocks, block{Text: &said{Text: b.l.T("Credits by the month in which the work was accepted. Stewardship is left out, since it is counted in months. All charts of a project have the same scale, but for everybody else’s; a bidder without credits has no chart.")}},
		b.legend(b.l.T("The bars show credits, made of:")))
	for _, x := range r.Projects {
		list := b.seriesOf(r, x, totals)
		if len(list) == 0 {
			continue
		}
		p.Blocks = append(p.Blocks, block{Heading: clip(x.ID, mostName)}, block{Charts: b.charts(r, x.ID, list)}, block{Table: b.quarters(r, x.ID, list)})
	}
	return p
}

// seriesOf returns a project's bidders, best first, and everybody else at the end.
func (b *builder) seriesOf(r *model.Ranking, p model.ProjectResult, totals []model.Total) []series {
	first, months := model.MonthOf(r.Since), int(model.MonthOf(r.Until)-model.MonthOf(r.Since))
	all := map[string]*series{}
	for _, t := range totals {
		at, place := int(t.Month-first), pillarPlace(t.Indicator)
		if t.Project != p.ID || t.Indicator == model.Stewardship || place < 0 || at < 0 || at >= months {
			continue
		}
		if all[t.Bidder] == nil {
			all[t.Bidder] = &series{bidder: t.Bidder, months: make([][len(pillars)]int64, months)}
		}
		all[t.Bidder].months[at][place] += t.Credit
	}
	var list []series
	for _, x := range best(p, mostCharts) {
		if s := all[x.Bidder]; s != nil {
			list = append(list, *s)
		}
	}
	if s := all[""]; s != nil {
		list = append(list, *s)
	}
	return list
}

func pillarPlace(i model.Indicator) int {
	for n, p := range pillars {
		if p.name == pillarOf(i) {
			return n
		}
	}
	return -1
}

// most returns the highest month.
func (s series) most() (sum int64, at int) {
	for i, m := range s.months {
		if x := m[0] + m[1] + m[2]; x > sum {
			sum, at = x, i
		}
	}
	return sum, at
}

// sum returns what some months gave of each pillar.
func sum(months [][len(pillars)]int64) (sum [len(pillars)]int64) {
	for _, m := range months {
		for i := range m {
			sum[i] += m[i]
		}
	}
	return sum
}

func (b *builder) charts(r *model.Ranking, project string, list []series) *charts {
	scale := int64(0)
	for _, s := range list {
		if most, _ := s.most(); s.bidder != "" {
			scale = max(scale, most)
		}
	}
	c := &charts{}
	for _, s := range list {
		x := scale
		if s.bidder == "" {
			x, _ = s.most()
		}
		c.List = append(c.List, b.chart(r, project, s, x))
	}
	return c
}

// Measures of a chart.
const (
	chartHeight = 90
	chartBase   = 76 // below it stand the years
	chartTop    = 4
)

func (b *builder) chart(r *model.Ranking, project string, s series, scale int64) chart {
	b.ids++
	step := max(2, 288/len(s.months))
	most, at := s.most()
	c := chart{ID: fmt.Sprintf("c%d", b.ids), Title: b.whose(s.bidder), W: step * len(s.months), H: chartHeight, Base: chartBase}
	if most == 0 {
		c.Text = b.l.T(": ") + b.l.T("no credits in the window")
	} else {
		c.Text = b.l.T(": ") + b.l.T("%s credits in the window; the most in a month, %s, in %s", b.credits(total(s.months)), b.credits(most), (model.MonthOf(r.Since)+model.Month(at)).String())
	}
	var d [len(pillars)]strings.Builder
	for m, parts := range s.months {
		y := float64(chartBase)
		for i, credit := range parts {
			if credit == 0 || scale == 0 {
				continue
			}
			h := float64(float64(chartBase-chartTop) * float64(credit) / float64(scale))
			y -= h
			fmt.Fprintf(&d[i], "M%d %.1fh%dv%.1fh-%dz", m*step, y, step-1, h, step-1)
		}
	}
	for i := range d {
		if d[i].Len() > 0 {
			c.Paths = append(c.Paths, path{pillars[i].class, d[i].String()})
		}
	}
	for m := range s.months {
		if t := (model.MonthOf(r.Since) + model.Month(m)).Time(); t.Month() == 1 {
			c.Years = append(c.Years, year{m * step, t.Format("2006")})
		}
	}
	return c
}

func total(months [][len(pillars)]int64) int64 {
	x := sum(months)
	return x[0] + x[1] + x[2]
}

func (b *builder) whose(bidder string) string {
	if bidder == "" {
		return b.l.T("Everybody else")
	}
	return b.bidder(bidder)
}

// credits writes millionths.
func (b *builder) credits(x int64) string { return b.number(float64(x)/model.Whole, 1) }

// quarters is the table that says what the charts show: three months a column, or as many as
// make at most twelve columns.
func (b *builder) quarters(r *model.Ranking, project string, list []series) *table {
	months := len(list[0].months)
	step := max(3, (months+11)/12)
	columns := []cell{text(b.l.T("Pillar"))}
	for m := 0; m < months; m += step {
		columns = append(columns, num((model.MonthOf(r.Since) + model.Month(m)).String()))
	}
	t := b.newTable(b.l.T("Credits in %s, in steps of %d months that begin with the month named", clip(project, mostName), step), append(columns, num(b.l.T("Sum")))...)
	t.Narrow = true
	for _, s := range list {
		t.group(b.whose(s.bidder), "")
		for i, p := range pillars {
			row := []cell{head(b.pillar(p.name))}
			for m := 0; m < months; m += step {
				row = append(row, num(b.credits(sum(s.months[m:min(m+step, months)])[i])))
			}
			t.add(append(row, num(b.credits(sum(s.months)[i])))...)
		}
	}
	return t
}
