package formats_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestSortinghat(t *testing.T) {
	person := func(enrollments string) string {
		return "{\"uidentities\": {\n\"1\": {\"identities\": [{\"email\": \"ada@x.example\"}], \"enrollments\": [" + enrollments + "]}}}"
	}
	job := func(org, start, end string) string {
		return `{"organization": "` + org + `", "start": "` + start + `", "end": "` + end + `", "uuid": "1"}`
	}
	const (
		who    = "mail:ada@x.example = mail:ada@x.example |"
		unsaid = "- t.json:2: an enrollment has a day that cannot be said; write it as 2026-11-01T00:00:00, from 1900 to 2100\n"
		noon   = "t.json:2: an enrollment begins or ends in the middle of a day; its days are taken, the last one excluded\n"
	)
	runReadCases(t, "sortinghat", map[string]readCase{
		"one person of several identities": {`{"uidentities": {"1": {"uuid": "1", "profile": null, "enrollments": [], "identities": [
			{"source": "git", "email": "Ada@x.example", "username": null}, {"source": "github", "email": " ada@x.example ", "username": "Ada-L"},
			{"source": "GitLab", "email": null, "username": "ada"}, {"source": "mbox", "email": "a!y.example", "username": ""},
			{"source": "gerrit", "username": "ada2"}, {"source": "gerrit", "username": "ada3"}, {"source": "a@x.example", "username": "ada"},
			{"source": "github", "username": "a da", "email": "ada"}]}}}`,
			"github/Ada-L = github/Ada-L gitlab.com/ada mail:Ada@x.example mail:a@y.example |\n",
			"t.json:1: account names of the source gitlab are taken for those of gitlab.com\n" +
				"t.json:1: account names of the source gerrit are of no forge that is known here; they are not read\n" +
				"t.json:1: account names of the source without a plain name are of no forge that is known here; they are not read\n" +
				"- t.json:1: a mail address here has not one @ with text on both sides, or signs that no address has\n" +
				"- t.json:1: the name of an account of github has signs that no such name has\n"},
		"open": {person(job("Karst", "1900-01-01T00:00:00", "2100-01-01T00:00:00") + "," + job("Unknown", "1900-01-01T00:00:00", "2100-01-01T00:00:00")),
			who + " Karst [,)\n", ""},
		"null is open": {person(`{"organization": "Karst", "start": null}`), who + " Karst [,)\n", ""},
		"handed over": {person(job("B", "2020-03-01T00:00:00", "2021-01-01 00:00:00") + "," + job("A", "1970-01-01", "2020-03-01T00:00:00+02:00")),
			who + " A [,2020-03-01) B [2020-03-01,2021-01-01)\n", ""},
		"times of the day": {person(job("A", "2019-01-01T12:00:00", "2020-03-01T23:59:59.5")), who + " A [2019-01-01,2020-03-01)\n", noon},
		"noon":             {person(job("A", "2019-01-01T12:00:00", "2020-03-01")), who + " A [2019-01-01,2020-03-01)\n", noon},
		"twice":            {person(job("A", "2019-01-01", "") + "," + job(" A ", "2019-01-01", "2100-12-31")), who + " A [2019-01-01,)\n", ""},
		"overlap": {person(job("A", "", "") + "," + job("B", "2019-01-01", "2020-01-01")), who + " A [,) B [2019-01-01,2020-01-01)\n",
			"t.json:2: employers of this person overlap; all are kept\n"},
		"overlap with the longest": {person(job("A", "", "2019-01-01") + "," + job("A", "2018-01-01", "2022-01-01") + "," + job("B", "2021-01-01", "")),
			who + " A [,2019-01-01) A [2018-01-01,2022-01-01) B [2021-01-01,)\n", "t.json:2: employers of this person overlap; all are kept\n"},
		"no overlap of one": {person(job("A", "", "2021-01-01") + "," + job("A", "2019-01-01", "2020-01-01")), who + " A [,2021-01-01) A [2019-01-01,2020-01-01)\n", ""},
		"days that cannot be said": {person(job("A", "1899-12-31", "") + "," + job("B", "2100-01-01", "") + "," + job("C", "", "1900-01-01") + "," +
			job("D", "", "1970-01-01") + "," + job("E", "", "soon") + "," + job("F", "2101-01-01", "")), who + "\n", strings.Repeat(unsaid, 6)},
		"backwards": {person(job("A", "2020-01-01", "2020-01-01T08:00:00") + "," + job("A", "2020-01-02", "2020-01-01")), who + "\n",
			strings.Repeat("- t.json:2: an enrollment ends before or on the day of its start\n", 2)},
		"no text": {person(job(`A\u0007`, "", "")), who + "\n", "- t.json:2: an enrollment names an organization by what is no text\n"},
		"robots": {"{\"uidentities\": {\"1\": {\"profile\": {\"is_bot\": true}, \"identities\": [{\"email\": \"b@x.example\"}, {\"email\": \"a@x.example\"}], \"enrollments\": [" + job("A", "", "") + "]},\n" +
			"\"2\": {\"profile\": {\"is_bot\": false}, \"identities\": [{\"email\": \"c@x.example\"}]}}}",
			"mail:c@x.example = mail:c@x.example |\nrobot mail:a@x.example\nrobot mail:b@x.example\n", "t.json:1: the organizations of a robot are not read\n"},
		"the blacklist stands behind": {`{"uidentities": {"1": {"identities": [{"email": "Root@x.example", "source": "github", "username": "ada"}, {"email": "ada@x.example"}, {"source": "github", "username": "build"}, {"source": "github", "username": "eve"}]}},
			"blacklist": ["root@x.example ", "BUILD", "Ada Lovelace", 7, ""]}`, "github/eve = github/eve mail:ada@x.example |\n",
			"- t.json:1: left out, as the blacklist says that they are nobody's: identities (2)\n" +
				"- t.json:2: an entry of the blacklist is left out, as a part of it is no text, list or truth value where the form has one\n"},
		"one address, two persons": {"{\"uidentities\": {\"1\": {\"identities\": [{\"email\": \"a@x.example\"}]},\n\"2\": {\"identities\": [{\"email\": \"A@x.example\"}]}}}",
			"mail:A@x.example = mail:A@x.example |\nmail:a@x.example = mail:a@x.example |\n",
			"t.json:2: an address or account here stands in the entry at line 1 too; which one it belongs to is not said\n"},
		"nobody": {`{"uidentities": {"1": {"identities": []}, "2": 7}}`, "",
			"- t.json:1: a unique identity is left out, as a part of it is no text, list or truth value where the form has one\n" +
				"- t.json:1: this entry has no address and no account that can be used\n"},
		"organizations": {`{"organizations": {"Karst": [{"domain": "Karst.example", "is_top": true}, {"domain": "lab.karst.example", "is_top": false}, {"domain": "x.example"}, {"domain": "x", "is_top": true}],
			"Delta": [{"domain": "karst.example", "is_top": true}], "Empty": [], "Unknown": [{"domain": "y.example", "is_top": true}], "Bell\u0007": [{"domain": "y.example", "is_top": true}], "No": {}}}`,
			"karst.example is Delta [,) exact false\nkarst.example is Karst [,) exact false\nlab.karst.example is Karst [,) exact true\n",
			"- t.json:1: a domain here does not say whether its subdomains are meant (is_top)\n" +
				"- t.json:1: a mail domain here is not of the form karst.example\n" +
				"t.json:2: a mail domain here is another employer's too, at line 1 or elsewhere; both are kept\n" +
				strings.Repeat("- t.json:2: the domains of what has no name are left out\n", 2) +
				"- t.json:2: an organization is left out, as a part of it is no text, list or truth value where the form has one\n"},
	})
}

