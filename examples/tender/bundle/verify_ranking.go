package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// checkMethod holds the record of the method against the ranking and the document: every
// digest that can be computed from what the bundle holds, and those that others are made of.
func (o *Opened) checkMethod(v *Verified) error {
	m, r := o.Method, o.Ranking
	wrong := func(text string, a ...any) error {
		return &Difference{File: MethodFile, Text: fmt.Sprintf(text, a...)}
	}
	if !reflect.DeepEqual(m.Method, r.Method) || m.Status != r.Label() {
		return wrong("its method or status is not that of %s", RankingFile)
	}
	if digest := m.Basis.Digest(); digest != r.Method.Digest {
		return wrong("its basis makes the digest %s, and %s has %s", digest, RankingFile, r.Method.Digest)
	}
	if want := report.WithheldParts(o.Tender); !slices.Equal(want, m.Withheld) {
		return wrong("it says that %q is withheld, and %s withholds %q", m.Withheld, TenderFile, want)
	}
	if erased := o.Tender.Withheld[model.WithheldErased]; erased != "" && erased != m.Basis.Erased {
		return wrong("its digest of the list of erased people is not that of %s", TenderFile)
	}
	now := score.Rank(o.Tender, o.factsAlone())
	if now.Method.Parts["method"] != r.Method.Parts["method"] {
		return &Difference{File: MethodFile, Text: fmt.Sprintf("it was made by another version of the program, %.80q, with other rules or words than this one's; verify it with that version", m.Module), told: true}
	}
	withheld := map[string]bool{}
	for _, part := range m.Withheld {
		withheld[part] = true
	}
	if err := sameParts(now.Method.Parts, r.Method.Parts, withheld, MethodFile, "method.parts"); err != nil {
		return err
	}
	delete(withheld, "rosters") // the record states the digest of each
	if err := sameParts(score.MethodBasisOf(o.Tender, r).Parts, m.Basis.Parts, withheld, MethodFile, "basis.parts"); err != nil {
		return err
	}
	if len(m.Withheld) > 0 {
		v.Unproven = append(v.Unproven, "what is withheld from the document, of which there are digests: "+strings.Join(m.Withheld, ", "))
	}
	return o.checkSeal(withheld)
}

// sameParts holds digests by part against those computed here.
func sameParts(now, stated map[string]string, withheld map[string]bool, file, what string) error {
	all := maps.Clone(now)
	maps.Copy(all, stated)
	for _, part := range slices.Sorted(maps.Keys(all)) {
		if now[part] != stated[part] && !withheld[part] {
			return &Difference{File: file, Text: fmt.Sprintf("%s: the digest of %q is %.64s, and what the bundle holds of it makes %.64s", what, part, cmp.Or(stated[part], "missing"), cmp.Or(now[part], "none"))}
		}
	}
	return nil
}

// checkSeal holds what an official result says of its seal against the document.
func (o *Opened) checkSeal(withheld map[string]bool) error {
	r, s := o.Ranking, o.Tender.Seal
	switch {
	case r.Status == model.Simulation && r.Seal == "":
		return nil
	case r.Status != model.Official || r.Seal == "":
		return &Difference{File: RankingFile, Text: fmt.Sprintf("it is %.40q with the seal %.64q; a result is a SIMULATION without a seal or OFFICIAL with one", r.Status, r.Seal)}
	case s == nil:
		return &Difference{File: TenderFile, Text: "it is not sealed, and the result says that it is official"}
	case s.Digest != r.Seal || score.SealDigest(s) != r.Seal:
		return &Difference{File: TenderFile, Text: fmt.Sprintf("its seal makes the digest %s, and the result bears %.64s", score.SealDigest(s), r.Seal)}
	}
	return sameParts(score.SealParts(o.Tender), s.Parts, withheld, TenderFile, "seal.parts")
}

// factsAlone is a ledger of what the record of the method knows beside credits and counts.
func (o *Opened) factsAlone() *score.Ledger {
	l := &score.Ledger{Projects: map[string]*score.Facts{}}
	for _, p := range o.Method.Projects {
		if p.Mined {
			l.Projects[p.ID] = p.Facts()
		}
	}
	return l
}

// checkWhole computes the ranking again from all verdicts.
func (o *Opened) checkWhole(l *score.Ledger, v *Verified) error {
	if err := o.checkCounts(l); err != nil {
		return err
	}
	l.Merge(o.factsAlone())
	if err := sameTotals(o.Totals.Totals, score.Totals(o.Tender, l)); err != nil {
		return err
	}
	return o.checkRanking(score.Rank(o.Tender, l), l, v)
}

