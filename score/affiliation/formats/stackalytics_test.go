package formats_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestStackalytics(t *testing.T) {
	user := func(rest string) string {
		return "{\"repos\": [],\n\"users\": [\n{\"user_name\": \"Ada\", \"emails\": [\"ada@x.example\"], " + rest + "}\n]}"
	}
	const who = "mail:ada@x.example = mail:ada@x.example |"
	runReadCases(t, "stackalytics", map[string]readCase{
		"identities": {`{"users": [{"user_name": "Ada", "launchpad_id": "ada.l", "github_id": " Ada-L ",
			"emails": ["ada@X.example ", "ADA@x.example", "b!y.example", "Ada"], "companies": null, "zanata_id": "z", "static": true}]}`,
			"github/Ada-L = github/Ada-L launchpad/ada.l mail:ADA@x.example mail:b@y.example |\n",
			"t.json:1: users have a key zanata_id, which nothing here asks for\n" +
				"- t.json:1: a mail address here has not one @ with text on both sides, or signs that no address has\n"},
		"in the order of their ends": {user(`"companies": [{"company_name": "Karst", "end_date": null},
			{"company_name": "Delta  AG", "end_date": "2020-mar-01"}, {"company_name": "*independent", "end_date": "2018-Jan-5"}]`),
			who + " independent [,2018-01-05) Delta AG [2018-01-05,2020-03-01) Karst [2020-03-01,)\n", ""},
		"after the last end nobody is known": {user(`"companies": [{"company_name": "Karst", "end_date": "2020-Mar-01"}]`),
			who + " Karst [,2020-03-01)\n", ""},
		"unknown for a time": {user(`"companies": [{"company_name": "None", "end_date": "2020-Mar-01"}, {"company_name": "Karst", "end_date": ""}]`),
			who + " Karst [2020-03-01,)\n", ""},
		"two ends on one day": {user(`"companies": [{"company_name": "B", "end_date": "2020-Mar-01"}, {"company_name": "A", "end_date": "2020-Mar-01"}, {"company_name": "C", "end_date": null}]`),
			who + " A [,2020-03-01) B [,2020-03-01) C [2020-03-01,)\n", "t.json:3: employers of this person overlap; all are kept\n"},
		"a day that is none": {user(`"companies": [{"company_name": "A", "end_date": "2020-Feb-30"}, {"company_name": "B", "end_date": null}]`),
			who + "\n", "- t.json:3: the companies of this user are left out: the end_date of one of them is no day that can be said; write it as 2026-Nov-01\n"},
		"a day that cannot be said": {user(`"companies": [{"company_name": "A", "end_date": "1970-Jan-01"}]`),
			who + "\n", "- t.json:3: the companies of this user are left out: the end_date of one of them is no day that can be said; write it as 2026-Nov-01\n"},
		"a beginning of its own": {user(`"companies": [{"company_name": "A", "start_date": "2019-Jan-01", "end_date": null}]`),
			who + "\n", "- t.json:3: the companies of this user are left out: one of them has not exactly a company_name and an end_date\n"},
		"a company without a name": {user(`"companies": [{"company_name": "", "end_date": null}]`),
			who + "\n", "- t.json:3: the companies of this user are left out: one of them has not exactly a company_name and an end_date\n"},
		"a company that is a word": {user(`"companies": ["A"]`),
			who + "\n", "- t.json:3: the companies of this user are left out: one of them is no object with a company_name and an end_date\n"},
		"keys of no form": {user(`"salary@x.example": 1, "office": 2, "seq": 3`),
			who + "\n", "t.json:3: users have keys that are no part of the form; they are not read\n"},
		"robots": {`{"users": [{"emails": ["b@x.example", "a@x.example"], "launchpad_id": "bot", "companies": [{"company_name": "*robots", "end_date": null}]}]}`,
			"robot launchpad/bot\nrobot mail:a@x.example\nrobot mail:b@x.example\n", ""},
		"a robot for a time": {user(`"companies": [{"company_name": "*robots", "end_date": "2020-Mar-01"}, {"company_name": "A", "end_date": null}]`),
			who + " A [2020-03-01,)\n", "- t.json:3: this user is a robot for a time, which cannot be said; that time is left out\n"},
		"one address, two users": {"{\"users\": [{\"emails\": [\"b@x.example\", \"a@x.example\"]},\n{\"emails\": [\"A@x.example\"], \"github_id\": \"c/d\"}]}",
			"mail:A@x.example = mail:A@x.example |\nmail:a@x.example = mail:a@x.example mail:b@x.example |\n",
			"- t.json:2: the name of an account of github has signs that no such name has\n" +
				"t.json:2: an address or account here stands in the entry at line 1 too; which one it belongs to is not said\n"},
		"nobody": {`{"users": [{"user_name": "Ada"}, null, {"emails": "a@x.example"}, [1]]}`, "", strings.Repeat("- t.json:1: this entry has no address and no account that can be used\n", 2) + strings.Repeat("- t.json:1: a user is left out, as a part of it is no text, list or truth value where the form has one\n", 2)},
		"no addresses": {`{"users": [{"emails": ["a b@x.example", "a@x@y", "a\u0007@x.example", "a\ufffd@x.example", "@x", "a@", "<a@x.example>", "a@x.example", "a!b!c", ""]}]}`, "mail:a@x.example = mail:a@x.example |\n",
			strings.Repeat("- t.json:1: a mail address here has not one @ with text on both sides, or signs that no address has\n", 8)},
		"old letters": {"{\"users\": [{\"emails\": [\"j\xf8@x.example\"], \"companies\": [{\"company_name\": \"Soci\xe9t\xe9\", \"end_date\": null}]}]}", "mail:jø@x.example = mail:jø@x.example | Société [,)\n", ""},
		"companies": {`{"companies": [{"company_name": "Karst", "domains": ["Karst.example", "karst.example", "x@y.example", "localhost", ""], "aliases": ["Karst  SARL", "Karst", "n/a", "Self", "independent", "Karst SARL"]},
			{"company_name": "*independent", "domains": ["", "home.example"], "aliases": ["free"]},
			{"company_name": "Delta", "domains": ["karst.example"]},
			{"company_name": "*robots", "domains": ["bot.example"]}, {"company_name": "None", "domains": []}, 7]}`,
			"home.example is independent [,) exact false\nkarst.example is Delta [,) exact false\nkarst.example is Karst [,) exact false\nKarst also Karst SARL\n",
			strings.Repeat("- t.json:1: a mail domain here is not of the form karst.example\n", 3) +
				strings.Repeat("t.json:1: an alias here is no name, or a word for having no employer; it is not read\n", 3) +
				"t.json:2: aliases of what is no company are not read, as they would hide companies of these names\n" +
				"t.json:3: a mail domain here is another employer's too, at line 1 or elsewhere; both are kept\n" +
				"- t.json:4: the domains and aliases of what is no employer are left out\n" +
				"- t.json:4: a company is left out, as a part of it is no text, list or truth value where the form has one\n"},
	})
}

