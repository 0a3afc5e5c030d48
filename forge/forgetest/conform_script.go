package forgetest

import "time"

// Script is the project that [Conform] has every source mine: people, robots, an app and
// accounts that were deleted; changes merged by four methods; reviews of all states, some
// taken back, some overtaken by a force-push; a merge of one's own work, one that a
// robot was told to make; issues that were labelled, answered and closed; releases.
// Object ids are those of [ScriptCommit]. Each call returns a new project.
func Script() *Project {
	return &Project{
		Owner: "karst", Name: "cave", ID: 4711, OldNames: []string{"karst/grotto"},
		Changes:    append(scriptMerged(), scriptOthers()...),
		Issues:     scriptIssues(),
		Releases:   scriptReleases(),
		Advisories: scriptAdvisories(),
		Members:    []Member{{ada, "owner"}, {bob, "maintainer"}, {cyd, "maintainer"}, {mergeBot, "maintainer"}, {dot, "developer"}},
	}
}

// ScriptCommit is the object id of a commit that the script calls by name, such as
// head-11, the last commit of change 11.
func ScriptCommit(name string) string { return DerivedHash("", "script", name) }

// Who works on the scripted project.
var (
	ada      = Account{Login: "ada", ID: 11, Name: "Ada Abyss"}
	bob      = Account{Login: "bob", ID: 12, Name: "Bob Boulder"}
	cyd      = Account{Login: "cyd", ID: 13, Name: "Cyd Cavern"}
	dot      = Account{Login: "dot", ID: 14, Name: "Dot Doline", Former: []string{"dorothy"}}
	eve      = Account{Login: "eve", ID: 15, Name: "Eve Echo"}
	mergeBot = Account{Login: "merge-bot", ID: 21, Type: "Bot", Name: "Merge Bot"}
	renovate = Account{Login: "renovate", ID: 22, Type: "Bot", App: true, Name: "Renovate"}
	deleted  = Account{}
)

