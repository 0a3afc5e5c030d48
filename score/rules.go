package score

import "slices"

// Rule is one rule of the judge. A tender must publish all of them.
type Rule struct {
	Name string
	// Refuses says that an act under this rule earns nothing. The other rules
	// discount an act, or count it together with another one.
	Refuses bool
	Doc     string // what it refuses or discounts, and why
}

// rule is the number of a rule.
type rule uint8

// The rules by number, in the order in which they are held against an act: the
// first one that refuses it ends the matter.
const (
	noRule rule = iota
	ruleWindow
	ruleBranch
	ruleAnonymous
	ruleBot
	ruleContext
	ruleMerge
	ruleDuplicate
	ruleUnattested
	ruleLate
	ruleSelf
	ruleUnit
	ruleMate
	ruleCap
	ruleFloor
	ruleUnmatched
	ruleIdle
	ruleWeak
	ruleContested
	ruleDecision
)

// ruleTable is printed with every tender. The functions that apply the rules
// name them by these numbers.
var ruleTable = [...]Rule{
	ruleWindow:     {"window", true, "The act was accepted outside the window. The time of acceptance counts, never the author's clock."},
	ruleBranch:     {"branch", true, "No declared branch of the repository holds the commit, and the change was merged into none: a change that went into another branch first is accepted with the one that brought it in. Where its own last commit went there, by a fast-forward, only what reached a declared branch afterwards is its own, by a merge or with a change that brought it along; a change to a declared branch has what it became, and its last commit, before any other."},
	ruleAnonymous:  {"anonymous", true, "The source shows neither a name nor an address; or the account is deleted, an organisation's, a team's, or a stand-in of imported history that nobody has claimed: nobody can be credited."},
	ruleBot:        {"bot", true, "A robot, or a forge acting for whoever pressed the button, by the document's corrections, the printed list and the forge's account type. What a robot wrote earns nobody credit, neither for reviewing nor for merging it. Where a robot's merge brought a change in, its committer only prepared it; who accepted it is whoever commanded the robot. Of what an AI agent wrote, its human co-author gets the credit, otherwise the human who handed it in or took it."},
	ruleContext:    {"context", true, "Shown and never scored: signing off and reporting; opening a change whose commits name other authors; being asked for a review; remarks with fewer than 2 comments on lines and no verdict; commands that were not the one that merged; labels by themselves, later answers, and closing without a reason, a label or anybody's answer; finding a vulnerability, and publishing an advisory."},
	ruleMerge:      {"merge", true, "A merge commit is no authorship. On the first-parent line of a declared branch it is the integration of others' changes; elsewhere it is nothing; and so it is in a change's own branch, as a merge of the base, even if that was fast-forwarded."},
	ruleDuplicate:  {"duplicate", true, "The project accepted this piece of work before, on any branch and at any time: the same commit in another repository, the same Change-Id; the same author and author time to the second with the same subject or at least 50 % common lines; or at least 80 % common lines in the same files, whoever wrote them; only one's own lines, repeated in other words and in another place on a branch where the first ones still stand, are new work. Common lines are those of the multisets of added and deleted lines, without white space, estimated from samples of 128 where there are more. Several changes of a forge that became the same commit are one, the one merged first and then that with the lowest number. The earliest acceptance wins. A later one on a branch that lacks the first may be a port."},
	ruleUnattested: {"unattested", true, "A review, test or acknowledgement that the change's own author wrote into the commit which the same person committed: nobody else attests it."},
	ruleLate:       {"late", true, "A review or a command that was given after the change was merged: it could not change what was accepted. One given before counts, even if it was dismissed or taken back, or other commits were pushed after it: the work was done."},
	ruleSelf:       {"self", true, "Reviewing, committing or merging one's own change, which is also one that one opened on a forge for others; answering or closing one's own issue."},
	ruleUnit:       {"unit", false, "Part of a change that the same person is credited for elsewhere: the commits of one change, or several reviews of it, earn once; so do the answer to an issue and its closing, a tag and its release, and what one advisory credits somebody with. Where a forge says who took a change, that is its integration, and git's committers and merges are part of it."},
	ruleMate:       {"mate", false, "Reviewing or integrating changes of one's own group (its ultimate parent at that date), or handling its issues, earns less: 1 − mate · the share of the change's authors, or of the issue's one, who belong to it. An author of a forge's change belongs where they worked when it was opened."},
	ruleCap:        {"cap", true, "More acts than a person's caps for the project allow: changes in a week (Monday to Sunday, UTC; a week across two months counts in each, so that one month cannot push out the other), and upkeep likewise; reviews, integrations and triages in a day, each; ports in a day. The highest credits are kept, then the earliest."},
	ruleFloor:      {"person-floor", true, "A person's acts in a project count from a few credited acts in a few different months on, so that drive-by acts in number earn nothing."},
	ruleUnmatched:  {"unmatched", true, "Listed as a maintainer under an account name that nothing else mined gives to a person."},
	ruleIdle:       {"idle", true, "Listed as a maintainer, without a credited act in any month of the listing."},
	ruleWeak:       {"weak-evidence", false, "The person's affiliation is known only below the level of evidence that the tender asks for: the act counts, for nobody known."},
	ruleContested:  {"contested", false, "Two claims of equal evidence for the same person at the same time: the act counts, and what is contested of it for nobody known, until it is decided."},
	ruleDecision:   {"decision", true, "The document's own decision, applied last."},
}

// Rules returns the rules that the judge applies, in order.
func Rules() []Rule { return slices.Clone(ruleTable[1:]) }

func (r rule) String() string { return ruleTable[r].Name }

// Pending returns the rules of method 1 that this version of the judge does not
// apply yet. Every
// ranking names them.
func Pending() []string {
	return []string{"revert", "trivial", "import", "small text", "bidder-controlled", "burst"}
}
