package profile_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/profile"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// people of the histories here. Karst and Moraine have domains of their own.
const people = `
person ada = Ada Moor <ada@karst.example>
person bob = Bob Sand <bob@moraine.example>
person home = Cleo Vent <cleo@home.example>
person robot = renovate[bot] <renovate@ci.example>
on main
`

// harbour is worked by hand below. All lines are code where nothing else is said.
const harbour = people + `
commit early 2024-12-20 ada: Begin
  by bob
  at 2025-01-10
  write a.c 20
commit taken 2025-02-01 ada: Take soundings
  by bob
  write b.c 20
commit robot 2025-02-02 robot: Update
  write c.c 20
commit pair 2025-02-03 bob: Mark the shallows
  write d.c 20
  Co-authored-by: ada
commit again 2025-02-03 bob: Mark them again
  write e.c 20
on topic from main
commit side 2025-02-04 home: Light the beacons
  write f.c 20
on main
commit typo 2025-03-01 ada: Mend a word
  by bob
  write doc.md 1
commit vendored 2025-03-02 ada: Take a library
  by bob
  write vendor/x/x.c 20
merge topic 2025-03-10 bob: Merge the beacons
`

// tender is one of six months over a history.
func tender(t *testing.T, history string) (*model.Tender, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "harbour.git")
	_, err := forgetest.Build(dir, history)
	require.NoError(t, err)
	o := model.NewTender()
	until, err := model.ParseDate("2025-07-01")
	require.NoError(t, err)
	o.Window = model.Window{Until: until, Months: 6}
	o.Projects = map[string]model.Project{"harbour": {Repositories: []model.Repository{{URL: dir, Forge: "none"}}}}
	o.Lots = []model.Lot{{ID: "all", Projects: map[string]float64{"harbour": 1}}}
	o.Bidders = model.Bidders{All: true}
	o.Vendors = map[string]model.Vendor{
		"karst":   {Name: "Karst", Domains: []model.MailDomain{{Name: "karst.example"}}},
		"moraine": {Name: "Moraine", Domains: []model.MailDomain{{Name: "moraine.example"}}},
	}
	o.Rules.FloorActs, o.Rules.FloorMonths = 1, 1
	return o, dir
}

func waterfall(t *testing.T, name string, o *model.Tender, options profile.Options) *profile.Waterfall {
	t.Helper()
	p, ok := profile.Of(name)
	require.True(t, ok)
	records := forge.Mine(t.Context(), o, forge.Hosts{forge.Git: git.New(&git.Options{Cache: t.TempDir()})}, nil)
	w, err := profile.Count(p, o, records, options)
	require.NoError(t, err)
	return w
}

// figures are the steps that do something, and the totals, of an organisation or in all.
func figures(steps []profile.Step) (list []string) {
	for _, s := range steps {
		if s.Total || s.Sum != 0 || s.Acts > 0 {
			list = append(list, fmt.Sprintf("%s %g", s.Name, float64(s.Sum)/model.Whole))
		}
	}
	return list
}

// gitdm counts taken, robot, pair, again, side, typo and vendored by their authors' dates:
// 7. Ada's part in pair is new (+1), and early was accepted in the window (+1): 9. The
// robot's goes (−1), the vendored one (−1), and again, which is part of pair's change, as
// Bob pushed both on one day (−1). Two share that change (−½ each): 5 changes: early,
// taken, pair, side, typo. The typo earns a quarter (−0.75).
func TestGitdmByHand(t *testing.T) {
	o, _ := tender(t, harbour)
	w := waterfall(t, "gitdm", o, profile.Options{Identify: true})
	assert.Equal(t, []string{"profile 7", "authors 1", "period 1", "employer 0", "bot -1", "trivial -1", "unit -1", "shared -1",
		"= changes 5", "small-text -0.75", "= credit 4.25"}, figures(w.Steps))
	assert.Equal(t, []string{"profile 3", "authors 1", "period 1", "trivial -1", "shared -0.5", "= changes 3.5", "small-text -0.75", "= credit 2.75"},
		figures(w.Of("Karst")))
	assert.Equal(t, []string{"profile 2", "unit -1", "shared -0.5", "= changes 0.5", "= credit 0.5"}, figures(w.Of("Moraine")))
	// Nothing says in gitdm's maps who home.example is; the judge lets the domain speak.
	assert.Equal(t, []string{"profile 2", "employer -1", "bot -1", "= changes 0", "= credit 0"}, figures(w.Of("(Unknown)")))
	assert.Equal(t, []string{"profile 0", "employer 1", "= changes 1", "= credit 1"}, figures(w.Of("home.example")))
	// Both: taken, pair by Bob, again, side, typo. The profile only: robot, vendored.
	// Ours only: early, and Ada's part in pair.
	assert.Equal(t, []int{5, 2, 2}, []int{w.Both, w.ProfileOnly, w.OursOnly})
	assert.Equal(t, model.Simulation, w.Status)
}

