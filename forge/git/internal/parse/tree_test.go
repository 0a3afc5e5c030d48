package parse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var twenty = strings.Repeat("\x11", 20)

func TestTreeEntries(t *testing.T) {
	raw := "100644 a.go\x00" + twenty + "40000 b\x00" + twenty + "0160000 c d\x00" + twenty
	var got []string
	for e, err := range TreeEntries([]byte(raw)) {
		require.NoError(t, err)
		assert.Equal(t, hashOf("1"), e.Hash)
		got = append(got, fmt.Sprintf("%o %s", e.Mode, e.Name))
	}
	assert.Equal(t, []string{"100644 a.go", "40000 b", "160000 c d"}, got)
	for range TreeEntries(nil) {
		t.Fatal("an empty tree has no entries")
	}
	for range TreeEntries([]byte(raw)) {
		break
	}
	tree := []byte(raw)
	e, _, err := NextEntry(tree)
	require.NoError(t, err)
	_ = append(e.Name, "overwritten"...)
	assert.Equal(t, raw, string(tree), "appending to a name leaves the tree alone")
}

func TestUnreadableEntries(t *testing.T) {
	for name, raw := range map[string]string{
		"end":          "",
		"no mode":      " a\x00" + twenty,
		"no octal":     "10064x a\x00" + twenty,
		"long mode":    "000100644 a\x00" + twenty,
		"mode alone":   "100644",
		"no name":      "100644 \x00" + twenty,
		"no end":       "100644 a",
		"slash":        "100644 a/b\x00" + twenty,
		"short hash":   "100644 a\x00" + twenty[1:],
		"no separator": "100644a\x00" + twenty,
	} {
		_, rest, err := NextEntry([]byte(raw))
		assert.ErrorContains(t, err, "git fsck", name)
		assert.Nil(t, rest, name)
	}
	var errs []error
	for _, err := range TreeEntries([]byte("100644 a\x00" + twenty + "broken")) {
		errs = append(errs, err)
	}
	assert.Equal(t, []error{nil, errEntry}, errs, "the error is the last thing yielded")
}

func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 a.go\x00" + twenty + "40000 b\x00" + twenty))
	f.Add([]byte("0 \x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		left, failed := b, false
		for e, err := range TreeEntries(b) {
			require.False(t, failed, "nothing follows an error")
			same, rest, nextErr := NextEntry(left)
			require.Equal(t, e, same)
			require.Equal(t, err, nextErr)
			if failed = err != nil; failed {
				continue
			}
			require.NotEmpty(t, e.Name)
			require.NotContains(t, string(e.Name), "/")
			require.NotContains(t, string(e.Name), "\x00")
			require.Less(t, e.Mode, uint32(1<<21))
			// Nothing is skipped: the entry and the rest make up what was left.
			tail := fmt.Sprintf("%o %s\x00%s%s", e.Mode, e.Name, e.Hash[:], rest)
			require.Equal(t, tail, strings.TrimLeft(string(left[:len(left)-len(tail)]), "0")+string(left[len(left)-len(tail):]))
			left = rest
		}
		require.True(t, failed || len(left) == 0)
	})
}

func BenchmarkTreeEntries(b *testing.B) {
	var raw []byte
	for i := range 100 {
		raw = fmt.Appendf(raw, "100644 some-file-%03d.go\x00%s", i, twenty)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range TreeEntries(raw) {
			n++
		}
		if n != 100 {
			b.Fatal(n)
		}
	}
}

const tagHead = "object 1111111111111111111111111111111111111111\ntype commit\ntag v1.2\n"

func TestParseTag(t *testing.T) {
	at := time.Unix(1700000000, 0).UTC()
	ann := Signature{Name: "Ann", Mail: "ann@ash.example", When: at}
	for name, c := range map[string]struct {
		rest string
		want Tag
	}{
		"whole":     {"tagger Ann <ann@ash.example> 1700000000 +0200\n\nRelease\n1.2\n\nNotes\n", Tag{Tagger: ann, Subject: "Release 1.2"}},
		"signed":    {"tagger Ann <ann@ash.example> 1700000000 +0200\n\n-----BEGIN PGP SIGNATURE-----\nx\n", Tag{Tagger: ann}},
		"and words": {"\nRelease\n-----BEGIN PGP SIGNATURE-----\nx\n", Tag{Tagger: Signature{Bad: true}, Subject: "Release"}},
		"no tagger": {"\ntagger Ann <ann@ash.example> 1700000000 +0200\n", Tag{Tagger: Signature{Bad: true}, Subject: "tagger Ann <ann@ash.example> 1700000000 +0200"}},
		"nothing":   {"", Tag{Tagger: Signature{Bad: true}}},
		"bad time":  {"tagger Ann <ann@ash.example> -5 +0200\n\nx\x00y", Tag{Tagger: Signature{Name: "Ann", Mail: "ann@ash.example", Bad: true}, Subject: "x"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Object, c.want.Type, c.want.Name = hashOf("1"), "commit", "v1.2"
			got, err := ParseTag([]byte(tagHead + c.rest))
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
	for _, raw := range []string{"", tagHead[1:], strings.Replace(tagHead, "1", "x", 1), strings.Replace(tagHead, "type ", "", 1),
		strings.Replace(tagHead, "v1.2", "", 1), strings.TrimSuffix(tagHead, "\n")} {
		_, err := ParseTag([]byte(raw))
		assert.ErrorContains(t, err, "git fsck", raw)
	}
}

func FuzzTag(f *testing.F) {
	f.Add([]byte(tagHead + "tagger Ann <ann@ash.example> 1700000000 +0200\n\nRelease\n\n-----BEGIN"))
	f.Fuzz(func(t *testing.T, b []byte) {
		tag, err := ParseTag(b)
		if err != nil {
			require.Equal(t, Tag{}, tag)
			return
		}
		for _, s := range []string{tag.Type, tag.Name, tag.Tagger.Name, tag.Tagger.Mail} {
			requirePlain(t, s, nameMost)
		}
		require.NotEmpty(t, tag.Name)
		requirePlain(t, tag.Subject, subjectMost)
		require.Equal(t, tag.Tagger.Bad, tag.Tagger.When.IsZero())
	})
}
