package score

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// crowded is a ledger of 50 projects with 300 people each and 36 months, of a tender with 20
// bidders and two lots: a few people do most, most do little, a third belongs to nobody
// known.
func crowded() (*model.Tender, *Ledger) {
	doc, l := invented(1, 20, 50, 0)
	rng := rand.New(rand.NewPCG(1, 1))
	first := model.MonthOf(doc.Window.Period().Since)
	busy := []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Triage, model.Upkeep, model.Ports, model.Releases, model.Stewardship}
	for p := range 50 {
		for n := range 300 {
			c := Cell{Project: fmt.Sprintf("p%02d", p), Person: fmt.Sprintf("mail:%d@x.example", rng.IntN(8000)), Level: model.Domain}
			c.Vendor = fmt.Sprintf("v%02d", rng.IntN(40)) // half of them do not bid
			switch rng.IntN(12) {
			case 0, 1, 2, 3:
				c.Vendor, c.Level = "", ""
			case 4:
				c.Vendor, c.Level, c.Claimed = "", "", "v01\nv02"
			}
			active := 1 + int(35*math.Pow(rng.Float64(), 4))
			kinds := 1 + int(7*math.Pow(float64(n+1), -0.3))
			for m := range active {
				for _, i := range busy[:kinds] {
					c.Indicator, c.Month = i, first+model.Month((m+n)%36)
					l.add(c, Amount{int64(1+rng.IntN(4)) * model.Whole / 2, int64(1+rng.IntN(4)) * model.Whole})
				}
			}
		}
	}
	return doc, l
}

// BenchmarkSensitivity takes 1,000 draws of both kinds, and all else that a ledger tells.
func BenchmarkSensitivity(b *testing.B) {
	doc, l := crowded()
	b.Logf("%d cells", len(l.Cells))
	b.ReportAllocs()
	for b.Loop() {
		_, err := SensitivityOf(doc, l, nil)
		require.NoError(b, err)
	}
}

// BenchmarkDraws takes the draws alone, of a study that is made.
func BenchmarkDraws(b *testing.B) {
	doc, l := crowded()
	s := newStudy(doc, l, rank(doc, l))
	o, _, err := (&SensitivityOptions{}).checked()
	require.NoError(b, err)
	a := valuesOf(Assumptions())
	b.Run("measurement", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.measurement(o, a)
		}
	})
	b.Run("specification", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.specification(o, a)
		}
	})
}
