package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
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
	source forge.Source
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
	if s.Judged != "" && w.form.Digest() != s.Judged {
		sites.Delete(string(key))
		return nil, fmt.Errorf("this machine reads another list, other rosters, or runs another version than the one that submitted the job: %s and the rosters must be the same for all", s.List)
	}
	return w, nil
}

// newSite reads the list and the rosters.
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
	n := cmp.Or(s.Workers, runtime.GOMAXPROCS(0))
	w.slots = make(chan struct{}, n)
	w.source = git.New(&git.Options{Cache: s.Cache, Save: true, Workers: max(1, runtime.GOMAXPROCS(0)/n), Log: w.log})
	return w, nil
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
	for name, b := range files.seen {
		sum := sha256.Sum256(b)
		w.inputs.Files[name] = hex.EncodeToString(sum[:])
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

// version is that of the module, or of the history that it was built from.
func version() string {
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
