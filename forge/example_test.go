package forge_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// One repository is there, the other is not: the first is mined all the same.
func ExampleMine() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if _, err := forgetest.Build(filepath.Join(dir, "here.git"), `
person ada = Ada <ada@karst.example>
on main
commit 2026-03-01 ada: Sound the depth
  write depth.go 5
`); err != nil {
		fmt.Println(err)
		return
	}
	tender := model.NewTender()
	tender.Window.Until, _ = model.ParseDate("2026-11-01")
	tender.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "gone.git"}, {URL: "here.git"}}}}

	hosts := forge.Hosts{forge.Git: git.New(nil)}
	options := &forge.Options{Dir: dir, Now: tender.Window.Until.Time()}
	for r, err := range forge.Mine(context.Background(), tender, hosts, options) {
		var gap *forge.GapError
		switch {
		case errors.As(err, &gap):
			fmt.Println("gap:", gap.Repository)
		case err != nil:
			fmt.Println(err)
		case r.Contribution != nil:
			fmt.Println(r.Project, r.Repository, r.Contribution.Role, r.Contribution.Actor.Name)
		}
	}
	// Output:
	// gap: gone.git
	// p here.git author Ada
	// p here.git committer Ada
}
