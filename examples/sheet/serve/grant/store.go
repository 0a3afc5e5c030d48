package grant

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Format names the written form: JSON Lines, the first of which holds this. Each other line
// makes a grant or revokes one. Lines are only ever added, each in one write, so that a
// server may read while a command adds.
const Format = "tributary-grants/1"

const heading = `{"format":"` + Format + `"}` + "\n"

// line is one line of the file.
type line struct {
	Format string  `json:"format,omitempty"`
	Grant  *Grant  `json:"grant,omitempty"`
	Revoke *revoke `json:"revoke,omitempty"`
}

type revoke struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// maxFile bounds what is read of a file of grants: some 50,000 of them.
const maxFile = 16 << 20

// Append adds a grant to the file at path, which it makes where there is none, readable by
// its owner alone. It returns when the line is on the disk.
func Append(path string, g Grant) error {
	return add(path, line{Grant: &g}, os.O_CREATE)
}

// Revoke takes back the grant with the public name id. It fails with [ErrUnknown] where the
// file has no such grant; to revoke one again changes nothing.
func Revoke(path, id string, now time.Time) error {
	grants, err := Read(path)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(grants, func(g Grant) bool { return g.ID == id })
	if i < 0 {
		return fmt.Errorf("%s holds no grant %q: %w", path, id, ErrUnknown)
	}
	if !grants[i].Revoked.IsZero() {
		return nil
	}
	return add(path, line{Revoke: &revoke{id, now.UTC().Truncate(time.Second)}}, 0)
}

// add writes one line at the end of the file, after the heading in a new one.
func add(path string, l line, flag int) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|flag, 0o600)
	if err != nil {
		return fmt.Errorf("writing grants: %w", err)
	}
	defer f.Close()
	start, err := opening(f)
	if err != nil {
		return fmt.Errorf("writing grants: %s: %w", path, err)
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = f.Write(append(append(start, text...), '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing grants: %w", err)
	}
	return nil
}

// opening returns what a line needs before it: the heading in an empty file, the rest of one
// that was cut short, as by a full disk, and a line's end after a line that was. A file that
// is none of grants is not written to.
func opening(f *os.File) ([]byte, error) {
	at, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if _, err := parse(io.NewSectionReader(f, 0, at.Size())); err != nil {
		return nil, err
	}
	if at.Size() < int64(len(heading)) {
		return []byte(heading[at.Size():]), nil
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], at.Size()-1); err != nil || last[0] == '\n' {
		return nil, err
	}
	return []byte("\n"), nil
}

// Read returns all grants of a file, in the order in which they were made. It fails with
// [ErrStore] where the file cannot be read or holds what is no grant.
func Read(path string) ([]Grant, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	defer f.Close()
	grants, err := parse(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrStore, path, err)
	}
	return grants, nil
}

// parse reads the lines. A line that was cut short is left out: the command that wrote it
// did not report success. Any other fault fails the whole, for a revocation may hide in it.
func parse(r io.Reader) ([]Grant, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("larger than %d MiB", maxFile>>20)
	}
	if strings.HasPrefix(heading, string(text)) {
		return nil, nil // nobody has access yet
	}
	var grants []Grant
	for i, raw := range bytes.Split(text, []byte("\n")) {
		var l line
		switch err := json.Unmarshal(raw, &l); {
		case i > 0 && (len(raw) == 0 || cutShort(err)):
			continue
		case err != nil:
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if grants, err = l.apply(grants, i == 0); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return grants, nil
}

func cutShort(err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) && strings.Contains(err.Error(), "unexpected end")
}

func (l line) apply(grants []Grant, first bool) ([]Grant, error) {
	switch {
	case l.Format == Format && l.Grant == nil && l.Revoke == nil:
		// Two commands that make the file at once both begin it.
	case first:
		return nil, fmt.Errorf("its format is %.100q; this version reads %q", l.Format, Format)
	case l.Grant != nil && len(l.Grant.Hash) == 64 && l.Grant.ID != "":
		return append(grants, *l.Grant), nil
	case l.Revoke != nil:
		for i := range grants {
			if grants[i].ID == l.Revoke.ID && grants[i].Revoked.IsZero() {
				grants[i].Revoked = l.Revoke.At
			}
		}
	default:
		return nil, errors.New("it neither makes a grant nor revokes one")
	}
	return grants, nil
}

// Store answers which tenders a token opens. It may be used by several goroutines at once.
// A change of the file is seen within [Every].
type Store struct {
	path string

	mu      sync.Mutex
	grants  map[string]Grant // by the hash of the token
	err     error            // why none is known
	seen    os.FileInfo
	checked time.Time
}

// Every is how long a store answers from what it read last before it looks at the file again.
const Every = time.Second

// OpenStore reads the file at path; it fails where [Read] does.
func OpenStore(path string) (*Store, error) {
	s := &Store{path: path}
	s.look()
	return s, s.err
}

// Memory returns a store of these grants alone, which has no file.
func Memory(grants ...Grant) *Store {
	s := &Store{}
	s.keep(grants)
	return s
}

func (s *Store) keep(grants []Grant) {
	s.grants = map[string]Grant{}
	for _, g := range grants {
		s.grants[g.Hash] = g
	}
}

// Open returns the grant of a token that is in force at now. Otherwise it fails with
// [ErrUnknown], [ErrExpired] or [ErrRevoked], the last two with the grant; or with [ErrStore]
// where the file has become unreadable: better no answer than one to somebody shut out.
func (s *Store) Open(token string, now time.Time) (Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.path != "" && (now.Sub(s.checked) >= Every || now.Before(s.checked)) {
		s.look()
		s.checked = now
	}
	if s.err != nil {
		return Grant{}, s.err
	}
	want := hash(token)
	g, ok := s.grants[want]
	if !ok || subtle.ConstantTimeCompare([]byte(g.Hash), []byte(want)) != 1 {
		return Grant{}, ErrUnknown
	}
	return g, g.State(now)
}

// look reads the file again where it has changed. Callers hold the lock.
func (s *Store) look() {
	at, err := os.Stat(s.path)
	if err != nil {
		s.grants, s.seen, s.err = nil, nil, fmt.Errorf("%w: %w", ErrStore, err)
		return
	}
	if s.seen != nil && os.SameFile(s.seen, at) && s.seen.Size() == at.Size() && s.seen.ModTime().Equal(at.ModTime()) {
		return
	}
	grants, err := Read(s.path)
	s.keep(grants)
	s.seen, s.err = at, err
}
