package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Options are the settings of [Open]; nil means the defaults.
type Options struct {
	// ReadOnly opens a store that is there, and changes nothing. Several processes
	// may read a store at once, while none writes it.
	ReadOnly bool
	// Wait is how long to wait for another process that has the file open; 0 is five
	// seconds, less than 0 is not at all.
	Wait time.Duration
	// Log takes what does not stop the work, such as a reply that could not be kept; nil discards.
	Log *slog.Logger
}

// Store is an open file. Any number of goroutines may use it and its logs.
type Store struct {
	file     string
	readOnly bool
	codec    *codec
	log      *slog.Logger
	db       *bbolt.DB
	handle   *os.File    // of db
	broken   atomic.Bool // bbolt gave up in the middle
}

// Buckets and keys; see the package.
const (
	metaBucket  = "meta"
	aliasBucket = "aliases"
	logBucket   = "logs"
	factBucket  = "facts"
	replyBucket = "replies"
	formatKey   = "format"
	sumsKey     = "sums"
	headKey     = "head"
	formatName  = "tributary-store/"
	format      = formatName + "1"
)

// Close closes the file. Iterators over facts end with an error; closing twice is no error.
func (s *Store) Close() error { return s.wrap("closing", s.release()) }

// view calls fn with a transaction in which nothing changes.
func (s *Store) view(doing string, fn func(*bbolt.Tx) error) error {
	return s.wrap(doing, s.guard(func() error { return s.db.View(fn) }))
}

// update calls fn with a transaction of which all is done when update returns nil, and
// nothing otherwise.
func (s *Store) update(doing string, fn func(*bbolt.Tx) error) error {
	if s.readOnly {
		return s.wrap(doing, errReadOnly)
	}
	return s.wrap(doing, s.guard(func() error {
		tx, err := s.db.Begin(true)
		if err != nil {
			return err
		}
		// bbolt's own Update would read pages after a panic, in a goroutine whose
		// panic nobody can catch. This does not, and lets others go on.
		defer tx.Rollback()
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Commit()
	}))
}

// guard calls fn, which does nothing but what bbolt needs, and turns a panic or a memory
// fault, as they come from a file that is changed or cut off by others, into [ErrCorrupt].
// The store is not used any more after that.
func (s *Store) guard(fn func() error) (err error) {
	if s.broken.Load() {
		return ErrCorrupt
	}
	defer func() {
		if p := recover(); p != nil {
			s.broken.Store(true)
			err = corrupt("%v", p)
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	return fn()
}

func (s *Store) wrap(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		err = os.ErrClosed
	}
	return fmt.Errorf("%s the store %s: %w", doing, s.file, err)
}
