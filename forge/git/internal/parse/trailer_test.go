package parse

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func bodyTrailers(body string) []Trailer {
	got, _, _ := parseTrailers(strings.Split(body, "\n"))
	return got
}

func TestTrailers(t *testing.T) {
	a, b, c := Trailer{"Acked-by", "A"}, Trailer{"Reviewed-by", "B"}, Trailer{"Signed-off-by", "C"}
	for name, want := range map[string]struct {
		body     string
		trailers []Trailer
	}{
		"none":                       {"words\n\nmore words", nil},
		"block":                      {"words\n\nAcked-by: A\nReviewed-by: B\n", []Trailer{a, b}},
		"only a block":               {"Acked-by: A", []Trailer{a}},
		"any case, spaces":           {"ACKED-by :A\nreviewed-By:\tB ", []Trailer{a, b}},
		"not the last paragraph":     {"Acked-by: A\n\nwords", nil},
		"prose beside":               {"words\nAcked-by: A", nil},
		"prose beside git's own":     {"words\nSigned-off-by: C\nmore\nmore", []Trailer{c}},
		"less than a quarter":        {"1\n2\n3\n4\nSigned-off-by: C", nil},
		"a quarter":                  {"1\n2\n3\nSigned-off-by: C", []Trailer{c}},
		"git's own needs its case":   {"words\nsigned-off-by: C", nil},
		"pick line counts":           {"words\n(cherry picked from commit 1234567)\nAcked-by: A", []Trailer{a}},
		"folded":                     {"Acked-by: A\n  and\n\tso on\nReviewed-by: B", []Trailer{{"Acked-by", "A and so on"}, b}},
		"indented prose":             {"  words\nAcked-by: A", nil},
		"indented below prose":       {"words\n  words\n  words\nSigned-off-by: C", []Trailer{c}},
		"comments":                   {"Acked-by: A\n# remark\nReviewed-by: B\n\n# end\n", []Trailer{a, b}},
		"conflicts":                  {"Acked-by: A\n\nConflicts:\n\tfile.go\n", []Trailer{a}},
		"scissors":                   {"Acked-by: A\n# ------------------------ >8 ------------------------\ndiff\n", []Trailer{a}},
		"key with a space":           {"Acked by: A", nil},
		"key with other signs":       {"Acked_by: A", nil},
		"no key":                     {": A", nil},
		"empty value":                {"Acked-by:", []Trailer{{"Acked-by", ""}}},
		"an address is no trailer":   {"see https://x.example\nAcked-by: A", nil},
		"split by a squash":          {"words\n\nAcked-by: A\n\n\nReviewed-by: B\n \nSigned-off-by: C", []Trailer{a, b, c}},
		"split, folded":              {"words\n\nReviewed-by: B\n more\n\nSigned-off-by: C", []Trailer{{"Reviewed-by", "B more"}, c}},
		"prose stops the split":      {"Acked-by: A\n\nwords: but\nprose\n\nReviewed-by: B", []Trailer{b}},
		"indented text is no block":  {"  Acked-by: A\n\nReviewed-by: B", []Trailer{b}},
		"a mixed block above is not": {"words\nSigned-off-by: C\n\nReviewed-by: B", []Trailer{b}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, want.trailers, bodyTrailers(want.body))
		})
	}
}

func TestTitleHoldsNoTrailers(t *testing.T) {
	assert.Empty(t, parsed(t, treeLine+people+"\nAcked-by: A\n").Trailers)
	assert.Empty(t, parsed(t, treeLine+people+"\nFix: it\n\nAcked-by: A\n\nwords\n").Trailers)
	c := parsed(t, treeLine+people+"\nFix: it\n\nAcked-by: A\n\nReviewed-by: B\n")
	assert.Equal(t, []Trailer{{"Acked-by", "A"}, {"Reviewed-by", "B"}}, c.Trailers)
}

func TestChangeID(t *testing.T) {
	one, two := "I"+strings.Repeat("1a", 20), "I"+strings.Repeat("2b", 20)
	for body, want := range map[string]string{
		"words\n\nChange-Id: " + one:                         one,
		"words\n\nChange-Id: " + one + "\nchange-id: " + two: two,
		"words\n\nChange-Id: " + two + "\nChange-Id: I12":    two,
		"Change-Id: " + one + "\n\nSigned-off-by: C":         one,
		"closes the blueprint\nChange-Id: " + one:            one,
		"Change-Id: " + one + "\n\nwords":                    "",
		"words\n\nChange-Id: " + strings.ToUpper(one):        "",
		"words\n\nSee-Change-Id: " + one:                     "",
		"words\n\nChange-Id: " + one + "0":                   "",
	} {
		_, got, _ := parseTrailers(strings.Split(body, "\n"))
		assert.Equal(t, want, got, body)
	}
}

