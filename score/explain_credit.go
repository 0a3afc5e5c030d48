package score

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// concerns reports whether a verdict that earned nothing for the bidder has to do with an
// indicator: it earned something there for others, or a rule took that, or its role says so.
func concerns(v model.Verdict, of model.Indicator) bool {
	for _, c := range v.Credits {
		if c.Indicator == of {
			return true
		}
	}
	for _, d := range v.Dropped {
		if d.Indicator == of {
			return true
		}
	}
	return len(v.Credits) == 0 && len(v.Dropped) == 0 && Would(v) == of
}

// Would returns the indicator that an act is after by its role, whatever a rule made of
// it; "" where acts of the role are shown and never scored.
func Would(v model.Verdict) model.Indicator {
	switch v.Role {
	case model.Author, model.CoAuthor:
		if v.Artifact.Kind() == model.IssueArtifact {
			return ""
		}
		if v.Rule == ruleSelf.String() {
			return model.Integration // of one's own changes, by a merge
		}
		return model.Changes
	case model.Reviewer, model.Tester, model.Acker:
		return model.ReviewsDone
	case model.Committer, model.Merger, model.Commander:
		return model.Integration
	case model.Releaser:
		return model.Releases
	case model.Backporter:
		return model.Ports
	case model.Triager, model.Responder:
		return model.Triage
	case model.Maintainer:
		return model.Stewardship
	case model.Remediator:
		return model.Security
	}
	return ""
}

// IndicatorsOf returns the indicators that a verdict has to do with, sorted.
func IndicatorsOf(v model.Verdict) []model.Indicator {
	var list []model.Indicator
	for _, c := range v.Credits {
		list = append(list, c.Indicator)
	}
	for _, d := range v.Dropped {
		list = append(list, d.Indicator)
	}
	if would := Would(v); len(list) == 0 && would != "" {
		return []model.Indicator{would}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// creditFormula writes how a credit was made: "1 · 1/2 (2 authors) · 0.75 (mate) · 60 % (of the
// working time)".
func creditFormula(v model.Verdict, c model.Credit, part int64) string {
	base := cmp.Or(c.Base, model.Whole)
	terms := []string{small(base)}
	if base != model.Whole {
		terms[0] += " (this kind of review)"
	}
	if c.Of > 1 {
		terms = append(terms, fmt.Sprintf("1/%d (%d authors)", c.Of, c.Of))
	}
	left := quo(big.NewRat(c.Amount*max(c.Of, 1), 1), big.NewRat(base, 1)) // what discounts left
	if d := new(big.Rat).Sub(left, big.NewRat(1, 1)); d.Abs(d).Cmp(big.NewRat(max(c.Of, 4), model.Whole)) > 0 {
		terms = append(terms, fmt.Sprintf("%s (%s)", fraction("", left).shown(), discountOf(v, c)))
	}
	if part > 0 && part < model.Whole {
		terms = append(terms, fmt.Sprintf("%s %% (of the working time is the bidder's)", fraction("", big.NewRat(part, model.Whole/100)).shown()))
	}
	if c.Of > 1 && model.Whole%c.Of != 0 {
		terms[len(terms)-1] += ", in millionths, of which the first authors get those that do not divide"
	}
	return strings.Join(terms, " · ")
}

// discountOf returns the rule that discounts a credit: small-text what one wrote, mate what
// one did with others' work.
func discountOf(v model.Verdict, c model.Credit) string {
	rule := ruleMate.String()
	if c.Indicator == model.Changes {
		rule = ruleSmallText.String()
	}
	if v.Rule == rule || slices.Contains(v.Touched, rule) {
		return rule
	}
	return "discounted"
}

// small writes a part of a whole as people say it.
func small(n int64) string {
	switch n {
	case model.Whole / 2:
		return "1/2"
	case model.Whole / 4:
		return "1/4"
	}
	return millionths(n)
}
