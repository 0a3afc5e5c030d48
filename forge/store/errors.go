package store

import (
	"errors"
	"fmt"
)

// What may be wrong with a file; each says what to do.
var (
	// ErrInUse says that another process has the file open, and did not close it in time.
	ErrInUse = errors.New("another process has it open; wait until that has ended, or choose another file")
	// ErrForeign says that the file was never a store.
	ErrForeign = errors.New("it is not a store of mined facts; choose another file")
	// ErrVersion says that the file has a newer format. It was not changed.
	ErrVersion = errors.New("a newer version of this program has written it; update the program, or choose another file")
	// ErrCorrupt says that the file is not what was written.
	ErrCorrupt = errors.New("it is damaged; delete it, and what it held is mined again")
	// ErrUnknown says that the store has no facts of a repository.
	ErrUnknown = errors.New("the store does not know the repository; mine it once without --offline")
)

// errReadOnly says that a store was opened for reading.
var errReadOnly = errors.New("it was opened for reading only")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrCorrupt, fmt.Sprintf(format, args...))
}
