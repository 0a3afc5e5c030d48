package gitea_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// A real Gitea takes ten minutes to build, so its test is a module of its own that
// go test ./... leaves alone. With -v this one says how it is run.
func TestARealServerIsAskedApart(t *testing.T) {
	for _, file := range []string{"e2e/go.mod", "e2e/build/main.go", "e2e/e2e_test.go"} {
		_, err := os.Stat(file)
		require.NoError(t, err)
	}
	t.Log("against a real Gitea: go -C forge/gitea/e2e run ./build && go -C forge/gitea/e2e test -count=1 ./...")
}
