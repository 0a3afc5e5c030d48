package forgetest

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

func TestConformLetsAProperSourcePass(t *testing.T) { Conform(t, toyForge(toyLimits(), "")) }

// A live server has object ids of its own, and says who they are.
func TestConformOfALiveServer(t *testing.T) {
	f := toyForge(toyLimits(), "")
	const live = "live"
	proper := f.Serve
	f.Serve = func(t testing.TB, p *Project) *Served {
		s := proper(t, p)
		open := s.Open
		s.Open = func(t testing.TB, store string, through func(http.RoundTripper) http.RoundTripper) (Miner, func()) {
			mine, end := open(t, store, through)
			return func(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
				return func(yield func(model.Record, error) bool) {
					for r, err := range mine(ctx, repo, period) {
						if c := r.Contribution; c != nil && c.Change != nil {
							c.Change.Head = live + c.Change.Head
						}
						if !yield(r, err) {
							return
						}
					}
				}
			}, end
		}
		s.Translate = func(c *model.Contribution) {
			if c.Change != nil {
				c.Change.Head = strings.TrimPrefix(c.Change.Head, live)
			}
		}
		return s
	}
	assert.Empty(t, failures(t, f, "facts"))
	assert.Empty(t, failures(t, f, "resumed"))
	translated := f.Serve
	f.Serve = func(t testing.TB, p *Project) *Served { s := translated(t, p); s.Translate = nil; return s }
	assert.NotEmpty(t, failures(t, f, "facts"))
}

// The suite finds each mistake in the part that is about it.
func TestConformFindsMistakes(t *testing.T) {
	for mistake, part := range map[string]string{
		"ghost with a name": "facts", "counts its runs": "same bytes", "forgetful": "nothing new", "hasty": "resumed", "file for each name": "renamed",
		"late": "shorter window", "deaf": "cancelled", "pages are empty": "login page", "nothing is empty": "not found", "errors are empty": "server error",
		"takes halves": "cut connection", "silent": "not found", "liar": "server error",
	} {
		t.Run(mistake, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, failures(t, toyForge(toyLimits(), mistake), part))
		})
	}
}

// failures are what a part of the suite says.
func failures(t *testing.T, f Forge, name string) []string {
	n := &noted{TB: t}
	ctx, cancel := context.WithCancel(t.Context())
	n.ctx = ctx
	for _, p := range parts() {
		if p.name == name {
			done := make(chan struct{})
			go func() {
				defer close(done)
				p.check(&suite{t: n, forge: f, patience: time.Second})
			}()
			<-done
		}
	}
	cancel()
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.said
}

// noted is a test that keeps what fails it.
type noted struct {
	testing.TB
	ctx  context.Context
	mu   sync.Mutex
	said []string
}

func (n *noted) Context() context.Context { return n.ctx }
func (n *noted) Helper()                  {}

func (n *noted) Error(args ...any) { n.Errorf("%s", fmt.Sprint(args...)) }
func (n *noted) Errorf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, fmt.Sprintf(format, args...))
}
func (n *noted) Fatal(args ...any) { n.Fatalf("%s", fmt.Sprint(args...)) }
func (n *noted) Fatalf(format string, args ...any) {
	n.Errorf(format, args...)
	runtime.Goexit()
}

