package command_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/command"
	"github.com/tributary-oss/tributary/examples/sheet/serve"
	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
	tender "github.com/tributary-oss/tributary/examples/tender/command"
)

// output is a stream or a file that a command wrote, or a part of a file that is packed.
type output struct {
	name string // such as "score --lang fr: stdout" or "score --out: buyer/ranking.csv"
	form string // how the file's name ends; text for streams that a person reads
	text []byte
}

// outputs collects what commands write.
type outputs struct {
	t    *testing.T
	list []output
}

func (o *outputs) add(name, form string, text []byte) {
	if len(text) > 0 {
		o.list = append(o.list, output{name, form, text})
	}
}

// tender runs a command of tender and keeps both streams; form is that of standard output.
func (o *outputs) tender(form string, args ...string) {
	o.t.Helper()
	var out, errs bytes.Buffer
	status := tender.Run(o.t.Context(), args, tender.Place{Out: &out, Err: &errs})
	name := "tender"
	for _, a := range args { // folders of the test would only lengthen it
		name += " " + filepath.Base(a)
	}
	assert.Contains(o.t, []int{tender.Done, tender.DoneWithGaps}, status, "%.200s: %.2000s", name, errs.String())
	if o.t.Failed() {
		o.t.FailNow() // what comes after would only fail too
	}
	o.add(name+": stdout", form, out.Bytes())
	o.add(name+": stderr", "log", errs.Bytes())
}

// sheet runs a command of sheet and keeps what it says.
func (o *outputs) sheet(args ...string) {
	o.t.Helper()
	var out, errs bytes.Buffer
	status := command.Run(o.t.Context(), args, command.Place{Out: &out, Err: &errs})
	assert.Contains(o.t, []int{command.Done, command.DoneWithGaps}, status, "%.200s: %.2000s", args, errs.String())
	o.add("sheet: stdout", "log", out.Bytes())
	o.add("sheet: stderr", "log", errs.Bytes())
}

// folder adds all files of a folder, or those of the names, and the parts of those that are packed.
func (o *outputs) folder(dir string, names ...string) {
	require.NoError(o.t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || names != nil && !slices.Contains(names, d.Name()) {
			return err
		}
		b, err := os.ReadFile(path)
		o.file(filepath.Base(dir)+"/"+d.Name(), b)
		return err
	}))
}

func (o *outputs) file(name string, b []byte) {
	form := strings.TrimPrefix(filepath.Ext(name), ".")
	switch form {
	case "gz":
		o.file(strings.TrimSuffix(name, ".gz"), gunzip(o.t, b))
	case "xlsx":
		o.add(name, form, b)
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		require.NoError(o.t, err)
		for _, f := range z.File {
			r, err := f.Open()
			require.NoError(o.t, err)
			part, err := io.ReadAll(r)
			require.NoError(o.t, err)
			o.add(name+"/"+f.Name, "xml", part)
		}
	default:
		o.add(name, form, b)
	}
}

func gunzip(t *testing.T, b []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(b))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return text
}

// everything runs every command that writes something of a tender, and asks each address of
// the server. The bidder is one of the tender's; more are arguments such as --identify, which
// the commands get that know them.
func everything(t *testing.T, file, bidder string, more ...string) []output {
	t.Helper()
	o := &outputs{t: t}
	dir := filepath.Join(t.TempDir(), "result")
	with := func(args ...string) []string { return append(args, more...) }
	o.tender("log", with("score", file, "--out", dir)...)
	o.tender("log", "sensitivity", file, "--out", dir, "--draws=10", "--rules=false")
	for _, lang := range []string{"en", "fr"} {
		o.inOneLanguage(file, dir, bidder, lang, more)
	}
	for _, form := range []string{"csv", "json"} {
		o.tender(form, with("score", file, "--format", form)...)
		o.tender(form, "sensitivity", file, "--format", form, "--draws=5", "--rules=false")
		o.tender(form, with("affiliations", file, "--format", form)...)
	}
	o.tender("json", append(with("explain", dir, "--format=json"), "--", bidder)...)
	o.tender("text", append(with("explain", file), "--", bidder)...)
	o.tender("json", "compare", dir, dir, "--format=json")
	o.tender("json", "calibrate", file, "--format=json")
	o.tender("json", "openness", file, "--format=json")
	o.tender("text", with("bots", file)...)
	o.tender("text", "check", file)
	o.tender("text", "verify", dir)
	o.tender("text", "score", file, "--verbose")
	if len(more) == 0 {
		for _, edition := range []string{"public", "bidder=" + bidder} {
			to := filepath.Join(t.TempDir(), edition[:6])
			o.tender("log", "edition", dir, "--for", edition, "--out", to)
			o.folder(to)
		}
	}
	o.folder(dir)
	o.serve(dir, bidder)
	return o.list
}

