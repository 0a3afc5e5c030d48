package git

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-oss/tributary/forge/git/internal/class"
	"github.com/tributary-oss/tributary/forge/git/internal/comment"
	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/forge/git/internal/saved"
	"github.com/tributary-oss/tributary/model"
)

// factsVersion must be raised whenever the miner would state other facts of the
// same commit than before. The tables that it prints are taken care of: their
// digest is a part of the version too.
const factsVersion = 4

// tablesDigest is the version of what is saved.
var tablesDigest = sync.OnceValue(func() string {
	h := sha256.New()
	fmt.Fprint(h, factsVersion, mostSteps, UpkeepPatterns(), class.Patterns(), class.Marks(), class.Locales(),
		comment.Most, comment.Languages(), comment.Directives())
	return fmt.Sprintf("%x", h.Sum(nil))
})

// memory is what was mined of a repository before, and what is saved of this time.
// What is known of a commit goes by its name, so nothing in it can be out of date;
// see package saved. Its zero value remembers nothing, and saves nothing.
type memory struct {
	file   string
	old    *saved.State  // nil where nothing is known
	new    *saved.Writer // nil until something new is known
	known  []bool        // by record of old: new has a better one
	few    []news        // what is known anew, while that is little
	tips   []model.Tip   // where branches were when they were mined last
	failed error         // why nothing is saved this time
	// rewritten says that a branch does not hold the tip any more at which it was
	// mined before.
	rewritten bool
}

// remember opens what was saved. Where that cannot be used, the repository is mined
// anew, and the log says why.
func (m *mining) remember() {
	if !m.o.Save {
		return
	}
	folder, err := m.cacheFolder()
	if err != nil {
		m.o.Log.Warn("what is mined cannot be saved", "repository", m.address, "error", err)
		return
	}
	sum := sha256.Sum256([]byte(m.repo.place))
	name := fmt.Sprintf("%.40s-%x", filepath.Base(m.repo.place), sum[:8])
	if m.o.Memory != usualMemory {
		name += fmt.Sprintf("-%d", m.o.Memory) // with which the contents of other files are known
	}
	m.memory.file = filepath.Join(folder, "mined", name)
	y := &m.memory
	leftovers, _ := filepath.Glob(y.file + ".*.tmp")
	for _, name := range leftovers {
		if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > 24*time.Hour {
			os.Remove(name) // of a process that was killed
		}
	}
	if m.o.Fresh {
		return
	}
	y.tips = savedTips(y.file + ".tips")
	old, err := saved.Open(y.file, tablesDigest())
	switch {
	case err == nil:
		y.old, y.known = old, make([]bool, old.Len())
	case errors.Is(err, saved.ErrVersion):
		m.o.Log.Info("what was mined before is not used", "repository", m.address, "error", err)
	case !errors.Is(err, fs.ErrNotExist):
		m.o.Log.Warn("what was mined before cannot be used; the repository is mined anew", "repository", m.address, "error", err)
	}
}

// noticeRewriting says in the log which branches were rewritten. What they lead to now
// is mined anew by itself, as its commits have other names.
func (m *mining) noticeRewriting() {
	if m.o.Rev != "" || m.graph.cut > 0 || len(m.graph.missing) > 0 {
		return // of a part of the history nobody can tell
	}
	for _, t := range m.memory.tips {
		was, err := parse.ParseHash(t.Commit)
		at, there := m.graph.index[was]
		i := slices.IndexFunc(m.branches, func(b branch) bool { return b.name == t.Branch && !b.pinned })
		if err != nil || i < 0 || there && slices.Contains(m.landing.sets[m.landing.held[at]], t.Branch) {
			continue
		}
		m.memory.rewritten = true
		m.o.Log.Warn("a branch was rewritten since it was mined; what is new in it is mined anew", "repository", m.address,
			"branch", t.Branch, "before", t.Commit, "now", m.branches[i].tip.String())
	}
}

// save writes what is known, with what was known before; of that, what is not part
// of the history any more only as long as nothing was rewritten.
func (m *mining) save() {
	y := &m.memory
	if y.rewritten && y.saves() {
		m.begin()
	}
	var err error
	if y.saves() && m.landing != nil && m.o.Rev == "" {
		err = saveTips(y.file+".tips", m.tips())
	}
	if y.new == nil {
		return
	}
	for n := range y.known {
		if err != nil {
			break
		}
		if _, there := m.graph.index[y.old.Name(n)]; !y.known[n] && (there || !y.rewritten) {
			err = y.new.Copy(n)
		}
	}
	if err == nil {
		err = y.new.Commit(nil)
	}
	if err != nil {
		m.o.Log.Warn("what was mined cannot be saved", "repository", m.address, "error", err)
	}
}

