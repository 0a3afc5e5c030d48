package forge

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
)

// told is an error as a result says it. A result is the same wherever it was made, and may go
// to anybody: of the folders of the machine, which often bear the name of its user, and of its
// network it says nothing.
type told struct {
	err  error
	text string
}

func (e *told) Error() string { return e.text }
func (e *told) Unwrap() error { return e.err }

// raw is the error as its source gave it.
func raw(err error) error {
	if t, ok := err.(*told); ok {
		return t.err
	}
	return err
}

// inResult is what an error of a source may have: its text for results, without folders that
// only the source knows, such as that of its clones.
type inResult interface {
	error
	InResult() string
}

// tell returns the error of a repository as results say it: the repository is called what the
// document calls it, and folders around it are named from the document's. address is what the
// source got, and dir the document's folder.
func tell(err error, name, address, dir string) error {
	text := err.Error()
	if e, ok := errors.AsType[inResult](err); ok {
		text = e.InResult()
	}
	text = resolver.ReplaceAllString(text, "$1$2")
	text = ownAddress.ReplaceAllString(text, "$1")
	if isRelativePath(name) {
		text = fromDocument(text, name, Redact(address), dir)
	}
	return &told{err, strings.TrimPrefix(text, "mining "+name+": ")}
}

// What package net says of this machine's own network in its errors: which server was asked for a
// name, and from which address and port.
var (
	resolver   = regexp.MustCompile(`(\blookup \S+) on \S+(: )`)
	ownAddress = regexp.MustCompile(`(\b(?:dial|read|write) (?:tcp|udp)[46]? )\S+->`)
)

// fromDocument names the paths in a text from a document's folder: the repository's own, what
// lies in that folder, and the folders above it.
func fromDocument(text, name, address, dir string) string {
	if whole, err := filepath.Abs(address); err == nil {
		text = renamed(text, whole, name)
	}
	if address != name {
		text = renamed(text, address, name)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return text
	}
	text = strings.ReplaceAll(text, dir+string(filepath.Separator), "")
	for at := dir; at != filepath.Dir(at); at = filepath.Dir(at) {
		if up, err := filepath.Rel(dir, at); err == nil {
			text = renamed(text, at, filepath.ToSlash(up))
		}
	}
	return text
}

// renamed writes another name for a path, where the path stands by itself or goes on in a
// folder of it.
func renamed(text, path, name string) string {
	whole := regexp.MustCompile(`(^|[\s"'(])` + regexp.QuoteMeta(path) + `($|[/\\:;,\s"')])`)
	for range 2 { // neighbours share the character between them
		text = whole.ReplaceAllStringFunc(text, func(found string) string {
			before, after, _ := strings.Cut(found, path)
			return before + name + after
		})
	}
	return text
}
