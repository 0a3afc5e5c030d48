package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	gl "github.com/xanzy/go-gitlab"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// mostProjects bounds the pages of a group's projects.
const mostProjects = 1_000

// group is the path of something of a group in the API.
func (l *listing) group(path string) string { return "groups/" + gl.PathEscape(path) }

// Repositories are the projects of a group and of all groups below it, sorted by their
// addresses, which are https ones of the source's own host. Archived projects are left out,
// since nobody can contribute to them any more, and so are those of other groups that are
// only shared with this one: they would be counted twice. A group without projects gives none; a
// project's address, or one of another host, is an error.
func (s *Source) Repositories(ctx context.Context, groupAddress string) ([]model.Repository, error) {
	list, err := s.repositories(ctx, groupAddress)
	if err != nil {
		return nil, fmt.Errorf("listing the projects of %s: %w", address.Redact(groupAddress), err)
	}
	return list, nil
}

func (s *Source) repositories(ctx context.Context, groupAddress string) (list []model.Repository, err error) {
	host, path, ok := address.Host(groupAddress)
	root := s.mining.Root
	if ok && root != "" {
		if len(path) <= len(root) || !strings.EqualFold(path[:len(root)+1], root+"/") {
			ok = false
		} else {
			path = path[len(root)+1:]
		}
	}
	where := strings.Trim(s.mining.Host+"/"+root, "/")
	switch {
	case !ok || path == "":
		return nil, fmt.Errorf("it is no address of a group; write https://%s/GROUP", where)
	case host != s.mining.Host:
		return nil, fmt.Errorf("the token and the API are those of %s, so %s is not asked", s.mining.Host, host)
	}
	l := &listing{Reading: &mining.Reading{Source: s.mining, Path: path}, host: s.host}
	query := url.Values{"include_subgroups": {"true"}, "with_shared": {"false"}, "archived": {"false"}, "order_by": {"id"}, "sort": {"asc"}}
	found, err := all[restProject](ctx, s.host, l.group(path)+"/projects", query, mostProjects)
	if refused(err, http.StatusNotFound) {
		if p, err := l.about(ctx); err == nil && p.ID > 0 {
			return nil, errors.New("it is a project, not a group")
		}
		return nil, errors.New("there is no such group, or the token may not read it")
	}
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		if p.Path != "" {
			list = append(list, model.Repository{URL: "https://" + where + "/" + p.Path, Forge: forge.GitLab})
		}
	}
	slices.SortFunc(list, func(a, b model.Repository) int { return strings.Compare(a.URL, b.URL) })
	return slices.CompactFunc(list, func(a, b model.Repository) bool { return a.URL == b.URL }), nil
}
