package forgetest

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// folder holds files and folders. A stored one never changes, so that commits
// share what they have in common; one without an id belongs to the draft of one
// commit. A nil folder is empty.
type folder struct {
	entries []entry       // by name
	id      plumbing.Hash // of the stored tree; zero until then
}

// entry is a file, or a folder whose name ends in a slash: that is the order in
// which git sorts them.
type entry struct {
	name string
	blob plumbing.Hash
	sub  *folder
}

// search returns where the name is or would be.
func (f *folder) search(name string) (int, bool) {
	if f == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(f.entries, name, func(e entry, name string) int { return cmp.Compare(e.name, name) })
}

// entry returns the entry of a name, or an empty one.
func (f *folder) entry(name string) entry {
	if i, found := f.search(name); found {
		return f.entries[i]
	}
	return entry{name: name}
}

// firstOf cuts a path after its first slash, or gives the file's name alone.
func firstOf(path string) (name, rest string) {
	i := strings.IndexByte(path, '/') + 1
	if i == 0 {
		return path, ""
	}
	return path[:i], path[i:]
}

// file returns the blob at a path, or the zero hash.
func (f *folder) file(path string) plumbing.Hash {
	name, rest := firstOf(path)
	if rest == "" {
		return f.entry(name).blob
	}
	return f.entry(name).sub.file(rest)
}

// clash returns the part of path that is a file where a folder is needed, or all
// of path where it is a folder, or "".
func (f *folder) clash(path string) string {
	for i := 0; f != nil; {
		name, rest := firstOf(path[i:])
		if rest == "" {
			if _, is := f.search(name + "/"); is {
				return path
			}
			return ""
		}
		i += len(name)
		if _, is := f.search(strings.TrimSuffix(name, "/")); is {
			return path[:i-1]
		}
		f = f.entry(name).sub
	}
	return ""
}

// with returns the folder with another blob at path: a copy where the folder is
// stored, else itself. The zero hash removes the file, and with it every folder
// that becomes empty.
func (f *folder) with(path string, blob plumbing.Hash) *folder {
	if f == nil {
		f = &folder{}
	} else if !f.id.IsZero() {
		f = &folder{entries: slices.Clone(f.entries)}
	}
	name, rest := firstOf(path)
	e := entry{name: name, blob: blob}
	if rest != "" {
		e = entry{name: name, sub: f.entry(name).sub.with(rest, blob)}
	}
	i, found := f.search(name)
	if found {
		f.entries = slices.Delete(f.entries, i, i+1)
	}
	if e.sub != nil || !e.blob.IsZero() {
		f.entries = slices.Insert(f.entries, i, e)
	}
	if len(f.entries) == 0 {
		return nil
	}
	return f
}

// change is a file that differs between two folders. A zero hash is no file.
type change struct {
	path     string
	old, new plumbing.Hash
}

// changes yields the files that differ, in git's order.
func changes(old, new *folder) iter.Seq[change] {
	return func(yield func(change) bool) { compare("", old, new, yield) }
}

func compare(prefix string, old, new *folder, yield func(change) bool) bool {
	if old == new {
		return true
	}
	a, b := old.all(), new.all()
	for len(a)+len(b) > 0 {
		var was, is entry
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].name < b[0].name:
			was, a = a[0], a[1:]
		case len(a) == 0 || b[0].name < a[0].name:
			is, b = b[0], b[1:]
		default:
			was, is, a, b = a[0], b[0], a[1:], b[1:]
		}
		path := prefix + cmp.Or(was.name, is.name)
		if was.blob != is.blob && !yield(change{path, was.blob, is.blob}) {
			return false
		}
		if !compare(path, was.sub, is.sub, yield) {
			return false
		}
	}
	return true
}

func (f *folder) all() []entry {
	if f == nil {
		return nil
	}
	return f.entries
}

// storeTree stores the folder and all below it that is not stored yet.
func (h *history) storeTree(l *line, f *folder) (plumbing.Hash, error) {
	if f == nil {
		return h.store(l, plumbing.TreeObject, nil)
	}
	if !f.id.IsZero() {
		return f.id, nil
	}
	var b bytes.Buffer
	for _, e := range f.entries {
		mode, id := "100644 ", e.blob
		if e.sub != nil {
			var err error
			if id, err = h.storeTree(l, e.sub); err != nil {
				return id, err
			}
			mode = "40000 "
		}
		b.WriteString(mode + strings.TrimSuffix(e.name, "/") + "\x00")
		b.Write(id[:])
	}
	var err error
	f.id, err = h.store(l, plumbing.TreeObject, b.Bytes())
	return f.id, err
}
