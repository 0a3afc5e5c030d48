package score

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every name is found under its number and no other one is, also where names end or
// begin alike.
func TestIndexFindsNames(t *testing.T) {
	var commits chunks[commit]
	x := newIndex(&commits)
	name := func(n int) (h hash) {
		binary.LittleEndian.PutUint32(h[n%3*8:], uint32(n/3+1))
		return h
	}
	for n := range 10_000 {
		_, known := x.find(name(n))
		assert.False(t, known)
		x.put(commits.add(commit{hash: name(n)}))
	}
	for n := range 10_000 {
		i, ok := x.find(name(n))
		assert.True(t, ok)
		assert.Equal(t, int32(n), i)
	}
	_, ok := x.find(hash{})
	assert.False(t, ok)
	_, ok = x.find(name(10_000))
	assert.False(t, ok)
}
