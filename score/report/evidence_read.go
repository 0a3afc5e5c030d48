package report

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// ErrStored says that stored evidence is damaged, foreign or of a newer version.
var ErrStored = errors.New("the stored evidence cannot be used")

// StoredEvidence reads evidence that [EvidenceLog] wrote. It holds the index and one
// member at a time, and may be used by several readers at once as far as its source may.
type StoredEvidence struct {
	Index EvidenceIndex
	r     io.ReaderAt
}

// OpenEvidence reads the index of stored evidence of so many bytes. It fails with
// [ErrStored] where the index is none, is of a newer version, or is not of this evidence.
func OpenEvidence(r io.ReaderAt, size int64, index io.Reader) (*StoredEvidence, error) {
	e := &StoredEvidence{r: r}
	if err := json.NewDecoder(index).Decode(&e.Index); err != nil {
		return nil, fmt.Errorf("%w: its index is no index (%w)", ErrStored, err)
	}
	if err := CheckFormat(e.Index.Format, EvidenceFormat); err != nil {
		return nil, fmt.Errorf("%w: its index: %w", ErrStored, err)
	}
	if e.Index.Size != size {
		return nil, fmt.Errorf("%w: it has %d bytes, and its index is of %d; it is of another run, or was cut", ErrStored, size, e.Index.Size)
	}
	var rows int64
	for _, g := range e.Index.Groups {
		for _, m := range g.Members {
			if m.Offset < 0 || m.Size < 0 || m.Offset > size-m.Size || m.Length < 0 || m.Length > mostMember {
				return nil, fmt.Errorf("%w: its index points outside of it", ErrStored)
			}
			rows += m.Rows
		}
	}
	if rows != e.Index.Rows {
		return nil, fmt.Errorf("%w: its index lists %d verdicts of %d", ErrStored, rows, e.Index.Rows)
	}
	return e, nil
}

// UseEvidence reads evidence whose index is at hand.
func UseEvidence(r io.ReaderAt, index *EvidenceIndex) *StoredEvidence {
	return &StoredEvidence{Index: *index, r: r}
}

// CheckFormat says what is wrong with the format that a document names, where it is not
// the one that is wanted, such as "tributary-ranking/1": another one, or a newer version.
func CheckFormat(got, want string) error {
	name, version, _ := strings.Cut(want, "/")
	switch n, v, ok := strings.Cut(got, "/"); {
	case got == want:
		return nil
	case ok && n == name:
		return fmt.Errorf("it is written in version %.20q of the format %s, and this version of the program reads %s; use a newer one", v, name, version)
	}
	return fmt.Errorf("its format is %.40q, where %s is wanted", got, want)
}

// Figures yields the verdicts that concern a bidder and have to do with indicators of a
// project, for each project in of. After an error it ends.
func (e *StoredEvidence) Figures(bidder string, of map[string][]model.Indicator) iter.Seq2[StoredVerdict, error] {
	return e.members(nil, func(g *EvidenceGroup, m *EvidenceMember) bool {
		return slices.Contains(g.Bidders, bidder) && slices.ContainsFunc(g.Indicators, func(i model.Indicator) bool { return slices.Contains(of[g.Project], i) })
	})
}

// Concerning yields the verdicts that concern a bidder, counted and refused. After an error
// it ends.
func (e *StoredEvidence) Concerning(bidder string) iter.Seq2[StoredVerdict, error] {
	return e.members(nil, func(g *EvidenceGroup, _ *EvidenceMember) bool { return slices.Contains(g.Bidders, bidder) })
}

// On yields the verdicts on an artifact, or on the change that it is, as [score.IsAbout]
// has it. A commit that is named by the beginning of its name is looked for in all of the
// evidence, which takes longer.
func (e *StoredEvidence) On(a model.Artifact) iter.Seq2[StoredVerdict, error] {
	h := hashOf(a)
	short := a.Kind() == model.CommitArtifact && len(a.Name()) < 40
	quoted, err := encode(a)
	return func(yield func(StoredVerdict, error) bool) {
		if err != nil {
			yield(StoredVerdict{}, err)
			return
		}
		named := bytes.Trim(quoted, "\"\n") // lines without it need no look
		for v, err := range e.members(named, func(_ *EvidenceGroup, m *EvidenceMember) bool { return short || mayHold(m.Acts, h) }) {
			if err != nil || score.IsAbout(a, v.Artifact) || score.IsAbout(a, v.Change) {
				if !yield(v, err) {
					return
				}
			}
		}
	}
}

// All yields all verdicts, group by group.
func (e *StoredEvidence) All() iter.Seq2[StoredVerdict, error] {
	return e.members(nil, func(*EvidenceGroup, *EvidenceMember) bool { return true })
}

