package score

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// patchOf returns the patch that has these elements, as a miner would.
func patchOf(keys []uint64) *model.Patch {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return &model.Patch{ID: fmt.Sprint(keys), Size: len(keys), Sketch: keys[:min(len(keys), model.SketchSize)]}
}

// No pair that is alike enough is missed, and no other one is linked: the groups
// are those that comparing every pair with every other would give.
func TestJoinMissesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	linked := 0
	for round := range 60 {
		b := &bench{Judge: &Judge{patches: map[int32]*model.Patch{}}}
		var commits []int32
		var all [][]uint64
		for i := range int32(60) {
			var keys []uint64
			if len(all) > 0 && r.IntN(3) > 0 { // a variant of an earlier one
				for _, k := range all[r.IntN(len(all))] {
					if r.IntN(10) > 0 {
						keys = append(keys, k)
					}
				}
			}
			for range r.IntN([]int{4, 12, 60, 400}[round%4]) {
				keys = append(keys, r.Uint64()&^1|r.Uint64()&1)
			}
			if len(keys) == 0 {
				continue
			}
			all = append(all, keys)
			b.patches[i] = patchOf(slices.Clone(keys))
			commits = append(commits, i)
		}
		earlier := func(x, y int32) int { return cmp.Compare(x, y) }
		for _, percent := range []int{50, 80, 100} {
			roots := func(link func()) (roots []int32) {
				b.origin = slices.Repeat([]int32{-1}, 60)
				link()
				for _, i := range commits {
					roots = append(roots, b.root(i))
				}
				return roots
			}
			want := roots(func() {
				for n, x := range commits {
					for _, y := range commits[:n] {
						p, q := b.patches[x], b.patches[y]
						common, of := p.Common(q)
						if common*100 >= of*percent && common > 0 && min(p.Size, q.Size)*100 >= max(p.Size, q.Size)*percent {
							b.link(x, y, earlier)
							linked++
						}
					}
				}
			})
			assert.Equal(t, want, roots(func() { b.joinAlike(commits, percent, false, earlier) }), "round %d, %d %%", round, percent)
		}
	}
	assert.Greater(t, linked, 1000)
}
