package score

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What occurs twice is never missed, and of what occurs once little is taken for more.
func TestOftenMissesNothing(t *testing.T) {
	for _, n := range []int{1, 100, 30_000} {
		o := newOften(n)
		for h := range uint64(n) {
			o.note(h)
			if h%10 == 0 {
				o.note(h)
			}
		}
		wrong := 0
		for h := range uint64(n) {
			assert.True(t, o.seen(h))
			if h%10 == 0 {
				assert.True(t, o.again(h))
			} else if o.again(h) {
				wrong++
			}
		}
		assert.LessOrEqual(t, wrong, n/8+1)
		unseen := 0
		for h := range uint64(n) {
			if o.seen(h + 1<<40) {
				unseen++
			}
		}
		assert.LessOrEqual(t, unseen, n/8+1)
	}
}
