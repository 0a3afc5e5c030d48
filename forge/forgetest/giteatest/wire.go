package giteatest

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// author is an account as those see it who sent a token: with its mail address.
func (a *ask) author(who forgetest.Account) object {
	j := a.user(who)
	if a.Token != "" && !who.Deleted() {
		j["email"] = strings.ToLower(who.Login) + "@mail.example"
	}
	return j
}

// user is an account. Gitea says of nobody that they are a robot, and calls those who are
// gone Ghost, with the number -1.
func (a *ask) user(who forgetest.Account) object {
	id, login := who.NumericID(), who.Login
	if who.Deleted() {
		id, login = -1, "Ghost"
	}
	return object{
		"id": id, "login": login, "full_name": who.Name, "login_name": "", "source_id": 0,
		"email": strings.ToLower(login) + "@noreply.gitea.example", "avatar_url": a.root + "assets/img/avatar_default.png", "html_url": a.root + login,
		"language": "", "is_admin": false, "last_login": "0001-01-01T00:00:00Z", "created": a.stamp(time.Unix(0, 0)),
		"restricted": false, "active": false, "prohibit_login": false, "location": "", "website": "", "description": who.Company,
		"visibility": "public", "followers_count": 0, "following_count": 0, "starred_repos_count": 0,
	}
}

// team is a group of accounts of an organisation.
func (a *ask) team(name string) object {
	return object{
		"id": forgetest.DerivedID(0, "team", a.Owner, name), "name": name, "description": "", "organization": nil, "includes_all_repositories": false,
		"permission": "write", "units": []string{"repo.code", "repo.pulls"}, "units_map": object{"repo.code": "write", "repo.pulls": "write"}, "can_create_org_repo": false,
	}
}

func (a *ask) label(name string) object {
	id := forgetest.DerivedID(0, "label", a.NumericID(), name)
	return object{
		"id": id, "name": name, "exclusive": false, "is_archived": false, "color": "00aabb", "description": "",
		"url": fmt.Sprintf("%sapi/v1/repos/%s/labels/%d", a.root, a.FullName(), id),
	}
}

func (a *ask) labels(names []string) []object {
	list := []object{}
	for _, name := range names {
		list = append(list, a.label(name))
	}
	return list
}

// repositoryJSON is the repository, which stands twice in each change, too.
func (a *ask) repositoryJSON() object {
	name := url.PathEscape(a.Owner) + "/" + url.PathEscape(a.Name)
	at := a.root + "api/v1/repos/" + name
	open, shown := 0, 0
	for i := range a.Issues {
		if a.Issues[i].Status() == "OPEN" {
			open++
		}
	}
	for i := range a.Releases {
		if !a.Releases[i].Draft {
			shown++
		}
	}
	j := object{
		"id": a.NumericID(), "owner": a.user(forgetest.Account{Login: a.Owner}), "name": a.Name, "full_name": a.FullName(), "description": "",
		"empty": false, "private": a.Private, "fork": false, "template": false, "mirror": false, "size": 128, "language": "Go", "languages_url": at + "/languages",
		"html_url": a.root + name, "url": at, "link": "", "ssh_url": "git@gitea.example:" + name + ".git", "clone_url": a.root + name + ".git", "original_url": "", "website": "",
		"stars_count": 0, "forks_count": 0, "watchers_count": 1, "branch_count": 1, "open_issues_count": open, "open_pr_counter": a.openPulls(), "release_counter": shown,
		"default_branch": "main", "archived": a.Archived, "created_at": a.stamp(time.Unix(0, 0)), "updated_at": a.stamp(time.Unix(0, 0)), "archived_at": a.stamp(time.Unix(0, 0)),
		"permissions": object{"admin": false, "push": a.Writers && a.Token != "", "pull": true},
		"has_code":    true, "has_issues": !a.IssuesDisabled, "has_wiki": true, "has_pull_requests": !a.ChangesDisabled, "has_projects": true,
		"projects_mode": "all", "has_releases": true, "has_packages": true, "has_actions": true, "ignore_whitespace_conflicts": false,
		"default_delete_branch_after_merge": false, "default_merge_style": "merge", "default_allow_maintainer_edit": false,
		"avatar_url": "", "internal": false, "mirror_interval": "", "object_format_name": "sha1", "mirror_updated": "0001-01-01T00:00:00Z", "topics": []string{}, "licenses": []string{},
	}
	for _, method := range []string{"merge_commits", "rebase", "rebase_explicit", "squash_merge", "fast_forward_only_merge", "rebase_update"} {
		j["allow_"+method] = !a.ChangesDisabled
	}
	j["allow_manual_merge"], j["autodetect_manual_merge"] = false, false
	return j
}

func (a *ask) openPulls() (n int) {
	for i := range a.Changes {
		if a.Changes[i].Status() == "OPEN" {
			n++
		}
	}
	return n
}
