package listing_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/listing"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// A size is read as it is written, in units of both kinds.
func TestSize(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1000000": 1e6, "1B": 1, "500MB": 5e8, "20GiB": 20 << 30, "1.5KiB": 1536, "2 TiB": 2 << 40} {
		var s listing.Size
		require.NoError(t, s.Set(text), text)
		assert.EqualValues(t, want, s, text)
		again := listing.Size(1)
		require.NoError(t, again.Set(s.String()))
		assert.Equal(t, s, again, "%s as %s", text, s)
	}
	for _, text := range []string{"", "lots", "-1", "1XB", "1e99", "NaN", "Inf", "1 2"} {
		var s listing.Size
		assert.ErrorContains(t, s.Set(text), "is no size", text)
	}
	assert.Equal(t, "4GiB", listing.Size(4<<30).String())
}

// Every bound has a flag, with what holds where it is not given, and is held to what it means.
func TestFlags(t *testing.T) {
	var f listing.Flags
	p := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.Add(p)
	require.NoError(t, p.Parse(nil))
	require.NoError(t, f.Check())
	assert.Equal(t, listing.Flags{KeepClones: true, Most: 4 << 30, Timeout: 30 * time.Minute, PerHost: 4, Tries: 3}, f)
	assert.ElementsMatch(t, []string{"keep-clones", "disk-budget", "most-bytes", "timeout", "projects-at-once", "per-host", "pause", "tries"}, listing.Names())
	for _, wrong := range []string{"--tries=0", "--per-host=0", "--projects-at-once=-1", "--timeout=-1s", "--pause=-1s"} {
		var f listing.Flags
		p := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.Add(p)
		require.NoError(t, p.Parse([]string{wrong}))
		assert.Error(t, f.Check(), wrong)
	}
}

// What became of a list is told by reasons, a line each, whatever servers say.
func TestSay(t *testing.T) {
	var out bytes.Buffer
	s := &batch.Summary{All: 2000, Mined: 1990, Skipped: 3, Spent: 90 * time.Second}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		s.Failed = append(s.Failed, batch.Failure{Project: name, Err: errors.New("it is \x1b[31mred\nand " + strings.Repeat("long", 200))})
	}
	listing.Say(&out, locale.English(), s)
	lines := strings.Split(out.String(), "\n")
	require.Len(t, lines, 3)
	assert.Equal(t, "1,990 of 2,000 projects mined, 3 mined before, 7 with gaps, in 1m30s", lines[0])
	assert.Regexp(t, `^      7  it is \x{fffd}\[31mred and long.*…: a, b, c, d, e and 2 more$`, lines[1])
	assert.Less(t, len(lines[1]), 400)

	// In French, a project is called what it is called, be it a word that is translated elsewhere.
	french, err := locale.Of("fr")
	require.NoError(t, err)
	s = &batch.Summary{All: 1500, Spent: time.Second}
	for _, name := range []string{"commits", "none", "reviews", "x.git", "y", "z"} {
		s.Failed = append(s.Failed, batch.Failure{Project: name, Err: errors.New("no branch matches \"main\"; there are master")})
	}
	out.Reset()
	listing.Say(&out, french, s)
	assert.Equal(t, "0 projets relevés sur 1~500, 0 relevés auparavant, 6 avec des lacunes, en 1s\n"+
		"      6  aucune branche ne correspond à \"main\"~; il y a master~: commits, none, reviews, x.git, y et 1 autre\n", strings.ReplaceAll(out.String(), " ", "~"))

	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		assert.Equal(t, want, listing.Thousands(locale.English(), n))
	}
}
