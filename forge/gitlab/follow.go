package gitlab

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
)

// each reads what belongs to the items of a page, eight of them at once. An item that is
// gone, or of which there is too much, is a hole, and so are a few that the server fails to
// show twice; where all of a page are, it is the list that cannot be read.
func (l *listing) each(ctx context.Context, items int, read func(ctx context.Context, i int) error) error {
	errs := make([]error, items)
	var broken atomic.Int64
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := range items {
		g.Go(func() error {
			err := read(within, i)
			if gone(err) || errors.Is(err, errTooMany) || errors.Is(err, mining.ErrHeavy) && broken.Add(1) <= mostGone {
				errs[i], err = err, nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := l.insist(ctx, errs, read); err != nil {
		return err
	}
	h := &mining.Holes{}
	for i, err := range errs {
		if err != nil {
			h.Items, h.Err = append(h.Items, i), err
		}
	}
	switch {
	case len(h.Items) == 0:
		return nil
	case len(h.Items) == items && items > mostGone:
		return h.Err
	}
	l.doubts.Add(1)
	return h
}

// insist reads once more what the server failed to show. What was too large stays so.
func (l *listing) insist(ctx context.Context, errs []error, read func(ctx context.Context, i int) error) error {
	for i, err := range errs {
		if !errors.Is(err, mining.ErrHeavy) || errors.Is(err, rest.ErrTooLarge) {
			continue
		}
		if err := l.Rest(ctx, 1); err != nil {
			return err
		}
		if errs[i] = read(ctx, i); errs[i] != nil && !gone(errs[i]) && !errors.Is(errs[i], errTooMany) && !errors.Is(errs[i], mining.ErrHeavy) {
			return errs[i]
		}
	}
	return nil
}

// still checks that the project is there, where something of it was said not to be: a server
// that loses all does not prove anything.
func (l *listing) still(ctx context.Context) error {
	if l.doubts.Swap(0) == 0 {
		return nil
	}
	if _, err := l.host.get(ctx, l.project(), nil, new(restProject)); err != nil {
		return fmt.Errorf("parts of the project are not shown any more, nor is the project: %w", err)
	}
	return nil
}

// shrug makes of an error that says that something is not there, or not for us, none: it can be
// done without.
func (l *listing) shrug(err error) error {
	if gone(err) {
		l.doubts.Add(1)
		return nil
	}
	if denied(err) {
		return nil
	}
	return err
}

// mostGone is how many items of a page may be gone together, or be refused by a server that
// is not down.
const mostGone = 3
