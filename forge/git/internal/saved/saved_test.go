package saved

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	at := func(seconds int64, zone int) time.Time {
		if zone == 0 {
			return time.Unix(seconds, 0).UTC()
		}
		return time.Unix(seconds, 0).In(time.FixedZone("", zone))
	}
	for name, change := range map[string]func(*Record){
		"full":             func(*Record) {},
		"nothing":          func(r *Record) { *r = Record{} },
		"root commit":      func(r *Record) { r.Graph.Parents = nil },
		"octopus":          func(r *Record) { r.Graph.Parents = make([]parse.Hash, 300) },
		"some keys":        func(r *Record) { r.Graph.Keys.Change, r.Graph.Keys.Reverts = 0, 0 },
		"the other keys":   func(r *Record) { r.Graph.Keys.Author, r.Graph.Keys.Subject = 0, 0 },
		"zone -0330":       func(r *Record) { r.Committed = at(1234567890, -12600) },
		"zone +1400":       func(r *Record) { r.Authored = at(0, 14*3600) },
		"odd zone":         func(r *Record) { r.Authored = at(77, -1) },
		"farthest zones":   func(r *Record) { r.Authored, r.Committed = at(77, -farthestZone), at(77, farthestZone) },
		"no times":         func(r *Record) { r.Authored, r.Committed, r.Graph.Committed = time.Time{}, time.Time{}, 0 },
		"1970":             func(r *Record) { r.Authored, r.Committed = at(0, 0), at(1, 0) },
		"9999":             func(r *Record) { r.Authored, r.Graph.Committed = at(lastSecond, 0), lastSecond },
		"9999 in the west": func(r *Record) { r.Committed = at(lastSecond, -3600) },
		"graph and time":   func(r *Record) { r.Graph.Committed = 0 },
		"long subject":     func(r *Record) { r.Subject = strings.Repeat("ä", 2048) },
		"only a change":    func(r *Record) { r.Picked, r.Reverts = nil, nil },
		"only a revert":    func(r *Record) { r.ChangeID, r.Picked = "", nil },
		"no acts":          func(r *Record) { r.Acts = nil },
		"nobody":           func(r *Record) { r.Acts[0].Actor = model.Identity{} },
		"merge":            func(r *Record) { r.Files, r.Facts = nil, RolesKnown },
		"no files":         func(r *Record) { r.Files, r.Facts = &model.Files{}, FilesKnown|ChurnKnown },
		"files alone":      func(r *Record) { r.Facts, r.Files = FilesKnown, &model.Files{Touched: 4, Upkeep: 4} },
		"churn alone":      func(r *Record) { r.Files.Lines, r.Files.Patch, r.Facts = nil, nil, FilesKnown|ChurnKnown },
		"not known":        func(r *Record) { r.Facts, r.Files.Lines = 0, nil },
		"empty patch":      func(r *Record) { r.Files.Patch = &model.Patch{} },
		"large numbers": func(r *Record) {
			r.Files.Touched, r.Files.Lines.Added, r.Files.Patch.Size = math.MaxInt, math.MaxInt, math.MaxInt
		},
		"largest sketch":     func(r *Record) { r.Files.Patch.Sketch = wide(model.SketchSize) },
		"no facts":           func(r *Record) { r.Facts = 0 },
		"some facts":         func(r *Record) { r.Facts = FilesKnown | RolesKnown },
		"no role changes":    func(r *Record) { r.RoleChanges = nil },
		"large mode":         func(r *Record) { r.RoleChanges[0].Mode = math.MaxUint32 },
		"not signed":         func(r *Record) { r.Signed = false },
		"many role changes":  func(r *Record) { r.RoleChanges = make([]RoleChange, 200) },
		"every act its name": func(r *Record) { r.Acts = manyActs(300) },
	} {
		t.Run(name, func(t *testing.T) {
			r := full()
			change(&r)
			entries := []entry{{id(9), r}, {id(10), full()}}
			requireHolds(t, open(t, save(t, "v", entries), "v"), entries)
		})
	}
}

func wide(n int) (s model.Sketch) {
	for i := range n {
		s = append(s, uint64(i)<<50|1)
	}
	return s
}

func manyActs(n int) (acts []Act) {
	for i := range n {
		acts = append(acts, Act{model.Tester, model.Identity{Login: id(i).String()}})
	}
	return acts
}

