package demo

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

// built writes the demonstration and opens its repositories by project.
func built(t *testing.T) (*model.Tender, map[string]*git.Repository) {
	t.Helper()
	dir := t.TempDir()
	file, err := Build(dir)
	require.NoError(t, err)
	tender, err := tenderfile.Read(file)
	require.NoError(t, err)
	repositories := map[string]*git.Repository{}
	for name, p := range tender.Projects {
		require.Len(t, p.Repositories, 1)
		repositories[name], err = git.PlainOpen(filepath.Join(dir, filepath.FromSlash(p.Repositories[0].URL)))
		require.NoError(t, err, name)
	}
	return tender, repositories
}

func TestTender(t *testing.T) {
	tender, _ := built(t)
	assert.Len(t, tender.Projects, 3)
	assert.NotNil(t, tender.Projects["mapserver"].Thresholds)
	assert.NotNil(t, tender.Projects["catalogue"].Thresholds)
	assert.Nil(t, tender.Projects["geolib"].Thresholds)
	assert.True(t, tender.Shortlist)
	assert.Len(t, tender.Lots, 2)
	assert.Len(t, tender.Bidders.List, 3)
	assert.Len(t, tender.People, 3)
}

// TestHistories holds what the story needs: BigCo leads a naive count of each
// project, each has a few hundred commits, and time goes forward on main.
func TestHistories(t *testing.T) {
	tender, repositories := built(t)
	window := tender.Window.Period()
	all, bigAll := 0, 0
	for name, r := range repositories {
		byDomain := authors(t, r, window)
		total := 0
		for domain, n := range byDomain {
			total += n
			if domain != "bigco.example" {
				assert.Greater(t, byDomain["bigco.example"], n, "%s: %s", name, domain)
			}
		}
		t.Log(name, total, byDomain)
		assert.Greater(t, total, 150, name)
		assert.Less(t, total, 650, name)
		all, bigAll = all+total, bigAll+byDomain["bigco.example"]
		forward(t, r, window.Until)
	}
	assert.InDelta(t, 0.45, float64(bigAll)/float64(all), 0.05)
}

// authors counts the window's commits of all branches, merges too, by the
// author's mail domain.
func authors(t *testing.T, r *git.Repository, window model.Period) map[string]int {
	t.Helper()
	commits, err := r.Log(&git.LogOptions{All: true})
	require.NoError(t, err)
	counts, subjects := map[string]int{}, map[string]int{}
	require.NoError(t, commits.ForEach(func(c *object.Commit) error {
		_, domain, _ := strings.Cut(c.Author.Email, "@")
		if window.Holds(c.Committer.When) {
			counts[domain]++
		}
		subject, _, _ := strings.Cut(c.Message, "\n")
		if domain == "bigco.example" {
			subjects[subject]++
		}
		return nil
	}))
	for subject, n := range subjects {
		assert.LessOrEqual(t, n, 2, "%q stands too often: only a replay repeats a subject", subject)
	}
	return counts
}

// forward checks that each commit on main's first-parent line is later than the
// one before.
func forward(t *testing.T, r *git.Repository, until time.Time) {
	t.Helper()
	ref, err := r.Reference(plumbing.NewBranchReferenceName("main"), true)
	require.NoError(t, err)
	c, err := r.CommitObject(ref.Hash())
	require.NoError(t, err)
	for later := until; ; {
		require.True(t, c.Committer.When.Before(later), "%s of %s", c.Message, c.Committer.When)
		later = c.Committer.When
		if c.NumParents() == 0 {
			return
		}
		c, err = c.Parent(0)
		require.NoError(t, err)
	}
}

func BenchmarkBuild(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, err := Build(b.TempDir())
		require.NoError(b, err)
	}
}
