package score_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// story builds the records of one project as a git source would state them.
type story struct {
	project string
	records []model.Record
	n       int
	tips    map[[3]string]string // repository, branches and landing → the last commit of that line
}

// act is one commit of a story. Absent fields are taken from the others: the
// committer is the author, the commit lands itself, the author's clock shows the
// time of acceptance, and the commit follows the one before it of its branches and
// its landing.
type act struct {
	by, taker string // "Name <mail>"
	at        string // 2026-01-02 or with a time
	authored  string
	subject   string
	landed    string // name of the merge that brought it in
	branches  string
	changeID  string
	trailers  []string // "reviewer Name <mail>"
	merge     bool
	upkeep    bool
	place     string   // of the patch
	lines     []uint64 // elements of the patch, at most 128, sorted
	repo      string
	name      string // of the commit; absent: a number
	after     string // name of its first parent
	files     *model.Files
	reverts   string // name of the commit that its message says it reverts
	root      bool   // begins a history
}

func newStory() *story {
	s := &story{project: "p"}
	for _, k := range []model.Kind{model.CommitFacts, model.FileFacts, model.ReviewFacts, model.MergeFacts, model.ReleaseFacts, model.RoleFacts} {
		s.cover(k, model.Complete, "")
	}
	s.cover(model.AdvisoryFacts, model.Unavailable, "git shows no advisories")
	s.cover(model.IssueFacts, model.Unavailable, "git shows no issues")
	return s
}

func (s *story) cover(k model.Kind, state model.State, reason string) {
	s.add(model.Record{Repository: "r", Coverage: &model.Coverage{Kind: k, State: state, Reason: reason}})
}

func (s *story) add(r model.Record) {
	r.Project = s.project
	s.records = append(s.records, r)
}

// commit adds a commit and returns its name.
func (s *story) commit(a act) string {
	s.n++
	if a.name == "" {
		a.name = fmt.Sprint("c", s.n)
	}
	if a.subject == "" {
		a.subject = "Change number " + a.name
	}
	if a.repo == "" {
		a.repo = "r"
	}
	at, authored := when(a.at), when(a.at)
	if a.authored != "" {
		authored = when(a.authored)
	}
	landed := a.name
	if a.landed != "" {
		landed = a.landed
	}
	d := &model.Commit{Subject: a.subject, Authored: authored, Committed: at, Landed: sha(landed),
		LandedMerge: a.landed != "" || a.merge, Branches: []string{"main"}, ChangeID: a.changeID,
		Files: &model.Files{Touched: 1, Churn: []model.Churn{{Class: model.CodeFiles, Files: 1, Lines: model.Lines{Added: 1}}}}}
	if a.branches != "" {
		d.Branches = strings.Fields(a.branches)
	}
	before := s.tip(a)
	if a.after != "" {
		before = a.after
	}
	d.Parents = []string{sha(before)}
	if a.merge {
		d.Parents = append(d.Parents, sha("other"))
	}
	if a.files != nil {
		d.Files = a.files
	}
	if a.reverts != "" {
		d.Reverts = []string{sha(a.reverts)}
	}
	if a.root {
		d.Parents = nil
	}
	if a.upkeep {
		d.Files.Upkeep = 1
	}
	if a.lines != nil {
		d.Files.Patch = &model.Patch{ID: fmt.Sprint(a.lines), Place: a.place, Size: len(a.lines), Sketch: a.lines}
	}
	if a.taker == "" {
		a.taker = a.by
	}
	put := func(role model.Role, who string) {
		s.add(model.Record{Repository: a.repo, Contribution: &model.Contribution{
			Artifact: commitOf(a.name), Role: role, Actor: identity(who), At: at, Commit: d}})
	}
	put(model.Author, a.by)
	put(model.Committer, a.taker)
	for _, t := range a.trailers {
		role, who, _ := strings.Cut(t, " ")
		put(model.Role(role), who)
	}
	return a.name
}

