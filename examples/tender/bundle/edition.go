package bundle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// WriteEdition writes an edition of the buyer's bundle into another folder. Where the bundle
// names persons it fails unless identify says that these names may be handed on; the
// public edition never has any. It fails with [ErrEdition] where the bundle is no buyer's, or the
// bidder is not in it, and where ctx ends, which leaves what was in the folder.
func (o *Opened) WriteEdition(ctx context.Context, e Edition, dir string, identify bool, extras []Extra) error {
	switch {
	case o.Edition.For != Buyer:
		return fmt.Errorf("%w: editions are made of the buyer's bundle, and this is one for %s", ErrEdition, o.Edition)
	case e.For == OneBidder && !o.bids(e.Bidder):
		return fmt.Errorf("%w: nobody is called %.100q among the bidders", ErrEdition, e.Bidder)
	case o.Identified && e.For == Public:
		return fmt.Errorf("%w: this bundle names persons, and a public one must not; score without --identify", ErrEdition)
	case o.Identified && !identify:
		return fmt.Errorf("%w: this bundle names persons; score without --identify, or say --identify to hand the names on", ErrEdition)
	case o.sameAs(dir):
		return fmt.Errorf("%w: it would take the place of the buyer's bundle; name another folder", ErrEdition)
	}
	f, err := Create(dir)
	if err != nil {
		return err
	}
	defer f.Abandon()
	r := o.Result
	r.Edition, r.Evidence = e, nil
	r.Tender = editionTender(o.Tender, e)
	if !e.evidence() {
		return f.finish(ctx, &r, nil, nil, extras)
	}
	log, tables := f.evidence(r.Ranking.Label(), report.People{Names: r.Identified}, nil, nil)
	for v, err := range o.Evidence.InOrder() {
		if err != nil {
			return asDifference(EvidenceFile, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if e.For == Buyer || slices.Contains(v.Bidders, e.Bidder) {
			log.WriteStored(v)
		}
	}
	return f.finish(ctx, &r, log, tables, extras)
}

// bids reports whether the bundle's ranking has the bidder.
func (o *Opened) bids(id string) bool {
	return slices.ContainsFunc(o.Ranking.Projects, func(p model.ProjectResult) bool {
		return slices.ContainsFunc(p.Scores, func(s model.ProjectScore) bool { return s.Bidder == id })
	})
}

// sameAs reports whether a folder is the bundle's own.
func (o *Opened) sameAs(dir string) bool {
	a, err1 := o.root.Stat(".")
	b, err2 := os.Stat(dir)
	return errors.Join(err1, err2) == nil && os.SameFile(a, b)
}
