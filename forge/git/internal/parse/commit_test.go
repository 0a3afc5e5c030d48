package parse

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	treeLine   = "tree 1111111111111111111111111111111111111111\n"
	parentLine = "parent 2222222222222222222222222222222222222222\n"
	people     = "author Ann Ash <ann@ash.example> 1700000000 +0130\n" +
		"committer Bo Birch <BO@birch.example> 1700000100 -0800\n"
)

func hashOf(digit string) Hash {
	h, err := ParseHash(strings.Repeat(digit, 40))
	if err != nil {
		panic(err)
	}
	return h
}

func parsed(t *testing.T, raw string) Commit {
	t.Helper()
	c, err := ParseCommit([]byte(raw))
	require.NoError(t, err)
	return c
}

func TestParseHash(t *testing.T) {
	h, err := ParseHash("0123456789ABCDEF0123456789abcdef01234567")
	require.NoError(t, err)
	assert.Equal(t, "0123456789abcdef0123456789abcdef01234567", h.String())
	for _, bad := range []string{"", "0123", strings.Repeat("0", 64), strings.Repeat("g", 40), strings.Repeat("0", 39) + "\n"} {
		_, err := ParseHash(bad)
		assert.ErrorContains(t, err, "40 hexadecimal digits", bad)
	}
}

func TestParseCommit(t *testing.T) {
	c := parsed(t, treeLine+parentLine+"parent 3333333333333333333333333333333333333333\n"+people+
		"gpgsig -----BEGIN PGP SIGNATURE-----\n \n encoding koi8-r\n -----END PGP SIGNATURE-----\n"+
		"\n\nMend the pump\nand the well\n\nIt leaked.\r\n\n(cherry picked from commit abcdef1)\n"+
		"Reviewed-by: Cy Cedar <cy@cedar.example>\n")
	assert.Equal(t, Commit{
		Tree:      hashOf("1"),
		Parents:   []Hash{hashOf("2"), hashOf("3")},
		Author:    Signature{Name: "Ann Ash", Mail: "ann@ash.example", When: time.Unix(1700000000, 0).UTC()},
		Committer: Signature{Name: "Bo Birch", Mail: "BO@birch.example", When: time.Unix(1700000100, 0).UTC()},
		Signed:    true,
		Subject:   "Mend the pump and the well",
		Body:      "It leaked.\n\n(cherry picked from commit abcdef1)\nReviewed-by: Cy Cedar <cy@cedar.example>",
		Trailers:  []Trailer{{"Reviewed-by", "Cy Cedar <cy@cedar.example>"}},
		Picked:    []string{"abcdef1"},
	}, c)
}

func TestLostStructure(t *testing.T) {
	for name, raw := range map[string]string{
		"empty":             "",
		"no tree":           parentLine + people + "\nx\n",
		"short tree":        "tree 1111\n" + people,
		"tree without end":  strings.TrimSuffix(treeLine, "\n"),
		"no digits":         "tree " + strings.Repeat("x", 40) + "\n",
		"unreadable parent": treeLine + "parent 22\n" + people,
		"parent at the end": treeLine + strings.TrimSuffix(parentLine, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCommit([]byte(raw))
			assert.ErrorContains(t, err, "git fsck")
			_, _, _, err = ParseGraph([]byte(raw), nil)
			assert.ErrorContains(t, err, "git fsck")
		})
	}
}

func TestParseGraph(t *testing.T) {
	raw := []byte(treeLine + parentLine + people + "\ncommitter X <x> 5 +0000\n")
	given := make([]Hash, 1, 8)
	given[0] = hashOf("9")
	tree, parents, committed, err := ParseGraph(raw, given)
	require.NoError(t, err)
	assert.Equal(t, hashOf("1"), tree)
	assert.Equal(t, []Hash{hashOf("9"), hashOf("2")}, parents)
	assert.EqualValues(t, 1700000100, committed)
	assert.Zero(t, testing.AllocsPerRun(100, func() { ParseGraph(raw, given[:1]) }))

	_, parents, committed, err = ParseGraph([]byte(treeLine+"\ncommitter X <x> 5 +0000\n"), nil)
	require.NoError(t, err)
	assert.Empty(t, parents)
	assert.Zero(t, committed, "a committer in the message is none")
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]struct {
		unix  int64
		fault string
	}{
		"0 +0000":                    {0, ""},
		"1700000000 +0000":           {1700000000, ""},
		"7258118399 -1200":           {7258118399, ""},
		"7258118400 +0000":           {-1, "time after 2199"},
		"-1 +0000":                   {-1, "time before 1970"},
		"99999999999999999999 +0000": {-1, "time after 2199"},
		"9223372036854775808 +0000":  {-1, "time after 2199"},
		"":                           {-1, "no time"},
		"yesterday":                  {-1, "unreadable time"},
		"170000x +0000":              {-1, "unreadable time"},
		"1700000000":                 {1700000000, badZone},
		"1700000000 +051800":         {1700000000, badZone},
		"1700000000 0200":            {1700000000, badZone},
		"1700000000 +2500":           {1700000000, badZone},
		"1700000000 +0090":           {1700000000, badZone},
	} {
		t.Run(text, func(t *testing.T) {
			raw := treeLine + "author A <a@b> " + text + "\ncommitter A <a@b> " + text + "\n\nx\n"
			c := parsed(t, raw)
			var faults []string
			if want.fault != "" {
				faults = []string{"author: " + want.fault, "committer: " + want.fault}
			}
			assert.Equal(t, faults, c.Faults)
			assert.Equal(t, want.unix < 0, c.Author.Bad)
			assert.Equal(t, want.unix < 0, c.Author.When.IsZero())
			_, _, committed, err := ParseGraph([]byte(raw), nil)
			require.NoError(t, err)
			assert.Equal(t, max(want.unix, 0), committed)
			if want.unix >= 0 {
				assert.Equal(t, time.Unix(want.unix, 0).UTC(), c.Author.When)
			}
		})
	}
}

func TestOddSignatures(t *testing.T) {
	const at = " 1700000000 +0000"
	for raw, want := range map[string]Signature{
		"A B <a@b>" + at:                  {Name: "A B", Mail: "a@b"},
		"<a@b>" + at:                      {Mail: "a@b"},
		"A <>" + at:                       {Name: "A"},
		" A  B\t<a@b>" + at:               {Name: "A  B", Mail: "a@b"},
		"A <<a@b>>" + at:                  {Name: "A", Mail: "<a@b"},
		"A <a@b> <c@d>" + at:              {Name: "A", Mail: "a@b"},
		"A\x1b[31m\u202eB <a\x7f@b>" + at: {Name: "A [31mB", Mail: "a @b"},
		"Ren\xe9 <r@b>" + at:              {Name: "René", Mail: "r@b"},
		"Ren\xc3\xa9 <r@b>" + at:          {Name: "René", Mail: "r@b"},
		"A \x80 <a@b>" + at:               {Name: "A €", Mail: "a@b"},
	} {
		t.Run(raw, func(t *testing.T) {
			want.When = time.Unix(1700000000, 0).UTC()
			c := parsed(t, treeLine+"author "+raw+"\ncommitter X <x@y>"+at+"\n\nx\n")
			assert.Equal(t, want, c.Author)
		})
	}
	c := parsed(t, treeLine+"author A a@b"+at+"\ncommitter <>"+at+"\ncommitter Z <z@z>"+at+"\nparent x\n\nx\n")
	assert.Equal(t, Signature{Name: "A a@b" + at, Bad: true}, c.Author)
	assert.Equal(t, Signature{When: time.Unix(1700000000, 0).UTC()}, c.Committer)
	assert.Equal(t, []string{"more than one committer", "late parent line, which git ignores",
		"author: no address and no time", "committer: neither name nor address"}, c.Faults)
	c = parsed(t, treeLine+"\nx\n")
	assert.Equal(t, []string{"author: none", "committer: none"}, c.Faults)
	assert.True(t, c.Author.Bad && c.Committer.Bad)
}

func TestSigned(t *testing.T) {
	merge := "mergetag object 2222222222222222222222222222222222222222\n type commit\n gpgsig x\n -----BEGIN PGP SIGNATURE-----\n"
	assert.False(t, parsed(t, treeLine+people+merge+"\nx\n").Signed)
	assert.True(t, parsed(t, treeLine+people+merge+"gpgsig -----BEGIN SSH SIGNATURE-----\n\nx\n").Signed)
	assert.True(t, parsed(t, treeLine+people+"gpgsig-sha256 x\n\nx\n").Signed)
	assert.False(t, parsed(t, treeLine+people+"\ngpgsig x\n").Signed)
	assert.False(t, parsed(t, treeLine+people+"gpgsig \n\nx\n").Signed)
}

func TestEncodings(t *testing.T) {
	for header, want := range map[string]string{
		"":             "Ångström … ¤",
		"ISO-8859-1":   "Ångström … ¤",
		"ISO-8859-15":  "Ångström \ufffd €",
		"windows-1251": "Еngstrцm … ¤",
		"KOI8-R":       "еngstrЖm ┘ ╓",
		"x-unknown":    "Ångström … ¤",
	} {
		encoding := ""
		if header != "" {
			encoding = "encoding " + header + "\n"
		}
		c := parsed(t, treeLine+people+encoding+"\n\xc5ngstr\xf6m \x85 \xa4\n\nКирилл in UTF-8\nl\xf6gged\n")
		assert.Equal(t, want, c.Subject, header)
		assert.Contains(t, c.Body, "Кирилл in UTF-8\n", "a line in UTF-8 stays, whatever the header says")
		assert.True(t, utf8.ValidString(c.Body))
	}
}

