package bundle

import (
	"context"
	"io"
	"os"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Writer writes the buyer's bundle of a run: first the verdicts, as they are made, then what
// comes of them.
type Writer struct {
	*Folder
	tender  *model.Tender
	show    report.People
	log     *report.EvidenceLog
	tables  []*report.Evidence
	ledgers map[string]*score.Ledger
}

// NewWriter prepares a bundle of the tender in a folder. The status is the label that its
// ranking will have.
func NewWriter(dir string, t *model.Tender, show report.People, status string) (*Writer, error) {
	f, err := Create(dir)
	if err != nil {
		return nil, err
	}
	w := &Writer{Folder: f, tender: t, show: show, ledgers: map[string]*score.Ledger{}}
	w.log, w.tables = f.evidence(status, show, report.Linker(score.Terms(t)), score.Concerned(t))
	return w, nil
}

// evidence begins the files of the evidence.
func (f *Folder) evidence(status string, show report.People, link func(string, model.Artifact) string, concerned func(model.Verdict) []string) (*report.EvidenceLog, []*report.Evidence) {
	var tables []*report.Evidence
	for _, l := range locales() {
		e := report.NewEvidenceIn(f.File(report.TableFile(report.EvidenceTable, l)), show, l)
		e.Label = status
		tables = append(tables, e)
	}
	return report.NewEvidenceLog(f.File(EvidenceFile), report.EvidenceOptions{Status: status, Show: show, Concerned: concerned, Link: link, Tables: tables}), tables
}

// locales returns all languages in which tables are written.
func locales() []*locale.Locale {
	var list []*locale.Locale
	for _, lang := range locale.Languages() {
		if l, err := locale.Of(lang); err == nil { // they are the languages that there are
			list = append(list, l)
		}
	}
	return list
}

// Verdict takes a verdict, for [score.Options].
func (w *Writer) Verdict(v model.Verdict) { w.log.Write(v) }

// Ledger takes the ledger of a project, for [score.Options].
func (w *Writer) Ledger(project string, l *score.Ledger) { w.ledgers[project] = l }

// Finish writes everything that comes of the ranking and puts the bundle in its place.
func (w *Writer) Finish(ctx context.Context, r *model.Ranking, extras []Extra) error {
	res := &Result{Edition: Edition{For: Buyer}, Identified: w.show.Names, Ranking: report.RecordRanking(r, w.tender, w.show),
		Tender: report.Record(w.tender, w.show)}
	res.Method = report.NewMethodRecord(w.tender, res.Ranking, w.ledgers)
	res.Totals = report.NewTotals(w.tender, res.Ranking, w.ledgers)
	return w.finish(ctx, res, w.log, w.tables, extras)
}

// finish ends the evidence, where there is some, and writes everything else.
func (f *Folder) finish(ctx context.Context, res *Result, log *report.EvidenceLog, tables []*report.Evidence, extras []Extra) error {
	if log != nil {
		if err := f.closeEvidence(res, log, tables); err != nil {
			f.Check(err)
			return f.Keep()
		}
	}
	for _, x := range append(files(res, extras), extras...) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		f.Check(x.Write(f.File(x.Name), res))
	}
	return f.Keep()
}

// closeEvidence writes the index, and opens the evidence for what shows some of it.
func (f *Folder) closeEvidence(res *Result, log *report.EvidenceLog, tables []*report.Evidence) error {
	index, err := log.Close(res.Ranking.Method.Digest)
	if err != nil {
		return err
	}
	for _, e := range tables {
		f.Check(e.Close())
	}
	if err := index.Write(f.File(IndexFile)); err != nil {
		return err
	}
	var at *os.File
	if at, err = f.Written(EvidenceFile); err == nil {
		res.Evidence = report.UseEvidence(at, index)
	}
	return err
}

// files are those of a bundle that are made of its result alone, in the order in which
// verifying holds them against it: what others come from stands first.
func files(r *Result, extras []Extra) []Extra {
	of := func(write func(io.Writer, *model.Ranking) error) func(io.Writer, *Result) error {
		return func(w io.Writer, r *Result) error { return write(w, r.Ranking) }
	}
	list := []Extra{
		{Name: RankingFile, Write: of(report.JSON)},
		{Name: MethodFile, Write: func(w io.Writer, r *Result) error { return r.Method.Write(w) }},
		{Name: TotalsFile, Write: func(w io.Writer, r *Result) error { return r.Totals.Write(w) }},
		{Name: TenderFile, Write: func(w io.Writer, r *Result) error { return tenderfile.Write(w, r.Tender, tenderComment(r)) }},
		{Name: TextFile, Write: of(func(w io.Writer, r *model.Ranking) error { return report.Text(w, r, nil) })},
	}
	for _, l := range locales() {
		list = append(list,
			Extra{Name: report.TableFile(report.RankingTable, l), Write: of(func(w io.Writer, r *model.Ranking) error { return report.RankingCSV(w, r, l) })},
			Extra{Name: report.TableFile(report.ProjectsTable, l), Write: of(func(w io.Writer, r *model.Ranking) error { return report.ProjectsCSV(w, r, l) })},
			Extra{Name: report.TableFile(report.TotalsTable, l), Write: func(w io.Writer, r *Result) error {
				return report.TotalsCSV(w, r.Ranking, r.Totals.Totals, l)
			}})
	}
	return append(list,
		Extra{Name: PackageFile, Write: of(func(w io.Writer, x *model.Ranking) error { return report.DataPackage(w, x, r.Edition.tables()...) })},
		Extra{Name: AboutFile, Write: writeAbout}, Extra{Name: ReadmeFile, Write: func(w io.Writer, r *Result) error { return writeReadme(w, r, extras) }})
}

func writeAbout(w io.Writer, r *Result) error { return report.WriteJSON(w, r.about()) }

func tenderComment(r *Result) string {
	s := headline(r, locale.English()) + "\nThe tender as it was evaluated. It cannot be scored again where something is withheld; verify the bundle instead."
	switch r.Edition.For {
	case Public:
		s += "\nThe staff of bidders is left out."
	case OneBidder:
		s += "\nThe staff of other bidders is left out."
	}
	return s
}

// editionTender is the record of the document in an edition: others' staff are no persons of
// its readers.
func editionTender(t *model.Tender, e Edition) *model.Tender {
	if e.For == Buyer {
		return t
	}
	c := *t
	c.Bidders.List = slices.Clone(t.Bidders.List)
	for i, b := range c.Bidders.List {
		if e.For == Public || b.ID != e.Bidder {
			c.Bidders.List[i].Staff = nil
		}
	}
	return &c
}
