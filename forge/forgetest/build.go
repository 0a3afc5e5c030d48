package forgetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
)

// Build writes the history that text describes as a bare repository into dir,
// which it creates where absent and which must be empty. It returns the full
// hashes of commits by the names that the text gives: of commits, of tags (the
// commit that is tagged) and of branches (the last commit).
//
// A text without commits makes a repository without any, whose HEAD names the
// first branch, or main. A mistake in the text is an error that begins with
// "history line N:" and says what to write; then nothing is written. The package
// documentation describes the language.
func Build(dir, text string) (map[string]string, error) {
	h, err := compose(text, usual())
	if err != nil {
		return nil, err
	}
	if err := h.write(dir); err != nil {
		return nil, fmt.Errorf("building a repository in %s: %w", dir, err)
	}
	return h.names(), nil
}

func (h *history) write(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if there, err := os.ReadDir(dir); err != nil {
		return err
	} else if len(there) > 0 {
		return errors.New("the folder is not empty; remove it or name a new one")
	}
	for _, sub := range []string{"objects/pack", "objects/info", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o777); err != nil {
			return err
		}
	}
	if err := h.writePack(filepath.Join(dir, "objects", "pack")); err != nil {
		return err
	}
	// HEAD comes last: without it the folder is no repository.
	for _, f := range []struct{ name, content string }{
		{"config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"},
		{"packed-refs", h.packedReferences()},
		{"HEAD", "ref: " + h.headReference() + "\n"},
	} {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.content), 0o666); err != nil {
			return err
		}
	}
	return nil
}

func (h *history) headReference() string {
	if h.head == "" {
		return plumbing.Main.String()
	}
	return branchReference(h.head).String()
}

// packedReferences lists all references in one file, as git does for many.
func (h *history) packedReferences() string {
	lines := map[string]string{}
	for name, c := range h.branches {
		if c != nil {
			ref := branchReference(name).String()
			lines[ref] = fmt.Sprintf("%s %s\n", c.id, ref)
		}
	}
	for name, t := range h.tags {
		ref := plumbing.NewTagReferenceName(name).String()
		lines[ref] = fmt.Sprintf("%s %s\n", t.object, ref)
		if t.object != t.commit.id {
			lines[ref] += fmt.Sprintf("^%s\n", t.commit.id)
		}
	}
	var b bytes.Buffer
	b.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for _, ref := range slices.Sorted(maps.Keys(lines)) {
		b.WriteString(lines[ref])
	}
	return b.String()
}
