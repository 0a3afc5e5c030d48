package score

import (
	"errors"
	"math"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// stated is what a judge remembers of everything but commits: releases, role files,
// and what a forge says of changes, issues and advisories. Of texts, only the names
// of artifacts, branches, roles and verbs are kept, each once.
type stated struct {
	others     chunks[other]
	things     interner[thing]
	detail     []int32 // thing → its place among changes, issues or advisories; -1 without
	roles      interner[model.Role]
	verbs      interner[string]
	bases      interner[string]
	changes    chunks[change]
	reviews    chunks[review]
	issues     []issue
	advisories []advisory
	heads      map[int32]head // by thing
}

// thing is an artifact of a repository.
type thing struct {
	repo     int32
	artifact model.Artifact
}

// other is a contribution to anything but a commit.
type other struct {
	at, until int64 // seconds; until is open where it has no end
	thing     int32
	ident     int32
	role      int32
	verb      int32
	review    int32 // -1 without
	related   int32 // ruling: what explains it, see [bench.artifact]; -1 without
	rule      rule
}

// open is the end of what has none.
const open = int64(math.MaxInt64)

// change is what a forge says of a merged change.
type change struct {
	opened, merged int64
	thing          int32
	repo           int32
	base           int32
	commit         hash // what it became on its branch; zero where the forge does not say, as of the others
	head           hash // its own last commit
	start          hash // the commit that its own ones follow
	odd            bool // the forge named one of these, or what somebody judged, by what is no commit id
}

// review is what a forge says of a review.
type review struct {
	commit hash
	inline uint16
	state  reviewState
	silent bool // without comments on lines, and with few words if any
	long   bool // with many words
	stale  bool // other commits were pushed after it
	right  bool // the forge says that the reviewer may approve
}

type reviewState uint8

const (
	remark reviewState = iota
	approval
	verdict // changes requested, or a verdict taken back
)

type issue struct {
	thing  int32
	opened int64
	closed bool
	reason bool // closed with a reason
}

type advisory struct {
	thing     int32
	published int64
	aliases   []string
	fixes     []model.Artifact
}

// head is what the repository's own references tell of a change's commits.
type head struct {
	commit    hash
	committed int64
	accepted  []hash
}

// thing returns the number of an artifact of a repository, making a place for it.
func (s *stated) thing(repo int32, a model.Artifact) int32 {
	if t, ok := s.things.find(thing{repo, a}); ok {
		return t
	}
	s.detail = append(s.detail, -1)
	return s.things.id(thing{repo, model.Artifact(strings.Clone(string(a)))})
}

// state takes a contribution to anything but a commit.
func (j *Judge) state(repo, ident int32, c *model.Contribution) error {
	t := j.stated.thing(repo, c.Artifact)
	o := other{at: c.At.Unix(), until: open, thing: t, ident: ident, related: -1, review: -1,
		role: j.stated.roles.id(c.Role), verb: j.stated.verbs.id(c.Verb)}
	if !c.Until.IsZero() {
		o.until = c.Until.Unix()
	}
	var err error
	switch c.Artifact.Kind() {
	case model.ChangeArtifact:
		err = j.stateChange(t, &o, c)
	case model.IssueArtifact:
		err = j.stated.issue(t, c.Issue)
	case model.AdvisoryArtifact:
		err = j.stated.advisory(t, c.Advisory)
	}
	if err == nil {
		j.stated.others.add(o)
	}
	return err
}

func (j *Judge) stateChange(t int32, o *other, c *model.Contribution) error {
	if err := j.stated.change(t, c.Change); err != nil {
		return err
	}
	if c.Role != model.Reviewer {
		return nil
	}
	if c.Review == nil {
		return errors.New("the review's details are missing")
	}
	r := review{inline: uint16(min(max(c.Review.Inline, 0), math.MaxUint16)), silent: c.Review.Length < fewWords && c.Review.Inline == 0,
		long:  c.Review.Length >= manyWords,
		stale: c.Review.Stale, right: c.Review.CanPush || c.Review.Association == "OWNER"}
	switch c.Review.State {
	case model.Approved:
		r.state = approval
	case model.ChangesRequested, model.Dismissed:
		r.state = verdict
	}
	r.commit = j.stated.changes.at(j.stated.detail[t]).id(c.Review.Commit)
	o.review = j.stated.reviews.add(r)
	return nil
}

// change keeps what the first contribution to a change says of it.
func (s *stated) change(t int32, c *model.Change) error {
	switch {
	case c == nil:
		return errors.New("the change's details are missing")
	case c.Merged.IsZero():
		return errors.New("the time of the merge is missing")
	case s.detail[t] >= 0:
		return nil
	}
	k := change{opened: c.Opened.Unix(), merged: c.Merged.Unix(), thing: t, repo: s.things.list[t].repo, base: s.bases.id(c.Base)}
	if c.Opened.IsZero() {
		k.opened = k.merged
	}
	k.commit, k.head, k.start = k.id(c.MergeCommit), k.id(c.Head), k.id(c.Start)
	s.detail[t] = s.changes.add(k)
	return nil
}

// id reads how a forge names a commit of the change. What is no commit id is as good as
// unsaid, but noted: one odd answer of one forge must not end a tender.
func (k *change) id(name string) hash {
	if name == "" {
		return hash{}
	}
	h, err := parseHash(name)
	if err != nil {
		k.odd = true
		return hash{}
	}
	return h
}

func (s *stated) issue(t int32, i *model.Issue) error {
	if i == nil {
		return errors.New("the issue's details are missing")
	}
	if s.detail[t] < 0 {
		s.detail[t] = int32(len(s.issues))
		s.issues = append(s.issues, issue{t, i.Opened.Unix(), !i.Closed.IsZero(), i.Reason != ""})
	}
	return nil
}

func (s *stated) advisory(t int32, a *model.Advisory) error {
	if a == nil {
		return errors.New("the advisory's details are missing")
	}
	if s.detail[t] < 0 {
		s.detail[t] = int32(len(s.advisories))
		s.advisories = append(s.advisories, advisory{t, a.Published.Unix(), a.Aliases, a.Fixes})
	}
	return nil
}

// head keeps which commits a change consists of.
func (j *Judge) head(repository string, m *model.Head) error {
	repo, err := j.repo(repository)
	if err != nil {
		return err
	}
	h := head{committed: m.Committed.Unix()}
	if h.commit, err = parseHash(m.Commit); err != nil {
		return err
	}
	for _, name := range m.Accepted {
		k, err := parseHash(name)
		if err != nil {
			return err
		}
		h.accepted = append(h.accepted, k)
	}
	if j.stated.heads == nil {
		j.stated.heads = map[int32]head{}
	}
	j.stated.heads[j.stated.thing(repo, m.Change)] = h
	return nil
}

func (s *stated) roleOf(o *other) model.Role { return s.roles.list[o.role] }

func (s *stated) artifactOf(o *other) model.Artifact { return s.things.list[o.thing].artifact }

// changeOf returns the change that an act is on, -1 for none.
func (s *stated) changeOf(o *other) int32 {
	if s.artifactOf(o).Kind() != model.ChangeArtifact {
		return -1
	}
	return s.detail[o.thing]
}
