package serve

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// rankingFile is the one file of a tender's folder that is ever read. Everything that is
// served is made from it, so that two answers of one snapshot never differ in what they rest on.
const rankingFile = "ranking.json"

// maxRanking bounds what is read of a ranking, in bytes.
const maxRanking = 64 << 20

// every is how long a tender is answered from memory before its file is looked at again.
const every = time.Second

// Tender is a folder that tender score --out wrote, as it is served. It may be used by
// several goroutines at once.
type Tender struct {
	Dir  string
	Name string // in addresses

	now     func() time.Time
	log     *slog.Logger
	current atomic.Pointer[snapshot]
	stale   atomic.Bool // whether the folder holds what cannot be served
	next    atomic.Int64
	mu      sync.Mutex
	seen    os.FileInfo
}

// OpenTender reads a folder. name is what the tender is called in addresses; "" makes it of
// the tender's own id, as [Name] does.
func OpenTender(dir, name string) (*Tender, error) {
	t := &Tender{Dir: dir, Name: name, now: time.Now, log: slog.New(slog.DiscardHandler)}
	s, at, err := read(dir)
	if err != nil {
		return nil, err
	}
	if t.Name == "" {
		t.Name = Name(s.ranking.Tender.ID)
	}
	if t.Name != Name(t.Name) {
		return nil, fmt.Errorf("%s: the name %.100q cannot stand in an address; want at most 100 of a-z, A-Z, 0-9, dot, hyphen and underscore, as in --tender NAME=DIR", dir, t.Name)
	}
	t.seen = at
	t.current.Store(s)
	t.next.Store(t.now().Add(every).UnixNano())
	return t, nil
}

// Name makes a name for addresses of a tender's id: each run of other characters than
// letters, digits, dots, hyphens and underscores of ASCII becomes one hyphen, and 100 remain.
func Name(id string) string {
	var b strings.Builder
	for _, r := range id {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 100 {
			break
		}
	}
	if name := strings.Trim(b.String(), ".-"); name != "" {
		return name
	}
	return "tender"
}

// snapshot returns what is served now: the whole of one run. The folder is looked at once in
// [every]; meanwhile, and while a new run is read, everybody gets the one before.
func (t *Tender) snapshot() *snapshot {
	if now := t.now().UnixNano(); now >= t.next.Load() && t.mu.TryLock() {
		if now >= t.next.Load() {
			t.look()
			t.next.Store(now + int64(every))
		}
		t.mu.Unlock()
	}
	return t.current.Load()
}

// look takes in a new run. What cannot be read, or is another tender, leaves the one before
// in its place and is logged once.
func (t *Tender) look() {
	at, err := stat(t.Dir)
	if err == nil && same(t.seen, at) {
		return
	}
	var s *snapshot
	if err == nil {
		s, at, err = read(t.Dir)
	}
	if old := t.current.Load(); err == nil && s.ranking.Tender.ID != old.ranking.Tender.ID {
		err = fmt.Errorf("%s holds another tender now, %.100q", t.Dir, s.ranking.Tender.ID)
	}
	if errors.Is(err, errMoving) {
		return // whoever writes it is not done
	}
	if err != nil {
		if !t.stale.Swap(true) || !same(t.seen, at) {
			t.log.Error("a tender cannot be read; the run before is served", "tender", t.Name, "error", err.Error())
		}
		t.seen = at
		return
	}
	t.seen = at
	t.stale.Store(false)
	t.current.Store(s)
	t.log.Info("a new run is served", "tender", t.Name, "status", s.label(), "digest", s.ranking.Method.Digest)
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// stat looks at the ranking of a folder. The folder is opened each time: a run may have put
// a new one in its place.
func stat(dir string) (os.FileInfo, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(rankingFile)
}

// errMoving says that a file changed while it was read.
var errMoving = errors.New("it changes while it is read")

// read reads a folder's ranking whole. A link that leads out of the folder is not followed.
func read(dir string) (*snapshot, os.FileInfo, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("reading a tender: %w", err)
	}
	defer root.Close()
	f, at, err := open(root)
	if err != nil {
		return nil, at, fmt.Errorf("reading a tender: %s: %w; want a folder that tender score --out wrote", filepath.Join(dir, rankingFile), err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRanking+1))
	if err != nil {
		return nil, at, fmt.Errorf("reading a tender: %w", err)
	}
	after, err := f.Stat()
	if err != nil {
		return nil, at, fmt.Errorf("reading a tender: %w", err)
	}
	if !same(at, after) || int64(len(text)) != at.Size() && len(text) <= maxRanking {
		return nil, at, fmt.Errorf("reading a tender: %s: %w", dir, errMoving)
	}
	s, err := newSnapshot(text)
	if err != nil {
		return nil, at, fmt.Errorf("%s: %w", filepath.Join(dir, rankingFile), err)
	}
	return s, at, nil
}

// open opens the ranking, which must be a plain file: to open a pipe would wait for ever.
func open(root *os.Root) (*os.File, os.FileInfo, error) {
	at, err := root.Stat(rankingFile)
	if err != nil {
		return nil, nil, err
	}
	if !at.Mode().IsRegular() {
		return nil, at, errors.New("it is no plain file")
	}
	f, err := root.Open(rankingFile)
	if err != nil {
		return nil, at, err
	}
	if at, err = f.Stat(); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, at, nil
}

// newSnapshot checks a ranking and makes everything that is served of it.
func newSnapshot(text []byte) (*snapshot, error) {
	if len(text) > maxRanking {
		return nil, fmt.Errorf("%w: larger than %d MiB", model.ErrRanking, maxRanking>>20)
	}
	r, err := model.ReadRanking(strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	s := &snapshot{ranking: r, standings: standings(r)}
	return s, s.render(text)
}