func TestRoles(t *testing.T) {
	for key, want := range map[string][]model.Role{
		"Reviewed-by":              {model.Reviewer},
		"reviewed-BY":              {model.Reviewer},
		"Tested-by":                {model.Tester},
		"Acked-by":                 {model.Acker},
		"Signed-off-by":            {model.Signer},
		"Reported-by":              {model.Reporter},
		"Co-authored-by":           {model.CoAuthor},
		"Co-developed-by":          {model.CoAuthor},
		"Reviewed-and-tested-by":   {model.Reviewer, model.Tester},
		"Reported-and-tested-by":   {model.Reporter, model.Tester},
		"Reported-tested-by":       {model.Reporter, model.Tester},
		"Tested-and-tested-by":     {model.Tester},
		"Suggested-and-acked-by":   {model.Acker},
		"Signed-off-and-tested-by": {model.Signer, model.Tester},
		"Not-reviewed-by":          nil,
		"Reviewed-not-by":          nil,
		"Reviewedness-by":          nil,
		"Suggested-by":             nil,
		"Cc":                       nil,
		"Reviewed":                 nil,
		"-by":                      nil,
		"":                         nil,
	} {
		assert.Equal(t, want, Trailer{Key: key}.Roles(), key)
	}
}

func TestActor(t *testing.T) {
	for value, want := range map[string]model.Identity{
		"":                                 {},
		"Cy Cedar <cy@cedar.example>":      {Name: "Cy Cedar", Mail: "cy@cedar.example"},
		"Cy <cy@cedar.example> # on v2":    {Name: "Cy", Mail: "cy@cedar.example"},
		"Cy <cy@cedar.example":             {Name: "Cy", Mail: "cy@cedar.example"},
		"<cy@cedar.example>":               {Mail: "cy@cedar.example"},
		"cy@cedar.example":                 {Mail: "cy@cedar.example"},
		"cy@cedar.example (Cy Cedar)":      {Name: "Cy Cedar", Mail: "cy@cedar.example"},
		"Cy Cedar cy@cedar.example":        {Name: "Cy Cedar", Mail: "cy@cedar.example"},
		"Cy Cedar (cy@cedar.example)":      {Name: "Cy Cedar", Mail: "cy@cedar.example"},
		"Cy  Cedar":                        {Name: "Cy  Cedar"},
		"@cy-cedar":                        {Login: "cy-cedar"},
		"Cy Cedar (@cy)":                   {Name: "Cy Cedar", Login: "cy"},
		"@cy <cy@cedar.example>":           {Login: "cy", Mail: "cy@cedar.example"},
		"dependabot[bot] <d@bots.example>": {Name: "dependabot[bot]", Mail: "d@bots.example"},
		"@":                                {Name: "@"},
		"Cy\x1b <cy@cedar.example\n>":      {Name: "Cy", Mail: "cy@cedar.example"},
	} {
		assert.Equal(t, want, Trailer{Value: value}.Actor(), value)
	}
}

func requireTrailer(t *testing.T, tr Trailer) {
	t.Helper()
	requirePlain(t, tr.Key, nameMost)
	requirePlain(t, tr.Value, valueMost)
	require.NotEmpty(t, tr.Key)
	require.LessOrEqual(t, len(tr.Roles()), 6)
	id := tr.Actor()
	requirePlain(t, id.Name, nameMost)
	requirePlain(t, id.Mail, nameMost)
	requirePlain(t, id.Login, nameMost)
}

func FuzzTrailers(f *testing.F) {
	f.Add("words\n\nAcked-by: A <a@b>\n x\n\nSigned-off-by: C (@c)\n")
	f.Add("1\n2\n3\nReviewed-and-tested-by: a@b (A)\n(cherry picked from commit 1234567)\n# x\n\nConflicts:\n\tx\n")
	f.Fuzz(func(t *testing.T, body string) {
		c, err := ParseCommit([]byte(treeLine + "\nx\n\n" + body))
		require.NoError(t, err)
		for _, tr := range c.Trailers {
			requireTrailer(t, tr)
		}
		// One more trailer in the same block is read, and nothing else changes.
		body = strings.TrimRight(body, "\n")
		if isBlank(body[strings.LastIndexByte(body, '\n')+1:]) || len(c.Trailers) == 0 || len(c.Faults) > 2 || strings.ContainsAny(body, "#\r\x00\v\f") || strings.Contains(body, "Conflicts:") {
			return
		}
		more, err := ParseCommit([]byte(treeLine + "\nx\n\n" + body + "\nTested-by: Z\n"))
		require.NoError(t, err)
		require.Equal(t, append(c.Trailers, Trailer{"Tested-by", "Z"}), more.Trailers)
	})
}
