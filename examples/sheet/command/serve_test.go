package command_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/examples/sheet/command"
)

// The commands of the cells that pull keep to the exit statuses.
func TestStatusesOfTheServersCommands(t *testing.T) {
	store := filepath.Join(t.TempDir(), "grants")
	for _, x := range []struct {
		want int
		args []string
	}{
		{command.Usage, []string{"serve"}}, {command.Usage, []string{"serve", "here"}}, {command.Usage, []string{"serve", "--nothing"}},
		{command.Usage, []string{"grant", "--store", store, "--tender", "a/b"}}, {command.Usage, []string{"grants", "x"}}, {command.Usage, []string{"revoke", "--store", store}},
		{command.Failed, []string{"grants", "--store", store}},
		{command.Done, []string{"grant", "--store", store, "--tender", "a"}}, {command.Done, []string{"grants", "--store", store}}, {command.Done, []string{"serve", "--help"}},
		{command.Failed, []string{"revoke", "--store", store, "nobody"}},
	} {
		said, status := run(t, x.args...)
		assert.Equal(t, x.want, status, "%v: %s", x.args, said)
	}
}
