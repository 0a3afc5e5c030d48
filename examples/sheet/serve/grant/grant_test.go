package grant

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var start = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)

func newGrant(t testing.TB, tenders ...string) (Grant, string) {
	g, token, err := New(tenders, "jury", start, start.Add(time.Hour))
	require.NoError(t, err)
	return g, token
}

func TestNew(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		g, token := newGrant(t, "b", "a", "b")
		assert.Regexp(t, `^[A-Z2-7]{26}$`, token, "130 random bits")
		assert.Regexp(t, `^[a-z2-7]{8}$`, g.ID)
		assert.NotContains(t, strings.ToLower(token), g.ID, "the public name tells nothing of the token")
		assert.False(t, seen[token] || seen[g.Hash])
		seen[token], seen[g.Hash] = true, true
		assert.Equal(t, []string{"a", "b"}, g.Tenders)
	}
	for what, x := range map[string]struct {
		tenders []string
		note    string
		life    time.Duration
	}{
		"at least one tender": {nil, "", time.Hour}, "is empty": {[]string{""}, "", time.Hour},
		"longer than 200": {[]string{"a"}, strings.Repeat("é", 201), time.Hour}, "not printable": {[]string{"a"}, "a\x1b[31m", time.Hour},
		"want between": {[]string{"a"}, "", MinLife - 1}, "ten years": {[]string{"a"}, "", MaxLife + 1},
	} {
		_, token, err := New(x.tenders, x.note, start, start.Add(x.life))
		require.ErrorContains(t, err, what)
		assert.Empty(t, token)
	}
	_, _, err := New([]string{"a"}, strings.Repeat("é", 200), start, start.Add(MinLife))
	require.NoError(t, err)
	_, _, err = New([]string{"a"}, "", start, start.Add(MaxLife))
	require.NoError(t, err)
}

func TestState(t *testing.T) {
	g, _ := newGrant(t, "a")
	assert.NoError(t, g.State(start))
	assert.NoError(t, g.State(g.Expires.Add(-1)))
	assert.ErrorIs(t, g.State(g.Expires), ErrExpired)
	g.Revoked = start
	assert.ErrorIs(t, g.State(start), ErrRevoked)
	assert.ErrorIs(t, g.State(g.Expires), ErrRevoked)
	assert.True(t, g.Allows("a"))
	assert.False(t, g.Allows("A"))
	assert.False(t, g.Allows(""))
}

func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "grants")
	first, token := newGrant(t, "a")
	second, other := newGrant(t, "a", "b")
	require.NoError(t, Append(file, first))
	require.NoError(t, Append(file, second))
	require.NoError(t, Revoke(file, first.ID, start))
	require.NoError(t, Revoke(file, first.ID, start.Add(time.Hour)), "again")
	require.ErrorIs(t, Revoke(file, "nobody", start), ErrUnknown)

	got, err := Read(file)
	require.NoError(t, err)
	first.Revoked = start
	assert.Equal(t, []Grant{first, second}, got)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, 4, strings.Count(string(text), "\n"))
	for _, secret := range []string{token, other} {
		assert.NotContains(t, string(text), secret)
	}
	if runtime.GOOS != "windows" { // which has no such modes
		at, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), at.Mode())
	}
	store, err := OpenStore(file)
	require.NoError(t, err)
	_, err = store.Open(token, start)
	assert.ErrorIs(t, err, ErrRevoked)
	g, err := store.Open(other, start)
	require.NoError(t, err)
	assert.Equal(t, second, g)
	_, err = store.Open(other, second.Expires)
	assert.ErrorIs(t, err, ErrExpired)
	for _, wrong := range []string{"", "x", strings.ToLower(other), other + "A", second.Hash, second.ID} {
		_, err = store.Open(wrong, start)
		assert.ErrorIs(t, err, ErrUnknown, wrong)
	}
}

// A write that was cut short, as by a full disk, costs that line alone; whoever adds next
// mends the end.
func TestCutShort(t *testing.T) {
	first, _ := newGrant(t, "a")
	second, _ := newGrant(t, "b")
	whole := filepath.Join(t.TempDir(), "whole")
	require.NoError(t, Append(whole, first))
	text, err := os.ReadFile(whole)
	require.NoError(t, err)
	for n := range text {
		file := filepath.Join(t.TempDir(), "grants")
		require.NoError(t, os.WriteFile(file, text[:n], 0o600))
		before, err := Read(file)
		require.NoError(t, err, "%q", text[:n])
		require.NoError(t, Append(file, second), "%q", text[:n])
		after, err := Read(file)
		require.NoError(t, err, "%q", text[:n])
		assert.Equal(t, append(before, second), after, "%q", text[:n])
		if n < len(text)-1 {
			assert.Empty(t, before)
		}
	}
}

