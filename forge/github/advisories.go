package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// advisories reads the security advisories that the repository has published. They are
// few, and REST answers with "not modified" where nothing is new.
// https://docs.github.com/en/rest/security-advisories/repository-advisories
func (l *listing) advisories(ctx context.Context) error {
	if !l.Wants(mining.AdvisoryKinds...) {
		return nil
	}
	p := &l.State.Advisories
	o := &gh.ListRepositorySecurityAdvisoriesOptions{State: "published"}
	o.PerPage = 100
	var facts []store.Fact
	var seen []string
	for range mostAdvisories / o.PerPage {
		list, resp, err := l.host.client.SecurityAdvisories.ListRepositorySecurityAdvisories(ctx, l.owner, l.name, o)
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return l.lackAdvisories(l.host.failure(ctx, err))
		}
		for _, a := range list {
			if a == nil || a.GetGHSAID() == "" {
				return l.lackAdvisories(errors.New("the server shows advisories without a name"))
			}
			facts = append(facts, store.Fact{Key: "advisory/" + a.GetGHSAID(), Records: l.advisory(a)})
			seen = append(seen, "advisory/"+a.GetGHSAID())
		}
		if resp.After == "" {
			gone, err := l.Gone("advisory/", seen)
			if err != nil {
				return err
			}
			p.Begin(time.Time{}, l.Server.Now(), "")
			p.Finish()
			return l.Commit(slices.Concat(facts, gone, l.CoverageFacts(mining.AdvisoryKinds, p.Coverage(nil))))
		}
		o.After = resp.After
	}
	return l.lackAdvisories(fmt.Errorf("the list does not end after %d of them", mostAdvisories))
}

// mostAdvisories bounds the list: a project has tens of them.
const mostAdvisories = 10_000

// lackAdvisories says why advisories are not known. Where the server has no such list,
// or the token no right to it, that is no failure of the mining.
func (l *listing) lackAdvisories(err error) error {
	var refused *statusError
	if errors.As(err, &refused) && (refused.code == http.StatusNotFound || refused.code == http.StatusForbidden) {
		err = fmt.Errorf("this server shows no advisories of it, or the token may not read them: %w", refused)
	} else {
		l.Fail("advisories", err)
	}
	return l.Cover(mining.AdvisoryKinds, &l.State.Advisories, err)
}

// advisory states a published advisory: who published it, and whom it thanks for what.
func (l *listing) advisory(a *gh.SecurityAdvisory) []model.Record {
	if a.PublishedAt == nil || a.WithdrawnAt != nil {
		return nil
	}
	about := &model.Advisory{Published: a.PublishedAt.UTC(), Fixes: fixes(a.GetDescription(), l.Host, l.owner, l.name)}
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
