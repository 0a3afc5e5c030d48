package score

import (
	"iter"
	"math/bits"
	"slices"
)

// Rule is one rule of the judge. A tender must publish all of them.
type Rule struct {
	Name string
	// Refuses says that an act under this rule earns nothing. The other rules
	// discount an act, count it together with another one, or warn.
	Refuses bool
	Doc     string // what it refuses or discounts
	Why     string
	Source  string // literature, a standard, or a case that is known; "" where it follows from the method
	// Parameters are the keys of the document that set its numbers.
	Parameters []string
}

// Effect says what the rule does to an act: it refuses, discounts or only warns.
func (x Rule) Effect() string {
	switch {
	case x.Refuses:
		return "refuses"
	case x.Name == ruleBurst.String():
		return "warns"
	}
	return "discounts"
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
	ruleControlled
	ruleContext
	ruleMerge
	ruleRevert
	ruleTrivial
	ruleImport
	ruleDuplicate
	ruleUnattested
	ruleLate
	ruleSelf
	ruleUnit
	ruleSmallText
	ruleMate
	ruleReplay
	ruleCap
	ruleFloor
	ruleUnmatched
	ruleIdle
	ruleWeak
	ruleContested
	ruleDecision
	ruleBurst
)

// ruleSet is a set of rules, by their numbers.
type ruleSet uint32

func (s ruleSet) with(r rule) ruleSet { return s | 1<<r }

func (s ruleSet) without(r rule) ruleSet { return s &^ (1 << r) }

// each yields the rules of a set, in order.
func (s ruleSet) each() iter.Seq[rule] {
	return func(yield func(rule) bool) {
		for ; s != 0; s &= s - 1 {
			if !yield(rule(bits.TrailingZeros32(uint32(s)))) {
				return
			}
		}
	}
}

func (s ruleSet) names() (list []string) {
	for r := range s.each() {
		list = append(list, r.String())
	}
	return list
}

