package tenderfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// peopleJSON writes a people document of n persons, each with two identities and
// two employments, as a program writes it: on one line.
func peopleJSON(n int) string {
	var b strings.Builder
	b.WriteString(`{"format":"tributary-people/1","people":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"p-%d","identities":["mail:p%[1]d@karst.example","github:%[1]d"],`+
			`"employment":[{"vendor":"karst","from":"2015-01-01","until":"2020-01-01"},`+
			`{"vendor":"independent","from":"2020-01-01"}]}`, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

const withPeople = small + "vendors: {karst: {}}\nrosters: [{file: people.json, format: tributary}]\n"

// BenchmarkReadPeople reads and checks a roster of 100,000 persons.
func BenchmarkReadPeople(b *testing.B) {
	const n = 100_000
	people := peopleJSON(n)
	fsys := files("t.yaml", withPeople, "people.json", people)
	b.SetBytes(int64(len(people)))
	b.ReportAllocs()
	for b.Loop() {
		tender, err := ReadFS(fsys, "t.yaml")
		require.NoError(b, err)
		require.Len(b, tender.People, n)
	}
}
