package score

import (
	"encoding/hex"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// MethodBasis is what the digest of a ranking's method is made of: the digest of each part
// of the document that moves a score, as it was used, and that of the list of erased people.
// Whoever has these can compute [model.MethodID.Digest] without the document, and of each
// part for which the document is at hand whether it is that part's.
type MethodBasis struct {
	Parts  map[string]string `json:"parts"`  // SHA-256 by the name of the part, hexadecimal
	Erased string            `json:"erased"` // SHA-256, hexadecimal
}

// MethodBasisOf computes the basis of a ranking that was made from the tender. Of a record
// (see [model.Tender.Withheld]) the rosters' digests are those that it states; other parts
// of which something is withheld come out as others than they were.
func MethodBasisOf(t *model.Tender, r *model.Ranking) MethodBasis {
	b := bearing{vendors: slices.Sorted(maps.Keys(t.Vendors)), rosters: rosters(t), decisions: names(t.Decisions), indicators: counted(r)}
	tips, used := map[string][]model.TipShown{}, map[string][]model.IndicatorResult{}
	for _, p := range r.Projects {
		tips[p.ID], used[p.ID] = p.Tips, p.Indicators
	}
	b.tips, b.thresholds = tips, used
	erased := affiliation.Digest(&model.Tender{Erased: t.Erased})
	return MethodBasis{Parts: b.digests(t), Erased: hex.EncodeToString(erased[:])}
}

// Digest is the digest of the method: SHA-256 of the canonical JSON of a list,
// ["tributary-method/1", parts by name, erased].
func (b MethodBasis) Digest() string { return digest("tributary-method/1", b.Parts, b.Erased) }

// SealParts computes the digests of the parts that a tender's seal fixes, by name, as the
// document states them now; nil where it is not sealed. What [MethodBasisOf] says of records
// holds here too.
func SealParts(t *model.Tender) map[string]string {
	if t.Seal == nil {
		return nil
	}
	return sealedParts(t)
}

// RosterDigests returns the SHA-256 of what each roster of a tender states, by its file, in
// hexadecimal digits. People of a tender made by hand, who are in no file, come under "".
func RosterDigests(t *model.Tender) map[string]string { return rosters(t) }

// ContestedOf counts the acts of contested people in a ledger, as rankings show them, but
// without what each outcome would change: that takes the records.
func ContestedOf(t *model.Tender, l *Ledger) []model.ContestedShown {
	acts := map[string]int64{}
	for _, f := range l.Projects {
		for key, n := range f.Contested {
			acts[key] += n
		}
	}
	return contestedBy(t, acts)
}

// Unsealed returns the warnings that every ranking of a sealed tender bears until it is
// certified; none of one that is not sealed.
func Unsealed(t *model.Tender) []string { return unsealed(t) }
