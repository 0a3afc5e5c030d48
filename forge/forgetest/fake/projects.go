package fake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// Projects are those that the server answers about. They are looked at while it answers,
// or inside Edit.
func (s *Server) Projects() []*forgetest.Project { return s.projects }

// Find is the project of a name that the caller sees, case aside, and whether it is an
// old name; nil where there is none. It is called while the server answers.
func (s *Server) Find(name string, who *Caller) (p *forgetest.Project, old bool) {
	same := func(n string) bool { return strings.EqualFold(n, name) }
	for _, p := range s.projects {
		if who.Sees(p) && same(p.FullName()) {
			return p, false
		}
	}
	for _, p := range s.projects {
		if who.Sees(p) && slices.ContainsFunc(p.OldNames, same) {
			return p, true
		}
	}
	return nil, false
}

// Accounts are all that the projects name, each once, in the order of the projects. It is
// called while the server answers.
func (s *Server) Accounts() []forgetest.Account {
	return Remembered(s, "accounts", func() []forgetest.Account {
		var list []forgetest.Account
		seen := map[string]bool{}
		for _, p := range s.projects {
			for _, a := range p.Accounts() {
				if !seen[a.Login] {
					seen[a.Login] = true
					list = append(list, a)
				}
			}
		}
		return list
	})
}

// Remembered makes a value once for all requests until the next Edit, such as a sorted
// list. It is called while the server answers.
func Remembered[T any](s *Server, key string, make func() T) T {
	if v, ok := s.memory[key].(T); ok {
		return v
	}
	v := make()
	s.memory[key] = v
	return v
}

// Errorf fails the test, in the name of the fake: the client asked for what the forge, or
// the fake, does not know.
func (s *Server) Errorf(format string, args ...any) {
	s.t.Errorf("%s: %s", s.rules.Name, fmt.Sprintf(format, args...))
}
