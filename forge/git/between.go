package git

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	repoaddress "github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// Between compares the two ends of the range A..B that [Options.Rev] names, and says how
// many files and lines differ. It is what releases are announced by: less than the sum over
// the commits between, since what one of them adds another may take away. Files and lines
// are those of [model.Files], so a file that only moves differs in nothing; upkeep, churn
// and patches are not looked at.
//
// A need not be an ancestor of B. A revision alone is compared with the empty tree. What
// cannot be read is counted as unknown; it is an error where the ends themselves cannot be.
func (s *Source) Between(ctx context.Context, repo model.Repository) (*model.Files, error) {
	m := &mining{Source: s, address: repoaddress.Redact(repo.URL), depth: depth{lines: true}}
	f, err := m.between(ctx, repo)
	if err != nil {
		return nil, fmt.Errorf("comparing the ends of %s in %s: %w", s.o.Rev, m.address, err)
	}
	return f, nil
}

func (m *mining) between(ctx context.Context, repo model.Repository) (f *model.Files, err error) {
	if err := m.o.check(); err != nil {
		return nil, err
	}
	if m.o.Rev == "" {
		return nil, errors.New("no range is named; state one as A..B in Options.Rev")
	}
	if m.repo, err = m.open(ctx, repo.URL); err != nil {
		return nil, err
	}
	defer m.repo.close()
	m.objects = m.repo.store.Reader(m.o.atHand() / 16)
	m.hire()
	if err := m.chooseRevision(m.o.Rev); err != nil {
		return nil, err
	}
	var old hash
	if len(m.without) > 0 {
		if old, err = m.treeOf(m.without[0]); err != nil {
			return nil, err
		}
	}
	new, err := m.treeOf(m.branches[0].tip)
	if err != nil {
		return nil, err
	}
	return m.compareTrees(ctx, old, new)
}

// treeOf returns the tree of a commit.
func (m *mining) treeOf(h hash) (hash, error) {
	b, err := m.objects.ReadKind(h, object.Commit)
	if err != nil {
		return hash{}, fmt.Errorf("reading commit %v: %w%s", h, err, m.repo.store.Trouble())
	}
	tree, _, _, err := parse.ParseGraph(b, nil)
	if err != nil {
		return hash{}, fmt.Errorf("commit %v: %w", h, err)
	}
	return tree, nil
}

// compareTrees counts the files and lines that differ between two trees.
func (m *mining) compareTrees(ctx context.Context, old, new hash) (*model.Files, error) {
	d := &m.workers[0].differ
	if err := d.diff(ctx, old, new); err != nil {
		return nil, err
	}
	d.dropMoves()
	changes := d.changes
	f := &model.Files{Touched: len(changes), Unknown: d.unknown, Lines: &model.Lines{}}
	var adding sync.Mutex
	err := m.each(ctx, len(changes), 1, func(ctx context.Context, w *worker, i int) error {
		c := changes[i]
		w.lines.Stop = func() bool { return ctx.Err() != nil }
		one, ok := m.compare(w, m.about(c.path), c.old, c.new, m.depth)
		if err := ctx.Err(); err != nil {
			return err // it was stopped, and says nothing about the file
		}
		adding.Lock()
		defer adding.Unlock()
		if !ok {
			f.Unknown++
			return nil
		}
		f.Lines.Added += one.Added
		f.Lines.Deleted += one.Deleted
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}
