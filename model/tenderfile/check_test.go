package tenderfile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// dated is a random time in ten days, open at either end now and then, as a
// document writes it and as days to compare.
func dated(r *rand.Rand) (text string, d days) {
	from, until := r.IntN(9), 0
	until = from + 1 + r.IntN(10-from)
	d = days{int64(from), int64(until)}
	if r.IntN(5) > 0 {
		text += fmt.Sprintf(", from: 2020-01-%02d", from+1)
	} else {
		d.from = 0
	}
	if r.IntN(5) > 0 {
		text += fmt.Sprintf(", until: 2020-01-%02d", until+1)
	} else {
		d.until = 12
	}
	return text, d
}

// clashes reads a document and returns how many of its faults hold the word;
// it may have no others.
func clashes(t *testing.T, word, text string, more ...string) int {
	_, err := ReadFS(files(append(more, "t.yaml", text)...), "t.yaml")
	if err == nil {
		return 0
	}
	lines := strings.Split(err.Error(), "\n")
	for _, l := range lines {
		require.Contains(t, l, word, text)
	}
	return len(lines)
}

// Two vendors share a domain on a day, by trying every day, exactly when a
// fault says so.
func TestSharedDomainsByTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	r := rand.New(rand.NewPCG(1, 1))
	seen := map[bool]int{}
	for range 3000 {
		text, on := small+"vendors:\n", map[int64]map[int]bool{}
		for v := range 3 {
			text += fmt.Sprintf("  v%d: {domains: [", v)
			for range r.IntN(3) {
				when, d := dated(r)
				text += "{name: x.example" + when + "}, "
				for day := d.from; day < d.until; day++ {
					if on[day] == nil {
						on[day] = map[int]bool{}
					}
					on[day][v] = true
				}
			}
			text += "]}\n"
		}
		want := false
		for _, vendors := range on {
			want = want || len(vendors) > 1
		}
		seen[want]++
		require.Equal(t, want, clashes(t, "domain x.example belongs to", text) > 0, text)
	}
	assert.Greater(t, min(seen[true], seen[false]), 300, "both outcomes are tried")
}

// The owners on a day, by trying every day, run in a circle exactly when a
// fault says so.
func TestCirclesByTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	r := rand.New(rand.NewPCG(2, 2))
	seen := map[bool]int{}
	for range 3000 {
		text, owner := small+"vendors:\n", map[int]map[int64]int{}
		for v := range 4 {
			owner[v] = map[int64]int{}
			text += fmt.Sprintf("  v%d: {parent: [", v)
			for range r.IntN(3) {
				when, d := dated(r)
				other := r.IntN(4)
				free := true
				for day := d.from; day < d.until; day++ {
					_, taken := owner[v][day]
					free = free && !taken
				}
				if !free {
					continue
				}
				for day := d.from; day < d.until; day++ {
					owner[v][day] = other
				}
				text += fmt.Sprintf("{vendor: v%d%s}, ", other, when)
			}
			text += "]}\n"
		}
		want := false
		for day := range int64(12) {
			for v := range 4 {
				next, ok := owner[v][day]
				for steps := 0; ok && steps < 5; steps++ {
					want = want || next == v
					next, ok = owner[next][day]
				}
			}
		}
		seen[want]++
		require.Equal(t, want, clashes(t, "owns itself", text) > 0, text)
	}
	assert.Greater(t, min(seen[true], seen[false]), 300, "both outcomes are tried")
}

// A person's fractions add up to more than 1 on a stretch of days, by trying
// every day, exactly as often as a fault says so.
func TestOverlapsByTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	r := rand.New(rand.NewPCG(3, 3))
	seen := map[bool]int{}
	for range 3000 {
		text, on := "format: tributary-people/1\npeople:\n  - id: p-1\n    identities: [\"github:1\"]\n    employment: [", [12]int{}
		for range 1 + r.IntN(4) {
			when, d := dated(r)
			tenths := 1 + r.IntN(10)
			text += fmt.Sprintf("{vendor: academic, fraction: %s%s}, ", plain(float64(tenths)/10), when)
			for day := d.from; day < d.until; day++ {
				on[day] += tenths
			}
		}
		text += "]\n"
		want := 0
		for day, tenths := range on {
			if tenths > 10 && (day == 0 || on[day-1] <= 10) {
				want++
			}
		}
		seen[want > 0]++
		got := clashes(t, "overlapping affiliation dates", small+"rosters: [{file: p.yaml, format: tributary}]\n", "p.yaml", text)
		require.Equal(t, want, got, text)
	}
	assert.Greater(t, min(seen[true], seen[false]), 300, "both outcomes are tried")
}

// What looks odd and is right is accepted.
func TestAccepted(t *testing.T) {
	for name, text := range map[string]string{
		"a pillar off with its indicators off": small + "weights: {reviews: 0}\nindicators: {reviews: {reviews: 0, active-months: 0}}\n",
		"addresses": strings.Replace(small, "{url: ./a}", `{url: "git@forge.example:team/a.git"}, {url: ssh://git@forge.example:2222/a},
  {url: file:///srv/git/a}, {url: /srv/git/A}, {url: 'C:\git\a@b'}, {url: team.bundle}, {url: "https://forge.example:8443/a"}`, 1),
		"three thirds":         small + "rosters: [{file: p.yaml, format: tributary}]\n",
		"names as numbers":     strings.Replace(small, "{b:", "{7:", 1) + "lots: [{id: \"7\", projects: {7: 1}}]\n",
		"award with staff":     strings.Replace(small, "all", "[{id: a, vendors: [a], staff: [p-1]}]", 1) + "mode: award\nvendors: {a: {}}\nrosters: [{file: p.yaml, format: tributary}]\n",
		"an owner each way":    small + "vendors: {a: {parent: [{vendor: b, until: 2020-01-01}]}, b: {parent: [{vendor: a, from: 2020-01-01}]}}\n",
		"a domain handed over": small + "vendors: {a: {domains: [{name: x.example, until: 2020-01-01}]}, b: {domains: [{name: x.example, from: 2020-01-01}, {name: lab.x.example}]}}\n",
		"exponents":            small + "points: 1e2\nminimum: {share: 5e-2}\n",
	} {
		_, err := ReadFS(files("t.yaml", text, "p.yaml", "format: tributary-people/1\npeople: [{id: p-1, identities: [\"mail:a@b.example\", \"localhost:3000:7\"], "+
			"employment: [{vendor: independent, fraction: 0.3333335}, {vendor: academic, fraction: 0.3333335}, {vendor: independent, fraction: 0.3333335}]}]\n"), "t.yaml")
		assert.NoError(t, err, name)
	}
}

func TestMessagesOfTheParser(t *testing.T) {
	assert.Equal(t, "could not find it", oneLine("could not\n find  it"))
	assert.Equal(t, "unexpected text", oneLine("unexpected https://bob:s3cr3t@forge.example"), "it may hold a password")
	assert.Equal(t, "unexpected text", oneLine(strings.Repeat("x", 300)))
	assert.Equal(t, "unexpected text", oneLine(""))
}

func TestDaysInWords(t *testing.T) {
	first, last := day(t, "2024-01-01"), day(t, "2024-03-01")
	assert.Equal(t, "from 2024-01-01 until 2024-03-01", daysOf(first, last).String())
	assert.Equal(t, "from 2024-01-01 on", daysOf(first, model.Date(0)).String())
	assert.Equal(t, "until 2024-03-01", daysOf(0, last).String())
	assert.Equal(t, "at all times", daysOf(0, 0).String())
}
