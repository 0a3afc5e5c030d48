package forgetest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Large is a project of any forge with n merged changes of 36 months up to 2026-11-01, each with two
// reviews and a review request, by some people and bots, and a release for every hundred
// changes. It has no issues and no advisories. The same n gives the same project, and the
// first changes of a larger one differ in their times only.
func Large(n int) *Project {
	p := &Project{Owner: "karst", Name: "cave", ID: 4711}
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	start := end.AddDate(-3, 0, 0)
	step := end.Sub(start) / time.Duration(n+1)
	for i := range n {
		p.Changes = append(p.Changes, largeChange(i, start.Add(step*time.Duration(i)).Truncate(time.Second), end))
	}
	for i := range n / 100 {
		c := &p.Changes[i*100+99]
		p.Releases = append(p.Releases, Release{
			Tag: fmt.Sprintf("v1.%d.0", i), Name: fmt.Sprintf("Release 1.%d", i), Author: caver(i % 3),
			Created: c.Merged, Published: c.Merged, Commit: c.MergeCommit,
		})
	}
	return p
}

// largeChange is the change with index i, which is over before end.
func largeChange(i int, created, end time.Time) Change {
	dice := rand.New(rand.NewPCG(uint64(i), 36))
	open := min(time.Duration(1+dice.IntN(20*24*60))*time.Minute, end.Sub(created)/2).Truncate(time.Second)
	c := Change{
		Number: i + 1, Title: fmt.Sprintf("Widen passage %d", i+1), Author: caver(dice.IntN(40)), Association: "CONTRIBUTOR",
		Created: created, Merged: created.Add(open), Closed: created.Add(open), MergedBy: caver(dice.IntN(6)),
		MergeCommit: DerivedHash("", "merge", i), Head: DerivedHash("", "head", i), Commits: 1 + dice.IntN(4),
		Additions: dice.IntN(300), Deletions: dice.IntN(100), Files: 1 + dice.IntN(9),
		Labels: []string{[]string{"bug", "feature", "docs"}[dice.IntN(3)]},
	}
	after := end.Sub(c.Merged)
	if dice.IntN(20) > 0 {
		after = min(after, 72*time.Hour) // now and then somebody comes back much later
	}
	c.Updated = c.Merged.Add(time.Duration(dice.Int64N(int64(after)))).Truncate(time.Second)
	switch dice.IntN(12) {
	case 0:
		c.Author = Account{Login: "dependabot", Type: "Bot", App: true}
	case 1:
		c.MergedBy = Account{Login: "karst-merge", Type: "Bot", App: true}
	}
	reviewer := dice.IntN(12)
	for k := range 2 {
		for caver(reviewer).Login == c.Author.Login || k > 0 && caver(reviewer).Login == c.Reviews[0].Author.Login {
			reviewer = (reviewer + 1) % 12
		}
		c.Reviews = append(c.Reviews, Review{
			Author: caver(reviewer), Association: "MEMBER", CanPush: reviewer < 6, Commit: c.Head, Inline: dice.IntN(6),
			State:     [][]string{{"COMMENTED", "CHANGES_REQUESTED", "APPROVED"}, {"APPROVED", "APPROVED", "COMMENTED"}}[k][dice.IntN(3)],
			Submitted: created.Add(open * time.Duration(k+1) / 3).Truncate(time.Second),
		})
	}
	c.Timeline = []Event{{Type: "ReviewRequestedEvent", Actor: c.Author, At: created, Reviewer: c.Reviews[0].Author}}
	return c
}

// caver is one of those who work on a large project; the first ones are its maintainers.
func caver(i int) Account {
	return Account{Login: fmt.Sprintf("caver-%02d", i), ID: int64(1000 + i), Company: []string{"Karst", "Moraine", ""}[i%3]}
}
