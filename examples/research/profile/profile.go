// Package profile leads from the kinds of numbers that others publish on who gives back to
// the numbers of this project. A [Profile] is data: the rules by which gitdm,
// Stackalytics, OSCI or CHAOSS count commits by organisation. A [Waterfall] begins with
// what a profile counts in a history, and goes rule by rule to our units of change and to
// the credit of the indicator changes: what each rule adds and takes, by organisation and
// in sum. Every step adds up exactly, in millionths.
//
// A profile counts what its original counts in the same repository; it does not fetch
// what the original published, and where it could not be followed, [Rule.Here] says so.
package profile

import (
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Profile is a way to count commits by organisation.
type Profile struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Unit   string `json:"unit"`   // what its number counts
	Source string `json:"source"` // what its rules were read from
	Rules  []Rule `json:"rules"`

	// What follows is what the rules say, as settings.

	CoAuthors bool    `json:"co_authors"` // co-authors count as authors do, each in full
	Merges    bool    `json:"merges"`     // merge commits count
	Robots    bool    `json:"robots"`     // robots count
	Once      bool    `json:"once"`       // a commit in several repositories counts once
	Accepted  bool    `json:"accepted"`   // the time of acceptance decides the period; otherwise the author's date
	Domain    bool    `json:"domain"`     // the mail domain of the author decides, whatever rosters say of the person
	Community []int64 `json:"community"`  // addresses with at least so many commits are counted, too
}

// Rule is a rule of a profile.
type Rule struct {
	On     string `json:"on"`             // what it decides
	Says   string `json:"says"`           // what the original does
	Source string `json:"source"`         // where that stands
	Here   string `json:"here,omitempty"` // what is done here, where it is something else
}

// Of returns the profile of a name.
func Of(name string) (Profile, bool) {
	list := Profiles()
	i := slices.IndexFunc(list, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return list[i], true
}

// Names returns the names of the profiles.
func Names() (list []string) {
	for _, p := range Profiles() {
		list = append(list, p.Name)
	}
	return list
}

// counts reports whether the profile counts acts of a role on commits.
func (p Profile) counts(role model.Role) bool {
	return role == model.Author || role == model.CoAuthor && p.CoAuthors
}