// A file with any other fault opens nothing and is not written to: a revocation may hide in
// what cannot be read.
func TestSpoiltFile(t *testing.T) {
	g, token := newGrant(t, "a")
	good := filepath.Join(t.TempDir(), "good")
	require.NoError(t, Append(good, g))
	raw, err := os.ReadFile(good)
	require.NoError(t, err)
	text := string(raw)
	for _, spoilt := range []string{
		"no grants\n", "\n", "\n" + text, `{"format":"tributary-grants/2"}` + "\n", "{}\n", text + "{}\n", text + "nonsense\n", text + `{"grant":{"id":"x","hash":"short"}}` + "\n",
		text + "\x00\n", strings.TrimPrefix(text, heading), text + `{"revoke":7}` + "\n", text + `{"format":"tributary-grants/2"}` + "\n",
		text + strings.Repeat("\n", maxFile),
	} {
		file := filepath.Join(t.TempDir(), "grants")
		require.NoError(t, os.WriteFile(file, []byte(spoilt), 0o600))
		_, err := Read(file)
		require.ErrorIs(t, err, ErrStore, "%.80q", spoilt)
		require.Error(t, Append(file, g))
		require.ErrorIs(t, Revoke(file, g.ID, start), ErrStore)
		_, err = OpenStore(file)
		require.ErrorIs(t, err, ErrStore)
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.True(t, spoilt == string(kept), "%.80q", spoilt)
	}
	_, err = OpenStore(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, ErrStore)
	require.ErrorIs(t, err, os.ErrNotExist)

	store, err := OpenStore(good)
	require.NoError(t, err)
	_, err = store.Open(token, start)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(good, []byte("spoilt\n"), 0o600))
	_, err = store.Open(token, start.Add(Every))
	require.ErrorIs(t, err, ErrStore)
	require.NoError(t, os.WriteFile(good, raw, 0o600))
	_, err = store.Open(token, start.Add(2*Every))
	require.NoError(t, err, "a mended file opens again")
}

// What cannot be written is said: no grant that is not on the disk.
func TestWhatCannotBeWritten(t *testing.T) {
	g, _ := newGrant(t, "a")
	dir := t.TempDir()
	require.Error(t, Append(dir, g), "a folder")
	require.Error(t, Append(filepath.Join(dir, "none", "grants"), g))
	if _, err := os.Stat("/dev/full"); err == nil {
		require.ErrorContains(t, Append("/dev/full", g), "no space left")
	}
	file := filepath.Join(dir, "grants")
	require.NoError(t, Append(file, g))
	require.NoError(t, os.Chmod(file, 0o400))
	got, err := Read(file)
	require.NoError(t, err)
	assert.Len(t, got, 1)
	if os.Geteuid() > 0 { // nothing keeps the superuser out
		require.ErrorIs(t, Append(file, g), os.ErrPermission)
		require.ErrorIs(t, Revoke(file, g.ID, start), os.ErrPermission)
	}
}

// Commands that add at the same time, also those that make the file, lose nothing, and
// whoever reads meanwhile reads what is whole.
func TestManyAddAtOnce(t *testing.T) {
	for round := range 6 {
		file := filepath.Join(t.TempDir(), fmt.Sprint(round))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 3 {
					g, token := newGrant(t, "a")
					if !assert.NoError(t, Append(file, g)) {
						return
					}
					store, err := OpenStore(file)
					if !assert.NoError(t, err) {
						return
					}
					_, err = store.Open(token, start)
					assert.NoError(t, err)
					assert.NoError(t, Revoke(file, g.ID, start))
				}
			})
		}
		wg.Wait()
		got, err := Read(file)
		require.NoError(t, err)
		assert.Len(t, got, 8*3)
		for _, g := range got {
			assert.ErrorIs(t, g.State(start), ErrRevoked)
		}
	}
}

// The file is looked at once in Every, and when the clock was set back.
func TestAStoreLooksNowAndThen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "grants")
	g, _ := newGrant(t, "a")
	require.NoError(t, Append(file, g))
	store, err := OpenStore(file)
	require.NoError(t, err)
	_, err = store.Open("x", start)
	require.ErrorIs(t, err, ErrUnknown)
	later, token := newGrant(t, "a")
	require.NoError(t, Append(file, later))
	_, err = store.Open(token, start.Add(Every-1))
	require.ErrorIs(t, err, ErrUnknown)
	_, err = store.Open(token, start.Add(Every))
	require.NoError(t, err)
	require.NoError(t, Revoke(file, later.ID, start))
	_, err = store.Open(token, start.Add(-time.Hour))
	require.ErrorIs(t, err, ErrRevoked)
}

// FuzzFile reads whatever stands in a file; what can be read can be added to.
func FuzzFile(f *testing.F) {
	g, _ := newGrant(f, "a")
	file := filepath.Join(f.TempDir(), "grants")
	require.NoError(f, Append(file, g))
	require.NoError(f, Revoke(file, g.ID, start))
	text, err := os.ReadFile(file)
	require.NoError(f, err)
	f.Add(text)
	f.Add(text[:len(text)-3])
	f.Add([]byte(heading + heading))
	f.Add([]byte(heading + `{"revoke":{"id":"x"}}` + "\n\n\xff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		require.NoError(t, os.WriteFile(file, text, 0o600))
		before, err := Read(file)
		if err != nil {
			require.ErrorIs(t, err, ErrStore)
			require.Error(t, Append(file, g))
			return
		}
		require.NoError(t, Append(file, g))
		after, err := Read(file)
		require.NoError(t, err)
		require.Equal(t, append(before, g), after)
	})
}
