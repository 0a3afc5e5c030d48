package git

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
)

// A forge that merges a change says as which commit M. Of a merge commit the history
// tells what came in with it, and a squash is M alone. Of a rebase M is only the last
// of several commits, and nothing but the change's own last commit, which forges
// keep as a reference, tells how many they are and which.

const (
	pullPrefix  = "refs/pull/"           // GitHub, Gitea, Forgejo
	mergePrefix = "refs/merge-requests/" // GitLab
	headSuffix  = "/head"
)

// wantsHeads reports whether the heads of changes are stated.
func (m *mining) wantsHeads() bool { return m.o.Heads && m.wants(model.HeadFacts) }

// changePrefixes returns what precedes the number in a forge's references to
// changes; where the forge is not known, of either kind.
func changePrefixes(name string) (prefixes []string, known bool) {
	switch name {
	case forge.GitHub, forge.Gitea:
		return []string{pullPrefix}, true
	case forge.GitLab:
		return []string{mergePrefix}, true
	}
	return []string{pullPrefix, mergePrefix}, false
}

// changeRef is what a reference says of a change.
type changeRef struct {
	number int32
	head   hash // zero, which no commit has, where the reference is broken
}

// changes returns the changes that the references name, by number. Where both kinds
// of references name one number, it is the pull request's.
func (m *mining) changes() []changeRef {
	found := map[int32]hash{}
	prefixes, _ := changePrefixes(m.forge)
	for _, prefix := range prefixes {
		here := map[int32]hash{}
		for name := range m.repo.broken {
			if n, ok := changeNumber(name, prefix); ok {
				here[n] = hash{}
			}
		}
		for name, h := range m.repo.refs {
			if n, ok := changeNumber(name, prefix); ok {
				here[n] = h
			}
		}
		for n, h := range here {
			if _, taken := found[n]; !taken {
				found[n] = h
			}
		}
	}
	all := make([]changeRef, 0, len(found))
	for n, h := range found {
		all = append(all, changeRef{n, h})
	}
	slices.SortFunc(all, func(a, b changeRef) int { return cmp.Compare(a.number, b.number) })
	return all
}

// changeNumber reads the number in the name of a reference, in the one way in which
// forges write it: of nine digits at most, and without leading zeros.
func changeNumber(name, prefix string) (int32, bool) {
	s, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0, false
	}
	if s, ok = strings.CutSuffix(s, headSuffix); !ok || s == "" || len(s) > 9 || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return int32(n), err == nil
}

// changesAtOnce is how many changes may wait to be stated.
const changesAtOnce = 1 << 9

// heads states the head of every change, by number.
func (m *mining) heads(ctx context.Context) error {
	switch {
	case !m.o.Heads:
		return nil
	case !m.wantsHeads():
		return m.cover(ctx, model.HeadFacts, model.Unavailable, notAsked)
	}
	all := m.changes()
	var own *owned
	if len(all) > 0 {
		own = m.newOwned()
	}
	var lacks lacking
	for some := range slices.Chunk(all, changesAtOnce) {
		found := make([]traced, len(some))
		err := m.each(ctx, len(some), 8, func(_ context.Context, w *worker, k int) error {
			found[k] = own.trace(w, some[k])
			return nil
		})
		if err != nil {
			return err
		}
		for k := range some {
			lacks.count(found[k])
			if err := m.stateHead(ctx, some[k], found[k]); err != nil {
				return err
			}
		}
	}
	return m.coverHeads(ctx, len(all), lacks)
}

// stateHead states the head of one change, unless its last commit is not there.
func (m *mining) stateHead(ctx context.Context, c changeRef, t traced) error {
	if t.absent {
		return nil
	}
	head := &model.Head{
		Change: model.NewArtifact(model.ChangeArtifact, strconv.Itoa(int(c.number))),
		Commit: c.head.String(), Committed: instant(t.committed), Own: t.own,
	}
	for _, place := range t.accepted {
		head.Accepted = append(head.Accepted, m.graph.ids[m.landing.order[place]].String())
	}
	return m.emit(ctx, model.Record{Head: head})
}

// lacking counts the changes of which something is not known.
type lacking struct{ heads, commits int }

func (l *lacking) count(t traced) {
	switch {
	case t.absent:
		l.heads++
	case t.hollow:
		l.commits++
	}
}

// coverHeads states how much is known of so many changes.
func (m *mining) coverHeads(ctx context.Context, changes int, lacks lacking) error {
	if changes == 0 {
		return m.cover(ctx, model.HeadFacts, model.Unavailable, m.whyNoChanges())
	}
	var said []string
	of := " of " + plural(changes, "change", "changes")
	if lacks.heads > 0 {
		said = append(said, fmt.Sprintf("the last commit of %d%s is absent or unreadable", lacks.heads, of))
	}
	if lacks.commits > 0 {
		said = append(said, fmt.Sprintf("earlier commits of %d%s are absent, unreadable or cut off", lacks.commits, of))
	}
	why := ""
	if len(said) > 0 {
		why = m.repo.store.Trouble()
	}
	if m.graph.shortfall() != "" {
		said = append(said, "the history of the branches is incomplete, so that more commits may be counted as a change's own than are")
	}
	if lacks.heads == changes {
		return m.cover(ctx, model.HeadFacts, model.Unavailable, strings.Join(said, "; ")+why)
	}
	return m.coverUnless(ctx, model.HeadFacts, len(said) == 0, strings.Join(said, "; ")+why)
}

// whyNoChanges says why there are no references to changes, as far as that is known.
func (m *mining) whyNoChanges() string {
	prefixes, known := changePrefixes(m.forge)
	switch {
	case m.repo.cloned && known && m.o.Offline:
		return "its clone has no references to changes; mine it once with the network"
	case m.repo.cloned && known:
		return "the repository shows no references to changes"
	case m.repo.cloned:
		return "its forge is not known, so no references to changes were fetched; state the forge in the tender document"
	}
	return fmt.Sprintf("the clone has no references to changes; fetch them with git fetch origin '+%s'", changeSpec(prefixes[0]))
}

// changeSpec returns what a fetch of the references with a prefix asks for.
func changeSpec(prefix string) string {
	all := prefix + "*" + headSuffix
	return all + ":" + all
}
