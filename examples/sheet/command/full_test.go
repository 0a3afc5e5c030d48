//go:build linux

package command_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/command"
	tender "github.com/tributary-oss/tributary/examples/tender/command"
)

// contents reads all files below a folder.
func contents(t *testing.T, dir string) map[string]string {
	m := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "fill" {
			return err
		}
		b, err := os.ReadFile(path)
		m[strings.TrimPrefix(path, dir)] = string(b)
		return err
	}))
	return m
}

// Where a disk has no more room every command that writes says so once, and leaves what was
// there, whole and with nothing beside it. The disk is a small one in memory, which takes the
// right to mount it.
func TestAFullDiskLeavesWhatWasThere(t *testing.T) {
	file := privateStory(t, "")
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("no right to mount a disk:", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(disk, 0)) })
	require.NoError(t, os.CopyFS(disk, os.DirFS(filepath.Dir(file)))) // with the repository
	onDisk := filepath.Join(disk, "tender.yaml")
	out := filepath.Join(t.TempDir(), "result") // where there is room
	erased, book, result, bidder, study := filepath.Join(disk, "erased.txt"), filepath.Join(disk, "tender.xlsx"), filepath.Join(disk, "result"), filepath.Join(disk, "bidder"), filepath.Join(disk, "study")
	run := func(args ...string) (string, int) {
		var said bytes.Buffer
		var status int
		if args[0] == "sheet" {
			status = command.Run(t.Context(), args[1:], command.Place{Out: io.Discard, Err: &said})
		} else {
			status = tender.Run(t.Context(), args, tender.Place{Out: io.Discard, Err: &said})
		}
		return said.String(), status
	}
	require.NoError(t, os.WriteFile(book, []byte("a workbook"), 0o644))
	for _, args := range [][]string{{"score", file, "--out", out}, {"score", file, "--out", result}, {"edition", out, "--for", "bidder=karst", "--out", bidder}, {"sensitivity", file, "--out", study, "--draws=2", "--rules=false"}} {
		said, status := run(args...)
		require.Equal(t, tender.Done, status, said)
	}
	before := contents(t, disk)
	fill, err := os.Create(filepath.Join(disk, "fill"))
	require.NoError(t, err)
	for room := make([]byte, 4096); err == nil; {
		_, err = fill.Write(room)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	fill.Close()
	for _, args := range [][]string{
		{"score", file, "--out", result},
		{"score", file, "--out", filepath.Join(disk, "new")},
		{"edition", out, "--for", "bidder=karst", "--out", bidder},
		{"edition", out, "--for", "public", "--out", filepath.Join(disk, "public")},
		{"sensitivity", file, "--out", study, "--draws=3", "--rules=false"},
		{"calibrate", onDisk, "--write"},
		{"seal", onDisk, "--at", "2026-02-01"},
		{"person", "max.wunderlich@nowhere.example", "--erase", erased},
		{"sheet", out, "-o", book},
	} {
		said, status := run(args...)
		assert.Equal(t, tender.Failed, status, "%s: %s", args, said)
		assert.Equal(t, 1, strings.Count(said, syscall.ENOSPC.Error()), "%s: %s", args, said)
		assert.Equal(t, before, contents(t, disk), args)
	}
}

// What cannot be printed is told, and is no success.
func TestAFullDiskBehindTheOutput(t *testing.T) {
	file := filepath.Join("..", "..", "..", "model", "tenderfile", "testdata", "complete.yaml")
	for _, args := range [][]string{{"check", file}, {"--help"}, {"method"}, {"sheet", "--help"}} {
		var said strings.Builder
		status := 0
		if args[0] == "sheet" {
			status = command.Run(t.Context(), args[1:], command.Place{Out: full{}, Err: &said})
		} else {
			status = tender.Run(t.Context(), args, tender.Place{Out: full{}, Err: &said})
		}
		assert.Equal(t, tender.Failed, status, args)
		assert.Equal(t, syscall.ENOSPC.Error()+"\n", said.String(), args)
	}
}

// full is a disk on which nothing has room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }
