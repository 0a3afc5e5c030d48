// Package gitdm counts a part of a repository's history in the tables that the git data
// miner made common: who wrote how many changesets and lines, who signed off, reviewed,
// tested and reported, by developer and by employer. It counts and shows; it scores
// nothing, since lines and tags reward bulk.
//
// The original is Jonathan Corbet's gitdm, git://git.lwn.net/gitdm.git. Published tables
// can be reproduced; [Count] says where its figures differ from the original's.
package gitdm

import (
	"fmt"
	"iter"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// When names the time of a commit at which the employers of its people are looked up.
type When string

// The times. The original takes the author's.
const (
	Authored  When = "author"    // the author's clock
	Committed When = "committer" // the committer's clock
	Accepted  When = "accepted"  // when the commit came into the branch
)

// Options say what is counted and how persons appear. The zero Options are the defaults.
type Options struct {
	// When is the time at which employers are looked up; "" is [Authored].
	When When
	// OwnSignoffs counts the signoffs of authors on their own changesets too, as the
	// original does without its option -s.
	OwnSignoffs bool
	// Guess names organisations after mail domains where no roster says anything. Domains that
	// one person alone is behind stand together in the row [discreet.Row] where Show names nobody:
	// they may be that person's name.
	Guess bool
	// Skip are mail addresses whose changesets count nowhere, such as a robot's.
	Skip []string
	// Show says how developers appear: under names or under pseudonyms.
	Show report.People
}

// Totals are the sums of all changesets.
type Totals struct {
	Changesets int // commits with at most one parent
	Merges     int // commits with several, which are not counted
	Skipped    int // changesets of the addresses to skip
	Developers int // authors of changesets
	Employers  int // of authors, without those unknown and contested
	Files      int // files touched, summed over changesets: a file counts each time
	Added      int // lines
	Deleted    int
	Changed    int // of each changeset the larger of both
	// Incomplete are changesets of which not all lines are known: they count with those
	// that are.
	Incomplete int
}

// Delta is by how many lines the text grew; below 0 it shrank.
func (t Totals) Delta() int { return t.Added - t.Deleted }

// Report is what was counted.
type Report struct {
	Totals
	// Ends is by how much the two ends of the range differ; nil where nobody compared
	// them. [Count] leaves it so: records do not tell.
	Ends   *model.Files
	Tables []Table // those of developers, then those of employers
}

// Count counts records, which hold the commits of one repository inside the range asked
// for and its aliases, in any order that keeps the contributions to one commit in a row.
// Whose employee somebody was, the rosters of the tender say; every level of evidence
// that its Evidence asks for serves. It fails with the first error among the records.
//
// A changeset is a commit that is no merge. It counts for its author alone: co-authors
// have no part in it. Somebody counts once for a changeset and role. Changed lines are
// the larger number of those added and those deleted, changeset by changeset. What
// somebody did who works for several employers at once is divided among them by
// their parts, so that the rows of a table add up exactly to its total.
//
// This is as in the original, save for the following.
//   - Lines are counted by an exactly minimal difference, and a file that only moves
//     counts nothing. The original takes those that git log prints: with its default
//     algorithm, and with renames of similar files paired.
//   - The changed lines of a developer are summed over changesets, as the original does
//     for employers. It takes the larger of a developer's two sums, so that its tables of
//     developers do not add up to the whole.
//   - Addresses are one developer's where .mailmap or a roster says so. The original
//     joins what bears one name, too. .mailmap moves no employer: each address speaks for
//     itself. The original, fed by a git log since 2.23, sees the address that .mailmap
//     leads to.
//   - Signoffs of the author are left out unless asked for. Tags are read where git
//     reads trailers, at the end of the message, and in any case of letters. A tag that
//     names somebody twice counts once.
//   - Days are those of UTC; the original takes the author's time zone.
//   - Parts of employers add up; the original cuts each off to a whole number.
//   - Who is claimed by several employers at one time is [Contested]; the original takes
//     the first line of its maps.
func Count(records iter.Seq2[model.Record, error], t *model.Tender, o Options) (*Report, error) {
	h, err := read(records, t)
	if err != nil {
		return nil, err
	}
	c := newCounter(t, h, o)
	for _, commit := range h.commits {
		c.commit(commit)
	}
	return c.report(h.merges), nil
}

// history is what the records hold that is counted.
type history struct {
	commits []commit // no merges
	merges  int
	aliases []model.Alias
}

// commit is a changeset with what people did to it; the first of them is its author.
type commit struct {
	*model.Commit
	acts []model.Contribution
}

// read takes what is counted out of the records, with stand-ins for people who must not
// be held any more.
func read(records iter.Seq2[model.Record, error], t *model.Tender) (*history, error) {
	h := &history{}
	var last model.Artifact
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		if a := r.Alias; a != nil && mayJoin(t.Erased, *a) {
			h.aliases = append(h.aliases, *a)
		}
		act := r.Contribution
		if act == nil || act.Artifact.Kind() != model.CommitArtifact || act.Commit == nil || !counted(act.Role) {
			continue
		}
		if len(act.Commit.Parents) > 1 {
			if act.Role == model.Author {
				h.merges++
			}
			continue
		}
		if act.Artifact != last {
			h.commits = append(h.commits, commit{Commit: act.Commit})
			last = act.Artifact
		}
		one := *act
		one.Actor = t.Erased.Replace(one.Actor)
		c := &h.commits[len(h.commits)-1]
		c.acts = append(c.acts, one)
	}
	for _, c := range h.commits {
		if c.acts[0].Role != model.Author {
			return nil, fmt.Errorf("%s: its first contribution is of the role %s, not its author's", c.acts[0].Artifact, c.acts[0].Role)
		}
	}
	return h, nil
}

// mayJoin reports whether an alias leads from and to nobody who must not be held any more.
func mayJoin(e *model.Erased, a model.Alias) bool {
	return e.Replace(a.From) == a.From && e.Replace(a.To) == a.To
}

// counted reports whether a role is shown in a table.
func counted(role model.Role) bool {
	return slices.ContainsFunc(measures(), func(m measure) bool { return m.role == role })
}
