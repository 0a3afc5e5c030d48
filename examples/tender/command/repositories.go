package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/model"
)

func (a *app) repositoriesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "repositories GROUP",
		Short: "List the repositories of a GitLab group, for a document",
		Long: "Repositories lists the projects of a group and of all groups below it, in the form in which a\n" +
			"document has them. Archived ones and those that are only shared with the group are left out.",
		Example: "  tender repositories https://gitlab.com/karst",
		Args:    exactly(1, "the address of a group"),
		RunE:    func(c *cobra.Command, args []string) error { return a.listRepositories(c.Context(), args[0]) },
	}
}

// listRepositories prints the repositories of a group. It names the forge where the
// host's name does not.
func (a *app) listRepositories(ctx context.Context, group string) error {
	if a.offline {
		return usageError{fmt.Errorf("a group's repositories are asked for at its forge, so it cannot be --offline")}
	}
	_, base, err := a.authorities()
	if err != nil {
		return err
	}
	stated, err := a.servers([]model.Repository{{URL: group}})
	if err != nil {
		return err
	}
	list, err := hosts.Repositories(ctx, group, &hosts.Options{Servers: stated, Log: a.log(), Base: base})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintf(a.Err, "%s has no repositories that can be seen; a token may show more (%s)\n", forge.Redact(group), tokenVariable(hosts.Of(model.Repository{URL: group})))
	}
	for _, r := range list {
		if strings.ContainsFunc(r.URL, outsideAddress) {
			fmt.Fprintf(a.Err, "left out: %s, which is no address of a repository\n", plain(r.URL))
			continue
		}
		fmt.Fprintf(a.Out, "- url: %s\n", r.URL)
		if forge.ForgeOf(model.Repository{URL: r.URL}) == "" {
			fmt.Fprintf(a.Out, "  forge: %s\n", r.Forge)
		}
	}
	return nil
}

// outsideAddress reports whether a character has no place in an address of a repository, as
// a document has it: whoever runs the forge could write into the document with it.
func outsideAddress(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~:/[]%+@", r))
}
