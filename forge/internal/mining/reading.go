package mining

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Reading is the reading of one repository. It is used by one goroutine.
type Reading struct {
	*Source
	Path  string    // as the server names it, such as owner/name
	Since time.Time // nothing older is asked for
	State State

	store   *store.Store
	cleanup func()     // of a temporary store
	log     *store.Log // nil as long as the repository is not known
	scanned bool       // a list was read since the repository was looked at
	failed  []error    // why lists could not be read in this run
}

// Close gives back what the reading held.
func (r *Reading) Close() {
	if r.cleanup != nil {
		r.cleanup()
	}
}

// The kinds of facts that each list shows.
var (
	ChangeKinds   = []model.Kind{model.MergeFacts, model.ReviewFacts}
	IssueKinds    = []model.Kind{model.IssueFacts}
	ReleaseKinds  = []model.Kind{model.ReleaseFacts}
	AdvisoryKinds = []model.Kind{model.AdvisoryFacts}
)

// sync brings what is stored up to date. Each list that cannot be read says so in its
// coverage, and the others are read all the same.
func (r *Reading) sync(ctx context.Context, do Steps) error {
	found, err := do.Look(ctx)
	switch {
	case err != nil && (r.log == nil || ctx.Err() != nil):
		return err
	case err != nil:
		return r.stale(err)
	}
	if err := r.known(found); err != nil {
		return err
	}
	for range mostRounds {
		if err := do.Read(ctx); err != nil {
			return err
		}
		if !r.scanned {
			break // nothing was read, so nothing can have slipped through meanwhile
		}
		r.scanned = false
		if _, err := do.Look(ctx); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if err != nil {
			return r.stale(err)
		}
	}
	if len(r.failed) == 0 {
		r.State.Finished = r.Server.Now().UTC().Truncate(time.Second)
	}
	return r.Commit(nil)
}

// mostRounds is how often what changed while a scan went on is read, too. In a
// repository where something changes all the time the next run reads the rest.
const mostRounds = 3

// known remembers the repository by its number, which survives a change of name.
func (r *Reading) known(found Found) error {
	if found.ID <= 0 || found.Path == "" {
		return errors.New("the server does not say which number and name the repository has")
	}
	key := fmt.Sprintf("%s/%d", r.Host, found.ID)
	for _, path := range []string{r.Path, found.Path} {
		if err := r.store.Alias(r.Host, strings.ToLower(r.stored(path)), key); err != nil {
			return err
		}
	}
	r.Path = found.Path
	r.log, r.State = r.store.Log(key), State{}
	_, err := r.log.State(&r.State)
	if r.State.Name = found.Path; r.Fresh {
		r.State = State{Name: found.Path}
	}
	return err
}

// stored is the path of a repository as addresses have it.
func (r *Reading) stored(path string) string {
	return strings.TrimPrefix(strings.Trim(r.Root, "/")+"/"+path, "/")
}

// stale says of all kinds of facts that they are not up to date.
func (r *Reading) stale(err error) error {
	r.failed = append(r.failed, err)
	for _, of := range []struct {
		kinds []model.Kind
		p     *Progress
	}{{ChangeKinds, &r.State.Changes}, {IssueKinds, &r.State.Issues}, {ReleaseKinds, &r.State.Releases}, {AdvisoryKinds, &r.State.Advisories}} {
		if r.Wants(of.kinds...) {
			if err := r.Cover(of.kinds, of.p, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fail notes that a list could not be read, or not to its end: a gap at the end of the
// mining.
func (r *Reading) Fail(list string, err error) {
	r.failed = append(r.failed, fmt.Errorf("%s: %w", list, err))
	r.Source.Log.Warn("a list cannot be read further", "repository", r.Path, "list", list, "error", err)
}

// Commit writes facts and the state in one transaction.
func (r *Reading) Commit(facts []store.Fact) error {
	if err := r.log.Commit(facts, &r.State); err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return nil
}

var (
	errUnfinished = errors.New("the reading was stopped; run it again, and it goes on")
	errStore      = errors.New("what was read cannot be stored")
)

// Gone returns empty facts for those under a prefix that were not seen, which deletes
// them.
func (r *Reading) Gone(prefix string, seen []string) (facts []store.Fact, err error) {
	known := map[string]bool{}
	for _, key := range seen {
		known[key] = true
	}
	for f, err := range r.log.Facts(prefix) {
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errStore, err)
		}
		if !known[f.Key] {
			facts = append(facts, store.Fact{Key: f.Key})
		}
	}
	return facts, nil
}

// Cover writes down how complete the kinds of facts of a list are; failed is why it is
// not read further, nil where it is.
func (r *Reading) Cover(kinds []model.Kind, p *Progress, failed error) error {
	return r.Commit(r.CoverageFacts(kinds, p.Coverage(failed)))
}

// Lack writes down that kinds of facts are not to be had of the repository, which is no
// failure of the mining.
func (r *Reading) Lack(kinds []model.Kind, why string) error {
	if !r.Wants(kinds...) {
		return nil
	}
	return r.Commit(r.CoverageFacts(kinds, model.Coverage{State: model.Unavailable, Reason: why}))
}

// CoverageFacts are a coverage for some kinds of facts.
func (r *Reading) CoverageFacts(kinds []model.Kind, c model.Coverage) (facts []store.Fact) {
	for _, k := range kinds {
		of := c
		of.Source, of.Kind = r.Key, k
		facts = append(facts, store.Fact{Key: "coverage/" + string(k), Records: []model.Record{{Coverage: &of}}})
	}
	return facts
}

// tell says how far the reading is.
func (r *Reading) tell(p forge.Progress) {
	if r.Source.Progress != nil {
		p.Repository = r.Path
		r.Source.Progress(p)
	}
}
