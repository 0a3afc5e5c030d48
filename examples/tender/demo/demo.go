// Package demo holds the demonstration tender: two small vendors that keep three
// projects alive, and a large one that opens many trivial changes. Its histories
// are texts, which become real repositories when it runs.
package demo

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

//go:embed demo.txtar
var text []byte

// Introduction says what the demonstration shows.
const Introduction = `A demonstration with invented companies: BigCo makes most of the commits, Karst
and Moraine do the work. Score your own tender with: tender score FILE`

// Build writes the demonstration into dir and returns the path of its tender
// document. Texts named *.history become bare repositories named *.git.
func Build(dir string) (tender string, err error) {
	for _, f := range txtar.Parse(text).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if history, ok := strings.CutSuffix(path, ".history"); ok {
			if _, err := forgetest.Build(history+".git", string(f.Data)); err != nil {
				return "", fmt.Errorf("%s: %w", f.Name, err)
			}
			continue
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "tender.yaml"), nil
}
