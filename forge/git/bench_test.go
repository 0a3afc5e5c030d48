package git

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func BenchmarkNumstat(b *testing.B) {
	dir := os.Getenv("TRIBUTARY_BENCH")
	if dir == "" {
		b.Skip("set TRIBUTARY_BENCH to the path of a repository")
	}
	for b.Loop() {
		for _, err := range New(&Options{Facts: []model.Kind{model.LineFacts}, Inside: true}).Mine(b.Context(), model.Repository{URL: dir}, model.Period{}) {
			require.NoError(b, err)
		}
	}
}
