package command

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

type convertFlags struct{ from, to, tender string }

func (a *app) convertCommand() *cobra.Command {
	var f convertFlags
	var names []string
	for _, r := range formats.All() {
		names = append(names, r.Name)
	}
	c := &cobra.Command{
		Use:   "convert FILE --from FORMAT --to FORMAT",
		Short: "Write a table of affiliations in another form",
		Long: "Convert reads a table of who works for whom in one form of the field and prints it in another, or as a\n" +
			"people document (--to tributary). What is not understood, and what the other form cannot say, is told\n" +
			"apart from the table.\n\nForms: " + strings.Join(names, ", ") + ", and tributary to write.",
		Example: "  tender convert gitdm.config --from gitdm --to sortinghat > people.json\n" +
			"  tender convert default_data.json --from stackalytics --to tributary --tender tender.yaml > people.yaml",
		Args: exactly(1, "the file of a table"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := cmp.Or(oneOf("--from", f.from, names...), oneOf("--to", f.to, append(names, "tributary")...)); err != nil {
				return err
			}
			return a.convert(args[0], f)
		},
	}
	c.Flags().StringVar(&f.from, "from", "", "form of the file")
	c.Flags().StringVar(&f.to, "to", "", "form to write")
	c.Flags().StringVar(&f.tender, "tender", "", "with --to tributary: document whose vendors the employers are; without it each employer becomes a vendor")
	return c
}

func (a *app) convert(file string, f convertFlags) error {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("reading the table: %w", err)
	}
	defer root.Close()
	t := model.NewTender()
	if f.tender != "" {
		if t, err = readTender(f.tender); err != nil {
			return err
		}
	}
	table, err := form(f.from).Read(root.FS(), model.Roster{File: filepath.Base(file), Format: f.from}, t)
	if err != nil {
		return fmt.Errorf("reading the table: %w", err)
	}
	notes := append(slices.Clone(table.Notes), visible(table)...)
	unsaid, err := a.writeTable(a.Out, table, t, f)
	if err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	for _, n := range append(notes, unsaid...) {
		fmt.Fprintln(a.Err, plain(n.String()))
	}
	return nil
}

func form(name string) model.RosterFormat {
	all := formats.All()
	return all[slices.IndexFunc(all, func(f model.RosterFormat) bool { return f.Name == name })]
}

func (a *app) writeTable(w io.Writer, table *model.Table, t *model.Tender, f convertFlags) ([]model.Note, error) {
	if f.to != "tributary" {
		return form(f.to).Write(w, table)
	}
	if f.tender != "" {
		ids := vendorNames(t)
		return formats.WritePeople(w, table, func(name string) string { return ids[strings.ToLower(name)] })
	}
	ids := shortNames(table)
	notes, err := formats.WritePeople(w, table, func(name string) string { return ids[name] })
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		fmt.Fprintf(a.Err, "the tender needs the vendor %s: {name: %q}\n", ids[name], name)
	}
	return notes, err
}

// vendorNames returns the vendors by all their names in lower case; those that two bear
// stand for none.
func vendorNames(t *model.Tender) map[string]string {
	ids := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(t.Vendors)) {
		names := []string{id, t.Vendors[id].Name}
		for _, n := range t.Vendors[id].Names {
			names = append(names, n.Name)
		}
		for _, name := range names {
			name = strings.ToLower(name)
			if was, ok := ids[name]; ok && was != id {
				ids[name] = ""
				continue
			}
			ids[name] = id
		}
	}
	return ids
}

var notShort = regexp.MustCompile(`[^a-z0-9]+`)

// shortNames makes a short name of each employer's name; equal ones get numbers, by order.
func shortNames(t *model.Table) map[string]string {
	names := map[string]bool{}
	for _, p := range t.People {
		for _, e := range p.Employment {
			names[e.Vendor] = e.Vendor != model.Independent && e.Vendor != model.Academic
		}
	}
	ids, used := map[string]string{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !names[name] {
			continue
		}
		short := cmp.Or(strings.Trim(notShort.ReplaceAllString(strings.ToLower(name), "-"), "-"), "employer")
		id := short
		for n := 2; used[id] || id == "unknown" || id == model.Independent || id == model.Academic; n++ {
			id = fmt.Sprintf("%s-%d", short, n)
		}
		ids[name], used[id] = id, true
	}
	return ids
}
