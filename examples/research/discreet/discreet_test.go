package discreet_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
)

// signs are those of a person's key, address and name.
func signs(person, mail, name string) []uint64 {
	return []uint64{discreet.Sign(person), discreet.Sign(mail), discreet.Sign(name)}
}

// An organisation is named once two people are behind it, whatever they are known by.
func TestOnePersonIsNotNamed(t *testing.T) {
	jane := signs("mail:jane@jane-doe.example", "jane@jane-doe.example", "Jane Doe")
	for _, c := range []struct {
		why  string
		more [][]uint64
		want string
	}{
		{"nobody else", nil, discreet.Row},
		{"herself", [][]uint64{jane}, discreet.Row},
		{"another address, the same name", [][]uint64{signs("mail:git@jane-doe.example", "git@jane-doe.example", " jane  DOE")}, discreet.Row},
		{"another key for the same address", [][]uint64{signs("p-jane", "Jane@Jane-Doe.example", "J.")}, discreet.Row},
		{"without a name", [][]uint64{signs("mail:jane@jane-doe.example", "", "")}, discreet.Row},
		{"two that a third one joins", [][]uint64{signs("k", "k@jane-doe.example", "K"), signs("k", "jane@jane-doe.example", "")}, discreet.Row},
		{"somebody else", [][]uint64{signs("mail:bob@jane-doe.example", "bob@jane-doe.example", "Bob Sand")}, "jane-doe.example"},
		{"somebody else without a name", [][]uint64{signs("mail:bob@jane-doe.example", "bob@jane-doe.example", "")}, "jane-doe.example"},
	} {
		d := discreet.New(model.NewTender())
		d.Saw("jane-doe.example", jane...)
		for _, s := range c.more {
			d.Saw("jane-doe.example", s...)
		}
		assert.Equal(t, c.want, d.Of("jane-doe.example"), c.why)
	}
}

// What somebody states is named, and so is what is no domain.
func TestWhatIsStatedIsNamed(t *testing.T) {
	o := model.NewTender()
	o.Vendors = map[string]model.Vendor{
		"karst":           {Name: "Karst.Works", Names: []model.VendorName{{Name: "old.karst.works"}}, Domains: []model.MailDomain{{Name: "mail.karst.example"}}},
		"moraine.example": {},
	}
	o.People = []model.Person{{ID: "p", Employment: []model.Employment{{Vendor: "own.example"}}}}
	o.Tables = []model.Table{{People: []model.Person{{ID: "q", Employment: []model.Employment{{Vendor: "Table.example"}}}},
		Domains: []model.DomainTenure{{Domain: "eng.tenure.example", Employer: "Tenure.Inc"}},
		Names:   []model.EmployerName{{Name: "x", Employer: "named.example"}}}}
	o.Decisions = []model.Decision{{Decide: "vendor: decided.example"}}
	d := discreet.New(o)
	for _, name := range []string{"Karst.Works", "old.karst.works", "karst.example", "moraine.example", "own.example", "table.example",
		"tenure.example", "tenure.inc", "named.example", "decided.example", "", "(Unknown)", "independent", "academic"} {
		d.Saw(name, discreet.Sign("one"))
		assert.Equal(t, name, d.Of(name))
		assert.False(t, d.MayHide(name), name)
	}
	assert.Equal(t, discreet.Row, d.Of("nobody-seen.example"), "of whom nobody is known, nothing is said")
	assert.Equal(t, "jane-doe.example", discreet.Identified().Of("jane-doe.example"))
}

// In whatever order people are seen, as many are found as a search from each one finds.
func TestGroupsInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		acts := make([][]uint64, 1+r.IntN(6))
		for i := range acts {
			acts[i] = []uint64{r.Uint64N(5), 10 * r.Uint64N(5), 100 * r.Uint64N(5)}
		}
		d := discreet.New(model.NewTender())
		for _, s := range acts {
			d.Saw("x.example", s...)
		}
		want := discreet.Row
		if groups(acts) > 1 {
			want = "x.example"
		}
		assert.Equal(t, want, d.Of("x.example"), "%v", acts)
		r.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
		again := discreet.New(model.NewTender())
		for _, s := range acts {
			again.Saw("x.example", s...)
		}
		assert.Equal(t, want, again.Of("x.example"))
	}
}

// groups counts those who share no sign, by joining two acts at a time until nothing moves.
func groups(acts [][]uint64) int {
	var sets []map[uint64]bool
	for _, s := range acts {
		set := map[uint64]bool{}
		for _, x := range s {
			if x != 0 {
				set[x] = true
			}
		}
		if len(set) > 0 {
			sets = append(sets, set)
		}
	}
	for {
		i, j := sharing(sets)
		if j == 0 {
			return len(sets)
		}
		maps.Copy(sets[i], sets[j])
		sets = slices.Delete(sets, j, j+1)
	}
}

// sharing returns the places of two sets that share a sign; the second is 0 where none do.
func sharing(sets []map[uint64]bool) (i, j int) {
	for j := range sets {
		for i := range j {
			for x := range sets[j] {
				if sets[i][x] {
					return i, j
				}
			}
		}
	}
	return 0, 0
}
