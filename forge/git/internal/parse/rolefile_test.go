package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestParseMailmap(t *testing.T) {
	id := func(name, mail string) model.Identity { return model.Identity{Name: name, Mail: mail} }
	for name, c := range map[string]struct {
		text string
		want []model.Alias
	}{
		"empty":           {"", nil},
		"name":            {"Ann Ash <Ann@Old.example>", []model.Alias{{From: id("", "ann@old.example"), To: id("Ann Ash", "ann@old.example")}}},
		"mail":            {"<ann@ash.example> <ann@OLD.example>", []model.Alias{{From: id("", "ann@old.example"), To: id("", "ann@ash.example")}}},
		"name and mail":   {"Ann Ash <ann@ash.example> <ann@old.example>", []model.Alias{{From: id("", "ann@old.example"), To: id("Ann Ash", "ann@ash.example")}}},
		"pair":            {"Ann Ash <ann@ash.example> Root <ROOT@old.example>", []model.Alias{{From: id("Root", "root@old.example"), To: id("Ann Ash", "ann@ash.example")}}},
		"comments":        {"# Ann <a@b>\n  # <a@b> <c@d>\n\nAnn <a@b> # hers\n", []model.Alias{{From: id("", "a@b"), To: id("Ann", "a@b")}}},
		"mark, newlines":  {"\ufeffAnn <a@b>\r\nBo <c@d>\r\n", []model.Alias{{From: id("", "a@b"), To: id("Ann", "a@b")}, {From: id("", "c@d"), To: id("Bo", "c@d")}}},
		"unreadable":      {"Ann\nAnn <a@b\n<>\nAnn <>\n<a@b>\nAnn <a@b> <>\n", nil},
		"Latin-1":         {"Ren\xe9 <r@b>", []model.Alias{{From: id("", "r@b"), To: id("René", "r@b")}}},
		"case of address": {"<Ann@Ash.example> <ann@ash.example>", []model.Alias{{From: id("", "ann@ash.example"), To: id("", "Ann@Ash.example")}}},
		"the last wins":   {"One <x@y> <a@b>\nTwo <A@b>\n", []model.Alias{{From: id("", "a@b"), To: id("Two", "x@y")}}},
		"mail joins name": {"One <a@b>\n<x@y> <a@B>\n", []model.Alias{{From: id("", "a@b"), To: id("One", "x@y")}}},
		"a pair replaced": {"One <x@y> N <a@b>\n<z@z> n <a@b>\nTwo <a@b>", []model.Alias{
			{From: id("N", "a@b"), To: id("", "z@z")}, {From: id("", "a@b"), To: id("Two", "a@b")}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, ParseMailmap([]byte(c.text)))
		})
	}
}

func FuzzMailmap(f *testing.F) {
	f.Add([]byte("Ann <a@b> Root <C@d> # x\n<e@f> <A@b>\nBo <a@b>\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		seen := map[string]bool{}
		for _, a := range ParseMailmap(b) {
			for _, s := range []string{a.From.Name, a.From.Mail, a.To.Name, a.To.Mail} {
				requirePlain(t, s, 4*nameMost) // lower case may be longer
			}
			require.NotEmpty(t, a.From.Mail)
			require.NotEmpty(t, a.To.Mail)
			require.Equal(t, strings.ToLower(a.From.Mail), a.From.Mail)
			key := a.From.Mail + "\x00" + strings.ToLower(a.From.Name)
			require.False(t, seen[key], "one alias for one identity")
			seen[key] = true
		}
	})
}

func TestRoleFile(t *testing.T) {
	for _, p := range []string{"MAINTAINERS", "MAINTAINERS.md", "docs/MAINTAINERS.rst", ".github/MAINTAINERS.txt", "CODEOWNERS",
		".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS", "OWNERS", "pkg/net/OWNERS", "OWNERS_ALIASES"} {
		assert.True(t, RoleFile(p), p)
	}
	for _, p := range []string{"", "maintainers.md", "MAINTAINERS.go", "pkg/MAINTAINERS", "pkg/CODEOWNERS", "OWNERS.md", "pkg/OWNERS_ALIASES",
		"vendor/x.example/OWNERS", "pkg/vendor/x/OWNERS", "node_modules/x/OWNERS", "testdata/OWNERS", "/CODEOWNERS/x", "OWNERS/"} {
		assert.False(t, RoleFile(p), p)
	}
}

// show writes identities as "name|mail|login", one a line.
func show(ids []model.Identity) string {
	var b strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&b, "%s|%s|%s\n", id.Name, id.Mail, id.Login)
	}
	return b.String()
}

