package score_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The document's word comes before the printed list, and persons are none.
func TestRobots(t *testing.T) {
	tender := model.NewTender()
	tender.Bots.Add = []string{"mail:nightly@ci.example"}
	tender.Bots.Exempt = []string{"mail:dependabot@ci.example"}
	robot, at := score.Robots(tender), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, want := range map[model.Identity]bool{
		{Name: "Nightly", Mail: "nightly@ci.example"}:             true,
		{Name: "renovate[bot]", Mail: "renovate@ci.example"}:      true,
		{Name: "dependabot[bot]", Mail: "dependabot@ci.example"}:  false,
		{Name: "Ada Moor", Mail: "ada@karst.example"}:             false,
		{Name: "x", Mail: "x@x.example", Type: model.BotAccount}:  true,
		{Name: "x", Mail: "x@x.example", Type: model.UserAccount}: false,
	} {
		assert.Equal(t, want, robot(name, at), name)
		assert.Equal(t, want, robot(name, at), "asked again: %v", name)
	}
}