// tips returns the tips to be saved: those of this time, and of other branches
// those of before.
func (m *mining) tips() []model.Tip {
	tips := slices.Clone(m.memory.tips)
	for _, b := range m.branches {
		tips = slices.DeleteFunc(tips, func(t model.Tip) bool { return t.Branch == b.name })
		if !b.pinned {
			tips = append(tips, model.Tip{Branch: b.name, Commit: b.tip.String()})
		}
	}
	return tips
}

// saveTips writes tips into a file of their own, one "COMMIT BRANCH" a line: they
// change every time, what is known of commits does not.
func saveTips(file string, tips []model.Tip) error {
	var b []byte
	for _, t := range tips {
		b = fmt.Appendf(b, "%s %s\n", t.Commit, t.Branch)
	}
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, b) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o600)
}

// savedTips reads them; what cannot be read is not known.
func savedTips(file string) (tips []model.Tip) {
	b, _ := os.ReadFile(file)
	for line := range strings.Lines(string(b)) {
		if commit, branch, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			tips = append(tips, model.Tip{Branch: branch, Commit: commit})
		}
	}
	return tips
}

// close gives the files back. What was not saved by then is lost.
func (y *memory) close() {
	if y.new != nil {
		y.new.Abort()
	}
	if y.old != nil {
		y.old.Close()
	}
}

// saves reports whether what is mined will be saved.
func (y *memory) saves() bool { return y.file != "" && y.failed == nil }

// graph returns what the walk needs of a commit, from what was saved. The parents
// are appended to a slice.
func (y *memory) graph(h hash, parents []hash) (l link, ok bool) {
	if y.old == nil {
		return l, false
	}
	n, ok := y.old.Find(h)
	if !ok {
		return l, false
	}
	g, err := y.old.Graph(n, parents)
	return link{tree: g.Tree, parents: g.Parents, committed: g.Committed, keys: g.Keys, record: int32(n)}, err == nil
}

// saved returns what was saved of commit i, and whether that can be used.
func (m *mining) saved(i int32) (r saved.Record, ok bool) {
	if m.memory.old == nil || m.graph.records[i] < 0 {
		return r, false
	}
	r, err := m.memory.old.Record(int(m.graph.records[i]))
	return r, err == nil && len(r.Acts) >= 2 // otherwise it is mined again
}

// keep saves what is known of a commit. It is called for one commit after the other.
// A commit that cannot be saved is mined again the next time; an error of the disk
// comes up again in the end.
func (m *mining) keep(i int32, r *mined) {
	y := &m.memory
	if !y.saves() || r.known {
		return // it is copied in the end
	}
	y.few = append(y.few, news{m.graph.ids[i], m.recordOf(i, r)})
	if y.new != nil || len(y.few) > y.worthwhile() {
		m.begin()
	}
}

// news is a commit of which more is known than before.
type news struct {
	id     hash
	record *saved.Record
}

// worthwhile is the number of commits that are rather mined again the next time than
// saved with all the others anew.
func (y *memory) worthwhile() int { return len(y.known) / 64 }

// begin writes what is known anew.
func (m *mining) begin() {
	y := &m.memory
	if y.new == nil {
		if y.new, y.failed = saved.Create(y.file, tablesDigest(), y.old); y.failed != nil {
			m.o.Log.Warn("what is mined cannot be saved", "repository", m.address, "error", y.failed)
			return
		}
	}
	for _, f := range y.few {
		if err := y.new.Add(f.id, f.record); err != nil {
			m.o.Log.Debug("a commit cannot be saved", "repository", m.address, "error", err)
		} else if y.old != nil {
			if n, ok := y.old.Find(f.id); ok {
				y.known[n] = true
			}
		}
	}
	y.few = y.few[:0]
}

