package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// EvidenceFormat names the written form of stored evidence and of its index.
const EvidenceFormat = "tributary-evidence/1"

// Stored evidence is one file of JSON Lines under gzip, a verdict a line, and an index
// beside it. The file consists of members (RFC 1952 allows several), each of which holds
// verdicts of one group only: of one project, of the same bidders, about the same
// indicators. So whoever wants one figure reads a few members and none of the rest.
const (
	memberSize = 128 << 10 // bytes of verdicts after which a member ends
	heldSize   = 32 << 20  // of all groups that are being filled; beyond, the fullest is written
	mostMember = 64 << 20  // that a reader takes of one member
	mostQueued = 32        // members that wait to be written, as groups tend to be full together
)

// EvidenceIndex says where in stored evidence what stands.
type EvidenceIndex struct {
	Format string `json:"format"`
	Status string `json:"status"`
	Method string `json:"method"` // digest of the method of the ranking that the evidence belongs to
	// Identified says that the verdicts name persons; otherwise they stand under pseudonyms.
	Identified bool            `json:"identified"`
	Size       int64           `json:"size"` // of the evidence in bytes
	Rows       int64           `json:"rows"` // verdicts
	Counted    int64           `json:"counted"`
	Groups     []EvidenceGroup `json:"groups"` // by project, bidders and indicators
}

// EvidenceGroup is what the verdicts of some members have in common.
type EvidenceGroup struct {
	Project    string            `json:"project"`
	Bidders    []string          `json:"bidders,omitempty"`    // whom the verdicts concern; none: no bidder
	Indicators []model.Indicator `json:"indicators,omitempty"` // that they earned, were refused, or would be after by their role
	Members    []EvidenceMember  `json:"members"`              // in the order of the file
}

// EvidenceMember is a part of the evidence that can be read by itself.
type EvidenceMember struct {
	Offset  int64 `json:"offset"` // in bytes
	Size    int64 `json:"size"`
	Length  int64 `json:"length"` // unpacked
	Rows    int64 `json:"rows"`
	Counted int64 `json:"counted"`
	// Credits add up what the acts earned, whoever it counts for, in millionths.
	Credits map[model.Indicator]int64 `json:"credits,omitempty"`
	// Acts is a Bloom filter of the artifacts and changes of the verdicts, see [mayHold].
	Acts []byte `json:"acts"`
}

// StoredVerdict is a line of stored evidence. The person is a pseudonym; the name is
// there only where the run was told to identify people.
type StoredVerdict struct {
	Status string `json:"status"`
	model.Verdict
	Name    string   `json:"name,omitempty"`
	Link    string   `json:"link,omitempty"`    // where a browser shows the artifact
	Bidders []string `json:"bidders,omitempty"` // whom it concerns
}

// Who is how the person appears: the name where it is stored, else the pseudonym.
func (s StoredVerdict) Who() string { return cmp.Or(s.Name, s.Person) }

// EvidenceOptions are what [NewEvidenceLog] needs to know of the run.
type EvidenceOptions struct {
	Status string // of the ranking; it stands in every line
	Show   People
	// Concerned names the bidders whom a verdict concerns, see [score.Concerned].
	Concerned func(model.Verdict) []string
	// Link returns where a browser shows an artifact, see [Linker]; nil knows of none.
	Link func(repository string, a model.Artifact) string
	// Tables get a row for each verdict, in the order in which the verdicts are stored, so
	// that both can be held against each other. They are closed by their owner.
	Tables []*Evidence
}

// EvidenceLog writes stored evidence. It holds at most 36 MiB of verdicts, and as much again
// for the rows of tables, whatever their number. What it is given is not to be changed later.
// The bytes are a function of the verdicts and their order. Until Close returns, goroutines of
// it may be writing, to the tables too: they are the log's alone.
type EvidenceLog struct {
	w      *counter
	o      EvidenceOptions
	zip    *gzip.Writer
	index  EvidenceIndex
	groups map[string]*groupLog // of the project at hand
	done   []*EvidenceGroup     // of the projects before
	people map[string]string    // pseudonyms of its people
	held   int
	key    []byte // of the group that is looked for, used again
	// scratch is the line that is made, by json as [encode] makes it.
	scratch *bytes.Buffer
	json    *json.Encoder
	err     error
	// Members are written in goroutines, one after the other: to pack one takes as long as to
	// make the next. written is closed when the last is; spare holds those that may be filled,
	// with the error and the buffers that writing left in them.
	written chan struct{}
	spare   chan packing
}

// groupLog is a group that is being filled.
type groupLog struct {
	key    string
	group  *EvidenceGroup
	buf    bytes.Buffer
	member EvidenceMember
	hashes []uint64
	stored []StoredVerdict // for the tables, where there are some
}