func TestStackalyticsSaysWhereItStands(t *testing.T) {
	table, err := readAs(t, "stackalytics", "\ufeff{\n\"users\": [\n{\"emails\": [\"a@x.example\"]},\n  {\"emails\": [\n\"b@x.example\"],\n \"companies\": [{\"company_name\": \"A\", \"end_date\": null}]}]}")
	require.NoError(t, err)
	assert.Equal(t, "t.json:4", table.People[1].Employment[0].Source)
}

func TestStackalyticsWrites(t *testing.T) {
	half := 0.5
	of := func(jobs ...model.Employment) model.Table {
		return model.Table{People: []model.Person{{Identities: []string{"mail:a@x.example"}, Employment: jobs}}}
	}
	const a = "mail:a@x.example = mail:a@x.example |"
	mixed := "stackalytics: spans of days with several employers or parts of the working time, written as Unknown (1)\n"
	for name, c := range map[string]struct {
		table       model.Table
		want, notes string
	}{
		"gaps": {of(model.Employment{Vendor: "A", From: on("2020-01-01"), Until: on("2021-01-01")}, model.Employment{Vendor: "B", From: on("2022-01-01"), Until: on("2023-01-01")}),
			a + " A [2020-01-01,2021-01-01) B [2022-01-01,2023-01-01)\n", ""},
		"overlap": {of(model.Employment{Vendor: "A", Until: on("2021-01-01")}, model.Employment{Vendor: "B", From: on("2020-01-01")}),
			a + " A [,2020-01-01) B [2021-01-01,)\n", mixed},
		"the same twice": {of(model.Employment{Vendor: "A", Until: on("2021-01-01")}, model.Employment{Vendor: "A", From: on("2020-01-01")}), a + " A [,)\n", ""},
		"better evidence": {of(model.Employment{Vendor: "A", Level: model.Confirmed, Until: on("2021-01-01")}, model.Employment{Vendor: "B"}),
			a + " A [,2021-01-01) B [2021-01-01,)\n", "stackalytics: employments written without their level of evidence (1)\n"},
		"half":       {of(model.Employment{Vendor: "A", Fraction: &half}), a + "\n", mixed},
		"self-typed": {of(model.Employment{Vendor: "A", Level: model.Profile}), a + "\n", "- stackalytics: left out: employments that are only self-typed (1)\n"},
		"no word":    {of(model.Employment{Vendor: "*robots"}), a + "\n", "stackalytics: spans of days with an employer whose name would be read as another, written as Unknown (1)\n"},
		"no days": {of(model.Employment{Vendor: "A", From: 5, Until: 5}, model.Employment{Vendor: "A", From: on("9999-12-31") + 1}, model.Employment{}),
			a + "\n", "- stackalytics: left out: employments without an employer, a day that can be written or a part of the working time (3)\n"},
		"very many": {of(make([]model.Employment, 1001)...), a + "\n", "- stackalytics: left out: employments of persons who have more than a thousand (1001)\n"},
		"identities": {model.Table{People: []model.Person{
			{Identities: []string{"github:7", "github/b", "github/a", "gitlab.com/a", "mail:c@x.example", "mail:a@x.example"}},
			{Identities: []string{"mail:C@x.example", "mail:d@x.example"}}, {Identities: []string{"launchpad/e"}}, {Identities: []string{"github:8"}}},
			Bots: []string{"github/bot", "gitlab.com/bot", "mail:d@x.example", "mail:bot@x.example", "mail:bot@x.example"}, Aliases: make([]model.Alias, 2)},
			"github/a = github/a mail:a@x.example |\nrobot mail:bot@x.example\nrobot mail:d@x.example\n",
			"- stackalytics: left out: aliases of addresses (2)\n" +
				"- stackalytics: left out: further accounts of one person (1)\n" +
				"- stackalytics: left out: identities that several persons state, or a robot too (3)\n" +
				"- stackalytics: left out: identities that the form cannot hold (3)\n" +
				"- stackalytics: left out: persons and robots without a mail address (2)\n" +
				"- stackalytics: left out: persons without an identity that the form can hold (2)\n" +
				"- stackalytics: left out: robots whose identity the form cannot hold (1)\n"},
		"companies": {model.Table{Domains: []model.DomainTenure{{Domain: "A.example", Employer: "A"}, {Domain: "b.example", Employer: "A", Exact: true}, {Domain: "c.example", Employer: "A", From: 5}, {Domain: "com", Employer: "A"}, {Domain: "d.example", Employer: "n/a"}},
			Names: []model.EmployerName{{Name: "A SA", Employer: "A"}, {Name: "free", Employer: model.Independent}, {Name: "Self", Employer: "A"}}},
			"a.example is A [,) exact false\nA also A SA\n",
			"- stackalytics: left out: further names of employers that the form cannot hold (2)\n" +
				"- stackalytics: left out: mail domains that the form cannot hold (2)\n" +
				"- stackalytics: left out: mail domains with days, or without their subdomains (2)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text, notes := writeAs(t, "stackalytics", &c.table)
			assert.Equal(t, c.notes, remarks(notes))
			back, err := readAs(t, "stackalytics", text)
			require.NoError(t, err)
			assert.Equal(t, c.want, told(back))
			assert.Empty(t, back.Notes)
		})
	}
}

