package census_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/census"
)

// squeezed compresses a text as parts are.
func squeezed(t testing.TB, text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// What is no part of this census is refused, whatever it holds.
func TestTextsThatAreNoParts(t *testing.T) {
	c := open(t, tender("lib"))
	digest := c.Digest("lib")
	whole := `{"format":"tributary-part/3","project":"lib","digest":"` + digest + `",`
	for text, says := range map[string]string{
		`{"format":"tributary-part/2","project":"lib","acts":[{"organisation":"x"}]}`: `its format is "tributary-part/2", and this version reads tributary-part/3`,
		`{"format":"tributary-part/4"}`:                                               `its format is "tributary-part/4"`,
		`{}`:                                                                          "other repositories",
		`{`:                                                                           "unexpected end",
		whole + `"acts":[0,0,0,0,0,0,0,0]}`:                                           "a row is not whole",
		whole + `"churn":[0,0,0,0,0,0]}`:                                              "a row is not whole",
		whole + `"names":["x"],"seen":[1,0,0,0]}`:                                     "a row names what is not there",
		whole + `"names":["x"],"people":[0,-1,0,0]}`:                                  "a row names what is not there",
		whole + `"acts":["x"]}`:                                                       "cannot unmarshal",
		whole + `"names":[]}`:                                                         "ledger",
	} {
		_, err := c.Decode(squeezed(t, text))
		assert.ErrorIs(t, err, census.ErrPart, text)
		assert.ErrorContains(t, err, says, text)
	}
}

// No text makes the reader panic; what it takes can be written again.
func FuzzDecode(f *testing.F) {
	c, err := census.New(tender("lib"))
	require.NoError(f, err)
	s := lib()
	p, err := c.Part("lib", s.all())
	require.NoError(f, err)
	b, err := c.Encode(p)
	require.NoError(f, err)
	z, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(f, err)
	var text strings.Builder
	_, err = io.Copy(&text, z)
	require.NoError(f, err)
	f.Add(text.String())
	f.Fuzz(func(t *testing.T, text string) {
		p, err := c.Decode(squeezed(t, text))
		if err != nil {
			require.ErrorIs(t, err, census.ErrPart)
			return
		}
		again, err := c.Encode(p)
		require.NoError(t, err)
		got, err := c.Decode(again)
		require.NoError(t, err)
		require.Equal(t, p, got)
	})
}
