package command

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func (a *app) compareCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "compare A.json B.json",
		Short: "Say what changed between two results, and why",
		Long: "Compare reads two rankings, as score --out writes them into ranking.json, and says what\n" +
			"differs: method, affiliations, facts, and each bidder's score with what every indicator adds\n" +
			"to its change. A folder stands for the ranking.json in it.",
		Example: "  tender compare before/ranking.json after/ranking.json\n  tender compare before after --format json",
		Args:    exactly(2, "the files of two rankings"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			before, err := readRanking(args[0])
			if err != nil {
				return err
			}
			after, err := readRanking(args[1])
			if err != nil {
				return err
			}
			c := score.Compare(before, after)
			if format == "json" {
				return report.ComparisonJSON(a.Out, c)
			}
			return report.ComparisonText(a.Out, c, a.text(0))
		},
	}
	c.Flags().StringVar(&format, "format", "text", "what to print: text or json")
	return c
}

// readRanking reads a ranking from a file, or from the folder of a result.
func readRanking(path string) (*model.Ranking, error) {
	if at, err := os.Stat(path); err == nil && at.IsDir() {
		path = filepath.Join(path, "ranking.json")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usageError{err}
	}
	defer f.Close()
	r, err := model.ReadRanking(f)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return r, nil
}
