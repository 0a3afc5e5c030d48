package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// site is what a process needs to work on projects. It is read-only, and shared by all that
// runs in the process.
type site struct {
	Settings
	tender *model.Tender
	census *census.Census
	form   *score.LedgerForm
	hosts  forge.Hosts
	clones *git.Source // that of the histories, which holds the clones
	store  *copied     // of what forges said; nil where git alone is asked
	inputs census.Inputs
	slots  chan struct{} // one for each project that may be worked on at once
	log    *slog.Logger
}

// sites holds the site of each run that this process works for. Beam makes a function object for
// each bundle at once and knows nothing that they could share; without this, each would read
// the rosters anew, and nothing would bound how many projects are mined in one process.
var sites sync.Map // Settings as JSON → func() (*site, error)

// siteOf returns the process's site of a run.
func siteOf(ctx context.Context, s Settings) (*site, error) {
	key, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	made, _ := sites.LoadOrStore(string(key), sync.OnceValues(func() (*site, error) { return newSite(context.WithoutCancel(ctx), s) }))
	w, err := made.(func() (*site, error))()
	if err != nil {
		sites.CompareAndDelete(string(key), made) // what it read may be there later
		return nil, err
	}
	if s.Judged != "" && w.judged() != s.Judged {
		sites.Delete(string(key))
		w.close()
		return nil, fmt.Errorf("this machine reads another list, other rosters or another store, or runs another version than the one that submitted the job: %s, the rosters and the store must be the same for all", s.List)
	}
	return w, nil
}

// share makes this site the process's for a run by these settings, until forget is called.
func (w *site) share(s Settings) (forget func(), err error) {
	key, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	w.Settings, w.inputs.Version = s, s.Version
	sites.Store(string(key), func() (*site, error) { return w, nil })
	return func() { sites.Delete(string(key)) }, nil
}

// close gives back what the site holds open.
func (w *site) close() {
	if w.store != nil {
		w.store.close()
	}
}

// newSite reads the list and the rosters, and copies the store. Whoever makes one closes it.
func newSite(ctx context.Context, s Settings) (*site, error) {
	window, err := s.check()
	if err != nil {
		return nil, &UsageError{err}
	}
	w := &site{Settings: s, log: slog.New(slog.DiscardHandler),
		inputs: census.Inputs{Files: map[string]string{}, Program: "fleet", Version: s.Version}}
	if s.Verbose {
		w.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	t := model.NewTender()
	t.Window, t.Evidence, t.Bidders.All = window, model.Profile, true // evidence of every level serves: nobody is scored
	if err := w.read(ctx, t); err != nil {
		return nil, &UsageError{err}
	}
	if w.census, err = census.New(t); err != nil {
		return nil, &UsageError{err}
	}
	w.tender, w.form = t, score.NewLedgerForm(t)
	w.slots = make(chan struct{}, cmp.Or(s.Workers, runtime.GOMAXPROCS(0)))
	if err := w.sources(ctx); err != nil {
		return nil, &UsageError{err}
	}
	return w, nil
}

// sources makes the source of histories and, with a store, those of the hosts of which it knows
// something.
func (w *site) sources(ctx context.Context) (err error) {
	var pem []byte
	if w.CA != "" {
		if pem, err = read(ctx, w.CA); err != nil {
			return fmt.Errorf("-ca: %w", err)
		}
		if !x509.NewCertPool().AppendCertsFromPEM(pem) {
			return fmt.Errorf("-ca %s: it holds no certificate; want PEM, which begins with -----BEGIN CERTIFICATE-----", w.CA)
		}
	}
	w.hosts = forge.Hosts{}
	if w.Store != "" {
		if w.store, err = copyStore(ctx, w.Store, w.log); err != nil {
			return fmt.Errorf("-store: %w", err)
		}
		if err := w.store.answer(w.tender, w.hosts); err != nil {
			w.close()
			return fmt.Errorf("-store: %w", err)
		}
		_, base := split(w.Store)
		w.inputs.Note(base, w.store.digest)
	}
	w.clones = git.New(&git.Options{Cache: w.Cache, Save: !w.DropClones, Workers: max(1, runtime.GOMAXPROCS(0)/cap(w.slots)), CABundle: pem,
		Heads: len(w.hosts) > 0, Memory: batch.Memory, MostBytes: w.MostBytes, Log: w.log})
	w.hosts[forge.Git] = batch.Within(w.clones, w.Timeout)
	if w.store != nil {
		w.census = w.census.From(w.store.digest, w.hosts)
	}
	return nil
}

// judged names all that the parts hang on beside the repositories.
func (w *site) judged() string {
	if w.store == nil {
		return w.form.Digest()
	}
	return w.form.Digest() + " " + w.store.digest
}

// read puts into a tender what the list and the rosters say.
func (w *site) read(ctx context.Context, t *model.Tender) error {
	dir, list := split(w.List)
	files := folder{ctx, dir, map[string][]byte{}}
	var err error
	if t.Projects, err = tenderfile.ReadListFS(files, list); err != nil {
		return err
	}
	equal := map[string]float64{}
	for name := range t.Projects {
		equal[name] = 1 / float64(len(t.Projects))
	}
	t.Lots = []model.Lot{{ID: "1", Projects: equal}}
	w.noted(files)
	for _, r := range w.Rosters {
		format, name, _ := strings.Cut(r, ":")
		i := slices.IndexFunc(formats.All(), func(f model.RosterFormat) bool { return f.Name == format })
		if i < 0 || name == "" {
			return fmt.Errorf("-roster %s: write it as FORMAT:FILE, where FORMAT is one of %s", r, strings.Join(RosterFormats(), ", "))
		}
		dir, base := split(name)
		files := folder{ctx, dir, map[string][]byte{}}
		table, err := formats.All()[i].Read(files, model.Roster{File: base, Format: format}, t)
		if err != nil {
			return fmt.Errorf("-roster %s: %w", r, err)
		}
		t.Tables = append(t.Tables, *table)
		w.noted(files)
	}
	return nil
}

// noted remembers what was read from a folder among the inputs.
func (w *site) noted(files folder) {
	for _, name := range slices.Sorted(maps.Keys(files.seen)) {
		sum := sha256.Sum256(files.seen[name])
		w.inputs.Note(name, hex.EncodeToString(sum[:]))
	}
}

// RosterFormats returns the names of the formats of rosters.
func RosterFormats() []string {
	var list []string
	for _, f := range formats.All() {
		list = append(list, f.Name)
	}
	return list
}
