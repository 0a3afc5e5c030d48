// Package census counts who does what in many projects, in tidy tables: a row an
// organisation, project, month, role and class of files. Nobody is scored: the tables tell
// what was done, and what the judge of a tender would have made of it.
//
// The project is the unit of work. [Census.Part] makes one of a project's records; parts are
// made in any order, by any number of workers or machines, stored by [Census.Encode], and
// [Census.Write] turns all of them into the tables. The same parts give the same bytes.
package census

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Census is what is counted: the projects, the window, and who works for whom. It is
// read-only and may be used by many goroutines at once.
type Census struct {
	tender  *model.Tender
	judge   func(project string) *score.Judge
	form    *score.LedgerForm
	domains *discreet.Domains // of whom nobody is seen: it tells what may need to stay unnamed
	store   string            // SHA-256; "" is none
	asked   forge.Hosts
}

// New returns the census of a tender's projects. The tender's bidders, weights, thresholds and
// lots do not matter. It fails with [score.ErrTender] where the tender cannot be evaluated.
func New(t *model.Tender) (*Census, error) {
	if err := score.Check(t); err != nil {
		return nil, err
	}
	return &Census{tender: t, judge: score.NewJudges(t), form: score.NewLedgerForm(t), domains: discreet.New(t)}, nil
}

// From returns the census whose parts are made of what is stored of forges, too: of a store with
// this SHA-256, by these sources. What was made without it, of another store, or where other hosts were asked,
// is made anew.
func (c Census) From(store string, asked forge.Hosts) *Census {
	c.store, c.asked = store, asked
	return &c
}

// Tender returns what New was given.
func (c *Census) Tender() *model.Tender { return c.tender }

// Digest names all that the part of a project hangs on beside its repositories' histories: their
// addresses, the window, the rosters, the rules, and what is stored of their forges. A stored part of the same
// digest need not be made again.
func (c *Census) Digest(project string) string {
	digest := c.form.Project(project).Digest()
	if c.store == "" {
		return digest
	}
	text := fmt.Sprintf("%s\nstore %s\nforges %t\n", digest, c.store, len(c.asked) > 1) // beside git
	for _, r := range c.tender.Projects[project].Repositories {
		if host := hosts.Of(r); c.asked[host] != nil {
			text += host + "\n"
		}
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Part makes the part of one project of its records, which are those that [forge.Mine]
// yields of it. A [*model.GapError] among them becomes a gap of the part. Any other error
// ends it and is returned.
func (c *Census) Part(project string, records iter.Seq2[model.Record, error]) (*Part, error) {
	j, seen := c.judge(project), c.newSightings(project)
	for r, err := range records {
		var gap *model.GapError
		switch {
		case errors.As(err, &gap):
			j.Gap(gap)
			continue
		case err != nil:
			return nil, err
		}
		if err := j.Add(r); err != nil {
			return nil, fmt.Errorf("counting %s: %w", project, err)
		}
		seen.add(r)
	}
	t := newTally(project, c, seen)
	l := j.Ledger(t.verdict)
	if t.err != nil {
		return nil, t.err
	}
	return t.part(l, c.Digest(project)), nil
}

// Failed makes the part of a project of which nothing could be mined, for one reason.
func (c *Census) Failed(project, reason string) *Part {
	j := c.judge(project)
	for _, r := range c.tender.Projects[project].Repositories {
		j.Gap(&model.GapError{Project: project, Repository: r.Address(), Err: errors.New(reason)})
	}
	return newTally(project, c, &sightings{}).part(j.Ledger(nil), c.Digest(project))
}
