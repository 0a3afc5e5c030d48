package tenderfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

// FuzzRead reads anything, as YAML and as JSON, as a tender and as a roster.
// Nothing may panic, and every fault has a place inside its file and a message
// on one line.
func FuzzRead(f *testing.F) {
	archives, _ := filepath.Glob("testdata/faults/*.txtar")
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data, false)
		}
	}
	for _, name := range []string{"testdata/complete.yaml", "testdata/people.yaml"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, false)
	}
	f.Add([]byte(`{"format": "tributary/1", "window": {"until": "2026-11-01"}, "bidders": "all"}`), true)

	const roster = small + "vendors: {karst: {}, bigco: {}}\nrosters: [{file: people.yaml, format: tributary}]\n"
	f.Fuzz(func(t *testing.T, b []byte, asJSON bool) {
		name := map[bool]string{true: "t.json", false: "t.yaml"}[asJSON]
		examine(t, name, files(name, string(b), "people.yaml", "format: tributary-people/1\npeople: [{id: p-1, identities: [\"github:1\"]}]\n"))
		examine(t, "t.yaml", files("t.yaml", roster, "people.yaml", string(b)))
	})
}

func examine(t *testing.T, name string, fsys fstest.MapFS) {
	tender, err := ReadFS(fsys, name)
	if err == nil {
		if tender == nil || len(tender.Lots) == 0 || tender.Window.Until == 0 {
			t.Fatal("accepted without what a tender must have")
		}
		return
	}
	faults, ok := errors.AsType[Faults](err)
	if !ok || tender != nil || len(faults) == 0 {
		t.Fatalf("no faults, or a tender in spite of them: %v", err)
	}
	for _, fault := range faults {
		text := strings.ReplaceAll(string(fsys[fault.File].Data), "\r\n", "\n")
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		if fault.Line < 1 || fault.Line > lines || fault.Column < 1 {
			t.Fatalf("%s has %d lines: %v", fault.File, lines, fault)
		}
		if line, _, message := textFault([]byte(fault.Message)); line != 0 || strings.Contains(fault.Message, "\n") {
			t.Fatalf("%s: %q", message, fault.Message)
		}
	}
}