func TestMessages(t *testing.T) {
	for name, want := range map[string]struct{ message, subject, body string }{
		"none":             {"", "", ""},
		"blank":            {" \n\t\n", "", ""},
		"subject":          {"one", "one", ""},
		"blank lines":      {"\n \n  one\n \n\n  two\n\n", "one", "  two"},
		"several lines":    {"one\ntwo\n\nthree\n\nfour", "one two", "three\n\nfour"},
		"windows newlines": {"one\r\n\r\ntwo\r\nthree\r\n", "one", "two\nthree"},
		"controls":         {"o\x1bn\u2028e\u2066\n\nt\x07w\to\u202e", "o n e", "t w\to"},
		"hidden by NUL":    {"one\n\ntwo\x00\n\nReviewed-by: X <x@y>\n", "one", "two"},
	} {
		t.Run(name, func(t *testing.T) {
			c := parsed(t, treeLine+people+"\n"+want.message)
			assert.Equal(t, want.subject, c.Subject)
			assert.Equal(t, want.body, c.Body)
			assert.Empty(t, c.Trailers)
		})
	}
}

func TestHugeMessages(t *testing.T) {
	filler := strings.Repeat("words and ", 200_000) + "\n"
	c := parsed(t, treeLine+people+"\n"+strings.Repeat("s", 10_000)+"\n\n"+filler+"\nSigned-off-by: A <a@b>\nReviewed-by: B <b@c>\n")
	assert.Len(t, c.Subject, subjectMost)
	assert.LessOrEqual(t, len(c.Body), messageMost)
	assert.Equal(t, []Trailer{{"Signed-off-by", "A <a@b>"}, {"Reviewed-by", "B <b@c>"}}, c.Trailers, "the end is read")
	assert.Equal(t, []string{"message over 1 MiB"}, c.Faults)

	c = parsed(t, treeLine+people+"\nx\n\n"+strings.Repeat("Acked-by: A <a@b>\n", 1001))
	assert.Len(t, c.Trailers, trailersMost)
	assert.Equal(t, []string{"more than 1000 trailers"}, c.Faults)
}

func TestReferences(t *testing.T) {
	sha := strings.Repeat("ab", 20)
	c := parsed(t, treeLine+people+"\nThis reverts commit 0000000.\n\n"+
		"This reverts commit "+sha+", reversing\nchanges.\n\nThis reverts commit "+sha+".\n"+
		"> This reverts commit 1234567\nThis reverts commit 123456\nThis reverts commit number 5\n\n"+
		"(cherry picked from commit ABCDEF1)\n(cherry picked from commit "+sha+" with care)\n"+
		"see (cherry picked from commit 7654321)\n\ntext\n")
	assert.Equal(t, []string{sha}, c.Reverts)
	assert.Equal(t, []string{"ABCDEF1", sha}, c.Picked)
}

// requirePlain fails where a text could break a report.
func requirePlain(t *testing.T, s string, most int) {
	t.Helper()
	require.True(t, utf8.ValidString(s), "%q", s)
	require.LessOrEqual(t, len(s), most)
	require.False(t, strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
	}), "%q", s)
}

func FuzzCommit(f *testing.F) {
	f.Add([]byte(treeLine + parentLine + people + "encoding koi8-r\ngpgsig x\n y\n\ns\n\nb\n\nAcked-by: A <a@b>\n c\n"))
	f.Add([]byte(treeLine + "author A <a@b> 99999999999999999999 +0000\ncommitter \xff\x00\n\n\xff\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCommit(b)
		tree, parents, committed, graphErr := ParseGraph(b, nil)
		require.Equal(t, err, graphErr)
		if err != nil {
			return
		}
		require.Equal(t, c.Tree, tree)
		require.Equal(t, c.Parents, parents)
		if !c.Committer.Bad {
			require.Equal(t, c.Committer.When.Unix(), committed)
		}
		for _, s := range []Signature{c.Author, c.Committer} {
			requirePlain(t, s.Name, nameMost)
			requirePlain(t, s.Mail, nameMost)
			require.Equal(t, s.Bad, s.When.IsZero())
			require.LessOrEqual(t, s.When.Year(), 2199)
		}
		requirePlain(t, c.Subject, subjectMost)
		for line := range strings.SplitSeq(c.Body, "\n") {
			requirePlain(t, strings.ReplaceAll(line, "\t", ""), messageMost)
		}
		for _, f := range c.Faults {
			requirePlain(t, f, 100)
		}
		for _, tr := range c.Trailers {
			requireTrailer(t, tr)
		}
		require.LessOrEqual(t, len(c.Trailers), trailersMost)
	})
}

func BenchmarkParseCommit(b *testing.B) {
	raw := []byte(treeLine + parentLine + people + "\nMend the pump\n\n" + strings.Repeat("It leaked for years and nobody looked.\n", 12) +
		"\nHelped-by: Cy Cedar <cy@cedar.example>\nSigned-off-by: Ann Ash <ann@ash.example>\nReviewed-by: Bo Birch <bo@birch.example>\n")
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseCommit(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("graph", func(b *testing.B) {
		b.ReportAllocs()
		var parents []Hash
		for b.Loop() {
			_, parents, _, _ = ParseGraph(raw, parents[:0])
		}
	})
}

func ExampleParseCommit() {
	c, _ := ParseCommit([]byte(treeLine + people + "\nMend the pump\n\nReviewed-and-tested-by: Cy <cy@cedar.example>\n"))
	fmt.Println(c.Subject, c.Trailers[0].Roles(), c.Trailers[0].Actor().Mail)
	// Output: Mend the pump [reviewer tester] cy@cedar.example
}
