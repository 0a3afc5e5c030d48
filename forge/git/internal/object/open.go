package object

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// Bounds of what is opened.
const (
	mostFolders = 64
	mostTries   = 5
)

// Open opens an object folder and the alternates that it names, and theirs. An
// alternate that is not there is passed to Options.Missing; its objects are absent.
// It is an error when a pack or an index cannot be read, or an index stands there
// without its pack; a folder without packs is none. nil options are the defaults.
func Open(folder string, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	s := &Store{o: *o}
	if s.o.Log == nil {
		s.o.Log = slog.New(slog.DiscardHandler)
	}
	if s.o.MostBytes <= 0 {
		s.o.MostBytes = 256 << 20
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	err := s.add(folder, mostTries)
	for i := 0; i < len(s.folders) && err == nil; i++ {
		err = s.borrow(s.folders[i])
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// borrow adds the folders that a folder borrows from.
func (s *Store) borrow(folder string) error {
	borrowed, err := alternates(folder)
	if err != nil {
		return err
	}
	for _, a := range borrowed {
		same := func(f string) bool { return filepath.Clean(f) == a }
		if len(s.folders) > mostFolders || slices.ContainsFunc(s.folders, same) {
			continue
		}
		if _, err := os.Stat(a); err != nil {
			if s.o.Missing != nil {
				s.o.Missing(a, err)
			}
			s.lost = append(s.lost, a)
			continue
		}
		if err := s.add(a, mostTries); err != nil {
			return err
		}
	}
	return nil
}

// alternates returns the object folders that info/alternates names.
func alternates(folder string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(folder, "info", "alternates"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading where it borrows objects from: %w%s", err, advice(err))
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(folder, line)
		}
		out = append(out, filepath.Clean(line))
	}
	return out, nil
}

// add opens the packs of one folder. A pack that another process replaces while
// this one looks is looked for again.
func (s *Store) add(folder string, tries int) error {
	names, err := indexNames(filepath.Join(folder, "pack"))
	if err != nil {
		return err
	}
	packs, many, files := len(s.packs), len(s.many), len(s.files)
	if err = s.addPacks(filepath.Join(folder, "pack"), names); err == nil {
		s.folders = append(s.folders, folder)
		return nil
	}
	for _, f := range s.files[files:] {
		f.close()
	}
	s.packs, s.many, s.files = s.packs[:packs], s.many[:many], s.files[:files]
	if errors.Is(err, fs.ErrNotExist) && tries > 0 {
		return s.add(folder, tries-1)
	}
	return err
}

// indexNames lists the pack indexes of a folder, sorted.
func indexNames(folder string) (names []string, err error) {
	files, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listing the packs: %w%s", err, advice(err))
	}
	for _, f := range files {
		if filepath.Ext(f.Name()) == ".idx" && f.Name()[0] != '.' {
			names = append(names, f.Name())
		}
	}
	return names, nil
}

// addPacks opens the packs that a folder's multi-pack-index answers for without
// their own indexes, and the other ones with them.
func (s *Store) addPacks(folder string, names []string) error {
	covered, err := s.addMulti(folder, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := slices.BinarySearch(covered, name); ok {
			continue
		}
		p, err := s.openPack(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if _, err = s.index(p); err != nil {
			return err
		}
		s.packs = append(s.packs, p)
	}
	return nil
}

// addMulti opens a folder's multi-pack-index and the packs that it names, and
// returns the names of their indexes. Where it is of no use it returns none.
func (s *Store) addMulti(folder string, names []string) (covered []string, err error) {
	name := filepath.Join(folder, "multi-pack-index")
	m, err := s.openMulti(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, errSHA256):
		return nil, fmt.Errorf("%s: %w", name, err)
	case err == nil && !contains(names, m.packs):
		err = errors.New("it names packs that are not there")
	}
	if err != nil {
		s.o.Log.Warn("a multi-pack-index is of no use, the indexes of the packs are read instead; git multi-pack-index write makes a new one", "file", name, "error", err)
		return nil, nil
	}
	m.first = len(s.packs)
	for _, pack := range m.packs {
		p, err := s.openPack(filepath.Join(folder, pack))
		if err != nil {
			return nil, err
		}
		p.covered = true
		s.packs = append(s.packs, p)
	}
	s.many = append(s.many, m)
	return m.packs, nil
}

// contains reports whether all sorted names hold some other ones.
func contains(all, some []string) bool {
	for _, name := range some {
		if _, ok := slices.BinarySearch(all, name); !ok {
			return false
		}
	}
	return true
}
