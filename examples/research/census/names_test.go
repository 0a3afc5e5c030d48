package census_test

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/model"
)

// own are two projects in which ada writes from a domain of her own, bob and cyd from another
// one each, and dan and eve, one in each project, from quarry.example.
func own() (a, b *story) {
	a, b = &story{project: "a"}, &story{project: "b"}
	for _, s := range []*story{a, b} {
		s.covered(model.Complete, "", model.CommitFacts)
		s.commit("2025-02-03 10:00", "ada@ada-moor", 1, churn(model.CodeFiles, 1, 10, 1))
		s.commit("2025-02-04 10:00", "bob@bob-sand", 1, churn(model.CodeFiles, 1, 20, 2))
		s.commit("2025-02-06 10:00", "ada@ada-moor", 1, churn(model.CodeFiles, 1, 40, 4))
	}
	a.commit("2025-02-05 10:00", "dan@quarry", 1, churn(model.CodeFiles, 1, 80, 8))
	b.commit("2025-02-05 10:00", "eve@quarry", 1, churn(model.CodeFiles, 1, 160, 16))
	b.commit("2025-03-05 10:00", "cyd@cyd-vent", 1, churn(model.TestFiles, 1, 320, 32))
	return a, b
}

// tables are the names of all tables.
func tables() []string {
	return []string{"acts", "churn", "organisations", "coverage", "measures", "repositories"}
}

// Domains that nobody states and that one person is behind in all projects stand together; sums
// and measures are what they are with names.
func TestDomainsOfOnePersonAreNotNamed(t *testing.T) {
	a, b := own()
	c := open(t, tender("a", "b"))
	parts := []*census.Part{part(t, c, a), part(t, c, b)}
	m := write(t, c, parts...)
	named := writeAs(t, c, true, parts...)
	for name, text := range m {
		for _, word := range []string{"ada-moor", "bob-sand", "cyd-vent", "ada@", "dan@"} {
			assert.NotContains(t, string(text), word, name)
		}
	}
	assert.Contains(t, string(named["acts.csv"]), "ada-moor.example")
	assert.Contains(t, string(named["manifest.json"]), `"identified": true`)
	assert.Contains(t, string(named["datapackage.json"]), "may name persons")
	assert.Equal(t, named["measures.csv"], m["measures.csv"], "the measures are of the organisations apart")
	assert.Contains(t, m.table(t, "measures"), []string{"", "elephant_factor", "2", "organisations", "9", "complete", ""}, "ada 4 of 9, then 2")
	assert.Contains(t, m.table(t, "measures"), []string{"", "organisations", "4", "organisations", "9", "complete", ""})

	assert.Equal(t, [][]string{
		{"a", "(one-person domains)", "person", "2025-02", "code", "3", "70", "7"},
		{"a", "quarry.example", "person", "2025-02", "code", "1", "80", "8"},
		{"b", "(one-person domains)", "person", "2025-02", "code", "3", "70", "7"},
		{"b", "(one-person domains)", "person", "2025-03", "test", "1", "320", "32"},
		{"b", "quarry.example", "person", "2025-02", "code", "1", "160", "16"},
	}, m.table(t, "churn"))
	orgs := m.table(t, "organisations")
	require.Len(t, orgs, 2)
	// Two projects, three domains, three persons, seven commits of nine.
	assert.Equal(t, []string{"(one-person domains)", "3", "2", "3"}, orgs[0][:4])
	assert.Equal(t, []string{"7", "0.7777777777777778"}, orgs[0][5:7])
	assert.Equal(t, []string{"quarry.example", "1", "2", "2"}, orgs[1][:4])
	for _, table := range []string{"acts", "churn", "organisations"} {
		assert.Equal(t, sums(named.table(t, table)), sums(m.table(t, table)), "%s: the sums stay what they are", table)
	}
	slices.Reverse(parts[0].Acts)
	assert.Equal(t, m, write(t, c, parts...), "in whatever order a part has its rows")
}

// sums are those of the columns that hold nothing but numbers, without those of projects and of what
// rows stand for.
func sums(rows [][]string) map[int]float64 {
	of := map[int]float64{}
	for i := range rows[0] {
		sum := 0.0
		for _, r := range rows {
			x, err := strconv.ParseFloat(cmp.Or(r[i], "0"), 64)
			if err != nil {
				sum = -1
				break
			}
			sum += x
		}
		if i > 2 {
			of[i] = math.Round(sum*1e9) / 1e9 // shares are added up in another order
		}
	}
	return of
}

// A second person at a domain names it, in whichever project; the same one under another address of
// the domain and one name does not.
func TestASecondPersonNamesADomain(t *testing.T) {
	for _, test := range []struct {
		why, mail, name string
		named           bool
	}{
		{"somebody else", "gus@ada-moor", "Gus", true},
		{"her other address", "git@ada-moor", "ada@ada-moor.example", false},
	} {
		a, b := own()
		b.commit("2025-06-05 10:00", test.mail, 1, churn(model.CodeFiles, 1, 1, 1))
		for _, r := range b.records {
			if r.Contribution != nil && r.Contribution.Actor == who(test.mail) {
				r.Contribution.Actor.Name = test.name
			}
		}
		c := open(t, tender("a", "b"))
		m := write(t, c, part(t, c, a), part(t, c, b))
		assert.Equal(t, test.named, strings.Contains(string(m["acts.csv"]), "ada-moor.example"), test.why)
		for _, name := range tables() {
			for _, end := range []string{".csv", ".parquet"} {
				assert.True(t, test.named || !bytes.Contains(m[name+end], []byte("ada-moor")), "%s: %s", test.why, name+end)
				assert.NotContains(t, string(m[name+end]), "bob-sand")
			}
		}
	}
}

// What the document states is named, whoever is behind it.
func TestWhatADocumentStatesIsNamed(t *testing.T) {
	a, b := own()
	o := tender("a", "b")
	o.Vendors = map[string]model.Vendor{"moor": {Name: "Moor", Domains: []model.MailDomain{{Name: "ada-moor.example"}}}}
	o.Evidence = model.Profile
	c := open(t, o)
	m := write(t, c, part(t, c, a), part(t, c, b))
	assert.Contains(t, string(m["organisations.csv"]), "moor,1,2,1,")
	assert.Contains(t, string(m["organisations.csv"]), "(one-person domains),2,2,2,")
}

// A maintainer's credit of the window for a listing before it gives no name away, either.
func TestCreditsNameNobody(t *testing.T) {
	s := &story{project: "a"}
	s.covered(model.Complete, "", model.CommitFacts, model.RoleFacts)
	role := act(model.Maintainer, "ada@ada-moor", "2024-05-01 10:00")
	role.Artifact = model.NewArtifact(model.RoleArtifact, "MAINTAINERS")
	s.tell(model.Record{Contribution: &role})
	for _, day := range []string{"2025-02-03", "2025-03-03", "2025-04-03", "2025-05-03"} {
		s.commit(day+" 10:00", "ada@ada-moor", 1, churn(model.CodeFiles, 1, 10, 1))
	}
	c := open(t, tender("a"))
	p := part(t, c, s)
	require.True(t, slices.ContainsFunc(p.Acts, func(a census.Acts) bool { return a.Role == model.Maintainer && a.Credit > 0 && a.Acts == 0 }))
	for name, text := range write(t, c, p) {
		assert.NotContains(t, string(text), "ada-moor", name)
	}
}