// What a profile says on sex, age or country is not even decoded: whatever stands there
// changes nothing, and in no shape is it a fault.
func TestSortinghatReadsNothingPersonal(t *testing.T) {
	text := func(profile, identity string) string {
		return `{"uidentities": {"1": {"profile": {"is_bot": false` + profile + `}, "identities": [{"email": "ada@x.example"` + identity + `}], "enrollments": [{"organization": "Karst"}]}}}`
	}
	want, err := readAs(t, "sortinghat", text("", ""))
	require.NoError(t, err)
	require.Len(t, want.People, 1)
	for _, shape := range []string{`"female"`, `null`, `7`, `{"code": "KR", "alpha3": ["KOR"]}`, `[[{}]]`, `true`} {
		profile, identity := "", ""
		for _, key := range []string{"gender", "gender_acc", "country", "country_code", "age", "name", "email"} {
			profile += `, "` + key + `": ` + shape
		}
		for _, key := range []string{"gender", "country", "name", "timezone"} {
			identity += `, "` + key + `": ` + shape
		}
		got, err := readAs(t, "sortinghat", text(profile, identity))
		require.NoError(t, err)
		assert.Equal(t, want, got, shape)
	}
}

func TestSortinghatWrites(t *testing.T) {
	half := 0.5
	for name, c := range map[string]struct {
		table       model.Table
		want, notes string
	}{
		"employments": {model.Table{People: []model.Person{{Identities: []string{"mail:a@x.example"}, Employment: []model.Employment{
			{Vendor: "A", Level: model.Confirmed}, {Vendor: "B", Fraction: &half}, {Vendor: "C", Level: model.Profile}, {Vendor: "n/a"},
			{Vendor: "D", From: on("1900-12-31")}, {Vendor: "E", Until: on("2100-01-01")}, {Vendor: "F", From: on("1901-01-01"), Until: on("2099-12-31")}, {Vendor: "F", From: on("1901-01-01"), Until: on("2099-12-31"), Source: "s"}}}}},
			"mail:a@x.example = mail:a@x.example | A [,) F [1901-01-01,2099-12-31)\n",
			"- sortinghat: left out: employments by employers whose name would be read as another (1)\n" +
				"- sortinghat: left out: employments that are a part of the working time (1)\n" +
				"- sortinghat: left out: employments that are only self-typed (1)\n" +
				"- sortinghat: left out: employments without an employer, a day that can be written or a part of the working time (2)\n" +
				"sortinghat: employments written without their level of evidence (1)\n"},
		"the rest": {model.Table{People: []model.Person{{Identities: []string{"launchpad/a", "github:7"}}, {Identities: []string{"github/b"}}}, Bots: []string{"launchpad/bot", "github/b", "github/bot"},
			Names: make([]model.EmployerName, 2), Aliases: make([]model.Alias, 1)},
			"robot github/b\nrobot github/bot\n",
			"- sortinghat: left out: aliases of addresses (1)\n" +
				"- sortinghat: left out: further names of employers (2)\n" +
				"- sortinghat: left out: identities that several persons state, or a robot too (1)\n" +
				"- sortinghat: left out: identities that the form cannot hold (2)\n" +
				"- sortinghat: left out: persons without an identity that the form can hold (2)\n" +
				"- sortinghat: left out: robots whose identity the form cannot hold (1)\n"},
		"domains": {model.Table{Domains: []model.DomainTenure{{Domain: "A.example", Employer: "A"}, {Domain: "a.example", Employer: "A"}, {Domain: "b.example", Employer: "A"}, {Domain: "b.example", Employer: "B"},
			{Domain: "c.example", Employer: "A", From: 5}, {Domain: "com", Employer: "A"}, {Domain: "d.example", Employer: "n/a"}}},
			"a.example is A [,) exact false\n",
			"- sortinghat: left out: mail domains that the form cannot hold (2)\n- sortinghat: left out: mail domains with days, or stated in several ways (3)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text, notes := writeAs(t, "sortinghat", &c.table)
			assert.LessOrEqual(t, strings.Count(text, `"organization": "F"`), 1)
			assert.Equal(t, c.notes, remarks(notes))
			back, err := readAs(t, "sortinghat", text)
			require.NoError(t, err)
			assert.Equal(t, c.want, told(back))
			assert.NotContains(t, remarks(back.Notes), "- ")
		})
	}
}

