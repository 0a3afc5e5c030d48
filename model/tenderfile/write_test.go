package tenderfile_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

func written(t *testing.T, doc *model.Tender) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, tenderfile.Write(&b, doc, "SIMULATION\nsecond line"))
	return b.String()
}

// Whatever a document states comes back, also what is the contrary of a default.
func TestWrittenTendersReadAsTheSame(t *testing.T) {
	fsys := fstest.MapFS{}
	for _, name := range []string{"complete.yaml", "people.yaml", "erased.txt"} {
		b, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		fsys[name] = &fstest.MapFile{Data: b}
	}
	want, err := tenderfile.ReadFS(fsys, "complete.yaml")
	require.NoError(t, err)
	want.Minimum = model.Minimum{Effect: model.Zero}
	want.Shortlist, want.Rules.Mate = true, 0
	want.Weights[model.Reviews] = 0
	want.About.Title = "a \"b\": \u202eevil\u202c \U000e0041 <x> #no comment\n- é"
	want.Vendors["12e4"] = model.Vendor{Name: "null", Names: []model.VendorName{{Name: "2026-01-01"}, {Name: "true"}, {Name: "0x1f"}}}
	text := written(t, want)
	assert.True(t, strings.HasPrefix(text, "# SIMULATION\n# second line\nformat: tributary/1\n"), text)
	assert.NotContains(t, text, "\u202e")
	fsys["again.yaml"] = &fstest.MapFile{Data: []byte(text)}
	got, err := tenderfile.ReadFS(fsys, "again.yaml")
	require.NoError(t, err, text)
	assert.Equal(t, want, got)
	assert.Equal(t, text, written(t, got))
}

func TestWrittenTendersWithoutBidders(t *testing.T) {
	for _, bidders := range []model.Bidders{{All: true}, {List: []model.Bidder{}}} {
		doc := model.NewTender()
		doc.Window.Until, _ = model.ParseDate("2026-11-01")
		doc.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "r.git"}}}}
		doc.Bidders = bidders
		fsys := fstest.MapFS{"t.yaml": &fstest.MapFile{Data: []byte(written(t, doc))}}
		got, err := tenderfile.ReadFS(fsys, "t.yaml")
		require.NoError(t, err)
		assert.Equal(t, bidders, got.Bidders)
	}
}

// In a record rosters are withheld: nobody is missed, and a digest must be one.
func TestRecordsNeedNoRosters(t *testing.T) {
	doc := model.NewTender()
	doc.Window.Until, _ = model.ParseDate("2026-11-01")
	doc.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "r.git"}}}}
	doc.Mode = model.Award
	doc.Vendors = map[string]model.Vendor{"karst": {Name: "Karst"}}
	doc.Bidders.List = []model.Bidder{{ID: "karst", Vendors: []string{"karst"}, Staff: []string{"person-1"}}}
	doc.Withheld = map[string]string{"rosters/people.yaml": strings.Repeat("0a", 32)}
	fsys := fstest.MapFS{"t.yaml": &fstest.MapFile{Data: []byte(written(t, doc))}}
	got, err := tenderfile.ReadFS(fsys, "t.yaml")
	require.NoError(t, err)
	assert.Equal(t, doc.Withheld, got.Withheld)
	doc.Withheld["rosters/people.yaml"] = "0a"
	fsys["t.yaml"].Data = []byte(written(t, doc))
	_, err = tenderfile.ReadFS(fsys, "t.yaml")
	assert.ErrorContains(t, err, "no digest of 64 hexadecimal digits")
	doc.Withheld = nil
	fsys["t.yaml"].Data = []byte(written(t, doc))
	_, err = tenderfile.ReadFS(fsys, "t.yaml")
	assert.ErrorContains(t, err, "no roster states the person")
}
