package affiliation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// crowd is a tender with so many people, each with two addresses, an account and two
// employers one after the other.
func crowd(people int) *model.Tender {
	doc := tender()
	for n := range people {
		move := date("2020-01-01") + model.Date(n%2000)
		doc.People = append(doc.People, model.Person{ID: fmt.Sprint("p-", n),
			Identities: []string{fmt.Sprintf("mail:first.last%d@mail%d.example", n, n%500), fmt.Sprintf("mail:u%d@web.de", n), fmt.Sprint("github:", n)},
			Employment: []model.Employment{{Vendor: "karst", Until: move, Level: model.Listed}, {Vendor: "bigco", From: move, Level: model.Listed}}})
	}
	return doc
}

// A million look-ups at a date on 100,000 people are asked to take a second at most, and
// making a roster of them two with reading it.
func BenchmarkAt(b *testing.B) {
	const people = 100_000
	doc := crowd(people)
	r := affiliation.NewRoster(doc)
	queries := make([]struct {
		person string
		id     model.Identity
		at     time.Time
	}, 1_000_000)
	for n := range queries {
		who, q := n*7919%people, &queries[n]
		q.person, q.at = doc.People[who].ID, day("2018-01-01").Add(time.Duration(n%4000)*24*time.Hour)
		q.id = mail(fmt.Sprintf("First.Last%d@mail%d.example", who, who%500))
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		q := &queries[n%len(queries)]
		parts, _ := r.At(q.person, q.id, q.at)
		if len(parts) != 1 {
			b.Fatal(parts)
		}
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e3, "s/million")
}

func BenchmarkNewRoster(b *testing.B) {
	doc := crowd(100_000)
	b.ReportAllocs()
	for b.Loop() {
		affiliation.NewRoster(doc)
	}
}
