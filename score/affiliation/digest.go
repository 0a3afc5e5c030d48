package affiliation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Digest identifies what the rosters of a tender state, whatever the order in which they
// state it: SHA-256. Two tenders with one digest have the same people, tables, and list of
// erased ones. The remarks on tables, and where they came from, are not part of it.
func Digest(t *model.Tender) [sha256.Size]byte { return sha256.Sum256(content(t)) }

// Secret derives a key from what the rosters of a tender state. It is the same wherever
// [Digest] is, and cannot be computed from it: digests are published with results. Whoever
// has the rosters has the key, and a tender without rosters has a key that everybody knows.
func Secret(t *model.Tender) [sha256.Size]byte {
	m := hmac.New(sha256.New, []byte("tributary-pseudonyms/1"))
	m.Write(content(t))
	return [sha256.Size]byte(m.Sum(nil))
}

// content writes what the rosters state, in an order of its own.
func content(t *model.Tender) []byte {
	type person struct {
		ID                     string
		Identities, Employment []string
	}
	people := func(list []model.Person, ids bool) []string {
		return sorted(list, func(p model.Person) any {
			c := person{Identities: sorted(p.Identities, itself), Employment: sorted(p.Employment, itself)}
			if ids {
				c.ID = p.ID
			}
			return c
		})
	}
	tables := sorted(t.Tables, func(b model.Table) any {
		return [][]string{people(b.People, false), sorted(b.Aliases, itself), sorted(b.Domains, itself), sorted(b.Names, itself), sorted(b.Bots, itself)}
	})
	text, err := json.Marshal([]any{people(t.People, true), tables, t.Erased})
	if err != nil {
		panic("affiliation: rosters cannot be written: " + err.Error()) // numbers are checked on reading
	}
	return text
}

func itself[T any](v T) any { return v }

// sorted writes a list so that its order makes no difference.
func sorted[T any](list []T, form func(T) any) []string {
	lines := make([]string, 0, len(list))
	for _, v := range list {
		line, err := json.Marshal(form(v))
		if err != nil {
			panic("affiliation: rosters cannot be written: " + err.Error())
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return lines
}
