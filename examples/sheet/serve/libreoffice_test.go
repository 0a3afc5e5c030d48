package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// libreOffice names the variable that asks for the tests with a real LibreOffice. With it
// they fail where the program is missing: Debian's libreoffice-calc-nogui, libreoffice-l10n-fr
// and python3-uno.
const libreOffice = "TRIBUTARY_LIBREOFFICE"

const (
	officeProgram = "/usr/lib/libreoffice/program/soffice.bin"
	officePython  = "/usr/bin/python3" // Debian's, which has its module uno
)

// profile lays out LibreOffice's settings: its language, links always updated, one folder
// trusted. They are what a person sets in the dialog of options.
const profile = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="SecureURL" oor:op="fuse"><value><it>%s</it></value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse"><value>%s</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>%s</value></prop></item>
</oor:items>
`

// cell is what LibreOffice shows.
type cell struct {
	Text   string  `json:"text"`
	Number float64 `json:"number"`
	Error  int     `json:"error"`
}

// Errors of LibreOffice.
const (
	errorValue    = 519 // #VALUE!
	errorExternal = 540 // content from elsewhere is not allowed
)

// The formulas of the page, typed into a real LibreOffice in their language, show the figures;
// so they do when the file is opened again where its links are trusted, and elsewhere they
// show an error, never an old figure or 0.
func TestLibreOfficePulls(t *testing.T) {
	if os.Getenv(libreOffice) == "" {
		t.Skip("needs LibreOffice; " + libreOffice + "=1 asks for it")
	}
	for _, x := range []struct {
		ui, locale    string
		formulas      func(site) []recipe
		number        string // NUMBERVALUE in this language
		status        string
		before, after string
	}{
		{"en-US", "en-US", func(s site) []recipe { return s.english("karst", "1") }, `=NUMBERVALUE(WEBSERVICE("%s"),".",",")`, "SIMULATION; 1 gap", "31.52", "42"},
		{"fr", "fr-FR", func(s site) []recipe { return s.french("karst", "1") }, `=VALEUR.NOMBRE(SERVICEWEB("%s");",";" ")`, "SIMULATION\u00a0; 1 lacune", "31,52", "42"},
	} {
		t.Run(x.locale, func(t *testing.T) {
			b := newBench(t, func(o *Options) { o.Now = nil })
			b.now = time.Now()
			address, stop := start(t, Server{}, b.handler)
			defer stop()
			at := site{"http://" + address, b.token, name}
			var formulas []string
			for _, r := range x.formulas(at) {
				if strings.Contains(r.Program, "LibreOffice") {
					formulas = append(formulas, r.Formula)
				}
			}
			require.Len(t, formulas, 3) // the status, a bidder's points, those of the bidder in A2
			formulas = append(formulas, fmt.Sprintf(x.number, at.address("points", "lot", "1", "bidder", "bigco")),
				fmt.Sprintf(x.number, site{at.base, b.other, name}.address("points", "lot", "1", "bidder", "karst")))

			o := newOffice(t, x.ui, x.locale)
			first := o.ask(map[string]any{"formulas": formulas, "a2": "karst", "want": []string{x.status, x.before, x.before},
				"later": []string{x.status, x.after, x.after}})["typed"]
			o.shows(first, x.status, x.before, 31.52)
			// What is not known, and what may not be read, is an error.
			assert.Equal(t, errorValue, first[3].Error)
			assert.NotZero(t, first[4].Error)

			r := ranking()
			*r.Lots[0].Standings[0].Points = 42
			put(t, b.dir, r)
			time.Sleep(every + 100*time.Millisecond)
			later := o.ask(nil)
			for _, kind := range []string{"ods", "xlsx"} {
				o.shows(later["trusted "+kind], x.status, x.after, 42)
				for i, c := range later["elsewhere "+kind] {
					assert.Equal(t, errorExternal, c.Error, "%s %d: %v", kind, i, c)
				}
				require.Len(t, later["elsewhere "+kind], len(formulas))
			}
			b.leaks()
		})
	}
}

// office is a LibreOffice with a script that types.
type office struct {
	testing.TB
	pipe    string
	folders map[string]string
	in      io.Writer
	out     *bufio.Reader
}

func newOffice(t *testing.T, ui, locale string) *office {
	for _, file := range []string{officeProgram, officePython} {
		_, err := os.Stat(file)
		require.NoError(t, err, "install libreoffice-calc-nogui, libreoffice-l10n-fr and python3-uno")
	}
	top := t.TempDir()
	o := &office{TB: t, pipe: fmt.Sprintf("tributary%d%s", os.Getpid(), ui), folders: map[string]string{}}
	for _, name := range []string{"trusted", "elsewhere", "profile/user"} {
		require.NoError(t, os.MkdirAll(filepath.Join(top, name), 0o755))
		o.folders[name] = fileURL(filepath.Join(top, name))
	}
	delete(o.folders, "profile/user")
	settings := fmt.Sprintf(profile, o.folders["trusted"], ui, locale)
	require.NoError(t, os.WriteFile(filepath.Join(top, "profile/user/registrymodifications.xcu"), []byte(settings), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil { // with a new profile it ends once, to be started again
			c := exec.CommandContext(ctx, officeProgram, "-env:UserInstallation="+fileURL(filepath.Join(top, "profile")), "--headless", "--norestore", "--nologo", "--accept=pipe,name="+o.pipe+";urp;")
			c.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+top)
			_ = c.Run()
		}
	}()
	script := exec.CommandContext(ctx, officePython, "testdata/pull.py")
	in, err := script.StdinPipe()
	require.NoError(t, err)
	out, err := script.StdoutPipe()
	require.NoError(t, err)
	script.Stderr = os.Stderr
	require.NoError(t, script.Start())
	t.Cleanup(func() { cancel(); _ = script.Wait(); <-ended })
	o.in, o.out = in, bufio.NewReader(out)
	return o
}

func fileURL(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// ask sends a line and reads the cells that come back.
func (o *office) ask(what map[string]any) map[string][]cell {
	o.Helper()
	if what != nil {
		what["pipe"], what["folders"] = o.pipe, o.folders
	}
	text, err := json.Marshal(what)
	require.NoError(o, err)
	_, err = o.in.Write(append(text, '\n'))
	require.NoError(o, err)
	line, err := o.out.ReadBytes('\n')
	require.NoError(o, err, "LibreOffice or the script that types ended")
	var got map[string][]cell
	require.NoError(o, json.Unmarshal(line, &got))
	return got
}

// shows checks the status and the two cells of points.
func (o *office) shows(got []cell, status, text string, number float64) {
	o.Helper()
	require.Len(o, got, 5)
	assert.Equal(o, cell{Text: status}, got[0])
	for _, c := range got[1:3] {
		assert.Equal(o, cell{text, number, 0}, c)
	}
}
