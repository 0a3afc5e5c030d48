package score

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Judge joins the facts of one project and decides what each act is worth.
//
// The project is the unit of judging: the first acceptance of a piece of work
// among all its branches and repositories, also before the window, decides its
// credit. So a judge must remember something of every commit; it keeps compact
// keys (hashes and numbers, no texts), under 200 bytes a commit, and the sketches
// of those whose lines were looked at, up to 1 KiB each. Of a change on a forge it
// keeps under 1 KiB with all its reviews, and none of the texts.
//
// Use [Judge.Add] for each record, then [Judge.Verdicts]. A Judge is not safe for
// concurrent use; different projects have different judges.
type Judge struct {
	tender  *model.Tender
	project string
	roster  *affiliation.Roster
	bots    *botFinder
	window  model.Period

	repos    interner[string]
	idents   interner[model.Identity] // see [Judge.ident]
	nature   []nature                 // by identity
	later    map[int32][]later        // by identity, of the few that turn into robots or persons
	branches interner[string]         // sets of branches, joined
	commits  chunks[commit]
	parents  chunks[int32] // commit → its first parent; -1 without, or where that is not known
	index    index
	last     last
	patches  map[int32]*model.Patch // of the commits that have one
	named    map[int32][]hash       // commit → those that its message says it reverts
	acts     chunks[act]
	stated   stated
	aliases  []model.Alias
	facts    Facts
}

type hash [20]byte

func (h hash) artifact() model.Artifact {
	const kind = model.CommitArtifact + ":"
	var text [len(kind) + 2*len(h)]byte
	copy(text[:], kind)
	hex.Encode(text[len(kind):], h[:])
	return model.Artifact(text[:])
}

// commit is what the judge remembers of a commit. Texts are kept as 64-bit
// hashes: they only ever narrow down what a person, a second or a Change-Id
// already ties together, so a forged collision gains nothing.
type commit struct {
	hash              hash
	landed            int32 // the commit on the first-parent line that brought it in
	author, committer int32 // identities; -1 until seen
	authored          int64 // seconds
	accepted          int64
	subject           uint64
	change            uint64 // Change-Id; 0 without
	branches          int32
	size              size
	repo              uint16
	flags             flags
}

type flags uint16

const (
	described   flags = 1 << iota // seen itself, not only as the landing of another
	isMerge                       // has several parents
	landedMerge                   // its landing is a merge
	onlyUpkeep                    // touches files, and only CI, build, packaging and dependencies
	isRoot                        // has no parents
	looked                        // the kinds of all its files are known, and so whether it is one of these:
	trivial                       // does nothing to files that people write
	translates                    // trivial, but for catalogues of translations
	imported                      // adds a whole foreign tree
	onlyText                      // touches only documentation and comments
	noLines                       // known to change no line
)

// act is one contribution to a commit.
type act struct {
	commit, ident int32
	related       int32 // ruling: what explains it, see [bench.artifact]; -1 without
	role          uint8 // index into actRoles
	rule          rule
	repo          uint16
}

// actRoles are the roles that an act on a commit can have.
var actRoles = [...]model.Role{model.Author, model.CoAuthor, model.Committer, model.Reviewer,
	model.Tester, model.Acker, model.Signer, model.Reporter}

// NewJudge returns a judge of one project of the tender; for many, [NewJudges] is faster.
func NewJudge(t *model.Tender, project string) *Judge {
	return NewJudges(t)(project)
}

// NewJudges returns what makes the judges of a tender's projects. They share what who works
// for whom takes to look up, of which a large roster takes a second to make. The function, and different
// judges of it, may be used at the same time.
func NewJudges(t *model.Tender) func(project string) *Judge {
	roster := affiliation.NewRoster(t)
	return func(project string) *Judge { return newJudge(t, project, roster) }
}

func newJudge(t *model.Tender, project string, roster *affiliation.Roster) *Judge {
	j := &Judge{
		tender:  t,
		project: project,
		roster:  roster,
		bots:    newBotFinder(t),
		window:  t.Window.Period(),
		later:   map[int32][]later{},
		patches: map[int32]*model.Patch{},
		named:   map[int32][]hash{},
	}
	j.index = newIndex(&j.commits)
	return j
}

