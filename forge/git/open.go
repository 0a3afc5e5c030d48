package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// repository is an opened repository: its references as they were at opening, and
// its objects.
type repository struct {
	place   string // where it lies, to be told from others
	store   *object.Store
	refs    map[string]hash  // by full name, symbolic ones resolved
	broken  map[string]error // why a reference cannot be read, by full name
	head    string           // full name of the branch that HEAD names; "" where HEAD is a commit
	headAt  hash             // zero where that branch is not there
	shallow map[hash]bool    // commits whose parents a shallow clone cut off
	work    bool             // it has a working tree, so branches may stand under origin
	cloned  bool             // it was fetched into the cache
	finish  func()           // nil, or what to do at the end
}

func (r *repository) close() {
	r.store.Close()
	if r.finish != nil {
		r.finish()
	}
}

// open opens a repository of any address.
func (m *mining) open(ctx context.Context, s string) (*repository, error) {
	a, err := parseAddress(s)
	if err != nil {
		return nil, err
	}
	if a.path == "" {
		r, err := m.clone(ctx, a)
		if err == nil {
			r.cloned = true
		}
		return r, err
	}
	st, err := os.Stat(a.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is not there; state the path of a repository or of a git bundle, or a URL", a.path)
	case err != nil:
		return nil, fmt.Errorf("looking at %s: %w%s", a.path, err, advice(err))
	case st.IsDir():
		return m.openFolder(a.path)
	case st.Mode().IsRegular():
		return m.openBundle(ctx, a.path)
	}
	return nil, fmt.Errorf("%s is neither a folder nor a file", a.path)
}

// openFolder opens a repository in place: bare, with a working tree, or a linked
// working tree.
func (m *mining) openFolder(path string) (*repository, error) {
	dir, work, err := gitFolder(path)
	if err != nil {
		return nil, err
	}
	common := dir
	if b, err := os.ReadFile(filepath.Join(dir, "commondir")); err == nil {
		if common = strings.TrimSpace(string(b)); !filepath.IsAbs(common) {
			common = filepath.Join(dir, common)
		}
	}
	if err := checkFormat(filepath.Join(common, "config")); err != nil {
		return nil, err
	}
	r := &repository{work: work}
	if r.place, err = filepath.Abs(common); err != nil {
		return nil, fmt.Errorf("looking for a git repository: %w", err)
	}
	if err := r.readRefs(dir, common); err != nil {
		return nil, fmt.Errorf("reading the references of %s: %w", dir, err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.broken)) {
		m.o.Log.Warn("a reference is broken", "repository", m.address, "reference", name, "error", r.broken[name])
	}
	if r.shallow, err = readShallow(filepath.Join(common, "shallow")); err != nil {
		return nil, err
	}
	r.store, err = m.openObjects(filepath.Join(common, "objects"))
	return r, err
}

// openObjects opens a folder of objects and those that it borrows from.
func (m *mining) openObjects(folder string) (*object.Store, error) {
	log := m.o.Log.With("repository", m.address)
	return object.Open(folder, &object.Options{Log: log, MostBytes: m.o.largest(), Missing: func(folder string, err error) {
		log.Warn("an alternate object folder cannot be read", "folder", folder, "error", err)
	}})
}

// gitFolder finds the folder with HEAD and objects: the path itself or its .git.
// Unlike git it does not look at the folders around: a submodule that is not
// checked out, or any folder named by mistake, would silently stand for another
// repository.
func gitFolder(path string) (dir string, work bool, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", false, err
	}
	dir, work, err = gitFolderAt(abs)
	if dir != "" || err != nil {
		return dir, work, err
	}
	for at := filepath.Dir(abs); at != filepath.Dir(at); at = filepath.Dir(at) {
		if around, _, err := gitFolderAt(at); around != "" && err == nil {
			return "", false, fmt.Errorf("%s holds no git repository; the one around it is %s: state that if it is meant", path, at)
		}
	}
	return "", false, fmt.Errorf("%s holds no git repository; state the folder that has .git, or HEAD and objects, in it", path)
}

// gitFolderAt looks at one folder; dir is "" where it holds no repository.
func gitFolderAt(at string) (dir string, work bool, err error) {
	dir = at
	dot := filepath.Join(at, ".git")
	if work, err = there(dot); err != nil {
		return "", false, err
	}
	if work {
		if dir, err = followGitFile(dot); err != nil {
			return "", false, err
		}
	}
	head, err := there(filepath.Join(dir, "HEAD"))
	if !head || err != nil {
		return "", false, err
	}
	for _, name := range []string{"objects", "commondir"} {
		if ok, err := there(filepath.Join(dir, name)); ok || err != nil {
			return dir, work, err
		}
	}
	return "", false, nil
}

// there reports whether a file or folder is there. It is an error where nobody
// can tell, for want of permission above all.
func there(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for a git repository: %w%s", err, advice(err))
	}
	return true, nil
}

// advice says what to do about an error of the disk, "" where that is plain.
func advice(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "; give the account that mines the permission to read it"
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// followGitFile returns the folder that a .git file of a linked working tree or a
// submodule names; a .git folder is itself.
func followGitFile(dot string) (string, error) {
	if st, err := os.Stat(dot); err != nil || st.IsDir() {
		return dot, err
	}
	b, err := os.ReadFile(dot)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w%s", dot, err, advice(err))
	}
	to, ok := strings.CutPrefix(string(b), "gitdir:")
	if !ok {
		return "", fmt.Errorf("%s names no repository; clone it again", dot)
	}
	if to = strings.TrimSpace(to); !filepath.IsAbs(to) {
		to = filepath.Join(filepath.Dir(dot), to)
	}
	if ok, err := there(to); err != nil {
		return "", err
	} else if !ok {
		return "", fmt.Errorf("%s names %s, which is not there; run git worktree repair", dot, to)
	}
	return to, nil
}

// checkFormat refuses the kinds of repositories that this package cannot read.
// One without a config file is an ordinary one.
func checkFormat(file string) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	c := config.New()
	if err := guard(func() error { return config.NewDecoder(bytes.NewReader(b)).Decode(c) }); err != nil {
		return fmt.Errorf("%s cannot be read: %w", file, err)
	}
	if v := c.Section("core").Option("repositoryformatversion"); v != "" && v != "0" && v != "1" {
		return fmt.Errorf("%s states repository format %q, which is not supported; use 0 or 1", file, v)
	}
	ext := c.Section("extensions")
	if f := ext.Option("objectformat"); f != "" && !strings.EqualFold(f, "sha1") {
		return errFormat(f)
	}
	if f := ext.Option("refstorage"); f != "" && !strings.EqualFold(f, "files") {
		return fmt.Errorf("its references are stored as %q, which is not supported; run git refs migrate --ref-format=files", f)
	}
	return nil
}

func errFormat(f string) error {
	return fmt.Errorf("its objects are named by %s, which is not supported; only SHA-1 repositories can be mined", f)
}

// guard turns a panic of another library on broken input into an error.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is broken: %v", p)
		}
	}()
	return f()
}

// readShallow reads the commits at which a shallow clone was cut.
func readShallow(file string) (map[hash]bool, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	cut := map[hash]bool{}
	for line := range strings.Lines(string(b)) {
		h, err := parse.ParseHash(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("%s is broken: %w", file, err)
		}
		cut[h] = true
	}
	return cut, nil
}
