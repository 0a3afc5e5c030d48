package bundle

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// Verified says what was found to be true of a bundle, and what could not be told.
type Verified struct {
	Files    int
	Verdicts int64    // of the evidence
	Totals   int      // bidders' credits by month
	Unproven []string // what the files of the bundle cannot prove, in words
}

// Verify holds everything in the bundle against everything else: the verdicts make the
// credits by month, these and the document the ranking, and the ranking every table and
// text. It holds one part of the evidence in memory, and the credits of persons by month. The
// first thing that is otherwise is returned as a [*Difference], which tells where another version
// of the program made the bundle: words of pages and tables change. Where ctx ends, so does it.
func (o *Opened) Verify(ctx context.Context, extras []Extra) (*Verified, error) {
	v, err := o.verify(ctx, extras)
	if d, ok := errors.AsType[*Difference](err); ok && o.Method.Module != report.ModuleVersion() && !d.told {
		d.Text += fmt.Sprintf("; the bundle was made by version %.80q of the program, and this is %q: verify it with that one before anything is made of it", o.Method.Module, report.ModuleVersion())
	}
	return v, err
}

func (o *Opened) verify(ctx context.Context, extras []Extra) (*Verified, error) {
	v := &Verified{Files: len(o.sums), Totals: len(o.Totals.Totals)}
	if len(o.beside) > 0 {
		v.Unproven = append(v.Unproven, strings.Join(o.beside, ", ")+": a study that lies beside the bundle and is no part of it")
	}
	own := &score.Ledger{}
	if o.Evidence != nil {
		var err error
		if v.Verdicts, err = o.addEvidence(ctx, own); err != nil {
			return nil, err
		}
		if err := o.checkIndex(own); err != nil {
			return nil, err
		}
	}
	if err := o.checkMethod(v); err != nil {
		return nil, err
	}
	check := o.checkAggregated
	if o.Edition.For == Buyer {
		check = o.checkWhole
	}
	if err := check(own, v); err != nil {
		return nil, err
	}
	return v, o.checkFiles(ctx, append(files(&o.Result, extras), extras...), v)
}