// onDay is an hour of a day of March 2026, in which the script takes place.
func onDay(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

// scripted is a change that was opened at eight of a day.
func scripted(number, day int, title string, author Account) Change {
	name := func(what string) string { return ScriptCommit(what + "-" + digits(number)) }
	return Change{
		Number: number, Title: title, Author: author, Created: onDay(day, 8),
		Head: name("head"), Start: name("base"), BaseCommit: name("base"), Commits: 2, Additions: 20, Deletions: 3, Files: 2,
	}
}

// digits writes a number of two digits.
func digits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

// merge merges a change at six of a day's afternoon, and what it became is called after
// the method.
func (c Change) merge(day int, by Account, method, became string) Change {
	c.Merged, c.MergedBy, c.Method = onDay(day, 18), by, method
	c.MergeCommit = ScriptCommit(became + "-" + digits(c.Number))
	return c
}

func scriptMerged() []Change {
	asked := scripted(11, 2, "Sound-the-depth", eve).merge(5, ada, ByMerge, "merge")
	asked.Labels = []string{"bug", "area/depth"}
	asked.Timeline = []Event{
		{Type: "ReviewRequestedEvent", Actor: eve, At: onDay(2, 9), Reviewer: bob},
		{Type: "LabeledEvent", Actor: ada, At: onDay(2, 10), Label: "bug"},
		{Type: "LabeledEvent", Actor: ada, At: onDay(2, 10), Label: "area/depth"},
		{Type: "HeadRefForcePushedEvent", Actor: eve, At: onDay(4, 9), Before: ScriptCommit("old-11"), After: ScriptCommit("head-11")},
	}
	asked.Reviews = []Review{
		{Author: bob, State: "CHANGES_REQUESTED", Submitted: onDay(3, 10), Body: "The rope ends.", Inline: 2, Commit: ScriptCommit("old-11"), Stale: true, CanPush: true},
		{Author: bob, State: "APPROVED", Submitted: onDay(4, 16), Commit: ScriptCommit("head-11"), CanPush: true},
	}
	words := scripted(12, 3, "Draw-the-map", bob).merge(6, cyd, BySquash, "squash")
	words.Reviews = []Review{
		{Author: ada, State: "COMMENTED", Submitted: onDay(4, 9), Body: "Größer!", Inline: 3, Commit: ScriptCommit("head-12"), CanPush: true},
		{Author: dot, State: "APPROVED", Submitted: onDay(5, 9), Body: "Now it fits.", Commit: ScriptCommit("head-12")},
	}
	back := scripted(13, 4, "Widen-the-squeeze", cyd).merge(7, ada, ByRebase, "rebased")
	back.Reviews = []Review{{Author: bob, State: "APPROVED", Submitted: onDay(5, 12), Dismissed: true, Commit: ScriptCommit("head-13"), CanPush: true}}
	back.Timeline = []Event{{Type: "ReviewDismissedEvent", Actor: ada, At: onDay(6, 12), Review: 0, State: "APPROVED", Reason: "The squeeze fell in."}}
	own := scripted(14, 5, "Light-the-lamps", dot).merge(8, dot, ByFastForward, "head")
	gone := scripted(15, 6, "Count-the-bats", deleted).merge(9, deleted, ByMerge, "merge")
	gone.Reviews = []Review{{Author: deleted, State: "COMMENTED", Submitted: onDay(7, 9), Body: "I heard them.", Commit: ScriptCommit("head-15")}}
	return []Change{asked, words, back, own, gone, robotMerged(), appAuthored(), unanswered(), afterwards()}
}

func robotMerged() Change {
	c := scripted(16, 7, "Bolt-the-ladder", eve).merge(10, mergeBot, BySquash, "squash")
	c.Reviews = []Review{{Author: bob, State: "APPROVED", Submitted: onDay(8, 9), Commit: ScriptCommit("head-16"), CanPush: true}}
	c.Comments = []Comment{
		{Author: eve, At: onDay(8, 12), Body: "Who may say\n> /merge\nhere?"},
		{Author: cyd, At: onDay(10, 17), Body: "/merge"},
	}
	return c
}

func appAuthored() Change {
	c := scripted(17, 8, "Update-the-ropes", renovate).merge(11, bob, ByMerge, "merge")
	c.Labels = []string{"dependencies"}
	c.Reviews = []Review{{Author: bob, State: "APPROVED", Submitted: onDay(9, 9), Body: "ok", Commit: ScriptCommit("head-17"), CanPush: true}}
	return c
}

// unanswered has a request that nobody answered, and a review that was never sent off.
func unanswered() Change {
	c := scripted(18, 9, "Survey-the-sump", ada).merge(12, cyd, ByMerge, "merge")
	c.Timeline = []Event{{Type: "ReviewRequestedEvent", Actor: ada, At: onDay(9, 10), Reviewer: bob}}
	c.Reviews = []Review{{Author: cyd, State: "PENDING", Body: "Not yet."}}
	return c
}

// afterwards is a change that somebody came back to when it was merged.
func afterwards() Change {
	c := scripted(19, 10, "Rig-the-pitch", bob).merge(13, ada, BySquash, "squash")
	c.Updated = onDay(20, 9)
	c.Reviews = []Review{{Author: cyd, State: "COMMENTED", Submitted: onDay(20, 9), Body: "Too late, but: fine.", Inline: 1, Commit: ScriptCommit("head-19"), CanPush: true}}
	return c
}

// scriptOthers are the changes that were not merged: nothing counts on them.
func scriptOthers() []Change {
	closed := scripted(21, 11, "Blast-the-wall", eve)
	closed.Closed = onDay(14, 9)
	closed.Reviews = []Review{{Author: ada, State: "CHANGES_REQUESTED", Submitted: onDay(12, 9), Body: "No.", Commit: closed.Head, CanPush: true}}
	closed.Timeline = []Event{{Type: "ClosedEvent", Actor: ada, At: onDay(14, 9)}}
	open := scripted(22, 12, "Dig-deeper", cyd)
	open.Reviews = []Review{{Author: bob, State: "APPROVED", Submitted: onDay(13, 9), Commit: open.Head, CanPush: true}}
	return []Change{closed, open}
}

func scriptIssues() []Issue {
	return []Issue{
		{Number: 31, Title: "The-sump-rises", Author: eve, Created: onDay(2, 7), Closed: onDay(6, 7), StateReason: "COMPLETED", Labels: []string{"bug"},
			Comments: []Comment{
				{Author: cyd, At: onDay(3, 7), Body: "How fast?"}, {Author: eve, At: onDay(3, 8), Body: "Fast."},
				{Author: cyd, At: onDay(3, 9), Body: "Seen."}, {Author: renovate, At: onDay(3, 10), Body: "Stale?"},
			},
			Timeline: []Event{
				{Type: "LabeledEvent", Actor: bob, At: onDay(2, 12), Label: "bug"},
				{Type: "AssignedEvent", Actor: bob, At: onDay(2, 13), Assignee: cyd},
				{Type: "ClosedEvent", Actor: ada, At: onDay(6, 7), Reason: "COMPLETED"},
			}},
		{Number: 32, Title: "No-light", Author: deleted, Created: onDay(4, 7), Closed: onDay(7, 7), StateReason: "NOT_PLANNED", Labels: []string{"help"},
			Comments: []Comment{{Author: ada, At: onDay(5, 7), Body: "Bring a lamp."}},
			Timeline: []Event{
				{Type: "LabeledEvent", Actor: dot, At: onDay(4, 12), Label: "wrong"},
				{Type: "UnlabeledEvent", Actor: dot, At: onDay(4, 13), Label: "wrong"},
				{Type: "LabeledEvent", Actor: dot, At: onDay(4, 14), Label: "help"},
				{Type: "ClosedEvent", Actor: deleted, At: onDay(7, 7), Reason: "NOT_PLANNED"},
			}},
		{Number: 33, Title: "Who-goes-first", Author: cyd, Created: onDay(15, 7)},
	}
}

func scriptReleases() []Release {
	return []Release{
		{ID: 41, Tag: "v1.0", Name: "First light", Author: ada, Created: onDay(16, 9), Published: onDay(16, 9), Commit: ScriptCommit("squash-19")},
		{ID: 42, Tag: "v2.0-rc/1", Name: "Deeper", Author: deleted, Created: onDay(18, 9), Published: onDay(18, 9), Prerelease: true, Commit: ScriptCommit("squash-19")},
		{ID: 43, Tag: "v2.0", Name: "Not yet", Author: bob, Created: onDay(19, 9), Draft: true},
	}
}

func scriptAdvisories() []Advisory {
	return []Advisory{{
		GHSA: "GHSA-dark-cave-wet1", CVE: "CVE-2026-4711", Publisher: bob, Author: bob, Description: "See #11.",
		Created: onDay(17, 9), Updated: onDay(17, 9), Published: onDay(17, 9),
		Credits: []Credit{{User: eve, Type: "remediation_developer", State: "accepted"}},
	}}
}
