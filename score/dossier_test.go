package score_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// A request of access gets what is held about one person, and nothing about anybody else.
func TestAboutOnePerson(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{{File: "t", People: []model.Person{{Identities: []string{"mail:una@web.de"}}},
		Aliases: []model.Alias{{From: model.Identity{Name: "Sol", Mail: "sol@web.de"}, To: model.Identity{Mail: "sol@gmail.com"}}}}}
	s := newStory()
	s.commit(act{by: "Una <una@web.de>", taker: mia, at: "2025-08-04"})
	s.commit(act{by: "Lee <7+lee@users.noreply.github.com>", taker: mia, at: "2025-08-05"})
	for asked, want := range map[string]struct{ acts, rosters int }{
		"mail:Una@web.de":        {1, 1},
		"una@web.de":             {1, 1},
		"github:7":               {1, 0},
		"github/Lee":             {1, 0},
		"gitlab.com/lee":         {0, 0}, // the name on another forge
		"forge.example:8443/lee": {0, 0},
		"github:8":               {0, 0},
		"nobody":                 {0, 0}, // no identity at all
		"":                       {0, 0},
		"/":                      {0, 0},
	} {
		d, err := score.About(doc, asked, s.stream)
		require.NoError(t, err)
		assert.Len(t, d.Acts, want.acts, asked)
		assert.Len(t, d.Rosters, want.rosters, asked)
		assert.Len(t, d.Identities, want.acts, asked)
	}
}
