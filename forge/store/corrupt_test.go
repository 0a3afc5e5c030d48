package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/store"
)

// varied is a store with branches, pages of more than one, buckets within pages and
// apart, and many pages that are out of use and still hold what was true once.
func varied(t testing.TB) (file string, whole []byte) {
	file = filepath.Join(t.TempDir(), "facts.db")
	s := open(t, file, nil)
	large := change(0)
	large.Key = "release/large"
	for n := range 1500 {
		large.Records[0].Contribution.Change.Title += fmt.Sprint(n * n)
	}
	for n := range 4 {
		require.NoError(t, s.Log("github.com/1").Commit(changes(5*n, 5*n+10), n))
		require.NoError(t, s.Alias("github.com", fmt.Sprint("karst/flow", n), "github.com/1"))
	}
	require.NoError(t, s.Log("github.com/1").Commit(append(every(), large), 5))
	require.NoError(t, s.Log("github.com/2").Commit(changes(0, 1), nil))
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	return file, whole
}

// told is all that an open store says.
func told(s *store.Store) (string, error) {
	var b strings.Builder
	infos, err := s.Logs()
	if err != nil {
		return "", err
	}
	for _, info := range infos {
		fmt.Fprintln(&b, info.Key, info.Aliases, string(info.State), info.Facts, info.Bytes)
		for f, err := range s.Log(info.Key).Facts("") {
			if err != nil {
				return "", err
			}
			fmt.Fprintln(&b, f.Key, len(f.Records))
			if c := f.Records[0].Contribution; c != nil && c.Change != nil {
				fmt.Fprintln(&b, c.Change.Title, c.Change.Head, c.Change.Merged.Unix())
			}
		}
		for _, a := range info.Aliases {
			host, path, _ := strings.Cut(a, "/")
			key, ok, err := s.Find(host, path)
			if err != nil {
				return "", err
			}
			fmt.Fprintln(&b, a, key, ok)
		}
	}
	return b.String(), nil
}

// toldBy opens a file and says what it tells.
func toldBy(file string) (string, error) {
	s, err := store.Open(context.Background(), file, &store.Options{ReadOnly: true})
	if err != nil {
		return "", err
	}
	defer s.Close()
	return told(s)
}

// spoiled checks that a file is refused, or says what it always said.
type spoiled struct {
	file    string
	f       *os.File
	want    string
	refused int
	passed  int
}

func newSpoiled(t testing.TB, file string) *spoiled {
	want, err := toldBy(file)
	require.NoError(t, err)
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return &spoiled{file: file, f: f, want: want}
}

// try writes bytes at a place, and then what was there again.
func (s *spoiled) try(t *testing.T, at int, b []byte, why string) {
	old := make([]byte, len(b))
	_, err := s.f.ReadAt(old, int64(at))
	require.NoError(t, err)
	_, err = s.f.WriteAt(b, int64(at))
	require.NoError(t, err)
	s.check(t, fmt.Sprint(why, " at ", at))
	_, err = s.f.WriteAt(old, int64(at))
	require.NoError(t, err)
}

func (s *spoiled) check(t *testing.T, why string) {
	got, err := toldBy(s.file)
	if err == nil {
		require.Equal(t, s.want, got, why)
		if s.passed++; s.passed%200 == 1 {
			requireWritable(t, s.file, why)
		}
		return
	}
	s.refused++
	own := errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrForeign) || errors.Is(err, store.ErrVersion)
	require.True(t, own, "%s: %v", why, err)
}

// requireWritable checks that a copy of a file takes commits: what is wrong where it does not
// show must not spread.
func requireWritable(t *testing.T, file, why string) {
	b, err := os.ReadFile(file)
	require.NoError(t, err, why)
	copied := filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, os.WriteFile(copied, b, 0o600), why)
	s := open(t, copied, nil)
	require.NoError(t, s.Log("github.com/3").Commit(changes(0, 30), 1), why)
	require.NoError(t, s.Log("github.com/1").Commit(changes(5, 15), 9), why)
	want, err := told(s)
	require.NoError(t, err, why)
	require.NoError(t, s.Close(), why)
	got, err := toldBy(copied)
	require.NoError(t, err, why)
	require.Equal(t, want, got, why)
}

func TestEveryDamagedByteIsNoticed(t *testing.T) {
	file, whole := varied(t)
	s := newSpoiled(t, file)
	for i := range whole {
		if i%os.Getpagesize() > 48 && i%401 != 0 { // among values, of which all bytes are alike
			continue
		}
		s.try(t, i, []byte{whole[i] ^ 1<<(i%8)}, "a flipped bit")
	}
	require.Greater(t, s.refused, 300)
}

// TestPagesInPlaceOfOthers lets every number of a page lead to every other page, such as
// one that was in use before and is whole, or one above, in a circle.
func TestPagesInPlaceOfOthers(t *testing.T) {
	file, whole := varied(t)
	s := newSpoiled(t, file)
	size := os.Getpagesize()
	for at := size * 2; at < len(whole); at += 8 {
		is := binary.NativeEndian.Uint64(whole[at:])
		if is < 2 || is >= uint64(len(whole)/size) || at%size == 0 {
			continue
		}
		for id := range uint64(len(whole)/size) + 2 {
			if id != is {
				s.try(t, at, binary.NativeEndian.AppendUint64(nil, id), fmt.Sprint("page ", id, " for ", is))
			}
		}
	}
	require.Greater(t, s.refused, 100)
}

func TestFileThatIsCutOff(t *testing.T) {
	file, whole := varied(t)
	s := newSpoiled(t, file)
	for n := len(whole); n > 0; n -= 1 + n%301 {
		require.NoError(t, s.f.Truncate(int64(n)))
		s.check(t, fmt.Sprint("the first ", n))
	}
	require.Greater(t, s.refused, 100)
}

// TestFileIsCutOffWhileItIsOpen checks that memory which is not there any more is an
// error, and that the others and Close do not wait for a transaction that gave up.
func TestFileIsCutOffWhileItIsOpen(t *testing.T) {
	for name, use := range map[string]func(*store.Store) error{
		"reading": func(s *store.Store) error { _, err := told(s); return err },
		"writing": func(s *store.Store) error { return s.Log("github.com/1").Commit(changes(5, 50), 7) },
	} {
		t.Run(name, func(t *testing.T) {
			file, whole := varied(t)
			s := open(t, file, nil)
			require.NoError(t, os.Truncate(file, int64(2*os.Getpagesize())))
			require.ErrorIs(t, use(s), store.ErrCorrupt)
			require.NoError(t, os.WriteFile(file, whole, 0o600))
			require.ErrorIs(t, s.Log("github.com/2").Commit(changes(0, 1), 1), store.ErrCorrupt, "nobody knows what is in memory")
			_, err := s.Logs()
			require.ErrorIs(t, err, store.ErrCorrupt)
			require.NoError(t, s.Close())
			require.NoError(t, s.Close())
			again, err := store.Open(context.Background(), file, &store.Options{Wait: -1})
			require.NoError(t, err, "nobody has it open any more")
			require.NoError(t, again.Close())
		})
	}
}
