//go:build linux

package bundle_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// Where a disk has no more room there is one clear error, and the bundle that was there
// stays. The disk is a small one in memory, which takes the right to mount it.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=512k"); err != nil {
		t.Skip("no right to mount a disk:", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(disk, 0)) })
	dir := filepath.Join(disk, "bundle")
	doc := manyTender(2, 3)
	write := func(rows int) error {
		var verdicts []model.Verdict
		manyVerdicts(doc, rows, func(v model.Verdict) { verdicts = append(verdicts, v) })
		return writeOne(dir, doc, verdicts)
	}
	require.NoError(t, write(100))
	err := write(5000)
	require.ErrorContains(t, err, "writing the result into "+dir+": ")
	assert.Equal(t, 1, strings.Count(err.Error(), syscall.ENOSPC.Error()), err.Error())
	v, err := verify(dir)
	require.NoError(t, err)
	assert.EqualValues(t, 100, v.Verdicts)
	left, err := filepath.Glob(filepath.Join(dir, ".unfinished-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}
