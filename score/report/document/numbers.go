package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/tributary-oss/tributary/model"
)

// number writes a number with as many decimals as it has.
func (w words) number(x float64) Text {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return Text(w.l.Number(x, len(decimals)))
}

// points writes points, which have two decimals.
func (w words) points(x float64) Text { return Text(w.l.Number(x, 2)) }

// percent writes a part of one as percent with as many decimals as it has, at most four.
func (w words) percent(x float64) Text {
	return w.T("%s %%", w.number(math.Round(float64(x*1e6))/1e4))
}

// innermost are the brackets of a formula that hold no others.
var innermost = regexp.MustCompile(`\([^()]*\)`)

// formula writes a formula of an explanation with the language's decimal sign and names.
// The names in it stand in brackets, behind the numbers that they belong to.
func (w words) formula(s string) Text {
	if said, ok := w.l.Say(s); ok {
		return Text(cleanUpTo(w.l.Formula(said), mostSentence))
	}
	var b strings.Builder
	at := 0
	for _, m := range innermost.FindAllStringIndex(s, -1) {
		inside := s[m[0]+1 : m[1]-1]
		if !strings.ContainsFunc(inside, unicode.IsLetter) {
			continue
		}
		b.WriteString(w.l.Formula(s[at:m[0]]) + "(" + string(w.say(inside)) + ")")
		at = m[1]
	}
	return Text(cleanUpTo(b.String()+w.l.Formula(s[at:]), mostSentence))
}

// amount writes a measured value with its unit: 40 reviews, 0.5 reviews; 0,5 relecture.
func (w words) amount(x float64, of model.Indicator, months bool) Text {
	return w.number(x) + "\u00a0" + w.unit(of, months, w.isOne(x))
}

// unit writes the unit of an indicator, in the singular or not.
func (w words) unit(of model.Indicator, months, one bool) Text {
	pick := func(singular, plural Text) Text {
		if one {
			return singular
		}
		return plural
	}
	if months {
		return pick(w.T("month"), w.T("months"))
	}
	switch of {
	case model.Integration:
		return pick(w.T("change of others"), w.T("changes of others"))
	case model.Changes, model.Translations, model.Upkeep:
		return pick(w.T("accepted change"), w.T("accepted changes"))
	case model.ReviewsDone:
		return pick(w.T("review"), w.T("reviews"))
	case model.Releases:
		return pick(w.T("day with a release"), w.T("days with a release"))
	case model.Ports:
		return pick(w.T("port"), w.T("ports"))
	case model.Security:
		return pick(w.T("advisory"), w.T("advisories"))
	case model.Triage:
		return pick(w.T("issue"), w.T("issues"))
	}
	return pick(w.T("credit"), w.T("credits"))
}

// isOne reports whether the language has the singular after a number: English after 1 alone,
// French below 2.
func (w words) isOne(x float64) bool {
	text := strconv.FormatFloat(math.Abs(x), 'f', -1, 64)
	_, decimals, _ := strings.Cut(text, ".")
	digits, _ := strconv.Atoi(decimals)
	tag := language.MustParse(w.l.Lang())
	return plural.Cardinal.MatchPlural(tag, int(math.Abs(x)), len(decimals), len(decimals), digits, digits) == plural.One
}
