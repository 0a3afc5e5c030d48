package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/research/audit"
	"github.com/tributary-oss/tributary/score/report/locale"
)

type auditReadFlags struct{ key, format, lang string }

func (a *app) auditReadCommand() *cobra.Command {
	var f auditReadFlags
	c := &cobra.Command{
		Use:   "read SHEET...",
		Short: "Make precision, recall and Cohen's kappa of a sheet that was filled in",
		Long: "Read holds the coders' answers against the engine's. Where each coder filled in a copy\n" +
			"of the sheet of their own, name all copies. What the coders disagree on is listed; write\n" +
			"the answer they come to into the column adjudicated, and read the sheet again.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage, or a sheet or key that was changed.",
		Example: "  research audit read sheet.csv --key key.csv\n" +
			"  research audit read sheet-ada.csv sheet-bob.csv --key key.csv --format csv",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("research audit read: no sheet; name the file that coders filled in")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.auditRead(args, f) },
	}
	c.Flags().StringVar(&f.key, "key", "key.csv", "key that was written with the sheet")
	c.Flags().StringVar(&f.format, "format", "text", "what to print: text or csv")
	c.Flags().StringVar(&f.lang, "lang", "", "language of the text: en or fr")
	return c
}

func (a *app) auditRead(sheets []string, f auditReadFlags) error {
	if err := oneOf("--format", f.format, "text", "csv"); err != nil {
		return err
	}
	l, err := locale.Of(f.lang)
	if err != nil {
		return usageError{fmt.Errorf("--lang: %w", err)}
	}
	key, err := readFile(f.key, audit.ReadKey)
	if err != nil {
		return err
	}
	var copies [][]audit.Coded
	for _, sheet := range sheets {
		rows, err := readFile(sheet, func(name string, r io.Reader) ([]audit.Coded, error) { return audit.ReadSheet(name, r, key) })
		if err != nil {
			return err
		}
		copies = append(copies, rows)
	}
	rows, err := audit.Join(copies...)
	if err != nil {
		return usageError{err}
	}
	result := audit.Evaluate(key, rows)
	if f.format == "csv" {
		return audit.CSV(a.Out, result)
	}
	return audit.Text(a.Out, result, &audit.TextOptions{Width: a.Width, Locale: l})
}

// readFile reads a file; what is wrong with what it says is wrong usage.
func readFile[T any](file string, read func(string, io.Reader) (T, error)) (T, error) {
	var none T
	in, err := os.Open(file)
	if err != nil {
		return none, usageError{err}
	}
	defer in.Close()
	x, err := read(file, in)
	if err != nil {
		return none, usageError{err}
	}
	return x, nil
}
