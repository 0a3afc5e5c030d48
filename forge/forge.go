// Package forge is where facts come from. A [Source] states what it knows of one
// repository, [Mine] asks the sources of every repository of a tender at once and
// yields one stream of records, and [Hosts] says which source answers for what.
// Nothing here holds an opinion on who counts or for how much.
package forge

import (
	"context"
	"iter"

	"github.com/tributary-oss/tributary/model"
)

// A Source yields what it knows of one repository.
//
// Records come without Project and Repository; [Mine] fills them in. The order is
// deterministic: the same repository at the same tips gives the same records,
// whatever the number of workers. All contributions to one commit come in a row.
//
// Acts outside the period are given too, as authors and committers without
// details, because what a window counts depends on the history before it: the
// first acceptance of a piece of work decides its credit.
//
// What could not be read is said in a Coverage record, never left out in silence.
// A non-nil error means that the repository as a whole could not be mined; it is
// the last thing yielded. Where the consumer stops or ctx ends, the source stops,
// cleans up and returns within a second.
type Source interface {
	Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error]
}

// GapError says that one repository could not be mined.
type GapError = model.GapError
