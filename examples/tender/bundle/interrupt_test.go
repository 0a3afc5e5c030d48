package bundle_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// childVariable makes the tests' program write bundles into a folder until it is killed.
const childVariable = "TRIBUTARY_TEST_WRITES_INTO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		writeForEver(dir)
	}
	os.Exit(m.Run())
}

// writeForEver writes two bundles in turns, one of which is the other's first half.
func writeForEver(dir string) {
	for n := 0; ; n++ {
		doc := manyTender(2, 3)
		doc.About.ID = fmt.Sprint("turn ", n%2)
		var verdicts []model.Verdict
		manyVerdicts(doc, 200+200*(n%2), func(v model.Verdict) { verdicts = append(verdicts, v) })
		if err := writeOne(dir, doc, verdicts); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("wrote", n)
	}
}

// writeOne is writeMany without a test around it.
func writeOne(dir string, doc *model.Tender, verdicts []model.Verdict) (err error) {
	t := &plainTB{}
	defer func() {
		if p := recover(); p != nil && t.err == nil {
			panic(p)
		}
		err = t.err
	}()
	writeMany(t, dir, doc, verdicts)
	return nil
}

// plainTB is as much of a test as writeMany needs.
type plainTB struct {
	testing.TB
	err error
}

func (t *plainTB) Name() string                   { return "bundle" }
func (t *plainTB) Helper()                        {}
func (t *plainTB) Context() context.Context       { return context.Background() }
func (t *plainTB) Errorf(format string, a ...any) { t.err = fmt.Errorf(format, a...) }
func (t *plainTB) FailNow()                       { panic(t.err) }

// timeOfOne is how long it takes to write a bundle here.
func timeOfOne(t *testing.T) time.Duration {
	begin := time.Now()
	small(t)
	return time.Since(begin)
}

// Killed at any time, a run leaves a bundle that is whole, or a folder that nobody takes for
// one; and the next run mends it.
func TestKilledRunsLeaveNoMixture(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	rng := rand.New(rand.NewPCG(1, 1))
	longest := 150*time.Millisecond + 4*timeOfOne(t) // so that some are killed after a first one
	whole, unfinished := 0, 0
	kills := 40
	if testing.Short() {
		kills = 10
	}
	for range kills {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), childVariable+"="+dir)
		require.NoError(t, c.Start())
		time.Sleep(time.Duration(rng.Int64N(int64(longest))))
		require.NoError(t, c.Process.Kill())
		_ = c.Wait() // it was killed
		if _, err := os.Stat(dir); err != nil {
			continue // killed before it began
		}
		switch _, err := verify(dir); {
		case err == nil:
			whole++
		default:
			require.ErrorContains(t, err, "the folder holds no bundle, or one whose writing was interrupted")
			unfinished++
		}
	}
	t.Logf("%d whole, %d unfinished", whole, unfinished)
	assert.Positive(t, whole)
	doc := manyTender(2, 3)
	var verdicts []model.Verdict
	manyVerdicts(doc, 100, func(v model.Verdict) { verdicts = append(verdicts, v) })
	writeMany(t, dir, doc, verdicts)
	_, err := verify(dir)
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		assert.False(t, strings.HasPrefix(e.Name(), "."), "left behind: %s", e.Name())
	}
}

// Between any two steps of putting the files in their places, the folder is no bundle, or a
// whole one.
func TestAStepThatFailsLeavesNoMixture(t *testing.T) {
	dir := small(t)
	for _, name := range []string{"ranking.json", "totals.csv"} {
		to := copyOf(t, dir)
		require.NoError(t, os.Remove(filepath.Join(to, name)))
		require.NoError(t, os.MkdirAll(filepath.Join(to, name, "x"), 0o755))
		w, err := bundle.Create(to)
		require.NoError(t, err)
		_, err = w.File(name).Write([]byte("new"))
		require.NoError(t, err)
		assert.ErrorContains(t, w.Keep(), name+" is a folder; move it away")
		w.Abandon()
		assert.FileExists(t, filepath.Join(to, bundle.SumsFile), "nothing was touched")
	}
}

