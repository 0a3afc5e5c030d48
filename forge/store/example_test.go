package store_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// A source commits each page with the place where it goes on. What it has committed can
// be replayed without it.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := store.Open(context.Background(), filepath.Join(dir, "facts.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	merged := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	fact := store.Fact{Key: "change/412", Records: []model.Record{{Contribution: &model.Contribution{
		Artifact: "change:412", Role: model.Merger, Actor: model.Identity{Login: "ada"}, At: merged, Change: &model.Change{Title: "Mend the weir", Merged: merged},
	}}}}
	l := s.Log("github.com/1234567")
	if err := l.Commit([]store.Fact{fact}, map[string]string{"cursor": "Y3Vyc29y"}); err != nil {
		log.Fatal(err)
	}
	if err := s.Alias("github.com", "karst/flow", "github.com/1234567"); err != nil {
		log.Fatal(err)
	}

	var state struct{ Cursor string }
	if ok, err := l.State(&state); !ok || err != nil {
		log.Fatal(err)
	}
	fmt.Println("goes on behind", state.Cursor)
	hosts := forge.Hosts{forge.GitHub: s.Source()}
	repo := model.Repository{URL: "https://github.com/karst/flow"}
	for r, err := range hosts[forge.GitHub].Mine(context.Background(), repo, model.Period{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Contribution.Actor.Login, r.Contribution.Role, r.Contribution.Artifact, r.Contribution.Change.Title)
	}
	// Output:
	// goes on behind Y3Vyc29y
	// ada merger change:412 Mend the weir
}
