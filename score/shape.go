package score

import "github.com/tributary-oss/tributary/model"

// size is what a commit does to files that people write: without those of which only
// white space differs, and those that tools write, translate or copy.
type size struct{ files, added, deleted int32 }

// add adds another size. No sum of a commit's classes or a history's commits overflows: it
// stays at what is more than any rule asks for.
func (s *size) add(t size) {
	s.files, s.added, s.deleted = clamp(int(s.files)+int(t.files)), clamp(int(s.added)+int(t.added)), clamp(int(s.deleted)+int(t.deleted))
}

// clamp makes a count fit, with room for the factors of [imports].
func clamp(n int) int32 { return int32(min(max(n, 0), 1<<26)) }

// shape says what the files of a commit tell the rules trivial, import and small-text.
// Where the kinds of all files are not known, it tells nothing, and [bench.limits] says
// of how many changes.
func shape(f *model.Files, rules model.Rules) (flags, size) {
	if f == nil || f.Unknown > 0 || f.Touched > 0 && f.Churn == nil {
		return 0, size{}
	}
	var s size
	is, text := looked, true
	for _, c := range f.Churn {
		files := c.Files - c.Space
		switch {
		case files <= 0:
			continue
		case c.Class == model.TranslationFiles:
			is |= translates
			continue
		case c.Class == model.VendoredFiles, c.Class == model.LockFiles, c.Class == model.GeneratedFiles:
			continue
		}
		s.add(size{clamp(files), clamp(c.Added), clamp(c.Deleted)})
		text = text && (c.Class == model.DocumentationFiles || c.Comment == files)
	}
	switch {
	case s.files == 0:
		return is | trivial, size{}
	case imports(s, rules):
		is |= imported
	case text:
		is |= onlyText
	}
	return is &^ translates, s
}

// linesOfAFile tells files that come in from files that are touched: a line more in each of
// hundreds of files is nobody's tree.
const linesOfAFile = 10

// imports reports whether so much is added, and nearly nothing deleted, that nobody
// wrote it for the occasion.
func imports(s size, rules model.Rules) bool {
	much := int(s.files) > rules.ImportFiles && s.added >= linesOfAFile*s.files || int(s.added) > rules.ImportLines
	return much && int(s.deleted)*20 <= int(s.added)
}

// findVoids finds the commits that earn nobody anything, whatever the role: what was undone,
// what is no work, and what was not made here.
func (b *bench) findVoids() {
	b.foreign = b.foreignLandings()
	b.findReverts()
}

// void returns the rule by which a commit earns nobody anything, and what explains it;
// no rule where it may.
func (b *bench) void(a *act) (rule, int32) {
	k := b.commits.at(a.commit)
	if k.flags&isMerge != 0 {
		return noRule, -1
	}
	if by, ok := b.reverts[a.commit]; ok && b.stands(a, ruleRevert) {
		return ruleRevert, by
	}
	if k.flags&trivial != 0 && !(k.flags&translates != 0 && b.translations()) && b.stands(a, ruleTrivial) {
		return ruleTrivial, -1
	}
	if k.flags&imported != 0 && b.stands(a, ruleImport) {
		return ruleImport, -1
	}
	if b.foreign[k.landed] && b.stands(a, ruleImport) && !b.decisions.overruled(b.commits.at(k.landed).hash, ruleImport) {
		return ruleImport, k.landed
	}
	return noRule, -1
}

// translations reports whether the document weighs translations at all.
func (b *bench) translations() bool {
	return b.tender.Indicators[model.Commits][model.Translations] > 0
}

// foreignLandings finds the merges that brought in a whole foreign history: one with a
// beginning of its own, beyond the size of an import. Each of its commits may be small.
func (b *bench) foreignLandings() map[int32]bool {
	sum := map[int32]size{}
	for i := range b.commits.n {
		if k := b.commits.at(i); k.flags&(described|isMerge|landedMerge|isRoot) == described|landedMerge|isRoot && k.landed != i {
			sum[k.landed] = size{}
		}
	}
	if len(sum) == 0 {
		return nil
	}
	for i := range b.commits.n {
		k := b.commits.at(i)
		if s, ok := sum[k.landed]; ok && k.flags&(described|isMerge) == described {
			s.add(size{k.size.files, k.size.added, 0})
			sum[k.landed] = s
		}
	}
	foreign := map[int32]bool{}
	for merge, s := range sum {
		foreign[merge] = imports(s, b.tender.Rules)
	}
	return foreign
}

// measure adds what a commit does to the unit that it is part of.
func (u *unit) measure(i int32, k *commit) {
	if i == u.last {
		return
	}
	u.last = i
	u.text = u.text && k.flags&(onlyText|translates) != 0
	u.translates = u.translates && k.flags&translates != 0
	u.looked = u.looked && k.flags&looked != 0
	u.lines += int(k.size.added) + int(k.size.deleted)
}

// smallText reports whether a change only touches up a few lines of documentation or
// comments.
func (b *bench) smallText(u *unit) bool { return u.text && u.lines <= b.tender.Rules.SmallTextLines }