// toolsOf runs what shows the facts of sources and of one person, to whoever asks for that.
func toolsOf(t *testing.T, file string) []output {
	o := &outputs{t: t}
	repo := filepath.Join(filepath.Dir(file), "a.git")
	for form, of := range map[string]string{"jsonl": "jsonl", "numstat": "text", "churn": "text"} {
		o.tender(of, "mine", "--repo", repo, "--format", form)
	}
	for form, of := range map[string]string{"json": "json", "text": "text"} {
		o.tender(of, "person", "long@nobody.example", file, "--format", form)
	}
	for _, more := range [][]string{{"score"}, {"explain"}, {"affiliations"}, {"bots"}} {
		args := append(more, file, "--identify")
		if more[0] == "explain" {
			args = append(args, "--", labels[0])
		}
		o.tender("text", args...)
	}
	return o.list
}

// inOneLanguage runs what is written in several.
func (o *outputs) inOneLanguage(file, dir, bidder, lang string, more []string) {
	with := func(args ...string) []string { return append(append([]string{"--lang", lang}, args...), more...) }
	o.tender("text", with("score", file)...)
	o.tender("text", append(with("explain", dir), "--", bidder)...)
	o.tender("text", with("affiliations", file)...)
	o.tender("text", "--lang", lang, "sensitivity", file, "--draws=5", "--rules=false")
	o.tender("text", "--lang", lang, "compare", dir, dir)
	o.tender("text", "--lang", lang, "calibrate", file)
	o.tender("text", "--lang", lang, "openness", file)
	o.tender("text", "--lang", lang, "method")
	for _, form := range []string{"markdown", "html"} {
		o.tender(form, "--lang", lang, "clause", file, "--format", form)
		o.tender(form, "--lang", lang, "letter", dir, "--format", form, "--bidder", bidder)
	}
	book := filepath.Join(o.t.TempDir(), lang+".xlsx")
	o.sheet(append([]string{dir, "-o", book, "--lang", lang}, more...)...)
	o.folder(filepath.Dir(book))
}

// serve asks the server for everything that it has of a folder.
func (o *outputs) serve(dir, bidder string) {
	one, err := serve.OpenTender(dir, "")
	require.NoError(o.t, err)
	g, token, err := grant.New([]string{one.Name}, "jury", time.Now(), time.Now().Add(time.Hour))
	require.NoError(o.t, err)
	var log bytes.Buffer
	h, err := serve.Handler(serve.Options{Tenders: []*serve.Tender{one}, Grants: grant.Memory(g), Log: slog.New(slog.NewJSONHandler(&log, nil))})
	require.NoError(o.t, err)
	lot := labels[0]
	if bidder != lot { // the other story's
		lot = "1"
	}
	of := "?bidder=" + url.QueryEscape(bidder) + "&lot=" + url.QueryEscape(lot)
	below := "/v1/c/" + token + "/tenders/" + one.Name + "/"
	for path, form := range map[string]string{"/": "html", "/?lang=fr": "html", "/v1/openapi.json": "json", "/healthz": "json", "/v1/c/" + token + "/": "html", "/v1/c/" + token + "/?lang=fr": "html",
		"/v1/c/" + token + "/tenders": "json", below + "ranking.json": "json", below + "ranking.csv": "csv", below + "ranking.csv?locale=fr": "csv", below + "projects.csv": "csv",
		below + "status": "text", below + "status?locale=fr": "text", below + "points" + of: "text", below + "score" + of: "text", below + "rank" + of: "text", below + "score.json" + of: "json"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		name := "serve " + strings.ReplaceAll(path, token, "TOKEN")
		body := w.Body.Bytes()
		o.add(name, form, body)
		o.add(name+": head", "log", []byte(fmt.Sprint(w.Header())))
	}
	o.add("serve: log", "log", log.Bytes())
}
