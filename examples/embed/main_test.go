package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/demo"
)

func TestEmbedRanksTheDemonstration(t *testing.T) {
	file, err := demo.Build(t.TempDir())
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, rank(t.Context(), &out, file))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	assert.Contains(t, lines[0], "SIMULATION: 1. Karst SARL")

	source, err := os.ReadFile("main.go")
	require.NoError(t, err)
	code := source[bytes.Index(source, []byte("func main")):]
	assert.Less(t, bytes.Count(code, []byte("\n")), 40, "the program is meant to be short")
}
