package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tributary-oss/tributary/examples/research/audit"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// A collector listens while a tender is evaluated, and draws a sheet for two coders with a
// key that they do not see.
func ExampleCollector() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	repo := filepath.Join(dir, "harbour.git")
	if _, err := forgetest.Build(repo, `
person ada = Ada Moor <ada@karst.example>
person adam = Ada M. <ada@karst.example>
person robot = dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>
on main
commit 2025-02-01 ada: Take soundings
  write a.c 50
commit 2025-03-02 adam: Chart the coast
  write b.c 50
commit 2025-04-08 robot: Bump the lantern
  write go.mod 5
`); err != nil {
		fmt.Println(err)
		return
	}
	t := model.NewTender()
	until, _ := model.ParseDate("2026-01-01")
	t.Window = model.Window{Until: until, Months: 12}
	t.Projects = map[string]model.Project{"harbour": {Repositories: []model.Repository{{URL: repo, Forge: "none"}}}}
	t.Lots = []model.Lot{{ID: "all", Projects: map[string]float64{"harbour": 1}}}
	t.Bidders.All = true

	c := audit.NewCollector(t)
	records := forge.Mine(context.Background(), t, forge.Hosts{forge.Git: git.New(&git.Options{Cache: dir})}, nil)
	ranking, err := score.Evaluate(t, c.Watch(records), &score.Options{Evidence: c.Verdict})
	if err != nil {
		fmt.Println(err)
		return
	}
	sheet, err := c.Draw(ranking, audit.DrawOptions{Sample: 20, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range sheet.Strata {
		fmt.Printf("%s, %s by the engine (%s): %d of %d\n", s.Question, s.Engine, s.Name, s.Drawn, s.Size)
	}
	for _, i := range sheet.Items {
		if i.Question == audit.Bot {
			fmt.Println(i.Asked)
			break
		}
	}
	// Output:
	// identity, yes by the engine (one address): 1 of 1
	// affiliation, yes by the engine (by mail domain alone): 2 of 2
	// bot, yes by the engine (by a list): 1 of 1
	// bot, no by the engine (few acts): 2 of 2
	// Is A a program (a robot, an AI agent or the forge itself) and not a person?
}

// What two coders wrote is read against the key, and becomes figures with their intervals.
func ExampleReadSheet() {
	const key = "sheet,row,question,engine,stratum,size,drawn,probability,status,method,gaps,seed\n" +
		"3f1,Q001,bot,yes,by a list,2,2,1,SIMULATION,m,0,1\n3f1,Q002,bot,yes,by a list,2,2,1,SIMULATION,m,0,1\n" +
		"3f1,Q003,bot,no,few acts,8,2,0.25,SIMULATION,m,0,1\n3f1,Q004,bot,no,few acts,8,2,0.25,SIMULATION,m,0,1\n" +
		"3f1,stratum,bot,yes,by a list,2,2,1,SIMULATION,m,0,1\n3f1,stratum,bot,no,few acts,8,2,0.25,SIMULATION,m,0,1\n"
	const filled = "sheet;id;question;coder_1;coder_2;adjudicated\r\n" + // as a French spreadsheet saves it
		"3f1;Q001;bot;oui;oui;\r\n3f1;Q002;bot;oui;non;non\r\n3f1;Q003;bot;non;non;\r\n3f1;Q004;bot;non;non;\r\n"

	k, err := audit.ReadKey("key.csv", strings.NewReader(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := audit.ReadSheet("sheet.csv", strings.NewReader(filled), k)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range audit.Evaluate(k, rows).Questions {
		fmt.Println(f.Question, "precision", f.Precision)
		fmt.Println(f.Question, "recall   ", f.Recall)
		fmt.Println(f.Question, "kappa    ", f.Kappa)
	}
	// Output:
	// bot precision 0.500 (0.500 to 0.500)
	// bot recall    1.000 (0.167 to 1.000)
	// bot kappa     0.500 (-0.235 to 1.000)
}

// What was edited badly is told with its place.
func ExampleFaults() {
	const key = "sheet,row,question,engine,stratum,size,drawn,probability,status,method,gaps,seed\n" +
		"3f1,Q001,bot,yes,by a list,2,1,0.5,SIMULATION,m,0,1\n3f1,stratum,bot,yes,by a list,2,1,0.5,SIMULATION,m,0,1\n"
	k, err := audit.ReadKey("key.csv", strings.NewReader(key))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = audit.ReadSheet("sheet.csv", strings.NewReader("sheet,id,question,coder_1,coder_2,adjudicated\n3f1,Q001,bot,yes,perhaps,\n"), k)
	fmt.Println(err)
	// Output:
	// sheet.csv:2:18: "perhaps" in column coder_2 is no answer; write yes, no or unclear, or leave it empty
}

func ExampleWilson() {
	low, high := audit.Wilson(0, 20)
	fmt.Printf("0 of 20: %.3f to %.3f\n", low, high)
	low, high = audit.Wilson(18, 20)
	fmt.Printf("18 of 20: %.3f to %.3f\n", low, high)
	// Output:
	// 0 of 20: 0.000 to 0.161
	// 18 of 20: 0.699 to 0.972
}

// Rows are the first coder's answers, columns the second's.
func ExampleKappa() {
	fmt.Println(audit.Kappa([][]float64{{20, 5}, {10, 15}}))
	fmt.Println(audit.Kappa([][]float64{{30, 0}, {0, 0}}).Unknown)
	// Output:
	// 0.400 (0.151 to 0.649)
	// a coder gave one answer only, so that chance explains all agreement
}
