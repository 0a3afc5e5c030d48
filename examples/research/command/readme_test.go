package command_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The commands that the README shows have flags that exist.
func TestReadmeIsTrue(t *testing.T) {
	b, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(string(b)) {
		if args, ok := strings.CutPrefix(strings.TrimSpace(line), "$ go run ./examples/research "); ok {
			n++
			_, said, status := run(t, 0, append(strings.Fields(args), "--help")...)
			assert.Zero(t, status, "%s: %s", args, said)
		}
	}
	assert.Equal(t, 13, n)
}
