package bundle_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// small writes a bundle of some hundred acts of three bidders in two projects.
func small(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	doc := manyTender(2, 3)
	doc.MinimumPoints, doc.Shortlist = 10, true
	doc.Decisions = []model.Decision{{ID: "D1", On: "commit:" + model.Artifact(strings.Repeat("0", 40)), Rule: "import", Decide: "count", Reason: "own work", By: "the jury", At: doc.Window.Until}}
	var verdicts []model.Verdict
	manyVerdicts(doc, 600, func(v model.Verdict) { verdicts = append(verdicts, v) })
	writeMany(t, dir, doc, verdicts)
	return dir
}

// verify verifies as the command does.
func verify(dir string) (*bundle.Verified, error) {
	o, err := bundle.Open(dir)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return o.Verify(context.Background(), nil)
}

func edition(t *testing.T, from, which string) string {
	t.Helper()
	o, err := bundle.Open(from)
	require.NoError(t, err)
	defer o.Close()
	e, err := bundle.ParseEdition(which)
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "edition")
	require.NoError(t, o.WriteEdition(t.Context(), e, dir, false, nil))
	return dir
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, os.CopyFS(to, os.DirFS(dir)))
	return to
}

// mend writes the list of digests anew, as whoever tampers would.
func mend(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var b strings.Builder
	for _, e := range entries {
		if e.Name() == bundle.SumsFile {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		sum := sha256.Sum256(text)
		fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(sum[:]), e.Name())
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, bundle.SumsFile), []byte(b.String()), 0o644))
}

// change replaces a text in a file, which must have it.
func change(t *testing.T, dir, name, old, with string) {
	t.Helper()
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.Contains(string(b), old), "%s holds no %s", name, old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(b), old, with, 1)), 0o644))
}

func TestBundlesAreTrue(t *testing.T) {
	dir := small(t)
	v, err := verify(dir)
	require.NoError(t, err)
	assert.EqualValues(t, 600, v.Verdicts)
	for _, which := range []string{"public", "bidder=v1", "buyer"} {
		_, err := verify(edition(t, dir, which))
		assert.NoError(t, err, which)
	}
}

// A second run, in another folder, gives the same bytes.
func TestBundlesAreTheSameBytes(t *testing.T) {
	a, b := small(t), small(t)
	entries, err := os.ReadDir(a)
	require.NoError(t, err)
	for _, e := range entries {
		x, err := os.ReadFile(filepath.Join(a, e.Name()))
		require.NoError(t, err)
		y, err := os.ReadFile(filepath.Join(b, e.Name()))
		require.NoError(t, err)
		assert.Equal(t, string(x), string(y), e.Name())
	}
}