// The text has every key that SortingHat asks for. The identifiers are the SHA-1 of
// "unknown:a@x.example:none:none" and "github:none:none:bot", which can be checked with
// printf and sha1sum.
func TestSortinghatText(t *testing.T) {
	text, _ := writeAs(t, "sortinghat", &model.Table{
		People: []model.Person{{Identities: []string{"mail:A@x.example"}, Employment: []model.Employment{{Vendor: "A & B", From: on("2020-03-01")}}}},
		Bots:   []string{"github/bot"},
	})
	assert.Equal(t, `{
    "blacklist": [],
    "organizations": {
        "A & B": []
    },
    "source": null,
    "uidentities": {
        "ROBOT": {
            "enrollments": [],
            "identities": [
                {
                    "email": null,
                    "id": "ROBOT",
                    "name": null,
                    "source": "github",
                    "username": "bot",
                    "uuid": "ROBOT"
                }
            ],
            "profile": {
                "country": null,
                "email": null,
                "gender": null,
                "gender_acc": null,
                "is_bot": true,
                "name": null,
                "uuid": "ROBOT"
            },
            "uuid": "ROBOT"
        },
        "PERSON": {
            "enrollments": [
                {
                    "end": "2100-01-01T00:00:00",
                    "organization": "A & B",
                    "start": "2020-03-01T00:00:00",
                    "uuid": "PERSON"
                }
            ],
            "identities": [
                {
                    "email": "A@x.example",
                    "id": "PERSON",
                    "name": null,
                    "source": "unknown",
                    "username": null,
                    "uuid": "PERSON"
                }
            ],
            "profile": null,
            "uuid": "PERSON"
        }
    }
}
`, strings.NewReplacer("981682366bceb5daba2f3c3fdc47a9dff0b7cf97", "PERSON", "5abe0b1ab80947b650ce85ecbb657b60ba409e97", "ROBOT").Replace(text))
}

func FuzzSortinghat(f *testing.F) {
	f.Add([]byte(`{"blacklist": ["b"], "organizations": {"A": [{"domain": "a.example", "is_top": true}]}, "uidentities": {"1": {"profile": {"is_bot": false}, "identities": [{"email": "a@x.example", "source": "github", "username": "a"}], "enrollments": [{"organization": "A", "start": "1900-01-01T00:00:00", "end": "2020-03-01T00:00:00"}, {"organization": "Independent", "start": "2020-03-01 01:00:00", "end": "2100-01-01T00:00:00+02:00"}]}}}`))
	f.Add([]byte("{\"uidentities\": {\"1\": {\"profile\": {\"is_bot\": true}, \"identities\": [{\"source\": \"gitlab\", \"username\": \"b\"}, {\"email\": \"\xe9!y\"}]}, \"2\": 7}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if table, err := readAs(t, "sortinghat", string(text)); err == nil {
			requireSound(t, "sortinghat", table)
		} else {
			require.Nil(t, table)
			require.ErrorContains(t, err, "t.json")
		}
	})
}
