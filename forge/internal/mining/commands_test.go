package mining_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// What Orders keeps of a comment gives the commands that the comment gives.
func TestOrders(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, text := range []string{
		"", "hello", "/lgtm", "  /LGTM  \nthanks", "a\n/lgtm\nb\n/lgtm cancel\nc\n/approve", "```go\n/merge\n```\n/merge", "~~~\n/merge", "> /merge",
		"/merge " + long, "bors r=" + long, "@mergifyio queue\n\n@dependabot squash and merge", "```" + long + "\n/merge\n```\n/approve no-issue", "bors: r+\nbors r-",
	} {
		kept := mining.Orders(text, 4000)
		assert.Equal(t, mining.Commands([]string{text}), mining.Commands([]string{kept}), "%.80q", text)
		assert.LessOrEqual(t, len(kept), min(len(text)+1, 600))
	}
	assert.Equal(t, "/lgtm\n/merge now\n", mining.Orders("Hello\n/lgtm\nthere\n /Merge now\r\nend", 4000))
	assert.Equal(t, "/lgtm\n", mining.Orders(strings.Repeat("/lgtm\n", 1000), 10), "no more than may be kept")
}

func TestTimeless(t *testing.T) {
	var p mining.Progress
	for _, key := range []string{"change/9", "change/7", "change/9", "change/8"} {
		p.Timed(key, false)
	}
	p.Timed("change/5", true)
	p.Timed("change/8", true)
	assert.Equal(t, []string{"change/7", "change/9"}, p.Timeless)
	c := p.Coverage(nil)
	assert.Equal(t, model.Partial, c.State)
	assert.Equal(t, "2 changes without a time of merge", c.Reason)
	p.Begin(start, start, "")
	assert.Empty(t, p.Timeless, "all is read anew")
}
