package affiliation

import (
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Seen is a person as seen under one identity. What does not hang on the date is looked up
// once, for whoever asks for many. It is not safe for concurrent use.
type Seen struct {
	roster *Roster
	person string
	turns  []turn // what is claimed of the person, or of whom tables list under the address
	mail   string // folded
	domain bool   // the mail domain says something
	exact  bool   // tables list the address by itself
	asked  bool   // whether guess is known
	guess  []model.Part
}

// Seen returns the person as seen under an identity.
func (r *Roster) Seen(person string, id model.Identity) Seen {
	s := Seen{roster: r, person: person, mail: FoldMail(id.Mail)}
	claimed := person
	if own, ok := r.ownEntry(person, s.mail); ok {
		claimed = own // what a table says of the address, before what it says of one that .mailmap makes the same
	}
	_, lent := noreply(s.mail) // a company's forge lends its domain to anybody with an account
	s.turns, s.domain, s.exact = r.employed[claimed], s.mail != "" && !lent && len(r.domains) > 0, r.exact[s.mail]
	return s
}

// At returns whose employee the person was at t, as [Roster.At] does.
func (s *Seen) At(t time.Time) ([]model.Part, Outcome) {
	r, day := s.roster, model.DateOf(t)
	if len(r.decided) > 0 {
		if parts := r.decision(s.person, day); parts != nil {
			return parts, Known
		}
	}
	span := s.claimsOn(day)
	if len(span.claims) == 0 {
		if guess := s.organisation(); guess != nil {
			return guess, Guessed
		}
	}
	if span.outcome == Contested && len(r.settled) > 0 {
		if vendor, ok := r.settled[joined(span.rivals)]; ok {
			alone := newSpan(slices.DeleteFunc(slices.Clone(span.claims), func(c model.Part) bool {
				return c.Vendor != vendor && slices.Contains(span.rivals, c.Vendor)
			}), r.evidence)
			return alone.parts, alone.outcome
		}
	}
	return span.parts, span.outcome
}

// organisation returns what the mail domain stands for by its name; nil for nothing.
func (s *Seen) organisation() []model.Part {
	if !s.asked {
		s.asked = true
		if org := Organisation(s.mail); org != "" && !s.roster.personal[org] {
			s.guess = []model.Part{{Vendor: org, Part: model.Whole}}
		}
	}
	return s.guess
}

// claimsOn returns what is claimed on a day: to the person, and by the mail domain.
func (s *Seen) claimsOn(day model.Date) *span {
	own := spanAt(s.turns, day)
	if !s.domain {
		return own
	}
	d := s.roster.byDomain(s.mail, day)
	if s.exact && len(d.claims) > 0 && !d.claims[0].Level.Reaches(model.Listed) {
		return own // a table asks a domain only about addresses that none lists
	}
	if len(own.claims) == 0 {
		return d
	}
	more := slices.DeleteFunc(slices.Clone(d.claims), own.covers)
	if len(more) == 0 {
		return own
	}
	joint := newSpan(append(more, own.claims...), s.roster.evidence)
	return &joint
}
