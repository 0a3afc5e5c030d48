package gitlab

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// robot matches the names that GitLab itself gives to the robots of projects, groups and
// services: https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
// and https://docs.gitlab.com/user/profile/service_accounts/.
var robot = regexp.MustCompile(`^(?:(?:project|group)_\d+_bot(?:_[0-9a-f]+|\d+)?|service_account_(?:group_\d+_|project_\d+_)?[0-9a-f]+)$`)

// identity names an account by its number, which survives a change of name. Of accounts that
// were deleted, what they left behind belongs to a user called ghost, or to nobody.
func (l *listing) identity(u *user) model.Identity {
	if u == nil || u.Username == "" || u.Username == "ghost" {
		return model.Identity{Type: model.GhostAccount}
	}
	id := model.Identity{Login: u.Username, Type: model.UserAccount}
	if told, _ := l.host.robots.Load(u.ID); told == true || u.Bot != nil && *u.Bot || robot.MatchString(u.Username) {
		id.Type = model.BotAccount
	}
	if u.ID > 0 {
		id.Account = fmt.Sprintf("%s:%d", l.host.name, u.ID)
	}
	return id
}

// meet learns which of some accounts are robots, where that did not come along and is not
// known: by GraphQL a hundred at a time, by REST one by one. It is remembered as long as the
// source lives. Of an account that alone is refused only its name tells.
func (l *listing) meet(ctx context.Context, list []*user) error {
	var strangers []*user
	for _, u := range list {
		if u == nil || u.ID <= 0 || u.Username == "" || u.Username == "ghost" {
			continue
		}
		if u.Bot != nil {
			l.host.robots.Store(u.ID, *u.Bot)
		} else if _, known := l.host.robots.Load(u.ID); !known {
			strangers = append(strangers, u)
		}
	}
	strangers = slices.DeleteFunc(strangers, func(u *user) bool { _, known := l.host.robots.Load(u.ID); return known })
	slices.SortFunc(strangers, func(a, b *user) int { return strings.Compare(a.Username, b.Username) })
	strangers = slices.CompactFunc(strangers, func(a, b *user) bool { return a.ID == b.ID })
	for some := range slices.Chunk(strangers, 100) {
		if err := l.graphMeet(ctx, some); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if err != nil {
			if err := l.restMeet(ctx, some); err != nil {
				return fmt.Errorf("reading who is a robot: %w", err)
			}
		}
	}
	return nil
}

// graphMeet asks for accounts by their names, as GitLab wants it of those who give no token.
func (l *listing) graphMeet(ctx context.Context, some []*user) error {
	var names []string
	for _, u := range some {
		names = append(names, u.Username)
	}
	var reply struct{ Users mining.Page[user] }
	if err := l.patient(ctx, usersQuery, map[string]any{"names": names, "first": len(names)}, &reply); err != nil {
		return err
	}
	for _, u := range some {
		l.host.robots.Store(u.ID, false) // whoever is not shown has another name by now
	}
	for _, u := range reply.Users.Nodes {
		if u != nil && u.Bot != nil {
			l.host.robots.Store(u.ID, *u.Bot)
		}
	}
	return nil
}

// restMeet asks for accounts one by one. GitLab answers 300 of these in ten minutes where its
// administrator has not said otherwise.
func (l *listing) restMeet(ctx context.Context, some []*user) error {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, u := range some {
		g.Go(func() error {
			if l.seen.accounts.off() {
				return nil
			}
			var told user
			_, err := l.host.sure(each, fmt.Sprintf("users/%d", u.ID), nil, &told)
			if l.seen.accounts.met(int64(u.ID), err); err == nil {
				l.host.robots.Store(u.ID, told.Bot != nil && *told.Bot)
			}
			return l.shrug(err)
		})
	}
	defer l.seen.accounts.hidden()
	return g.Wait()
}

// named is the identity of somebody whom a note calls by name: of those whom the change
// shows, else a name alone.
func (l *listing) named(c *change, name string) model.Identity {
	is := func(u *user) bool { return u != nil && strings.EqualFold(u.Username, name) }
	for _, u := range slices.Concat(c.reviewers, c.approvers, []*user{c.author, c.merger}) {
		if is(u) {
			return l.identity(u)
		}
	}
	for _, n := range c.notes {
		if n != nil && is(n.Author) {
			return l.identity(n.Author)
		}
	}
	return l.identity(&user{Username: name})
}