// NewEvidenceLog returns a writer of stored evidence.
func NewEvidenceLog(w io.Writer, o EvidenceOptions) *EvidenceLog {
	c := &counter{w: w}
	zip, _ := gzip.NewWriterLevel(c, gzip.BestSpeed) // fails for other levels only
	scratch := &bytes.Buffer{}
	lines := json.NewEncoder(scratch)
	lines.SetEscapeHTML(false)
	spare, written := make(chan packing, mostQueued), make(chan struct{})
	for range mostQueued {
		spare <- packing{}
	}
	close(written)
	return &EvidenceLog{w: c, o: o, zip: zip, scratch: scratch, json: lines, groups: map[string]*groupLog{}, people: map[string]string{},
		index: EvidenceIndex{Format: EvidenceFormat, Status: o.Status, Identified: o.Show.Names}, written: written, spare: spare}
}

// Write takes one verdict. Verdicts of one project come together. Errors come with Close.
func (l *EvidenceLog) Write(v model.Verdict) {
	s := StoredVerdict{Status: l.o.Status, Verdict: v, Bidders: l.o.Concerned(v)}
	s.Person, s.Name = l.pseudonym(v.Person), ""
	if l.o.Show.Names && !strings.Contains(v.Name, "@") {
		s.Name = v.Name
	}
	if l.o.Link != nil {
		s.Link = l.o.Link(v.Repository, v.Artifact)
	}
	l.WriteStored(s)
}

// WriteStored takes a verdict out of other stored evidence as it is.
func (l *EvidenceLog) WriteStored(s StoredVerdict) {
	if l.err != nil {
		return
	}
	s.Verdict.Name = ""
	g := l.groupOf(s.Project, s.Bidders, score.IndicatorsOf(s.Verdict))
	before := g.buf.Len()
	l.err = cmp.Or(l.err, l.line(g, s))
	l.held += g.buf.Len() - before
	g.count(s.Verdict)
	switch {
	case g.buf.Len() >= memberSize:
		l.flush(g)
	case l.held > heldSize:
		l.flush(l.fullest())
	}
}

// groupOf returns the group of a verdict. With another project, those before are done.
func (l *EvidenceLog) groupOf(project string, bidders []string, indicators []model.Indicator) *groupLog {
	b := append(append(l.key[:0], project...), 0)
	for n, id := range bidders {
		if n > 0 {
			b = append(b, 1)
		}
		b = append(b, id...)
	}
	b = append(b, 0)
	for _, i := range indicators {
		b = append(append(b, i...), 1)
	}
	l.key = b
	g := l.groups[string(b)]
	if g == nil {
		for _, other := range l.groups {
			if other.group.Project != project {
				l.close()
			}
			break // they are all of one project
		}
		key := string(b)
		g = &groupLog{key: key, group: &EvidenceGroup{Project: project, Bidders: bidders, Indicators: indicators}}
		l.groups[key] = g
	}
	return g
}

// line writes a verdict as a line. Its rows are made when the part is packed.
func (l *EvidenceLog) line(g *groupLog, s StoredVerdict) error {
	if len(l.o.Tables) > 0 {
		g.stored = append(g.stored, s)
	}
	l.scratch.Reset()
	err := l.json.Encode(s)
	g.buf.Write(Inert(l.scratch.Bytes()))
	return err
}

// pseudonym is [People.pseudonym], which takes a microsecond.
func (l *EvidenceLog) pseudonym(person string) string {
	p, ok := l.people[person]
	if !ok {
		p = l.o.Show.pseudonym(person)
		l.people[person] = p
	}
	return p
}

// count enters a verdict into the sums of the member.
func (g *groupLog) count(v model.Verdict) {
	g.member.Rows++
	if v.Counted {
		g.member.Counted++
	}
	for _, c := range v.Credits {
		if g.member.Credits == nil {
			g.member.Credits = map[model.Indicator]int64{}
		}
		g.member.Credits[c.Indicator] += c.Amount
	}
	g.hashes = append(g.hashes, hashOf(v.Artifact))
	if v.Change != "" {
		g.hashes = append(g.hashes, hashOf(v.Change))
	}
}

// fullest returns the group that holds most, the first by name of several.
func (l *EvidenceLog) fullest() *groupLog {
	return slices.MaxFunc(slices.Collect(maps.Values(l.groups)), func(a, b *groupLog) int {
		return cmp.Or(cmp.Compare(a.buf.Len(), b.buf.Len()), strings.Compare(b.key, a.key))
	})
}

// flush has what a group holds written as one member, after those before.
func (l *EvidenceLog) flush(g *groupLog) {
	if g.member.Rows == 0 || l.err != nil {
		return
	}
	spare := <-l.spare
	if l.err = spare.err; l.err != nil {
		l.spare <- spare
		return
	}
	p := packing{lines: g.buf.Bytes(), stored: g.stored, member: g.member, hashes: g.hashes, group: g.group}
	l.index.Rows, l.index.Counted = l.index.Rows+p.member.Rows, l.index.Counted+p.member.Counted
	l.held -= len(p.lines)
	g.buf, g.member = *bytes.NewBuffer(spare.lines[:0]), EvidenceMember{}
	g.stored, g.hashes = spare.stored[:0], spare.hashes[:0]
	before, written := l.written, make(chan struct{})
	l.written = written
	go func() {
		<-before
		p.err = l.pack(p)
		l.spare <- p
		close(written)
	}()
}

