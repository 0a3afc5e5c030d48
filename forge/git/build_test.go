package git

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// builder writes a bare repository object by object, so that it can also write
// what git would refuse to. It panics on errors.
type builder struct{ dir string }

// day is an instant of the tests: noon of a day counted from 2024-01-01.
func day(n int) time.Time { return time.Date(2024, 1, 1+n, 12, 0, 0, 0, time.UTC) }

func newBuilder(dir string) *builder {
	b := &builder{dir}
	for _, d := range []string{"objects", "refs/heads", "refs/tags"} {
		must(os.MkdirAll(filepath.Join(dir, d), 0o777))
	}
	b.write("HEAD", "ref: refs/heads/main\n")
	return b
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (b *builder) write(name, content string) {
	name = filepath.Join(b.dir, name)
	must(os.MkdirAll(filepath.Dir(name), 0o777))
	must(os.WriteFile(name, []byte(content), 0o666))
}

func (b *builder) object(kind string, content string) string {
	raw := fmt.Sprintf("%s %d\x00%s", kind, len(content), content)
	name := fmt.Sprintf("%x", sha1.Sum([]byte(raw)))
	b.forge(name, raw)
	return name
}

// forge writes an object under a name that need not be its own.
func (b *builder) forge(name, raw string) {
	var out bytes.Buffer
	z, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	must(err)
	z.Write([]byte(raw))
	z.Close()
	b.write(b.loose(name), out.String())
}

func (b *builder) loose(name string) string { return "objects/" + name[:2] + "/" + name[2:] }

func (b *builder) remove(name string) { must(os.Remove(filepath.Join(b.dir, b.loose(name)))) }

// tree writes files by path. Content that begins with "link:", "module:" or "exec:"
// is a link's target, a submodule's commit or a program.
func (b *builder) tree(files map[string]string) string {
	type item struct{ mode, name, id string }
	var items []item
	below := map[string]map[string]string{}
	for path, content := range files {
		if dir, rest, ok := strings.Cut(path, "/"); ok {
			if below[dir] == nil {
				below[dir] = map[string]string{}
			}
			below[dir][rest] = content
		} else if to, ok := strings.CutPrefix(content, "link:"); ok {
			items = append(items, item{"120000", path, b.object("blob", to)})
		} else if to, ok := strings.CutPrefix(content, "module:"); ok {
			items = append(items, item{"160000", path, to})
		} else if to, ok := strings.CutPrefix(content, "exec:"); ok {
			items = append(items, item{"100755", path, b.object("blob", to)})
		} else {
			items = append(items, item{"100644", path, b.object("blob", content)})
		}
	}
	for dir, files := range below {
		items = append(items, item{"40000", dir, b.tree(files)})
	}
	key := func(i item) string {
		if i.mode == "40000" {
			return i.name + "/"
		}
		return i.name
	}
	slices.SortFunc(items, func(x, y item) int { return strings.Compare(key(x), key(y)) })
	var out strings.Builder
	for _, i := range items {
		fmt.Fprintf(&out, "%s %s\x00", i.mode, i.name)
		for j := 0; j < 40; j += 2 {
			var c byte
			fmt.Sscanf(i.id[j:j+2], "%02x", &c)
			out.WriteByte(c)
		}
	}
	return b.object("tree", out.String())
}

// spec is a commit to write.
type spec struct {
	msg     string
	at      time.Time
	parents []string
	files   map[string]string
	tree    string // instead of files
	author  string // "Name <mail>"; "" is Ann
	when    string // instead of at: "seconds zone"
}

func (b *builder) commit(s spec) string {
	if s.tree == "" {
		s.tree = b.tree(s.files)
	}
	if s.author == "" {
		s.author = "Ann <ann@karst.example>"
	}
	if s.when == "" {
		s.when = fmt.Sprintf("%d +0000", s.at.Unix())
	}
	var out strings.Builder
	fmt.Fprintf(&out, "tree %s\n", s.tree)
	for _, p := range s.parents {
		fmt.Fprintf(&out, "parent %s\n", p)
	}
	fmt.Fprintf(&out, "author %s %s\ncommitter Con <con@weir.example> %s\n\n%s\n", s.author, s.when, s.when, s.msg)
	return b.object("commit", out.String())
}

// chain writes one commit a day, each with the file n changed, and returns them.
func (b *builder) chain(n int, parents ...string) (all []string) {
	for i := range n {
		c := b.commit(spec{msg: fmt.Sprintf("step %d", i), at: day(i), parents: parents, files: map[string]string{"n": fmt.Sprintln(i)}})
		parents, all = []string{c}, append(all, c)
	}
	return all
}

func (b *builder) branch(name, commit string) { b.write("refs/heads/"+name, commit+"\n") }

func (b *builder) tag(name, target, tagger string, at time.Time) {
	if tagger != "" {
		tagger = fmt.Sprintf("tagger %s %d +0000\n", tagger, at.Unix())
	}
	b.write("refs/tags/"+name, b.object("tag", fmt.Sprintf("object %s\ntype commit\ntag %s\n%s\nrelease\n", target, name, tagger)))
}

// options are the tests' options: a fixed instant of mining.
func options() *Options { return &Options{Now: day(10_000), Workers: 2} }

// mine returns all records and the error, and fails where they are not in keeping
// with each other.
func mine(t *testing.T, o *Options, repo model.Repository, p model.Period) ([]model.Record, error) {
	t.Helper()
	var out []model.Record
	for r, err := range New(o).Mine(context.Background(), repo, p) {
		if err != nil {
			require.Zero(t, r)
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// mined returns the records of a repository that must be minable.
func mineAll(t *testing.T, b *builder, branches ...string) records {
	t.Helper()
	out, err := mine(t, options(), model.Repository{URL: b.dir, Branches: branches}, model.Period{})
	require.NoError(t, err)
	return out
}

// failure returns the error that a mining ends with.
func failure(t *testing.T, o *Options, repo model.Repository) string {
	t.Helper()
	_, err := mine(t, o, repo, model.Period{})
	require.Error(t, err)
	return err.Error()
}

type records []model.Record

// byRole returns the contributions in a role.
func (rs records) byRole(role model.Role) (out []*model.Contribution) {
	for _, r := range rs {
		if c := r.Contribution; c != nil && c.Role == role {
			out = append(out, c)
		}
	}
	return out
}

// subjects returns the commits' subjects in the order of the records.
func (rs records) subjects() (out []string) {
	for _, c := range rs.byRole(model.Author) {
		out = append(out, c.Commit.Subject)
	}
	return out
}

// commit returns the author's contribution to the commit of a subject.
func (rs records) commit(t *testing.T, subject string) *model.Contribution {
	t.Helper()
	for _, c := range rs.byRole(model.Author) {
		if c.Commit.Subject == subject {
			return c
		}
	}
	require.Failf(t, "no such commit", "%q", subject)
	return nil
}

// coverage returns the coverage by kind; a kind must be stated once.
func (rs records) coverage(t *testing.T) map[model.Kind]model.Coverage {
	t.Helper()
	out := map[model.Kind]model.Coverage{}
	for _, r := range rs {
		if r.Coverage != nil {
			require.NotContains(t, out, r.Coverage.Kind)
			require.Equal(t, r.Coverage.State == model.Complete, r.Coverage.Reason == "", "a reason unless complete")
			out[r.Coverage.Kind] = *r.Coverage
		}
	}
	require.Len(t, out, 11, "%v", slices.Collect(maps.Keys(out)))
	return out
}