// Add takes one record of the judge's project. It fails on a record that is not
// well formed: of another project, with an artifact that is none, or with a
// commit, change, review, issue or advisory that lacks its details.
func (j *Judge) Add(r model.Record) error {
	if r.Project != j.project {
		return fmt.Errorf("judging %s: record of project %q; records of one project must come together", j.project, r.Project)
	}
	switch {
	case r.Alias != nil:
		j.aliases = append(j.aliases, *r.Alias)
	case r.Tip != nil:
		j.facts.Tips = append(j.facts.Tips, TipAt{r.Repository, *r.Tip}) // sorted by merge
	case r.Coverage != nil:
		j.facts.Coverage = append(j.facts.Coverage, CoverageAt{r.Repository, *r.Coverage})
	case r.Head != nil:
		if err := j.head(r.Repository, r.Head); err != nil {
			return fmt.Errorf("judging %s: %s: %s: %w", j.project, r.Repository, r.Head.Change, err)
		}
	case r.Contribution != nil:
		if err := j.contribution(r.Repository, r.Contribution); err != nil {
			return fmt.Errorf("judging %s: %s: %s: %w", j.project, r.Repository, r.Contribution.Artifact, err)
		}
	}
	return nil
}

// Gap notes that a repository of the project could not be mined.
func (j *Judge) Gap(err *model.GapError) { j.facts.gap(err) }

func (j *Judge) contribution(repository string, c *model.Contribution) error {
	repo, err := j.repo(repository)
	if err != nil {
		return err
	}
	ident := j.ident(c.Actor, c.At)
	if c.Artifact != j.last.artifact && c.Artifact.Kind() != model.CommitArtifact {
		return j.state(repo, ident, c)
	}
	role := slices.Index(actRoles[:], c.Role)
	if role < 0 {
		return fmt.Errorf("nobody is %q of a commit", c.Role)
	}
	if c.Commit == nil {
		return fmt.Errorf("the commit's details are missing")
	}
	if j.last.artifact != c.Artifact {
		i, err := j.byName(c.Artifact.Name())
		if err != nil {
			return err
		}
		j.last = last{c.Artifact, i}
	}
	i := j.last.commit
	k := j.commits.at(i)
	if k.flags&described == 0 || k.repo != uint16(repo) && c.At.Unix() < k.accepted {
		if err := j.describe(i, repo, c); err != nil {
			return err
		}
	}
	// Where several repositories have the commit, the one that describes it has the word:
	// it was accepted there first, and its people are what they were then.
	switch k = j.commits.at(i); {
	case c.Role == model.Author && (k.author < 0 || k.repo == uint16(repo)):
		k.author = ident
	case c.Role == model.Committer && (k.committer < 0 || k.repo == uint16(repo)):
		k.committer = ident
	}
	j.acts.add(act{commit: i, ident: ident, related: -1, role: uint8(role), repo: uint16(repo)})
	return nil
}

// last is the commit that the last contribution was to: all to one commit come in a row.
type last struct {
	artifact model.Artifact // "" before the first
	commit   int32
}

// later is the number of an identity from a day on.
type later struct {
	from  model.Date
	ident int32
}

// ident returns the number of an identity at an instant. Where a line of the list of
// bots holds on some days only, the identity has a number for each nature that it has
// in turn, so that whoever asks for the nature of a number need not ask for the time.
func (j *Judge) ident(id model.Identity, at time.Time) int32 {
	n := j.idents.id(id)
	if int(n) == len(j.nature) {
		turns := j.bots.turns(id)
		j.nature = append(j.nature, turns[0].nature)
		for _, t := range turns[1:] {
			j.later[n] = append(j.later[n], later{t.from, j.idents.again(id)})
			j.nature = append(j.nature, t.nature)
		}
	}
	if len(j.later) > 0 { // it hardly ever is
		for _, l := range slices.Backward(j.later[n]) {
			if model.DateOf(at) >= l.from {
				return l.ident
			}
		}
	}
	return n
}

