package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/forge"
	addresses "github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// Replay yields the records of all facts in the order of their keys, those of one fact in
// their own, without what was done at or after the end of the period: so the same window
// gives the same records however much later it is mined. A change that was
// merged then is left out whole, and so is every contribution that is At that time
// or later. What was done before the period is there: what counts may depend on it.
// Coverage of what is stored from the middle of the period on only is partial.
func (l *Log) Replay(period model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for f, err := range l.Facts("") {
			if err != nil {
				yield(model.Record{}, err)
				return
			}
			for _, r := range f.Records {
				if r.Coverage != nil {
					r.Coverage = reaching(*r.Coverage, period)
				}
				if before(r.Contribution, period.Until) && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// reaching returns a coverage as it is for a period: what is known for a part of it is not
// complete.
func reaching(c model.Coverage, period model.Period) *model.Coverage {
	switch {
	case c.State != model.Complete:
	case c.Since.After(period.Since):
		c.State, c.Reason = model.Partial, "stored from "+c.Since.UTC().Format(time.DateOnly)+" on only"
	case !c.Until.IsZero() && c.Until.Before(period.Until):
		c.State, c.Reason = model.Partial, "stored up to "+c.Until.UTC().Format(time.DateTime)+" only"
	}
	c.Since, c.Until = time.Time{}, time.Time{} // which hang on when it was mined
	return &c
}

// before reports whether a contribution was made before the end of a period. What is
// no contribution has no time.
func before(c *model.Contribution, until time.Time) bool {
	if c == nil || until.IsZero() {
		return true
	}
	return c.At.Before(until) && (c.Change == nil || c.Change.Merged.Before(until))
}

// Knows reports whether there are facts of the repository at an address.
func (s *Store) Knows(url string) (bool, error) {
	_, err := source{s}.find(url)
	if errors.Is(err, ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}

// Source returns a source that replays what the store knows, without a network. A
// repository that the store does not know gives [ErrUnknown].
func (s *Store) Source() forge.Source { return source{s} }

type source struct{ s *Store }

// Mine replays the log of a repository.
func (o source) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		l, err := o.find(repo.Address())
		if err != nil {
			yield(model.Record{}, err)
			return
		}
		for r, err := range l.Replay(period) {
			if ctx.Err() != nil {
				r, err = model.Record{}, ctx.Err()
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// find returns the log of the repository at an address.
func (o source) find(url string) (*Log, error) {
	// It becomes a gap of the result, which must not hang on where the file lies.
	unknown := fmt.Errorf("replaying %s: %w", forge.Redact(url), ErrUnknown)
	host, path, ok := addresses.Host(url)
	if !ok {
		return nil, unknown
	}
	key, ok, err := o.s.Find(host, path)
	if err != nil {
		return nil, err
	}
	l := o.s.Log(key)
	known := false
	if ok {
		err = o.s.view("replaying "+key+" from", func(tx *bbolt.Tx) error {
			known = l.bucket(tx) != nil
			return nil
		})
	}
	if err == nil && !known {
		err = unknown
	}
	return l, err
}
