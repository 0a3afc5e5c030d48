package profile

// Profiles returns the profiles that are known.
func Profiles() []Profile { return []Profile{gitdm(), stackalytics(), osci(), chaoss()} }

const gitdmCode = "gitdm as OpenStack kept it, github.com/openstack-infra/gitdm at 547072d: "

func gitdm() Profile {
	return Profile{
		Name: "gitdm", Title: "The git data miner of Jonathan Corbet, as the kernel's and OpenStack's figures were made with",
		Unit: "changesets by employer", Source: "git://git.lwn.net/gitdm.git; " + gitdmCode + "README, gitdm, ConfigFile.py",
		Robots: true,
		Rules: []Rule{
			{"what is counted", "each commit that the reader of git log sends, once for its author", gitdmCode + "gitdm, main loop", "a commit that several repositories hold counts in each"},
			{"merges", "left out", gitdmCode + "gitdm: if not p.merge", ""},
			{"co-authors", "have no part", gitdmCode + "gitdm, grabpatch", ""},
			{"period", "what git log is told: a range of revisions, or dates of its choice", gitdmCode + "README, RUNNING GITDM", "the range, where one is named; otherwise the author's date in the window"},
			{"robots", "count, unless the caller leaves them out", gitdmCode + "gitdm", ""},
			{"employer", "of the address at the author's date, by lists of addresses and domains; otherwise unknown", gitdmCode + "gitdm: p.author.emailemployer (p.email, p.date)", "the rosters of the document, at any level of evidence"},
			{"lines", "are a table of their own, the larger of added and deleted; they do not touch the changesets", gitdmCode + "gitdm", "research gitdm has them"},
		},
	}
}

const stackalyticsCode = "github.com/openstack-archive/stackalytics at f6f54be: stackalytics/processor/"

func stackalytics() Profile {
	return Profile{
		Name: "stackalytics", Title: "Stackalytics, the statistics of OpenStack, metric commits",
		Unit: "commits by company, one for each author and co-author", Source: stackalyticsCode + "vcs.py, record_processor.py, user_processor.py",
		CoAuthors: true, Once: true,
		Rules: []Rule{
			{"what is counted", "each commit of git log, by its id: once, whatever branches and repositories hold it", stackalyticsCode + "record_processor.py: primary_key", ""},
			{"merges", "left out", stackalyticsCode + "vcs.py: git log --no-merges", ""},
			{"co-authors", "each author and co-author has a record of the whole commit", stackalyticsCode + "record_processor.py, _process_commit", "trailers Co-authored-by and Co-developed-by; the original reads Co-Authored-By, Also-By and Co-Author"},
			{"period", "the author's date", stackalyticsCode + "vcs.py: date is %at", ""},
			{"robots", "companies of the name *robots in its data are left out of commits without co-authors", stackalyticsCode + "record_processor.py, _process_commit", "whoever our printed list, the document and rosters call no person is left out, everywhere"},
			{"machine commits", "those with the subject Update git submodules are left out", stackalyticsCode + "vcs.py", "they count here: on Gerrit a robot wrote them"},
			{"employer", "of the person at the author's date; after the last end that is stated, the domain of the address has the word; who is unknown is *independent", stackalyticsCode + "user_processor.py, get_company_for_date", "the rosters of the document; who is unknown is unknown, not independent"},
		},
	}
}

const osciCode = "github.com/epam/OSCI at 6860e18: "

func osci() Profile {
	return Profile{
		Name: "osci", Title: "Open Source Contributor Index of EPAM",
		Unit: "commits by company, of its ranking of commits; and people with at least 1 and at least 10 commits", Source: osciCode + "README.md, osci/",
		Merges: true, Robots: true, Once: true, Accepted: true, Domain: true, Community: []int64{1, 10},
		Rules: []Rule{
			{"what is counted", "each commit of GitHub's push events as GH Archive keeps them, once by its id", osciCode + "osci/crawlers/github/events/push.py, osci/transformers/filter_duplicates.py", "each commit of the branches that the document declares. A push event names at most 20 commits and pushes to every branch of every fork, so the published figure is another one"},
			{"merges", "count", osciCode + "no filter of them", ""},
			{"co-authors", "have no part", osciCode + "osci/crawlers/github/events/push.py", ""},
			{"period", "the time of the push, from the beginning of the year", osciCode + "push.py: event_created_at; jobs/osci_ranking.py", "the time of acceptance in the window: git knows no pushes"},
			{"robots", "count; a list of blocked accounts has one line", osciCode + "osci/blacklist/blacklist.yml", ""},
			{"employer", "the domain of the author's address, by a list of companies without dates; who is not on it is left out", osciCode + "osci/preprocess/match_company/", "the domains of the document's vendors as of the end of the window, otherwise the registrable part of the domain; public mail is unknown, and shown"},
			{"people", "its index ranks companies by the addresses with 10 commits and more (active), beside those with 1 and more (total)", osciCode + "osci/jobs/osci_ranking.py", "shown beside the waterfall: people are no commits, and no rule leads from one to the other"},
			{"repositories", "those without a licence that it knows are left out of a table of their own", osciCode + "osci/filter/filter_unlicensed.py", "not looked at"},
		},
	}
}

const chaossPage = "https://chaoss.community/kb/metric-code-changes-commits/"

func chaoss() Profile {
	return Profile{
		Name: "chaoss", Title: "CHAOSS metric Code Changes Commits, by groups of actors: employer; with its defaults",
		Unit: "commits by organization", Source: chaossPage + "; https://chaoss.community/kb/metric-organizational-diversity/",
		Merges: true, Robots: true,
		Rules: []Rule{
			{"what is counted", "each commit of git, for its author; all files are source code", chaossPage + ", Mandatory parameters; Criteria for source code, by default all files", ""},
			{"merges", "count (include merge commits: true by default)", chaossPage, ""},
			{"empty commits", "count (include empty commits: true by default)", chaossPage, ""},
			{"period", "the author's date (date type: author date by default)", chaossPage, ""},
			{"robots", "count; they may be left out as actors", chaossPage + ", Filters", ""},
			{"employer", "a grouping of actors after those of one person were merged", chaossPage + ", Filters; metric-organizational-diversity", "the rosters of the document at the author's date, at any level of evidence"},
		},
	}
}
