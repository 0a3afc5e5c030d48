package gitlab

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// decoded is a note as it comes from a server.
func decoded(t testing.TB, system bool, body string) *note {
	t.Helper()
	b, err := json.Marshal(map[string]any{"id": 7, "system": system, "body": body})
	require.NoError(t, err)
	var n *note
	require.NoError(t, json.Unmarshal(b, &n))
	require.Equal(t, number(7), n.ID)
	return n
}

// Of comments their length stays, and what they tell robots; of GitLab's own notes the line
// that says what they are.
func TestWhatIsKeptOfNotes(t *testing.T) {
	n := decoded(t, false, "  Größer!\n/LGTM now\n```\n/merge\n```\n> /approve\n  bors r+  ")
	assert.Equal(t, 53, n.length)
	assert.Equal(t, []mining.Command{{Verb: "/lgtm"}, {Verb: "bors r+"}}, mining.Commands([]string{n.Body}))
	assert.NotContains(t, n.Body, "r!")

	assert.Equal(t, "added 2 commits", decoded(t, true, "added 2 commits\n\n<ul><li>"+strings.Repeat("x", 9000)).Body)
	names := strings.Repeat("@somebody-else, ", 1000)
	asked := decoded(t, true, saidRequested+names)
	assert.LessOrEqual(t, len(asked.Body), mostBody)
	assert.Greater(t, len(requested(asked)), 200)
	for _, name := range requested(asked) {
		require.Equal(t, "somebody-else", name, "no name is cut")
	}
	assert.Empty(t, decoded(t, true, strings.Repeat("x", 9000)).Body)
	assert.Empty(t, decoded(t, false, "").Body)

	var list []*note
	require.NoError(t, json.Unmarshal([]byte(`[null, {"body": null}]`), &list))
	assert.Nil(t, list[0])
	assert.Error(t, json.Unmarshal([]byte(`[{"body": 7}]`), &list))
}

// A page of long comments takes little once it is decoded.
func TestNotesTakeLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for and held, which the run without -short shows")
	}
	var reply strings.Builder
	for n := range 100 {
		fmt.Fprintf(&reply, `,{"id":%d,"body":"/lgtm %s"},{"id":%d,"system":true,"body":"added 1 commit %s"}`, n+1, strings.Repeat("a", 200_000), n+1000, strings.Repeat("b", 200_000))
	}
	text := []byte("[" + reply.String()[1:] + "]")
	reply.Reset()
	before := held()
	var list []*note
	require.NoError(t, json.Unmarshal(text, &list))
	taken := int64(held()) - int64(before)
	assert.Less(t, taken, int64(2<<20), "of 40 MB")
	assert.Len(t, list, 200)
	assert.Equal(t, 200_006, list[0].length)
	runtime.KeepAlive(text)
}

// held is how much memory is in use.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Cursors are a server's or a store's words, and need not be this program's.
func TestCursorsThatAreNone(t *testing.T) {
	p := place{before: minutes("5"), front: 120, pass: 2, news: true, seen: []string{"7", "12"}}
	again, err := placeOf(p.String(), minutes("9"))
	require.NoError(t, err)
	assert.Equal(t, p, again)
	for _, cursor := range []string{" ", "rest", "rest 2026 1 0 true 7", "rest 2026-01-01T00:00:00Z -1 0 true ", "rest 2026-01-01T00:00:00Z 0 -1 true ",
		"rest 2026-01-01T00:00:00Z 0 0 maybe ", "rest 2026-01-01T00:00:00Z 1 7,8", "7", "graph x y"} {
		_, err := placeOf(cursor, minutes("9"))
		assert.ErrorIs(t, err, mining.ErrCursor, "%q", cursor)
	}
}
