// Package tenderfile reads tender documents and the rosters beside them, in YAML
// or JSON, and checks them: every fault is told at once, with its line, its
// column and what to write instead.
//
// Documents are read strictly. A key that is not known, a number in quotes or a
// text that YAML takes for a number is a fault, because a tender that is read
// otherwise than it was meant may award otherwise than it was meant. Parts of
// YAML that make one place depend on another (anchors, aliases, merge keys,
// tags) are refused: a tender states each fact where it stands.
//
// Files come from strangers, so sizes, depths and the work that a document can
// ask for are bounded, and rosters lie beside the tender or below it. A tender,
// and a roster in YAML, may have 4 MiB, which is some ten thousand people; a
// roster in JSON may have 64 MiB and four million keys and values.
package tenderfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Read reads the tender document in a file, with its rosters, over the defaults
// of [model.NewTender]: absent keys keep them, and maps of weights merge key by
// key. Lots that are absent become one lot "1" of all projects in equal parts,
// and an employment without a level is [model.Listed].
//
// JSON is known by a name that ends in .json, or by its content; all else is
// YAML. Symbolic links that lead out of the file's folder are refused.
//
// Rosters of another format than tributary are read by that one of the formats; without
// it they are a fault, as an unread roster would move people to unknown employers.
//
// Where the documents are at fault the error is [Faults]. Any other error says
// that the tender could not be read at all; a roster that cannot be is a fault.
func Read(name string, formats ...model.RosterFormat) (*model.Tender, error) {
	dir := filepath.Dir(name)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the tender: %w", err)
	}
	defer root.Close()
	t, err := ReadFS(root.FS(), filepath.Base(name), formats...)
	if faults, ok := errors.AsType[Faults](err); ok {
		for i := range faults {
			faults[i].File = filepath.Join(dir, filepath.FromSlash(faults[i].File))
		}
	}
	return t, err
}

// ReadFS is [Read] in a file system. The name and the rosters' names, which are
// relative to its folder, keep to [fs.ValidPath].
func ReadFS(fsys fs.FS, name string, formats ...model.RosterFormat) (*model.Tender, error) {
	doc := &document{file: name, format: model.TenderFormat, collector: &collector{}}
	b, err := doc.load(fsys)
	if err != nil {
		return nil, fmt.Errorf("reading the tender: %w", err)
	}
	t := model.NewTender()
	if !doc.read(b, t) {
		return nil, doc.err()
	}
	c := &check{document: doc, tender: t}
	c.erased(fsys)
	c.rosters(fsys, formats)
	c.all()
	if err := doc.err(); err != nil {
		return nil, err
	}
	return t, nil
}

// load reads the file up to just beyond the largest size allowed.
func (d *document) load(fsys fs.FS) ([]byte, error) {
	f, err := fsys.Open(d.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(d.bounds(true).bytes)+1))
}

// read parses the document into what to points at. It reports whether there is
// anything to check further; faults may have been noted even so.
func (d *document) read(b []byte, to any) bool {
	if d.root = d.parse(b); d.root == nil {
		return false
	}
	if message := formatFault(d.root, d.format); message != "" {
		// Nothing else that could be said of a document of another form is of use.
		d.faults = nil
		d.fault(d.root.at("format"), "%s", message)
		return false
	}
	return d.decoder().structure(d.root, reflect.ValueOf(to).Elem(), "document", limit{})
}

// parse turns a file's bytes into a tree, or notes faults and returns nil.
func (d *document) parse(b []byte) *node {
	size := len(b)
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if bytes.IndexByte(b, '\r') >= 0 { // each replacement copies, even where there is nothing to replace
		b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
		b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
	}
	named := strings.EqualFold(path.Ext(d.file), ".json") && len(bytes.TrimSpace(b)) > 0
	isJSON := named || looksLikeJSON(b)
	if most := d.bounds(isJSON); size > most.bytes {
		d.faultAt(1, 1, most.tooBig)
		return nil
	}
	if line, column, message := textFault(b); message != "" {
		d.faultAt(line, column, message)
		return nil
	}
	if isJSON {
		return jsonTree(d, b)
	}
	return guarded(d, b, yamlTree)
}

// formatFault says what is wrong with a document's format when it is another
// than the one wanted, and nothing when it is absent or no text: that is for the
// decoder to say, among the rest.
func formatFault(root *node, want string) string {
	n := root.find("format")
	if n.shape != text || n.text == want {
		return ""
	}
	name, version, _ := strings.Cut(n.text, "/")
	wantName, wantVersion, _ := strings.Cut(want, "/")
	switch {
	case name == wantName && len(version) > 0 && version != wantVersion && strings.Trim(version, "0123456789") == "" &&
		strings.Trim(version, "0") != "":
		return "written for a newer version; this program reads " + want
	case n.text == model.PeopleFormat:
		return "this is a people document; write format: " + want + ", or name it under rosters"
	case n.text == model.ClaimFormat:
		return "this is a claim; name it under rosters, with format: claim"
	case n.text == model.TenderFormat:
		return "this is a tender; write format: " + want + " for a roster"
	}
	return fmt.Sprintf("unknown format %s; write format: %s", quote(n.text), want)
}
