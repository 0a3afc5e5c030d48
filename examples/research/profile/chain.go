package profile

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	research "github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// chain is one act on its way from the profile's number to ours.
type chain struct {
	*counter
	item
	employers *research.Employers
	k         int64 // authors of its unit of change who bear credit
	first     bool  // the profile counts it rather than the same commit in another repository

	now holding // what it is worth so far
}

// item takes all steps of one act.
func (c *counter) item(x chain) {
	before := x.period()
	mine := x.v.Rule != "window"
	able := x.able()
	skipped := c.skip[affiliation.FoldMail(x.actor.Mail)]
	counts := c.profile.counts(x.role) && x.artifact.Kind() == model.CommitArtifact && x.first && able
	start := counts && before && !skipped
	if start {
		x.to(Start, holding{model.Whole, x.profiled()})
		c.acts[Start]++
		c.mail(&x)
	}
	switch {
	case !able: // no more than the profile our method counts it
	case counts && before && skipped:
		x.to(Skipped, holding{model.Whole, x.profiled()})
	case !counts && before:
		x.to(Authors, holding{model.Whole, x.profiled()})
	}
	switch {
	case !mine:
		x.to(Period, holding{})
	case able && !before:
		x.to(Period, holding{model.Whole, x.profiled()})
	}
	ours := false
	if mine && x.now.amount > 0 {
		ours = x.judge()
	}
	switch {
	case start && ours:
		c.both++
	case start:
		c.profileOnly++
	case ours:
		c.oursOnly++
	}
}

// able reports whether an act can be on the way at all: what the profile leaves out for
// good, as it does with merges and robots, is nothing that our method counts, either.
func (x *chain) able() bool {
	return x.bears() || x.first && (x.profile.Merges || !x.merge) && (x.profile.Robots || !x.robot(x.actor, x.v.At))
}

// bears reports whether the act bears a credit for a change, or bore one before a rule took it.
func (x *chain) bears() bool {
	_, taken := dropped(x.v)
	return taken || credit(x.v) != nil
}

// period reports whether the act lies in the profile's period.
func (x *chain) period() bool {
	switch {
	case x.inside != nil:
		return x.inside[x.artifact]
	case x.profile.Accepted || x.artifact.Kind() != model.CommitArtifact:
		return x.v.Rule != "window"
	}
	return x.window.Holds(x.authored)
}

// profiled returns whose the act is by the profile.
func (x *chain) profiled() []research.Share {
	if x.artifact.Kind() != model.CommitArtifact {
		return x.ours()
	}
	if !x.profile.Domain {
		return x.employers.Of(x.actor, x.authored)
	}
	parts, _ := x.domains.At("mail:"+affiliation.FoldMail(x.actor.Mail), model.Identity{Mail: x.actor.Mail}, x.window.Until.Add(-time.Second))
	return x.named(parts)
}

// ours returns whose the act is by the verdict; nil where it does not say.
func (x *chain) ours() []research.Share { return x.named(x.v.Parts) }

func (x *chain) named(parts []model.Part) (list []research.Share) {
	for _, p := range parts {
		name := x.judged.Named(p.Vendor)
		if i := slices.IndexFunc(list, func(s research.Share) bool { return s.Employer == name }); i >= 0 {
			list[i].Part += p.Part
			continue
		}
		list = append(list, research.Share{Employer: name, Part: p.Part})
	}
	return list
}

// to takes a step.
func (x *chain) to(step string, next holding) {
	for _, s := range next.shares {
		x.acted(s.Employer)
	}
	x.sums.move(step, x.now, next)
	x.now = next
}

// acted notes who acted for an organisation. Robots, whom some profiles count, are nobody:
// beside the one person whose domain it is they must not make two.
func (x *chain) acted(organisation string) {
	if !x.names.MayHide(organisation) || x.v.Rule == "bot" || x.robot(x.actor, x.v.At) || x.skip[affiliation.FoldMail(x.actor.Mail)] {
		return
	}
	x.names.Saw(organisation, discreet.Sign(x.employers.Developer(x.actor)), discreet.Sign(x.v.Person),
		discreet.Sign(x.actor.Mail), discreet.Sign(cmp.Or(x.actor.Name, x.v.Name)))
}

// mail counts the commits of an address.
func (c *counter) mail(x *chain) {
	if c.profile.Community == nil {
		return
	}
	for _, s := range x.now.shares {
		if c.mails[s.Employer] == nil {
			c.mails[s.Employer] = map[string]int64{}
		}
		c.mails[s.Employer][affiliation.FoldMail(x.actor.Mail)]++
	}
}

// ends returns the step at which nothing is left of the act, "" where something stays.
func (x *chain) ends() string {
	if credit(x.v) != nil {
		return ""
	}
	if d, ok := dropped(x.v); ok {
		return d.Rule
	}
	refused := !x.v.Counted || x.v.Rule == "unit"
	switch {
	case x.merge && !(refused && x.order[x.v.Rule] < x.order["merge"]):
		return "merge" // as authorship it is nothing, whatever else it may be
	case refused:
		return x.v.Rule
	case len(x.v.Credits) == 0 && slices.Contains(x.v.Touched, "small-text"):
		return "small-text"
	}
	return Elsewhere
}

// judge takes the steps of the judge's rules and reports whether the act is part of a unit
// of change.
func (x *chain) judge() (ours bool) {
	end, mover := x.ends(), x.mover()
	for i, s := range x.sums.steps {
		switch {
		case i < x.sums.index[Employer]:
			continue
		case s.Name == Changes:
			ours = ours || x.now.amount > 0
			if x.now.amount > 0 {
				x.acts[Changes]++
			}
		case s.Name == Credit && x.now.amount > 0:
			x.acts[Credit]++
		case s.Name == end:
			ours = ours || end == "unit"
			x.to(s.Name, holding{})
			return ours
		}
		if s.Name == mover && x.v.Parts != nil {
			x.to(s.Name, holding{x.now.amount, x.ours()})
		}
		if s.Name == Shared && x.bears() {
			x.to(s.Name, holding{x.share(), x.now.shares})
		}
		if s.Name == "small-text" && x.bears() {
			x.to(s.Name, holding{x.amount(), x.now.shares})
		}
	}
	return ours
}

// mover returns the step that settles whose the act is: the employer by evidence, or the
// rule by which what is claimed counts for nobody known, or by which a decision names
// somebody.
func (x *chain) mover() string {
	for _, p := range x.v.Parts {
		if p.Level == model.Decided {
			return "decision"
		}
	}
	if x.v.Counted && (x.v.Rule == "weak-evidence" || x.v.Rule == "contested") {
		return x.v.Rule
	}
	return Employer
}

// amount is what the act would earn, before a cap or a floor.
func (x *chain) amount() int64 {
	if d, ok := dropped(x.v); ok {
		return d.Amount
	}
	return credit(x.v).Amount
}

// share is the act's part of its unit of change, before discounts.
func (x *chain) share() int64 {
	if slices.Contains(x.v.Touched, "small-text") {
		return model.Whole / x.k
	}
	return x.amount()
}
