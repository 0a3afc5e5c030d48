package git

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// branchTips returns the tips that a document pins, without what stands beside branches.
// A detached HEAD is mined as a branch of that name, and its tip is one.
func branchTips(repo model.Repository) map[string]string {
	tips := maps.Clone(repo.Tips)
	delete(tips, model.TagsTip)
	if len(tips) > 1 {
		delete(tips, model.MainTip)
	}
	return tips
}

// pins reports whether all that a seal pins is to be stated.
func (m *mining) pins() bool { return (m.o.Pin || m.whole) && m.o.Rev == "" }

// mainTip states which of several branches is the main line: what it has was accepted
// there first, and its .mailmap is the repository's.
func (m *mining) mainTip(ctx context.Context) error {
	named := slices.ContainsFunc(m.branches, func(b branch) bool { return b.name == model.MainTip })
	if !m.pins() || len(m.branches) < 2 || named {
		return nil
	}
	return m.emit(ctx, model.Record{Tip: &model.Tip{Branch: model.MainTip, Commit: m.branches[0].tip.String()}})
}

// tagsTip states which annotated version tags lie in the period. A tag bears whatever date
// its maker wrote: without this, releases could be added to a window that is long over.
// Lightweight tags are nobody's releases, and are made later of commits inside the window
// without any bad intent.
func (m *mining) tagsTip(ctx context.Context, found []release) error {
	if !m.pins() {
		return nil
	}
	named := slices.DeleteFunc(slices.Clone(found), func(r release) bool { return r.tagger == (model.Identity{}) })
	slices.SortFunc(named, func(a, b release) int { return cmp.Compare(a.name, b.name) })
	sum := sha256.New()
	for _, r := range named {
		fmt.Fprintf(sum, "%v %s\n", r.object, r.name)
	}
	return m.emit(ctx, model.Record{Tip: &model.Tip{Branch: model.TagsTip, Commit: hex.EncodeToString(sum.Sum(nil))}})
}
