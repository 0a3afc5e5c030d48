package saved

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// small is a file with one record of everything, and one of nothing.
func small(t testing.TB) string {
	return save(t, "v", []entry{{id(1), full()}, {id(2), Record{}}}, model.Tip{Branch: "main", Commit: id(1).String()})
}

func TestEveryDamagedByteIsNoticed(t *testing.T) {
	file := small(t)
	whole := read(t, file)
	for i := range whole {
		for _, flip := range []byte{1, 0x80, 0xff} {
			b := slices.Clone(whole)
			b[i] ^= flip
			s := &State{data: b, version: "v"}
			require.Error(t, s.open(), "byte %d", i)
		}
	}
	for n := range whole {
		s := &State{data: whole[:n:n], version: "v"}
		require.Error(t, s.open(), "the first %d bytes", n)
	}
	b := slices.Clone(whole)
	b[len(b)/2]++
	require.NoError(t, os.WriteFile(file, b, 0o600))
	_, err := Open(file, "v")
	require.ErrorIs(t, err, ErrCorrupt)
	require.NoError(t, os.WriteFile(file, whole[:len(whole)-1], 0o600))
	_, err = Open(file, "v")
	require.ErrorIs(t, err, ErrCorrupt)
}

// forge gives a file the digest of what it holds.
func forge(b []byte) []byte {
	body := b[:len(b)-digestBytes]
	sum := sha256.Sum256(body)
	return append(slices.Clone(body), sum[:]...)
}

// visit reads all that a file offers. Only its errors are known beforehand.
func visit(t testing.TB, b []byte) {
	s := &State{data: b, version: "v"}
	if err := s.open(); err != nil {
		return
	}
	for n := range s.Len() {
		s.Find(s.Name(n))
		if _, err := s.Graph(n, nil); err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
		}
		r, err := s.Record(n)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			continue
		}
		requireSame(t, &r)
	}
	if _, err := s.raw(nil, 0); s.Len() > 0 && err != nil {
		require.ErrorIs(t, err, ErrCorrupt)
	}
}

// requireSame checks that what was read can be written and read again.
func requireSame(t testing.TB, r *Record) {
	e := encoder{names: newTable[string](nil), actors: newTable[model.Identity](nil)}
	e.record(r)
	require.NoError(t, e.err)
	c := cursor{rest: e.b}
	var again Record
	c.record(&again, e.names.list, e.actors.list)
	require.False(t, c.bad)
	require.Equal(t, *r, again)
}

func TestForgedBytesDoNoHarm(t *testing.T) {
	whole := read(t, small(t))
	for i := len(header("v")); i < len(whole)-digestBytes; i++ {
		for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff, whole[i] + 1, whole[i] - 1} {
			b := slices.Clone(whole)
			b[i] = v
			visit(t, forge(b))
		}
		cut := slices.Delete(slices.Clone(whole), i, i+1)
		visit(t, forge(cut))
	}
}

func TestForgedPlacesAreErrors(t *testing.T) {
	whole := read(t, small(t))
	index := len(whole) - footerBytes - 2*len(row{})
	end := binary.LittleEndian.Uint64(whole[len(whole)-footerBytes:])
	for name, place := range map[string]uint64{"0": 0, "header": uint64(len(header("v"))) - 1, "end": end, "tables": end + 1, "beyond": 1 << 40, "huge": 1 << 63} {
		b := slices.Clone(whole)
		binary.LittleEndian.PutUint64(b[index+20:], place)
		s := &State{data: forge(b), version: "v"}
		require.NoError(t, s.open())
		_, err := s.Record(0)
		require.ErrorIs(t, err, ErrCorrupt, name)
		_, err = s.Graph(0, nil)
		require.ErrorIs(t, err, ErrCorrupt, name)
		_, err = s.raw(nil, 0)
		require.ErrorIs(t, err, ErrCorrupt, name)
		_, err = s.Record(1)
		require.NoError(t, err, "the other is not touched by that")
	}
}

