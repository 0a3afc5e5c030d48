package git

import (
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"sort"
	"time"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/forge/git/internal/saved"
	"github.com/tributary-oss/tributary/model"
)

// aliasFile is the file that says what the groups named in OWNERS files are.
const aliasFile = "OWNERS_ALIASES"

// listing is a time during which a role file listed somebody.
type listing struct {
	file        string
	actor       model.Identity
	from, until time.Time // until is zero while it lasts
}

// listings follows the role files along the first branch.
type listings struct {
	files   map[string][]model.Identity // who each file lists, as it is written
	aliases map[string][]string
	open    map[string]map[model.Identity]time.Time // who is listed, and since when
	closed  []listing
	lost    int // versions of role files that could not be read
}

// roles states who was listed in role files, and when. Only folders that changed
// from one commit of the first-parent line to the next are opened.
func (m *mining) roles(ctx context.Context) error {
	if !m.wants(model.RoleFacts) {
		return m.cover(ctx, model.RoleFacts, model.Unavailable, notAsked)
	}
	l := &listings{files: map[string][]model.Identity{}, open: map[string]map[model.Identity]time.Time{}}
	for i, s := range m.steps {
		l.lost += s.unknown
		if len(s.changes) > 0 {
			m.relist(l, s.changes, instant(m.landing.times[i]))
		}
	}
	for _, c := range l.all() {
		if !m.touches(c) {
			continue
		}
		artifact := model.NewArtifact(model.RoleArtifact, valid(c.file))
		if err := m.contribute(ctx, &model.Contribution{Artifact: artifact, Role: model.Maintainer, Actor: c.actor, At: c.from, Until: c.until}); err != nil {
			return err
		}
	}
	return m.coverUnless(ctx, model.RoleFacts, l.lost == 0,
		plural(l.lost, "version of a role file or folder is", "versions of role files or folders are")+" absent or unreadable")
}

// roleStep is what a commit of the first-parent line does to role files.
type roleStep struct {
	changes []change
	unknown int // folders
}

// roleFiles compares each commit of the first-parent line with the one before it.
// It begins with all that is there at the last commit before the period: who was
// listed earlier, and since when, does not matter to anybody.
func (m *mining) roleFiles(ctx context.Context) error {
	if !m.wants(model.RoleFacts) {
		return nil
	}
	main := m.landing.main
	m.steps = make([]roleStep, len(main))
	m.stepAt = make(map[int32]int, len(main))
	for at, i := range main {
		m.stepAt[i] = at
	}
	m.firstStep = max(0, sort.Search(len(main), func(i int) bool {
		return !instant(m.landing.times[i]).Before(m.period.Since)
	})-1)
	wanted := func(file string, folder bool) bool { return folder || parse.RoleFile(file) }
	return m.each(ctx, len(main)-m.firstStep, lot, func(ctx context.Context, w *worker, k int) error {
		i := len(main) - 1 - k // the newest first, as in segments
		if rec, ok := m.saved(main[i]); ok && rec.Facts.Has(saved.RolesKnown) && m.ownStep(i) {
			for _, c := range rec.RoleChanges {
				m.steps[i].changes = append(m.steps[i].changes, change{path: c.Path, new: side{c.Mode, c.Blob}})
			}
			return nil
		}
		var before hash
		if i > m.firstStep {
			before = m.graph.trees[main[i-1]]
		}
		d := differ{read: w.read, wanted: wanted, most: w.differ.most}
		if err := d.diff(ctx, before, m.graph.trees[main[i]]); err != nil {
			return err
		}
		m.steps[i] = roleStep{d.changes, d.unknown}
		return nil
	})
}

// ownStep reports whether what is stated of place i of the line is what its commit
// does to its first parent. It is not where the steps begin, save at a root commit.
func (m *mining) ownStep(i int) bool {
	return i > m.firstStep || i == 0 && m.firstStep == 0 && len(m.graph.parentsOf(m.landing.main[0])) == 0 && m.graph.state[m.landing.main[0]]&shallow == 0
}

// stepOf returns what commit i does to role files, if it stands on the line.
func (m *mining) stepOf(i int32) (s roleStep, ok bool) {
	at, ok := m.stepAt[i]
	if !ok || !m.ownStep(at) {
		return s, false
	}
	return m.steps[at], true
}

// touches reports whether a listing overlaps what is mined: the period, and of a
// range the commits after its beginning.
func (m *mining) touches(c listing) bool {
	since := m.period.Since
	if l := m.landing; len(m.without) > 0 {
		if l.since == len(l.main) {
			return false
		}
		if begin := instant(l.times[l.since]); begin.After(since) {
			since = begin
		}
	}
	until := m.period.Until
	return (until.IsZero() || c.from.Before(until)) && (c.until.IsZero() || since.IsZero() || c.until.After(since))
}

// relist takes over the role files that a commit changed. The listing of a file
// whose new version cannot be read stays as it was.
func (m *mining) relist(l *listings, changes []change, at time.Time) {
	changed := map[string]bool{}
	for _, c := range changes {
		var b []byte
		if c.new.mode != 0 {
			var err error
			if b, err = text(m.objects, c.new); err != nil {
				l.lost++
				m.o.Log.Warn("a role file cannot be read", "repository", m.address, "file", c.path, "error", err)
				continue
			}
		}
		switch {
		case path.Base(c.path) == aliasFile:
			l.aliases = parse.OwnersAliases(b)
			for f := range l.files {
				changed[f] = changed[f] || path.Base(f) == "OWNERS"
			}
		case c.new.mode == 0 || c.new.mode&modeKind != modeFile:
			delete(l.files, c.path)
			changed[c.path] = true
		default:
			l.files[c.path] = parse.ParseRoleFile(c.path, b)
			changed[c.path] = true
		}
	}
	for file := range changed {
		l.update(file, at)
	}
}

// update closes and opens the listings of one file.
func (l *listings) update(file string, at time.Time) {
	listed := map[model.Identity]bool{}
	for _, who := range l.files[file] {
		members := l.aliases[who.Login]
		if path.Base(file) != "OWNERS" || who.Login == "" || len(members) == 0 {
			listed[who] = true
			continue
		}
		for _, login := range members {
			listed[model.Identity{Login: login}] = true
		}
	}
	open := l.open[file]
	if open == nil {
		open = map[model.Identity]time.Time{}
		l.open[file] = open
	}
	for who, from := range open {
		if !listed[who] {
			delete(open, who)
			if from.Before(at) {
				l.closed = append(l.closed, listing{file, who, from, at})
			}
		}
	}
	for who := range listed {
		if _, ok := open[who]; !ok {
			open[who] = at
		}
	}
}

// all returns every listing, by file, identity and time.
func (l *listings) all() []listing {
	out := l.closed
	for file := range maps.Keys(l.open) {
		for who, from := range l.open[file] {
			out = append(out, listing{file: file, actor: who, from: from})
		}
	}
	slices.SortFunc(out, func(a, b listing) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.actor.Name, b.actor.Name), cmp.Compare(a.actor.Mail, b.actor.Mail),
			cmp.Compare(a.actor.Login, b.actor.Login), cmp.Compare(a.actor.Account, b.actor.Account), a.from.Compare(b.from))
	})
	return out
}
