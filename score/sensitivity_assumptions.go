package score

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Names of the assumptions that are no levels of evidence.
const (
	assumeOrganisation = "organisation"
	assumeWeak         = "weak-evidence"
	assumeUnknown      = "unknown"
	assumeIdentity     = "identity"
	assumeAccount      = "account-name"
	assumePlain        = "robot-plain"
	assumeHints        = "robot-hints"
	assumePartial      = "partial"
	assumeWeights      = "weights"
	assumeThresholds   = "thresholds"
	assumeGeometric    = "geometric-mean"
	assumeOffset       = "geometric-offset"
)

// Literature behind the assumptions.
const (
	saltelli = "Saisana, Saltelli & Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality assessment of composite indicators, JRSS A 168(2), 2005; OECD/JRC, Handbook on constructing composite indicators, 2008"
	alfaa    = "Amreen et al., ALFAA: active learning fingerprint based anti-aliasing for correcting developer identity errors in version control data, EMSE 2020"
	paid     = "Claes et al., Towards automatically identifying paid open source developers, MSR 2018"
	half     = "Riehle et al., Paid vs. volunteer work in open source, HICSS 2014"
)

// windows are the lengths in months that are tried beside the tender's own.
var windowsTried = [...]int{24, 30, 36}

// assumption is an [model.Assumption] with its bounds.
type assumption struct {
	model.Assumption
	least, most float64
}

func measured(name string, value float64, doc, reason, source string) assumption {
	return assumption{model.Assumption{Name: name, Kind: model.MeasurementDraws, Value: value, Doc: doc, Reason: reason, Source: source}, 0, 1}
}

func specified(name string, value, least, most float64, doc, reason, source string) assumption {
	return assumption{model.Assumption{Name: name, Kind: model.SpecificationDraws, Value: value, Doc: doc, Reason: reason, Source: source}, least, most}
}

// assumptions is the whole list. Nobody has measured how often a level of evidence is
// wrong: the values are the authors' own, in the order of the levels, and where studies
// exist they bound them only roughly. Whoever knows better states it.
func assumptions() []assumption {
	partial := measured(assumePartial, 0.5, "the least part, from 0.05 to 1, that a source which shows a kind of fact only in part is taken to show. Each draw takes a part between it and 1, evenly, for each bidder, project and indicator, and divides by it. Of a repository that could not be mined the part lost is its share of the project's repositories by number, and no more than this allows",
		"A source that shows under 5 % counts as unavailable; above that it rarely states how much is missing. A bidder of whom nothing was seen stays at nothing.", "")
	partial.least = 0.05
	return []assumption{
		measured(string(model.Decided), 1, "probability that whom a decision of the document names did employ the person", "A decision holds until it is changed.", ""),
		measured(string(model.Confirmed), 0.99, "probability that the affiliation is right, of all acts of one person for one vendor together", "Vendor and person say the same, each with a key; both may still be mistaken about dates.", ""),
		measured(string(model.Domain), 0.95, "likewise, by the vendor's own mail domain", "Addresses live on after people leave, and are lent to contractors; whether an act was paid work shows in an address only in part.", paid),
		measured(string(model.Listed), 0.90, "likewise, by the bidder's list alone", "The bidder gains by it; the list is open to objections.", ""),
		measured(string(model.Imported), 0.80, "likewise, by a public table", "Tables lag behind people's moves, and contradict each other.", ""),
		measured(string(model.Profile), 0.70, "likewise, by what the person wrote in a profile", "Self-typed, without dates, and read today for the past.", ""),
		measured(assumeOrganisation, 0.90, "likewise, where the mail domain stands for an organisation of its name", "As a mail domain, without anybody's word that it was the organisation's at the time.", ""),
		measured(assumeWeak, 0.80, "probability that one of those who claim a person below the level of evidence that the tender asks for did employ the person. Which of several is drawn by the claim, so that no two of them get the same person", "About what the levels below domain come to. Contested people belong to one of those who claim them with the probability of the level of the claims, to each alike.", ""),
		measured(assumeUnknown, 0.50, "probability that a person of unknown affiliation worked for a company; for the bidder, times its part of the people whom the ledger knows to work for companies", "About half of open source development was found to be paid work; whose work goes without an employer's name nobody has measured.", half),
		measured(assumeIdentity, 0.99, "probability that a person's identities are one person's; where they are not, the bidder loses all acts of the person in the draw", "Nobody is merged on a name alone, so errors are those of .mailmap and of rosters.", alfaa),
		measured(assumeAccount, 0.95, "likewise, of a person known by an account's name only", "Names of accounts change hands.", ""),
		measured(assumePlain, 0.50, "probability that an account with a plain sign of a robot is one, where nothing settles it", "The signs are set so that people rarely show them; detectors of comments reach 0.98 on accounts chosen for it, and nobody has tried these.", bodegha),
		measured(assumeHints, 0.20, "likewise, of an account with two hints", "People travel, repeat themselves and let programs write their messages.", bodegha),
		partial,
		specified(assumeWeights, 0.25, 0, 1, "each weight of a pillar, and of an indicator in its pillar, is multiplied by a factor between 1 less this and 1 plus this, evenly, the same for all bidders and projects; then the weights sum to 1 again", "Usual in studies of composite indicators.", saltelli),
		specified(assumeThresholds, 2, 1, 16, "the thresholds of each indicator are multiplied by a factor between 1/this and this, evenly on a logarithmic scale, the same for all bidders and projects. Thresholds in months are the window's and stay", "Calibration from a busier or quieter time of the project would give another T; by how much nobody has measured.", saltelli),
		specified(assumeGeometric, 0.5, 0, 1, "probability that the pillars of a project are joined by their weighted geometric mean instead of the arithmetic one; inside a pillar the mean stays arithmetic", "With a geometric mean much of one pillar makes up less for little of another.", saltelli),
		specified(assumeOffset, 0.01, 0.0001, 1, "what is added to a pillar's score, from 0 to 1, before the geometric mean and taken off after it, so that nothing in one pillar costs much and not all", "A geometric mean of anything with 0 is 0, which would say that the rest is worth nothing.", ""),
	}
}

// Assumptions returns all numbers that the draws of [Sensitivity] rest on and that
// nobody measured, with their defaults.
func Assumptions() []model.Assumption {
	list, _ := assume(nil)
	return list
}

// assume returns the assumptions with what the caller states instead, or every fault of
// that.
func assume(stated map[string]float64) ([]model.Assumption, error) {
	var list []model.Assumption
	var faults []error
	known := map[string]bool{}
	for _, a := range assumptions() {
		known[a.Name] = true
		if v, ok := stated[a.Name]; ok {
			a.Value, a.Stated = v, true
			if !(v >= a.least && v <= a.most) {
				faults = append(faults, fmt.Errorf("assumption %s is %g; want a number from %g to %g", a.Name, v, a.least, a.most))
			}
		}
		list = append(list, a.Assumption)
	}
	for _, name := range slices.Sorted(maps.Keys(stated)) {
		if !known[name] {
			faults = append(faults, fmt.Errorf("there is no assumption %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
		}
	}
	return list, errors.Join(faults...)
}

// assumed are the values of assumptions by name.
type assumed map[string]float64

func valuesOf(list []model.Assumption) assumed {
	m := assumed{}
	for _, a := range list {
		m[a.Name] = a.Value
	}
	return m
}

// level returns the probability that an affiliation of a level is right.
func (a assumed) level(l model.Level) float64 {
	if l == "" {
		return a[assumeOrganisation]
	}
	return a[string(l)]
}
