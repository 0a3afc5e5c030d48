// Package listing is what commands share that work through a list of repositories: the flags
// that bound what a list may take, the line that says how far it is, and what became of it.
package listing

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

// Flags bound what the work on a list may take.
type Flags struct {
	KeepClones       bool
	DiskBudget, Most Size          // of all clones, 0 is no limit; and of the fetch of one repository, 0 is that of package git
	Timeout, Pause   time.Duration // for a repository, and between two projects of one host
	AtOnce           int           // projects; 0 is one per processor
	PerHost, Tries   int
}

// Add declares the flags, with what holds where none is given.
func (f *Flags) Add(p *pflag.FlagSet) {
	f.Most = 4 << 30
	p.BoolVar(&f.KeepClones, "keep-clones", true, "keep clones for the next time; false drops each once its project is mined")
	p.Var(&f.DiskBudget, "disk-budget", "most that all clones may take, such as 20GiB, those used longest ago go first; 0 is no limit")
	p.Var(&f.Most, "most-bytes", "most that the fetch of one repository may bring")
	p.DurationVar(&f.Timeout, "timeout", 30*time.Minute, "most time for one repository; 0 is no limit")
	p.IntVar(&f.AtOnce, "projects-at-once", 0, "projects mined at once (default: one per processor)")
	p.IntVar(&f.PerHost, "per-host", 4, "projects of one host mined at once")
	p.DurationVar(&f.Pause, "pause", 0, "least time between two projects of one host")
	p.IntVar(&f.Tries, "tries", 3, "how often a project is begun that fails for a reason that may pass")
}

// Read reads a list, as [tenderfile.ReadList] does, and says of one that is not there what to do.
func Read(file string) (map[string]model.Project, error) {
	projects, err := tenderfile.ReadList(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not there; name the file of a list of repositories", file)
	}
	return projects, err
}

// Names are the names of the flags.
func Names() (names []string) {
	p := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&Flags{}).Add(p)
	p.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// Check says what is wrong with the numbers.
func (f *Flags) Check() error {
	if f.AtOnce < 0 || f.PerHost < 1 || f.Tries < 1 || f.Timeout < 0 || f.Pause < 0 {
		return errors.New("--projects-at-once, --timeout and --pause are at least 0, --per-host and --tries at least 1")
	}
	return nil
}

// Git returns the source of the histories, by options that bear what all lists share. What a
// mining may hold is the same whatever the machine and the number at once.
func (f *Flags) Git(o git.Options) *git.Source {
	if o.Workers == 0 {
		o.Workers = max(1, runtime.GOMAXPROCS(0)/f.atOnce())
	}
	o.Save, o.Memory, o.MostBytes = f.KeepClones, batch.Memory, int64(f.Most)
	return git.New(&o)
}

// Batch returns how a list is worked through, with the source that [Flags.Git] made.
func (f *Flags) Batch(source *git.Source) batch.Options {
	return batch.Options{AtOnce: f.atOnce(), PerHost: f.PerHost, Pause: f.Pause, Tries: f.Tries,
		Clones: source, DropClones: !f.KeepClones, DiskBudget: int64(f.DiskBudget)}
}

func (f *Flags) atOnce() int {
	if f.AtOnce == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return f.AtOnce
}

// Size is a flag in bytes, such as 20GiB, 500MB or 1000000.
type Size int64

// Set implements [pflag.Value].
func (s *Size) Set(text string) error {
	number := strings.TrimRight(text, "KMGTIBkmgtib ")
	unit := strings.ToLower(strings.TrimSpace(text[len(number):]))
	factor, ok := map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if size := n * factor; ok && err == nil && size >= 0 && size < 1<<60 {
		*s = Size(size)
		return nil
	}
	return fmt.Errorf("%q is no size; write one such as 20GiB, or 0", text)
}

// String writes a size in the largest unit that leaves it whole.
func (s Size) String() string {
	for i, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if of := int64(1) << (40 - 10*i); s != 0 && int64(s)%of == 0 {
			return fmt.Sprint(int64(s)/of, unit)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Type implements [pflag.Value].
func (s *Size) Type() string { return "size" }