// Each profile begins at what its rules say of the same history, and all end alike.
func TestProfilesByHand(t *testing.T) {
	o, _ := tender(t, harbour)
	for name, want := range map[string][]string{
		// the robot is left out, and Ada counts for pair: 7 − 1 + 1
		"stackalytics": {"profile 7", "period 1", "employer 0", "trivial -1", "unit -1", "shared -1"},
		// accepted in the window, with the merge: early, taken, robot, pair, again, side, typo, vendored, merge
		"osci": {"profile 9", "authors 1", "bot -1", "merge -1", "trivial -1", "unit -1", "shared -1"},
		// gitdm's, and the merge
		"chaoss": {"profile 8", "authors 1", "period 1", "employer 0", "bot -1", "merge -1", "trivial -1", "unit -1", "shared -1"},
	} {
		w := waterfall(t, name, o, profile.Options{})
		assert.Equal(t, append(want, "= changes 5", "small-text -0.75", "= credit 4.25"), figures(w.Steps), name)
	}
	w := waterfall(t, "osci", o, profile.Options{Identify: true})
	assert.Equal(t, []profile.Community{{"Karst", 1, 1}, {"Moraine", 1, 1}, {"ci.example", 1, 1}, {"home.example", 1, 1}}, w.Community,
		"of no company has anybody ten commits")
}

func TestSkippedAndRange(t *testing.T) {
	o, dir := tender(t, harbour+"on other from topic\ncommit lost 2025-03-03 ada: Nowhere\n  write g.c 20\n")
	w := waterfall(t, "gitdm", o, profile.Options{Skip: []string{"Renovate@ci.example"}})
	assert.Equal(t, []string{"profile 6", "skipped 1", "authors 1"}, figures(w.Steps)[:3])

	var acts []model.Contribution
	source := git.New(&git.Options{Cache: t.TempDir(), Rev: "topic~1..other", Facts: []model.Kind{}})
	for r, err := range source.Mine(t.Context(), model.Repository{URL: dir}, model.Period{}) {
		require.NoError(t, err)
		if r.Contribution != nil {
			acts = append(acts, *r.Contribution)
		}
	}
	w = waterfall(t, "gitdm", o, profile.Options{Range: acts, RangeName: "topic~1..other"})
	// side and lost are in the range, and no branch that counts holds lost. The window has
	// early, taken, robot, pair twice, again, typo and vendored besides.
	assert.Equal(t, []string{"profile 2", "period 8", "employer 0", "branch -1", "bot -1", "trivial -1", "unit -1", "shared -1",
		"= changes 5", "small-text -0.75", "= credit 4.25"}, figures(w.Steps))
}

// Of any history, every step adds up exactly, in sum and for each organisation, from the
// profile to the credit; that the credit is the ledger's, [profile.Count] checks itself.
func TestEveryStepAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	for n := range 12 {
		o, _ := tender(t, anyHistory(r))
		o.Rules.FloorActs, o.Rules.FloorMonths = 1+n%3, 1
		o.Rules.ChangesPerWeek = 2
		o.Evidence = []model.Level{model.Confirmed, model.Domain}[n%2]
		ends := map[string]int64{}
		for _, name := range profile.Names() {
			w := waterfall(t, name, o, profile.Options{Guess: n%2 == 0})
			addsUp(t, w.Steps)
			sums := make([]int64, len(w.Steps))
			for _, organization := range w.Organizations() {
				for i, s := range w.Steps {
					for _, a := range s.Organizations {
						if a.Organization == organization {
							sums[i] += a.Change
							assert.Equal(t, s.Total || a.Added-a.Taken == a.Change, true)
						}
					}
				}
			}
			for i, s := range w.Steps {
				assert.Equal(t, s.Sum, sums[i], s.Name)
			}
			ends[name] = w.Steps[len(w.Steps)-1].Sum
		}
		for _, end := range ends {
			assert.Equal(t, ends["gitdm"], end, "wherever one begins, the end is the same")
		}
	}
}

// addsUp checks the totals against the changes between them.
func addsUp(t *testing.T, steps []profile.Step) {
	t.Helper()
	running, by := int64(0), map[string]int64{}
	for i, s := range steps {
		if i > 0 && s.Total {
			assert.Equal(t, running, s.Sum, s.Name)
			for _, a := range s.Organizations {
				assert.Equal(t, by[a.Organization], a.Change, "%s of %s", s.Name, a.Organization)
			}
			continue
		}
		running += s.Sum
		for _, a := range s.Organizations {
			by[a.Organization] += a.Change
		}
	}
}

