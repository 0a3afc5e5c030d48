package forgetest

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Fleet builds n small bare repositories, 0000.git and so on in dir, of so many commits
// each (at least 20), and returns their paths. They are projects of one to four people out
// of sixty at six organisations, over 36 months up to 2026-11-01: changes to a few files, each
// fifth of them by somebody else who opens it as a branch, and a release for every fifty
// commits. No two are the same; repository i is the same in every fleet.
func Fleet(dir string, n, commits int) ([]string, error) {
	paths := make([]string, n)
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		paths[i] = filepath.Join(dir, fmt.Sprintf("%04d.git", i))
		g.Go(func() error {
			_, err := Build(paths[i], fleetText(i, commits))
			return err
		})
	}
	return paths, g.Wait()
}

// fleetText is the history of repository i: rounds of five commits, of which one is a
// topic branch's with its merge.
func fleetText(i, commits int) string {
	rounds := max(commits/5, 4)
	var b strings.Builder
	people := 1 + i%4
	names := make([]string, people+1)
	for k := range names {
		who := (i*7 + k*11) % 60
		names[k] = fmt.Sprintf("p%02d", who)
		fmt.Fprintf(&b, "person p%02d = Caver %02d <caver-%02d@%s.example>\n", who, who, who,
			[]string{"karst", "moraine", "drumlin", "esker", "tarn", "cirque"}[who%6])
	}
	fmt.Fprintf(&b, "list place = the cache %d, the index, the parser\non main\n", i)
	step := 1090 * 24 / rounds // hours: 36 months less a few days
	fmt.Fprintf(&b, "commit 2023-11-02 %s: Begin cave %d\n  write src/a.go %d\n  write docs/guide.md 20\n", names[0], i, 40+i%60)
	fmt.Fprintf(&b, "repeat %d every %dh\n", rounds-1, step)
	for k := range 3 {
		fmt.Fprintf(&b, "  commit 2023-11-0%d %s: Widen {place} in round {n}, part %d\n    edit src/a.go %d\n    write src/b%d.go 3\n",
			3+k, names[k%people], k, 2+k, k)
	}
	fmt.Fprintf(&b, "  on topic-{n} from main\n  commit 2023-11-06 %s: Mend {place} in round {n}\n    edit docs/guide.md 2\n", names[people])
	fmt.Fprintf(&b, "  on main\n  merge topic-{n} 2023-11-07 %s: Merge topic-{n}\n  drop topic-{n}\n", names[0])
	for k := range commits / 50 {
		fmt.Fprintf(&b, "tag v1.%d 2026-10-%02d %s: Version 1.%d\n", k, 1+k%28, names[0], k)
	}
	for range commits - 1 - 5*(rounds-1) {
		fmt.Fprintf(&b, "commit 2026-10-30 %s: Tidy up\n  write docs/notes.md 1\n", names[0])
	}
	return b.String()
}
