package command

import (
	"context"

	"github.com/tributary-oss/tributary/model"
)

// history is what some revisions of a repository hold: each commit is read once, however
// many ranges it is part of.
type history struct {
	a       *app
	repo    model.Repository
	commits map[string]*model.Contribution // their authors', by commit
	aliases []model.Alias
	said    *gaps
}

// read reads what can be reached from a commit.
func (h *history) read(ctx context.Context, commit string) error {
	if h.commits[commit] != nil {
		return nil
	}
	first := len(h.aliases) == 0
	for r, err := range h.said.watch(h.a.mineRange(ctx, h.repo, commit)) {
		if err != nil {
			return err
		}
		if r.Alias != nil && first {
			h.aliases = append(h.aliases, *r.Alias)
		}
		c := r.Contribution
		if c == nil || c.Commit == nil || c.Role != model.Author || c.Artifact.Kind() != model.CommitArtifact {
			continue
		}
		if name := c.Artifact.Name(); h.commits[name] == nil {
			h.commits[name] = c
		}
	}
	return nil
}

// reach returns the commits that can be reached from one.
func (h *history) reach(commit string) map[string]bool {
	into, todo := map[string]bool{}, []string{commit}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if into[at] {
			continue
		}
		into[at] = true
		if c := h.commits[at]; c != nil {
			todo = append(todo, c.Commit.Parents...)
		}
	}
	return into
}
