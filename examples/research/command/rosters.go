package command

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// keyVariable names the environment variable with the key of the pseudonyms.
const keyVariable = "TRIBUTARY_PSEUDONYM_KEY"

// rosterFormats returns the names of the formats of rosters.
func rosterFormats() []string {
	var list []string
	for _, f := range formats.All() {
		list = append(list, f.Name)
	}
	return list
}

// affiliations reads who works for whom: what a tender document says, where one is named,
// and tables beside it. Evidence of every level serves here, as nobody is scored.
func (a *app) affiliations(tender string, rosters []string) (*model.Tender, error) {
	t := model.NewTender()
	if tender != "" {
		var err error
		if t, err = a.document(tender); err != nil {
			return nil, usageError{err}
		}
	}
	t.Evidence = model.Profile
	for _, r := range rosters {
		table, err := a.readTable(r, t)
		if err != nil {
			return nil, usageError{err}
		}
		t.Tables = append(t.Tables, *table)
		a.remarks(r, table.Notes)
	}
	return t, nil
}

// document reads a tender document, as [tenderfile.Read] does, and remembers what it reads.
func (a *app) document(name string) (*model.Tender, error) {
	dir := filepath.Dir(name)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the tender: %w", err)
	}
	defer root.Close()
	t, err := tenderfile.ReadFS(watched{root.FS(), dir, a}, filepath.Base(name), formats.All()...)
	if faults, ok := errors.AsType[tenderfile.Faults](err); ok {
		for i := range faults {
			faults[i].File = filepath.Join(dir, filepath.FromSlash(faults[i].File))
		}
	}
	return t, err
}

// opened is a file that was read, by its path and by its name below the folder of what was named.
type opened struct{ path, name string }

// watched is a folder that remembers which of its files were opened: a roster may include others.
type watched struct {
	fs.FS
	dir string
	a   *app
}

func (w watched) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if file := (opened{filepath.Join(w.dir, filepath.FromSlash(name)), name}); err == nil && !slices.Contains(w.a.read, file) {
		w.a.read = append(w.a.read, file)
	}
	return f, err
}

// readTable reads a roster that is named as FORMAT:FILE.
func (a *app) readTable(named string, t *model.Tender) (*model.Table, error) {
	format, file, _ := strings.Cut(named, ":")
	i := slices.IndexFunc(formats.All(), func(f model.RosterFormat) bool { return f.Name == format })
	if i < 0 || file == "" {
		return nil, fmt.Errorf("--roster %s: write it as FORMAT:FILE, where FORMAT is one of %s", named, strings.Join(rosterFormats(), ", "))
	}
	root, err := os.OpenRoot(filepath.Dir(file)) // no link leads out of the folder
	if err != nil {
		return nil, fmt.Errorf("--roster %s: %w", named, notThere(err))
	}
	defer root.Close()
	table, err := formats.All()[i].Read(watched{root.FS(), filepath.Dir(file), a}, model.Roster{File: filepath.Base(file), Format: format}, t)
	if err != nil {
		return nil, fmt.Errorf("--roster %s: %w", named, notThere(err))
	}
	return table, nil
}

// notThere says of a missing file what to do.
func notThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; name the file of a roster", err)
	}
	return err
}

// remarks says how much of a table was not understood, and on request what.
func (a *app) remarks(roster string, notes []model.Note) {
	refused := 0
	for _, n := range notes {
		if n.Refused {
			refused++
		}
		if a.verbose {
			fmt.Fprintln(a.Err, plain(n.String()))
		}
	}
	if refused > 0 && !a.verbose {
		fmt.Fprintln(a.Err, plain(fmt.Sprintf("%s: %d places were left out; --verbose shows them", roster, refused)))
	}
}

// pseudonymKey returns the key of the pseudonyms: the user's, otherwise one made of the
// rosters. Where these are public, so is the key: it then only keeps names off the page.
func pseudonymKey(t *model.Tender) []byte {
	if key := os.Getenv(keyVariable); key != "" {
		return []byte(key)
	}
	rosters, _ := json.Marshal(struct {
		People []model.Person
		Tables []model.Table
	}{t.People, t.Tables})
	sum := sha256.Sum256(rosters)
	return sum[:]
}