// A tender document is named as its record in a bundle is: a bundle beside it would take its
// place, and a list of somebody's digests would have the files removed that it names.
func TestFilesOfNoBundleStay(t *testing.T) {
	o, err := bundle.Open(small(t))
	require.NoError(t, err)
	defer o.Close()
	for _, name := range []string{"tender.yaml", "README.txt", "SHA256SUMS", "evidence.fr.csv"} {
		dir := t.TempDir()
		at := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(at, []byte("somebody's"), 0o644))
		_, err := bundle.Create(dir)
		require.ErrorIs(t, err, bundle.ErrFolder)
		assert.ErrorContains(t, err, at)
		assert.ErrorIs(t, o.WriteEdition(t.Context(), bundle.Edition{For: bundle.Public}, dir, false, nil), bundle.ErrFolder)
		text, err := os.ReadFile(at)
		require.NoError(t, err)
		assert.Equal(t, "somebody's", string(text))
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.yaml"), []byte("format: tributary-people/1\n"), 0o644))
	require.NoError(t, o.WriteEdition(t.Context(), bundle.Edition{For: bundle.Public}, dir, false, nil), "other names are nobody's concern")
}

// A run that stops while the files are put in their places leaves a folder that is known as a
// bundle's, so that it can be written again, and has no list of digests.
func TestTheFirstFileNamesTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "result")
	w, err := bundle.Create(dir)
	require.NoError(t, err)
	for _, name := range []string{bundle.RankingFile, bundle.AboutFile} {
		_, err := w.File(name).Write([]byte("{}"))
		require.NoError(t, err)
	}
	staged, err := filepath.Glob(filepath.Join(dir, ".unfinished-*", bundle.RankingFile))
	require.NoError(t, err)
	require.Len(t, staged, 1)
	require.NoError(t, os.Remove(staged[0]))
	assert.ErrorContains(t, w.Keep(), "which is unfinished now; write it again")
	w.Abandon()
	assert.FileExists(t, filepath.Join(dir, bundle.AboutFile))
	assert.NoFileExists(t, filepath.Join(dir, bundle.SumsFile))
	assert.NoError(t, bundle.CheckFolder(dir))
}

// What an interrupted run left is replaced, and nothing of it stays beside an edition for others.
func TestAnInterruptedBundleIsReplaced(t *testing.T) {
	from := small(t)
	dir := copyOf(t, from)
	require.NoError(t, os.Remove(filepath.Join(dir, bundle.SumsFile)))
	o, err := bundle.Open(from)
	require.NoError(t, err)
	defer o.Close()
	require.NoError(t, o.WriteEdition(t.Context(), bundle.Edition{For: bundle.Public}, dir, false, nil))
	_, err = verify(dir)
	require.NoError(t, err)
	for _, name := range []string{"evidence.jsonl.gz", "evidence.index.json", "evidence.csv", "evidence.fr.csv"} {
		assert.NoFileExists(t, filepath.Join(dir, name))
	}
}

// A run that fails leaves the bundle that was there, and nothing beside it.
func TestAFailedRunLeavesTheBundle(t *testing.T) {
	dir := small(t)
	doc := manyTender(2, 3)
	w, err := bundle.NewWriter(dir, doc, report.People{}, model.Simulation)
	require.NoError(t, err)
	manyVerdicts(doc, 50, w.Verdict)
	w.Check(assert.AnError)
	require.ErrorIs(t, w.Finish(t.Context(), score.Rank(doc, &score.Ledger{}), nil), assert.AnError)
	w.Abandon()
	v, err := verify(dir)
	require.NoError(t, err)
	assert.EqualValues(t, 600, v.Verdicts)
	assert.NoDirExists(t, filepath.Join(dir, ".unfinished"))
}

// Who changes their mind waits for no million acts: what was there stays, and why it stopped is
// told.
func TestWhatIsInterruptedStops(t *testing.T) {
	o, err := bundle.Open(small(t))
	require.NoError(t, err)
	defer o.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = o.Verify(ctx, nil)
	assert.ErrorIs(t, err, context.Canceled)
	for _, e := range []bundle.Edition{{For: bundle.Public}, {For: bundle.OneBidder, Bidder: "v1"}} {
		dir := filepath.Join(t.TempDir(), "edition")
		require.NoError(t, o.WriteEdition(t.Context(), e, dir, false, nil))
		before, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
		require.NoError(t, err)
		assert.ErrorIs(t, o.WriteEdition(ctx, e, dir, false, nil), context.Canceled)
		after, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
		require.NoError(t, err)
		assert.Equal(t, before, after)
		none := filepath.Join(t.TempDir(), "none")
		assert.ErrorIs(t, o.WriteEdition(ctx, e, none, false, nil), context.Canceled)
		assert.NoDirExists(t, none, "nothing is left of a new one")
		empty := t.TempDir()
		assert.ErrorIs(t, o.WriteEdition(ctx, e, empty, false, nil), context.Canceled)
		assert.DirExists(t, empty, "it was somebody else's")
	}
}