func TestWhatCannotBeKept(t *testing.T) {
	for name, spoil := range map[string]func(*Record){
		"unknown files":         func(r *Record) { r.Files.Unknown = 1 },
		"unknown facts":         func(r *Record) { r.Facts = allFacts + 1 },
		"no files":              func(r *Record) { r.Files, r.Facts = nil, FilesKnown },
		"no lines":              func(r *Record) { r.Files.Lines = nil },
		"no patch":              func(r *Record) { r.Files.Patch = nil },
		"churn of no files":     func(r *Record) { r.Facts = ChurnKnown },
		"before 1970":           func(r *Record) { r.Authored = time.Unix(-1, 0) },
		"after 9999":            func(r *Record) { r.Committed = time.Unix(lastSecond+1, 0) },
		"10000 but in the west": func(r *Record) { r.Authored = time.Unix(lastSecond+1, 0).In(time.FixedZone("", -3600)) },
		"10000 in the east":     func(r *Record) { r.Authored = time.Unix(lastSecond, 0).In(time.FixedZone("", 3600)) },
		"graph before 1970":     func(r *Record) { r.Graph.Committed = -1 },
		"graph after 9999":      func(r *Record) { r.Graph.Committed = lastSecond + 1 },
		"a zone too far":        func(r *Record) { r.Authored = r.Authored.In(time.FixedZone("", farthestZone+1)) },
		"negative count":        func(r *Record) { r.Files.Upkeep = -1 },
		"negative lines":        func(r *Record) { r.Files.Churn[0].Deleted = -5 },
		"short patch":           func(r *Record) { r.Files.Patch.ID = "00" },
		"long patch":            func(r *Record) { r.Files.Patch.ID += "00" },
		"patch of no digits":    func(r *Record) { r.Files.Patch.ID = strings.Repeat("x", 32) },
		"patch of capitals":     func(r *Record) { r.Files.Patch.ID = strings.ToUpper(r.Files.Patch.ID) },
		"unsorted sketch":       func(r *Record) { r.Files.Patch.Sketch = model.Sketch{4, 2} },
		"line with two signs": func(r *Record) {
			r.Files.Patch.Sketch = model.Sketch{4, 5}
		},
		"large sketch": func(r *Record) { r.Files.Patch.Sketch = wide(model.SketchSize + 1) },
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "state")
			w, err := Create(file, "v", nil)
			require.NoError(t, err)
			defer w.Abort()
			bad := full()
			spoil(&bad)
			require.Error(t, w.Add(id(1), &bad))
			good := entry{id(2), full()}
			require.NoError(t, w.Add(good.id, &good.record), "the next one is not touched by that")
			require.NoError(t, w.Commit(nil))
			requireHolds(t, open(t, file, "v"), []entry{good})
		})
	}
}

func TestRandomRecordsComeBack(t *testing.T) {
	for seed := range uint64(30) {
		r := source(seed)
		entries := random(r.IntN(400), r)
		tips := []model.Tip{{Branch: "main", Commit: randomHash(r).String()}, {Branch: "größer"}}[:r.IntN(3)]
		s := open(t, save(t, "random", entries, tips...), "random")
		requireHolds(t, s, entries)
		assert.ElementsMatch(t, tips, s.Tips())
		for range 100 {
			_, ok := s.Find(randomHash(r))
			assert.False(t, ok)
		}
	}
}

// Names that begin alike are found, and their neighbours are not.
func TestFindAmongNeighbours(t *testing.T) {
	var entries []entry
	names := []parse.Hash{{}, {19: 2}, {0, 1}, {0, 1, 19: 4}, {7, 19: 9}, {255}, {255, 255, 19: 254}}
	for _, h := range names {
		entries = append(entries, entry{h, Record{Subject: h.String()}})
	}
	s := open(t, save(t, "", entries), "")
	requireHolds(t, s, entries)
	for _, h := range names {
		h[19]++
		_, ok := s.Find(h)
		assert.False(t, ok, "%v", h)
	}
}

func TestGraphAppendsAndAllocatesNothing(t *testing.T) {
	s := open(t, save(t, "v", []entry{{id(1), full()}}), "v")
	parents := append(make([]parse.Hash, 0, 8), id(7))
	g, err := s.Graph(0, parents)
	require.NoError(t, err)
	assert.Equal(t, []parse.Hash{id(7), id(2), id(3)}, g.Parents)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		n, _ := s.Find(id(1))
		g, _ = s.Graph(n, parents[:0])
	}))
}

func TestManyReadersAtOnce(t *testing.T) {
	entries := random(200, source(3))
	s := open(t, save(t, "v", entries), "v")
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for _, e := range entries {
				n, _ := s.Find(e.id)
				r, err := s.Record(n)
				assert.NoError(t, err)
				assert.Equal(t, e.record, r)
			}
		})
	}
	readers.Wait()
}

func TestRecordsOutliveTheFile(t *testing.T) {
	want := full()
	s, err := Open(save(t, "v", []entry{{id(1), want}}, model.Tip{Branch: "main"}), "v")
	require.NoError(t, err)
	r, err := s.Record(0)
	require.NoError(t, err)
	tips := s.Tips()
	require.NoError(t, s.Close())
	assert.Equal(t, want, r)
	assert.Equal(t, []model.Tip{{Branch: "main"}}, tips)
}

func TestOpenRefusesWhatDoesNotFit(t *testing.T) {
	file := save(t, "tables 7", []entry{{id(1), full()}})
	_, err := Open(file, "tables 8")
	require.ErrorIs(t, err, ErrVersion)
	_, err = Open(file, "tables 77")
	require.ErrorIs(t, err, ErrVersion)
	_, err = Open(file, "")
	require.ErrorIs(t, err, ErrVersion)
	_, err = Open(file+" that is not there", "tables 7")
	require.ErrorIs(t, err, fs.ErrNotExist)

	for _, format := range []byte{'1', '3'} {
		other := read(t, file)
		other[len(magicHead)] = format
		require.NoError(t, os.WriteFile(file, other, 0o600))
		_, err = Open(file, "tables 7")
		require.ErrorIs(t, err, ErrVersion)
	}

	for _, text := range []string{"", "x", strings.Repeat("something else entirely ", 100)} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err = Open(file, "tables 7")
		require.ErrorIs(t, err, ErrCorrupt)
	}
}

func TestFactsHas(t *testing.T) {
	f := FilesKnown | PatchKnown
	assert.True(t, f.Has(FilesKnown))
	assert.True(t, f.Has(FilesKnown|PatchKnown))
	assert.False(t, f.Has(FilesKnown|LinesKnown))
	assert.True(t, f.Has(0))
	assert.Equal(t, Facts(31), allFacts|FilesKnown, "five kinds fit beside three flags")
}
