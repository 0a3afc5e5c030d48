package git

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tributary-oss/tributary/forge/git/internal/class"
	"github.com/tributary-oss/tributary/forge/git/internal/comment"
	"github.com/tributary-oss/tributary/model"
)

// The history is read in segments of commits that were accepted one after the
// other. Of each segment first all folders are compared, then the contents of
// the files that differ, file by file and from the newest version to the oldest:
// what is new in one commit is old in the next, and packs write an older version
// as what differs from a newer one, so nearly every content is one small step
// away from what was read just before. Read commit by commit, each version costs
// a whole chain of such steps, which is three quarters of the work.
const (
	// A segment has this many commits, less where there is little memory.
	segmentCommits = 1 << 14
	// Files that may wait in a segment to be sorted, of one commit and of all, at
	// some 100 bytes each. What exceeds that is read on the spot: slower, and right.
	commitWaiting  = 1 << 12
	segmentWaiting = 1 << 18
	// A run of versions of one file that one worker reads in a row.
	runLength = 1 << 9
)

// lot is the number of neighbouring commits that one worker takes.
const lot = 64

type segment struct {
	commits []int32
	mined   []mined // of each commit

	mu      sync.Mutex
	files   []*file          // by number
	numbers map[string]int32 // of files by path
	waiting []waiting
	locks   [64]sync.Mutex // of each commit's content, by place
}

// file is what a path says.
type file struct {
	path   string
	upkeep bool
	class  class.Path

	comments *comment.Syntax
}

// waiting is a change whose content is still to be read.
type waiting struct {
	at       int32 // place of the commit in the segment
	file     int32
	old, new side
}

func newSegment(commits []int32) *segment {
	return &segment{commits: commits, mined: make([]mined, len(commits)), numbers: map[string]int32{}}
}

// read fills a segment. progress is told how many commits are done in effect.
func (m *mining) read(ctx context.Context, s *segment, progress func(int)) error {
	var done atomic.Int64
	step := func(total int) {
		if n := done.Add(1); n%lot == 0 {
			progress(int(n) * len(s.commits) / max(total, 1))
		}
	}
	// The newest commit comes first here, too: its trees are the bases of the others'.
	err := m.each(ctx, len(s.commits), lot, func(ctx context.Context, w *worker, k int) error {
		step(2 * len(s.commits))
		return m.readCommit(ctx, w, s, len(s.commits)-1-k)
	})
	if err != nil || len(s.waiting) == 0 {
		return err
	}
	runs := s.runs()
	done.Store(int64(len(runs)))
	return m.each(ctx, len(runs), 1, func(ctx context.Context, w *worker, k int) error {
		step(2 * len(runs))
		for _, c := range runs[k] {
			if err := m.look(ctx, w, s, c.at, s.files[c.file], c.old, c.new); err != nil {
				return err
			}
		}
		return nil
	})
}

// runs sorts the waiting changes into runs of one file, the longest run first, so
// that no worker is left alone with a long one in the end.
func (s *segment) runs() [][]waiting {
	slices.SortFunc(s.waiting, func(a, b waiting) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(b.at, a.at))
	})
	var runs [][]waiting
	for from, i := 0, 1; i <= len(s.waiting); i++ {
		if i == len(s.waiting) || s.waiting[i].file != s.waiting[from].file || i-from == runLength {
			runs, from = append(runs, s.waiting[from:i]), i
		}
	}
	slices.SortStableFunc(runs, func(a, b []waiting) int { return cmp.Compare(len(b), len(a)) })
	return runs
}

// about learns what a path says, which takes some microseconds.
func (m *mining) about(path string) *file {
	f := &file{path: path, upkeep: m.upkeep.holds(path)}
	if m.depth.churn {
		f.class = m.classes.Path(path)
		f.comments = m.comments.Path(path)
	}
	return f
}

// file returns what a path says, and its number in the segment; -1 where the
// segment has no room for more paths.
func (m *mining) file(s *segment, path string) (int32, *file) {
	s.mu.Lock()
	n, ok := s.numbers[path]
	if ok {
		defer s.mu.Unlock()
		return n, s.files[n]
	}
	s.mu.Unlock()
	f := m.about(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok = s.numbers[path]; !ok {
		if n = int32(len(s.files)); n >= m.mostPaths() {
			return -1, f
		}
		s.numbers[path] = n
		s.files = append(s.files, f)
	}
	return n, s.files[n]
}

// mostPaths is how many paths a segment remembers.
func (m *mining) mostPaths() int32 { return int32(min(m.o.Memory>>13, 1<<16)) }

// readCommit reads the commit at place k, and which files it touches, unless that is
// known from before.
func (m *mining) readCommit(ctx context.Context, w *worker, s *segment, k int) (err error) {
	i := s.commits[k]
	r := &s.mined[k]
	complete := false
	if rec, ok := m.saved(i); ok {
		*r, complete = m.recall(i, rec)
	} else if *r, err = m.commit(w, i); err != nil {
		return err
	}
	m.landed(i, r.commit)
	if complete || m.needs(i) == 0 {
		return nil
	}
	return m.readFiles(ctx, w, s, k)
}

// readFiles compares the folders of the commit at place k with its parent's.
func (m *mining) readFiles(ctx context.Context, w *worker, s *segment, k int) error {
	g, i, r := m.graph, s.commits[k], &s.mined[k]
	f := &model.Files{}
	r.commit.Files = f
	before, known := m.before(i)
	if !known {
		f.Unknown, r.folders = 1, 1
		return nil
	}
	d := &w.differ
	if err := d.diff(ctx, before, g.trees[i]); err != nil {
		return err
	}
	d.dropMoves()
	f.Touched, f.Unknown, r.folders = len(d.changes), d.unknown, d.unknown
	if want := m.depthOf(i); !want.none() {
		r.content = &content{depth: want}
	}
	many := len(d.changes) > commitWaiting
	for _, c := range d.changes {
		n, about := int32(-1), (*file)(nil)
		if many {
			about = m.about(c.path) // and forget it at once
		} else {
			n, about = m.file(s, c.path)
		}
		if about.upkeep {
			f.Upkeep++
		}
		switch {
		case r.content == nil:
		case n >= 0 && s.wait(waiting{int32(k), n, c.old, c.new}):
		default:
			if err := m.look(ctx, w, s, int32(k), about, c.old, c.new); err != nil {
				return err
			}
		}
	}
	return nil
}

// before returns the tree that commit i changes, that of its first parent; false
// where the parent is not there.
func (m *mining) before(i int32) (tree hash, known bool) {
	g := m.graph
	ps := g.parentsOf(i)
	switch {
	case g.state[i]&shallow != 0 || len(ps) > 0 && g.state[ps[0]]&gone != 0:
		return hash{}, false
	case len(ps) == 0:
		return hash{}, true
	}
	return g.trees[ps[0]], true
}

// wait keeps a change until the segment's folders are compared; false where there
// is no room.
func (s *segment) wait(c waiting) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) >= segmentWaiting {
		return false
	}
	s.waiting = append(s.waiting, c)
	return true
}
