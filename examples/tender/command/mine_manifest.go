package command

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/examples/tender/listing"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/model"
)

const (
	manifestFile = "manifest.jsonl"
	// minedFormat names the form of a manifest, in its first line.
	minedFormat = "tributary-mined/1"
)

// What became of a project, as a manifest says it.
const (
	stateMined  = "mined"  // all its repositories
	stateGaps   = "gaps"   // some of them
	stateFailed = "failed" // none, and there is no file
)

// minedProject is a line of a manifest: what is there of a project.
type minedProject struct {
	Project string `json:"project"`
	State   string `json:"state"`
	// Asked is the SHA-256 of what was asked for: repositories, branches and period.
	Asked   string     `json:"asked"`
	File    string     `json:"file,omitempty"`
	Bytes   int64      `json:"bytes,omitempty"`
	SHA256  string     `json:"sha256,omitempty"`
	Records int        `json:"records,omitempty"`
	Tips    []minedTip `json:"tips,omitempty"`
	Gaps    []minedGap `json:"gaps,omitempty"`

	repositories int // that were mined whole or in part
	last         string
}

type minedTip struct {
	Repository string `json:"repository"`
	Branch     string `json:"branch"`
	Commit     string `json:"commit"`
}

type minedGap struct {
	Repository string `json:"repository"`
	Reason     string `json:"reason"` // the same for all repositories
	Error      string `json:"error"`
}

// count notes a record.
func (m *minedProject) count(r model.Record) {
	m.Records++
	if r.Repository != m.last || m.repositories == 0 {
		m.last = r.Repository
		m.repositories++
	}
	if r.Tip != nil {
		m.Tips = append(m.Tips, minedTip{r.Repository, r.Tip.Branch, r.Tip.Commit})
	}
}

// gap notes a repository that could not be mined.
func (m *minedProject) gap(address string, err error) {
	m.Gaps = append(m.Gaps, minedGap{forge.Redact(address), listing.OneLine(strings.Join(batch.ReasonsOf(err), "; ")), listing.OneLine(err.Error())})
}

// asked is the digest of what is asked for of a project.
func (l *listRun) asked(name string) string {
	p := l.projects[name]
	asked := struct {
		Format, Project string
		Repositories    []model.Repository
		Period          model.Period
	}{model.RecordsFormat, name, slices.Clone(p.Repositories), l.period}
	for i, r := range asked.Repositories {
		asked.Repositories[i].URL = forge.Redact(r.URL)
	}
	b, err := json.Marshal(asked)
	if err != nil {
		panic(err) // strings and times
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// manifest is the manifest of a folder. While a run lasts, a line is added for each
// project that ends, so that a run that is killed loses only what was under way; in the
// end the lines are sorted. A later line on a project is the one that holds.
type manifest struct {
	dir string

	mu       sync.Mutex
	projects map[string]*minedProject
	file     *os.File
}

// openManifest reads the manifest of a folder, which it makes where it is not there. What
// a killed run left half written is removed.
func openManifest(dir string) (*manifest, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("preparing the folder for what is mined: %w", err)
	}
	m := &manifest{dir: dir, projects: map[string]*minedProject{}}
	if err := m.read(); err != nil {
		return nil, err
	}
	if err := m.sweep(); err != nil {
		return nil, err
	}
	if err := m.rewrite(); err != nil {
		return nil, err
	}
	var err error
	if m.file, err = os.OpenFile(filepath.Join(dir, manifestFile), os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
		return nil, fmt.Errorf("opening the manifest: %w", err)
	}
	return m, nil
}

// sweep removes what was written aside by a run that was killed.
func (m *manifest) sweep() error {
	list, err := os.ReadDir(m.dir)
	if err != nil {
		return fmt.Errorf("looking at the folder for what is mined: %w", err)
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), asidePrefix) && !e.IsDir() {
			if err := os.Remove(filepath.Join(m.dir, e.Name())); err != nil {
				return fmt.Errorf("removing what a stopped run left: %w", err)
			}
		}
	}
	return nil
}

// read reads the manifest. A last line that a killed run left torn is nothing.
func (m *manifest) read() error {
	name := filepath.Join(m.dir, manifestFile)
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the manifest: %w", err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the manifest: %w", err)
		}
		if err := m.line(n, line); err != nil {
			return usageError{fmt.Errorf("%s, line %d: %w; name another folder with --out, or move it away", name, n, err)}
		}
	}
}