// tip returns the name of the commit that the next one follows, and moves on to it.
func (s *story) tip(a act) string {
	if s.tips == nil {
		s.tips = map[[3]string]string{}
	}
	line := [3]string{a.repo, a.branches, a.landed}
	last, ok := s.tips[line]
	s.tips[line] = a.name
	if !ok && a.landed != "" {
		last, ok = s.tips[[3]string{a.repo, a.branches, ""}]
	}
	if !ok {
		return "root"
	}
	return last
}

func (s *story) release(name, by, at string) {
	s.add(model.Record{Repository: "r", Contribution: &model.Contribution{
		Artifact: model.NewArtifact(model.ReleaseArtifact, name), Role: model.Releaser, Actor: identity(by), At: when(at)}})
}

func (s *story) listing(who, from, until string) {
	c := &model.Contribution{Artifact: "role:MAINTAINERS", Role: model.Maintainer, Actor: identity(who), At: when(from)}
	if until != "" {
		c.Until = when(until)
	}
	s.add(model.Record{Repository: "r", Contribution: c})
}

func (s *story) stream() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, r := range s.records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// verdicts judges the story and returns the verdicts by commit or artifact name
// and role, such as "c1 author".
func (s *story) verdicts(t *model.Tender) map[string]model.Verdict {
	names := map[model.Artifact]string{}
	for i := range s.n + 1 {
		names[commitOf(fmt.Sprint("c", i))] = fmt.Sprint("c", i)
	}
	j := score.NewJudge(t, s.project)
	for _, r := range s.records {
		if err := j.Add(r); err != nil {
			panic(err)
		}
	}
	m := map[string]model.Verdict{}
	for v := range j.Verdicts() {
		name, ok := names[v.Artifact]
		if !ok {
			name = v.Artifact.Name()
		}
		key := name + " " + string(v.Role)
		for _, twice := m[key]; twice; _, twice = m[key] {
			key += "'"
		}
		m[key] = v
	}
	return m
}

func sha(name string) string {
	if len(name) == 40 {
		return name
	}
	h := sha1.Sum([]byte(name))
	return hex.EncodeToString(h[:])
}

func commitOf(name string) model.Artifact { return model.NewArtifact(model.CommitArtifact, sha(name)) }

func identity(s string) model.Identity {
	name, mail, _ := strings.Cut(s, " <")
	return model.Identity{Name: name, Mail: strings.TrimSuffix(mail, ">")}
}

func when(s string) time.Time {
	if len(s) == len(time.DateOnly) {
		s += "T12:00:00Z"
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// People of the stories.
const (
	ada   = "Ada <ada@karst.example>"
	bob   = "Bob <bob@karst.example>"
	mia   = "Mia <mia@moraine.example>"
	zoe   = "Zoe <zoe@bigco.example>"
	gus   = "Gus <gus@gmail.com>"
	robot = "dependabot[bot] <support@github.com>"
	agent = "Claude <noreply@anthropic.com>"
	hub   = "GitHub <noreply@github.com>"
)

// tender is a tender on one project, without floors, so that small stories count.
func tender() *model.Tender {
	t := model.NewTender()
	t.Window.Until = date("2026-07-01")
	t.Window.Months = 12
	t.Shortlist = true
	t.Rules.FloorActs, t.Rules.FloorMonths = 0, 0
	t.Minimum.Acts, t.Minimum.Months = 0, 0
	t.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "r"}}}}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"p": 1}}}
	t.Vendors = map[string]model.Vendor{}
	for _, v := range []string{"karst", "moraine", "bigco"} {
		t.Vendors[v] = model.Vendor{Name: strings.ToUpper(v), Domains: []model.MailDomain{{Name: v + ".example"}}}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: v, Vendors: []string{v}})
	}
	return t
}

func date(s string) model.Date {
	d, err := model.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
