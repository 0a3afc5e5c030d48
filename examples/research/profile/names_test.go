package profile_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/examples/research/profile"
)

// alone is a history in which jane and gus write from domains of their own, a robot from jane's too,
// and dan and eve from quarry.example.
const alone = `
person jane = Jane Doe <jane@jane-doe.example>
person gus = Gus Till <gus@gus-till.example>
person robot = renovate[bot] <renovate@jane-doe.example>
person dan = Dan <dan@quarry.example>
person eve = Eve <eve@quarry.example>
on main
commit a 2025-02-01 jane: Begin
  write a.c 20
commit b 2025-02-02 robot: Update
  write b.c 20
commit c 2025-02-03 gus: Mark the shallows
  write c.c 20
commit d 2025-02-04 dan: Mark them again
  write d.c 20
commit e 2025-02-05 eve: Light the beacons
  write e.c 20
commit f 2025-03-01 jane: Mend a word
  write doc.md 1
`

func forms(t *testing.T, w *profile.Waterfall) map[string]string {
	var text, table, j bytes.Buffer
	require.NoError(t, profile.Text(&text, w, profile.TextOptions{}))
	require.NoError(t, profile.CSV(&table, w))
	require.NoError(t, profile.JSON(&j, w))
	return map[string]string{"text": text.String(), "csv": table.String(), "json": j.String()}
}

// Domains of one person are not named, by no profile, and the steps still add up.
func TestDomainsOfOnePersonAreNotNamed(t *testing.T) {
	o, _ := tender(t, alone)
	for _, name := range profile.Names() {
		w, named := waterfall(t, name, o, profile.Options{Guess: true}), waterfall(t, name, o, profile.Options{Guess: true, Identify: true})
		for form, text := range forms(t, w) {
			for _, word := range []string{"jane", "gus"} {
				assert.NotContains(t, text, word, "%s: %s", name, form)
				assert.Contains(t, forms(t, named)[form], word, "%s: %s", name, form)
			}
			assert.Contains(t, text, "quarry.example", form)
			assert.Contains(t, text, discreet.Row, form)
		}
		addsUp(t, w.Steps)
		for i, s := range named.Steps {
			got := w.Steps[i]
			got.Organizations = s.Organizations
			assert.Equal(t, s, got, "in sum all is as it is with names")
		}
		assert.Equal(t, figures(named.Of("quarry.example")), figures(w.Of("quarry.example")))
	}
	w := waterfall(t, "osci", o, profile.Options{})
	// Of jane two commits, of gus one, and the robot's, which OSCI counts.
	assert.Equal(t, []string{"profile 4", "bot -1", "= changes 3", "small-text -0.75", "= credit 2.25"}, figures(w.Of(discreet.Row)))
	assert.Contains(t, w.Community, profile.Community{Organization: discreet.Row, AtLeast: 1, Addresses: 3})
}

// A second person names a domain.
func TestASecondPersonNamesADomain(t *testing.T) {
	o, _ := tender(t, "person hal = Hal <hal@jane-doe.example>\n"+alone+"commit g 2025-03-02 hal: Another\n  write g.c 9\n")
	text := forms(t, waterfall(t, "gitdm", o, profile.Options{Guess: true}))["csv"]
	assert.Contains(t, text, "jane-doe.example")
	assert.NotContains(t, text, "gus-till")
}