// Every file that is changed is named, without and with its digest mended.
func TestTamperingIsNamed(t *testing.T) {
	whole := small(t)
	ranking := readRanking(t, whole)
	first := ranking.Lots[0].Standings[0]
	for name, c := range map[string]struct {
		file, old, with string
		want            string // of the message once the digest is mended
	}{
		"points":      {"ranking.json", fmt.Sprintf(`"points": %v`, *first.Points), `"points": 99.5`, "ranking.json, lot 1, bidder " + first.Bidder + ", points: it is 99.5, and the evidence makes "},
		"meets":       {"ranking.json", `"meets": true`, `"meets": false`, "ranking.json, lot 1, bidder " + first.Bidder + ", meets: it is false"},
		"name":        {"ranking.json", `"name": "` + first.Name, `"name": "Another`, "bidder " + first.Bidder + ", name"},
		"value":       {"ranking.json", `"value": `, `"value": 1`, "ranking.json, project p0, bidder v0, indicator commits/changes, value: it is 1"},
		"read":        {"ranking.json", `"read": 300`, `"read": 301`, "ranking.json, project p0, read: it is 301, and the evidence makes 300"},
		"digest":      {"ranking.json", `"digest": "` + ranking.Method.Digest, `"digest": "` + strings.Repeat("0", 64), "evidence.index.json: its status, method or identified"},
		"field":       {"ranking.json", `"format":`, "\"note\": \"trust me\",\n  \"format\":", "ranking.json, line 2: "},
		"official":    {"ranking.json", `"status": "SIMULATION"`, `"status": "OFFICIAL", "seal": "aa"`, "evidence.index.json: its status"},
		"decision":    {"ranking.json", `"reason": "own work"`, `"reason": "because"`, `decision D1, reason: it is "because"`},
		"warning":     {"ranking.json", "they were taken from the project's own activity", "all is well", "warnings: "},
		"threshold":   {"method.json", `"t": `, `"t": 1`, "method.json, project p0: its thresholds are not"},
		"rule text":   {"method.json", `"read": 300`, `"read": 299`, "method.json, project p0: acts read: 299, and the evidence has 300"},
		"part":        {"method.json", `"weights": "`, `"weights": "0`, "method.json: its method or status"},
		"coverage":    {"method.json", "\"kind\": \"issues\",\n          \"state\": \"complete\"", "\"kind\": \"issues\",\n          \"state\": \"partial\"", "ranking.json, project p0, "},
		"weight":      {"tender.yaml", "weights: {commits: 30", "weights: {commits: 31", `method.json: method.parts: the digest of "weights"`},
		"minimum":     {"tender.yaml", "minimum_points: 10", "minimum_points: 1", `method.json: method.parts: the digest of "mode"`},
		"comment":     {"tender.yaml", "# SIMULATION", "# OFFICIAL", "tender.yaml, line 1: "},
		"bidder":      {"tender.yaml", "{id: v0, vendors: [v0]}", "{id: v0, vendors: [v0], subcontractors: [v1]}", "evidence.jsonl.gz, line "},
		"total":       {"totals.json", `"credit":1000000`, `"credit":2000000`, "totals.json, project p0, bidder none, indicator "},
		"text":        {"ranking.txt", "SIMULATION", "OFFICIAL", "ranking.txt, line 1: "},
		"table":       {"ranking.csv", "SIMULATION,1,1,", "SIMULATION,1,2,", `ranking.csv, line 2: it has "SIMULATION,1,2,`},
		"semicolons":  {"ranking.fr.csv", "SIMULATION;1;1;", "SIMULATION;1;2;", "ranking.fr.csv, line 2: "},
		"more":        {"projects.csv", "\r\n", "\r\nSIMULATION,p9\r\n", "projects.csv, line 2: "},
		"totals":      {"totals.csv", ",1,1,1", ",2,1,1", "totals.csv, line "},
		"act":         {"evidence.csv", "changes 1", "changes 2", "evidence.csv, line "},
		"acte":        {"evidence.fr.csv", "modifications 1", "modifications 2", "evidence.fr.csv, line "},
		"index":       {"evidence.index.json", `"counted":`, `"counted":1`, "evidence.index.json: "},
		"description": {"datapackage.json", "ranking.csv", "other.csv", "datapackage.json, line "},
		"edition":     {"bundle.json", `"for": "buyer"`, `"for": "public"`, "tender.yaml, line 3: "},
		"identified":  {"bundle.json", `"identified": false`, `"identified": true`, "evidence.index.json: "},
		"readme":      {"README.txt", "Edition: buyer", "Edition: public", "README.txt, line 4: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, whole)
			change(t, dir, c.file, c.old, c.with)
			_, err := verify(dir)
			assert.ErrorContains(t, err, c.file+": its SHA-256 is ")
			mend(t, dir)
			_, err = verify(dir)
			require.Error(t, err)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// Another version says some things otherwise: that is told beside what differs, before anybody is
// accused of it. Which version it was the bundle cannot prove, so that a difference stays one.
func TestWhatAnotherVersionMadeIsTold(t *testing.T) {
	dir := copyOf(t, small(t))
	change(t, dir, "README.txt", "Edition: buyer", "For: the buyer")
	mend(t, dir)
	_, err := verify(dir)
	assert.ErrorContains(t, err, "README.txt, line 4: ")
	assert.NotContains(t, err.Error(), "version")
	change(t, dir, "method.json", fmt.Sprintf(`"module": %q`, report.ModuleVersion()), `"module": "v0.9.1"`)
	mend(t, dir)
	_, err = verify(dir)
	assert.ErrorContains(t, err, "README.txt, line 4: ")
	assert.ErrorContains(t, err, `; the bundle was made by version "v0.9.1" of the program, and this is "`+report.ModuleVersion()+`": verify it with that one`)
}

func readRanking(t *testing.T, dir string) *model.Ranking {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, bundle.RankingFile))
	require.NoError(t, err)
	defer f.Close()
	r, err := model.ReadRanking(f)
	require.NoError(t, err)
	return r
}

// rewrite writes the evidence of a bundle anew with other verdicts, and its tables too.
func rewrite(t *testing.T, dir string, tables bool, alter func(n int, v *report.StoredVerdict)) {
	t.Helper()
	o, err := bundle.Open(dir)
	require.NoError(t, err)
	var all []report.StoredVerdict
	for v, err := range o.Evidence.InOrder() {
		require.NoError(t, err)
		alter(len(all), &v)
		all = append(all, v)
	}
	require.NoError(t, o.Close())
	create := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	var list []*report.Evidence
	if tables {
		for _, lang := range locale.Languages() {
			l, err := locale.Of(lang)
			require.NoError(t, err)
			list = append(list, report.NewEvidenceIn(create(report.TableFile(report.EvidenceTable, l)), report.People{}, l))
		}
	}
	log := report.NewEvidenceLog(create(bundle.EvidenceFile), report.EvidenceOptions{Status: model.Simulation, Tables: list})
	for _, v := range all {
		log.WriteStored(v)
	}
	index, err := log.Close(o.Ranking.Method.Digest)
	require.NoError(t, err)
	for _, e := range list {
		require.NoError(t, e.Close())
	}
	require.NoError(t, index.Write(create(bundle.IndexFile)))
	mend(t, dir)
}

// Whoever changes an act in all its places is found out by what the acts add up to.
func TestTamperedActsAreNamed(t *testing.T) {
	whole := small(t)
	earns := func(v *report.StoredVerdict) bool { return len(v.Credits) > 0 && v.Parts[0].Vendor == "v1" }
	at := -1
	var was report.StoredVerdict
	o, err := bundle.Open(whole)
	require.NoError(t, err)
	n := 0
	for v, err := range o.Evidence.InOrder() {
		require.NoError(t, err)
		if at < 0 && earns(&v) {
			at, was = n, v
		}
		n++
	}
	require.NoError(t, o.Close())
	place := fmt.Sprintf("totals.json, project %s, bidder v1, indicator %s, month %s: ", was.Project, was.Credits[0].Indicator, was.Credits[0].Month)
	for name, c := range map[string]struct {
		tables bool
		alter  func(v *report.StoredVerdict)
		want   string
	}{
		"amount":       {true, func(v *report.StoredVerdict) { v.Credits[0].Amount *= 2 }, place},
		"act alone":    {false, func(v *report.StoredVerdict) { v.Credits[0].Amount *= 2 }, fmt.Sprintf("evidence.csv, line %d: ", at+2)},
		"month":        {true, func(v *report.StoredVerdict) { v.Credits[0].Month++ }, "totals.json, project " + was.Project + ", bidder v1, indicator "},
		"vendor":       {true, func(v *report.StoredVerdict) { v.Parts[0].Vendor = "v2" }, fmt.Sprintf("evidence.jsonl.gz, line %d, ", at+1)},
		"whom":         {true, func(v *report.StoredVerdict) { v.Parts[0].Vendor, v.Bidders = "v2", []string{"v2"} }, "totals.json, project " + was.Project + ", bidder v1"},
		"refused":      {true, func(v *report.StoredVerdict) { v.Counted, v.Credits, v.Rule = false, nil, "self" }, "method.json, project " + was.Project + ": acts counted"},
		"name":         {true, func(v *report.StoredVerdict) { v.Name = "Ada" }, fmt.Sprintf("evidence.jsonl.gz, line %d, ", at+1)},
		"link":         {true, func(v *report.StoredVerdict) { v.Link = "https://evil.example" }, "its link is"},
		"other status": {true, func(v *report.StoredVerdict) { v.Status = "OFFICIAL" }, "its status is"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, whole)
			rewrite(t, dir, c.tables, func(n int, v *report.StoredVerdict) {
				if n == at {
					v.Credits, v.Parts = slices.Clone(v.Credits), slices.Clone(v.Parts)
					c.alter(v)
				}
			})
			_, err := verify(dir)
			require.Error(t, err)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// In the editions of others the credits by month make the ranking, and one's own acts one's
// own credits.
func TestTamperedEditionsAreNamed(t *testing.T) {
	whole := small(t)
	text, err := os.ReadFile(filepath.Join(whole, bundle.TotalsFile))
	require.NoError(t, err)
	row := regexp.MustCompile(`"bidder":"v1","indicator":"changes","month":"([0-9-]+)","credit":`).FindStringSubmatch(string(text))
	require.NotNil(t, row)
	for which, want := range map[string]string{
		"public":    "ranking.json, project p0, bidder v1, indicator commits/changes, value: it is ",
		"bidder=v0": "ranking.json, project p0, bidder v1, indicator commits/changes, value: it is ",
		"bidder=v1": "totals.json, project p0, bidder v1, indicator changes, month " + row[1] + ": 9",
	} {
		dir := edition(t, whole, which)
		change(t, dir, bundle.TotalsFile, row[0], row[0]+"9")
		mend(t, dir)
		_, err = verify(dir)
		assert.ErrorContains(t, err, want, which)
	}
}

// An edition holds the acts of the one bidder, and of others no person.
func TestEditionsHoldNoOthers(t *testing.T) {
	whole := small(t)
	o, err := bundle.Open(edition(t, whole, "bidder=v1"))
	require.NoError(t, err)
	defer o.Close()
	n := 0
	for v, err := range o.Evidence.InOrder() {
		require.NoError(t, err)
		assert.Contains(t, v.Bidders, "v1")
		n++
	}
	assert.Positive(t, n)
	public := edition(t, whole, "public")
	entries, err := os.ReadDir(public)
	require.NoError(t, err)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(public, e.Name()))
		require.NoError(t, err)
		assert.NotContains(t, e.Name(), "evidence")
		assert.NotRegexp(t, "person-[0-9a-f]{12}", string(text), e.Name())
		assert.NotRegexp(t, "commit:[0-9a-f]*[1-9a-f]", string(text), e.Name())
	}
	// What an earlier bundle had in the folder goes.
	to := copyOf(t, whole)
	p, err := bundle.Open(whole)
	require.NoError(t, err)
	defer p.Close()
	require.NoError(t, p.WriteEdition(t.Context(), bundle.Edition{For: bundle.Public}, to, false, nil))
	assert.NoFileExists(t, filepath.Join(to, bundle.EvidenceFile))
	_, err = verify(to)
	assert.NoError(t, err)
}

func TestEditionsThatThereAreNot(t *testing.T) {
	whole := small(t)
	for _, s := range []string{"", "everybody", "bidder", "bidder=", "public=v1"} {
		_, err := bundle.ParseEdition(s)
		assert.ErrorIs(t, err, bundle.ErrEdition, s)
	}
	o, err := bundle.Open(whole)
	require.NoError(t, err)
	defer o.Close()
	out := filepath.Join(t.TempDir(), "out")
	assert.ErrorIs(t, o.WriteEdition(t.Context(), bundle.Edition{For: bundle.OneBidder, Bidder: "nobody"}, out, false, nil), bundle.ErrEdition)
	assert.ErrorIs(t, o.WriteEdition(t.Context(), bundle.Edition{For: bundle.Public}, whole, false, nil), bundle.ErrEdition, "it would overwrite the buyer's")
	p, err := bundle.Open(edition(t, whole, "public"))
	require.NoError(t, err)
	defer p.Close()
	assert.ErrorIs(t, p.WriteEdition(t.Context(), bundle.Edition{For: bundle.Buyer}, out, false, nil), bundle.ErrEdition)
	assert.NoDirExists(t, out)
}

// Bundles come from strangers: nothing outside the folder is read, nothing takes for ever,
// nothing panics.
func TestHostileBundles(t *testing.T) {
	whole := small(t)
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("root:x:0:0"), 0o600))
	put := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
	}
	line := strings.Repeat("0", 64) + "  "
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string)
		mend bool
		want string
	}{
		"unfinished": {func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, bundle.SumsFile))) }, false, "interrupted"},
		"link": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, "README.txt")))
			require.NoError(t, os.Symlink(secret, filepath.Join(dir, "README.txt")))
		}, false, "README.txt: it is no plain file"},
		"link of sums": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, bundle.SumsFile)))
			require.NoError(t, os.Symlink(secret, filepath.Join(dir, bundle.SumsFile)))
		}, false, "no plain file"},
		"path":      {put(bundle.SumsFile, line+"../secret\n"), false, "SHA256SUMS, line 1: "},
		"absolute":  {put(bundle.SumsFile, line+"/etc/passwd\n"), false, "SHA256SUMS, line 1: "},
		"backslash": {put(bundle.SumsFile, line+"..\\secret\n"), false, "SHA256SUMS, line 1: "},
		"order":     {put(bundle.SumsFile, line+"b\n"+line+"a\n"), false, "SHA256SUMS, line 2: "},
		"cut":       {put(bundle.SumsFile, line+"a"), false, "SHA256SUMS, line 1: "},
		"huge list": {put(bundle.SumsFile, strings.Repeat("x", 2<<20)), false, "larger than"},
		"more":      {put("report.exe", "x"), false, "report.exe: SHA256SUMS does not name it"},
		"link beside": {func(t *testing.T, dir string) {
			require.NoError(t, os.Symlink(secret, filepath.Join(dir, "sensitivity.html")))
		}, false, "sensitivity.html: SHA256SUMS does not name it"},
		"unknown":      {put("other.txt", "x"), true, ""},
		"empty":        {put(bundle.RankingFile, ""), true, "ranking.json: "},
		"not JSON":     {put(bundle.RankingFile, strings.Repeat("[", 100_000)), true, "ranking.json: "},
		"no numbers":   {put(bundle.RankingFile, `{"format":"tributary-ranking/1","lots":[{"standings":[{"score":NaN}]}]}`), true, "ranking.json: "},
		"infinite":     {put(bundle.RankingFile, `{"format":"tributary-ranking/1","lots":[{"points":1e999}]}`), true, "ranking.json: "},
		"bare ranking": {put(bundle.RankingFile, `{"format":"tributary-ranking/1"}`), true, "evidence.index.json: "},
		"newer":        {put(bundle.AboutFile, `{"format":"tributary-bundle/2"}`), true, "version"},
		"no edition":   {put(bundle.AboutFile, `{"format":"tributary-bundle/1","edition":{"for":"bidder"}}`), true, "bundle.json: "},
		"bare method":  {put(bundle.MethodFile, `{"format":"tributary-method-record/1"}`), true, "method.json: "},
		"odd totals":   {put(bundle.TotalsFile, `{"format":"tributary-totals/1","totals":[{"month":"9999999-01"}]}`), true, "totals.json: "},
		"no tender":    {put(bundle.TenderFile, "format: tributary/1\n"), true, "tender.yaml: "},
		"gzip bomb": {func(t *testing.T, dir string) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			for range 200 {
				_, err := z.Write(make([]byte, 1<<20))
				require.NoError(t, err)
			}
			require.NoError(t, z.Close())
			require.NoError(t, os.WriteFile(filepath.Join(dir, bundle.EvidenceFile), b.Bytes(), 0o644))
			withIndex(t, dir, func(x *report.EvidenceIndex) {
				x.Size, x.Rows = int64(b.Len()), 1
				x.Groups = x.Groups[:1]
				x.Groups[0].Members = []report.EvidenceMember{{Size: x.Size, Length: 64 << 20, Rows: 1}}
			})
		}, true, "evidence.jsonl.gz: "},
		"overlap": {func(t *testing.T, dir string) {
			withIndex(t, dir, func(x *report.EvidenceIndex) { x.Groups = append(x.Groups, x.Groups[0]); x.Rows += rows(x.Groups[0]) })
		}, true, "evidence.jsonl.gz: "},
		"left out": {func(t *testing.T, dir string) {
			withIndex(t, dir, func(x *report.EvidenceIndex) { x.Rows -= rows(x.Groups[0]); x.Groups = x.Groups[1:] })
		}, true, "evidence.jsonl.gz: "},
		"outside": {func(t *testing.T, dir string) {
			withIndex(t, dir, func(x *report.EvidenceIndex) { x.Groups[0].Members[0].Offset = -1 })
		}, true, "evidence.index.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, whole)
			c.do(t, dir)
			if c.mend {
				mend(t, dir)
			}
			v, err := verify(dir)
			if c.want == "" {
				require.NoError(t, err)
				assert.Contains(t, strings.Join(v.Unproven, "\n"), "other.txt")
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "root:x")
			assert.Less(t, len(err.Error()), 2000)
		})
	}
}

func rows(g report.EvidenceGroup) (n int64) {
	for _, m := range g.Members {
		n += m.Rows
	}
	return n
}

func withIndex(t *testing.T, dir string, do func(*report.EvidenceIndex)) {
	t.Helper()
	path := filepath.Join(dir, bundle.IndexFile)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	var x report.EvidenceIndex
	require.NoError(t, json.Unmarshal(b, &x))
	do(&x)
	b, err = json.Marshal(x)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, b, 0o644))
}

// A study of sensitivity may lie beside a bundle, which its page links: it is told apart from it.
func TestAStudyBesideABundleIsNoPartOfIt(t *testing.T) {
	dir := copyOf(t, small(t))
	for _, name := range []string{"sensitivity.json", "sensitivity.fr.html"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644))
	}
	v, err := verify(dir)
	require.NoError(t, err)
	assert.Contains(t, v.Unproven, "sensitivity.fr.html, sensitivity.json: a study that lies beside the bundle and is no part of it")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sensitivity.exe"), nil, 0o644))
	_, err = verify(dir)
	require.ErrorContains(t, err, "sensitivity.exe: SHA256SUMS does not name it")
}