// Each limit changes the table, and one that is not needed is found.
func TestLimits(t *testing.T) {
	whole := wanted(Limits{})
	assert.Len(t, rows(enacted(t, whole), "toy"), len(whole))
	assert.Empty(t, apart(whole, rows(enacted(t, whole), "toy")), "the table is written as it is read")
	for name, l := range map[string]Limits{
		"NoBots": {NoBots: true}, "NoApps": {NoApps: true}, "NoStart": {NoStart: true}, "NoStale": {NoStale: true}, "NoCloseReason": {NoCloseReason: true},
		"NoAnsweredRequests": {NoAnsweredRequests: true}, "CommitOfLinesOnly": {CommitOfLinesOnly: true},
		"NoWordsAlone": {NoWordsAlone: true}, "RebaseMovesHead": {RebaseMovesHead: true}, "StartOfLinearOnly": {StartOfLinearOnly: true},
	} {
		table := wanted(l)
		assert.NotEqual(t, whole, table, name)
		assert.Empty(t, needless(table, l), name)
		assert.Equal(t, []string{"the limit " + name + " is declared and not needed"}, needless(whole, l))
	}
	l := Limits{RebaseMovesHead: true, StartOfLinearOnly: true, NoAnsweredRequests: true, CommitOfLinesOnly: true, NoBots: true}
	text := strings.Join(wanted(l), "\n")
	assert.Contains(t, text, "head=rebased-13 start=base-13 became=rebased-13")
	assert.Contains(t, text, "head=head-14 start=base-14 became=head-14")
	assert.Contains(t, text, "head=head-12 became=squash-12")
	assert.NotContains(t, text, "change:11 requested")
	assert.Contains(t, text, "change:18 requested")
	assert.Contains(t, text, "change:12 reviewer dot#14 user 03-05T09:00Z approved length=12\n")
	assert.Contains(t, text, "inline=3 length=7 commit=head-12")
	assert.Contains(t, text, "merge-bot#21 user")
	assert.NotContains(t, strings.Join(wanted(Limits{Missing: map[model.Kind]string{model.IssueFacts: "x"}}), "\n"), "issue:")
}

func TestCoverageThatIsNotAsDeclared(t *testing.T) {
	all := outcome{acts: enacted(t, wanted(Limits{})), coverage: map[model.Kind]model.Coverage{}}
	for _, k := range conformKinds() {
		all.coverage[k] = model.Coverage{Kind: k, State: model.Complete}
	}
	l := Limits{Account: "toy"}
	assert.Empty(t, differences(all, l))
	all.coverage[model.IssueFacts] = model.Coverage{State: model.Partial, Reason: "for some reason"}
	assert.Equal(t, []string{`issues are "partial": for some reason`}, differences(all, l))
	all.coverage[model.IssueFacts] = model.Coverage{State: model.Complete}
	assert.Contains(t, differences(all, Limits{Account: "toy", NoStale: true}), "the limit NoStale is declared and not needed")
	all.coverage[model.IssueFacts] = model.Coverage{State: model.Partial, Reason: "for some reason"}
	l.Missing = map[model.Kind]string{model.IssueFacts: "turned off"}
	all.acts = enacted(t, wanted(l))
	assert.Equal(t, []string{`issues are declared missing since "turned off", and are "partial": "for some reason"`}, differences(all, l))
	all.coverage[model.IssueFacts] = model.Coverage{State: model.Unavailable, Reason: "they are turned off"}
	assert.Empty(t, differences(all, l))
}

func TestFaultsOfContributions(t *testing.T) {
	acts := enacted(t, wanted(Limits{}))
	assert.Empty(t, faults(acts))
	first := func(role model.Role) *model.Contribution {
		i := slices.IndexFunc(acts, func(c *model.Contribution) bool { return c.Role == role })
		return acts[i]
	}
	first(model.Reviewer).Review.Said = ""
	first(model.Merger).Actor.Type = ""
	first(model.Releaser).At = first(model.Releaser).At.In(time.FixedZone("", 3600))
	opened := *first(model.Responder).Issue
	opened.Opened = opened.Opened.In(time.FixedZone("", 3600))
	first(model.Responder).Issue = &opened
	ghost := slices.IndexFunc(acts, func(c *model.Contribution) bool { return c.Actor.Type == model.GhostAccount })
	acts[ghost].Actor.Login = "ghost"
	first(model.Triager).Issue = &model.Issue{Title: "another"}
	text := strings.Join(faults(acts), "\n")
	for _, want := range []string{"own word", "has no type", "release:v1.0, releaser: its times are not in UTC", "issue:31, responder: its times are not in UTC",
		"something else of issue:31", "a ghost is called"} {
		assert.Contains(t, text, want)
	}
}
