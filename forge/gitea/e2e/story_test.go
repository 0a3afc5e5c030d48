package e2e

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// The people of the story. Their employers are in their addresses. Dora's account is
// deleted in the end, and erin's gets another name.
func people() []account {
	return []account{
		{"alice", "alice@vendor-a.test"}, {"arne", "arne@vendor-a.test"},
		{"bob", "bob@vendor-b.test"}, {"dora", "dora@vendor-b.test"},
		{"carol", "carol@vendor-c.test"}, {"erin", "erin@vendor-c.test"},
		{"ci-bot", "ci-bot@robots.test"}, {"merge-bot", "merge-bot@robots.test"},
		{"reader", "reader@buyer.test"},
	}
}

const (
	formerly   = "/repos/acme/gadget" // the repository's first name
	repository = "/repos/acme/widget"
)

// story is what has been done on a server so far.
type story struct {
	*server
	at     string // path of the repository's API
	clone  *git.Repository
	now    time.Time // of the beginning
	until  time.Time // end of the window: the first of the next month
	commit map[string]string
}

// history is the project's past, and the work that will be handed in. {k} is the tenth
// day of the k-th month before the window's end; "now" the beginning of the story.
const history = `
person alice = Alice <alice@vendor-a.test>
person arne = Arne <arne@vendor-a.test>
person bob = Bob <bob@vendor-b.test>
person dora = Dora <dora@vendor-b.test>
person carol = Carol <carol@vendor-c.test>
person erin = Erin <erin@vendor-c.test>
person robot = CI <ci-bot@robots.test>

on main
commit M40 carol: Initial import, before the window
  write src/main.go 40
commit M13 carol: Read the configuration
  write src/config.go 30
commit M12 alice: Parse headers
  write src/parse.go 60
commit M11 bob: Write tiles
  write src/tiles.go 50
commit M10 alice: Parse bodies
  write src/parse.go 25
commit M9 bob: Compress tiles
  edit src/tiles.go 20
commit M8 erin: Describe the configuration
  write docs/config.md 20
commit M7 dora: Check the size of tiles
  write src/tiles.go 12
commit M6 arne: Time the parser
  write src/time.go 25
commit M5 carol: Build for two systems
  write .github/workflows/build.yml 20
on fast from main
commit first NOW alice: Read numbers
  write src/number.go 30
commit second NOW alice: Read dates
  write src/date.go 35

on squashed from main
commit HOURS arne: Bound the header
  edit src/parse.go 8
on squashed-again from main
commit HOURS arne: Bound the header
  edit src/parse.go 12

on merged from main
commit HOURS alice: Export as text
  write src/export.go 30
  Co-authored-by: bob
commit HOURS bob: Test the export
  write src/export_test.go 20

on rebased from main
commit HOURS bob: Cache tiles
  write src/cache.go 45
commit HOURS bob: Bound the cache
  write src/cache.go 15

on forked from main
commit HOURS erin: Tell of the cache
  write docs/cache.md 15
commit HOURS erin: Show an example
  write docs/example.md 12

on robots from main
commit HOURS robot: Update what is needed
  write go.mod 3

on left from main
commit HOURS dora: Rotate tiles
  write src/rotate.go 40

on taken from main
commit HOURS carol: Read settings from the environment
  write src/environment.go 22

on commanded from main
commit HOURS alice: Parse trailers
  write src/trailer.go 33

on stale from main
commit HOURS carol: Log what is odd
  write src/log.go 18
on stale-again from stale
commit HOURS carol: Log it once
  write src/log.go 6

on old from main
on ported from main
commit HOURS bob: Name tiles
  write src/name.go 14

on refused from main
commit HOURS arne: Rewrite everything
  write src/everything.go 90

on open from main
commit HOURS bob: Not done yet
  write src/open.go 9
`

