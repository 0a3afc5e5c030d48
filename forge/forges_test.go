package forge_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
)

// stating is a source that states records and may fail at the end.
type stating struct {
	records []model.Record
	err     error
	began   chan struct{}   // closed at the beginning, where not nil
	until   <-chan struct{} // when it may end; nil at once
	ended   chan struct{}   // closed at the end, where not nil
}

func (s stating) Mine(ctx context.Context, _ model.Repository, _ model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		if s.began != nil {
			close(s.began)
		}
		if s.ended != nil {
			defer close(s.ended)
		}
		for _, r := range s.records {
			if !yield(r, nil) {
				return
			}
		}
		if s.until != nil {
			select {
			case <-s.until:
			case <-ctx.Done():
				return
			}
		}
		if s.err != nil {
			yield(model.Record{}, s.err)
		}
	}
}

func covered(k model.Kind) model.Record {
	return model.Record{Coverage: &model.Coverage{Kind: k, State: model.Complete}}
}

// lines mines and writes down what comes, short.
func lines(t *testing.T, doc *model.Tender, hosts forge.Hosts) (got []string) {
	for r, err := range forge.Mine(t.Context(), doc, hosts, nil) {
		var gap *forge.GapError
		switch c := r.Coverage; {
		case errors.As(err, &gap):
			got = append(got, "gap "+gap.Err.Error())
		case err != nil:
			got = append(got, err.Error())
		default:
			got = append(got, fmt.Sprintf("%s %s %s", c.Source, c.Kind, c.State))
		}
	}
	return got
}

func on(forgeName string) *model.Tender {
	doc := tender()
	doc.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "https://github.com/a/b", Forge: forgeName}}}}
	return doc
}

func TestTheForgeSpeaksAfterGit(t *testing.T) {
	hosts := forge.Hosts{
		forge.Git:    stating{records: []model.Record{covered(model.CommitFacts), covered(model.ReviewFacts)}},
		forge.GitHub: stating{records: []model.Record{covered(model.ReviewFacts)}},
	}
	want := []string{"git commits complete", "git reviews complete", "github reviews complete"}
	assert.Equal(t, want, lines(t, on(""), hosts), "recognised by the host")
	assert.Equal(t, want, lines(t, on("github"), hosts))
	assert.Equal(t, want[:2], lines(t, on("none"), hosts))
	assert.Equal(t, want[:2], lines(t, on("gitea"), hosts), "there is no source for it")
}

// A host's own source goes before that of its kind, and needs no kind.
func TestASourceForOneHost(t *testing.T) {
	doc := tender()
	doc.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{
		{URL: "https://github.com/a/b"}, {URL: "https://Forge.Example:8443/a/b"}, {URL: "git@forge.example:a/b", Forge: "none"}, {URL: "https://other.example/a/b", Forge: "github"},
	}}}
	own := func(k model.Kind) forge.Source { return stating{records: []model.Record{covered(k)}} }
	hosts := forge.Hosts{forge.Git: own(model.CommitFacts), forge.GitHub: own(model.MergeFacts),
		"github.com": own(model.ReviewFacts), "forge.example:8443": own(model.IssueFacts), "forge.example": own(model.ReleaseFacts)}
	assert.Equal(t, []string{"git commits complete", "github reviews complete",
		"git commits complete", "forge.example:8443 issues complete",
		"git commits complete",
		"git commits complete", "github merges complete"}, lines(t, doc, hosts))
}

func TestAForgeThatFailsIsAGap(t *testing.T) {
	hosts := forge.Hosts{
		forge.Git:    stating{records: []model.Record{covered(model.CommitFacts)}},
		forge.GitHub: stating{records: []model.Record{covered(model.ReviewFacts)}, err: errors.New("out of order")},
	}
	got := lines(t, on(""), hosts)
	assert.Equal(t, []string{"git commits complete", "github reviews complete"}, got[:2])
	assert.Len(t, got, 2+len(forge.ForgeKinds())+1)
	for n, k := range forge.ForgeKinds() {
		assert.Equal(t, "github "+string(k)+" unavailable", got[2+n])
	}
	assert.Equal(t, "gap out of order", got[len(got)-1])
}