func TestForgedPartsAreErrors(t *testing.T) {
	whole := read(t, small(t))
	footer, fan := len(whole)-footerBytes, len(whole)-footerBytes-2*len(row{})-fanBytes
	for name, spoil := range map[string]func([]byte){
		"tables in the header":  func(b []byte) { binary.LittleEndian.PutUint64(b[footer:], 3) },
		"tables behind index":   func(b []byte) { binary.LittleEndian.PutUint64(b[footer:], uint64(fan)+1) },
		"index beyond the file": func(b []byte) { binary.LittleEndian.PutUint64(b[footer+8:], 1<<50) },
		"index too short":       func(b []byte) { binary.LittleEndian.PutUint64(b[footer+8:], uint64(footer)-10) },
		"tables with more":      func(b []byte) { binary.LittleEndian.PutUint64(b[footer:], uint64(len(header("v")))) },
		"more commits":          func(b []byte) { binary.LittleEndian.PutUint32(b[fan+4*255:], 3) },
		"very many commits":     func(b []byte) { binary.LittleEndian.PutUint32(b[fan+4*255:], 1<<31) },
		"fewer commits": func(b []byte) {
			for i := range 256 {
				binary.LittleEndian.PutUint32(b[fan+4*i:], 1)
			}
		},
		"falling counts": func(b []byte) { binary.LittleEndian.PutUint32(b[fan+4*100:], 3) },
	} {
		b := slices.Clone(whole)
		spoil(b)
		s := &State{data: forge(b), version: "v"}
		require.ErrorIs(t, s.open(), ErrCorrupt, name)
	}
}

func TestPartsThatDoNotMeet(t *testing.T) {
	head := header("v")
	place := func(tables, index int) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(tables))
		return append(binary.LittleEndian.AppendUint64(b, uint64(index)), make([]byte, digestBytes)...)
	}
	empty, fan, n := []byte{0, 0, 0}, make([]byte, fanBytes), len(head)
	for name, c := range map[string]struct {
		body []byte
		good bool
	}{
		"an empty file":              {slices.Concat(head, empty, fan, place(n, n+3)), true},
		"more behind the tables":     {slices.Concat(head, empty, []byte{0}, fan, place(n, n+4)), false},
		"no room for the index":      {slices.Concat(head, empty, fan[:fanBytes-1], place(n, n+3)), false},
		"half a row behind the last": {slices.Concat(head, empty, fan, []byte{0}, place(n, n+3)), false},
		"no footer":                  {slices.Concat(head, make([]byte, footerBytes-1)), false},
	} {
		s := &State{data: slices.Clip(forge(c.body)), version: "v"}
		if err := s.open(); c.good {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, ErrCorrupt, name)
		}
	}
}

// What a writer refuses a reader refuses too, where the bytes can say it at all.
func TestForgedRecordsAreErrors(t *testing.T) {
	for name, spoil := range map[string]func(*Record){
		"before 1970":           func(r *Record) { r.Authored = time.Unix(-1, 0).UTC() },
		"after 9999":            func(r *Record) { r.Committed = time.Unix(lastSecond+1, 0).UTC() },
		"10000 but in the west": func(r *Record) { r.Authored = time.Unix(lastSecond+1, 0).In(time.FixedZone("", -3600)) },
		"10000 in the east":     func(r *Record) { r.Authored = time.Unix(lastSecond, 0).In(time.FixedZone("", 3600)) },
		"graph before 1970":     func(r *Record) { r.Graph.Committed = -1 },
		"graph after 9999":      func(r *Record) { r.Graph.Committed = lastSecond + 1 },
		"a zone too far":        func(r *Record) { r.Authored = r.Authored.In(time.FixedZone("", farthestZone+1)) },
		"a zone too far W":      func(r *Record) { r.Authored = r.Authored.In(time.FixedZone("", -farthestZone-1)) },
		"negative count":        func(r *Record) { r.Files.Upkeep = -1 },
		"negative lines":        func(r *Record) { r.Files.Churn[0].Deleted = -5 },
		"negative size":         func(r *Record) { r.Files.Patch.Size = -1 },
		"no files":              func(r *Record) { r.Files, r.Facts = nil, FilesKnown },
		"no lines":              func(r *Record) { r.Files.Lines = nil },
		"no patch":              func(r *Record) { r.Files.Patch = nil },
		"churn of no files":     func(r *Record) { r.Facts = ChurnKnown },
		"unsorted sketch":       func(r *Record) { r.Files.Patch.Sketch = model.Sketch{4, 2} },
		"large sketch":          func(r *Record) { r.Files.Patch.Sketch = wide(model.SketchSize + 1) },
	} {
		bad := full()
		spoil(&bad)
		requireBad(t, name, &bad, func(b []byte) []byte { return b })
	}
	good := full()
	requireBad(t, "more behind it", &good, func(b []byte) []byte { return append(b, 0) })
	good.RoleChanges = nil
	requireBad(t, "no role changes", &good, func(b []byte) []byte {
		b[1] |= hasRoleChanges
		return append(b, 0)
	})
	requireBad(t, "a mode of more than 32 bits", &good, func(b []byte) []byte {
		b[1] |= hasRoleChanges
		b = binary.AppendUvarint(append(b, 1, 0), 1<<32)
		return append(b, make([]byte, 20)...)
	})
}

