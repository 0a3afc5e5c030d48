package command

import (
	"io"
	"os"
	"path/filepath"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
	"github.com/tributary-oss/tributary/score/report/page"
)

// extras are the files of a bundle beside those that package bundle knows: the page of the
// ranking, in every language. All show the same acts, which are chosen once.
func extras() []bundle.Extra {
	var list []bundle.Extra
	chosen := sample{}
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		if err != nil {
			continue // these are the languages that there are
		}
		list = append(list, bundle.Extra{Name: page.FileName(page.ReportName, lang), Says: saysPage(lang), Write: func(w io.Writer, r *bundle.Result) error {
			acts, err := chosen.of(r.Evidence)
			if err != nil {
				return err
			}
			return page.Write(w, page.Data{Ranking: r.Ranking, Totals: r.Totals.Totals, Evidence: acts, Only: r.Edition.Bidder, Files: pageFiles(l, r)}, l)
		}})
	}
	return list
}

// saysPage tells the readers of a language what the page in it is.
func saysPage(lang string) func(*locale.Locale) string {
	return func(l *locale.Locale) string {
		if l.Lang() != lang {
			return ""
		}
		return l.T("all of it as one page, for a browser")
	}
}

// sample chooses the acts of the pages out of stored evidence, as long as it is the same.
type sample struct {
	evidence *report.StoredEvidence
	acts     *page.Sample
}

func (s *sample) of(e *report.StoredEvidence) (*page.Sample, error) {
	if e == nil {
		return nil, nil
	}
	if s.evidence == e {
		return s.acts, nil
	}
	c := page.NewCollector(page.CollectorOptions{Show: report.People{Names: e.Index.Identified}})
	for v, err := range e.InOrder() {
		if err != nil {
			return nil, err
		}
		c.WriteStored(v)
	}
	s.evidence, s.acts = e, c.Sample()
	return s.acts, nil
}

// pageFiles are the files of the bundle that the page links.
func pageFiles(l *locale.Locale, r *bundle.Result) []page.File {
	list := []page.File{
		{Name: bundle.RankingFile, Doc: l.T("the ranking with all figures, for programs")},
		{Name: report.TableFile(report.RankingTable, l), Doc: l.T("the ranking as a table")},
		{Name: report.TableFile(report.ProjectsTable, l), Doc: l.T("every measured value")},
	}
	if r.Evidence == nil {
		return list
	}
	acts := l.T("every act that was read, counted or refused, with the rule")
	if r.Edition.Bidder != "" {
		acts = l.T("the acts that concern %s, counted or refused, with the rule", plain(r.Edition.Bidder))
	}
	return append(list,
		page.File{Name: report.TableFile(report.EvidenceTable, l), Doc: acts},
		page.File{Name: bundle.EvidenceFile, Doc: l.T("the same acts, for programs")})
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

// studyPages are the names of the page of a study, of every language.
func studyPages() (names []string) {
	for _, lang := range locale.Languages() {
		names = append(names, page.FileName(page.SensitivityName, lang))
	}
	return names
}
