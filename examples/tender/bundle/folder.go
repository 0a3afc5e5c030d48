package bundle

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/score/report"
)

// staging is the beginning of the name of the folder, inside the bundle's, in which files are
// written before they are put in their places.
const staging = ".unfinished-"

// Folder writes the files of a bundle so that a run that fails leaves what was there before.
// Files are written aside. Once all are whole the list of digests that was there is taken
// away, the files are put in their places, and the new list comes last: a folder that was
// left in between has no list, and nobody takes it for a bundle.
type Folder struct {
	path, aside string
	files       []*file
	errs        []error
	kept        bool
	made        bool // the folder was not there before
}

// file is one that is being written.
type file struct {
	name string
	f    *os.File
	buf  *bufio.Writer
	sum  hash.Hash
	done bool
}

func (f *file) Write(b []byte) (int, error) {
	f.sum.Write(b)
	return f.buf.Write(b)
}

// ErrFolder says that a folder holds files of somebody's own under the names of a bundle's.
var ErrFolder = errors.New("the bundle would take the place of files that are of no bundle")

// CheckFolder fails with [ErrFolder] where a bundle in the folder would overwrite, or remove,
// what is of no bundle: first of all the tender document itself, which is named as its record
// is. A folder that is not there, or holds a bundle, is free.
func CheckFolder(path string) error {
	if _, err := os.Lstat(filepath.Join(path, AboutFile)); err == nil {
		return nil // also of a bundle whose writing was interrupted: it is the first to be placed
	}
	for _, name := range ownNames() {
		if _, err := os.Lstat(filepath.Join(path, name)); err == nil {
			return fmt.Errorf("%w: %s; name another folder", ErrFolder, filepath.Join(path, name))
		}
	}
	return nil
}

// ownNames are the names of all files of a bundle, whatever its edition, but for extras.
func ownNames() []string {
	list := []string{TenderFile, SumsFile, SignatureFile, ReadmeFile, RankingFile, TextFile, MethodFile, TotalsFile, PackageFile, EvidenceFile, IndexFile}
	for _, l := range locales() {
		for _, table := range (Edition{For: Buyer}).tables() {
			list = append(list, report.TableFile(table, l))
		}
	}
	return list
}

// Create prepares a folder for a bundle, and removes what an earlier run left unfinished in
// it. It fails where [CheckFolder] does. Two runs must not write into one folder at a time: the
// later one makes the earlier fail.
func Create(path string) (*Folder, error) {
	fail := func(err error) (*Folder, error) {
		return nil, fmt.Errorf("preparing the folder for the result: %w", err)
	}
	if err := CheckFolder(path); err != nil {
		return nil, err
	}
	_, err := os.Stat(path)
	made := isMissing(err)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fail(err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fail(err)
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), staging) {
			if err := os.RemoveAll(filepath.Join(path, e.Name())); err != nil {
				return fail(err)
			}
		}
	}
	aside, err := os.MkdirTemp(path, staging)
	if err != nil {
		return fail(err)
	}
	return &Folder{path: path, aside: aside, made: made}, nil
}

// File returns a writer of the named file. Its errors come with Keep.
func (f *Folder) File(name string) io.Writer {
	at, err := os.OpenFile(filepath.Join(f.aside, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		f.Check(err)
		return io.Discard
	}
	x := &file{name: name, f: at, buf: bufio.NewWriterSize(at, 1<<16), sum: sha256.New()}
	f.files = append(f.files, x)
	return x
}

// Written returns a file that was written before, to be read until Keep or Abandon.
func (f *Folder) Written(name string) (*os.File, error) {
	for _, x := range f.files {
		if x.name == name {
			return x.f, x.buf.Flush()
		}
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}

// Check takes an error that comes with Keep; nil is none.
func (f *Folder) Check(err error) {
	if err != nil {
		f.errs = append(f.errs, err)
	}
}

// Keep puts all files in their places, with the list of their digests, and removes files of
// the bundle that was there before which this one has not.
func (f *Folder) Keep() error {
	for _, x := range f.files {
		f.Check(x.buf.Flush())
	}
	sums := f.sums() // of what was written; the list itself is in none
	_, err := io.WriteString(f.File(SumsFile), sums)
	f.Check(err)
	for _, x := range f.files {
		f.Check(x.finish())
		if at, err := os.Stat(filepath.Join(f.path, x.name)); err == nil && at.IsDir() {
			f.Check(fmt.Errorf("%s is a folder; move it away", x.name))
		}
	}
	if len(f.errs) > 0 { // a full disk fails every file: once is enough
		return fmt.Errorf("writing the result into %s: %w", f.path, f.errs[0])
	}
	if err := f.place(); err != nil {
		return fmt.Errorf("writing the result into %s, which is unfinished now; write it again: %w", f.path, err)
	}
	f.kept = true
	return nil
}

// finish writes a file to the disk and closes it.
func (x *file) finish() error {
	x.done = true
	return errors.Join(x.buf.Flush(), x.f.Sync(), x.f.Close())
}

// place moves the files: first the one by which a folder is known as a bundle's, the list of
// digests last.
func (f *Folder) place() error {
	old := append(f.listed(), ownNames()...)                 // of an interrupted one too, which has no list
	for _, name := range []string{SignatureFile, SumsFile} { // a signature without a list signs nothing
		if err := os.Remove(filepath.Join(f.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	syncDir(f.path)
	for _, name := range old {
		if !slices.ContainsFunc(f.files, func(x *file) bool { return x.name == name }) {
			if err := os.Remove(filepath.Join(f.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	slices.SortStableFunc(f.files, func(a, b *file) int { return cmp.Compare(a.turn(), b.turn()) })
	for _, x := range f.files {
		if x.name == SumsFile {
			syncDir(f.path)
		}
		if err := os.Rename(filepath.Join(f.aside, x.name), filepath.Join(f.path, x.name)); err != nil {
			return err
		}
	}
	syncDir(f.path)
	return os.Remove(f.aside)
}

// turn is when a file is put in its place.
func (x *file) turn() int {
	switch x.name {
	case AboutFile:
		return 0
	case SumsFile:
		return 2
	}
	return 1
}

// listed returns the files of the bundle that was there before; none where it has no list
// that can be read.
func (f *Folder) listed() []string {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil
	}
	defer root.Close()
	sums, err := readSums(root)
	if err != nil {
		return nil
	}
	var names []string
	for _, s := range sums {
		names = append(names, s.name)
	}
	return names
}

// sums writes the digests of all files, in the form of sha256sum, sorted by name.
func (f *Folder) sums() string {
	var lines []string
	for _, x := range f.files {
		lines = append(lines, x.name+"\x00"+hex.EncodeToString(x.sum.Sum(nil)))
	}
	slices.Sort(lines)
	var b strings.Builder
	for _, l := range lines {
		name, sum, _ := strings.Cut(l, "\x00")
		fmt.Fprintf(&b, "%s  %s\n", sum, name)
	}
	return b.String()
}

// Abandon removes what was not kept.
func (f *Folder) Abandon() {
	if f.kept {
		return
	}
	for _, x := range f.files {
		if !x.done {
			x.f.Close()
		}
	}
	os.RemoveAll(f.aside)
	if f.made {
		os.Remove(f.path) // only where nothing is in it
	}
}

// syncDir writes the names in a folder to the disk, where the system can: so the order of
// removing and renaming holds through a failure of the power too.
func syncDir(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync() // Windows has no such thing
		d.Close()
	}
}
