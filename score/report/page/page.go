// Package page writes a ranking as one HTML file for a jury, and the study of its sensitivity
// as another. Each file holds all it needs and asks for nothing: a content security policy
// allows its own style and script, by their digests, and nothing else. Without scripts the
// whole page can be read; with them its acts can be searched, filtered and sorted.
//
// The bytes are a function of the data and the language. No mail address appears, and persons
// under pseudonyms unless the run was told to identify people.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Names of the pages without language and suffix, see [FileName].
const (
	ReportName      = "report"
	SensitivityName = "sensitivity"
)

// FileName returns the name of a page's file in a language: report.html in the default one,
// report.fr.html in French. Pages in different languages find each other by it.
func FileName(name, lang string) string {
	if lang == "" || lang == locale.Default {
		return name + ".html"
	}
	return name + "." + lang + ".html"
}

// Data is what the page of a ranking shows.
type Data struct {
	Ranking *model.Ranking
	// Totals are drawn as the activity over time, see score.Totals; without them there is none.
	Totals []model.Total
	// Evidence are the acts shown, see [Collector]; nil says that the page shows none.
	Evidence *Sample
	// Only is the bidder whom the evidence concerns, where that of others is withheld; "" is all.
	Only string
	// Files lie beside the page and are linked.
	Files []File
}

// File is a file that lies beside the page.
type File struct {
	Name string // relative to the page
	Doc  string // what it holds, in the language of the page
}

// Write writes the page of a ranking in a language; nil is English.
func Write(w io.Writer, d Data, l *locale.Locale) error {
	b := newBuilder(l)
	return b.write(w, b.report(d))
}

// SensitivityOptions are the settings of [WriteSensitivity]; nil means the defaults.
type SensitivityOptions struct {
	// Report says that the page of the ranking lies beside, in every language; it is linked.
	Report bool
}

// WriteSensitivity writes the page of a study of sensitivity in a language; nil is English.
func WriteSensitivity(w io.Writer, s *model.Sensitivity, o *SensitivityOptions, l *locale.Locale) error {
	if o == nil {
		o = &SensitivityOptions{}
	}
	b := newBuilder(l)
	return b.write(w, b.sensitivity(s, o))
}

// builder turns figures into what stands on a page, in one language.
type builder struct {
	l     *locale.Locale
	words map[string]string
	names map[string]string // of bidders, by their ids
	ids   int               // of elements, so far
}

func newBuilder(l *locale.Locale) *builder {
	if l == nil {
		l = locale.English()
	}
	return &builder{l: l, words: words(l), names: map[string]string{}}
}

// document is what the templates take.
type document struct {
	Lang      string
	Name      string // of the page, see [FileName]
	Title     string
	Kicker    string // over the title: what kind of page it is
	Policy    string // content security policy
	Style     template.HTML
	Script    template.HTML
	Languages []language
	T         map[string]string
	Banner    banner
	About     []pair
	Lead      []string // paragraphs under the title
	Parts     []part
	Acts      *acts // nil: none are shown
}

// banner says what the result is, before anything else.
type banner struct {
	Label    string // SIMULATION, or OFFICIAL
	Digest   string // of an official result
	Text     string
	Official bool
	Notices  []notice // gaps, and persons named
}

type notice struct {
	Text string
	Link string // to the part of the page that says more; "" is none
}

// language is a page in another language.
type language struct{ Tag, Name, File string }

type pair struct{ Key, Value string }

// part is a chapter of the page.
type part struct {
	ID, Title string
	Blocks    []block
}

// block is one thing under another: exactly one of its fields is set.
type block struct {
	Heading string // of level 3
	Small   string // heading of level 4
	Text    *said
	List    []said
	Pairs   []pair
	Table   *table
	Charts  *charts
	Legend  []legend
	Files   []file
	Acts    bool // the acts stand here
}

type file struct{ Name, Doc string }

//go:embed assets
var assets embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Option("missingkey=error").ParseFS(assets, "assets/*.tmpl"))
})

// write fills the templates. What fails is the writer, or this package.
func (b *builder) write(w io.Writer, d *document) error {
	d.Lang, d.T = b.l.Lang(), b.words
	style, script := asset("style.css")+sheetLabel(d.Banner), asset("script.js")
	d.Policy = policy(style, script)
	d.Style, d.Script = template.HTML("<style>"+style+"</style>"), template.HTML("<script>"+script+"</script>")
	for _, tag := range locale.Languages() {
		if tag != d.Lang {
			d.Languages = append(d.Languages, language{tag, endonym(tag), FileName(d.Name, tag)})
		}
	}
	var out bytes.Buffer
	if err := templates().ExecuteTemplate(&out, "page", d); err != nil {
		return fmt.Errorf("writing the page %s: %w", d.Name, err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// asset returns a file of this package with line feeds alone, as browsers hash it: a checkout
// may have put carriage returns in.
func asset(name string) string {
	text, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // it is part of this package
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// endonym returns what a language calls itself.
func endonym(tag string) string {
	switch tag {
	case "en":
		return "English"
	case "fr":
		return "Français"
	}
	return tag
}