// begin makes the organisation, its repository and the history before the story.
func begin(t *testing.T) *story {
	t.Helper()
	s := &story{server: newServer(t, people()...), at: formerly}
	s.now = untroubled()
	s.until = time.Date(s.now.Year(), s.now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	dir := filepath.Join(t.TempDir(), "work.git")
	var err error
	s.commit, err = forgetest.Build(dir, s.dated(history))
	require.NoError(t, err)
	s.clone, err = git.PlainOpen(dir)
	require.NoError(t, err)

	s.must("root", "POST", "/orgs", object{"username": "acme"})
	s.must("root", "POST", "/orgs/acme/repos", object{"name": "gadget", "default_branch": "main"})
	s.must("root", "PATCH", s.at, object{"allow_fast_forward_only_merge": true})
	for _, who := range people() {
		right := map[string]string{"carol": "admin", "erin": "read", "reader": "read"}[who.name]
		if right == "" {
			right = "write"
		}
		s.must("root", "PUT", s.at+"/collaborators/"+who.name, object{"permission": right})
	}
	all := s.branches()
	delete(all, "forked")
	s.push("carol", formerly, slices.Sorted(maps.Keys(all))...)
	return s
}

// untroubled returns the time, and waits for the next month where this one is about to
// end: a story that lies in two months is worth something else.
func untroubled() time.Time {
	now := time.Now().UTC()
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	if left := next.Sub(now); left < 5*time.Minute {
		time.Sleep(left)
		now = next
	}
	return now.Truncate(time.Second)
}

// dated fills in the dates of a history.
func (s *story) dated(text string) string {
	stamp := func(at time.Time) string { return at.Format(time.RFC3339) }
	text = strings.NewReplacer("NOW", stamp(s.now), "HOURS", stamp(s.now.Add(-36*time.Hour))).Replace(text)
	for k := 48; k > 0; k-- {
		text = strings.ReplaceAll(text, fmt.Sprintf("commit M%d ", k), "commit "+stamp(s.until.AddDate(0, -k, 9))+" ")
	}
	return text
}

// branches returns the last commits of the work's branches that stand in the
// repository itself, except those that replace another one later.
func (s *story) branches() map[string]string {
	found := map[string]string{}
	for _, line := range strings.Split(s.dated(history), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "on" && !strings.HasSuffix(words[1], "-again") {
			found[words[1]] = s.commit[words[1]]
		}
	}
	return found
}

// push sends branches of the work to a repository in one go, each as itself or, written
// NEW:OLD, as another one, and waits until the API shows them: Gitea takes a push in the
// background. One push costs the server half a second, however many branches it has.
func (s *story) push(who, at string, branches ...string) {
	s.t.Helper()
	remote := git.NewRemote(s.clone.Storer, &config.RemoteConfig{Name: "server",
		URLs: []string{s.url + strings.TrimPrefix(at, "/repos/") + ".git"}})
	o := &git.PushOptions{RemoteName: "server", CABundle: s.own, Auth: &http.BasicAuth{Username: who, Password: password}}
	for _, b := range branches {
		from, to := b, b
		if before, after, ok := strings.Cut(b, ":"); ok {
			from, to = before, after
		}
		o.RefSpecs = append(o.RefSpecs, config.RefSpec(fmt.Sprintf("+refs/heads/%s:refs/heads/%s", from, to)))
		defer eventually(s.t, "branch "+to, func() bool {
			var o object
			s.do("root", "GET", at+"/branches/"+to, nil, &o)
			return text(inside(o, "commit"), "id") == s.commit[from]
		})
	}
	require.NoError(s.t, remote.PushContext(s.t.Context(), o), "pushing %s", branches)
}

// again pushes another version of a change, and waits until the server has noticed: it
// notes the push and marks reviews as stale some time after the branch has moved.
func (s *story) again(who string, n int, branch string) {
	s.t.Helper()
	before := s.pushes(n)
	s.push(who, s.at, branch)
	eventually(s.t, "push of "+branch, func() bool { return s.pushes(n) > before })
}

// pushes returns how many pushes to a change the server has noted. Its timeline leaves out
// comments on lines after the page was cut, so a short page need not be the last one.
func (s *story) pushes(n int) (found int) {
	for page := 1; ; page++ {
		var events []object
		s.do("root", "GET", fmt.Sprintf("%s/issues/%d/timeline?page=%d", s.at, n, page), nil, &events)
		for _, e := range events {
			if e["type"] == "pull_push" {
				found++
			}
		}
		if len(events) == 0 {
			return found
		}
	}
}

// open asks for a branch to be merged into the main one.
func (s *story) open(who, branch, title, body string) int {
	s.t.Helper()
	return s.openOn("main", who, branch, title, body)
}

func (s *story) openOn(base, who, branch, title, body string) int {
	s.t.Helper()
	return number(s.must(who, "POST", s.at+"/pulls", object{"head": branch, "base": base, "title": title, "body": body}), "number")
}

// review judges a change, with comments on the first lines of a file.
func (s *story) review(who string, n int, state, body string, file string, comments ...string) int {
	s.t.Helper()
	list := []object{}
	for i, c := range comments {
		list = append(list, object{"path": file, "new_position": i + 1, "body": c})
	}
	return number(s.must(who, "POST", fmt.Sprintf("%s/pulls/%d/reviews", s.at, n), object{"event": state, "body": body, "comments": list}), "id")
}

// merge accepts a change. The server looks for conflicts in the background and answers
// 405 until it has.
func (s *story) merge(who string, n int, method string) {
	s.t.Helper()
	path := fmt.Sprintf("%s/pulls/%d", s.at, n)
	eventually(s.t, "merge", func() bool {
		status, said := s.send(who, "POST", path+"/merge", object{"Do": method})
		require.Contains(s.t, []int{200, 405}, status, "merging %d: %s", n, said)
		return status == 200
	})
	eventually(s.t, "merged", func() bool {
		var o object
		s.do(who, "GET", path, nil, &o)
		return o["merged"] == true && text(o, "merge_commit_sha") != ""
	})
}

// awaitSecond waits until the second of a change's last update, such as its merge, is
// over: what is said after it must bear another time.
func (s *story) awaitSecond(n int) {
	s.t.Helper()
	updated, err := time.Parse(time.RFC3339, text(s.must("root", "GET", fmt.Sprintf("%s/pulls/%d", s.at, n), nil), "updated_at"))
	require.NoError(s.t, err)
	eventually(s.t, "the next second", func() bool { return time.Since(updated) >= time.Second })
}

// say writes under a change or an issue.
func (s *story) say(who string, n int, words string) {
	s.t.Helper()
	s.must(who, "POST", fmt.Sprintf("%s/issues/%d/comments", s.at, n), object{"body": words})
}
