// Package spoken makes a command line speak a language: helps, flags, faults and notes. What the
// code says is English, and the catalogues of package locale say it otherwise; what these do not
// have stays English.
package spoken

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Env is the variable of the environment that asks for a language where no flag --lang does. The
// system's own, LANG and LC_ALL, are not asked: a result that somebody keeps says the same
// wherever it was made.
const Env = "TRIBUTARY_LANG"

// Of returns the locale in which a command line is spoken to: that of the last flag --lang among
// its arguments, or else that of lang. It looks before flags are parsed, so that a help and a
// fault of the flags themselves are in that language. One that there is not is English; the
// command says what is wrong with it.
func Of(args []string, lang string) *locale.Locale {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			lang = value
		} else if arg == "--lang" && i+1 < len(args) {
			lang = args[i+1]
		}
	}
	l, err := locale.Of(lang)
	if err != nil {
		return locale.English()
	}
	return l
}

// Lines says a text line by line. What stands before a line's first word stays, and so does what
// is no sentence of its own, such as an address.
func Lines(l *locale.Locale, text string) string {
	if l.Lang() == locale.Default {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		said := strings.TrimLeft(line, " \t")
		before := line[:len(line)-len(said)]
		said, _ = l.Say(said)
		lines[i] = before + said
	}
	return strings.Join(lines, "\n")
}

// Faults says what is wrong with a document, a fault a line, each with its place.
func Faults(l *locale.Locale, faults tenderfile.Faults) string {
	said := make(tenderfile.Faults, len(faults))
	for i, f := range faults {
		f.Message, _ = l.Say(f.Message)
		said[i] = f
	}
	return said.Error()
}

// Out passes on what is written to it, and keeps the first error: most of what a command says
// is written without a look, and a full disk must not pass for success.
type Out struct {
	io.Writer
	Err error
}

// Write implements io.Writer.
func (o *Out) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	o.Err = cmp.Or(o.Err, err)
	return n, err
}

// Check returns what went wrong: err, or where that is nil or says of gaps alone, the first
// error of writing.
func (o *Out) Check(err, gaps error) error {
	if err == nil || errors.Is(err, gaps) {
		return cmp.Or(o.Err, err)
	}
	return err
}

// Writer says what is written to it, each writing by itself and line by line. Lines of a log, which
// are for programs, stay as they are.
func Writer(l *locale.Locale, w io.Writer) io.Writer {
	if l.Lang() == locale.Default {
		return w
	}
	return &writer{l, w}
}

type writer struct {
	l *locale.Locale
	w io.Writer
}

func (w *writer) Write(b []byte) (int, error) {
	if bytes.HasPrefix(b, []byte(`{"time":`)) || bytes.HasPrefix(b, []byte("time=")) {
		return w.w.Write(b)
	}
	if _, err := io.WriteString(w.w, Lines(w.l, string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Plain takes out of a text what could steer a terminal: forges, repositories and rosters have
// their words in messages. The spaces at which no line breaks stay: French has them.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\u00a0' && r != '\u202f' && !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
