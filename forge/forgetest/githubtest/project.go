package githubtest

import (
	"cmp"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// What a test writes down is the same for every forge.
type (
	Project  = forgetest.Project
	Account  = forgetest.Account
	Change   = forgetest.Change
	Review   = forgetest.Review
	Event    = forgetest.Event
	Comment  = forgetest.Comment
	Issue    = forgetest.Issue
	Release  = forgetest.Release
	Advisory = forgetest.Advisory
	Credit   = forgetest.Credit
)

// Large is [forgetest.Large].
func Large(n int) *Project { return forgetest.Large(n) }

// pathOf is the account's page, which tells an app from a user.
func pathOf(a Account) string {
	if a.App {
		return "/apps/" + a.Login
	}
	return "/" + a.Login
}

// shownState is the state of a review as GitHub shows it: a dismissed one has lost its
// verdict.
func shownState(v *Review) string {
	if v.IsDismissed() {
		return "DISMISSED"
	}
	return cmp.Or(v.State, "COMMENTED")
}

func shown(v *Release) bool { return !v.Draft }
