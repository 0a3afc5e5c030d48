package score_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Two workers judge a project each and write down what they found; whoever ranks reads
// both. A ledger that was made for another window is refused.
func ExampleLedgerForm() {
	doc := manyProjects(2)
	var files []bytes.Buffer
	for _, project := range doc.ProjectNames() {
		j := score.NewJudge(doc, project)
		s := newStory()
		s.commit(act{by: ada, at: "2026-01-05"})
		for _, r := range s.records {
			r.Project = project
			if err := j.Add(r); err != nil {
				log.Fatal(err)
			}
		}
		var file bytes.Buffer
		if err := j.Ledger(nil).Write(&file, doc); err != nil {
			log.Fatal(err)
		}
		files = append(files, file)
	}
	form, all := score.NewLedgerForm(doc), &score.Ledger{}
	for _, file := range files {
		if err := form.Merge(all, &file); err != nil {
			log.Fatal(err)
		}
	}
	for _, p := range score.Rank(doc, all).Projects {
		fmt.Println(p.ID, p.Counted, "of", p.Read)
	}
	other := *doc
	other.Window = model.Window{Until: doc.Window.Until, Months: 24}
	var file bytes.Buffer
	if err := form.Write(&file, all); err != nil {
		log.Fatal(err)
	}
	_, err := score.ReadLedger(&file, &other)
	fmt.Println(err)
	// Output:
	// p0 1 of 2
	// p1 1 of 2
	// reading a ledger: the ledger was made with other window than this tender's; judge its projects again with this document and this version
}