// anyHistory is a random one.
func anyHistory(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(people)
	who := []string{"ada", "bob", "home", "robot"}
	for i := range 30 {
		day := fmt.Sprintf("2025-%02d-%02d", 1+i/5, 1+(i%5)*3)
		fmt.Fprintf(&b, "commit c%d %s %s: Change %d\n", i, day, who[r.IntN(4)], i)
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, "  by %s\n", who[r.IntN(3)])
		}
		fmt.Fprintf(&b, "  write %s %d\n", []string{"f%d.c", "doc%d.md", "vendor/x/f%d.c"}[r.IntN(3)], 1+r.IntN(20))
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "  Co-authored-by: %s\n", who[r.IntN(3)])
		}
	}
	text := b.String()
	for i := range 30 {
		text = strings.Replace(text, "%d", fmt.Sprint(i), 1)
	}
	return text
}

func TestTextAndCSV(t *testing.T) {
	o, _ := tender(t, harbour)
	o.Vendors["karst"] = model.Vendor{Name: "=Karst\x1b[2J\u202e" + strings.Repeat("x", 1000), Domains: []model.MailDomain{{Name: "karst.example"}}}
	w := waterfall(t, "osci", o, profile.Options{})
	w.Gaps = []string{"harbour: cut off"}
	for _, width := range []int{0, 40, 120} {
		var b bytes.Buffer
		require.NoError(t, profile.Text(&b, w, profile.TextOptions{Width: width, Most: 2}))
		assert.Contains(t, strings.SplitN(b.String(), "\n", 2)[0], "SIMULATION: with gaps")
		assert.NotContains(t, b.String(), "\x1b")
		for line := range strings.Lines(b.String()) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), map[int]int{0: 80, 40: 40, 120: 120}[width], line)
		}
	}
	var b, again bytes.Buffer
	require.NoError(t, profile.CSV(&b, w))
	rows, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		assert.False(t, strings.ContainsAny(row[5], "\x1b\u202e") || strings.HasPrefix(row[5], "="), row[5])
		assert.Equal(t, "SIMULATION with gaps", row[0])
	}
	assert.NotContains(t, b.String(), "@", "no address")
	second := waterfall(t, "osci", o, profile.Options{})
	second.Gaps = w.Gaps
	require.NoError(t, profile.CSV(&again, second))
	assert.Equal(t, b.String(), again.String(), "same inputs, same bytes")
}

// Each profile says whence its rules are, and what its settings mean.
func TestProfilesCiteTheirSources(t *testing.T) {
	for _, p := range profile.Profiles() {
		assert.NotEmpty(t, p.Source, p.Name)
		on := map[string]bool{}
		for _, r := range p.Rules {
			assert.NotEmpty(t, r.Source, "%s: %s", p.Name, r.On)
			on[r.On] = true
		}
		for _, want := range []string{"what is counted", "merges", "period", "robots", "employer"} {
			assert.True(t, on[want], "%s says nothing of %s", p.Name, want)
		}
		var b bytes.Buffer
		require.NoError(t, profile.RulesText(&b, p, 40))
		assert.Contains(t, b.String(), p.Name)
	}
	_, ok := profile.Of("none")
	assert.False(t, ok)
}

// A small text of two authors is halved first, and then a quarter of each half stays.
func TestSmallTextOfTwo(t *testing.T) {
	o, _ := tender(t, people+`
commit typo 2025-03-01 ada: Mend a word
  write doc.md 1
  Co-authored-by: bob
`)
	w := waterfall(t, "gitdm", o, profile.Options{})
	assert.Equal(t, []string{"profile 1", "authors 1", "shared -1", "= changes 1", "small-text -0.75", "= credit 0.25"}, figures(w.Steps))
}

// A commit that two repositories hold counts in each by gitdm, and once by OSCI, which
// leaves the rule duplicate nothing to do.
func TestACommitInTwoRepositories(t *testing.T) {
	history := people + "commit one 2025-03-01 ada: One\n  write a.c 20\n"
	o, _ := tender(t, history)
	_, dir := tender(t, history)
	p := o.Projects["harbour"]
	p.Repositories = append(p.Repositories, model.Repository{URL: dir, Forge: "none"})
	o.Projects["harbour"] = p
	assert.Equal(t, []string{"profile 2", "duplicate -1", "= changes 1", "= credit 1"}, figures(waterfall(t, "gitdm", o, profile.Options{}).Steps))
	assert.Equal(t, []string{"profile 1", "= changes 1", "= credit 1"}, figures(waterfall(t, "osci", o, profile.Options{}).Steps))
}