func TestParseRoleFile(t *testing.T) {
	for name, c := range map[string]struct{ path, text, want string }{
		"kernel": {"MAINTAINERS", "How to read:\n\n\tM: Mail patches to Nobody <no@body.example>\n\n" +
			"WELLS\nM:\tAnn Ash <ann@ash.example>\nR:\tBo Birch <bo@birch.example>\nL:\tlist@x.example\nS:\tSupported\nF:\twells/\n\n" +
			"OLD PUMPS\nM:\tCy Cedar <cy@cedar.example>\nS:\tOrphan / Obsolete\n\nGATES\nS:\tObsolete\nM:\tCy Cedar <cy@cedar.example>\n\n" +
			"ROADS\nP:\tDi Elm\nM:\tdi@elm.example\nM:\tAnn Ash <ann@ash.example>\nS:\tOdd Fixes\n",
			"Ann Ash|ann@ash.example|\nDi Elm|di@elm.example|\n"},
		"plain lines": {"MAINTAINERS", "# Official list.\n# Add your name as Name <mail@x.example>\n\nAnn Ash <ann@ash.example> (@ann) pkg:*\nBo van Birch (@bo)\nGo Hop <go@hop.example> <gh@hop.example> (@go)\n" +
			"Please mail Cy Cedar <cy@cedar.example>\n\n# EMERITUS\nDi Elm <di@elm.example>\n# MAINTAINERS\nEd Fir <ed@fir.example>\n",
			"Ann Ash|ann@ash.example|ann\nBo van Birch||bo\nGo Hop|go@hop.example|\nGo Hop|gh@hop.example|go\nEd Fir|ed@fir.example|\n"},
		"markdown": {"MAINTAINERS.md", "# Maintainers\n\nThis list is kept by @org/council, see [rules](https://x.example/rules).\n\n" +
			"* Ann Ash ([@ann](https://github.com/ann)) - Ash Ltd\n* [Bo Birch](https://github.com/bo-birch), Birch plc\n- `pkg`: Cy Cedar (<cy@cedar.example> / @cy), @di\n" +
			"1. [ed](https://github.com/ed)\n* [Fay Gum](mailto:fay@gum.example)\n* ~~Gus Hazel @gus~~\n* please ask @nobody\n<!-- * Hal Ivy @hal\n* Ian Ivy @ian -->\n```\n* Jo @jo\n```\n" +
			"## Reviewers\n* Kim Larch @kim\n\n## Storage maintainers\n* Lou Maple and Max Nut <lou@maple.example>\n* Ned Oak @ned and Oz Pine @oz\n\n## Emeritus\n### Maintainers\n* Pat Quince @pat\n\n# Leads\n* @quinn\n",
			"Ann Ash||ann\nBo Birch||bo-birch\nCy Cedar|cy@cedar.example|cy\n||di\n||ed\nFay Gum|fay@gum.example|\nNed Oak||ned\nOz Pine||oz\n||quinn\n"},
		"references": {"MAINTAINERS.md", "* [Ann Ash] (Ash)\n* [Bo Birch][] (Birch)\n* [Cy]: none\n\nPast members:\n* [Di Elm]\n\n[Ann Ash]: https://github.com/ann\n[bo birch]: https://github.com/bo\n[Di Elm]: https://github.com/di\n",
			"Ann Ash||ann\nBo Birch||bo\n"},
		"tables": {"MAINTAINERS.md", "| Name | GitHub ID | Mail | Status |\n|---|:---:|---|---|\n| Ann Ash | [ann](https://github.com/ann) | | Active |\n| Bo Birch | bo | bo@birch.example | |\n" +
			"| Cy Cedar | @cy | | Emeritus |\n\nMaintainer | Account\n--- | ---\n[Di Elm](https://github.com/di) | Elm\nEd Fir | @ed\n",
			"Ann Ash||ann\nBo Birch|bo@birch.example|bo\nDi Elm||di\nEd Fir||ed\n"},
		"underlined": {"MAINTAINERS.rst", "Maintainers\n===========\n\n* Ann Ash <ann@ash.example>\n\nFormer maintainers\n------------------\n\n* Bo Birch <bo@birch.example>\n\nWebsite\n=======\n* Cy <cy@cedar.example>\n",
			"Ann Ash|ann@ash.example|\nCy|cy@cedar.example|\n"},
		"bold": {"MAINTAINERS.md", "**Alumni**\n- Ann Ash @ann\n\n**Core**\n- Bo Birch @bo\n", "Bo Birch||bo\n"},
		"TOML": {"MAINTAINERS", "[Rules]\n text = \"ask x@y.example\"\n[Org]\n [Org.\"Core maintainers\"]\n people = [\n \"ann\", # since ever\n \"Bo\",\n \"cy\" ]\n" +
			" [Org.Alumni]\n people = [\"di\"]\n [Org.Reviewers]\n people = [\n \"ed\",\n ]\n[people]\n [people.ann]\n Name = \"Ann Ash\"\n Email = \"ann@ash.example\"\n GitHub = \"annash\"\n [People.bo]\n Name = \"Bo\"\n Email = \"bo@birch.example\"\n [people.di]\n Name = \"Di\"\n GitHub = \"di\"\n",
			"Ann Ash|ann@ash.example|annash\nBo|bo@birch.example|\n||cy\n"},
		"OWNERS":         {"pkg/OWNERS", "# See the docs\napprovers:\n- ann # since ever\n  - \"Bo\"\n- sig-wells\n- cy@cedar.example\nreviewers:\n- di\nemeritus_approvers:\n- ed\nlabels:\n- area/x\n", "||ann\n||Bo\n||sig-wells\n|cy@cedar.example|\n"},
		"OWNERS filters": {"OWNERS", "options:\n  no_parent_owners: true\nfilters:\n  \".*\":\n    reviewers: [x, y]\n    approvers: [ann, 'bo',\n      cy ]\n  \"\\\\.go$\":\n    approvers:\n      - di\n      - not a login\n", "||ann\n||bo\n||cy\n||di\n"},
		"OWNERS plain":   {"OWNERS", "set noparent\nann@ash.example # hers\nfile://x/OWNERS\n*\nper-file *.go=bo@birch.example, cy@cedar.example\n", "|ann@ash.example|\n|bo@birch.example|\n|cy@cedar.example|\n"},
		"OWNERS_ALIASES": {"OWNERS_ALIASES", "aliases:\n  a:\n  - ann\n", ""},
		"CODEOWNERS": {".github/CODEOWNERS", "# all @nobody\n* @ann @org/wells\n/docs/ bo@birch.example # @nobody\n/a\\ b/ @cy @ann\n/free/\n[Section][2] @di\n^[Optional]\n@pattern @ed @@role @-x @a/b/c\n",
			"||ann\n||org/wells\n|bo@birch.example|\n||cy\n||di\n||ed\n||a/b/c\n"},
		"another file": {"README.md", "* Ann Ash @ann\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, show(ParseRoleFile(c.path, []byte(c.text))))
			assert.Equal(t, c.want, show(ParseRoleFile(c.path, []byte(strings.ReplaceAll(c.text, "\n", "\r\n")))), "with \\r\\n")
		})
	}
}

