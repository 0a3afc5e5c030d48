package tenderfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

func readList(text string) (map[string]model.Project, error) {
	return tenderfile.ReadListFS(fstest.MapFS{"repos.csv": {Data: []byte(text)}}, "repos.csv")
}

// Rows become projects: those of one name together, the others by their address.
func TestReadList(t *testing.T) {
	got, err := readList("\ufeffurl,Project,branches,forge,web,stars\r\n" +
		"https://github.com/etcd-io/etcd,etcd,main release-3.*,,,44000\r\n" +
		"https://github.com/etcd-io/raft.git,etcd,,,,600\r\n" +
		"/srv/mirror/nova.git,,,none,https://opendev.org/openstack/nova,\r\n" +
		"ssh://git@forge.example/a/b/,,,gitea,,\r\n")
	require.NoError(t, err)
	assert.Equal(t, map[string]model.Project{
		"etcd": {Repositories: []model.Repository{
			{URL: "https://github.com/etcd-io/etcd", Branches: []string{"main", "release-3.*"}},
			{URL: "https://github.com/etcd-io/raft.git", Branches: []string{}}}},
		"/srv/mirror/nova":  {Repositories: []model.Repository{{URL: "/srv/mirror/nova.git", Forge: "none", Web: "https://opendev.org/openstack/nova", Branches: []string{}}}},
		"forge.example/a/b": {Repositories: []model.Repository{{URL: "ssh://git@forge.example/a/b/", Forge: "gitea", Branches: []string{}}}},
	}, got)
}

func TestReadListOnDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "repos.csv")
	require.NoError(t, os.WriteFile(file, []byte("url\nhttps://forge.example/a\n"), 0o644))
	got, err := tenderfile.ReadList(file)
	require.NoError(t, err)
	assert.Contains(t, got, "forge.example/a")

	require.NoError(t, os.WriteFile(file, []byte("url\nhttp://forge.example/a\n"), 0o644))
	_, err = tenderfile.ReadList(file)
	assert.EqualError(t, err, file+":2:1: http lets anybody on the way change the history; use https")
	_, err = tenderfile.ReadList(file + ".none")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// Every fault is told with its place, in characters.
func TestFaultsOfLists(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "repos.csv:1:1: the list is empty; it begins with a heading such as url,project,branches"},
		{"heading alone", "url\n", "repos.csv:1:1: the list names no repository; write one a row below the heading"},
		{"no heading", "https://github.com/a/b\n", "repos.csv:1:1: the list has no column url; its first line names the columns, such as url,project,branches"},
		{"misspelt", "url,brnaches\n", `repos.csv:1:5: unknown column "brnaches"; did you mean "branches"?`},
		{"twice", "url,url\n", "repos.csv:1:5: the column url stands twice; remove one"},
		{"no address", "url,project\n,a\n", "repos.csv:2:1: no address; write one such as https://github.com/geoserver/geoserver"},
		{"a password", "project,url\né,https://u:s3cret@h.example/a\n", "repos.csv:2:3: the address holds a user name or password; remove what stands before the @, tokens belong to the environment of the program"},
		{"the same", "url\nhttps://h.example/a\nssh://git@H.example/a.git\n", "repos.csv:3:1: this repository already stands at line 2; name each repository once"},
		{"cells", "url,project\nhttps://h.example/a\n", "repos.csv:2:1: this row has more or fewer cells than the heading"},
		{"quotes", "url\n\"https://h.example/a\n", "repos.csv:2:21: this is no CSV; a cell with a comma, a quote or a line end in it stands in quotes, and quotes in it twice"},
		{"forge", "url,forge\nhttps://h.example/a,githbu\n", `repos.csv:2:21: unknown forge "githbu"; did you mean "github"?`},
		{"web", "url,web\na,ssh://h.example/a\n", "repos.csv:2:3: a forge has an https address; write it as https://github.com/geoserver/geoserver"},
		{"a password on the web", "url,web\na,https://u:s3cret@h.example/a\n", "repos.csv:2:3: the address holds a user name or password; remove what stands before the @, tokens belong to the environment of the program"},
		{"the same on the web", "url,web\na,https://h.example/a\nb,https://h.example/a/\n", "repos.csv:3:3: this repository already stands at line 2; name each repository once"},
		{"branch", "url,branches\na,[\n", `repos.csv:2:3: "[" is no branch; write a name, or a pattern of names with * and ? such as 2.*.x`},
		{"name", "url,project\na,b c\n", `repos.csv:2:3: project "b c" has spaces or invisible characters; write a short name`},
		{"control", "url\na\x1bb\n", "repos.csv:2:2: there is a control character; remove it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readList(c.text)
			assert.Nil(t, got)
			var faults tenderfile.Faults
			require.True(t, errors.As(err, &faults), "%v", err)
			assert.Equal(t, c.want, faults[0].String())
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

// Of a list of another kind only so many faults are told.
func TestListsFullOfFaults(t *testing.T) {
	_, err := readList("url\n" + strings.Repeat("http://h.example/a\n", 1000))
	var faults tenderfile.Faults
	require.True(t, errors.As(err, &faults))
	assert.Len(t, faults, 201)
	assert.Equal(t, "more than 200 faults; mend these first", faults[200].Message)
}

// No list makes the reader panic, and what it returns can be used.
func FuzzReadList(f *testing.F) {
	f.Add("url,project,branches\nhttps://h.example/a,p,main 2.*\n")
	f.Add("url\n\"a\"\"b\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readList(text)
		if err != nil {
			return
		}
		for name, p := range got {
			require.NotEmpty(t, p.Repositories, name)
		}
	})
}
