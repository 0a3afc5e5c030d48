package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Clone is a clone of a remote repository in the cache.
type Clone struct {
	Name  string // of its folder in the cache; see [CloneName]
	Bytes int64  // what its files hold
	Used  time.Time
}

// CloneName returns the name of the clone of an address, which is the same on every
// machine; "" where the address is mined in place, or is none.
func CloneName(address string) string {
	a, err := parseAddress(address)
	if err != nil || a.path != "" {
		return ""
	}
	return a.cacheName()
}

// Clones lists the clones in the cache by name. What another process clones meanwhile may
// be there or not.
func (s *Source) Clones() ([]Clone, error) {
	folder, err := s.cacheFolder()
	if err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(pattern(folder), "*.lock"))
	if err != nil {
		return nil, fmt.Errorf("listing the clones: %w", err)
	}
	var list []Clone
	for _, name := range names {
		dir := strings.TrimSuffix(name, ".lock")
		st, err := os.Stat(dir)
		if err != nil || !st.IsDir() {
			continue // never cloned, or dropped
		}
		name := filepath.Base(dir)
		list = append(list, Clone{Name: name, Bytes: s.CloneBytes(name), Used: st.ModTime()})
	}
	slices.SortFunc(list, func(a, b Clone) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// CloneBytes returns how many bytes the files of a clone hold; 0 where there is none.
func (s *Source) CloneBytes(name string) (n int64) {
	dir, err := s.cloneFolder(name)
	if err != nil {
		return 0
	}
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // another process may take it away meanwhile
		}
		if st, err := d.Info(); err == nil {
			n += st.Size()
		}
		return nil
	})
	return n
}

// Drop removes a clone; what was saved of its commits stays. A clone that is not there is
// dropped. One that is brought up to date just now is an error; one that is mined must not
// be dropped, and that is for the caller to know.
func (s *Source) Drop(name string) error {
	dir, err := s.cloneFolder(name)
	if err != nil {
		return err
	}
	if !exists(dir) {
		return nil
	}
	f, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("dropping the clone %s: %w", name, err)
	}
	defer f.Close()
	if ok, err := tryLock(f); err != nil {
		return fmt.Errorf("dropping the clone %s: %w", name, err)
	} else if !ok {
		return fmt.Errorf("dropping the clone %s: another mining brings it up to date", name)
	}
	gone, err := os.MkdirTemp(filepath.Dir(dir), partPrefix+name+"-")
	if err != nil {
		return fmt.Errorf("dropping the clone %s: %w", name, err)
	}
	// Under its name there is a whole clone or none, also where the process dies here.
	err = os.Rename(dir, filepath.Join(gone, "clone"))
	if err = errors.Join(err, os.RemoveAll(gone)); err != nil {
		return fmt.Errorf("dropping the clone %s: %w", name, err)
	}
	return nil
}

func (s *Source) cloneFolder(name string) (string, error) {
	folder, err := s.cacheFolder()
	if err != nil {
		return "", err
	}
	if name == "" || name != filepath.Base(name) || name == "." || name == ".." {
		return "", fmt.Errorf("%q is no name of a clone", name)
	}
	return filepath.Join(folder, name), nil
}

// partPrefix is what the names of unfinished clones begin with.
const partPrefix = "part-"

// sweep removes what a process left that was killed over a clone. The caller holds the
// clone's lock, so nobody else is at it.
func sweep(dir string) {
	folder, name := filepath.Split(dir)
	parts, _ := filepath.Glob(filepath.Join(pattern(folder), partPrefix+name+"-*"))
	packs, _ := filepath.Glob(filepath.Join(pattern(dir), "objects", "pack", "tmp_*"))
	for _, left := range append(parts, packs...) {
		os.RemoveAll(left)
	}
}

// pattern is a path as a pattern that stands for nothing else.
func pattern(path string) string {
	if filepath.Separator == '\\' {
		return path // there is no escape, and the cache's names need none
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