// ruleTable is printed with every tender. The functions that apply the rules
// name them by these numbers.
var ruleTable = [...]Rule{
	ruleWindow: {"window", true,
		"The act was accepted outside the window. The time of acceptance counts, never the author's clock.",
		"A record is of a stated time, and an author's clock says what its owner likes.",
		"Directive 2014/24/EU, Annex XII part II: services of the last three years", []string{"window.until", "window.months"}},
	ruleBranch: {"branch", true,
		"No declared branch of the repository holds the commit, and the change was merged into none: a change that went into another branch first is accepted with the one that brought it in. Where its own last commit went there, by a fast-forward, only what reached a declared branch afterwards is its own, by a merge or with a change that brought it along; a change to a declared branch has what it became, and its last commit, before any other.",
		"Only what the project accepted is given back; anybody may fill a branch of one's own.", "", []string{"projects.*.repositories.branches"}},
	ruleAnonymous: {"anonymous", true,
		"The source shows neither a name nor an address; or the account is deleted, an organisation's, a team's, or a stand-in of imported history that nobody has claimed: nobody can be credited.",
		"A credit needs somebody who can be asked.", "", nil},
	ruleBot: {"bot", true,
		"A robot, or a forge acting for whoever pressed the button, by the document's corrections, the printed list and the forge's account type. What a robot wrote earns nobody credit, neither for reviewing nor for merging it. Where a robot's merge brought a change in, its committer only prepared it; who accepted it is whoever commanded the robot. Of what an AI agent wrote, its human co-author gets the credit, otherwise the human who handed it in or took it.",
		"In some projects most commits and all merges are robots'.",
		"Golzadeh, Decan, Legay, Mens: A ground-truth dataset and classification model for detecting bots in GitHub issue and PR comments, JSS 2021", []string{"bots"}},
	ruleControlled: {"bidder-controlled", true,
		"Only a forge that the actor's own vendor runs (its host stands below one of the vendor's mail domains, or is stated as its) attests the act: git shows the same person neither as committer, merger, reviewer or tester of the change. It is held against the vendor's own people alone, whether it bids or not.",
		"Whoever runs a forge can write into it what it likes. What git shows has copies everywhere.", "", []string{"vendors.*.domains", "vendors.*.hosts"}},
	ruleContext: {"context", true,
		"Shown and never scored: signing off and reporting; opening a change whose commits name other authors; being asked for a review; remarks with fewer than 2 comments on lines, or 1 beside 80 characters of text, and no verdict; a verdict without comments on lines and with fewer than 20 characters of text by somebody without the right to approve, or on the work of one's own group; commands by somebody without that right, and those that were not the one that merged; trailers of those without the right to approve on the work of their own group; labels by themselves, later answers, and closing without a reason, a label or anybody's answer; finding a vulnerability, and publishing an advisory.",
		"Anybody can press approve on a public change; what costs nothing proves nothing.",
		"Approval by anyone on public pull requests: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/about-pull-request-reviews", nil},
	ruleMerge: {"merge", true,
		"A merge commit is no authorship. On the first-parent line of a declared branch it is the integration of others' changes; elsewhere it is nothing; and so it is in a change's own branch, as a merge of the base, even if that was fast-forwarded.",
		"Joining two lines of history writes nothing.", "", nil},
	ruleRevert: {"revert", true,
		"The change was taken back, or takes one back: at least 80 % of the lines of both are each other's opposite, within so many days, on every declared branch that holds the change; up to 3 lines also in the same place. The commits that one merge or one change of a forge brought in are taken back together or one by one. A commit that names in its message what it reverts may do other things besides, and is work all the same. A copy that was accepted before on another branch, and stands, keeps the change. Words alone revert nothing. It refuses every role on both. Landing the work again is its first acceptance, if its author does; if somebody else does, the first one stands.",
		"What the project took back was not given. But a rival must not be able to strike out a change by words, or to take it over by reverting it and handing it in anew.",
		"Shimagaki et al.: Why are commits being reverted? ICSME 2016", []string{"rules.revert-days"}},
	ruleTrivial: {"trivial", true,
		"The commit changes nothing that people write: only white space or blank lines, identical moves of files, or files that are generated, vendored, locks of dependencies, or catalogues of translations (which are an indicator of their own, of weight 0 unless the document states another). It refuses every role on it.",
		"A formatter or a package manager wrote it.",
		"File classes of github.com/go-enry/go-enry and a printed list", []string{"indicators.commits.translations"}},
	ruleImport: {"import", true,
		"A commit that adds more than so many lines, or touches more than so many files with at least 10 added lines each on average, and deletes hardly any (at most one for each 20), without those that the rule trivial refuses; or one that a merge brought in together with the beginning of another history, if together they are as many. It refuses every role, and counts only by a recorded decision, on the commit or on the merge.",
		"Nobody wrote a whole tree for the occasion; its history was made elsewhere, and may have counted there.",
		"OpenStack's Quantum was imported anew as Neutron; Drupal's and others' credit systems had the same", []string{"rules.import-files", "rules.import-lines"}},
	ruleDuplicate: {"duplicate", true,
		"The project accepted this piece of work before, on any branch and at any time: the same commit in another repository; the same Change-Id and the same author or at least 50 % common lines; the same author and author time to the second with the same subject and a line in common, as far as it is known, or at least 50 % common lines; or at least 80 % common lines in the same files, whoever wrote them, and 50 % where no branch holds both; only one's own lines, repeated in other words and in another place on a branch where the first ones still stand, are new work. Common lines are those of the multisets of added and deleted lines, without white space, estimated from samples of 128 where there are more. Several changes of a forge that became the same commit are one, the one merged first and then that with the lowest number. The earliest acceptance wins; but what a repository's main line has was accepted there first, whatever dates another of its branches bears, unless a forge says when it merged that. A later one on a branch that lacks the first may be a port.",
		"One piece of work lives on many branches; it was made once.",
		"A. Broder: On the resemblance and containment of documents, SEQUENCES 1997", nil},
	ruleUnattested: {"unattested", true,
		"A name that nobody else attests: a review, test or acknowledgement in a commit that its author committed, or that a branch handed in with the committer's name of somebody who is not known to take others' work (known to have the right to approve), and taking such a commit; a co-author of the group of whoever took the change, where its author is of none or another, and the co-author did not open it.",
		"Everybody can write everything into one's own commit.", "", nil},
	ruleLate: {"late", true,
		"A review or a command that was given after the change was merged: it could not change what was accepted. One given before counts, even if it was dismissed or taken back, or other commits were pushed after it: the work was done.",
		"A verdict on what is decided decides nothing.", "", nil},
	ruleSelf: {"self", true,
		"Reviewing, committing or merging one's own change, which is also one that one opened on a forge for others; answering or closing one's own issue.",
		"Nobody judges one's own work.", "", nil},
	ruleUnit: {"unit", false,
		"Part of a change that the same person is credited for elsewhere: the commits of one change, or several reviews of it, earn once; so do the answer to an issue and its closing, a tag and its release, and what one advisory credits somebody with. Where a forge says who took a change, that is its integration, and git's committers and merges are part of it. From git alone the trailers on one change of those of one group without the right to approve are one.",
		"Splitting one's work must not earn more.", "", nil},
	ruleSmallText: {"small-text", false,
		"A change of nothing but documentation or comments, of at most so many lines, added and deleted together, earns its authors only so much.",
		"A corrected typo is welcome, and no measure of who keeps a project alive.",
		"Hacktoberfest 2020: https://blog.domenic.me/hacktoberfest/", []string{"rules.small-text", "rules.small-text-lines"}},
	ruleMate: {"mate", false,
		"Reviewing or integrating changes of one's own group (its ultimate parent at that date), or handling its issues, earns less: 1 − mate · the share of the change's authors, or of the issue's one, who belong to it; a verdict without words loses twice as much, and so does a trailer that a committer of the same group wrote. An author of a forge's change belongs where they worked when it was opened.",
		"Work among colleagues is work, but nobody outside attests it.", "", []string{"rules.mate"}},
	ruleReplay: {"replay", true,
		"A port to a branch that is nothing but a replay of history: more commits landed there on one day than a person may earn ports with, and nothing landed there in any other month.",
		"Copying a history to a new branch keeps nothing alive.", "", []string{"rules.ports-per-day"}},
	ruleCap: {"cap", true,
		"More acts than a person's caps for the project allow: changes in a week (Monday to Sunday, UTC; a week across two months counts in each, so that one month cannot push out the other), and translations and upkeep likewise; reviews, integrations and triages in a day, each; ports in a day. The highest credits are kept, then the earliest.",
		"More than that in so short a time is a script or a farm; and it bounds what any attack can earn.",
		"Drupal's credit farming: https://www.drupal.org/drupalorg/docs/marketplace/abuse-of-the-contribution-credit-system", []string{"rules.changes-per-week", "rules.acts-per-day", "rules.ports-per-day"}},
	ruleFloor: {"person-floor", true,
		"A person's acts in a project count from a few credited acts in a few different months on, so that drive-by acts in number earn nothing.",
		"Fifty people with two typo fixes each keep nothing alive.", "", []string{"rules.floor-acts", "rules.floor-months"}},
	ruleUnmatched: {"unmatched", true,
		"Listed as a maintainer under an account name that nothing else mined gives to a person.",
		"An account name is nobody until something joins it to a person.", "", nil},
	ruleIdle: {"idle", true,
		"Listed as a maintainer, without a credited act in any month of the listing.",
		"A title without a deed is none: 331 pledges went to a WordPress team that was inactive.", "", nil},
	ruleWeak: {"weak-evidence", false,
		"The person's affiliation is known only below the level of evidence that the tender asks for: the act counts, for nobody known.",
		"A bidder must be able to hold its rivals to the same evidence.", "", []string{"evidence"}},
	ruleContested: {"contested", false,
		"Two claims of equal evidence for the same person at the same time: the act counts, and what is contested of it for nobody known, until it is decided.",
		"A hostile claim must neither win nor be ignored in silence.", "", nil},
	ruleDecision: {"decision", true,
		"The document's own decision, applied last.",
		"A rule that misfires is corrected in the open, with reason, author and date.", "", []string{"decisions"}},
	ruleBurst: {"burst", false,
		"Warning alone: more than half of a bidder's credits lie in the last tenth of the window.",
		"A record that begins when the tender is announced is worth a look.", "", nil},
}

// Rules returns the rules that the judge applies, in order.
func Rules() []Rule {
	list := slices.Clone(ruleTable[1:])
	for i := range list {
		list[i].Parameters = slices.Clone(list[i].Parameters)
	}
	return list
}

func (r rule) String() string { return ruleTable[r].Name }