func (m *manifest) line(n int, line []byte) error {
	if n == 1 {
		var h struct{ Format string }
		if err := json.Unmarshal(line, &h); err != nil || h.Format != minedFormat {
			return fmt.Errorf("it is no manifest of the form %s", minedFormat)
		}
		return nil
	}
	p := &minedProject{}
	if err := json.Unmarshal(line, p); err != nil {
		return fmt.Errorf("it is no line of a manifest")
	}
	m.projects[p.Project] = p
	return nil
}

// holds reports whether what is asked for of a project is there whole.
func (m *manifest) holds(project, asked string) bool {
	m.mu.Lock()
	p := m.projects[project]
	m.mu.Unlock()
	if p == nil || p.State != stateMined || p.Asked != asked || p.File != minedName(project) {
		return false
	}
	f, err := os.Open(filepath.Join(m.dir, p.File))
	if err != nil {
		return false
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, p.Bytes+1))
	return err == nil && n == p.Bytes && hex.EncodeToString(h.Sum(nil)) == p.SHA256
}

// minedName is the name of a project's file: something to read, and enough of a digest to
// tell two projects apart, also where letters of both cases are the same.
func minedName(project string) string {
	read := strings.Trim(regexp.MustCompile(`[^A-Za-z0-9._]+`).ReplaceAllString(project, "-"), "-.")
	sum := sha256.Sum256([]byte(project))
	return fmt.Sprintf("%s-%x.jsonl.gz", strings.Trim(read[max(0, len(read)-60):], "-."), sum[:8])
}

// asidePrefix is what the names of unfinished files begin with.
const asidePrefix = ".unfinished-"

// write writes the records of a project and notes what is there. Where no repository
// could be mined there is no file; an error of the records leaves what was there before.
func (m *manifest) write(p *minedProject, records iter.Seq2[model.Record, error]) error {
	f, err := os.CreateTemp(m.dir, asidePrefix)
	if err != nil {
		return fmt.Errorf("writing what was mined: %w", err)
	}
	defer os.Remove(f.Name()) // no more there when all went well
	defer f.Close()
	out := &measured{Writer: f, sum: sha256.New()}
	if err := compressed(out, records); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing what was mined: %w", err)
	}
	name := filepath.Join(m.dir, minedName(p.Project))
	switch {
	case p.repositories == 0 && len(p.Gaps) > 0:
		p.State, p.Records, p.Tips = stateFailed, 0, nil
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("writing what was mined: %w", err)
		}
		return m.add(p)
	case len(p.Gaps) > 0:
		p.State = stateGaps
	default:
		p.State = stateMined
	}
	p.File, p.Bytes, p.SHA256 = filepath.Base(name), out.n, hex.EncodeToString(out.sum.Sum(nil))
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("writing what was mined: %w", err)
	}
	return m.add(p)
}

// compressed writes records. They are large and alike, so that the fastest level halves
// the time and costs little.
func compressed(out io.Writer, records iter.Seq2[model.Record, error]) error {
	z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return err
	}
	buf := bufio.NewWriterSize(z, 1<<16)
	if err := model.WriteRecords(buf, records); err != nil {
		return err
	}
	if err := errors.Join(buf.Flush(), z.Close()); err != nil {
		return fmt.Errorf("writing what was mined: %w", err)
	}
	return nil
}

// measured counts what is written, and sums it up.
type measured struct {
	io.Writer
	n   int64
	sum hash.Hash
}

// Write implements io.Writer.
func (m *measured) Write(b []byte) (int, error) {
	n, err := m.Writer.Write(b)
	m.n += int64(n)
	m.sum.Write(b[:n])
	return n, err
}

// add adds a line.
func (m *manifest) add(p *minedProject) error {
	line, err := manifestLine(p)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.projects[p.Project] = p
	if _, err := m.file.Write(line); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

func manifestLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// rewrite writes all lines, sorted by project, one each.
func (m *manifest) rewrite() error {
	f, err := newFolder(m.dir)
	if err != nil {
		return err
	}
	defer f.abandon()
	out := f.file(manifestFile)
	line, err := manifestLine(struct {
		Format string `json:"format"`
	}{minedFormat})
	for _, name := range slices.Sorted(maps.Keys(m.projects)) {
		if err == nil {
			_, err = out.Write(line)
		}
		if err == nil {
			line, err = manifestLine(m.projects[name])
		}
	}
	if err == nil {
		_, err = out.Write(line)
	}
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return f.keep()
}

// close puts the lines in order.
func (m *manifest) close() error {
	if err := m.file.Close(); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return m.rewrite()
}
