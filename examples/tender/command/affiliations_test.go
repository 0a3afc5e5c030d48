package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// listed is the small tender with a roster in which Ada leaves Karst.
const listed = `format: tributary/1
window: {until: 2026-01-01, months: 12}
evidence: listed
rules: {floor-acts: 1, floor-months: 1}
projects:
  here:
    repositories: [{url: here.git}]
vendors:
  karst: {name: Karst SARL}
  bigco: {name: BigCo SE}
rosters: [{file: people.yaml, format: tributary}]
bidders:
  - {id: karst, vendors: [karst]}
  - {id: bigco, vendors: [bigco]}
shortlist: true
`

const listedPeople = `format: tributary-people/1
people:
  - id: p-ada
    identities: ["mail:ada@karst.example"]
    employment: [{vendor: karst, until: 2025-03-01, source: the bid}]
`

func placeListed(t *testing.T) string {
	t.Helper()
	dir := place(t, listed)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.yaml"), []byte(listedPeople), 0o644))
	return dir
}

func TestAffiliations(t *testing.T) {
	dir := placeListed(t)
	cache := []string{"--cache", filepath.Join(dir, "cache")}
	file := filepath.Join(dir, "tender.yaml")
	out, said, status := run(t, append(cache, "affiliations", file)...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "left karst on 2025-03-01")
	assert.Contains(t, out, "  2025-01 ")
	assert.NotContains(t, out, "@", "no address without --identify")
	assert.NotContains(t, out, "Zoe")

	out, _, _ = run(t, append(cache, "affiliations", file, "--identify")...)
	assert.Contains(t, out, "p-ada left karst on 2025-03-01, nobody knows for whom; 2 credited acts since")

	out, _, _ = run(t, append(cache, "affiliations", file, "--format", "json")...)
	var a score.Affiliations
	require.NoError(t, json.Unmarshal([]byte(out), &a))
	assert.Len(t, a.Months, 12)
	assert.NotContains(t, out, "@")

	out, _, _ = run(t, append(cache, "affiliations", file, "--format", "csv")...)
	assert.True(t, strings.HasPrefix(out, "status,month,known,acts,gaps\r\nSIMULATION,2025-01,decided,0,0\r\n"), out)
}

// All that is held about a person is shown; once erased, nothing of it comes out any more.
func TestPerson(t *testing.T) {
	dir := placeListed(t)
	file, list := filepath.Join(dir, "tender.yaml"), filepath.Join(dir, "erased.txt")
	cache := []string{"--cache", filepath.Join(dir, "cache")}
	out, said, status := run(t, append(cache, "person", "ADA@karst.example", file)...)
	require.Equal(t, command.Done, status, said)
	for _, want := range []string{"Person p-ada", "people document, p-ada: mail:ada@karst.example", "karst until 2025-03-01, listed; the bid", "here: Ada ada@karst.example: ", "2025-01-06 author commit:", "2025-03-05 releaser release:v1.0"} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "zoe@")
	before, _, _ := run(t, append(cache, "score", file, "--format", "json")...)

	_, said, status = run(t, "person", "ada@karst.example", "--erase", list)
	require.Equal(t, command.Done, status, said)
	said, _, _ = run(t, "person", "ADA@karst.example", "--erase", list)
	assert.Contains(t, said, "holds it already")
	b, err := os.ReadFile(list)
	require.NoError(t, err)
	assert.NotContains(t, string(b), "karst", "a name such as ada may stand in a digest by chance")
	assert.NotContains(t, string(b), "@")
	assert.NoFileExists(t, list+".new")
	require.NoError(t, os.WriteFile(list, []byte(strings.Replace(string(b), "\n", "\n# ", 1)), 0o600))
	said, _, _ = run(t, "person", "ada@karst.example", "--erase", list)
	assert.Contains(t, said, "one identity more", "what is commented out does not hold")

	require.NoError(t, os.WriteFile(file, []byte(listed+"erased: erased.txt\n"), 0o644))
	out, said, status = run(t, append(cache, "person", "ada@karst.example", file)...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "on the tender's list of erased people")
	assert.Contains(t, out, "Acts: 0")
	assert.Contains(t, out, "Rosters: 0 entries")
	after, _, status := run(t, append(cache, "score", file, "--format", "json")...)
	require.Equal(t, command.Done, status)
	assert.Equal(t, read(before), read(after), "the acts are still among all")
	assert.Contains(t, before, `"bidder": "karst"`)
}

// read is how many acts a ranking was made of.
func read(ranking string) (n string) {
	_, after, _ := strings.Cut(ranking, `"read": `)
	n, _, _ = strings.Cut(after, ",")
	return n
}

// An address beyond ASCII is erased as it is written and as it is compared.
func TestEraseWritesBothForms(t *testing.T) {
	list := filepath.Join(t.TempDir(), "erased.txt")
	_, said, status := run(t, "person", "Ada@B\u00FCcher.example", "--erase", list)
	require.Equal(t, command.Done, status, said)
	b, err := os.ReadFile(list)
	require.NoError(t, err)
	salt := strings.Fields(string(b))[1]
	assert.Contains(t, string(b), model.EraseHash(salt, "mail:ada@b\u00FCcher.example"))
	assert.Contains(t, string(b), model.EraseHash(salt, "mail:ada@xn--bcher-kva.example"))
	out, _, _ := run(t, "person", "ada@b\u00FCcher.example", "--erase", list)
	assert.Contains(t, out, "holds it already")
}

func TestPersonWrongUse(t *testing.T) {
	dir := placeListed(t)
	other := filepath.Join(dir, "people.yaml")
	for _, c := range [][]string{{"person", "nobody", filepath.Join(dir, "tender.yaml")}, {"person", "a@b"}, {"person", "a@b", "--erase", other}, {"person", "@", "--erase", "x"}, {"affiliations"}} {
		_, said, status := run(t, c...)
		assert.Equal(t, command.Usage, status, "%v: %s", c, said)
	}
	b, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, listedPeople, string(b))
}
