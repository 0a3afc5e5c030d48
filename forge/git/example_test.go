package git_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

var _ forge.Source = (*git.Source)(nil)

// A repository on the disk is mined where it lies.
func ExampleSource_Mine() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := commitOne(dir); err != nil {
		fmt.Println(err)
		return
	}
	until := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	period := model.Period{Since: until.AddDate(-3, 0, 0), Until: until}
	source := git.New(&git.Options{Facts: []model.Kind{model.LineFacts}})
	for r, err := range source.Mine(context.Background(), model.Repository{URL: dir}, period) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if c := r.Contribution; c != nil {
			fmt.Println(c.At.Format(time.DateOnly), c.Role, c.Actor.Name, c.Commit.Subject, c.Commit.Files.Lines.Added)
		}
	}
	// Output:
	// 2026-03-01 author Ann Lee Sound the depth 2
	// 2026-03-01 committer Ann Lee Sound the depth 2
	// 2026-03-01 reviewer Bo Sund Sound the depth 2
}

// commitOne makes a repository with one commit.
func commitOne(dir string) error {
	r, err := gogit.PlainInit(dir, false)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "depth.txt"), []byte("five\nsix\n"), 0o666); err != nil {
		return err
	}
	w, err := r.Worktree()
	if err != nil {
		return err
	}
	if _, err := w.Add("depth.txt"); err != nil {
		return err
	}
	_, err = w.Commit("Sound the depth\n\nReviewed-by: Bo Sund <bo@weir.example>\n", &gogit.CommitOptions{Author: &object.Signature{
		Name: "Ann Lee", Email: "ann@karst.example", When: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}})
	return err
}

// The table of files that are upkeep can be printed beside a tender.
func ExampleUpkeepPatterns() {
	for _, p := range git.UpkeepPatterns()[:3] {
		fmt.Println(p)
	}
	// Output:
	// .github/workflows/
	// .github/actions/
	// .gitlab-ci.yml
}

// So can what decides which class of file a change touches.
func ExampleClassTable() {
	rows, _, _ := git.ClassTable()
	for _, r := range rows[:3] {
		fmt.Println(r.Class, "because of", r.Why)
	}
	// Output:
	// vendored because of folders that exist to hold other projects' files
	// vendored because of libraries as they were downloaded: minified, or with their version in the name
	// vendored because of files that a toolchain copies into every project
}

func ExampleNew() {
	// The files of one release of a repository on a forge, kept in a folder of one's own:
	source := git.New(&git.Options{Rev: "v1.0..v1.1", Cache: "clones"})
	for _, err := range source.Mine(context.Background(), model.Repository{URL: "http://forge.example/lagoon.git"}, model.Period{}) {
		fmt.Println(err)
	}
	// Output:
	// mining http://forge.example/lagoon.git: http:// proves neither who answers nor what is sent; use https:// or ssh://
}
