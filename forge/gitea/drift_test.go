package gitea_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	ft "github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/model"
)

// onPage runs a change of the project once, before a page of a list is answered.
func (d *desk) onPage(list string, page int, change func()) (done func() bool) {
	once := false
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if !once && r.Path == list && strings.Contains(r.Query, fmt.Sprintf("page=%d&", page)) && (strings.Contains(r.Query, "sort=") || strings.Contains(r.Query, "type=issues")) {
			once = true
			d.server.Edit(change)
		}
		return nil
	})
	return func() bool { return once }
}

// Items that leave a list while it is read move all that follows them onto the page that
// was read before. None is lost, and what was read is not asked about again.
func TestWhatLeavesTheListMeanwhile(t *testing.T) {
	t.Parallel()
	for _, gone := range []int{1, 7, 24} {
		p := large(70)
		d := newDesk(t, p)
		d.server.MaxItems = 20
		byUpdate := slices.SortedFunc(slices.Values(p.Changes), func(a, b ft.Change) int { return b.Updated.Compare(a.Updated) })
		left := map[int]bool{}
		for _, c := range byUpdate[:gone] {
			left[c.Number] = true
		}
		for n := range p.Changes {
			if left[p.Changes[n].Number] { // never merged, closed, and soon opened again
				p.Changes[n].Merged, p.Changes[n].State = time.Time{}, "CLOSED"
			}
		}
		done := d.onPage(pulls, 3, func() {
			for n := range p.Changes {
				if left[p.Changes[n].Number] {
					p.Changes[n].State, p.Changes[n].Closed = "OPEN", time.Time{}
				}
			}
		})
		text := d.mine()
		require.True(t, done())
		assert.Len(t, changes(t, text), 70-gone)
		assertComplete(t, text)
		twice := 0
		for _, c := range p.Changes {
			if d.asked(fmt.Sprintf("%s/%d", pulls, c.Number)) > 1 {
				twice++
			}
		}
		assert.LessOrEqual(t, twice, 1, "but for the last one of a page")
	}
}

func TestIssuesThatAreDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	p := large(1)
	p.Issues = nil
	for n := range 130 {
		p.Issues = append(p.Issues, ft.Issue{Number: 1000 + n, Author: ada, Created: day("2026-01-01").Add(time.Duration(n) * time.Hour)})
	}
	d := newDesk(t, p)
	done := d.onPage(issues, 2, func() { p.Issues = p.Issues[:120] }) // the ten that come first
	text := d.mine()
	require.True(t, done())
	names := artifacts(t, text, "issue")
	assert.Contains(t, names, "1079")
	assert.Len(t, names, 130, "what was read stays")
}

// A change that is updated while its list is read moves to the head of the list; one
// that is merged meanwhile appears there. Neither is missed.
func TestWhatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	p := large(80)
	d := newDesk(t, p)
	d.server.MaxItems = 20
	now := d.server.Now().Add(time.Minute)
	done := d.onPage(pulls, 3, func() {
		p.Changes[30].Updated, p.Changes[30].Labels = now, []string{"moved"}
		c := p.Changes[0]
		c.Number, c.ID, c.Updated, c.Head = 50_000, 0, now.Add(time.Second), ""
		p.Changes = append(p.Changes, c)
		p.Issues[0].Updated, p.Issues[0].Labels = now, []string{"triaged"}
	})
	text := d.mine()
	require.True(t, done())
	assert.Len(t, changes(t, text), 81)
	assert.Contains(t, text, `"moved"`)
	assert.Contains(t, text, `"triaged"`)
	d.source = d.newSource(anew)
	assertSame(t, text, d.mine(), "as if all had been there before")
}

// Updates count whole seconds, so that a second that is not over may see another one.
func TestAnUpdateInTheSameSecond(t *testing.T) {
	p := large(60)
	d := newDesk(t, p)
	now := d.server.Now().Truncate(time.Second)
	p.Changes[0].Updated = now
	d.mine()
	d.server.Edit(func() { p.Changes[0].Labels = []string{"after"} })
	d.server.SetNow(now.Add(3 * time.Second))
	assert.Contains(t, d.again(), `"after"`)
	d.again()
	assert.LessOrEqual(t, len(d.server.Requests()), 3)
	d.server.Edit(func() { p.Changes[1].Updated, p.Changes[1].Labels = d.server.Now(), []string{"at once"} })
	assert.Contains(t, d.again(), `"at once"`)
}