// The text is as Stackalytics has it.
func TestStackalyticsText(t *testing.T) {
	text, _ := writeAs(t, "stackalytics", &model.Table{
		People: []model.Person{{Identities: []string{"mail:a@x.example", "launchpad/a"}, Employment: []model.Employment{{Vendor: "A & B", From: on("2020-03-01")}}}},
		Bots:   []string{"mail:bot@x.example"},
	})
	assert.Equal(t, `{
    "companies": [
        {
            "company_name": "*independent",
            "domains": [
                ""
            ]
        }
    ],
    "users": [
        {
            "launchpad_id": "a",
            "user_name": "a",
            "emails": [
                "a@x.example"
            ],
            "companies": [
                {
                    "company_name": "Unknown",
                    "end_date": "2020-Mar-01"
                },
                {
                    "company_name": "A & B",
                    "end_date": null
                }
            ]
        },
        {
            "user_name": "bot@x.example",
            "emails": [
                "bot@x.example"
            ],
            "companies": [
                {
                    "company_name": "*robots",
                    "end_date": null
                }
            ]
        }
    ]
}
`, text)
}

func FuzzStackalytics(f *testing.F) {
	f.Add([]byte(`{"users": [{"launchpad_id": "a", "github_id": "b", "user_name": "A", "emails": ["a@x.example"], "companies": [{"company_name": "A", "end_date": "2020-Mar-01"}, {"company_name": "*independent", "end_date": null}]}], "companies": [{"company_name": "A", "domains": ["a.example"], "aliases": ["A SA"]}]}`))
	f.Add([]byte("\ufeff{\"repos\": {\"a\": [1, {}]}, \"users\": [{\"emails\": [\"a!x.example\", \"\xe9@y\"], \"companies\": [{\"company_name\": \"*robots\", \"end_date\": null}]}, 7]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if table, err := readAs(t, "stackalytics", string(text)); err == nil {
			requireSound(t, "stackalytics", table)
		} else {
			require.Nil(t, table)
			require.ErrorContains(t, err, "t.json")
		}
	})
}
