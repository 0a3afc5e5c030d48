// Package forgetest builds git repositories from text, so that a test or a
// demonstration can show the history that it is about. It also holds what a project has
// on a forge, as plain data that is the same for every kind of forge: a [Project], about
// which the servers of githubtest, gitlabtest and giteatest answer.
//
// # The language
//
// One idea per line. Indented lines belong to the line before them. A "#" with
// white space around it starts a comment. [Build] stops at the first mistake and
// names its line.
//
//	person ada = Ada Lovelace <ada@karst.example>
//	person bob = Bob <bob@moraine.example>
//
//	on main                                        # makes the branch and stands on it
//	commit fix1 2024-03-04 ada: Parse the header   # the name fix1 may be left out
//	  | The message goes on like this.
//	  by bob                                       # committer, where not the author
//	  at 2024-03-05T09:00:00Z                      # committer's date, where not the author's
//	  write src/header.go 12                       # 12 lines
//	  Reviewed-by: bob                             # any trailer; bob becomes "Bob <bob@…>"
//	  Change-Id: auto                              # auto is derived from the commit's name
//	tag v1.0 2024-05-01 ada: Version 1.0
//
// A date is a day, which means noon UTC, or an instant such as
// 2024-03-05T09:00:00+02:00. Several commits may share one.
//
// # What a commit does to files
//
//	write PATH N       adds N lines to the end; makes the file where there is none
//	edit PATH N        replaces N lines
//	reindent PATH      changes nothing but white space; "reindent PATH N" in N lines only
//	text PATH          makes the file hold exactly the "| " lines that follow
//	binary PATH N      makes the file hold N bytes that are no text
//	move OLD NEW       moves a file
//	delete PATH        deletes a file
//	like NAME          does what the commit NAME did, line for line
//
// Lines are derived from the commit's name, or from its place among the commits
// where it has none: different commits write different lines. Paths hold no
// spaces.
//
// # Branches
//
//	on main                   stands on a branch; the first one is the repository's HEAD
//	on stable from v1.0       makes it at a branch, a tag or a named commit, and stands on it
//	on pages orphan           makes it with a history of its own
//	on refs/pull/7/head from main    a reference that is no branch
//	drop topic                removes a branch, not its commits
//	merge topic DATE WHO: Merge topic          two parents; "merge a b DATE …" has three
//	pick fix1 DATE WHO                         replays a commit: same author, author's date and message
//	pick fix1 onto stable DATE WHO: Subject    on another branch, with another subject
//	revert fix1 DATE WHO                       undoes a commit
//	tag v1.0 DATE WHO: Message                 annotated, on the branch's last commit
//	lighttag v1.0                              not annotated
//
// "as NAME" before the date names a merge, a pick or a revert. Under each of them
// stand the same indented lines as under a commit. Under a merge the file lines
// say what becomes of files that both sides changed; under a pick they come on
// top, "without KEY" leaves out the original's trailer KEY, and WHO is the
// committer. A line in parentheses is copied among the trailers, as git does:
//
//	(cherry picked from commit {fix1})
//
// # Repeating
//
//	list place = the cache, the index, the parser
//	repeat 20 every 9d                             # d days, w weeks, h hours; or no "every"
//	  commit 2024-01-08 ada: Fix typo {n} in {place}
//	    edit docs/guide.md 1
//
// The dates are the first round's; every further round adds the step to all dates
// inside. {n} counts the rounds from 1; "repeat 20 as k" calls it {k}. {place} is
// the next entry of the list in every round of the innermost repeat, and the
// first again after the last. Repeats nest. Outside of lists and counters, {fix1}
// is the hash of a named commit, and {fix-{n}} that of one named in a repeat.
// Unknown words in braces are mistakes; only in a file's text they stay.
//
// # Limits
//
// The same text gives the same hashes on every machine. Text is at most 4 MiB, a
// history at most 200,000 acts and 256 MiB of objects.
package forgetest