// What is new in a list counts from when that one was read last.
func TestAListThatWasNotAskedForMeanwhile(t *testing.T) {
	t.Parallel()
	p := large(60)
	d := newDesk(t, p)
	d.mine()
	began := d.server.Now()
	for hour := 1; hour <= 3; hour++ {
		d.server.SetNow(began.Add(time.Duration(hour) * time.Hour))
		d.server.Edit(func() { p.Changes[hour].Updated = d.server.Now().Add(-time.Minute) })
		d.source = d.newSource(func(o *gitea.Options) { o.Kinds = []model.Kind{model.MergeFacts} })
		d.mine()
	}
	d.server.SetNow(began.Add(4 * time.Hour))
	d.server.Edit(func() { p.Issues[0].Updated, p.Issues[0].Labels = began.Add(30*time.Minute), []string{"meanwhile"} })
	assert.Contains(t, d.again(), `"meanwhile"`)
	assert.Zero(t, d.asked(pulls), "no change is new")
}

// What is new is read once, also where it is older by hours than the run that finds it.
func TestWhatIsNewIsReadOnce(t *testing.T) {
	p := large(60)
	d := newDesk(t, p)
	d.mine()
	now := d.server.Now()
	d.server.Edit(func() { p.Changes[3].Updated = now.Add(time.Hour) })
	d.server.SetNow(now.Add(5 * time.Hour))
	d.again()
	assert.Equal(t, 1, d.asked(pulls))
	assert.Equal(t, 1, d.asked(pulls+"/4"))
	d.server.Edit(func() {
		for n := range p.Changes {
			p.Changes[n].Updated = now.Add(6*time.Hour + time.Duration(n)*time.Second)
		}
	})
	d.server.SetNow(now.Add(24 * time.Hour))
	d.again()
	assert.Equal(t, 2, d.asked(pulls), "of which there are two pages")
	d.again()
	assert.Len(t, d.server.Requests(), 3, "although very much is new since the issues were read")
}

// A change may become visible minutes after the time at which it was updated.
func TestAChangeThatBecomesVisibleLate(t *testing.T) {
	t.Parallel()
	p := large(60)
	d := newDesk(t, p)
	newest := p.Changes[0]
	newest.Number, newest.ID, newest.Head, newest.Updated = 900, 0, "", d.server.Now().Add(-time.Minute)
	d.server.Edit(func() { p.Changes = append(p.Changes, newest) })
	d.mine()
	d.server.SetNow(d.server.Now().Add(time.Hour))
	d.again()
	assert.LessOrEqual(t, len(d.server.Requests()), 3, "nothing is new")
	now := d.server.Now()
	d.server.Edit(func() {
		late := newest
		late.Number, late.Updated = 901, newest.Updated.Add(-time.Minute)
		p.Changes = append(p.Changes, late)
		for n := range 49 { // which fill a page together with the newest one of before
			next := newest
			next.Number, next.Updated = 902+n, now.Add(-time.Minute)
			p.Changes = append(p.Changes, next)
		}
	})
	assert.Len(t, changes(t, d.again()), 60+1+1+49)
}

// It may do so although it is older than another that was seen: what is new is looked for
// among all that was updated lately. What was seen and is not lately any more is no news.
func TestAnOlderUpdateThatBecomesVisibleLate(t *testing.T) {
	t.Parallel()
	p := large(60)
	d := newDesk(t, p)
	now := d.server.Now()
	for n := range 3 {
		p.Changes[n].Updated = now.Add(-time.Duration(n) * time.Minute).Add(-time.Minute)
		p.Issues[n].Updated = now.Add(-time.Duration(n) * time.Minute).Add(-time.Minute)
	}
	d.mine()
	for minute := range 12 { // they leave the span one by one
		d.server.SetNow(now.Add(time.Duration(minute) * time.Minute))
		d.again()
		assert.LessOrEqual(t, len(d.server.Requests()), 3, "nothing is new after %d minutes", minute)
	}
	now = d.server.Now()
	p.Changes[3].Updated = now.Add(-2 * time.Minute)
	p.Issues[3].Updated = now.Add(-2 * time.Minute)
	d.again()
	d.server.Edit(func() {
		p.Changes[4].Updated, p.Changes[4].Labels = now.Add(-9*time.Minute), []string{"late"}
	})
	text := d.again()
	assert.Contains(t, text, `"late"`)
	assert.Zero(t, d.asked(issues+"/40003/timeline"), "no issue is new")
	d.server.Edit(func() {
		p.Issues[4].Updated, p.Issues[4].Labels = now.Add(-9*time.Minute), []string{"late too"}
	})
	text = d.again()
	assert.Contains(t, text, `"late too"`)
	assert.Zero(t, d.asked(pulls+"/4"), "no change is new")
	d.server.SetNow(now.Add(time.Minute))
	assertSame(t, text, d.again())
	assert.LessOrEqual(t, len(d.server.Requests()), 3)
}

