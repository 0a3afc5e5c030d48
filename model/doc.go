// Package model is the vocabulary of Tributary: the tender document, the facts
// that sources state, the verdicts that a judge gives and the ranking that comes
// out. It holds types and their written forms, touches no repository, network or
// disk, and depends on the standard library only.
//
// Facts flow one way:
//
//	Record (facts) → Verdict (counted or refused, and why) → Ranking
//
// Package forge yields records, package score turns them into verdicts and a
// ranking. Neither imports the other; both import this one.
package model
