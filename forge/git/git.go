// Package git states what a repository's own history knows: who wrote, applied,
// reviewed and released, when it was accepted, and who is listed as a maintainer.
// It needs no git binary. Repositories are opened where they lie, read from a
// bundle, or cloned into a cache.
//
// What comes out are facts as written. Nothing is folded: not by .mailmap, which
// is stated as aliases beside the facts, and not by an opinion on who counts.
package git

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git/internal/class"
	"github.com/tributary-oss/tributary/forge/git/internal/comment"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	repoaddress "github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// Options say how a [Source] mines. The zero Options are the defaults.
type Options struct {
	// Cache is the folder for clones of remote repositories; it is made where it
	// is not there. "" is the folder tributary in [os.UserCacheDir].
	Cache string
	// Facts are the kinds of facts to mine, each for the commits inside the period:
	// any of [Kinds]. Commits with their authors, reviews and merges are always
	// there, and so are the files touched where lines, churn or patches are asked for.
	// Nil is everything but lines. What is not asked for costs nothing, and is said to
	// be unavailable. [model.HeadFacts] need Heads too.
	Facts []model.Kind
	// Heads states for every change, which is a pull or merge request, which commits
	// it consists of, as a [model.Head]; see [Source.Mine]. They are read from the
	// references refs/pull/N/head (GitHub, Gitea, Forgejo) and refs/merge-requests/N/head
	// (GitLab), which an ordinary clone does not have: a remote repository on a forge
	// that the tender names, or that is known by its host, is fetched with them, and a
	// local one needs them in its place. They cost the reading of each commit that no
	// declared branch holds, some 200 bytes for each, and no quota of a forge. Without
	// Heads nothing is said of them, not even that they were not asked for.
	Heads bool
	// Offline asks no network: the clone of a remote repository is mined as it is.
	Offline bool
	// Pin states what a seal pins beside the branches: [model.MainTip] and [model.TagsTip].
	// A repository that has the latter pinned states both by itself.
	Pin bool
	// Inside leaves out the commits outside the period, which only a judge needs.
	Inside bool
	// Rev is a revision, or a range A..B, that is mined instead of the declared
	// branches: a hash of at least four digits, a branch, a tag or HEAD, with ~N
	// and ^N behind it.
	Rev string
	// Workers is the number of commits that are read at once. 0 is GOMAXPROCS.
	Workers int
	// Memory is how many bytes the mining of a repository may hold at once, beside
	// mapped files. 0 is 512 MiB; less than 64 MiB is refused. It is spent on contents at
	// hand, so less makes the mining slower. Of a file of more than a fifth of it, or
	// with more than one line for every 128 bytes of it, the contents stay unknown. What a history's graph needs, some 150 bytes a
	// commit, comes on top.
	Memory int64
	// MostBytes is how many bytes the fetch of one remote repository may bring, of all
	// that its server says together; 0 is 32 GiB. They are counted as they come in. One that brings more is
	// [ErrTooLarge], and nothing of it stays; so is one with a pack that asks for too much
	// memory: with more than one object for every 64 bytes of MostBytes (at least a million and at most 64 million are
	// allowed), or with an object of more than twice Memory, at most 2 GiB.
	MostBytes int64
	// Now is the instant of the mining: later dates are not believed. Zero is the
	// time at which Mine begins; state it where a result must be reproduced and
	// the period has no end.
	Now time.Time
	// Save keeps what is mined of each repository in Cache, below the folder mined,
	// and takes it from there the next time, so that only new commits are paid for. It
	// takes some 500 bytes a commit. What was known once is stated even where its
	// objects are gone by now. Whoever may write there may change what is mined.
	Save bool
	// Fresh does not use what was saved before; with Save it is replaced.
	Fresh bool
	// CABundle holds more certificates, in PEM form, that https servers may show.
	CABundle []byte
	// Progress is called often while a repository is mined, from one goroutine at
	// a time for each repository. It must return quickly. Nil is not called.
	Progress func(Progress)
	// Log receives what is odd and can be lived with. Nil discards it.
	Log *slog.Logger
}

