package score_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

func ExampleBots() {
	for _, b := range score.Bots() {
		if strings.HasPrefix(b.Pattern, "codex") {
			fmt.Println(b)
		}
	}
	// Output:
	// agent codex | since 2025-04-16 | https://github.com/openai/codex
	// agent codex@openai.com | https://github.com/openai/codex
}

func ExampleSettled() {
	t := model.NewTender()
	t.Bots.Add = []string{"mail:refresh@karst.example"}
	settled := score.Settled(t)
	today := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	fmt.Println(settled(model.Identity{Mail: "refresh@karst.example"}, today))
	fmt.Println(settled(model.Identity{Mail: "ada@karst.example"}, today))
	// Output:
	// true
	// false
}

func ExampleSuggestBots() {
	records := func(yield func(model.Record, error) bool) {
		for n := range 40 {
			at := time.Date(2026, 1, 1+n, n*n%24, n*7%60, 0, 0, time.UTC)
			if !yield(model.Record{Project: "p", Repository: "https://host.example/p", Contribution: &model.Contribution{
				Artifact: model.Artifact(fmt.Sprintf("commit:%040x", n)), Role: model.Author, At: at,
				Actor:  model.Identity{Name: "Refresh", Mail: "refresh@karst.example"},
				Commit: &model.Commit{Subject: fmt.Sprintf("Refresh the catalogue of %d entries", 100+n), Authored: at, Committed: at},
			}}, nil) {
				return
			}
		}
	}
	suspects, err := score.SuggestBots(records, score.Settled(model.NewTender()))
	if err != nil {
		fmt.Println(err)
	}
	for _, s := range suspects {
		fmt.Println(s.Identity, s.Doing, s.Acts)
		for _, m := range s.Measured {
			if m.Strength > score.Usual {
				fmt.Println(m.Sign, m.Value)
			}
		}
	}
	// Output:
	// mail:refresh@karst.example writing 40
	// repeats 1
}