// recordOf writes down all that is known of a commit.
func (m *mining) recordOf(i int32, r *mined) *saved.Record {
	g, c := m.graph, r.commit
	rec := &saved.Record{
		Graph:   saved.Graph{Tree: g.trees[i], Committed: g.committed[i]},
		Subject: c.Subject, Authored: c.Authored, Committed: c.Committed, ChangeID: c.ChangeID,
		Picked: c.Picked, Reverts: c.Reverts, Signed: c.Signed, Acts: r.acts, Files: c.Files,
	}
	if g.keys != nil {
		rec.Graph.Keys = g.keys[i]
	}
	for _, p := range c.Parents {
		h, _ := parse.ParseHash(p) // as the commit has them, cut off or not
		rec.Graph.Parents = append(rec.Graph.Parents, h)
	}
	rec.Facts = factsOf(c.Files)
	if rec.Facts == 0 {
		rec.Files = nil
	}
	rec.RoleChanges = nil
	if step, ok := m.stepOf(i); ok && step.unknown == 0 {
		rec.Facts |= saved.RolesKnown
		for _, c := range step.changes {
			rec.RoleChanges = append(rec.RoleChanges, saved.RoleChange{Path: c.path, Mode: c.new.mode, Blob: c.new.id})
		}
	}
	if r.old != nil {
		keepKnown(rec, r.old)
	}
	return rec
}

// keepKnown takes over what an older record knows more.
func keepKnown(rec, old *saved.Record) {
	if old.Facts.Has(saved.RolesKnown) && !rec.Facts.Has(saved.RolesKnown) {
		rec.RoleChanges = old.RoleChanges
	}
	if old.Facts.Has(saved.FilesKnown) {
		f := *old.Files
		if rec.Facts.Has(saved.LinesKnown) {
			f.Lines = rec.Files.Lines
		}
		if rec.Facts.Has(saved.ChurnKnown) {
			f.Churn = rec.Files.Churn
		}
		if rec.Facts.Has(saved.PatchKnown) {
			f.Patch = rec.Files.Patch
		}
		rec.Files = &f
	}
	rec.Facts |= old.Facts
}

// factsOf says what is known of files. Where anything is not, nothing is: it may be
// there the next time.
func factsOf(f *model.Files) (facts saved.Facts) {
	if f == nil || f.Unknown > 0 {
		return 0
	}
	facts = saved.FilesKnown
	if f.Lines != nil {
		facts |= saved.LinesKnown
	}
	if f.Churn != nil || f.Touched == 0 {
		facts |= saved.ChurnKnown
	}
	if f.Patch != nil {
		facts |= saved.PatchKnown
	}
	return facts
}

// needs returns the facts that are to be stated of commit i.
func (m *mining) needs(i int32) (facts saved.Facts) {
	if m.graph.state[i]&merge != 0 || !m.inside(i) && !m.candidate[i] {
		return 0
	}
	d := m.depthOf(i)
	if m.wants(model.FileFacts) {
		facts |= saved.FilesKnown
	}
	if d.lines {
		facts |= saved.LinesKnown
	}
	if d.churn {
		facts |= saved.ChurnKnown
	}
	if d.patch {
		facts |= saved.PatchKnown
	}
	return facts
}

// recall takes over what was saved of commit i; false where its files must be looked
// at again.
func (m *mining) recall(i int32, rec saved.Record) (r mined, complete bool) {
	r.commit = &model.Commit{
		Subject: rec.Subject, Authored: rec.Authored, Committed: rec.Committed,
		ChangeID: rec.ChangeID, Picked: rec.Picked, Reverts: rec.Reverts, Signed: rec.Signed,
	}
	r.commit.Parents = names(rec.Graph.Parents)
	r.acts = rec.Acts
	need := m.needs(i)
	if complete = rec.Facts.Has(need); complete {
		_, step := m.stepOf(i)
		r.known = rec.Facts.Has(saved.RolesKnown) || !step
		if need != 0 {
			r.commit.Files = only(rec.Files, need)
		}
	}
	if !r.known {
		r.old = &saved.Record{}
		*r.old = rec
	}
	return r, complete
}

// only returns the facts of files that are asked for.
func only(f *model.Files, facts saved.Facts) *model.Files {
	out := &model.Files{Touched: f.Touched, Upkeep: f.Upkeep}
	if facts.Has(saved.LinesKnown) {
		out.Lines = f.Lines
	}
	if facts.Has(saved.ChurnKnown) {
		out.Churn = f.Churn
	}
	if facts.Has(saved.PatchKnown) {
		out.Patch = f.Patch
	}
	return out
}