// addEvidence holds the verdicts against the tables, line by line, and adds them up.
func (o *Opened) addEvidence(ctx context.Context, l *score.Ledger) (n int64, err error) {
	tables, err := o.openTables()
	defer func() {
		for _, t := range tables {
			t.f.Close()
		}
	}()
	if err != nil {
		return 0, err
	}
	concerned, link := score.Concerned(o.Tender), report.Linker(o.Ranking.Terms)
	for s, err := range o.Evidence.InOrder() {
		if err != nil {
			return n, asDifference(EvidenceFile, err)
		}
		if ctx.Err() != nil {
			return n, context.Cause(ctx)
		}
		n++
		wrong := ""
		switch {
		case s.Status != o.Ranking.Label():
			wrong = fmt.Sprintf("its status is %.80q, and that of %s is %q", s.Status, RankingFile, o.Ranking.Label())
		case o.Edition.For == Buyer && !slices.Equal(s.Bidders, concerned(s.Verdict)):
			wrong = fmt.Sprintf("it is said to concern %.200q, and by the document it concerns %.200q", s.Bidders, concerned(s.Verdict))
		case o.Edition.For == OneBidder && !slices.Contains(s.Bidders, o.Edition.Bidder):
			wrong = "it does not concern " + o.Edition.Bidder
		case s.Link != link(s.Repository, s.Artifact):
			wrong = fmt.Sprintf("its link is %.200q, and the document makes %.200q", s.Link, link(s.Repository, s.Artifact))
		case !o.Identified && s.Name != "":
			wrong = "it names a person, and the bundle says that it names nobody"
		}
		if wrong != "" {
			return n, &Difference{File: EvidenceFile, Line: int(n), At: at(s.Project, "", "", "") + fmt.Sprintf(", %.80q", s.Artifact), Text: wrong}
		}
		for _, t := range tables {
			if err := t.next(s); err != nil {
				return n, err
			}
		}
		l.Add(s.Verdict)
	}
	for _, t := range tables {
		if err := t.end(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// checkIndex holds what the index says of all verdicts against them, and its file against
// what would be written of it.
func (o *Opened) checkIndex(l *score.Ledger) error {
	counted := int64(0)
	for _, f := range l.Projects {
		counted += f.Counted
	}
	if x := o.Evidence.Index; x.Counted != counted {
		return &Difference{File: IndexFile, Text: fmt.Sprintf("it says that %d acts count, and %d do", x.Counted, counted)}
	}
	f, err := open(o.root, IndexFile)
	if err != nil {
		return err
	}
	defer f.Close()
	c := newComparer(IndexFile, f, EvidenceFile)
	if err := o.Evidence.Index.Write(c); err != nil {
		return err
	}
	return c.end()
}

// tableFile is a table of evidence that is held against the verdicts.
type tableFile struct {
	name string
	f    io.Closer
	e    *report.Evidence
	cmp  *comparer
}

func (o *Opened) openTables() (list []*tableFile, err error) {
	for _, l := range locales() {
		name := report.TableFile(report.EvidenceTable, l)
		if !o.lists(name) {
			return list, missing(name)
		}
		f, err := open(o.root, name)
		if err != nil {
			return list, err
		}
		t := &tableFile{name: name, f: f, cmp: newComparer(name, f, EvidenceFile)}
		list = append(list, t)
		t.e = report.NewEvidenceIn(t.cmp, report.People{}, l)
		t.e.Label = o.Ranking.Label()
	}
	return list, nil
}

func (t *tableFile) next(s report.StoredVerdict) error {
	t.e.WriteStored(s)
	return t.e.Flush() // row by row, so that the first one that differs is told
}

func (t *tableFile) end() error {
	if err := t.e.Close(); err != nil {
		return err
	}
	return t.cmp.end()
}

// checkFiles holds the files that are made of the result against it, and sees that there
// are no others.
func (o *Opened) checkFiles(ctx context.Context, list []Extra, v *Verified) error {
	known := map[string]bool{}
	if o.Evidence != nil {
		known[EvidenceFile], known[IndexFile] = true, true
		for _, l := range locales() {
			known[report.TableFile(report.EvidenceTable, l)] = true
		}
	}
	for _, x := range list {
		known[x.Name] = true
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := o.same(x); err != nil {
			return err
		}
	}
	for _, s := range o.sums {
		if !known[s.name] {
			v.Unproven = append(v.Unproven, s.name+": this version does not make such a file; only its digest was checked")
		}
	}
	return nil
}

// same holds a file against what the result makes of it.
func (o *Opened) same(x Extra) error {
	if !o.lists(x.Name) {
		return &Difference{File: x.Name, Text: SumsFile + " does not name it, and bundles of this edition have it"}
	}
	f, err := open(o.root, x.Name)
	if err != nil {
		return err
	}
	defer f.Close()
	c := newComparer(x.Name, f, RankingFile)
	if err := x.Write(c, &o.Result); err != nil {
		return err
	}
	return c.end()
}

// comparer is a writer that holds what is written against a file.
type comparer struct {
	name, by string // the file, and what makes it
	r        *bufio.Reader
	line     int
	rest     []byte // of a line that is not whole yet
	err      error
}

func newComparer(name string, r io.Reader, by string) *comparer {
	return &comparer{name: name, by: by, r: bufio.NewReaderSize(r, 1<<16)}
}

func (c *comparer) Write(b []byte) (int, error) {
	n := len(b)
	for c.err == nil && len(b) > 0 {
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			c.rest = append(c.rest, b...)
			break
		}
		line := b[:end]
		if len(c.rest) > 0 {
			c.rest = append(c.rest, line...)
			line = c.rest
		}
		c.hold(line)
		b, c.rest = b[end:], c.rest[:0]
	}
	return n, c.err
}

// hold reads as many bytes as the line has: never more, however long a line of the file is.
func (c *comparer) hold(line []byte) {
	c.line++
	for at := 0; at < len(line); {
		got, err := c.r.Peek(min(len(line)-at, 1<<15))
		if len(got) == 0 {
			if err == io.EOF {
				err = &Difference{File: c.name, Line: c.line, Text: "it ends here, and " + c.by + " makes more"}
			}
			c.err = err
			return
		}
		if want := line[at : at+len(got)]; !bytes.Equal(got, want) {
			c.err = &Difference{File: c.name, Line: c.line, Text: fmt.Sprintf("it has %s, where %s makes %s", around(got, want), c.by, around(want, got))}
			return
		}
		at += len(got)
		c.r.Discard(len(got))
	}
}

// end checks that the file ends too.
func (c *comparer) end() error {
	if len(c.rest) > 0 && c.err == nil {
		c.hold(c.rest)
	}
	if c.err != nil {
		return c.err
	}
	if _, err := c.r.ReadByte(); err != io.EOF {
		return &Difference{File: c.name, Line: c.line + 1, Text: "it goes on here, where " + c.by + " makes no more"}
	}
	return nil
}

// around quotes what of a text lies about the first byte at which it differs from another.
func around(s, other []byte) string {
	i := 0
	for i < len(s) && i < len(other) && s[i] == other[i] {
		i++
	}
	from := max(0, i-30)
	text, more := string(s[from:min(len(s), i+30)]), ""
	if before, _, cut := strings.Cut(text[i-from:], "\n"); cut {
		text = text[:i-from] + before
	} else if i+30 < len(s) {
		more = "…"
	}
	return fmt.Sprintf("%q%s", strings.ToValidUTF8(strings.TrimRight(text, "\r"), ""), more)
}

// at names a place of a ranking; what is "" is left out.
func at(project, bidder, indicator, month string) string {
	var list []string
	for _, x := range [][2]string{{"project", project}, {"bidder", bidder}, {"indicator", indicator}, {"month", month}} {
		if x[1] != "" {
			list = append(list, x[0]+" "+visible(x[1]))
		}
	}
	return strings.Join(list, ", ")
}
