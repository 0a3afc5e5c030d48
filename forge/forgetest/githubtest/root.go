package githubtest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// site is where the pages of every fake project are said to be.
const site = "https://github.com"

// view is what one request may see: the server's projects, its quota and its costs.
// It lives under the server's lock.
type view struct {
	s     *Server
	who   *fake.Caller
	price price
}

func (v view) root() graphql.Object {
	return graphql.Object{Kind: "Query", Field: func(name string, a *graphql.Arguments) any {
		switch name {
		case "repository":
			return v.repository(a)
		case "rateLimit":
			return v.rateLimit()
		case "viewer":
			return account(Account{Login: "viewer"})
		case "user":
			return v.user(a.Text("login"))
		case "search":
			return v.search(a)
		case "node":
			return v.node(fmt.Sprint(a.Value("id")))
		case "nodes":
			return v.nodes(a.Texts("ids"))
		case "id":
			return "Q_root"
		}
		return graphql.Unanswered{}
	}}
}

func (v view) repository(a *graphql.Arguments) any {
	name := a.Text("owner") + "/" + a.Text("name")
	a.Value("followRenames")
	p, _ := v.s.Find(name, v.who)
	if p == nil {
		return graphql.Failure{Type: "NOT_FOUND", Message: "Could not resolve to a Repository with the name '" + name + "'."}
	}
	return repository{v, p}.object()
}

func (v view) rateLimit() graphql.Object {
	q := v.who.GraphQL
	return graphql.Object{Kind: "RateLimit", Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "cost":
			return v.price.points
		case "nodeCount":
			return v.price.nodes
		case "limit":
			return q.Limit
		case "remaining":
			return q.Left
		case "used":
			return q.Limit - q.Left
		case "resetAt":
			return q.Reset
		}
		return graphql.Unanswered{}
	}}
}

func (v view) user(login string) any {
	for _, a := range v.s.Accounts() {
		if strings.EqualFold(a.Login, login) && a.Kind() == "User" {
			return account(a)
		}
	}
	return graphql.Failure{Type: "NOT_FOUND", Message: "Could not resolve to a User with the login of '" + login + "'."}
}

// nodes answers each id, null for those that are unknown, with an error each.
func (v view) nodes(ids []string) any {
	objects := []any{}
	for _, id := range ids {
		objects = append(objects, v.node(id))
	}
	return objects
}

// node finds what a global id names: a repository, a change, an issue, a review, an account.
func (v view) node(id string) any {
	kind, parts := fromNodeID(id)
	if len(parts) == 0 {
		return unknownNode(id)
	}
	if slices.Contains([]string{"U", "BOT", "M", "O", "E"}, kind) {
		for _, a := range v.s.Accounts() {
			if accountID(a) == id {
				return account(a)
			}
		}
		return unknownNode(id)
	}
	for _, p := range v.s.Projects() {
		if strconv.FormatInt(p.NumericID(), 10) != parts[0] || !v.who.Sees(p) {
			continue
		}
		if o := (repository{v, p}).node(kind, parts[1:]); o.Field != nil {
			return o
		}
	}
	return unknownNode(id)
}

func unknownNode(id string) graphql.Failure {
	return graphql.Failure{Type: "NOT_FOUND", Message: "Could not resolve to a node with the global id of '" + id + "'"}
}

// nodeID is a global id: opaque to clients, readable for node.
func nodeID(kind string, parts ...any) string {
	text := strings.TrimSuffix(strings.ReplaceAll(fmt.Sprintln(parts...), " ", ":"), "\n")
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(text))
}

func fromNodeID(id string) (kind string, parts []string) {
	kind, rest, _ := strings.Cut(id, "_")
	text, err := base64.RawURLEncoding.DecodeString(rest)
	if err != nil || len(text) == 0 {
		return "", nil
	}
	return kind, strings.Split(string(text), ":")
}

func accountID(a Account) string {
	prefix := map[string]string{"Bot": "BOT", "Mannequin": "M", "Organization": "O", "EnterpriseUserAccount": "E"}[a.Type]
	return nodeID(cmp.Or(prefix, "U"), a.NumericID())
}

// account answers as the account's own type; null for a deleted one.
func account(a Account) graphql.Object {
	if a.Deleted() {
		return graphql.Object{}
	}
	return graphql.Object{Kind: a.Kind(), Field: func(name string, args *graphql.Arguments) any {
		switch name {
		case "login":
			return a.Login
		case "id":
			return accountID(a)
		case "databaseId":
			return a.NumericID()
		case "resourcePath":
			return pathOf(a)
		case "url":
			return site + pathOf(a)
		case "avatarUrl":
			args.Number("size")
			return fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", a.NumericID())
		case "name":
			return orNull(a.Name)
		case "company":
			return orNull(a.Company)
		case "email":
			return ""
		case "isEmployee", "isSiteAdmin", "isViewer":
			return false
		}
		return graphql.Unanswered{}
	}}
}

// orNull is null for "".
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// commit knows no more than its id; null for "".
func commit(p *Project, oid string) graphql.Object {
	if oid == "" {
		return graphql.Object{}
	}
	path := "/" + p.FullName() + "/commit/" + oid
	return graphql.Object{Kind: "Commit", Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "oid":
			return oid
		case "abbreviatedOid":
			return oid[:min(7, len(oid))]
		case "id":
			return nodeID("C", p.NumericID(), oid)
		case "url", "commitUrl":
			return site + path
		case "resourcePath", "commitResourcePath":
			return path
		}
		return graphql.Unanswered{}
	}}
}
