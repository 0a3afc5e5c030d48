package gitlabtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// view is what one query may see. It lives under the server's lock.
type view struct {
	s            *Server
	who          *fake.Caller
	score, limit int
}

// object answers the fields of one type by their names alone.
func object(kind string, field func(name string) any) graphql.Object {
	return graphql.Object{Kind: kind, Field: func(name string, _ *graphql.Arguments) any { return field(name) }}
}

func (v view) root() graphql.Object {
	return graphql.Object{Kind: "Query", Field: func(name string, a *graphql.Arguments) any {
		switch name {
		case "project":
			return v.project(a.Text("fullPath"))
		case "group":
			return v.group(a.Text("fullPath"))
		case "queryComplexity":
			return object("QueryComplexity", func(name string) any {
				return map[string]any{"score": v.score, "limit": v.limit}[name]
			})
		case "currentUser":
			return v.currentUser()
		case "users":
			return v.users(a)
		case "metadata":
			return v.metadata()
		case "echo":
			return fmt.Sprintf("%q says: %s", cmp.Or(v.who.Login, "nil"), a.Text("text"))
		}
		return graphql.Unanswered{}
	}}
}

func (v view) currentUser() any {
	if v.who.Token == "" {
		return nil
	}
	return person("UserCore", forgetest.Account{Login: cmp.Or(v.who.Login, "viewer")}, v.s.URL)
}

// users pages through the accounts of some names, without which nobody who has not logged
// in may ask (app/graphql/resolvers/users_resolver.rb).
func (v view) users(a *graphql.Arguments) any {
	names := a.Texts("usernames")
	if len(names) == 0 {
		return graphql.Unanswered{}
	}
	list := slices.DeleteFunc(append(slices.Clone(v.s.Accounts()), ghost()), func(u forgetest.Account) bool { return !among(names, u.Login) })
	return persons("UserCore", list, v.s.URL, a)
}

// metadata is for those who have logged in.
func (v view) metadata() any {
	if v.who.Token == "" {
		return nil
	}
	return object("Metadata", func(name string) any {
		return map[string]any{"version": v.s.o.Version, "revision": "14d4ed1c1a5", "enterprise": false}[name]
	})
}

// project finds a project by its present path, case aside. Former paths lead nowhere in
// GraphQL (Gitlab::Graphql::Loaders::FullPathModelLoader).
func (v view) project(path string) any {
	p, old := v.s.Find(path, v.who)
	if p == nil || old {
		return nil
	}
	return repository{v, p}.object()
}

func (v view) group(path string) any {
	visible := slices.DeleteFunc(slices.Clone(v.s.Projects()), func(p *forgetest.Project) bool { return !v.who.Sees(p) })
	at := slices.IndexFunc(groups(visible), func(g string) bool { return strings.EqualFold(g, path) })
	if at < 0 {
		return nil
	}
	path = groups(visible)[at]
	return graphql.Object{Kind: "Group", Field: func(name string, a *graphql.Arguments) any {
		switch name {
		case "id":
			return gid("Group", groupID(path))
		case "name", "path":
			return base(path)
		case "fullPath":
			return path
		case "fullName":
			return strings.ReplaceAll(path, "/", " / ")
		case "webUrl":
			return v.s.URL + "/groups/" + path
		case "projects":
			return v.projects(path, visible, a)
		}
		return graphql.Unanswered{}
	}}
}

// projects pages through a group's projects, the newest first.
func (v view) projects(path string, visible []*forgetest.Project, a *graphql.Arguments) any {
	deep, _ := a.Value("includeSubgroups").(bool)
	sorted := graphql.Arrange(visible, func(p **forgetest.Project) bool {
		return within((*p).Owner, path) && (deep || strings.EqualFold((*p).Owner, path))
	}, func(p **forgetest.Project) graphql.Place { return graphql.Place{ID: (*p).NumericID()} })
	l := sorted.List("ProjectConnection", "ID", true, func(p **forgetest.Project) graphql.Object { return repository{v, *p}.object() })
	return paged(l, a)
}

// paged is a connection as GitLab has it: 100 items at most, and where the query does not
// say how many.
func paged(l *graphql.List, a *graphql.Arguments) any {
	l.Most = mostPage
	return graphql.Connection(l, a)
}

// gid is GitLab's global id.
func gid(kind string, id int64) string { return fmt.Sprintf("gid://gitlab/%s/%d", kind, id) }

// person answers for an account, as one of the types that are users; null for a deleted one.
func person(kind string, a forgetest.Account, site string) graphql.Object {
	if a.Deleted() {
		return graphql.Object{}
	}
	return object(kind, func(name string) any {
		switch name {
		case "id":
			return gid("User", a.NumericID())
		case "username":
			return a.Login
		case "name":
			return cmp.Or(a.Name, a.Login)
		case "bot":
			return a.Kind() == "Bot"
		case "state":
			return "active"
		case "organization":
			return orNull(a.Company)
		case "webUrl":
			return site + "/" + a.Login
		case "webPath":
			return "/" + a.Login
		}
		return graphql.Unanswered{}
	})
}

// persons pages through accounts in the order in which they are given.
func persons(kind string, list []forgetest.Account, site string, a *graphql.Arguments) any {
	return paged(graphql.InOrder(kind+"Connection", list, func(_ int, p *forgetest.Account) graphql.Object { return person(kind, *p, site) }), a)
}