// repo returns the number of a repository.
func (j *Judge) repo(address string) (int32, error) {
	n := j.repos.id(address)
	if n > math.MaxUint16 {
		return 0, fmt.Errorf("more than %d repositories", math.MaxUint16+1)
	}
	return n, nil
}

// byName returns the index of a commit by its name, making a place for it.
func (j *Judge) byName(name string) (int32, error) {
	h, err := parseHash(name)
	if err != nil {
		return -1, err
	}
	return j.commit(h), nil
}

// commit returns the index of a commit, making a place for it.
func (j *Judge) commit(h hash) int32 {
	if i, ok := j.index.find(h); ok {
		return i
	}
	i := j.commits.add(commit{hash: h, landed: -1, author: -1, committer: -1})
	j.parents.add(-1)
	j.index.put(i)
	return i
}

func (j *Judge) describe(i, repo int32, c *model.Contribution) error {
	d := c.Commit
	l := i
	if d.Landed != c.Artifact.Name() {
		var err error
		if l, err = j.byName(d.Landed); err != nil {
			return fmt.Errorf("landed: %w", err)
		}
	}
	if len(d.Parents) > 0 {
		parent, err := j.byName(d.Parents[0])
		if err != nil {
			return fmt.Errorf("parent: %w", err)
		}
		*j.parents.at(i) = parent
	}
	k := j.commits.at(i)
	k.landed, k.repo = l, uint16(repo)
	k.authored, k.accepted = d.Authored.Unix(), c.At.Unix()
	k.subject, k.change = fold(d.Subject), fold(d.ChangeID)
	k.branches = j.branches.id(strings.Join(d.Branches, "\x00"))
	k.flags, k.size = shape(d.Files, j.tender.Rules)
	k.flags |= described
	switch len(d.Parents) {
	case 0:
		k.flags |= isRoot
	case 1:
	default:
		k.flags |= isMerge
	}
	if d.LandedMerge {
		k.flags |= landedMerge
	}
	if f := d.Files; f != nil && f.Upkeep > 0 && f.Upkeep == f.Touched && f.Unknown == 0 {
		k.flags |= onlyUpkeep
	}
	if f := d.Files; f != nil && (f.Touched == 0 && f.Unknown == 0 || f.Patch != nil && f.Patch.Size == 0) {
		k.flags |= noLines
	}
	for _, name := range d.Reverts {
		if h, err := parseHash(name); err == nil { // an abbreviated one names nothing for sure
			j.named[i] = append(j.named[i], h)
		}
	}
	if f := d.Files; f != nil && f.Patch != nil && f.Patch.Size > 0 {
		if n := len(f.Patch.Sketch); n != min(f.Patch.Size, model.SketchSize) {
			return fmt.Errorf("a patch of %d elements has %d of them in its sketch", f.Patch.Size, n)
		}
		j.patches[i] = f.Patch
	}
	return nil
}

func splitBranches(joined string) []string { return strings.Split(joined, "\x00") }

func parseHash(s string) (h hash, err error) {
	if len(s) != 2*len(h) {
		return h, fmt.Errorf("%q is no full commit id", s)
	}
	var text [2 * len(h)]byte // converting s would put it on the heap
	copy(text[:], s)
	if _, err = hex.Decode(h[:], text[:]); err != nil {
		return h, fmt.Errorf("%q is no full commit id", s)
	}
	return h, nil
}

// fold hashes a text with its white space folded (FNV-1a); nothing is 0.
func fold(s string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h, word := uint64(offset), false
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		space := unicode.IsSpace(r)
		if space && word {
			h = (h ^ ' ') * prime
		}
		for ; n > 0; i, n = i+1, n-1 {
			if !space {
				h = (h ^ uint64(s[i])) * prime
			}
		}
		word = !space
	}
	if h == offset {
		return 0
	}
	if word {
		h = (h ^ ' ') * prime
	}
	return h
}
