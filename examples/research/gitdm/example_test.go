package gitdm_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// The records of a range come from a repository, the employers from a table.
func ExampleCount() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	repo := filepath.Join(dir, "harbour.git")
	if _, err := forgetest.Build(repo, `
person ada = Ada <ada@karst.example>
person dan = Dan <dan@nowhere.example>
on main
commit 2025-01-02 ada: Begin
  write base.c 10
tag v1.0 2025-01-03 ada: First
commit 2025-02-01 ada: Take soundings
  write a.c 3
  Reviewed-by: dan
commit 2025-02-02 dan: Take more of them
  write a.c 1
`); err != nil {
		fmt.Println(err)
		return
	}
	source := git.New(&git.Options{Rev: "v1.0..main", Facts: []model.Kind{model.LineFacts}, Cache: dir})
	t := model.NewTender()
	t.Evidence = model.Profile
	t.Tables = []model.Table{{Domains: []model.DomainTenure{{Domain: "karst.example", Employer: "Karst"}}}}

	r, err := gitdm.Count(source.Mine(context.Background(), model.Repository{URL: repo}, model.Period{}), t, gitdm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, table := range r.Tables {
		if table.Of == gitdm.OfEmployers && table.Total > 0 {
			fmt.Println(table.Title())
			for _, row := range table.Rows {
				fmt.Printf("  %s %d %s%%\n", row.Name, row.Count/model.Whole, table.Share(row))
			}
		}
	}
	// Output:
	// Employers by changesets
	//   (Unknown) 1 50.0%
	//   Karst 1 50.0%
	// Employers by changed lines
	//   Karst 3 75.0%
	//   (Unknown) 1 25.0%
	// Employers by reviews
	//   (Unknown) 1 100.0%
	// Employers by developers
	//   (Unknown) 1 50.0%
	//   Karst 1 50.0%
}