// packing is a member on its way into the file.
type packing struct {
	lines  []byte
	stored []StoredVerdict // for the tables
	member EvidenceMember
	hashes []uint64
	group  *EvidenceGroup
	err    error
}

func (l *EvidenceLog) pack(p packing) error {
	rows := make(chan struct{})
	go func() {
		l.rows(p.stored)
		close(rows)
	}()
	m := p.member
	m.Offset, m.Length, m.Acts = l.w.n, int64(len(p.lines)), filterOf(p.hashes)
	l.zip.Reset(l.w)
	_, err := l.zip.Write(p.lines)
	err = cmp.Or(err, l.zip.Close())
	m.Size = l.w.n - m.Offset
	p.group.Members = append(p.group.Members, m)
	<-rows
	return err
}

// rows writes verdicts into the tables.
func (l *EvidenceLog) rows(list []StoredVerdict) {
	for i := range list {
		s := &list[i]
		cells := cellsOf(l.o.Status, &s.Verdict, s.Who(), s.Link)
		for _, e := range l.o.Tables {
			e.row(&e.t.row, &s.Verdict, cells)
			e.t.end()
		}
	}
}

// close ends the groups of a project, in order.
func (l *EvidenceLog) close() {
	for _, key := range slices.Sorted(maps.Keys(l.groups)) {
		l.flush(l.groups[key])
		l.done = append(l.done, l.groups[key].group)
	}
	clear(l.groups)
	clear(l.people)
}

// Close writes what is left and returns the index, or the first error of all writes. The
// method is the digest of the ranking that the evidence belongs to.
func (l *EvidenceLog) Close(method string) (*EvidenceIndex, error) {
	l.close()
	for range mostQueued { // all: nothing is being written any more
		p := <-l.spare
		l.err = cmp.Or(l.err, p.err)
		defer func() { l.spare <- p }()
	}
	if l.err != nil {
		return nil, fmt.Errorf("writing the evidence: %w", l.err)
	}
	for _, g := range l.done {
		l.index.Groups = append(l.index.Groups, *g)
	}
	l.index.Method, l.index.Size = method, l.w.n
	return &l.index, nil
}

// Write writes the index as JSON.
func (x *EvidenceIndex) Write(w io.Writer) error {
	text, err := encode(x)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// encode writes a value as one line of JSON that steers no terminal: what cannot be seen,
// such as marks that turn the direction of writing, stands escaped. Strangers chose the
// names in it.
func encode(x any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		return nil, err
	}
	return Inert(b.Bytes()), nil
}

// indent writes a JSON text so that people can read it.
func indent(w io.Writer, text []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Inert escapes in a JSON text, or in whole lines of JSON, all that is not printable, so that
// it means the same and steers no terminal. Beyond ASCII, and of the character DEL, that can
// stand in strings only; what else is not printable in ASCII the encoder has escaped.
func Inert(text []byte) []byte {
	const del = 0x7f
	if !slices.ContainsFunc(text, func(b byte) bool { return b >= del }) {
		return text // most are
	}
	strange := func(r rune) bool { return r >= del && !unicode.IsPrint(r) }
	var out []byte
	for _, r := range string(text) {
		switch {
		case !strange(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff: // as two halves, as JSON has it
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

func hashOf(a model.Artifact) uint64 {
	h := fnv.New64a()
	h.Write([]byte(a))
	return h.Sum64()
}

// A filter of n artifacts has 10 · n bits, rounded up to whole bytes; 7 of them are set for
// each: about one in a hundred artifacts that are not there seems to be.
const (
	bitsPerAct = 10
	bitsSet    = 7
)

// filterOf makes the filter of the artifacts with these hashes.
func filterOf(hashes []uint64) []byte {
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	f := make([]byte, (len(hashes)*bitsPerAct+7)/8)
	for _, h := range hashes {
		for i := range uint64(bitsSet) {
			bit := bitOf(h, i, f)
			f[bit/8] |= 1 << (bit % 8)
		}
	}
	return f
}

// mayHold reports whether a filter may be of the artifact with the hash, the 64 bits of
// FNV-1a of its name: whether the bits (low + i · (high | 1)) mod size are set for i from 0
// to 6, where low and high are the halves of the hash. Bits count from the lowest of the
// first byte.
func mayHold(f []byte, h uint64) bool {
	for i := range uint64(bitsSet) {
		if len(f) == 0 {
			return false
		}
		bit := bitOf(h, i, f)
		if f[bit/8]&(1<<(bit%8)) == 0 {
			return false
		}
	}
	return true
}

func bitOf(h, i uint64, f []byte) uint64 {
	return (h&0xffffffff + i*(h>>32|1)) % uint64(8*len(f))
}
