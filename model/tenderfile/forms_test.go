package tenderfile

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// forms says by regular expressions whether a text is a short name, and whether
// it is an identity. These are too slow for a hundred thousand people.
func forms() func(s string) (short, identity bool) {
	name := regexp.MustCompile(`^[^\s\p{C}]+$`)
	mail := regexp.MustCompile(`^mail:[^\s@<>]+@[^\s@<>]+$`)
	account := regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*(:[0-9]+)?:[0-9]+$`)
	return func(s string) (short, identity bool) {
		return name.MatchString(s), mail.MatchString(s) || account.MatchString(s) && !strings.HasPrefix(s, "mail:")
	}
}

func FuzzForms(f *testing.F) {
	for _, s := range []string{"p-1", "é", "a b", "a\u00a0b", "a\u200bb", "a\u0085", "\xff", "mail:a@b.example", "mail:a@b@c", "mail:7",
		"mail:a@b <", "github:1", "forge.example:8080:1", "a:1:2:3", "-a:1", ".a:1", "a:", ":1", "a::1", "A:1", "a:1\n"} {
		f.Add(s)
	}
	formed := forms()
	f.Fuzz(func(t *testing.T, s string) {
		short, identity := formed(s)
		assert.Equal(t, short, isShort(s), "%q", s)
		assert.Equal(t, identity, isIdentity(s), "%q", s)
	})
}

// Random texts of what the forms are made of, many of them near misses.
func TestFormsByTrial(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	parts := []string{"mail:", "a", "b.c", "-", ".", ":", "7", "42", "@", "<", " ", "\t", "\f", "é", "\u200b", "\u00a0", "Z"}
	formed := forms()
	seen := map[bool]int{}
	for range 50_000 {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		s := b.String()
		short, identity := formed(s)
		seen[identity]++
		assert.Equal(t, short, isShort(s), "%q", s)
		assert.Equal(t, identity, isIdentity(s), "%q", s)
	}
	assert.Greater(t, seen[true], 50)
}
