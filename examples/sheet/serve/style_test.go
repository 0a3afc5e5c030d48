package serve

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// luminance is that of WCAG 2.2 of a colour written as #rgb or #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	if len(hex) == 4 {
		hex = "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// Texts stand out by 4.5 to 1, and what bounds a choice or shows the focus by 3 to 1, in
// light and in dark.
func TestColoursStandOut(t *testing.T) {
	blocks := regexp.MustCompile(`:root \{([^}]*)\}`).FindAllStringSubmatch(pageStyle, -1)
	require.Len(t, blocks, 2)
	for _, block := range blocks {
		colour := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): (#[0-9a-f]+)`).FindAllStringSubmatch(block[1], -1) {
			colour[m[1]] = luminance(t, m[2])
		}
		require.Len(t, colour, 6)
		for _, pair := range []struct {
			a, b  string
			least float64
		}{{"ink", "paper", 4.5}, {"ink", "soft", 4.5}, {"warn", "paper", 4.5}, {"link", "paper", 4.5}, {"line", "paper", 3}, {"line", "soft", 3}, {"link", "soft", 3}} {
			a, b := colour[pair.a], colour[pair.b]
			assert.GreaterOrEqual(t, (max(a, b)+0.05)/(min(a, b)+0.05), pair.least, "%s on %s: %s", pair.a, pair.b, block[1])
		}
	}
}
