package affiliation_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// What holds on a day is what a roster says that states just the employments of that day,
// without dates; also before 1970 and at the ends of what dates can be.
func TestADayIsWhatHoldsOnIt(t *testing.T) {
	days := []model.Date{0, -1 << 31, date("0001-01-01"), date("1969-12-31"), date("1970-01-02"), date("2024-02-29"), date("2025-01-01"), date("9999-12-31"), 1<<31 - 1}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 3))
		doc := tender()
		p := model.Person{ID: "p", Identities: []string{"github:1"}}
		for range rng.IntN(12) {
			e := part([]string{"karst", "bigco", "lab"}[rng.IntN(3)], model.Levels()[rng.IntN(5)], []float64{1, 0.5, 0.25, 1.0 / 3}[rng.IntN(4)])
			e.From, e.Until = days[rng.IntN(len(days))], days[rng.IntN(len(days))]
			p.Employment = append(p.Employment, e)
		}
		doc.People = []model.Person{p}
		r := affiliation.NewRoster(doc)
		for _, d := range days[2:8] {
			var then []model.Employment
			for _, e := range p.Employment {
				if model.Within(d.Time(), e.From, e.Until) {
					e.From, e.Until = 0, 0
					then = append(then, e)
				}
			}
			doc.People = []model.Person{{ID: "p", Identities: p.Identities, Employment: then}}
			want, outcome := affiliation.NewRoster(doc).At("p", account(1), d.Time())
			got, same := r.At("p", account(1), d.Time())
			require.Equal(t, want, got, "seed %d, %s: %+v", seed, d, p.Employment)
			require.Equal(t, outcome, same)
		}
	}
}

// However many employments are stated of one person or one domain, and however they overlap,
// a roster of them is made in a moment: pairing them all would take hours.
func TestManyEmploymentsOfOnePerson(t *testing.T) {
	const many = 100_000
	for name, until := range map[string]func(n int) model.Date{"one after the other": func(n int) model.Date { return model.Date(n + 2) }, "all open": func(int) model.Date { return 0 }} {
		doc := tender()
		p, table := model.Person{Identities: []string{"github:1"}}, model.Table{}
		q := model.Person{Identities: []string{"github:2"}}
		for n := range many {
			listed := part("karst", model.Listed, 1/float64(n+1))
			listed.From, listed.Until = model.Date(n+1), until(n)
			p.Employment = append(p.Employment, listed)
			q.Employment = append(q.Employment, model.Employment{Vendor: fmt.Sprint("V ", n), From: model.Date(n + 1), Until: until(n)})
			table.Domains = append(table.Domains, model.DomainTenure{Domain: "x.example", Employer: fmt.Sprint("V ", n), From: model.Date(n + 1), Until: until(n)})
		}
		table.People = []model.Person{p, q}
		doc.Tables = []model.Table{table}
		r := affiliation.NewRoster(doc)
		parts, outcome := r.At("github:1", account(1), model.Date(many).Time())
		assert.Equal(t, "karst", parts[0].Vendor, name)
		assert.Equal(t, affiliation.Known, outcome, name)
		rivals := r.Rivals("github:2", account(2), model.Date(many).Time())
		assert.LessOrEqual(t, len(rivals), 64, name)
	}
}
