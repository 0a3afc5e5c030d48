package census

import (
	"iter"

	"github.com/tributary-oss/tributary/examples/research/discreet"
)

// names learns from all parts who is behind which organisation.
func (c *Census) names(parts iter.Seq2[*Part, error], identified bool) (*discreet.Domains, error) {
	if identified {
		return discreet.Identified(), nil
	}
	d := discreet.New(c.tender)
	for p, err := range parts {
		if err != nil {
			return nil, err
		}
		for _, s := range p.Seen {
			d.Saw(s.Organisation, discreet.Sign(s.Person), s.Mail, s.Name)
		}
	}
	return d, nil
}

// actsOf returns the rows of acts of a part under the names that they are shown by, in their
// order, and notes which organisations each stands for.
func (w *writer) actsOf(p *Part) []Acts {
	shown := &Part{}
	sums := map[Acts]int{} // place of a row, by what it is about
	for _, a := range p.Acts {
		name := w.names.Of(a.Organisation)
		if !a.Robot {
			w.organisation(name).behind[a.Organisation] = true
		}
		a.Organisation = name
		key := Acts{Organisation: name, Robot: a.Robot, Month: a.Month, Role: a.Role, Class: a.Class}
		at, ok := sums[key]
		if !ok {
			sums[key], shown.Acts = len(shown.Acts), append(shown.Acts, a)
			continue
		}
		s := &shown.Acts[at]
		s.Acts, s.Counted, s.Credit, s.People = s.Acts+a.Acts, s.Counted+a.Counted, s.Credit+a.Credit, s.People+a.People
	}
	shown.sort()
	return shown.Acts
}

// churnOf returns the rows of churn of a part, as actsOf does.
func (w *writer) churnOf(p *Part) []Churn {
	shown := &Part{}
	sums := map[Churn]int{}
	for _, c := range p.Churn {
		c.Organisation = w.names.Of(c.Organisation)
		key := Churn{Organisation: c.Organisation, Robot: c.Robot, Month: c.Month, Class: c.Class}
		at, ok := sums[key]
		if !ok {
			sums[key], shown.Churn = len(shown.Churn), append(shown.Churn, c)
			continue
		}
		s := &shown.Churn[at]
		s.Files, s.Added, s.Deleted = s.Files+c.Files, s.Added+c.Added, s.Deleted+c.Deleted
	}
	shown.sort()
	return shown.Churn
}

// stands returns how many organisations a row stands for; nil for the one without a name.
func (o *organisation) stands(name string) *int64 {
	if name == "" {
		return nil
	}
	n := int64(len(o.behind))
	return &n
}
