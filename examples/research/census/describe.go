package census

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"runtime/debug"
	"slices"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// ManifestFormat names the form of manifest.json.
const ManifestFormat = "tributary-census/1"

// Inputs are what the tables were made from beside the repositories.
type Inputs struct {
	// Files are the SHA-256 of each file that was read of a list, a document, a roster or a store, those
	// that a roster includes among them, by its name below the folder of what was named.
	Files map[string]string `json:"files"`
	// Identified says that organisations are named, too, that nobody states and that one person
	// alone is behind. The tables may then name persons.
	Identified bool `json:"identified"`
	// Program and Version name what made the tables.
	Program string `json:"program"`
	Version string `json:"version"`
}

// Note enters the SHA-256 of a file under its name. Of several that have one name and are not the
// same, all but the first have a number behind it.
func (in *Inputs) Note(name, digest string) {
	key := name
	for n := 2; in.Files[key] != "" && in.Files[key] != digest; n++ {
		key = fmt.Sprintf("%s (%d)", name, n)
	}
	in.Files[key] = digest
}

// Version is that of the program that runs: of its module, or the commit that it was built from.
func Version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return b.Main.Version
}

// manifest says what the tables were made from, and how they can be told to be whole.
type manifest struct {
	Format   string            `json:"format"`
	Window   model.Window      `json:"window"`
	Judged   string            `json:"judged"` // digest of all that judging depends on
	Method   int               `json:"method"`
	Rosters  map[string]string `json:"rosters"`
	Inputs   Inputs            `json:"inputs"`
	Projects int               `json:"projects"`
	Gaps     int               `json:"gaps"`
	Files    map[string]string `json:"files"` // SHA-256 of each file beside this one
}

// describe writes what describes the tables.
func (w *writer) describe(inputs Inputs) error {
	if err := w.file("measures.md", measuresText()); err != nil {
		return err
	}
	b, err := lines(w.dataPackage())
	if err == nil {
		err = w.file("datapackage.json", b)
	}
	if err != nil {
		return err
	}
	gaps := 0
	for name := range w.ledger.Projects {
		gaps += len(w.ledger.Gaps(name))
	}
	b, err = lines(manifest{ManifestFormat, w.tender.Window, w.form.Digest(), w.tender.Method, score.RosterDigests(w.tender),
		inputs, w.projects, gaps, maps.Clone(w.create.sums())})
	if err != nil {
		return err
	}
	return w.file("manifest.json", b)
}

func (w *writer) file(name string, b []byte) error {
	f, err := w.create.make(name)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// lines writes JSON to be read by people, too.
func lines(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// measuresText says what the measures are.
func measuresText() []byte {
	var b bytes.Buffer
	b.WriteString("# Measures\n\nWhat measures.csv holds, by the names that CHAOSS (https://chaoss.community) gives to measures. A commit, change\n" +
		"or release is of the window when it was accepted, merged or published in it. A value that is not known is empty, with the reason beside it.\n" +
		"Organisations that the tables show together, in the rows (one-person domains), are counted here each by itself.\n")
	for _, m := range Measures() {
		fmt.Fprintf(&b, "\n## %s\n\nCHAOSS: %s, %s\n\nUnit: %s\n\n%s\n\nWhere it differs: %s\n", m.Name, m.Chaoss, m.Source, m.Unit, m.Means, m.Differs)
	}
	return b.Bytes()
}

// dataPackage describes the tables for programs: Data Package 2.0 with Table Schema,
// https://datapackage.org.
func (w *writer) dataPackage() any {
	resource := func(name, title string, columns []field) any {
		var fields []any
		for _, c := range columns {
			doc := c.doc
			if c.unit != "" {
				doc += " (unit: " + c.unit + ")"
			}
			fields = append(fields, map[string]any{"name": c.name, "type": c.kind, "description": doc,
				"constraints": map[string]bool{"required": c.required}})
		}
		return map[string]any{"name": name, "title": title, "path": name + ".csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
			"dialect": map[string]any{"header": true, "delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true},
			"schema":  map[string]any{"fields": fields, "missingValues": []string{""}}}
	}
	return map[string]any{
		"$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
		"name":    "tributary-census", "title": "Who does what in open source projects",
		"description": "Each table stands as CSV and, with the same columns, as Parquet. An empty cell is unknown or does not apply; it is never 0. " +
			w.namesText() +
			"In CSV a text that a spreadsheet could take for a formula, or that begins with an apostrophe, has an apostrophe before it, and what cannot be seen stands as \\u and four hexadecimal digits; Parquet has the texts as they are.",
		"resources": []any{
			resource("acts", "Acts by project, organisation, month, role and class of files", columnsOf[actsRow]()),
			resource("churn", "Files and lines by project, organisation, month and class of files", columnsOf[churnRow]()),
			resource("organisations", "Organisations over all projects", columnsOf[organisationRow]()),
			resource("coverage", "How much the sources could show", columnsOf[coverageRow]()),
			resource("measures", "Measures that CHAOSS names, see measures.md", columnsOf[measureRow]()),
			resource("repositories", "The commits that were mined", columnsOf[repositoryRow]()),
		},
	}
}

// namesText says which organisations the tables name.
func (w *writer) namesText() string {
	if w.identified {
		return "Organisations stand under their mail domains even where one person alone is behind one: the tables may name persons. "
	}
	return "Mail domains that no roster states, and that one person alone is behind in all projects, may be that person's name: they stand together in the rows " +
		discreet.Row + ". Such a row is no organisation: measures.csv has what was computed of them apart. "
}

// digests remembers the SHA-256 of every output.
type digests struct {
	create Create
	made   map[string]hash.Hash
}

func (d *digests) make(name string) (io.WriteCloser, error) {
	f, err := d.create(name)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	if d.made == nil {
		d.made = map[string]hash.Hash{}
	}
	h := sha256.New()
	d.made[name] = h
	return digested{f, h}, nil
}

func (d *digests) sums() map[string]string {
	sums := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(d.made)) {
		sums[name] = hex.EncodeToString(d.made[name].Sum(nil))
	}
	return sums
}

type digested struct {
	io.WriteCloser
	sum hash.Hash
}

func (d digested) Write(b []byte) (int, error) {
	n, err := d.WriteCloser.Write(b)
	d.sum.Write(b[:n])
	return n, err
}
