package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// play makes the whole story happen, and leaves the server running.
func play(t *testing.T) *story {
	t.Helper()
	s := begin(t)
	s.fastForward()
	s.must("carol", "PATCH", s.at, object{"name": "widget"})
	s.at = repository
	s.squash()
	s.triage()
	s.mergeOwn()
	s.rebase()
	s.fork()
	s.robots()
	s.leave()
	s.overtake()
	s.refuse()
	s.release()
	s.depart()
	s.run("manager", "flush-queues") // what it does in the background is done now
	return s
}

// 1: a change of two commits becomes the branch itself.
func (s *story) fastForward() {
	n := s.open("alice", "fast", "Read numbers and dates", "")
	s.review("bob", n, "APPROVED", "Both are right.", "")
	s.merge("carol", n, "fast-forward-only")
}

// 2: asked for a review, changes requested on two lines, force-pushed, approved, squashed
// by a third person.
func (s *story) squash() {
	n := s.open("arne", "squashed", "Bound the header", "A header may not be longer than the file.")
	s.must("carol", "POST", fmt.Sprintf("%s/pulls/%d/requested_reviewers", s.at, n), object{"reviewers": []string{"bob"}})
	s.review("bob", n, "REQUEST_CHANGES", "Not yet.", "src/parse.go", "off by one", "and here")
	s.say("arne", n, "Done, please look again.")
	s.again("arne", n, "squashed-again:squashed")
	s.review("bob", n, "APPROVED", "", "")
	s.merge("carol", n, "squash")
}

// 3 to 5: issues. The first is labelled, answered, given to somebody and closed. The second
// is closed by a change, see mergeOwn. The third is closed by who opened it, and opened
// again.
func (s *story) triage() {
	label, wish := s.label("security"), s.label("wish")
	n := s.ask("erin", "The parser reads beyond the end")
	s.must("carol", "POST", fmt.Sprintf("%s/issues/%d/labels", s.at, n), object{"labels": []int{label, wish}})
	s.must("carol", "DELETE", fmt.Sprintf("%s/issues/%d/labels/%d", s.at, n, wish), nil)
	s.must("carol", "PATCH", fmt.Sprintf("%s/issues/%d", s.at, n), object{"assignees": []string{"alice"}})
	s.say("alice", n, "Confirmed: a header without an end.")
	s.state("carol", n, "closed")

	s.ask("bob", "There is no export")

	n = s.ask("alice", "Tiles are slow")
	s.state("alice", n, "closed")
	s.state("alice", n, "open")
}

func (s *story) ask(who, title string) int {
	return number(s.must(who, "POST", s.at+"/issues", object{"title": title, "body": "See the title."}), "number")
}

func (s *story) state(who string, n int, state string) {
	s.must(who, "PATCH", fmt.Sprintf("%s/issues/%d", s.at, n), object{"state": state})
}

// label makes a label.
func (s *story) label(name string) int {
	s.t.Helper()
	return number(s.must("carol", "POST", s.at+"/labels", object{"name": name, "color": "#ff0000"}), "id")
}

// 6: of two authors, merged by its own without a review, which comes too late. It closes
// issue 4. Later still its author lets maintainers push to its branch, which moves what the
// server calls the time of the merge behind the review.
func (s *story) mergeOwn() {
	n := s.open("alice", "merged", "Export as text", "Fixes #4")
	s.merge("alice", n, "merge")
	eventually(s.t, "issue 4", func() bool {
		var o object
		s.do("root", "GET", s.at+"/issues/4", nil, &o)
		return o["state"] == "closed"
	})
	s.awaitSecond(n)
	s.review("bob", n, "COMMENT", "What if it is empty?", "src/export.go", "here", "and here")
	s.awaitSecond(n)
	s.must("alice", "PATCH", fmt.Sprintf("%s/pulls/%d", s.at, n), object{"allow_maintainer_edit": true})
	o := s.must("root", "GET", fmt.Sprintf("%s/pulls/%d", s.at, n), nil)
	require.Greater(s.t, text(o, "merged_at"), text(o, "closed_at"))
	require.Greater(s.t, text(o, "merged_at"), text(o, "updated_at"), "nothing says that it moved")
}

