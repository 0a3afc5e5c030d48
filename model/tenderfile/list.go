package tenderfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// maxListBytes is some two million repositories.
const maxListBytes = 256 << 20

// listColumns are those that a list of repositories may have; url is required.
var listColumns = []string{"url", "project", "branches", "forge", "web"}

// ReadList reads a list of repositories in CSV (RFC 4180), with a heading and a
// repository a row:
//
//	url,project,branches,forge,web
//	https://github.com/etcd-io/etcd,etcd,"main release-3.*",,
//
// Only url is required; the columns mean what the keys of the same name mean in a tender,
// branches are separated by spaces. Repositories of one project are judged together, so
// that work which moves among them counts once; without a project, a repository is one of
// its own, called by its address without what stands before the host and without .git. Columns
// of another name are left alone, save those that look like one of these misspelt.
//
// Where the list is at fault the error is [Faults].
func ReadList(name string) (map[string]model.Project, error) {
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("reading the list of repositories: %w", err)
	}
	defer root.Close()
	projects, err := ReadListFS(root.FS(), filepath.Base(name))
	if faults, ok := errors.AsType[Faults](err); ok {
		for i := range faults {
			faults[i].File = filepath.Join(filepath.Dir(name), faults[i].File)
		}
	}
	return projects, err
}

// ReadListFS is [ReadList] in a file system.
func ReadListFS(fsys fs.FS, name string) (map[string]model.Project, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the list of repositories: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxListBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the list of repositories: %w", err)
	}
	l := &repoList{document: document{file: name, collector: &collector{}}, projects: map[string]model.Project{}, seen: map[string]int{}}
	if len(b) > maxListBytes {
		l.faultAt(1, 1, "the list has more than 256 MiB; split it, and merge what comes out")
		return nil, l.err()
	}
	b = bytes.ReplaceAll(bytes.TrimPrefix(b, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	if line, column, message := textFault(b); message != "" {
		l.faultAt(line, column, message)
		return nil, l.err()
	}
	l.lines = bytes.Split(b, []byte("\n"))
	l.read(b)
	if err := l.err(); err != nil {
		return nil, err
	}
	return l.projects, nil
}

// repoList is a list that is read.
type repoList struct {
	document
	lines    [][]byte
	rows     *csv.Reader
	columns  map[string]int // by name
	projects map[string]model.Project
	seen     map[string]int // line of a repository
}

func (l *repoList) read(b []byte) {
	l.rows = csv.NewReader(bytes.NewReader(b))
	heading, err := l.rows.Read()
	if errors.Is(err, io.EOF) {
		l.faultAt(1, 1, "the list is empty; it begins with a heading such as url,project,branches")
		return
	}
	if err != nil {
		l.broken(err)
		return
	}
	if !l.heading(heading) {
		return
	}
	for !l.full() {
		row, err := l.rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			l.broken(err)
			return
		}
		l.row(row)
	}
	if len(l.projects) == 0 && len(l.faults) == 0 {
		l.faultAt(1, 1, "the list names no repository; write one a row below the heading")
	}
}

// broken notes what is no CSV.
func (l *repoList) broken(err error) {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		l.faultAt(1, 1, "the list cannot be read as CSV")
		return
	}
	message := "this is no CSV; a cell with a comma, a quote or a line end in it stands in quotes, and quotes in it twice"
	if errors.Is(err, csv.ErrFieldCount) {
		message = "this row has more or fewer cells than the heading"
	}
	l.at(at.Line, at.Column, message)
}

// at notes a fault at a column in bytes, from 1.
func (l *repoList) at(line, column int, message string) {
	text := l.lines[min(line, len(l.lines))-1]
	l.faultAt(line, 1+utf8.RuneCount(text[:min(max(column-1, 0), len(text))]), message)
}

// heading takes the names of the columns, and reports whether rows can be read.
func (l *repoList) heading(names []string) bool {
	l.columns = map[string]int{}
	for i, name := range names {
		line, column := l.rows.FieldPos(i)
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := l.columns[name]; twice && slices.Contains(listColumns, name) {
			l.at(line, column, fmt.Sprintf("the column %s stands twice; remove one", name))
		}
		if near := nearest(name, listColumns); near != "" && near != name {
			l.at(line, column, fmt.Sprintf("unknown column %s; did you mean %q?", quote(name), near))
		}
		l.columns[name] = i
	}
	if _, ok := l.columns["url"]; !ok && len(l.faults) == 0 {
		l.faultAt(1, 1, "the list has no column url; its first line names the columns, such as url,project,branches")
	}
	return len(l.faults) == 0
}

func (l *repoList) row(cells []string) {
	cell := func(column string) string {
		if i, ok := l.columns[column]; ok {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	fault := func(column, message string) {
		line, at := l.rows.FieldPos(l.columns[column])
		l.at(line, at, message)
	}
	r := model.Repository{URL: cell("url"), Web: cell("web"), Forge: cell("forge"), Branches: strings.Fields(cell("branches"))}
	message := addressFault(r.URL)
	if r.URL == "" {
		message = "no address; write one such as https://github.com/geoserver/geoserver"
	}
	if message != "" {
		fault("url", message)
		return
	}
	if m := webFault(r.Web); m != "" {
		fault("web", m)
	}
	if kinds := []string{"github", "gitlab", "gitea", "none"}; r.Forge != "" && !slices.Contains(kinds, r.Forge) {
		fault("forge", unknown("forge", r.Forge, kinds))
	}
	for _, b := range r.Branches {
		if m := branchFault(b); m != "" {
			fault("branches", m)
		}
	}
	l.once("url", r.URL, fault)
	if r.Web != "" && sameRepository(r.Web) != sameRepository(r.URL) {
		l.once("web", r.Web, fault)
	}
	project := cell("project")
	if project == "" {
		project = projectOf(r.URL)
	} else if !isShort(project) {
		fault("project", fmt.Sprintf("project %s has spaces or invisible characters; write a short name", quote(project)))
	}
	p := l.projects[project]
	p.Repositories = append(p.Repositories, r)
	l.projects[project] = p
}

// once notes a repository that two rows name: its facts would count twice.
func (l *repoList) once(column, address string, fault func(column, message string)) {
	key := sameRepository(address)
	line, _ := l.rows.FieldPos(0)
	if first, ok := l.seen[key]; ok {
		fault(column, fmt.Sprintf("this repository already stands at line %d; name each repository once", first))
		return
	}
	l.seen[key] = line
}

// projectOf is the name of a project that is one repository: its address without what is
// no name in it.
func projectOf(address string) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 && found {
		rest = rest[i+1:]
	}
	return strings.TrimSuffix(strings.TrimRight(rest, "/"), ".git")
}