// InOrder yields all verdicts in the order in which the file and its tables hold them. It
// fails where the index leaves out a part of the file or names one twice, where a line is
// other than it is written, and where a part is not what the index says of it: its rows,
// their credits, and whom and what they are about.
func (e *StoredEvidence) InOrder() iter.Seq2[StoredVerdict, error] {
	return func(yield func(StoredVerdict, error) bool) {
		type part struct {
			g *EvidenceGroup
			m *EvidenceMember
		}
		var parts []part
		for i := range e.Index.Groups {
			g := &e.Index.Groups[i]
			for n := range g.Members {
				parts = append(parts, part{g, &g.Members[n]})
			}
		}
		slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.m.Offset, b.m.Offset) })
		u, at := unpacker{strict: true}, int64(0)
		for _, p := range parts {
			if p.m.Offset != at {
				yield(StoredVerdict{}, fmt.Errorf("%w: its index says nothing of what follows byte %d", ErrStored, at))
				return
			}
			at += p.m.Size
			if !u.member(e.r, p.g, p.m, yield) {
				return
			}
		}
		if at != e.Index.Size {
			yield(StoredVerdict{}, fmt.Errorf("%w: its index says nothing of what follows byte %d", ErrStored, at))
		}
	}
}

// members yields the verdicts of the members that are wanted whose lines hold a text; nil
// is in every line.
func (e *StoredEvidence) members(text []byte, want func(*EvidenceGroup, *EvidenceMember) bool) iter.Seq2[StoredVerdict, error] {
	return func(yield func(StoredVerdict, error) bool) {
		u := unpacker{text: text}
		for i := range e.Index.Groups {
			g := &e.Index.Groups[i]
			for n := range g.Members {
				if m := &g.Members[n]; want(g, m) && !u.member(e.r, g, m, yield) {
					return
				}
			}
		}
	}
}

// unpacker reads members one after the other.
type unpacker struct {
	zip   *gzip.Reader
	buf   bufio.Reader
	text  []byte
	lines []byte // of one member
	// strict holds every line and the index against what a writer makes of the verdicts.
	strict bool
}

// member yields the verdicts of a member and reports whether to go on.
func (u *unpacker) member(r io.ReaderAt, g *EvidenceGroup, m *EvidenceMember, yield func(StoredVerdict, error) bool) bool {
	fail := func(err error) bool {
		yield(StoredVerdict{}, fmt.Errorf("%w: the part at byte %d is damaged (%w)", ErrStored, m.Offset, err))
		return false
	}
	if err := u.unpack(r, m); err != nil {
		return fail(err)
	}
	seen := groupLog{}
	for line := range bytes.Lines(u.lines) {
		if !bytes.Contains(line, u.text) {
			continue
		}
		var v StoredVerdict
		if err := json.Unmarshal(line, &v); err != nil {
			return fail(err)
		}
		if v.Project != g.Project {
			return fail(fmt.Errorf("a verdict of the project %.40q, where the index has %.40q", v.Project, g.Project))
		}
		if u.strict {
			if err := seen.hold(g, v, line); err != nil {
				return fail(err)
			}
		}
		v.Verdict.Name = v.Name
		if !yield(v, nil) {
			return false
		}
	}
	if u.strict && !seen.is(m) {
		return fail(errors.New("its credits, counts or acts are not those of the index"))
	}
	return true
}

// hold checks that a line is what a writer makes of the verdict, and that it belongs to the
// group, and enters it into the sums.
func (l *groupLog) hold(g *EvidenceGroup, v StoredVerdict, line []byte) error {
	if text, err := encode(v); err != nil || !bytes.Equal(text, line) {
		return fmt.Errorf("the line of %.60q is not as it is written; something was added or changed in it", v.Artifact)
	}
	if !slices.Equal(v.Bidders, g.Bidders) || !slices.Equal(score.IndicatorsOf(v.Verdict), g.Indicators) {
		return fmt.Errorf("the verdict on %.60q stands in a part that is about other bidders or indicators", v.Artifact)
	}
	l.count(v.Verdict)
	return nil
}

// is reports whether the index says of a member what was counted in it.
func (l *groupLog) is(m *EvidenceMember) bool {
	return l.member.Rows == m.Rows && l.member.Counted == m.Counted && maps.Equal(l.member.Credits, m.Credits) && bytes.Equal(filterOf(l.hashes), m.Acts)
}

// unpack reads a member and checks that it is what the index says. It takes memory as it
// reads, and no more than that is.
func (u *unpacker) unpack(r io.ReaderAt, m *EvidenceMember) (err error) {
	u.buf.Reset(io.NewSectionReader(r, m.Offset, m.Size))
	if u.zip == nil {
		u.zip, err = gzip.NewReader(&u.buf)
	} else {
		err = u.zip.Reset(&u.buf)
	}
	if err != nil {
		return err
	}
	b := bytes.NewBuffer(u.lines[:0])
	if _, err := b.ReadFrom(io.LimitReader(u.zip, m.Length+1)); err != nil { // one more tells what is longer than it should be
		return err
	}
	u.lines = b.Bytes()
	if n := int64(bytes.Count(u.lines, []byte("\n"))); n != m.Rows || int64(len(u.lines)) != m.Length {
		return fmt.Errorf("%d verdicts in %d bytes, where the index has %d in %d", n, len(u.lines), m.Rows, m.Length)
	}
	return nil
}
