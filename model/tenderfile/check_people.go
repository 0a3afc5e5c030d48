package tenderfile

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// people checks the persons of all rosters together.
func (c *check) people() {
	ids := map[string]*personAt{}
	owners := map[string]stated{}
	employers := append(slices.Clone(c.vendorIDs), model.Independent, model.Academic)
	for i := range c.persons {
		p := &c.persons[i]
		c.person(ids, p)
		for k, id := range p.Identities {
			at := p.at.at("identities", k)
			if !p.identity(id, at) {
				continue
			}
			key := sameIdentity(id)
			if first, ok := owners[key]; ok {
				p.owned(at, first)
				continue
			}
			owners[key] = stated{p, at}
		}
		for k, e := range p.Employment {
			known := e.Vendor == "" || c.isVendor(e.Vendor) || e.Vendor == model.Independent || e.Vendor == model.Academic
			if !known && !c.full() {
				p.fault(p.at.at("employment", k, "vendor"), "%s", unknown("vendor", e.Vendor, employers))
			}
		}
		p.employments()
	}
}

// stated is who stated something, and where.
type stated struct {
	by *personAt
	at *node
}

// owned notes that an identity at a place is stated before.
func (p *personAt) owned(at *node, first stated) {
	if !p.full() {
		p.fault(at, "this identity already belongs to %s at %s; one identity is one person, keep one of them",
			quote(first.by.ID), first.by.place(first.at))
	}
}

// person checks that a person's id is a short name that no roster has used.
func (c *check) person(ids map[string]*personAt, p *personAt) {
	if p.ID == "" {
		return
	}
	if first, ok := ids[p.ID]; ok {
		p.fault(p.at.at("id"), "person %s already stands at %s; give each person its own id, or join the two entries",
			quote(p.ID), first.place(first.at.at("id")))
		return
	}
	ids[p.ID] = p
	p.short("person", p.ID, p.at.at("id"))
}

// job is an employment and where it is stated.
type job struct {
	days
	*model.Employment
	at *node
}

// edge is a day on which a job begins or ends. Shares are billionths, so that
// what is added is taken away exactly.
type edge struct {
	day, share int64
	job        *job // of a beginning
}

const fullTime = 1_000_000_000

// employments checks that a person's employments never take more than the whole
// of the working time, and names the days on which they do.
func (p *personAt) employments() {
	jobs := make([]job, 0, len(p.Employment))
	for i := range p.Employment {
		e, at := &p.Employment[i], p.at.at("employment", i)
		told := e.Vendor == "" || e.Fraction == nil && at.has("fraction")
		if !p.backwards(at, e.From, e.Until) && !told {
			jobs = append(jobs, job{daysOf(e.From, e.Until), e, at})
		}
	}
	edges := make([]edge, 0, 2*len(jobs))
	for i, j := range jobs {
		share := int64(math.Round(j.Share() * fullTime))
		edges = append(edges, edge{j.days.from, share, &jobs[i]}, edge{j.days.until, -share, nil})
	}
	// Ends come first on a day: until is exclusive.
	slices.SortStableFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(min(a.share, 0), min(b.share, 0)))
	})
	var sum, since int64
	var culprit *job
	for i, e := range edges {
		sum += e.share
		if i+1 < len(edges) && edges[i+1].day == e.day && (culprit != nil || e.job == nil) {
			continue // what else begins and ends on the day decides
		}
		// A millionth is left for fractions such as a third, three times.
		switch over := sum > fullTime+fullTime/1_000_000; {
		case over && culprit == nil:
			culprit, since = e.job, e.day
		case !over && culprit != nil:
			p.overlap(jobs, culprit, days{since, e.day})
			culprit = nil
		}
	}
}

// overlap notes the days on which a person's jobs are too many, at the job that
// makes them so.
func (p *personAt) overlap(jobs []job, culprit *job, over days) {
	if p.full() {
		return
	}
	var employers []string
	for _, j := range jobs {
		if len(employers) <= listed && j.overlaps(days{over.from, over.from + 1}) {
			employers = append(employers, quote(j.Vendor))
		}
	}
	p.fault(culprit.at, "overlapping affiliation dates: %s works more than full time for %s (%s); "+
		"end one before the next begins, or state fractions that add up to 1", quote(p.ID), and(employers), over)
}

// listed is how many words a message lists.
const listed = 5

// and lists words: "a, b and c". Of many, it lists the first.
func and(words []string) string {
	if len(words) > listed {
		return strings.Join(words[:listed], ", ") + " and others"
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