// Very much may happen in the ten minutes that are looked at for what is new.
func TestVeryMuchIsNew(t *testing.T) {
	t.Parallel()
	p := large(100)
	d := newDesk(t, p)
	d.server.MaxItems = 20
	now := d.server.Now()
	for n := range p.Changes {
		p.Changes[n].Updated = now.Add(-time.Minute)
	}
	want := d.mine()
	assert.Len(t, changes(t, want), 100)
	d.server.SetNow(now.Add(time.Hour))
	assertSame(t, want, d.again())
	d.server.SetNow(now.Add(2 * time.Hour))
	assertSame(t, want, d.again())
	assert.LessOrEqual(t, len(d.server.Requests()), 3)
}

// Servers cap pages without a word, and proxies take headers away.
func TestPagesOfAllKinds(t *testing.T) {
	p := large(60)
	want := newDesk(t, p).mine()
	for name, change := range map[string]struct {
		most   int
		header http.Header
	}{
		"a cap of 20":         {20, nil},
		"a cap of 7":          {7, nil},
		"no links":            {20, http.Header{"Link": nil}},
		"no count":            {20, http.Header{"X-Total-Count": nil}},
		"no links, no count":  {20, http.Header{"Link": nil, "X-Total-Count": nil}},
		"links to elsewhere":  {20, http.Header{}},
		"a count of nonsense": {20, http.Header{"X-Total-Count": {"-7"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, large(60))
			d.server.MaxItems, d.server.AppURL = change.most, "https://evil.example/git/"
			d.server.OnRequest(func(fake.Request) *fake.Fault { return &fake.Fault{Header: change.header} })
			assertSame(t, want, d.mine())
			d.source = d.newSource(anew)
			d.server.OnRequest(after(pulls, 3, 1, fake.Fault{Status: 502}))
			assertSame(t, want, d.mine(), "with pages of other sizes in between")
		})
	}
}

// A page that is short makes no later one smaller, unless the server caps them.
func TestAShortPage(t *testing.T) {
	p := large(200)
	byUpdate := slices.SortedFunc(slices.Values(p.Changes), func(a, b ft.Change) int { return b.Updated.Compare(a.Updated) })
	of := func(c ft.Change) string {
		at := c.Updated.UTC().Format(time.RFC3339)
		return fmt.Sprintf(`[{"number":%d,"merged":true,"closed_at":%[2]q,"created_at":%[2]q,"updated_at":%[2]q}]`, c.Number, at)
	}
	for name, test := range map[string]struct {
		page     int
		settings bool
	}{
		"the first page":                  {1, true},
		"another page":                    {2, true},
		"another page, without a setting": {2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, large(200))
			d.server.OnRequest(func(r fake.Request) *fake.Fault {
				switch {
				case r.Path == "/settings/api" && !test.settings:
					return &fake.Fault{Status: 404}
				case r.Path == pulls && strings.HasPrefix(r.Query, "limit=50&") && strings.Contains(r.Query, fmt.Sprintf("page=%d&", test.page)):
					return &fake.Fault{Status: 200, Body: of(byUpdate[50*(test.page-1)]), Header: http.Header{"X-Total-Count": {"200"}}}
				}
				return nil
			})
			assert.Len(t, changes(t, d.mine()), 151)
			assert.Equal(t, 4, d.asked(pulls))
		})
	}
}

// Where nobody tells how large pages are at the most, they are as large as the largest was.
func TestACapThatNobodyTells(t *testing.T) {
	t.Parallel()
	want := newDesk(t, large(70)).mine()
	for _, most := range []int{7, 20} {
		for broken := range 4 {
			d := newDesk(t, large(70))
			d.server.MaxItems = most
			spoil := after(pulls, broken+1, 2, fake.Fault{Status: 502})
			d.server.OnRequest(func(r fake.Request) *fake.Fault {
				if r.Path == "/settings/api" {
					return &fake.Fault{Status: 404}
				}
				f := spoil(r)
				if f == nil {
					f = &fake.Fault{}
				}
				f.Header = http.Header{"Link": nil}
				return f
			})
			assertSame(t, want, d.mine(), most, broken)
		}
	}
}

// A server below a folder, whose API is where it is always.
func TestASubPath(t *testing.T) {
	p := small()
	d := newDesk(t, p)
	d.server.Prefix = "/git"
	d.repo.URL = "https://" + host + "/git/karst/cave"
	d.source = d.newSource(nil)
	_, err := written(d.source.Mine(t.Context(), d.repo, window))
	require.ErrorContains(t, err, "no address of a Gitea repository")
	underRoot(d)
	text := d.mine()
	assert.Len(t, changes(t, text), 2)
	assertComplete(t, text)
}