// checkCounts holds what the method's record says of the numbers of acts against the verdicts.
func (o *Opened) checkCounts(l *score.Ledger) error {
	seen := map[string]bool{}
	for _, p := range o.Method.Projects {
		seen[p.ID] = true
		var stated score.Facts
		p.Counts(&stated)
		made := l.Projects[p.ID]
		if made == nil {
			made = &score.Facts{}
		}
		for _, x := range []struct {
			what        string
			stated, got any
		}{
			{"acts read", stated.Read, made.Read}, {"acts counted", stated.Counted, made.Counted}, {"acts by rule", filled(stated.Rules), filled(made.Rules)},
			{"refused acts by rule", filled(stated.Refused), filled(made.Refused)}, {"contested acts", filled(stated.Contested), filled(made.Contested)},
		} {
			if !reflect.DeepEqual(x.stated, x.got) {
				return &Difference{File: MethodFile, At: at(p.ID, "", "", ""), Text: fmt.Sprintf("%s: %v, and the evidence has %v", x.what, x.stated, x.got)}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.Projects)) {
		if !seen[name] {
			return &Difference{File: EvidenceFile, At: at(name, "", "", ""), Text: "there are acts of this project, which " + MethodFile + " does not know"}
		}
	}
	return nil
}

func filled(m map[string]int64) map[string]int64 {
	if m == nil {
		return map[string]int64{}
	}
	return m
}

// sameTotals holds credits by month against those that the verdicts make.
func sameTotals(stated, made []model.Total) error {
	key := func(t model.Total) model.Total { t.Credit, t.Acts, t.People = 0, 0, 0; return t }
	figures := func(t model.Total) string {
		return fmt.Sprintf("%d millionths of credit in %d millionths of acts by %d people", t.Credit, t.Acts, t.People)
	}
	for i := range max(len(stated), len(made)) {
		switch {
		case i < len(stated) && i < len(made) && stated[i] == made[i]:
			continue
		case i < len(stated) && i < len(made) && key(stated[i]) == key(made[i]):
			return totalDifference(stated[i], fmt.Sprintf("%s, and the evidence makes %s", figures(stated[i]), figures(made[i])))
		case i < len(made) && (i >= len(stated) || before(made[i], stated[i])):
			return totalDifference(made[i], "it is left out, and the evidence makes "+figures(made[i]))
		}
		return totalDifference(stated[i], figures(stated[i])+", and the evidence makes nothing of the kind")
	}
	return nil
}

func before(a, b model.Total) bool {
	return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Bidder, b.Bidder), cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Month, b.Month)) < 0
}

func totalDifference(t model.Total, text string) error {
	return &Difference{File: TotalsFile, At: at(t.Project, cmp.Or(t.Bidder, "none"), string(t.Indicator), t.Month.String()), Text: text}
}

// checkRanking holds the ranking against one that was computed again. What only judging
// can compute is taken as it is stated, and said.
func (o *Opened) checkRanking(made *model.Ranking, l *score.Ledger, v *Verified) error {
	stated := o.Ranking
	made = report.RecordRanking(made, o.Tender, report.People{})
	made.Status, made.Seal, made.Method, made.Terms = stated.Status, stated.Seal, stated.Method, score.Terms(o.Tender)
	for i, d := range o.Tender.Decisions {
		shown := model.DecisionShown{Decision: d}
		if i < len(stated.Decisions) {
			shown.Effect = stated.Decisions[i].Effect
		}
		made.Decisions = append(made.Decisions, shown)
	}
	made.Contested = score.ContestedOf(o.Tender, l)
	for i := range made.Contested {
		if i < len(stated.Contested) {
			made.Contested[i].Outcomes = stated.Contested[i].Outcomes
		}
	}
	if err := o.checkWarnings(made.Warnings); err != nil {
		return err
	}
	made.Warnings = stated.Warnings
	if len(stated.Decisions) > 0 {
		v.Unproven = append(v.Unproven, "the effect of each decision on every bidder: it takes judging anew without it")
	}
	if len(stated.Contested) > 0 {
		v.Unproven = append(v.Unproven, "what would change if contested people belonged to one vendor: it takes judging anew")
	}
	if err := o.checkThresholds(); err != nil {
		return err
	}
	return sameRanking(made, stated)
}

// late are the beginnings of warnings that judging and certifying add.
var late = [...]string{"decision ", "vendor ", "roster ", "the list of erased people has "}

// checkWarnings sees that no warning is left out and none is made up.
func (o *Opened) checkWarnings(made []string) error {
	stated := o.Ranking.Warnings
	if o.Edition.For != Buyer {
		return nil // most of them are about persons' acts, which this edition does not have
	}
	for _, w := range made {
		if !slices.Contains(stated, w) && !(o.Ranking.Status == model.Official && slices.Contains(score.Unsealed(o.Tender), w)) {
			return &Difference{File: RankingFile, At: "warnings", Text: fmt.Sprintf("%.300q is left out", w)}
		}
	}
	for _, w := range stated {
		if !slices.Contains(made, w) && !slices.ContainsFunc(late[:], func(begin string) bool { return strings.HasPrefix(w, begin) }) {
			return &Difference{File: RankingFile, At: "warnings", Text: fmt.Sprintf("nothing in the bundle gives rise to %.300q", w)}
		}
	}
	return nil
}

func (o *Opened) checkThresholds() error {
	used := map[string][]model.IndicatorResult{}
	for _, p := range o.Method.Projects {
		used[p.ID] = p.Thresholds
	}
	for _, p := range o.Ranking.Projects {
		if !reflect.DeepEqual(used[p.ID], p.Indicators) {
			return &Difference{File: MethodFile, At: at(p.ID, "", "", ""), Text: "its thresholds are not the indicators of " + RankingFile}
		}
	}
	return nil
}
