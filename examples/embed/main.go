// Command embed is the whole of Tributary in a procurement platform's own program:
// a tender document in, standings out.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

func main() {
	if err := rank(context.Background(), os.Stdout, os.Args[len(os.Args)-1]); err != nil {
		log.Fatal(err)
	}
}

func rank(ctx context.Context, w io.Writer, file string) error {
	tender, err := tenderfile.Read(file, formats.All()...)
	if err != nil {
		return err
	}
	hosts := forge.Hosts{forge.Git: git.New(nil)}
	records := forge.Mine(ctx, tender, hosts, &forge.Options{Dir: filepath.Dir(file)})
	ranking, err := score.Evaluate(tender, records, nil)
	if err != nil {
		return err
	}
	for _, s := range ranking.Lots[0].Standings {
		if s.Points != nil { // nil: nothing of the lot could be shown
			fmt.Fprintf(w, "%s: %d. %s, %.2f points\n", ranking.Status, s.Rank, s.Name, *s.Points)
		}
	}
	return nil
}
