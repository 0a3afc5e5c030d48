package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// readRefs reads HEAD and all references, as gitrepository-layout in git's manual
// describes them: files of their own win over lines of packed-refs. A linked
// working tree has some of its own in dir.
//
// A reference that is broken, as one file often is after a power cut, is noted
// and is nobody's business who does not ask for it. It does not fall back to what
// packed-refs says, which is older.
func (r *repository) readRefs(dir, common string) error {
	r.refs, r.broken = map[string]hash{}, map[string]error{}
	symbolic := map[string]string{}
	if err := r.packedRefs(filepath.Join(common, "packed-refs")); err != nil {
		return err
	}
	if err := r.looseRefs(common, "refs", symbolic); err != nil {
		return err
	}
	if dir != common {
		if err := r.looseRefs(dir, "refs", symbolic); err != nil {
			return err
		}
	}
	r.looseRef(dir, "HEAD", symbolic)
	r.resolve(symbolic)
	return nil
}

// looseRefs reads the references that are files below a folder.
func (r *repository) looseRefs(dir, folder string, symbolic map[string]string) error {
	files, err := os.ReadDir(filepath.Join(dir, filepath.FromSlash(folder)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("listing references: %w%s", err, advice(err))
	}
	for _, f := range files {
		name := folder + "/" + f.Name()
		switch {
		case strings.HasPrefix(f.Name(), ".") || strings.HasSuffix(f.Name(), ".lock"):
			// no names of references; a lock is what an interrupted git leaves
		case f.IsDir():
			if err := r.looseRefs(dir, name, symbolic); err != nil {
				return err
			}
		default:
			r.looseRef(dir, name, symbolic)
		}
	}
	return nil
}

// looseRef reads one reference from its file.
func (r *repository) looseRef(dir, name string, symbolic map[string]string) {
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return // it was there a moment ago; packed by now, or gone
	}
	delete(r.refs, name)
	delete(r.broken, name)
	delete(symbolic, name)
	if to, ok := bytes.CutPrefix(b, []byte("ref:")); ok && len(bytes.TrimSpace(to)) > 0 {
		symbolic[name] = string(bytes.TrimSpace(to))
		return
	}
	words := bytes.Fields(b)
	if err == nil && len(words) == 0 {
		err = errors.New("its file is empty")
	}
	if err == nil {
		err = r.note(name, string(words[0]))
	}
	if err != nil {
		r.broken[name] = err
	}
}

// packedRefs reads the file of packed references: "HASH NAME" and, for a tag, a
// line with what it stands for. A line without a name is an error, for nobody can
// tell which reference is missing then.
func (r *repository) packedRefs(file string) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading packed references: %w%s", err, advice(err))
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' || line[0] == '^' {
			continue
		}
		word, name, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(name, "refs/") {
			return fmt.Errorf("%s is broken in line %d, which names no reference; correct it, or clone the repository again", file, n)
		}
		if err := r.note(name, word); err != nil {
			r.broken[name] = err
		}
	}
	return nil
}

// note notes the object that a reference names.
func (r *repository) note(name, word string) error {
	h, err := parse.ParseHash(word)
	if err == nil && h == (hash{}) {
		err = errors.New("it names the object with only zeros, which is none")
	}
	if err == nil {
		r.refs[name] = h
	}
	return err
}

// resolve follows symbolic references, at most five deep as git does.
func (r *repository) resolve(symbolic map[string]string) {
	for name, to := range symbolic {
		for range 5 {
			if next, ok := symbolic[to]; ok {
				to = next
			}
		}
		if name == "HEAD" {
			r.head = to
		}
		if h, ok := r.refs[to]; ok {
			r.refs[name] = h
		}
		if err, ok := r.broken[to]; ok && name != "HEAD" {
			r.broken[name] = fmt.Errorf("it stands for %s: %w", to, err)
		}
	}
	if r.headAt = r.refs["HEAD"]; r.head != "" {
		r.headAt = r.refs[r.head]
	}
}

// brokenRef returns an error where a reference is broken, by its full name.
func (r *repository) brokenRef(name string) error {
	err, ok := r.broken[name]
	if !ok {
		return nil
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the reference %s cannot be read: %w%s", name, err, advice(err))
	case name == "HEAD":
		return fmt.Errorf("HEAD is broken: %w; declare the branches to mine, or write \"ref: refs/heads/BRANCH\" into it", err)
	}
	return fmt.Errorf("the reference %s is broken: %w; delete it and fetch it again, or pin the branch's tip", name, err)
}

// brokenHead returns an error where a branch is broken.
func (r *repository) brokenHead(branch string) error {
	if err := r.brokenRef(headsPrefix + branch); err != nil {
		return err
	}
	if _, own := r.refs[headsPrefix+branch]; own || !r.work || branch == "HEAD" {
		return nil
	}
	return r.brokenRef(originPrefix + branch)
}

// brokenHeads returns the names of the broken branches.
func (r *repository) brokenHeads() (names []string) {
	for name := range r.broken {
		for _, prefix := range []string{headsPrefix, originPrefix} {
			if b, ok := strings.CutPrefix(name, prefix); ok && r.brokenHead(b) != nil {
				names = append(names, b)
			}
		}
	}
	return names
}
