package command

import (
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
	"github.com/tributary-oss/tributary/score/report/page"
)

// pages gathers, verdict by verdict, what the page of a ranking shows.
type pages struct {
	tender *model.Tender
	ledger score.Ledger
	acts   *page.Collector
}

func newPages(t *model.Tender, show report.People) *pages {
	return &pages{tender: t, acts: page.NewCollector(page.CollectorOptions{Show: show, Concerned: score.Concerned(t), Link: report.Linker(score.Terms(t))})}
}

// take takes one verdict.
func (p *pages) take(v model.Verdict) {
	p.ledger.Add(v)
	p.acts.Write(v)
}

// write writes the page of the ranking in every language.
func (p *pages) write(w *folder, r *model.Ranking) error {
	totals, sample := score.Totals(p.tender, &p.ledger), p.acts.Sample()
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		if err != nil {
			return err
		}
		d := page.Data{Ranking: r, Totals: totals, Evidence: sample, Files: pageFiles(l)}
		if err := page.Write(w.file(page.FileName(page.ReportName, lang)), d, l); err != nil {
			return err
		}
	}
	return nil
}

// pageFiles are the files of the folder that the page links.
func pageFiles(l *locale.Locale) []page.File {
	return []page.File{
		{Name: rankingFile, Doc: l.T("the ranking with all figures, for programs")},
		{Name: "ranking.csv", Doc: l.T("the ranking as a table")},
		{Name: "indicators.csv", Doc: l.T("every measured value")},
		{Name: "evidence.csv", Doc: l.T("every act that was read, counted or refused, with the rule")},
		{Name: evidenceFile, Doc: l.T("the same acts, for programs")},
	}
}

// writeStudy writes the page of a study of sensitivity in every language. The page of the
// ranking is linked where the folder has it.
func writeStudy(w *folder, s *model.Sensitivity) error {
	_, err := os.Stat(filepath.Join(w.path, page.FileName(page.ReportName, locale.Default)))
	o := &page.SensitivityOptions{Report: err == nil}
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		if err != nil {
			return err
		}
		if err := page.WriteSensitivity(w.file(page.FileName(page.SensitivityName, lang)), s, o, l); err != nil {
			return err
		}
	}
	return nil
}
