package score

import "github.com/tributary-oss/tributary/model"

// answered is what others did with an issue: acts by number, -1 for none.
type answered struct {
	author   int32           // the identity that opened it
	answer   int32           // the first answer of a human other than the author
	closing  int32           // the last time that it was closed
	labelled map[int32]bool  // persons
	paid     map[int32]int32 // person → the act that was credited
}

// findAnswers finds for each issue who opened, answered, labelled and closed it,
// as far as it was done before the window ended.
func (b *bench) findAnswers() {
	s := &b.stated
	b.answers = make([]answered, len(s.issues))
	for n := range b.answers {
		b.answers[n] = answered{author: -1, answer: -1, closing: -1, labelled: map[int32]bool{}, paid: map[int32]int32{}}
	}
	for n := range s.others.n {
		if o := s.others.at(n); s.isIssue(o) && s.roleOf(o) == model.Author {
			b.answers[s.detail[o.thing]].author = o.ident
		}
	}
	until := b.window.Until.Unix()
	for n := range s.others.n {
		o := s.others.at(n)
		if !s.isIssue(o) || o.at >= until || b.decisions.refusedOther(s.artifactOf(o)) {
			continue
		}
		a, i := &b.answers[s.detail[o.thing]], b.acts.n+n
		role, verb := s.roleOf(o), s.verbs.list[o.verb]
		if role == model.Triager && verb == "closed" && (a.closing < 0 || o.at > b.otherAt(a.closing)) {
			a.closing = i // by anybody: a robot's later closing leaves the earlier one without effect
		}
		switch p := b.human(o.ident); {
		case p < 0:
		case role == model.Responder && p != b.personOf(a.author) && (a.answer < 0 || o.at < b.otherAt(a.answer)):
			a.answer = i
		case role == model.Triager && verb == "labeled":
			a.labelled[p] = true
		}
	}
}

func (s *stated) isIssue(o *other) bool {
	return s.artifactOf(o).Kind() == model.IssueArtifact && s.detail[o.thing] >= 0
}

func (b *bench) otherAt(i int32) int64 {
	o, _ := b.other(i)
	return o.at
}

// weighTriage credits the first answer to an issue, and closing it with a reason or
// a label of one's own once somebody other than its author has answered. Each person
// earns once with an issue, and nobody with an issue of its own.
func (b *bench) weighTriage(i int32, o *other) {
	s := &b.stated
	n := s.detail[o.thing]
	a, p := &b.answers[n], b.who(i)
	role, verb := s.roleOf(o), s.verbs.list[o.verb]
	acts := role == model.Responder || role == model.Triager
	earns := i == a.answer || i == a.closing && s.issues[n].closed && a.answer >= 0 && (s.issues[n].reason || a.labelled[p])
	first, paid := a.paid[p]
	switch {
	case !acts:
		b.ruled(i, ruleContext, -1)
	case p == b.personOf(a.author) && (role == model.Responder || verb == "closed") && b.may(i, ruleSelf):
		b.ruled(i, ruleSelf, -1)
	case paid:
		b.ruled(i, ruleUnit, b.subject(first))
	case !earns:
		b.ruled(i, ruleContext, -1)
	default:
		a.paid[p] = i
		b.credit(i, p, model.Triage, o.at, b.matedOnIssue(i, o.at, n))
	}
}

// matedOnIssue returns the credit for handling an issue, less what the rule mate
// takes where its author worked for the same group when opening it.
func (b *bench) matedOnIssue(i int32, at int64, issue int32) int64 {
	author := b.answers[issue].author
	group := b.group(b.identOf(i), seconds(at))
	if group == "" || b.human(author) < 0 || b.tender.Rules.Mate == 0 {
		return model.Whole
	}
	vendor := b.vendor(author, seconds(b.stated.issues[issue].opened))
	if vendor == "" || b.roster.Group(vendor, seconds(at)) != group {
		return model.Whole
	}
	return b.lessMate(i, 1, 1)
}