func TestOwnersAliases(t *testing.T) {
	got := OwnersAliases([]byte("# who\naliases:\n  sig-wells:\n    - ann\n    - bo # x\n    - ann\n  sig-pumps: [cy, '@di']\n  none:\nother:\n  sig-x:\n  - ed\n"))
	assert.Equal(t, map[string][]string{"sig-wells": {"ann", "bo"}, "sig-pumps": {"cy", "di"}}, got)
	assert.Empty(t, OwnersAliases(nil))
}

func TestListingIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 3 * listedMost {
		fmt.Fprintf(&b, "/x @user%d\n", i)
	}
	assert.Len(t, ParseRoleFile("CODEOWNERS", []byte(b.String())), listedMost)
	// References that would grow a text a hundredfold end soon, too.
	lines := strings.Repeat(strings.Repeat("[a]", 1300)+"\n", 2000)
	assert.Empty(t, ParseRoleFile("MAINTAINERS.md", []byte("[a]: https://x.example/"+strings.Repeat("a", 200)+"\n"+lines)))
	assert.Empty(t, ParseRoleFile("CODEOWNERS", []byte("* "+strings.Repeat("@a ", lineMost))), "an endless line is left out")
}

func FuzzRoleFile(f *testing.F) {
	f.Add("MAINTAINERS", []byte("X\nM:\tA <a@b.example>\nS:\tOrphan\n\n[people.x]\nName = \"x\"\n"))
	f.Add("MAINTAINERS.md", []byte("# Past\n| Name | GitHub |\n|--|--|\n| A | [@a](https://github.com/a) |\n* [X] <!-- @y\n[X]: https://github.com/x\n"))
	f.Add("MAINTAINERS", []byte("\u00a0\n# \u00a0\n|\u00a0|\n* \u00a0 @a\n"))
	f.Add("OWNERS", []byte("approvers: [a, b\n]\n - c\naliases:\n x:\n - y\n"))
	f.Add("CODEOWNERS", []byte("* @a @b/c d@e.example #\n[x] @y\n"))
	f.Fuzz(func(t *testing.T, path string, b []byte) {
		RoleFile(path)
		for _, p := range []string{path, "MAINTAINERS", "MAINTAINERS.md", "OWNERS", "CODEOWNERS"} {
			ids := ParseRoleFile(p, b)
			require.LessOrEqual(t, len(ids), listedMost)
			for _, id := range ids {
				requirePlain(t, id.Name, nameMost)
				requirePlain(t, id.Mail, nameMost)
				requirePlain(t, id.Login, lineMost)
				require.True(t, id.Login != "" || id.Mail != "")
			}
		}
		for name, members := range OwnersAliases(b) {
			require.NotEmpty(t, name)
			for _, m := range members {
				requirePlain(t, m, 300)
			}
		}
	})
}
