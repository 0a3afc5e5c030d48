package command_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/command"
	tender "github.com/tributary-oss/tributary/examples/tender/command"
)

// A workbook that is interrupted leaves the one that was there, with nothing beside it.
func TestAnInterruptedWorkbook(t *testing.T) {
	out := t.TempDir()
	dir, book := filepath.Join(out, "result"), filepath.Join(out, "tender.xlsx")
	var said bytes.Buffer
	require.Equal(t, tender.Done, tender.Run(t.Context(), []string{"score", privateStory(t, ""), "--out", dir}, tender.Place{Out: &said, Err: &said}), said.String())
	require.NoError(t, os.WriteFile(book, []byte("the one before"), 0o644))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	said.Reset()
	assert.Equal(t, command.Failed, command.Run(ctx, []string{dir, "-o", book}, command.Place{Out: &said, Err: &said}))
	assert.Equal(t, "interrupted; no workbook was written\n", said.String())
	b, err := os.ReadFile(book)
	require.NoError(t, err)
	assert.Equal(t, "the one before", string(b))
	left, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, left, 2)
}