// Progress says how far the mining of one repository is.
type Progress struct {
	Repository string // its address, without credentials
	Stage      string // "cloning", "walking" or "reading"
	Done       int    // objects or commits; while reading, how many are done in effect
	Total      int    // 0 where it is not known
}

// Source mines git histories. It satisfies forge.Source, may be used for many
// repositories at once, and keeps nothing between them but connections that wait.
type Source struct {
	o       Options
	https   func() http.RoundTripper // of all fetches
	upkeep  *upkeep
	classes *class.Table

	comments *comment.Table
}

// Kinds returns the kinds of facts that [Options] can ask for.
func Kinds() []model.Kind {
	return []model.Kind{model.CommitFacts, model.ReviewFacts, model.MergeFacts, model.FileFacts, model.LineFacts,
		model.ChurnFacts, model.PatchFacts, model.HeadFacts, model.ReleaseFacts, model.RoleFacts}
}

// wants reports whether a kind of facts is asked for.
func (o *Options) wants(k model.Kind) bool {
	if o.Facts == nil {
		return k != model.LineFacts
	}
	return slices.Contains(o.Facts, k) || k == model.FileFacts &&
		(o.wants(model.LineFacts) || o.wants(model.ChurnFacts) || o.wants(model.PatchFacts))
}

func (o *Options) check() error {
	if o.Workers < 0 {
		return fmt.Errorf("%d workers: state at least 1, or 0 for one a processor", o.Workers)
	}
	if o.Memory < leastMemory {
		return fmt.Errorf("%d bytes of memory: state at least %d (64 MiB), or 0 for 512 MiB", o.Memory, leastMemory)
	}
	if o.MostBytes < 0 {
		return fmt.Errorf("at most %d bytes: state at least 1, or 0 for 32 GiB", o.MostBytes)
	}
	for _, k := range o.Facts {
		if !slices.Contains(Kinds(), k) {
			return fmt.Errorf("facts of the kind %q are not in git; ask for any of %v", k, Kinds())
		}
	}
	return nil
}

// New returns a source. Nil options are the defaults; what is wrong with the
// options, Mine says.
func New(o *Options) *Source {
	s := &Source{upkeep: newUpkeep(), classes: class.New(), comments: comment.New()}
	if o != nil {
		s.o = *o
	}
	if s.o.Log == nil {
		s.o.Log = slog.New(slog.DiscardHandler)
	}
	if s.o.Memory == 0 {
		s.o.Memory = usualMemory
	}
	if s.o.Workers == 0 {
		s.o.Workers = runtime.GOMAXPROCS(0)
	}
	s.https = sync.OnceValue(s.o.connections)
	return s
}

// errStopped says that the consumer has had enough.
var errStopped = errors.New("stopped")

// Mine yields the facts of one repository, in this order: the tips mined, the
// aliases of .mailmap, the coverage that is known beforehand; then the commits by
// the time of their acceptance, and within the same time by their place on the
// branch, parents before children; then the heads of changes by number, where
// [Options.Heads] asks for them, releases by time and name, listings in
// role files by path, identity and time, and the remaining coverage.
//
// The time of a commit's contributions is its acceptance: the committer date of
// the commit on the first-parent line of a declared branch that brought it in,
// under a running maximum from the line's beginning. A date at or after the end of
// the period (without one: after the mining) is not believed where a later commit
// of the line is dated before it. A commit whose date is not believed or
// not readable takes the maximum so far; before the first readable date that is 1970.
// Of several branches the earliest acceptance counts.
//
// A listing that began before the period is stated from the last commit of the
// first branch's line before it; when it really began is not looked for.
//
// Commits inside the period bear all roles, and the files they touch; commits
// outside only author and committer. Releases and listings are given where they
// touch the period.
//
// Heads are given whatever the period, of changes that were never merged too. The own
// commits of a change are those that lead to its head and that no declared branch
// holds; they are stated nowhere else. Where a branch holds the head itself, as after a
// merge commit, there are none, and nothing is accepted in another form. Accepted are
// those commits on branches that have the author's mail, second and subject of an own
// commit, ports to other branches among them, of each own commit the 64 earliest. They lie in
// the whole history, not only in the period. A change with more than 1,000 own
// commits is not followed further: it has 1,001 of them, and nothing accepted. A
// change whose last commit is not there has no head; one that lacks earlier commits
// has those that are known, the first absent ones counted too. The coverage says how
// many changes lack either.
func (s *Source) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		m := &mining{Source: s, period: period, now: s.o.Now, yield: yield, address: repoaddress.Redact(repo.URL)}
		if m.now.IsZero() {
			m.now = time.Now()
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if err := m.run(ctx, repo); err != nil && !errors.Is(err, errStopped) {
			yield(model.Record{}, m.placed(fmt.Errorf("mining %s: %w", m.address, err)))
		}
	}
}

