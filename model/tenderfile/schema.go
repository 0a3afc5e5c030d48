package tenderfile

import (
	"bytes"
	_ "embed"
)

//go:embed tender-1.schema.json
var tenderSchema []byte

//go:embed people-1.schema.json
var peopleSchema []byte

//go:embed claim-1.schema.json
var claimSchema []byte

// Schema returns the JSON Schema (draft 2020-12) of tender documents, as a copy.
// Editors that know it complete and check keys while one writes. It states keys,
// types, words and ranges; references and dates are checked by [Read] only.
func Schema() []byte { return bytes.Clone(tenderSchema) }

// PeopleSchema is [Schema] for the people documents that a tender names as rosters.
func PeopleSchema() []byte { return bytes.Clone(peopleSchema) }

// ClaimSchema is [Schema] for the claims that bidders hand in.
func ClaimSchema() []byte { return bytes.Clone(claimSchema) }
