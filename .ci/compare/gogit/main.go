// Gogit counts lines as go-git's Commit.Stats does, for a comparison: of the newest
// COMMITS commits of HEAD that are no merges.
package main

import (
	"errors"
	"log"
	"os"
	"strconv"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(repo, commits string) error {
	left, err := strconv.Atoi(commits)
	if err != nil {
		return err
	}
	r, err := git.PlainOpen(repo)
	if err != nil {
		return err
	}
	history, err := r.Log(&git.LogOptions{Order: git.LogOrderCommitterTime})
	if err != nil {
		return err
	}
	err = history.ForEach(func(c *object.Commit) error {
		if c.NumParents() > 1 {
			return nil
		}
		if left == 0 {
			return storer.ErrStop
		}
		left--
		_, err := c.Stats()
		return err
	})
	if errors.Is(err, storer.ErrStop) {
		return nil
	}
	return err
}