// mining is the mining of one repository.
type mining struct {
	*Source
	period  model.Period
	now     time.Time
	address string // without credentials
	forge   string // on which it is; "" where that is not known
	yield   func(model.Record, error) bool

	repo     *repository
	branches []branch
	whole    bool   // all that a seal pins is pinned
	without  []hash // commits whose history a range leaves out
	graph    *graph
	landing  *landing
	objects  *object.Reader // of the goroutine that calls yield
	workers  []*worker
	depth    depth // of commits inside the period

	memory    memory
	candidate []bool        // by commit: outside the period, and to be looked at all the same
	steps     []roleStep    // by place on the first branch's line; nil where nobody asked
	stepAt    map[int32]int // the place of a commit on that line
	firstStep int           // the first place that was looked at
	telling   sync.Mutex

	unknown struct{ folders, files, commits int } // what the reading could not look into
}

// run does the work of Mine.
func (m *mining) run(ctx context.Context, repo model.Repository) (err error) {
	if err := m.o.check(); err != nil {
		return err
	}
	m.forge = forge.ForgeOf(repo)
	if m.repo, err = m.open(ctx, repo.URL); err != nil {
		return err
	}
	defer m.repo.close()
	m.objects = m.repo.store.Reader(m.o.atHand() / 16)
	m.hire()
	m.depth = depth{m.wants(model.LineFacts), m.wants(model.ChurnFacts), m.wants(model.PatchFacts)}
	if err := m.choose(repo); err != nil {
		return err
	}
	defer m.memory.close()
	m.remember()
	defer m.save()
	for _, stage := range []func(context.Context) error{
		m.walk, m.findCandidates, m.preface, m.roleFiles, m.commits, m.heads, m.releases, m.roles, m.closing,
	} {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	return nil
}

// emit hands one record to the consumer.
func (m *mining) emit(ctx context.Context, r model.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !m.yield(r, nil) {
		return errStopped
	}
	return nil
}

func (m *mining) contribute(ctx context.Context, c *model.Contribution) error {
	return m.emit(ctx, model.Record{Contribution: c})
}

func (m *mining) cover(ctx context.Context, k model.Kind, s model.State, reason string) error {
	return m.emit(ctx, model.Record{Coverage: &model.Coverage{Kind: k, State: s, Reason: reason}})
}

func (m *mining) wants(k model.Kind) bool { return m.o.wants(k) }

func (m *mining) progress(stage string, done, total int) {
	if m.o.Progress != nil {
		m.telling.Lock()
		defer m.telling.Unlock()
		m.o.Progress(Progress{Repository: m.address, Stage: stage, Done: done, Total: total})
	}
}

// neverAfter is the instant after which no date is believed: the mining, unless
// the period ends before it. Then such a date lies outside the period anyway,
// and what is mined does not depend on when.
func (m *mining) neverAfter() (limit time.Time, ok bool) {
	return m.now, m.period.Until.IsZero() || m.now.Before(m.period.Until)
}
