package forgetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// facts compares one mining with the wanted table.
func (s *suite) facts() {
	for _, d := range differences(s.serve().clean(), s.forge.Limits) {
		s.t.Error(d)
	}
}

// sameBytes mines twice from nothing, and once more what is stored.
func (s *suite) sameBytes() {
	d := s.serve()
	first := d.clean()
	s.same(first.text, d.clean().text, "mined again")
	d.store += "-2"
	s.same(first.text, d.clean().text, "mined anew")
	s.same(first.text, s.serve().clean().text, "mined from another server")
}

// same demands that two outcomes are alike to the byte, and shows the first line that is
// not.
func (s *suite) same(want, got, about string) {
	s.t.Helper()
	if want == got {
		return
	}
	w, g := append(strings.Split(want, "\n"), ""), append(strings.Split(got, "\n"), "")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			from := max(0, alike(w[i], g[i])-200)
			s.t.Errorf("%s: line %d differs\nwanted …%.400s\ngot    …%.400s", about, i+1, w[i][from:], g[i][from:])
			return
		}
	}
	s.t.Errorf("%s: %d lines instead of %d", about, len(g)-2, len(w)-2)
}

// alike is the length of what two texts begin with alike.
func alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// mostAgain is how many requests a second mining may take where nothing is new.
const mostAgain = 3

func (s *suite) nothingNew() {
	d := s.serve()
	d.clean()
	g := &gate{}
	if o := d.run(s.t.Context(), g); o.err != nil || g.requests() > mostAgain {
		s.t.Errorf("mining again with nothing new took %d requests, and %d are allowed; error: %v", g.requests(), mostAgain, o.err)
	}
}

// resumed stops a mining at each of its requests, and mines again.
func (s *suite) resumed() {
	d := s.serve()
	g := &gate{}
	whole := d.run(s.t.Context(), g)
	for n := 1; n <= g.requests(); n++ {
		own := *d
		own.store = fmt.Sprintf("%s-%d", d.store, n)
		ctx, cancel := context.WithCancel(s.t.Context())
		o := own.run(ctx, stopAt(n, cancel))
		cancel()
		if o.err == nil {
			s.t.Errorf("stopped at request %d: the mining says nothing of it", n)
		}
		s.same(whole.text, own.clean().text, fmt.Sprintf("stopped at request %d and resumed", n))
	}
}

// renamed mines under an old name, renames the repository, and mines under both: nothing
// of what is stored is read again, though each request may be sent on to the new name.
func (s *suite) renamed() {
	d := s.serve()
	first := &gate{}
	old := d.runOf(s.t.Context(), first, d.Former, conformPeriod)
	if old.err != nil {
		s.t.Fatalf("mining under the name of before: %v", old.err)
	}
	before := d.Repository
	after := d.Rename("renamed")
	for _, repo := range []model.Repository{d.Former, before, after} {
		g := &gate{}
		o := d.runOf(s.t.Context(), g, repo, conformPeriod)
		if o.err != nil || g.requests() > 2*mostAgain || g.requests() >= first.requests() {
			s.t.Errorf("mining %s after a change of name took %d requests; error: %v", repo.URL, g.requests(), o.err)
		}
		s.same(old.text, o.text, "mined as "+repo.URL)
	}
}

// shorterWindow mines up to a time within the script: changes that were merged later are
// left out whole, and so is every later act.
func (s *suite) shorterWindow() {
	d := s.serve()
	period := model.Period{Since: conformPeriod.Since, Until: time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)}
	short := d.runOf(s.t.Context(), nil, d.Repository, period)
	if short.err != nil {
		s.t.Fatalf("mining a shorter window: %v", short.err)
	}
	whole := d.clean()
	kept := slices.DeleteFunc(slices.Clone(whole.acts), func(c *model.Contribution) bool {
		return !c.At.Before(period.Until) || c.Change != nil && !c.Change.Merged.Before(period.Until)
	})
	if len(kept) == len(whole.acts) {
		s.t.Error("the shorter window should leave something out")
	}
	accounts := s.forge.Limits.Account
	for _, row := range apart(rows(kept, accounts), rows(short.acts, accounts)) {
		s.t.Error(row)
	}
}

// cancelled ends the context while a request is under way that the server never answers.
func (s *suite) cancelled() {
	d := s.serve()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	mine, end := d.Open(s.t, d.store, stopAt(2, cancel).through)
	ended := make(chan outcome, 1)
	go func() { ended <- collect(mine(ctx, d.Repository, conformPeriod), nil) }()
	select {
	case o := <-ended:
		end()
		if o.err == nil || ctx.Err() == nil {
			s.t.Errorf("the mining was cancelled and ended with the error %v", o.err)
		}
	case <-time.After(s.patience):
		s.t.Fatal("a mining that was cancelled does not end")
	}
}

// always stands for the last reply of a server that never gets well.
const always = 1 << 30

// spoiledBy breaks each reply in turn, and all from some on, of which there are at most
// eight. Then it mines undisturbed what is left of it.
func spoiledBy(f mishap) func(*suite) {
	return func(s *suite) {
		d := s.serve()
		g := &gate{}
		whole := d.run(s.t.Context(), g)
		for n := 1; n <= g.requests(); n++ {
			s.spoiled(d, whole, n, n, f)
		}
		for n := 1; n <= g.requests(); n += 1 + g.requests()/9 {
			s.spoiled(d, whole, n, always, f)
		}
	}
}

// spoiledSlowly is spoiledBy for what sources try again after a pause: one reply, and all
// from the first, the second and the middle one on, side by side.
func spoiledSlowly(f mishap) func(*suite) {
	return func(s *suite) {
		d := s.serve()
		g := &gate{}
		whole := d.run(s.t.Context(), g)
		middle := g.requests()/2 + 1
		var cases sync.WaitGroup
		for _, of := range [][2]int{{1, 1}, {middle, middle}, {1, always}, {2, always}, {middle, always}} {
			cases.Go(func() { s.spoiled(d, whole, of[0], of[1], f) })
		}
		cases.Wait()
	}
}

// spoiled mines while the replies from one to another are broken.
func (s *suite) spoiled(d *desk, whole outcome, from, to int, f mishap) {
	about := fmt.Sprintf("replies %d to %d broken", from, to)
	own := *d
	own.store = fmt.Sprintf("%s-%d-%d", d.store, from, to)
	o := own.run(s.t.Context(), spoil(func(n int) bool { return n >= from && n <= to }, f))
	for _, lie := range s.lies(o, whole) {
		s.t.Errorf("%s: %s", about, lie)
	}
	again := own.run(s.t.Context(), nil)
	if again.err != nil {
		s.t.Errorf("%s, and mined again: %v", about, again.err)
	}
	s.same(whole.text, again.text, about+", and mined again")
}

// lies are the kinds of facts that an outcome calls complete and that lack something, or
// have too much. Without an error all kinds must be told of.
func (s *suite) lies(o, whole outcome) (found []string) {
	l := s.forge.Limits
	of := func(acts []*model.Contribution, k model.Kind) []string {
		return slices.DeleteFunc(rows(acts, l.Account), func(row string) bool { return kindOf(row) != k })
	}
	for _, k := range conformKinds() {
		c, told := o.coverage[k]
		if !told && o.err == nil {
			found = append(found, fmt.Sprintf("nothing is said of %s, and there is no error", k))
		}
		if c.State == model.Complete {
			for _, row := range apart(of(whole.acts, k), of(o.acts, k)) {
				found = append(found, fmt.Sprintf("%s are called complete, and yet %s", k, row))
			}
		}
	}
	return found
}
