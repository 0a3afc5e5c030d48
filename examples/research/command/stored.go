package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// stored is what forges said before. They are not asked here.
type stored struct {
	forge.Hosts
	file  string // "" where nothing is stored
	store *store.Store
}

func (s *stored) close() {
	if s.store != nil {
		s.store.Close()
	}
}

// storedOf opens what is stored of the forges that projects are on: in a file, or in that of
// --cache where there is one.
func (a *app) storedOf(ctx context.Context, projects map[string]model.Project, file string) (*stored, error) {
	s := &stored{Hosts: forge.Hosts{}, file: file}
	if file == "" && a.cache != "" {
		usual := filepath.Join(a.cache, "forges.db")
		if _, err := os.Stat(usual); err == nil {
			s.file = usual
		}
	}
	if s.file == "" {
		return s, nil
	}
	if _, err := os.Stat(s.file); err != nil {
		return nil, usageError{fmt.Errorf("--store: %w", err)}
	}
	var err error
	if s.store, err = store.Open(ctx, s.file, &store.Options{ReadOnly: true, Log: a.log()}); err != nil {
		return nil, err
	}
	for _, p := range projects {
		for _, r := range p.Repositories {
			known, err := s.store.Knows(r.Address())
			if err != nil {
				s.close()
				return nil, err
			}
			if host := hosts.Of(r); known && host != "" {
				s.Hosts[host] = s.store.Source()
			}
		}
	}
	return s, nil
}
