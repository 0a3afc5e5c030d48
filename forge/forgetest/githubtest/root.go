package githubtest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// site is where the pages of every fake project are said to be.
const site = "https://github.com"

// view is what one request may see: the server's projects, its quota and its costs.
// It lives under the server's lock.
type view struct {
	s     *Server
	who   *caller
	price price
}

func (v view) root() object {
	return object{"Query", func(name string, a *arguments) any {
		switch name {
		case "repository":
			return v.repository(a)
		case "rateLimit":
			return v.rateLimit()
		case "viewer":
			return account(Account{Login: "viewer"})
		case "user":
			return v.user(a.text("login"))
		case "search":
			return v.search(a)
		case "node":
			return v.node(fmt.Sprint(a.value("id")))
		case "nodes":
			return v.nodes(a.texts("ids"))
		case "id":
			return "Q_root"
		}
		return unanswered{}
	}}
}

func (v view) repository(a *arguments) any {
	name := a.text("owner") + "/" + a.text("name")
	a.value("followRenames")
	p, _ := v.s.find(name, v.who)
	if p == nil {
		return failure{"NOT_FOUND", "Could not resolve to a Repository with the name '" + name + "'."}
	}
	return repository{v, p}.object()
}

func (v view) rateLimit() object {
	q := v.who.graphql
	return object{"RateLimit", func(name string, _ *arguments) any {
		switch name {
		case "cost":
			return v.price.points
		case "nodeCount":
			return v.price.nodes
		case "limit":
			return q.limit
		case "remaining":
			return q.left
		case "used":
			return q.limit - q.left
		case "resetAt":
			return q.reset
		}
		return unanswered{}
	}}
}

func (v view) user(login string) any {
	for _, a := range v.s.accounts() {
		if strings.EqualFold(a.Login, login) && a.kind() == "User" {
			return account(a)
		}
	}
	return failure{"NOT_FOUND", "Could not resolve to a User with the login of '" + login + "'."}
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
		for _, a := range v.s.accounts() {
			if accountID(a) == id {
				return account(a)
			}
		}
		return unknownNode(id)
	}
	for _, p := range v.s.projects {
		if strconv.FormatInt(p.id(), 10) != parts[0] || !v.who.sees(p) {
			continue
		}
		if o := (repository{v, p}).node(kind, parts[1:]); o.field != nil {
			return o
		}
	}
	return unknownNode(id)
}

func unknownNode(id string) failure {
	return failure{"NOT_FOUND", "Could not resolve to a node with the global id of '" + id + "'"}
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
	return nodeID(cmp.Or(prefix, "U"), a.id())
}

// account answers as the account's own type; null for a deleted one.
func account(a Account) object {
	if a.deleted() {
		return object{}
	}
	return object{a.kind(), func(name string, args *arguments) any {
		switch name {
		case "login":
			return a.Login
		case "id":
			return accountID(a)
		case "databaseId":
			return a.id()
		case "resourcePath":
			return a.path()
		case "url":
			return site + a.path()
		case "avatarUrl":
			args.number("size")
			return fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", a.id())
		case "name":
			return orNull(a.Name)
		case "company":
			return orNull(a.Company)
		case "email":
			return ""
		case "isEmployee", "isSiteAdmin", "isViewer":
			return false
		}
		return unanswered{}
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
func commit(p *Project, oid string) object {
	if oid == "" {
		return object{}
	}
	path := "/" + p.fullName() + "/commit/" + oid
	return object{"Commit", func(name string, _ *arguments) any {
		switch name {
		case "oid":
			return oid
		case "abbreviatedOid":
			return oid[:min(7, len(oid))]
		case "id":
			return nodeID("C", p.id(), oid)
		case "url", "commitUrl":
			return site + path
		case "resourcePath", "commitResourcePath":
			return path
		}
		return unanswered{}
	}}
}