// 7: labelled, approved by two, of whom one is overruled, and rebased: two commits under
// new names.
func (s *story) rebase() {
	n := s.open("bob", "rebased", "Cache tiles", "")
	s.must("carol", "POST", fmt.Sprintf("%s/issues/%d/labels", s.at, n), object{"labels": []int{s.label("speed")}})
	id := s.review("alice", n, "APPROVED", "Fine.", "")
	s.review("carol", n, "APPROVED", "", "")
	s.must("carol", "POST", fmt.Sprintf("%s/pulls/%d/reviews/%d/dismissals", s.at, n, id), object{"message": "The cache was not there yet."})
	s.merge("carol", n, "rebase")
}

// 8: from a fork that is deleted afterwards, rebased under a merge commit.
func (s *story) fork() {
	s.must("erin", "POST", s.at+"/forks", object{"name": "copy"})
	s.push("erin", "/repos/erin/copy", "forked")
	n := number(s.must("erin", "POST", s.at+"/pulls", object{"head": "erin:forked", "base": "main", "title": "Tell of the cache"}), "number")
	s.review("dora", n, "COMMENT", "Two remarks.", "docs/cache.md", "a word is missing", "and a comma")
	s.review("alice", n, "APPROVED", "Good.", "")
	s.merge("bob", n, "rebase-merge")
	s.must("erin", "DELETE", "/repos/erin/copy", nil)
}

// 9: a robot's change, merged by a person. 10: a person's change, merged by a robot on
// somebody's word.
func (s *story) robots() {
	n := s.open("ci-bot", "robots", "Update what is needed", "")
	s.review("bob", n, "COMMENT", "Looks fine in general.", "")
	s.merge("carol", n, "merge")

	n = s.open("alice", "commanded", "Parse trailers", "")
	s.review("carol", n, "APPROVED", "Yes.", "")
	s.say("merge-bot", n, "Say /merge.")
	s.say("bob", n, "/merge")
	s.merge("merge-bot", n, "squash")
}

// 11 and 12: dora's own change, and one that she merged. Of the latter bob was asked to be
// a reviewer, and is still; and its branch was used again later.
func (s *story) leave() {
	n := s.open("dora", "left", "Rotate tiles", "")
	s.review("alice", n, "APPROVED", "Turns well.", "")
	s.merge("carol", n, "merge")

	n = s.open("carol", "taken", "Read settings from the environment", "")
	s.must("carol", "POST", fmt.Sprintf("%s/pulls/%d/requested_reviewers", s.at, n), object{"reviewers": []string{"bob"}})
	s.review("arne", n, "APPROVED", "Good.", "")
	s.merge("dora", n, "squash")
	s.push("carol", s.at, "left:taken")
}

// 13: approved, then pushed to, then merged all the same. 14: merged into a
// branch that the tender does not name.
func (s *story) overtake() {
	n := s.open("carol", "stale", "Log what is odd", "")
	s.review("bob", n, "APPROVED", "Fine.", "")
	s.again("carol", n, "stale-again:stale")
	s.merge("alice", n, "merge")

	n = s.openOn("old", "bob", "ported", "Name tiles", "")
	s.review("alice", n, "APPROVED", "", "")
	s.merge("carol", n, "squash")
}

// 15: closed without a merge. 16: still open, with a review that nobody has sent yet.
func (s *story) refuse() {
	n := s.open("arne", "refused", "Rewrite everything", "")
	s.review("bob", n, "REQUEST_CHANGES", "In smaller steps, please.", "")
	s.state("carol", n, "closed")

	n = s.open("bob", "open", "Not done yet", "")
	s.review("carol", n, "PENDING", "I am thinking.", "src/open.go", "hm")
}

// release publishes a version, one that is not ready for everybody, and one that is not
// published at all. A tag without a release is no act on a forge.
func (s *story) release() {
	s.must("carol", "POST", s.at+"/releases", object{"tag_name": "v1.0.0", "target_commitish": "main", "name": "1.0"})
	s.must("alice", "POST", s.at+"/releases", object{"tag_name": "v1.1.0-rc/1", "target_commitish": "main", "name": "1.1", "prerelease": true})
	s.must("bob", "POST", s.at+"/releases", object{"tag_name": "v2.0.0", "target_commitish": "main", "name": "2.0", "draft": true})
	s.must("bob", "POST", s.at+"/tags", object{"tag_name": "nightly", "target": "main"})
}

// depart deletes dora's account and gives erin's another name.
func (s *story) depart() {
	s.must("root", "DELETE", "/admin/users/dora", nil)
	s.must("root", "POST", "/admin/users/erin/rename", object{"new_username": "erin-kell"})
}
