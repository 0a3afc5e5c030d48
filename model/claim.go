package model

// ClaimFormat names the form of claims that this version reads and writes.
const ClaimFormat = "tributary-claim/1"

// Claim is a document in which a vendor lists its people and the days on which they
// work, or worked, for it. The vendor signs it, and each person may confirm their own
// entry: the signatures lie in files beside it. It holds no names.
type Claim struct {
	Format  string       `json:"format" doc:"Document format and major version: tributary-claim/1."`
	Vendor  string       `json:"vendor" doc:"The vendor's short name in the tender."`
	Tender  string       `json:"tender" doc:"Reference of the one tender that it is for. Absent: any."`
	Issued  Date         `json:"issued" doc:"Day of the claim. Keys must have been their owners' on this day."`
	Expires Date         `json:"expires" doc:"First day on which it is no longer valid."`
	People  []ClaimEntry `json:"people" doc:"The entries, one for each person."`
}

// ClaimEntry is what a claim states of one person.
type ClaimEntry struct {
	Identities []string      `json:"identities" doc:"mail:ADDRESS, or HOST:ID with the numeric id of a forge account, such as github:1234567."`
	Employment []ClaimedWork `json:"employment" doc:"The days of work for the vendor."`
	Line       int           `json:"-"` // where the entry begins, from 1
}

// ClaimedWork is work for the claim's vendor on the days [From, Until).
type ClaimedWork struct {
	From     Date     `json:"from" doc:"First day."`
	Until    Date     `json:"until" doc:"First day after. Absent: still."`
	Fraction *float64 `json:"fraction" doc:"Part of the working time, above 0 and at most 1. Absent: 1."`
}

// Employment returns the work as rosters have it, without level and source.
func (w ClaimedWork) Employment(vendor string) Employment {
	return Employment{Vendor: vendor, From: w.From, Until: w.Until, Fraction: w.Fraction}
}
