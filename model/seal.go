package model

// SealFormat names the written form of a [Seal].
const SealFormat = "tributary-seal/1"

// Seal says what of a tender document was fixed before its notice. Digest is what the
// buyer publishes; it is computed over everything else in the seal, and each of Parts over
// what it names, so that whoever has the document can say which part differs.
//
// Bidders, and what comes with their bids, are not fixed. What that is, package score says.
type Seal struct {
	Format string `json:"format" doc:"Form of the seal and major version: tributary-seal/1."`
	At     Date   `json:"at" doc:"Day of the sealing, no later than the notice."`
	Digest string `json:"digest" doc:"What was published: SHA-256, 64 hexadecimal digits."`
	// Parts are SHA-256 digests by the name of the part.
	Parts map[string]string `json:"parts" doc:"SHA-256 of each part: method, window, terms, weights, rules, projects, tips, thresholds, indicators, lots, bots, vendors, rosters, decisions."`
	// Indicators that counted at the sealing, as "pillar/indicator", by project: what the
	// sources could show. A run that can show less, or more, is another criterion.
	Indicators map[string][]string `json:"indicators" doc:"By project: the indicators that counted at the sealing."`
	Vendors    []string            `json:"vendors" doc:"Vendors that the document had; others come with bids."`
	Rosters    map[string]string   `json:"rosters" doc:"SHA-256 of what each roster stated, by its file; others come with bids."`
	Decisions  []string            `json:"decisions" doc:"Decisions that the document had; later ones may touch identity, affiliation and gaps only."`
	Erased     int                 `json:"erased" doc:"Entries of the list of erased people. It may grow: nobody waits for a tender to be forgotten."`
}
