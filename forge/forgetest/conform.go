package forgetest

import (
	"context"
	"iter"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// A Forge is a kind of forge together with the source that mines it, as [Conform] takes
// them.
type Forge struct {
	Limits Limits
	// Serve starts a forge that holds the project, and ends it with the test. It is called
	// for each part of the suite, also by several at once.
	Serve func(t testing.TB, p *Project) *Served
}

// Served is a forge that runs, and how its source is made.
type Served struct {
	Repository model.Repository // the project by its present address
	Former     model.Repository // and by the one of [Project.OldNames]
	// Open makes a source as a new process does: with the store in that file, which it
	// makes where absent, and requests carried by what through makes of its usual
	// transport. Close gives the file free.
	Open func(t testing.TB, store string, through func(http.RoundTripper) http.RoundTripper) (mine Miner, close func())
	// Rename gives the repository another name with the same owner, under which it is
	// found from then on; the old one leads there.
	Rename func(name string) model.Repository
	// Translate turns what a live server has of its own, such as object ids, numbers and
	// times, into the script's; nil leaves them. It gets copies.
	Translate func(*model.Contribution)
}

// A Miner yields what is known of a repository for a period, as a forge.Source does.
type Miner func(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error]

// Limits are what a forge cannot say. The wanted table is changed accordingly, and what
// is declared here and not needed fails, so that nothing is left out in silence.
type Limits struct {
	// Account is what stands before the numbers of accounts, such as "github" or a host.
	Account string
	// Missing are kinds of facts that the forge has not, with words of the reason that the
	// coverage must give.
	Missing map[model.Kind]string

	NoBots        bool // robots and apps look like users
	NoApps        bool // apps look like other robots
	NoStart       bool // nothing says which commit a change's own commits follow
	NoStale       bool // nothing says that commits were pushed after a review
	NoCloseReason bool // nothing says why an issue was closed
	// NoAnsweredRequests: who was asked to judge a change is forgotten when they do.
	NoAnsweredRequests bool
	// CommitOfLinesOnly: the commit that was judged is known of comments on lines only.
	CommitOfLinesOnly bool
	// NoWordsAlone: words without a verdict, and without a comment on a line, are no review.
	NoWordsAlone bool
	// RebaseMovesHead: a rebase changes the change itself: its last commit is what landed.
	RebaseMovesHead bool
	// StartOfLinearOnly: the commit that a change's own commits follow is known where it
	// landed without a merge commit, and nowhere else.
	StartOfLinearOnly bool
}

// conformPeriod is what [Conform] asks for, and the window of the wanted table.
var conformPeriod = model.Period{Since: time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}

// Conform checks that the source of a forge states of the project of [Script] what the
// sources of all forges state, and that it can be stopped, resumed, disturbed and asked
// again. All of it runs in subtests of t, side by side.
//
// The wanted table is in testdata/conform.txt of this package. A run's last word is its
// coverage: a kind of facts that is said to be complete must be so, whatever the server
// did.
func Conform(t *testing.T, f Forge) {
	for _, part := range parts() {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.check(&suite{t: t, forge: f, patience: 20 * time.Second})
		})
	}
}

// part is one that stands by itself.
type part struct {
	name  string
	check func(*suite)
}

func parts() []part {
	return []part{
		{"facts", (*suite).facts},
		{"same bytes", (*suite).sameBytes},
		{"nothing new", (*suite).nothingNew},
		{"resumed", (*suite).resumed},
		{"renamed", (*suite).renamed},
		{"shorter window", (*suite).shorterWindow},
		{"cancelled", (*suite).cancelled},
		{"login page", spoiledBy(loginPage)},
		{"not found", spoiledBy(notFound)},
		{"server error", spoiledSlowly(serverError)},
		{"cut connection", spoiledSlowly(cutConnection)},
	}
}

// suite is one part of the suite with a server of its own.
type suite struct {
	t     testing.TB
	forge Forge
	// patience is how long a mining may go on that was cancelled: users get a second, and
	// a machine that is busy with other tests more.
	patience time.Duration
}

// serve starts a server for the scripted project.
func (s *suite) serve() *desk {
	s.t.Helper()
	return &desk{suite: s, Served: s.forge.Serve(s.t, Script()), store: filepath.Join(s.t.TempDir(), "store")}
}

// desk is a server and the store of the source that mines it.
type desk struct {
	*suite
	*Served
	store string
}

// run mines once, as a new process does, with requests that go through the gate.
func (d *desk) run(ctx context.Context, g *gate) outcome {
	d.t.Helper()
	return d.runOf(ctx, g, d.Repository, conformPeriod)
}

func (d *desk) runOf(ctx context.Context, g *gate, repo model.Repository, period model.Period) outcome {
	d.t.Helper()
	if g == nil {
		g = &gate{}
	}
	mine, end := d.Open(d.t, d.store, g.through)
	defer end()
	return collect(mine(ctx, repo, period), d.Translate)
}

// clean mines once and demands that nothing goes wrong.
func (d *desk) clean() outcome {
	d.t.Helper()
	o := d.run(d.t.Context(), nil)
	if o.err != nil {
		d.t.Fatalf("mining the scripted project: %v", o.err)
	}
	return o
}