// requireBad checks that a record that was made in spite of all, and then spoilt, is not read.
func requireBad(t *testing.T, name string, r *Record, spoil func([]byte) []byte) {
	t.Helper()
	e := encoder{names: newTable[string](nil), actors: newTable[model.Identity](nil)}
	e.record(r)
	c := cursor{rest: spoil(e.b)}
	c.record(&Record{}, e.names.list, e.actors.list)
	require.True(t, c.bad, name)
}

// A number that claims more than there is does not make anybody allocate it.
func TestClaimsAreNotBelieved(t *testing.T) {
	huge := binary.AppendUvarint(nil, 1<<40)
	for name, b := range map[string][]byte{
		"parents": slices.Concat([]byte{0, 0}, make([]byte, 20), huge),
		"subject": slices.Concat([]byte{0, 0}, make([]byte, 20), []byte{0, 0, 1, 1}, huge),
		"acts":    slices.Concat([]byte{0, 0}, make([]byte, 20), []byte{0, 0, 1, 1, 0}, huge),
	} {
		r, bad := Record{}, false
		allocated := testing.AllocsPerRun(10, func() {
			c := cursor{rest: b}
			c.record(&r, nil, nil)
			bad = c.bad
		})
		assert.True(t, bad, name)
		assert.Zero(t, allocated, name)
	}
}

func TestFileThatIsCutOffWhileItIsRead(t *testing.T) {
	entries := random(500, source(9))
	file := save(t, "v", entries)
	s := open(t, file, "v")
	w, err := Create(file+".next", "v", s)
	require.NoError(t, err)
	defer w.Abort()
	if err := os.Truncate(file, 0); err != nil || !s.mapped {
		require.Equal(t, "windows", runtime.GOOS, "elsewhere it is mapped and can be cut off")
		requireHolds(t, s, entries)
		return
	}
	_, err = s.Record(0)
	require.ErrorIs(t, err, ErrCorrupt)
	_, err = s.Graph(0, nil)
	require.ErrorIs(t, err, ErrCorrupt)
	_, ok := s.Find(entries[0].id)
	require.False(t, ok)
	require.Equal(t, parse.Hash{}, s.Name(0))
	require.ErrorIs(t, w.Copy(0), ErrCorrupt)
	require.NoError(t, w.Add(entries[0].id, &entries[0].record), "what does not come from there can still be written")
}

func FuzzFile(f *testing.F) {
	whole := read(f, small(f))
	f.Add(whole[len(header("v")) : len(whole)-digestBytes])
	f.Fuzz(func(t *testing.T, b []byte) {
		visit(t, forge(slices.Concat(header("v"), b, make([]byte, digestBytes))))
	})
}

func FuzzRecord(f *testing.F) {
	full := full()
	e := encoder{names: newTable[string](nil), actors: newTable[model.Identity](nil)}
	e.record(&full)
	f.Add(e.b)
	f.Fuzz(func(t *testing.T, b []byte) {
		c, r := cursor{rest: b}, Record{}
		if c.record(&r, e.names.list, e.actors.list); !c.bad {
			requireSame(t, &r)
		}
	})
}
