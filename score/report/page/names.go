package page

import (
	"github.com/tributary-oss/tributary/model"
)

// pillars returns the pillars in the order in which they are drawn, with their classes.
var pillars = [...]struct {
	name  model.Pillar
	class string
}{{model.Commits, "p1"}, {model.Reviews, "p2"}, {model.Maintenance, "p3"}}

func (b *builder) pillar(p model.Pillar) string {
	switch p {
	case model.Commits:
		return b.l.T("Commits")
	case model.Reviews:
		return b.l.T("Reviews")
	case model.Maintenance:
		return b.l.T("Maintenance")
	}
	return clip(string(p), mostName)
}

func (b *builder) indicator(i model.Indicator) string {
	switch i {
	case model.Changes:
		return b.l.T("Changes")
	case model.ActiveMonths:
		return b.l.T("Active months")
	case model.Translations:
		return b.l.T("Translations")
	case model.ReviewsDone:
		return b.l.T("Reviews")
	case model.Integration:
		return b.l.T("Integration")
	case model.Releases:
		return b.l.T("Releases")
	case model.Ports:
		return b.l.T("Ports")
	case model.Security:
		return b.l.T("Security")
	case model.Triage:
		return b.l.T("Triage")
	case model.Upkeep:
		return b.l.T("Upkeep")
	case model.Stewardship:
		return b.l.T("Stewardship")
	}
	return clip(string(i), mostName)
}

// indicatorOf names an indicator with its pillar: active months are in two of them.
func (b *builder) indicatorOf(p model.Pillar, i model.Indicator) string {
	return b.labelled(b.pillar(p), b.indicator(i))
}

// pillarOf returns the pillar of an indicator that earns credits.
func pillarOf(i model.Indicator) model.Pillar {
	for _, p := range model.Pillars() {
		for _, x := range p.Indicators {
			if x.Name == i {
				return p.Name
			}
		}
	}
	return ""
}

func (b *builder) kind(k model.Kind) string {
	switch k {
	case model.CommitFacts:
		return b.l.T("commits and their trailers")
	case model.FileFacts:
		return b.l.T("files of commits")
	case model.LineFacts:
		return b.l.T("numbers of lines")
	case model.ChurnFacts:
		return b.l.T("kinds of files")
	case model.PatchFacts:
		return b.l.T("contents of patches")
	case model.ReviewFacts:
		return b.l.T("who reviewed a change")
	case model.MergeFacts:
		return b.l.T("who accepted a change")
	case model.ReleaseFacts:
		return b.l.T("who published a release")
	case model.AdvisoryFacts:
		return b.l.T("who mended a vulnerability")
	case model.IssueFacts:
		return b.l.T("who answered issues")
	case model.RoleFacts:
		return b.l.T("who is listed as a maintainer")
	case model.HeadFacts:
		return b.l.T("commits of changes")
	}
	return clip(string(k), mostName)
}

func (b *builder) state(s model.State) string {
	switch s {
	case model.Complete:
		return b.l.T("complete")
	case model.Partial:
		return b.l.T("partial")
	case model.Unavailable:
		return b.l.T("unavailable")
	}
	return clip(string(s), mostName)
}

func (b *builder) role(r model.Role) string {
	switch r {
	case model.Author:
		return b.l.T("author")
	case model.CoAuthor:
		return b.l.T("co-author")
	case model.Committer:
		return b.l.T("committer")
	case model.Reviewer:
		return b.l.T("reviewer")
	case model.Tester:
		return b.l.T("tester")
	case model.Acker:
		return b.l.T("agreed")
	case model.Signer:
		return b.l.T("signed off")
	case model.Reporter:
		return b.l.T("reporter")
	case model.Merger:
		return b.l.T("merger")
	case model.Commander:
		return b.l.T("told a robot to merge")
	case model.Requested:
		return b.l.T("asked for a review")
	}
	return b.laterRole(r)
}

// laterRole names the roles that change nothing in the code.
func (b *builder) laterRole(r model.Role) string {
	switch r {
	case model.Releaser:
		return b.l.T("releaser")
	case model.Backporter:
		return b.l.T("ported")
	case model.Triager:
		return b.l.T("triaged")
	case model.Responder:
		return b.l.T("answered")
	case model.Maintainer:
		return b.l.T("listed maintainer")
	case model.Remediator:
		return b.l.T("mended a vulnerability")
	case model.Publisher:
		return b.l.T("published an advisory")
	}
	return clip(string(r), mostName)
}

func (b *builder) mode(m model.Mode) string {
	switch m {
	case model.Selection:
		return b.l.T("selection: all of a bidder’s people count while they work for it")
	case model.Award:
		return b.l.T("award: the staff named in the bid count, wherever they worked then")
	}
	return clip(string(m), mostName)
}
