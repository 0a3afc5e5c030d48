// Package report renders a ranking: as text for a terminal, as CSV for a
// spreadsheet, as JSON for a program. No rendering decides anything; none holds a
// mail address. Persons appear under keyed pseudonyms unless their names are
// asked for.
package report

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// JSON writes the ranking as indented JSON, in the form that its types document. What could
// steer a terminal stands escaped.
func JSON(w io.Writer, r *model.Ranking) error { return WriteJSON(w, r) }

// People says how persons appear in evidence.
type People struct {
	Names bool   // under their names, as the source saw them
	Key   []byte // else under pseudonyms made with this key
}

// Person returns the name under which the person of a verdict appears, never a
// mail address. A pseudonym is the same for the same person and key. It cannot be
// computed from an address without the key, so a secret key keeps persons apart
// from their acts as far as the acts themselves do.
func (p People) Person(v model.Verdict) string { return p.Show(v.Person, v.Name) }

// Show returns the name under which a person appears of whom the key and the display name
// are known, as [People.Person] does.
func (p People) Show(person, name string) string {
	if person != "" && p.Names && name != "" && !strings.Contains(name, "@") {
		return name
	}
	return p.pseudonym(person)
}

// pseudonym returns the person's pseudonym, "" for nobody.
func (p People) pseudonym(person string) string {
	if person == "" {
		return ""
	}
	m := hmac.New(sha256.New, p.Key)
	m.Write([]byte(person))
	return "person-" + hex.EncodeToString(m.Sum(nil))[:12]
}

// Vendors writes who employed the person at an act.
func Vendors(v model.Verdict) string { return vendorsIn(v, "unknown", number) }

func vendorsIn(v model.Verdict, unknown string, number func(float64) string) string {
	var list []string
	for _, p := range v.Parts {
		name := cmp.Or(p.Vendor, unknown)
		if p.Part != model.Whole {
			name = fmt.Sprintf("%s %s %%", name, number(float64(p.Part)*100/model.Whole))
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// Levels writes the level of evidence for whom the person worked for, "" where there is none.
func Levels(v model.Verdict) string {
	var list []string
	for _, p := range v.Parts {
		if p.Level != "" && !slices.Contains(list, string(p.Level)) {
			list = append(list, string(p.Level))
		}
	}
	return strings.Join(list, ", ")
}

// Credits writes what an act earned.
func Credits(v model.Verdict) string {
	var list []string
	for _, c := range credited(v) {
		list = append(list, fmt.Sprintf("%s %s", c.Indicator, number(float64(c.Amount)/model.Whole)))
	}
	return strings.Join(list, ", ")
}

// credited adds up the credits of an act by indicator: those of a listing are by month.
func credited(v model.Verdict) []model.Credit {
	var list []model.Credit
	for _, c := range v.Credits {
		if n := len(list); n > 0 && list[n-1].Indicator == c.Indicator {
			list[n-1].Amount += c.Amount
			continue
		}
		list = append(list, c)
	}
	return list
}

func rank(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func meets(b *bool) string {
	if b == nil {
		return ""
	}
	if *b {
		return "meets"
	}
	return "does not meet"
}

// decimal writes an unknown figure as nothing, never as 0.
func decimal(x *float64, decimals int) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', decimals, 64)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
