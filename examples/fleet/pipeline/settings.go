package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Settings are what a run is told. They go to every machine as JSON, so they hold names of
// files and no contents; a name is a path, or an address such as gs://bucket/repos.csv of a
// file system that Beam knows. On several machines, all of them must be able to read it.
type Settings struct {
	List    string   // the repositories, as tenderfile.ReadList reads them
	Rosters []string // who works for whom, each as FORMAT:FILE
	Until   string   // the first month after the window, as 2026-11
	Months  int      // length of the window, 1 to 1200
	Out     string   // folder of the tables and the ranking
	Parts   string   // folder of the stored parts, which are personal data
	Cache   string   // folder of the clones, on each machine; "" is the user's cache folder
	Store   string   // file of what forges said, as tender keeps it in forges.db; "" asks git alone
	CA      string   // file of more certificates that servers may show, in PEM form; "" is none

	Workers int           // projects at once in each process of a worker; 0 is one per processor
	Tries   int           // of a project that fails in a manner that may pass, at least 1
	Backoff time.Duration // before the second try; doubled before each further one; 0 is 30 seconds
	Timeout time.Duration // for one repository in one try; 0 is none
	// MostBytes is how much the fetch of one repository may bring; 0 is the limit of [git.Options].
	MostBytes  int64
	DropClones bool // takes the clones of a project away when it was mined
	Again      bool // makes stored parts with gaps anew
	Verbose    bool // logs what is mined

	Trial Trial

	// Version is what the manifest names as the program's; [Run] fills it in.
	Version string
	// Judged is the digest of all that the parts hang on beside the repositories, as the machine that
	// submits the job sees it. [Run] fills it in; another machine that sees another list, roster or
	// store refuses to work.
	Judged string
}

// Trial makes work fail on purpose, to show that nothing hangs on it. Which project fails at
// which attempt is decided by the seed.
type Trial struct {
	Fail float64 // the part of the attempts that fail, from 0 to 0.9
	Seed uint64
	// Bundles lets the whole bundle fail, for the runner to try it again. Otherwise the
	// attempt alone fails, and is repeated where it failed: the Prism runner ends the job at the
	// first bundle that fails.
	Bundles bool
}

// check returns all that is wrong with the settings, and the window.
func (s *Settings) check() (model.Window, error) {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	until, err := model.ParseDate(s.Until + "-01")
	fault(s.List == "", "no list of repositories; name one with -list")
	fault(err != nil, "-until %.40q: write the first month after the window, as 2026-11", s.Until)
	fault(s.Months < 1 || s.Months > 1200, "-months %d: want 1 to 1200", s.Months)
	fault(s.Out == "", "no folder for the tables; name one with -out")
	fault(s.Parts == "", "no folder for the parts; name one with -parts")
	fault(s.Workers < 0, "-workers %d: want at least 1, or 0 for one per processor", s.Workers)
	fault(s.Tries < 1, "-tries %d: want at least 1", s.Tries)
	fault(s.Backoff < 0 || s.Timeout < 0, "-backoff %s, -timeout %s: want no negative time", s.Backoff, s.Timeout)
	fault(s.MostBytes < 0, "-most-bytes %d: want no negative size", s.MostBytes)
	fault(!(s.Trial.Fail >= 0 && s.Trial.Fail <= 0.9), "-fail %g: want 0 to 0.9", s.Trial.Fail)
	return model.Window{Until: until, Months: s.Months}, errors.Join(faults...)
}

// UsageError is a fault of the settings, or of the list or a roster that they name.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }
