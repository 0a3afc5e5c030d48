package command_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	tender "github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

// tried is like [outputs.tender], of a command that may well refuse: what it says then is an
// output too.
func (o *outputs) tried(form string, args ...string) int {
	o.t.Helper()
	var out, errs bytes.Buffer
	status := tender.Run(o.t.Context(), args, tender.Place{Out: &out, Err: &errs})
	name := "tender"
	for _, a := range args {
		name += " " + filepath.Base(a)
	}
	o.add(name+": stdout", form, out.Bytes())
	o.add(name+": stderr", "log", errs.Bytes())
	return status
}

// key writes a new private key and returns the public one, as a document has it.
func key(t *testing.T, file string) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	k, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

// beside copies the folder of a document and returns the document in the copy, which commands may
// write into.
func beside(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Dir(file))))
	return filepath.Join(dir, filepath.Base(file))
}

// prepared runs what a buyer and a bidder run before a result is official: thresholds written,
// the document sealed, a claim rehearsed. The claim is karst's; it need not be a valid one.
func (o *outputs) prepared(file, claim string) {
	o.t.Helper()
	claimFile := filepath.Join(o.t.TempDir(), "claim.yaml")
	require.NoError(o.t, os.WriteFile(claimFile, []byte(claim), 0o644))
	signing := filepath.Join(o.t.TempDir(), "key")
	public := key(o.t, signing)
	o.tried("text", "claim", "sign", claimFile, "--key", signing)
	o.tried("text", "claim", "new", "--vendor", "karst", "--tender", file)
	for _, lang := range []string{"en", "fr"} {
		own := beside(o.t, file)
		o.tried("log", "--lang", lang, "calibrate", own, "--write")
		o.tried("log", "--lang", lang, "seal", own, "--at", "2026-02-01")
		o.folder(filepath.Dir(own), filepath.Base(own))
		with := beside(o.t, file)
		stated := withKey(o.t, with, public)
		if o.tried("text", "--lang", lang, "preview", with, "--claim", claimFile) == tender.Done {
			assert.True(o.t, stated)
			figures := map[string]string{"en": `\d\.\d\d\n`, "fr": `\d,\d\d\n`}[lang]
			assert.Regexp(o.t, figures, string(o.list[len(o.list)-1].text))
		}
	}
}

// withKey states the key of karst's in a document, which is then YAML or JSON as before.
func withKey(t *testing.T, file, public string) bool {
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	text := strings.Replace(string(b), "  karst: {name:", `  karst: {keys: [{key: "`+public+`"}], name:`, 1)
	var doc map[string]any
	if json.Unmarshal(b, &doc) == nil {
		doc["vendors"].(map[string]any)["karst"].(map[string]any)["keys"] = []any{map[string]any{"key": public}}
		b, err = json.Marshal(doc)
		require.NoError(t, err)
		text = string(b)
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	return true
}

// onAForge runs what asks forges, and what shows what they said, of a project of which texts and
// people are given: the n-th text is a title, a body or a comment.
func onAForge(t *testing.T, accounts []string, texts []string) []output {
	o := &outputs{t: t}
	dir := t.TempDir()
	names, err := forgetest.Build(filepath.Join(dir, "cave.git"), "person ada = Ada <ada.lovelace@karst.example>\non main\ncommit first 2025-01-06 ada: Begin\n  write a.go 12\n")
	require.NoError(t, err)
	cave := projectOf(accounts, texts, names["first"])
	server := githubtest.New(t, cave)
	lab := gitlabtest.New(t, &forgetest.Project{Owner: "karst", Name: "cave"}, &forgetest.Project{Owner: "karst", Name: "=1+1"}, &forgetest.Project{Owner: "karst", Name: "a<script>"}, &forgetest.Project{Owner: "karst", Name: "\u202egnp"})
	t.Setenv("GITHUB_TOKEN", "a-token-of-the-tests")
	t.Setenv("GITHUB_API_URL", server.URL)
	t.Setenv("TRIBUTARY_APIS", "git.example="+lab.URL+"/api/v4")
	file := filepath.Join(dir, "tender.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`format: tributary/1
window: {until: 2026-01-01, months: 12}
shortlist: true
rules: {floor-acts: 1, floor-months: 1}
projects:
  cave: {repositories: [{url: cave.git, web: "https://github.com/karst/cave", branches: [main]}]}
bidders: all
`), 0o644))
	cache := func(args ...string) []string {
		return append([]string{"--cache", filepath.Join(dir, "cache")}, args...)
	}
	o.tender("text", cache("score", file, "--plan")...)
	o.tender("log", cache("score", file, "--out", filepath.Join(dir, "result"), "--verbose")...)
	for _, lang := range []string{"en", "fr"} {
		o.tender("text", cache("--lang", lang, "status")...)
		o.tender("text", cache("--lang", lang, "score", file, "--offline")...)
		o.tried("text", cache("--lang", lang, "repositories", "https://git.example/karst")...)
	}
	o.folder(filepath.Join(dir, "result"))
	return o.list
}

// projectOf is a project on a forge, in which each account wrote each text.
func projectOf(accounts, texts []string, commit string) *githubtest.Project {
	p := &githubtest.Project{Owner: "karst", Name: "cave"}
	at := time.Date(2025, 2, 3, 12, 0, 0, 0, time.UTC)
	for i, text := range texts {
		who := func(n int) githubtest.Account {
			login := accounts[(i+n)%len(accounts)]
			return githubtest.Account{Login: login, Name: login, Company: text}
		}
		at = at.Add(24 * time.Hour)
		p.Changes = append(p.Changes, githubtest.Change{Number: i + 1, Title: text, Author: who(0), MergedBy: who(1), Created: at.Add(-time.Hour), Merged: at, Updated: at, Base: "main", Head: commit, MergeCommit: commit,
			Reviews:  []githubtest.Review{{Author: who(2), State: "APPROVED", Submitted: at.Add(-time.Minute), Body: text, CanPush: true, Commit: commit}},
			Comments: []githubtest.Comment{{Author: who(3), At: at.Add(-time.Minute), Body: text}}})
		p.Issues = append(p.Issues, githubtest.Issue{Number: 1000 + i, Title: text, Author: who(0), Created: at, Updated: at, Comments: []githubtest.Comment{{Author: who(1), At: at.Add(time.Minute), Body: text}}})
		p.Releases = append(p.Releases, githubtest.Release{Tag: "v" + string(rune('a'+i%26)), Author: who(1), Created: at, Published: at})
	}
	return p
}

// tables are the forms of the field, with hostile texts where they hold names.
func tables(t *testing.T, texts []string) map[string]string {
	quoted := func(v any) string {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		return string(b)
	}
	var gitdm, cncf strings.Builder
	var users, people []any
	for i, s := range texts {
		one := strings.Join(strings.Fields(s), " ")
		if len(one) > 500 {
			one = one[:500]
		}
		mail := "p" + string(rune('a'+i%26)) + "@x" + string(rune('a'+i/26)) + ".example"
		gitdm.WriteString(mail + " " + one + "\n")
		cncf.WriteString("p" + string(rune('a'+i%26)) + ": " + strings.ReplaceAll(mail, "@", "!") + "\n\t" + one + " until 2025-01-01\n\t" + one + "\n")
		users = append(users, map[string]any{"login": s, "email": strings.ReplaceAll(mail, "@", "!"), "affiliation": s})
		people = append(people, map[string]any{"user_name": s, "github_id": s, "emails": []string{mail}, "companies": []any{map[string]any{"company_name": s, "end_date": nil}}})
	}
	return map[string]string{"gitdm": "EmailMap companies\n", "companies": gitdm.String(), "cncf": cncf.String(), "cncf-users": quoted(users),
		"stackalytics": quoted(map[string]any{"users": people, "companies": []any{}}), "mailmap": "<script>alert(1)</script> <a@x.example> =1+1 <b@x.example>\n\x1b[31mred <c@x.example> <d@x.example>\n"}
}
