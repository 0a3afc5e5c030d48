package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

const (
	farApart    = 30 * 24 * 60 * 60 // seconds between the forge's time of a merge and git's that are worth a word
	namedAtMost = 3                 // branches in one sentence
	nameAtMost  = 60                // characters of a branch's name
)

// forgeLimits says what of the window's changes of a forge could not be followed.
// However many these are, the indicators stay: whoever may open a branch could
// otherwise make one vanish for all by merging into it.
func (b *bench) forgeLimits() []Limit {
	var list []Limit
	add := func(n int, one, many string) {
		if n == 1 {
			many = one
		}
		if n > 0 {
			list = append(list, Limit{model.Changes, model.Partial, fmt.Sprintf(many, n)})
		}
	}
	const merged = "%d of the changes that the forge merged in the window "
	none, alone := b.unmatched()
	const unmatched = merged + "could not be matched to commits; who opened one counts as its author"
	add(none, unmatched, unmatched)
	const rest = "of " + merged + "one commit is known and nothing tells the others; had they been rebased or fast-forwarded, those would count by themselves"
	add(alone, rest, rest)
	odd, far := b.strange()
	const form = " in a form that is no commit id"
	add(odd, "%d change names its commits"+form, "%d changes name their commits"+form)
	const apart = " a time of merge on the forge that lies more than 30 days from git's"
	add(far, "%d change has"+apart, "%d changes have"+apart)
	if text := b.undeclared(); text != "" {
		list = append(list, Limit{model.ReviewsDone, model.Partial, text}, Limit{model.Integration, model.Partial, text})
	}
	return list
}

// unmatched counts the changes that a forge merged of which git knows no commit, and
// those of which it knows one that is no merge while neither a reference to the change
// nor the forge says whether there were more. Of one whose own last commit landed a
// reference says nothing: where the line does not lead to its beginning, there may
// have been.
func (b *bench) unmatched() (none, alone int) {
	for c := range b.fates {
		f := &b.fates[c]
		k := b.stated.changes.at(int32(c))
		_, told := b.stated.heads[k.thing]
		switch {
		case f.unit < 0:
		case len(f.commits) == 0:
			none++
		case len(f.commits) > 1 || f.line > 0 || b.commits.at(f.commits[0]).flags&isMerge != 0:
		case !told || b.isHead(k, f.commits[0]):
			alone++
		}
	}
	return none, alone
}

// strange counts the changes of which the forge names a commit by what is no commit id,
// and those that it says were merged into a declared branch at another time than git.
func (b *bench) strange() (odd, far int) {
	for c := range b.fates {
		f, k := &b.fates[c], b.stated.changes.at(int32(c))
		at := k.merged
		if f.declared && f.became >= 0 {
			at = b.commits.at(f.became).accepted
		}
		if !b.window.Holds(seconds(k.merged)) && !b.window.Holds(seconds(at)) {
			continue
		}
		if k.odd {
			odd++
		}
		if max(at, k.merged)-min(at, k.merged) > farApart {
			far++
		}
	}
	return odd, far
}

// undeclared says how many changes were merged into which branches that the document
// does not declare and reached none that it does, the most frequent first: a default
// branch under its old name is seen here. It returns "" where there are none.
func (b *bench) undeclared() string {
	count, sum := map[string]int{}, 0
	for c := range b.fates {
		f := &b.fates[c]
		if f.declared || f.rule != ruleBranch || f.related != -1 || !b.window.Holds(seconds(f.merged)) {
			continue
		}
		count[b.stated.bases.list[b.stated.changes.at(int32(c)).base]]++
		sum++
	}
	names := slices.SortedFunc(maps.Keys(count), func(x, y string) int { return cmp.Or(count[y]-count[x], strings.Compare(x, y)) })
	if len(names) == 0 {
		return ""
	}
	changes := map[bool]string{true: "1 change was", false: fmt.Sprintf("%d changes were", sum)}[sum == 1]
	if len(names) == 1 {
		return fmt.Sprintf("%s merged into %s, which the document does not declare", changes, branchName(names[0]))
	}
	var named []string
	for _, name := range names[:min(len(names), namedAtMost)] {
		named = append(named, fmt.Sprintf("%s (%d)", branchName(name), count[name]))
	}
	if more := len(names) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("%d more", more))
	}
	last := len(named) - 1
	return fmt.Sprintf("%s merged into %s and %s, which the document does not declare", changes, strings.Join(named[:last], ", "), named[last])
}

// branchName shows a name that a forge gave: short, and quoted where it is not plain.
func branchName(name string) string {
	cut := name
	if r := []rune(strings.ToValidUTF8(name[:min(len(name), 4*nameAtMost)], "")); len(r) > nameAtMost || len(name) > 4*nameAtMost {
		cut = string(r[:min(len(r), nameAtMost)]) + "…"
	}
	if cut == "" || strings.ContainsFunc(cut, func(r rune) bool { return r == ' ' || !strconv.IsPrint(r) }) {
		return strconv.Quote(cut)
	}
	return cut
}
