package object

import (
	"bytes"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// loose reads an object from a file of its own.
func (r *Reader) loose(h Hash) (k Kind, content []byte, err error) {
	if k, content, ok := r.recent.find(looseKey(h)); ok {
		return k, content, nil
	}
	err = r.eachFile(h, func(f *os.File, left int64) error {
		k, content, err = r.looseContent(f, left)
		return err
	})
	if err == nil && !r.recent.keep(looseKey(h), k, content) {
		r.buffers.later(content)
	}
	return k, content, err
}

func (r *Reader) looseSize(h Hash) (k Kind, size int64, err error) {
	err = r.eachFile(h, func(f *os.File, _ int64) (err error) {
		k, size, _, err = r.looseHead(f)
		return err
	})
	return k, size, err
}

// eachFile calls read with the files of an object in the folders, until one can be
// read, and with their sizes.
func (r *Reader) eachFile(h Hash, read func(*os.File, int64) error) error {
	name := h.String()
	first := ErrAbsent
	for _, folder := range r.store.folders {
		file := filepath.Join(folder, name[:2], name[2:])
		f, size, err := openRegular(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			r.store.deny(file, err)
		default:
			err = read(f, size)
			f.Close()
			if err == nil {
				return nil
			}
			err = fmt.Errorf("object %v: %w", h, err)
		}
		if first == ErrAbsent {
			first = err // another folder might have it
		}
	}
	return first
}

// looseContent reads "KIND SIZE\x00CONTENT", compressed.
func (r *Reader) looseContent(f io.Reader, left int64) (Kind, []byte, error) {
	k, size, head, err := r.looseHead(f)
	if err != nil {
		return 0, nil, err
	}
	b, err := r.content(size, left)
	if err != nil {
		return 0, nil, err
	}
	sum := adler32.New()
	sum.Write(head)
	sum.Write(b)
	if err := r.inflate.end(sum.Sum32()); err != nil {
		r.buffers.give(b)
		return 0, nil, err
	}
	return k, b, nil
}

// looseHead reads the head of a loose object, up to its zero byte.
func (r *Reader) looseHead(f io.Reader) (k Kind, size int64, head []byte, err error) {
	if err := r.inflate.from(f); err != nil {
		return 0, 0, nil, err
	}
	head = r.head[:0]
	for len(head) == 0 || head[len(head)-1] != 0 {
		if len(head) == 32 || r.inflate.read(head[len(head):len(head)+1]) != nil {
			return 0, 0, nil, errHead
		}
		head = head[:len(head)+1]
	}
	word, digits, _ := bytes.Cut(head[:len(head)-1], []byte(" "))
	if k = kindOf(string(word)); k == 0 {
		return 0, 0, nil, errHead
	}
	n, err := strconv.ParseUint(string(digits), 10, 63)
	if err != nil {
		return 0, 0, nil, errHead
	}
	return k, int64(n), head, nil
}

var errHead = fmt.Errorf("%w: it does not begin with its kind and size", ErrCorrupt)

// kindOf returns the kind that a word names, 0 for none.
func kindOf(word string) Kind {
	switch word {
	case "commit":
		return Commit
	case "tree":
		return Tree
	case "blob":
		return Blob
	case "tag":
		return Tag
	}
	return 0
}

// looseNames returns the names of the loose objects that begin with two digits.
func looseNames(folder, two string) (names []string) {
	files, _ := os.ReadDir(filepath.Join(folder, two))
	for _, f := range files {
		names = append(names, two+f.Name())
	}
	return names
}
