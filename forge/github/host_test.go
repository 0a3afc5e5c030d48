package github_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/model"
)

// A host of an intranet has accounts of its own.
func TestAHostThatIsCalledGithub(t *testing.T) {
	p := forgetest.Large(30)
	d := newDesk(t, githubtest.New(t, p), p)
	d.source = d.newSource(func(o *github.Options) { o.Host = "github" })
	text, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://github/" + p.FullName()}, window))
	require.NoError(t, err)
	assert.Contains(t, text, `"account":"github.:1`)
	assert.NotContains(t, text, `"account":"github:`)
}
