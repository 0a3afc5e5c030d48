package model

// Pillar is one of the three kinds of giving back.
type Pillar string

// The pillars.
const (
	Commits     Pillar = "commits"
	Reviews     Pillar = "reviews"
	Maintenance Pillar = "maintenance"
)

// Indicator is a measured part of a pillar. The same name may stand in two
// pillars (active-months does); inside a pillar it is unique.
type Indicator string

// The indicators of method 1.
const (
	Changes      Indicator = "changes"
	ActiveMonths Indicator = "active-months"
	ReviewsDone  Indicator = "reviews"
	Integration  Indicator = "integration"
	Releases     Indicator = "releases"
	Ports        Indicator = "ports"
	Security     Indicator = "security"
	Triage       Indicator = "triage"
	Upkeep       Indicator = "upkeep"
	Stewardship  Indicator = "stewardship"
	// Translations is optional: its default weight is 0.
	Translations Indicator = "translations"
)

// PillarDefault is a pillar of method 1 with its default weight.
type PillarDefault struct {
	Name       Pillar
	Weight     float64
	Indicators []IndicatorDefault
}

// IndicatorDefault is an indicator of method 1 with its default weight in its pillar.
type IndicatorDefault struct {
	Name   Indicator
	Weight float64
	// Months says that the unit is months of the window, so that the threshold
	// is the window's length and the document cannot state another.
	Months bool
}

// Pillars returns the pillars and indicators of method 1, in the order in which
// they are printed. What an indicator counts is package score's to say.
func Pillars() []PillarDefault {
	return []PillarDefault{
		{Commits, 30, []IndicatorDefault{{Changes, 70, false}, {ActiveMonths, 30, true}, {Translations, 0, false}}},
		{Reviews, 30, []IndicatorDefault{{ReviewsDone, 70, false}, {ActiveMonths, 30, true}}},
		{Maintenance, 40, []IndicatorDefault{
			{Integration, 25, false}, {Releases, 15, false}, {Ports, 10, false}, {Security, 10, false},
			{Triage, 15, false}, {Upkeep, 10, false}, {Stewardship, 15, true}}},
	}
}
