package tenderfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Edits are what calibration and sealing write into a tender document.
type Edits struct {
	// Thresholds are written by project and indicator; others stay.
	Thresholds map[string]map[model.Indicator]model.Threshold
	// Tips are commits by project, url of the repository and branch; other branches stay.
	Tips map[string]map[string]map[string]string
	// Seal is written where the document has none; nil writes none.
	Seal *model.Seal
}

// ErrNotEdited says that a document could not be edited and is as it was.
var ErrNotEdited = errors.New("the document was left as it is")

// Edit writes the edits into a tender document and leaves every other byte as it is:
// comments, order, quotes, line ends. Values that stand there already are kept in their
// spelling. The file is replaced as a whole or not at all; a symbolic link stays one.
//
// It fails with [Faults] where the document is at fault, and with [ErrNotEdited] where the
// values have no place in it, where it would then say anything but what it said with the
// edits, or where it was changed in the meantime.
func Edit(name string, e Edits) error {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return fmt.Errorf("editing the tender: %w", err)
	}
	before, err := os.ReadFile(real)
	if err != nil {
		return fmt.Errorf("editing the tender: %w", err)
	}
	after, err := Edited(name, before, e)
	if err != nil || bytes.Equal(before, after) {
		return err
	}
	if err := replace(real, before, after); err != nil {
		return fmt.Errorf("editing the tender: %w", err)
	}
	return nil
}

// Edited is [Edit] on a document's bytes; the name says whether it is JSON, and stands in
// messages.
func Edited(name string, b []byte, e Edits) ([]byte, error) {
	root, err := editable(name, b)
	if err != nil {
		return nil, err
	}
	puts, err := e.puts(root)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotEdited, err)
	}
	edited := b
	for _, p := range puts {
		if edited, err = p.into(name, edited); err != nil {
			return nil, fmt.Errorf("%w: %s: %w; write it there yourself: %s", ErrNotEdited, p, err, flowText(p.value, false))
		}
	}
	if err := onlyThat(name, b, edited, puts); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotEdited, err)
	}
	return edited, nil
}

// editable parses a tender document and returns its tree, or its faults.
func editable(name string, b []byte) (*node, error) {
	d := &document{file: filepath.ToSlash(name), format: model.TenderFormat, collector: &collector{}}
	if d.read(b, model.NewTender()) && len(d.faults) == 0 {
		return d.root, nil
	}
	return nil, d.err()
}

// put is one value to be written under a key of a mapping.
type put struct {
	path  []any // of the mapping
	key   string
	value *node
}

// String names the place of a put, such as projects.geoserver.thresholds.changes.
func (p put) String() string {
	s := ""
	for _, step := range p.path {
		s += fmt.Sprint(step) + "."
	}
	return s + p.key
}

// puts says what must be written where, in a stable order. What stands there already is left out.
func (e Edits) puts(root *node) (all []put, err error) {
	for _, name := range slices.Sorted(maps.Keys(e.Thresholds)) {
		if !root.find("projects").has(name) {
			return nil, fmt.Errorf("the document has no project %s", quote(name))
		}
		all = append(all, under(root, []any{"projects", name}, "thresholds", thresholdNodes(e.Thresholds[name]))...)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Tips)) {
		for _, url := range slices.Sorted(maps.Keys(e.Tips[name])) {
			at := repositoryAt(root, name, url)
			if at < 0 {
				return nil, fmt.Errorf("the project %s has no repository with this url", quote(name))
			}
			all = append(all, under(root, []any{"projects", name, "repositories", at}, "tips", tipNodes(e.Tips[name][url]))...)
		}
	}
	if e.Seal != nil {
		if root.has("seal") {
			return nil, errors.New("it is sealed already; a published seal binds the buyer")
		}
		all = append(all, put{nil, "seal", sealNode(e.Seal)})
	}
	return all, nil
}

// under writes the pairs of a mapping under a key: as a whole where the key is not there,
// otherwise one by one.
func under(root *node, path []any, key string, values *node) (all []put) {
	held := root.find(path...).pair(key)
	if held == nil {
		if len(values.pairs()) > 0 {
			all = append(all, put{path, key, values})
		}
		return all
	}
	for _, p := range values.pairs() {
		if was := held.value.pair(p.key.text); was == nil || !sameNode(was.value, p.value) {
			all = append(all, put{append(slices.Clone(path), key), p.key.text, p.value})
		}
	}
	return all
}

func repositoryAt(root *node, project, url string) int {
	return slices.IndexFunc(root.find("projects", project, "repositories").items(), func(n *node) bool { return n.find("url").text == url })
}

// onlyThat reads the edited document anew and returns an error where it says anything but
// what it said before with the puts, or has lost or gained a comment.
func onlyThat(name string, before, after []byte, puts []put) error {
	want, err := editable(name, before)
	if err != nil {
		return err
	}
	for _, p := range puts {
		want.at(p.path...).replacePair(p.key, p.value)
	}
	got, err := editable(name, after)
	if err != nil {
		return fmt.Errorf("it could not be read afterwards: %w", err)
	}
	if !sameNode(want, got) || !reflect.DeepEqual(newLayout(name, before).comments(), newLayout(name, after).comments()) {
		return errors.New("its layout is beyond this program: it would have said something else; write the values yourself, or in a plainer layout")
	}
	return nil
}

// replacePair sets a pair of a mapping in the tree.
func (n *node) replacePair(key string, value *node) {
	if p := n.pair(key); p != nil {
		p.value = value
		return
	}
	n.put(&document{collector: &collector{}}, &node{shape: text, text: key}, value)
}

// replace puts new bytes in the place of a file, whole or not at all, if it still has the
// old ones.
func replace(name string, before, after []byte) (err error) {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(after)
	err = errors.Join(err, tmp.Chmod(info.Mode()&fs.ModePerm), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, before) {
		return errors.Join(ErrNotEdited, errors.New("it was changed in the meantime; run it again"), err)
	}
	return os.Rename(tmp.Name(), name)
}
