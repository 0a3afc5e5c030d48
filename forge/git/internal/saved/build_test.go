package saved

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// entry is a commit and what is saved of it.
type entry struct {
	id     parse.Hash
	record Record
}

// save writes entries and returns the file.
func save(t testing.TB, version string, entries []entry, tips ...model.Tip) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state")
	w, err := Create(file, version, nil)
	require.NoError(t, err)
	defer w.Abort()
	for _, e := range entries {
		require.NoError(t, w.Add(e.id, &e.record))
	}
	require.NoError(t, w.Commit(tips))
	return file
}

func open(t testing.TB, file, version string) *State {
	t.Helper()
	s, err := Open(file, version)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// requireHolds checks that a state has exactly these entries.
func requireHolds(t testing.TB, s *State, entries []entry) {
	t.Helper()
	require.Equal(t, len(entries), s.Len())
	for _, e := range entries {
		n, ok := s.Find(e.id)
		require.True(t, ok, "commit %v", e.id)
		require.Equal(t, e.id, s.Name(n))
		r, err := s.Record(n)
		require.NoError(t, err)
		require.Equal(t, e.record, r)
		g, err := s.Graph(n, nil)
		require.NoError(t, err)
		require.Equal(t, e.record.Graph, g)
	}
}

// read returns the bytes of a file.
func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	return b
}

func id(n int) (h parse.Hash) {
	binary.BigEndian.PutUint32(h[:], uint32(n))
	h[19] = byte(n)
	return h
}

// full is a record in which nothing is empty.
func full() Record {
	india := time.FixedZone("", 5*3600+1800)
	return Record{
		Graph: Graph{
			Tree: id(1), Parents: []parse.Hash{id(2), id(3)}, Committed: 1234567890,
			Keys: parse.Keys{Author: 1, Change: 1 << 63, Subject: 3, Reverts: ^uint64(0)},
		},
		Subject: "läuft · 走る", Authored: time.Unix(1234567000, 0).In(india), Committed: time.Unix(1234567890, 0).UTC(),
		ChangeID: "I0123456789012345678901234567890123456789", Picked: []string{"abcdef0", "1234567"}, Reverts: []string{"fedcba9"}, Signed: true,
		Acts: []Act{
			{model.Author, model.Identity{Name: "Ada", Mail: "ada@example.org"}},
			{model.Committer, model.Identity{Name: "Ada", Mail: "ada@example.org"}},
			{model.Reviewer, model.Identity{Name: "Grace Ω", Mail: "grace@example.org", Account: "github:7", Login: "grace"}},
		},
		Facts: allFacts,
		Files: &model.Files{
			Touched: 3, Upkeep: 1, Lines: &model.Lines{Added: 10, Deleted: 2},
			Churn: []model.Churn{
				{Class: model.CodeFiles, Files: 2, Space: 1, Comment: 1, Lines: model.Lines{Added: 9, Deleted: 2}},
				{Class: model.TestFiles, Files: 1, Lines: model.Lines{Added: 1}},
			},
			Patch: &model.Patch{ID: "00112233445566778899aabbccddeeff", Place: "0123456789abcdef", Size: 12, Sketch: model.Sketch{2, 5, 1 << 40, ^uint64(0)}},
		},
		RoleChanges: []RoleChange{{"MAINTAINERS", 0o100644, id(4)}, {"docs/OWNERS", 0, parse.Hash{}}},
	}
}

// random returns records of the shapes that histories have: merges without files, a
// few people who write much, mostly short sketches and some that are full.
func random(n int, r *rand.Rand) []entry {
	people := make([]model.Identity, 2+n/20)
	for i := range people {
		name := fmt.Sprintf("Person %d", i)
		people[i] = model.Identity{Name: name, Mail: fmt.Sprintf("person%d@company%d.example", i, i%97)}
	}
	entries := make([]entry, n)
	var last parse.Hash
	for i := range entries {
		entries[i] = entry{randomHash(r), randomRecord(r, people, last, int64(1112911993+i*8000))}
		last = entries[i].id
	}
	return entries
}

func randomRecord(r *rand.Rand, people []model.Identity, parent parse.Hash, at int64) Record {
	someone := func() model.Identity { return people[int(float64(len(people))*r.Float64()*r.Float64()*r.Float64())] }
	rec := Record{
		Graph:   Graph{Tree: randomHash(r), Parents: []parse.Hash{parent}, Committed: at, Keys: parse.Keys{Author: r.Uint64(), Subject: r.Uint64()}},
		Subject: "a subject of ordinary length: what was done here"[:10+r.IntN(39)], Facts: allFacts,
		Authored: time.Unix(at-int64(r.IntN(100000)), 0).UTC(), Committed: time.Unix(at, 0).UTC(),
		Acts: []Act{{model.Author, someone()}, {model.Committer, someone()}},
	}
	for range r.IntN(3) {
		rec.Acts = append(rec.Acts, Act{[]model.Role{model.Signer, model.Reviewer, model.CoAuthor}[r.IntN(3)], someone()})
	}
	switch r.IntN(20) {
	case 0:
		rec.ChangeID, rec.Graph.Keys.Change = "I"+randomHash(r).String(), r.Uint64()
	case 1:
		rec.Picked = []string{randomHash(r).String()}
	case 2:
		rec.Reverts, rec.Graph.Keys.Reverts = []string{randomHash(r).String()[:7+r.IntN(30)]}, r.Uint64()
	case 3:
		rec.Authored = rec.Authored.In(time.FixedZone("", 900*(r.IntN(96)-48)|1))
	case 4:
		rec.RoleChanges = []RoleChange{{"CODEOWNERS", 0o100644, randomHash(r)}}
	case 5, 6, 7, 8:
		rec.Graph.Parents, rec.Facts = append(rec.Graph.Parents, randomHash(r)), RolesKnown
		return rec
	}
	rec.Files = randomFiles(r)
	return rec
}

func randomFiles(r *rand.Rand) *model.Files {
	size := int(r.ExpFloat64() * 40)
	f := &model.Files{Touched: 1 + r.IntN(9), Lines: &model.Lines{Added: size, Deleted: size / 3}, Patch: &model.Patch{Size: size}}
	for _, c := range []model.Class{model.TestFiles, model.CodeFiles}[r.IntN(2):] {
		f.Churn = append(f.Churn, model.Churn{Class: c, Files: 1 + r.IntN(3), Lines: model.Lines{Added: size, Deleted: size / 3}})
	}
	if size == 0 {
		return f
	}
	name := randomHash(r)
	f.Patch.ID = hex.EncodeToString(name[:16])
	f.Patch.Sketch = make(model.Sketch, min(size, model.SketchSize))
	for i := range f.Patch.Sketch {
		f.Patch.Sketch[i] = r.Uint64()
	}
	slices.Sort(f.Patch.Sketch)
	return f
}

func randomHash(r *rand.Rand) (h parse.Hash) {
	binary.LittleEndian.PutUint64(h[:], r.Uint64())
	binary.LittleEndian.PutUint64(h[8:], r.Uint64())
	binary.LittleEndian.PutUint32(h[16:], r.Uint32())
	return h
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
