package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Open opens a store, and makes it where there is none, with the folders it lies in. It
// reads the file once and checks all of it. One process may write, or several may read;
// Open waits for the others as long as the options and ctx let it, which is
// then [ErrInUse] or the context's error.
//
// A file that is damaged anywhere is [ErrCorrupt], what was never a store is
// [ErrForeign], and what a newer version wrote is [ErrVersion]; none of these is changed.
// An empty file is a new store. A process that is killed while it makes one may leave
// NAME.*.tmp beside it. With ReadOnly, a file that is not there or empty is
// [fs.ErrNotExist]. Whoever opens a store must close it.
func Open(ctx context.Context, file string, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	s := &Store{file: file, readOnly: o.ReadOnly, codec: newCodec()}
	s.log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	wait := cmp.Or(o.Wait, 5*time.Second)
	err := ctx.Err()
	if err == nil {
		waiting, cancel := context.WithTimeout(ctx, max(wait, 0))
		defer cancel()
		err = s.open(waiting)
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = ErrInUse
	}
	if err != nil {
		return nil, s.wrap("opening", err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.acquire(ctx, true); err != nil {
		return err
	}
	fresh, err := s.inspect()
	if err == nil && s.readOnly && !fresh {
		return nil
	}
	if e := s.release(); err != nil || e != nil {
		return errors.Join(err, e)
	}
	if s.readOnly {
		return fmt.Errorf("%w: nothing was written into it yet", fs.ErrNotExist)
	}
	if err := s.acquire(ctx, false); err != nil {
		return err
	}
	if fresh {
		if err := s.guard(func() error { return s.db.Update(s.codec.found) }); err != nil {
			return errors.Join(err, s.release())
		}
	}
	return nil
}

// prepare sees to it that there is a file that bbolt can read.
func (s *Store) prepare(ctx context.Context) error {
	st, err := os.Stat(s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !s.readOnly:
		return s.create(ctx)
	case err != nil:
		return err
	case st.IsDir():
		return fmt.Errorf("%w (it is a folder)", ErrForeign)
	case !st.Mode().IsRegular():
		return fmt.Errorf("%w (it is no file)", ErrForeign)
	case st.Size() > 0:
		return nil
	case s.readOnly:
		return fmt.Errorf("%w: it is empty", fs.ErrNotExist)
	}
	return s.initialise(ctx)
}

// create makes a store beside its place and links it there: a process that is killed
// in between leaves no half of a file, and one that was faster keeps its own.
func (s *Store) create(ctx context.Context) error {
	folder, name := filepath.Split(filepath.Clean(s.file))
	folder = cmp.Or(folder, ".")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(folder, name+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := tmp.Close(); err != nil {
		return err
	}
	beside := &Store{file: tmp.Name(), codec: s.codec}
	if err := beside.acquire(ctx, false); err != nil {
		return err
	}
	if err := errors.Join(beside.db.Update(s.codec.found), beside.release()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), s.file); err != nil && !errors.Is(err, fs.ErrExist) {
		return s.initialise(ctx) // this disk has no links
	}
	if d, err := os.Open(folder); err == nil {
		_ = d.Sync() // not every system can
		return d.Close()
	}
	return nil
}

// initialise makes a database of an empty file, or of none.
func (s *Store) initialise(ctx context.Context) error {
	if err := s.acquire(ctx, false); err != nil {
		return err
	}
	return s.release()
}

// acquire opens the file when no other process has it, to be read or to be written.
func (s *Store) acquire(ctx context.Context, readOnly bool) error {
	for {
		err := s.try(readOnly)
		if !errors.Is(err, berrors.ErrTimeout) {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// try opens the file if no other process has it.
func (s *Store) try(readOnly bool) (err error) {
	s.handle = nil
	defer func() {
		if p := recover(); p != nil {
			err = corrupt("%v", p)
		}
		if err != nil && s.handle != nil {
			_ = s.handle.Close() // bbolt has done so, unless it gave up
		}
	}()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	s.db, err = bbolt.Open(s.file, 0o600, &bbolt.Options{
		Timeout:        1, // one attempt: bbolt's own waiting does not end with a context
		ReadOnly:       readOnly,
		NoFreelistSync: true, // what is not there cannot be wrong
		FreelistType:   bbolt.FreelistMapType,
		NoStatistics:   true,
		OpenFile:       s.openFile,
	})
	return meant(err)
}

// openFile refuses what is no database, which bbolt takes for a damaged one.
func (s *Store) openFile(name string, flag int, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && st.Size() > 0 {
		err = isDatabase(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s.handle = f
	return f, nil
}

// meant returns an error of bbolt's Open in our own words.
func meant(err error) error {
	var path *fs.PathError
	var number syscall.Errno
	switch {
	case err == nil, errors.Is(err, berrors.ErrTimeout), errors.As(err, &path), errors.As(err, &number),
		errors.Is(err, ErrForeign), errors.Is(err, ErrCorrupt):
		return err
	case errors.Is(err, berrors.ErrVersionMismatch):
		return fmt.Errorf("%w (%v)", ErrVersion, err)
	}
	return corrupt("%v", err)
}

// release closes what acquire opened, even where bbolt gave up.
func (s *Store) release() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = corrupt("%v", p)
		}
	}()
	return s.db.Close()
}
