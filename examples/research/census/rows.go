package census

// The rows of the tables. The tags are the columns: their names, which are the same in CSV
// and Parquet, and what they mean. What may be empty is a pointer: an empty cell is unknown
// or does not apply, and never 0.

// actsRow is a row of acts.
type actsRow struct {
	Project      string  `parquet:"project" doc:"name of the project, as the list has it"`
	Organisation *string `parquet:"organisation,optional" doc:"who employed the people at the act: a vendor of the roster, or a mail domain; (one-person domains) stands for all mail domains together that no roster states and one person alone is behind, and is no organisation; empty where nobody knows, and for robots"`
	Actor        string  `parquet:"actor" doc:"person or robot"`
	Month        string  `parquet:"month" doc:"UTC, as 2026-11: of the acceptance of a commit, the publication of anything else"`
	Role         string  `parquet:"role" doc:"in which they acted: author, co-author, committer, reviewer, tester, acker, signer, reporter, merger, commander, releaser, backporter, triager, responder, maintainer, remediator, publisher"`
	Class        *string `parquet:"class,optional" doc:"of acts on commits, the class of files of which the commit changes most lines: binary, code, configuration, documentation, generated, lock, test, translation, vendored; empty for other acts and where the files are not known"`
	Acts         float64 `parquet:"acts" unit:"acts" doc:"acts in the window; what several repositories of a project hold, a commit or a tag of one name and second, is one act, of the repository that had it first; an act of somebody with two half-time employers is half an act of each. The month of a maintainer's listing is that in which it began"`
	Counted      float64 `parquet:"counted" unit:"acts" doc:"of these, those that the judge counted; it refuses duplicates, merges, what is trivial, too much at once, and more"`
	Credit       float64 `parquet:"credit" unit:"credits" doc:"what the judge credited for the month; units of change of method 1, see tender method"`
	People       int64   `parquet:"people" unit:"persons" doc:"persons behind the acts; those without a name are none. In the row (one-person domains), somebody counts once for each domain"`
}

// churnRow is a row of churn.
type churnRow struct {
	Project      string  `parquet:"project" doc:"name of the project"`
	Organisation *string `parquet:"organisation,optional" doc:"who employed the authors, as in acts; empty where nobody knows, and for robots"`
	Actor        string  `parquet:"actor" doc:"person or robot"`
	Month        string  `parquet:"month" doc:"UTC, of the acceptance"`
	Class        string  `parquet:"class" doc:"class of the files"`
	Files        float64 `parquet:"files" unit:"files" doc:"files touched by commits that are no merges, each in each commit once"`
	Added        float64 `parquet:"added" unit:"lines" doc:"lines added, by an exactly minimal difference; white space and comments too"`
	Deleted      float64 `parquet:"deleted" unit:"lines" doc:"lines deleted"`
}

// organisationRow is a row of organisations, over all projects.
type organisationRow struct {
	Organisation  *string `parquet:"organisation,optional" doc:"the organisation; the row without one is all people whose employer nobody knows, and the row (one-person domains) is all organisations that must not be named, as their names may be a person's"`
	Organisations *int64  `parquet:"organisations,optional" unit:"organisations" doc:"how many the row stands for: 1, or of (one-person domains) their number, each of which counts by itself in measures of concentration; empty where nobody knows"`
	Projects      int64   `parquet:"projects" unit:"projects" doc:"projects in which its people acted in the window"`
	People        int64   `parquet:"people" unit:"persons" doc:"its people; somebody who is in several projects by the same address is one"`
	Acts          float64 `parquet:"acts" unit:"acts" doc:"their acts, without robots'"`
	Commits       float64 `parquet:"commits" unit:"commits" doc:"commits that they wrote and that are no merges"`
	Share         float64 `parquet:"share" unit:"1" doc:"of all people's commits, those of unknown employers among them; 0 to 1"`
	Credit        float64 `parquet:"credit" unit:"credits" doc:"what the judge credited"`
	First         *string `parquet:"first_month,optional" doc:"the first month of the window in which they acted"`
	Last          *string `parquet:"last_month,optional" doc:"the last one"`
}

// coverageRow is a row of coverage.
type coverageRow struct {
	Project    string  `parquet:"project" doc:"name of the project"`
	Repository string  `parquet:"repository" doc:"address of the repository"`
	Source     *string `parquet:"source,optional" doc:"git, or the forge; empty for a gap"`
	Kind       string  `parquet:"kind" doc:"the kind of facts: commits, files, lines, churn, patches, reviews, merges, releases, advisories, issues, roles, heads; or gap: the repository could not be mined at all"`
	State      string  `parquet:"state" doc:"complete, partial or unavailable: an act that is not in the tables may then be one that could not be seen"`
	Reason     *string `parquet:"reason,optional" doc:"why it is not complete"`
}

// measureRow is a row of measures.
type measureRow struct {
	Project *string  `parquet:"project,optional" doc:"name of the project; empty for all of them together"`
	Measure string   `parquet:"measure" doc:"name of the measure, see measures.md"`
	Value   *float64 `parquet:"value,optional" doc:"its value; empty where it is not known, for the reason beside it"`
	Unit    string   `parquet:"unit" doc:"unit of the value"`
	N       int64    `parquet:"n" doc:"observations behind it"`
	State   string   `parquet:"state" doc:"how much of the facts the sources could show: complete, partial or unavailable"`
	Reason  *string  `parquet:"reason,optional" doc:"why there is no value, or why it is known in part only"`
}

// repositoryRow is a row of repositories.
type repositoryRow struct {
	Project    string  `parquet:"project" doc:"name of the project"`
	Repository string  `parquet:"repository" doc:"address of the repository"`
	Branch     *string `parquet:"branch,optional" doc:"the branch that was mined; empty where nothing could be"`
	Commit     *string `parquet:"commit,optional" doc:"the commit at its tip"`
	SWHID      *string `parquet:"swhid,optional" doc:"the same as an identifier of Software Heritage (ISO/IEC 18670), under which archive.softwareheritage.org may keep the history"`
}
