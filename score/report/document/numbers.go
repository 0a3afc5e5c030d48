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

var (
	decimalPoint = regexp.MustCompile(`([0-9])\.([0-9])`)
	innermost    = regexp.MustCompile(`\([^()]*\)`)
)

// formula writes a formula of an explanation with the language's decimal sign and names.
// The names in it stand in brackets, behind the numbers that they belong to.
func (w words) formula(s string) Text {
	said, _ := w.l.Say(s)
	mark := strings.Trim(w.l.Number(0.5, 1), "05")
	decimals := func(part string) string {
		part = decimalPoint.ReplaceAllString(part, "${1}"+mark+"${2}")
		return part
	}
	var b strings.Builder
	at := 0
	for _, m := range innermost.FindAllStringIndex(said, -1) {
		b.WriteString(decimals(said[at:m[0]]))
		name := said[m[0]+1 : m[1]-1]
		if !strings.ContainsFunc(name, unicode.IsLetter) {
			b.WriteString("(" + decimals(name) + ")")
		} else {
			b.WriteString("(" + string(w.say(name)) + ")")
		}
		at = m[1]
	}
	return Text(cleanUpTo(b.String()+decimals(said[at:]), mostSentence))
}

// amount writes a measured value with its unit: 40 reviews, 0.5 reviews; 0,5 relecture.
func (w words) amount(x float64, of model.Indicator, months bool) Text {
	n := w.number(x)
	one := w.isOne(x)
	if months {
		if one {
			return w.T("%s month", n)
		}
		return w.T("%s months", n)
	}
	switch of {
	case model.Integration:
		if one {
			return w.T("%s change of others", n)
		}
		return w.T("%s changes of others", n)
	case model.Changes, model.Translations, model.Upkeep:
		if one {
			return w.T("%s change", n)
		}
		return w.T("%s changes", n)
	case model.ReviewsDone:
		if one {
			return w.T("%s review", n)
		}
		return w.T("%s reviews", n)
	case model.Releases:
		if one {
			return w.T("%s day with a release", n)
		}
		return w.T("%s days with a release", n)
	case model.Ports:
		if one {
			return w.T("%s port", n)
		}
		return w.T("%s ports", n)
	case model.Security:
		if one {
			return w.T("%s advisory", n)
		}
		return w.T("%s advisories", n)
	case model.Triage:
		if one {
			return w.T("%s issue", n)
		}
		return w.T("%s issues", n)
	}
	return w.T("%s credits", n)
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
