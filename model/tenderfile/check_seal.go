package tenderfile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// floors refuses thresholds below the method's floor.
func (c *check) floors(p model.Project, at *node) {
	for _, i := range slices.Sorted(maps.Keys(p.Thresholds)) {
		if fault := FloorFault(i, p.Thresholds[i]); fault != "" {
			c.fault(at.at(string(i)), "%s", fault)
		}
	}
}

// FloorFault says why a threshold is below the floor of the method and what to write
// instead; "" where it is not.
func FloorFault(i model.Indicator, t model.Threshold) string {
	least := model.Floor(i)
	if t.None || t.T == 0 || t.T >= least { // 0: told already, or not stated
		return ""
	}
	return fmt.Sprintf("the threshold of %s is %s, below the method's floor of %s: the full score would be had for a few acts of one person, and one act more or less would decide; "+
		"write %[3]s or more, or none where the project has too little of it to judge anybody by", i, plain(t.T), plain(least))
}

// accepted checks what the buyer lives with: a gap names its repository.
func (c *check) accepted(p model.Project, at *node) {
	for i, a := range p.Accept {
		at := at.at("accept", i)
		known := slices.ContainsFunc(p.Repositories, func(r model.Repository) bool { return r.URL == a.Repository })
		switch {
		case a.Kind == "":
		case a.Kind != model.GapKind && a.Repository != "":
			c.fault(at.at("repository"), "only kind: gap is of one repository; leave repository out, or write kind: gap")
		case a.Kind == model.GapKind && a.Repository == "":
			c.fault(at, "a gap is of one repository; write repository: with the url as it stands under repositories")
		case a.Kind == model.GapKind && !known:
			c.fault(at.at("repository"), "the project has no such repository; write the url as it stands under repositories")
		}
	}
}

// justified checks that each indicator is justified once.
func (c *check) justified(p model.Project, at *node) {
	seen := map[model.Indicator]bool{}
	for i, j := range p.Justify {
		if seen[j.Indicator] && j.Indicator != "" {
			c.fault(at.at("justify", i, "indicator"), "%s is justified twice; keep one", j.Indicator)
		}
		seen[j.Indicator] = true
	}
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// seal checks the form of a seal. Whether the document still is what was sealed, package
// score says.
func (c *check) seal() {
	for _, p := range c.root.find("withheld").pairs() {
		if !digestForm.MatchString(p.value.text) {
			c.fault(p.value, "this is no digest of 64 hexadecimal digits; withheld is written into records by the program, and not by hand")
		}
	}
	s, at := c.tender.Seal, c.root.find("seal")
	if s == nil {
		return
	}
	digest := func(text string, at *node) {
		if text != "" && !digestForm.MatchString(text) {
			c.fault(at, "this is no digest of 64 hexadecimal digits; a seal is written by tender seal, and not by hand")
		}
	}
	digest(s.Digest, at.at("digest"))
	for _, of := range []string{"parts", "rosters"} {
		for _, p := range at.find(of).pairs() {
			digest(p.value.text, p.value)
		}
	}
	if notice := c.tender.About.Notice; notice != 0 && s.At > notice {
		c.fault(at.at("at"), "the document was sealed on %s, after the notice on %s; what is sealed later can be fitted to the bids", s.At, notice)
	}
}