// Without a history nobody waits for the forge, and nothing that it says is stated.
func TestAGapEndsTheForgeToo(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	hosts := forge.Hosts{
		forge.Git:    stating{until: began, err: errors.New("no such repository")}, // or the forge might never be asked
		forge.GitHub: stating{records: []model.Record{covered(model.ReviewFacts)}, began: began, until: make(chan struct{}), ended: ended},
	}
	assert.Equal(t, []string{"gap no such repository"}, lines(t, on(""), hosts))
	<-ended
}

func TestMineRepository(t *testing.T) {
	hosts := forge.Hosts{
		forge.Git:    stating{records: []model.Record{covered(model.CommitFacts)}},
		forge.GitHub: stating{records: []model.Record{covered(model.ReviewFacts)}, err: errors.New("out of order")},
	}
	repo := model.Repository{URL: "https://me:secret@github.com/a/b"}
	n := 0
	var last error
	for r, err := range forge.MineRepository(t.Context(), repo, model.Period{}, hosts, nil) {
		if last = err; err == nil {
			n++
			assert.Equal(t, "https://github.com/a/b", r.Repository)
			assert.Equal(t, "https://github.com/a/b", r.Project)
		}
	}
	require.EqualError(t, last, "out of order")
	assert.Equal(t, 2+len(forge.ForgeKinds()), n)
}

func TestForgeOf(t *testing.T) {
	for repo, want := range map[*model.Repository]string{
		{URL: "https://github.com/a/b.git"}:                              forge.GitHub,
		{URL: "git@github.com:a/b.git"}:                                  forge.GitHub,
		{URL: "ssh://git@GitHub.com:22/a/b"}:                             forge.GitHub,
		{URL: "https://gitlab.com/a/b/c"}:                                forge.GitLab,
		{URL: "https://codeberg.org/a/b"}:                                forge.Gitea,
		{URL: "https://github.example.org/a/b"}:                          "",
		{URL: "https://git.example.org/a/b", Forge: "gitea"}:             forge.Gitea,
		{URL: "https://github.com/a/b", Forge: "none"}:                   "",
		{URL: "/mirrors/b.git"}:                                          "",
		{URL: "/mirrors/b.git", Web: "https://github.com/a/b"}:           forge.GitHub,
		{URL: "file:///github.com/a/b"}:                                  "",
		{URL: "https://gitlab.com/a/b", Web: "https://codeberg.org/a/b"}: forge.Gitea,
	} {
		assert.Equal(t, want, forge.ForgeOf(*repo), "%+v", repo)
	}
}

func TestATokenIsNotPrinted(t *testing.T) {
	token := forge.StaticToken("ghp_secret")
	for _, format := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		assert.NotContains(t, fmt.Sprintf(format, token), "secret", format)
		assert.NotContains(t, fmt.Sprintf(format, []forge.TokenSource{token}), "secret", format)
	}
	got, err := token.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "ghp_secret", got)
}

// A host that keeps all its repositories waiting keeps no other host's.
func TestHostsDoNotWaitForEachOther(t *testing.T) {
	doc := tender()
	doc.Projects = map[string]model.Project{"z": {Repositories: []model.Repository{{URL: "https://quick.example/a/b"}}}}
	for n := range 12 {
		doc.Projects[fmt.Sprintf("p%02d", n)] = model.Project{Repositories: []model.Repository{{URL: fmt.Sprintf("https://slow.example/a/%d", n)}}}
	}
	asked := make(chan struct{})
	slow := stating{until: asked}
	hosts := forge.Hosts{forge.Git: stating{}, "slow.example": slow, "quick.example": stating{ended: asked, records: []model.Record{covered(model.IssueFacts)}}}
	assert.Equal(t, []string{"quick.example issues complete"}, lines(t, doc, hosts))
}
