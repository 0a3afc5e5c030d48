package score

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTemplate(t *testing.T) {
	for subject, want := range map[string]string{
		"":                                   "",
		"Bump  Sprocket from 1.2.3 to 10.0":  "bump sprocket from # to #",
		`Merge "Mend the cache" into stable`: `merge " into stable`,
		"Merge branch 'x-2' into 'main'":     `merge branch " into "`,
		"Update to 3f2a9c1d":                 "update to #",
		"Don't say what others' tests say":   "don't say what others' tests say",
		"A face in the facade":               "a face in the facade",
	} {
		assert.Equal(t, want, template(subject))
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(`Merge "x" 12`)
	f.Add("'\xff`\"'")
	f.Add("é' \"é\tE\u0301 0x1F")
	f.Fuzz(func(t *testing.T, subject string) {
		got := template(subject)
		assert.False(t, strings.ContainsAny(got, "0123456789"), got)
		assert.Equal(t, got, template("  "+subject), "white space")
	})
}

func TestDays(t *testing.T) {
	for at, want := range map[int64]int64{0: 0, 86_399: 0, 86_400: 1, -1: -1, -86_400: -1, -86_401: -2} {
		assert.Equal(t, want, dayOf(at), at)
	}
}
