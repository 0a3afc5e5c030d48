package tenderfile

import (
	"reflect"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// limit is what a key's value must keep to, beyond its Go type. The decoder
// checks it and the JSON Schema states it, from the same table.
type limit struct {
	required bool // the key must stand, with a value that is not empty
	sample   string
	words    []string // the only texts allowed
	form     string   // what to write, where the type does not say it
	// Numbers lie in [least, most], or in (least, most] with above. A most of 0
	// means [ordinaryMost].
	least, most float64
	above       bool
}

// ordinaryMost bounds numbers that have no natural bound, so that no sum or
// product of theirs overflows.
const ordinaryMost = 1e9

func (l limit) top() float64 {
	if l.most == 0 {
		return ordinaryMost
	}
	return l.most
}

// each is the limit of the values in a map or list that has limit l.
func (l limit) each() limit {
	l.required = false
	return l
}

// limits returns the limits by "Type.key". A key that is not named here has
// none but its type.
func limits() map[string]limit {
	required := func(sample string) limit { return limit{required: true, sample: sample} }
	words := func(ws ...string) limit { return limit{words: ws} }
	count := limit{least: 1, most: 1e6}
	part := limit{most: 1}
	above := limit{above: true}

	forges := words("github", "gitlab", "gitea", "none")
	formats := limit{required: true, sample: "format: " + rosterFormat, words: rosterFormats()}
	levels := words(levelWords()...)
	return map[string]limit{
		"Tender.format":          required("format: " + model.TenderFormat),
		"Tender.method":          {least: 1, most: 1},
		"Tender.window":          required("window: {until: 2026-11-01}"),
		"Tender.mode":            words(string(model.Selection), string(model.Award)),
		"Tender.points":          above,
		"Tender.evidence":        levels,
		"Tender.projects":        required("projects: {geoserver: {repositories: [{url: https://github.com/geoserver/geoserver}]}}"),
		"Tender.bidders":         required("bidders: all, or a list of bidders"),
		"Window.until":           required("until: 2026-11-01"),
		"Window.months":          {least: 1, most: 240},
		"Minimum.share":          part,
		"Minimum.effect":         words(string(model.Mark), string(model.Zero)),
		"Rules.changes-per-week": count,
		"Rules.acts-per-day":     count,
		"Rules.ports-per-day":    count,
		"Rules.mate":             part,
		"Rules.floor-acts":       count,
		"Rules.floor-months":     count,
		"Rules.revert-days":      {most: 36_500},
		"Rules.small-text":       {most: 1},
		"Rules.small-text-lines": {most: 1_000_000},
		"Rules.import-files":     {least: 1, most: 1_000_000_000},
		"Rules.import-lines":     {least: 1, most: 1_000_000_000},
		"Project.repositories":   required("repositories: [{url: https://github.com/geoserver/geoserver}]"),
		"Project.thresholds":     above,
		"Repository.url":         required("url: https://github.com/geoserver/geoserver"),
		"Repository.forge":       forges,
		"Acceptance.kind":        {required: true, sample: "kind: triage", words: append(indicatorNames(), model.GapKind)},
		"Acceptance.reason":      required("reason: issues moved from Jira in 2024"),
		"Lot.id":                 required(`id: "1"`),
		"Lot.points":             above,
		"Lot.projects":           {required: true, sample: "projects: {geoserver: 1}", above: true},
		"MailDomain.name":        required("name: karst.example"),
		"Parent.vendor":          required("vendor: holding"),
		"VendorName.name":        required("name: Karst & Fils"),
		"SigningKey.key":         required("key: ssh-ed25519 AAAA…"),
		"Roster.file":            required("file: people.yaml"),
		"Roster.format":          formats,
		"Bidder.id":              required("id: karst"),
		"Bidder.vendors":         required("vendors: [karst]"),
		"Decision.id":            required("id: D1"),
		"Decision.on":            required("on: commit:5d41402abc4b2a76b9719d911017c592ae3f0c11"),
		"Decision.decide":        {required: true, sample: "decide: count", form: decisionForm},
		"Decision.reason":        required("reason: own module, split from another repository"),
		"Decision.by":            required("by: contracting officer"),
		"Decision.at":            required("at: 2026-11-20"),
		"People.format":          required("format: " + model.PeopleFormat),
		"People.people":          required("people: [{id: p-1, identities: [\"github:1234567\"]}]"),
		"Person.id":              required("id: p-1"),
		"Person.identities":      required(`identities: ["github:1234567"]`),
		"Employment.vendor":      required("vendor: karst"),
		"Employment.fraction":    {above: true, most: 1},
		"Employment.level":       levels,
		"Claim.format":           required("format: " + model.ClaimFormat),
		"Claim.vendor":           required("vendor: karst"),
		"Claim.issued":           required("issued: 2026-11-28"),
		"Claim.expires":          required("expires: 2027-11-28"),
		"Claim.people":           required("people: [{identities: [\"github:1234567\"], employment: [{from: 2024-01-01}]}]"),
		"ClaimEntry.identities":  required(`identities: ["github:1234567"]`),
		"ClaimEntry.employment":  required("employment: [{from: 2024-01-01}]"),
		"ClaimedWork.from":       required("from: 2024-01-01"),
		"ClaimedWork.fraction":   {above: true, most: 1},

		"Justification.indicator": {required: true, sample: "indicator: ports", words: indicatorNames()},
		"Justification.reason":    required("reason: the service needs the stable branches kept"),
		"Seal.format":             {required: true, sample: "format: " + model.SealFormat, words: []string{model.SealFormat}},
		"Seal.at":                 required("at: 2026-12-01"),
		"Seal.digest":             required("digest: what tender seal printed"),
		"Seal.parts":              required("parts: what tender seal wrote"),
	}
}

// rosterFormat is the format of people documents, which need no other reader.
const rosterFormat = "tributary"

// rosterFormats are the forms of rosters that a document may state.
func rosterFormats() []string {
	return []string{rosterFormat, "claim", "cncf", "cncf-users", "gitdm", "mailmap", "sortinghat", "stackalytics"}
}

func levelWords() []string {
	var words []string
	for _, l := range model.Levels() {
		words = append(words, string(l))
	}
	return words
}

// field is a key of a struct that documents spell.
type field struct {
	key   string
	index int
	limit limit
}

// fieldsOf returns a struct's keys in the order of its fields.
func fieldsOf(t reflect.Type, all map[string]limit) []field {
	var fields []field
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if key != "" && key != "-" {
			fields = append(fields, field{key, i, all[t.Name()+"."+key]})
		}
	}
	return fields
}
