package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	gh "github.com/google/go-github/v60/github"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// advisories reads the security advisories that the repository has published. They are
// few, and REST answers with "not modified" where nothing is new.
// https://docs.github.com/en/rest/security-advisories/repository-advisories
func (l *listing) advisories(ctx context.Context) error {
	if !l.wants(advisoryKinds...) {
		return nil
	}
	var facts []store.Fact
	o := &gh.ListRepositorySecurityAdvisoriesOptions{State: "published"}
	o.PerPage = 100
	for {
		list, resp, err := l.host.client.SecurityAdvisories.ListRepositorySecurityAdvisories(ctx, l.owner, l.name, o)
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return l.lackAdvisories(l.host.failure(ctx, err))
		}
		for _, a := range list {
			facts = append(facts, store.Fact{Key: "advisory/" + a.GetGHSAID(), Records: l.advisory(a)})
		}
		if resp.After == "" || resp.After == o.After {
			break
		}
		o.After = resp.After
	}
	p := &l.state.Advisories
	p.begin(p.Since, l.host.transport.Now(), fmt.Sprint(len(facts)))
	p.finish()
	if err := l.log.Commit(facts, &l.state); err != nil {
		return err
	}
	return l.covered(advisoryKinds, model.Coverage{State: model.Complete})
}

// lackAdvisories says why advisories are not known. Where the server has no such list,
// or the token no right to it, that is no failure of the mining.
func (l *listing) lackAdvisories(err error) error {
	var refused *statusError
	if errors.As(err, &refused) && (refused.code == http.StatusNotFound || refused.code == http.StatusForbidden) {
		err = fmt.Errorf("this server shows no advisories of it, or the token may not read them: %w", refused)
	}
	return l.cover(advisoryKinds, &l.state.Advisories, err)
}

// advisory states a published advisory: who published it, and whom it thanks for what.
func (l *listing) advisory(a *gh.SecurityAdvisory) []model.Record {
	if a.PublishedAt == nil || a.WithdrawnAt != nil {
		return nil
	}
	about := &model.Advisory{Published: a.PublishedAt.UTC(), Fixes: fixes(a.GetDescription(), l.web, l.owner, l.name)}
	if cve := a.GetCVEID(); cve != "" {
		about.Aliases = []string{cve}
	}
	var records []model.Record
	act := func(role model.Role, who *gh.User, verb string) {
		records = append(records, model.Record{Contribution: &model.Contribution{
			Artifact: model.NewArtifact(model.AdvisoryArtifact, a.GetGHSAID()), Role: role, Actor: l.user(who),
			At: about.Published, Verb: verb, Advisory: about}})
	}
	act(model.Publisher, a.Publisher, "")
	for _, c := range a.CreditsDetailed {
		if c.GetState() != "accepted" {
			continue // who declined the thanks, or has not answered
		}
		role := model.Reporter
		if strings.HasPrefix(c.GetType(), "remediation") {
			role = model.Remediator
		}
		act(role, c.User, c.GetType())
	}
	return records
}

// user is the identity of an account as REST shows it.
func (l *listing) user(u *gh.User) model.Identity {
	if u == nil {
		return l.identity(nil)
	}
	return l.identity(&actor{Typename: u.GetType(), Login: u.GetLogin(), DatabaseID: u.GetID(), ResourcePath: resourcePath(u)})
}

func resourcePath(u *gh.User) string {
	if _, path, ok := strings.Cut(u.GetHTMLURL(), "/apps/"); ok {
		return "/apps/" + path
	}
	return ""
}

// cited matches addresses of commits and changes of a repository on GitHub.
var cited = regexp.MustCompile(`https?://([\w.-]+)/([\w.-]+)/([\w.-]+)/(commit|pull)/([0-9a-f]{40}|[0-9]{1,9})\b`)

// fixes returns the commits and changes of the same repository that a text cites,
// sorted, each once. An advisory says in free text what mended the vulnerability.
func fixes(text, web, owner, name string) (list []model.Artifact) {
	for _, m := range cited.FindAllStringSubmatch(text, -1) {
		if !strings.EqualFold(m[1], web) || !strings.EqualFold(m[2], owner) || !strings.EqualFold(m[3], name) {
			continue
		}
		switch {
		case m[4] == "commit" && len(m[5]) == 40:
			list = append(list, model.NewArtifact(model.CommitArtifact, m[5]))
		case m[4] == "pull" && len(m[5]) < 10:
			list = append(list, model.NewArtifact(model.ChangeArtifact, m[5]))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
