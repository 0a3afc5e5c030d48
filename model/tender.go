package model

import (
	"maps"
	"slices"
	"time"
)

// Formats of the tender and people documents that this version reads and writes.
const (
	TenderFormat = "tributary/1"
	PeopleFormat = "tributary-people/1"
)

// WithheldRoster comes before a roster's file in [Tender.Withheld]; the others are whole keys.
const (
	WithheldRoster    = "rosters/"
	WithheldErased    = "erased"
	WithheldBots      = "bots"
	WithheldPersonal  = "personal_domains"
	WithheldDecisions = "decisions"
	// Of these parts only mail addresses in free texts are left out.
	WithheldVendors    = "vendors"    // in names
	WithheldThresholds = "thresholds" // in reasons why partial evidence is accepted
	WithheldLots       = "lots"       // in titles
)

// Tender is a tender document: what is bought, on which projects it depends, who
// bids, and by which method contribution is weighed. Start from [NewTender],
// which fills in method 1's defaults; the field tags are the document's keys.
type Tender struct {
	Format        string                           `json:"format" doc:"Document format and major version: tributary/1."`
	Method        int                              `json:"method" doc:"Version of the method whose defaults fill what is absent."`
	About         About                            `json:"tender" doc:"What this tender is."`
	Window        Window                           `json:"window" doc:"The months that count."`
	Mode          Mode                             `json:"mode" doc:"selection: all of a bidder's people count while they work for it. award: only bidders[].staff count, and their record follows them."`
	MinimumPoints float64                          `json:"minimum_points" doc:"Selection: points from which a bidder meets the criterion. 0 asks for nothing."`
	Shortlist     bool                             `json:"shortlist" doc:"Selection: show points and ranks too, to short-list."`
	Points        float64                          `json:"points" doc:"Points of a full score, per lot."`
	Evidence      Level                            `json:"evidence" doc:"Least level of evidence for an affiliation to count."`
	Minimum       Minimum                          `json:"minimum" doc:"Evidence below which a project's figure is marked insufficient."`
	Weights       map[Pillar]float64               `json:"weights" doc:"Weights of the pillars. 0 is off."`
	Indicators    map[Pillar]map[Indicator]float64 `json:"indicators" doc:"Weights of the indicators inside each pillar. 0 is off."`
	Rules         Rules                            `json:"rules" doc:"Parameters of the judge's rules."`
	Projects      map[string]Project               `json:"projects" doc:"The open source projects that the tender depends on, by a short name."`
	Lots          []Lot                            `json:"lots" doc:"What is awarded separately. Absent: one lot of all projects in equal parts."`
	Vendors       map[string]Vendor                `json:"vendors" doc:"Companies and other employers, by a short name."`
	Personal      []string                         `json:"personal_domains" doc:"Mail domains that are a person's own, and stand for no organisation."`
	Rosters       []Roster                         `json:"rosters" doc:"Documents that say who works for whom."`
	Bidders       Bidders                          `json:"bidders" doc:"Who bids, [] until bids are in; or the word all, which ranks every organisation found."`
	Bots          Bots                             `json:"bots" doc:"Corrections to the printed list of bots."`
	Decisions     []Decision                       `json:"decisions" doc:"Decisions of the buyer, applied last and printed first."`
	Seal          *Seal                            `json:"seal" doc:"What was fixed before the notice; written by tender seal."`
	// Withheld says what is left out of a document that records an evaluation, with its SHA-256: each
	// roster by its file, as "rosters/people.yaml"; erased, bots, personal_domains, decisions; and
	// vendors, thresholds and lots where a free text in them held a mail address.
	Withheld   map[string]string `json:"withheld" doc:"Of the record of an evaluation: what is left out because it is personal data, with its SHA-256. Such a document cannot be scored again."`
	ErasedFile string            `json:"erased" doc:"Path of the list of people whose identities must not be held, beside the tender document."`

	// People are the persons of all rosters in the form of [PeopleFormat], in the order
	// of the documents; Tables are those in other forms.
	People []Person `json:"-"`
	Tables []Table  `json:"-"`
	// Erased is the list of ErasedFile; nil without one.
	Erased *Erased `json:"-"`
}

// About names a tender.
type About struct {
	ID     string `json:"id" doc:"The buyer's reference."`
	Title  string `json:"title" doc:"What is bought."`
	Buyer  string `json:"buyer" doc:"Who buys."`
	Notice Date   `json:"notice" doc:"Day of publication, as 2026-12-01."`
}

// Window is the span of whole months that counts: [Until − Months, Until), UTC.
type Window struct {
	Until  Date `json:"until" doc:"First day after the window; the first of a month, as 2026-11-01."`
	Months int  `json:"months" doc:"Length in months."`
}

// Period returns the window's instants.
func (w Window) Period() Period {
	until := w.Until.Time()
	return Period{Since: until.AddDate(0, -w.Months, 0), Until: until}
}

// Mode says whose record counts for a bidder.
type Mode string

// The modes.
const (
	Selection Mode = "selection" // everybody, while they work for the bidder
	Award     Mode = "award"     // only the staff named in the bid, wherever they worked then
)

// Level is a level of evidence for an affiliation.
type Level string

// Levels returns the levels of evidence, highest first.
func Levels() []Level { return []Level{Confirmed, Domain, Listed, Imported, Profile} }

// The levels of evidence.
const (
	Confirmed Level = "confirmed" // by the vendor and by the person's own key or forge account
	Domain    Level = "domain"    // the vendor's own mail domain at that time
	Listed    Level = "listed"    // by the bidder
	Imported  Level = "imported"  // from a public table
	Profile   Level = "profile"   // self-typed
)

// Decided stands beside the levels: whom a decision of the document names.
const Decided Level = "decided"

// Reaches reports whether l is at least as strong as least.
func (l Level) Reaches(least Level) bool {
	i := slices.Index(Levels(), l)
	return i >= 0 && i <= slices.Index(Levels(), least)
}

// Minimum is the least evidence for a figure of one bidder in one project:
// Acts or Share, in at least Months months.
type Minimum struct {
	Acts   int     `json:"acts" doc:"Credited acts."`
	Share  float64 `json:"share" doc:"Or this part of all human acts of the project, from 0 to 1."`
	Months int     `json:"months" doc:"Months with a credited act."`
	Effect Effect  `json:"effect" doc:"mark: say so beside the figure. zero: the figure becomes 0."`
}

// Effect is what insufficient evidence does to a figure.
type Effect string

// The effects.
const (
	Mark Effect = "mark"
	Zero Effect = "zero"
)

// Rules are the parameters of the judge's rules.
type Rules struct {
	ChangesPerWeek int     `json:"changes-per-week" doc:"Changes of one person that count in a week of one project."`
	ActsPerDay     int     `json:"acts-per-day" doc:"Reviews, integrations and triages of one person, each, that count in a day of one project."`
	PortsPerDay    int     `json:"ports-per-day" doc:"Ports of one person that count in a day of one project."`
	Mate           float64 `json:"mate" doc:"Part of the credit lost on a change written wholly by people of the same group, from 0 to 1."`
	FloorActs      int     `json:"floor-acts" doc:"Credited acts in a project from which a person's acts count."`
	FloorMonths    int     `json:"floor-months" doc:"Months in which these acts lie, at least."`
	RevertDays     int     `json:"revert-days" doc:"Days within which a revert undoes the credit."`
	SmallText      float64 `json:"small-text" doc:"Credit of a small change to documentation or comments alone, from 0 to 1."`
	SmallTextLines int     `json:"small-text-lines" doc:"Lines, added and deleted together, up to which such a change is small."`
	ImportFiles    int     `json:"import-files" doc:"Files that a commit may add before it is the import of a foreign tree."`
	ImportLines    int     `json:"import-lines" doc:"Lines that a commit may add before it is one."`
}

// Project is an open source project: the unit of judging.
type Project struct {
	Repositories []Repository            `json:"repositories" doc:"Its repositories; the first is the canonical one."`
	Thresholds   map[Indicator]Threshold `json:"thresholds" doc:"T of each indicator: the credits that reach the full score. Absent: proposed from the project's own activity in the window."`
	Accept       []Acceptance            `json:"accept" doc:"Partial evidence, and gaps, that the buyer lives with."`
	Justify      []Justification         `json:"justify" doc:"Why an indicator that few organisations can reach is asked for all the same."`
	Reason       string                  `json:"reason" doc:"Why the tender depends on it; it stands in the published criterion."`
}

// Repository is where a part of a project lives.
type Repository struct {
	URL      string            `json:"url" doc:"https, ssh or file address, a path, or the path of a git bundle. Never with a password."`
	Web      string            `json:"web" doc:"Its https address on its forge, where url is a mirror or a clone. Absent: url."`
	Forge    string            `json:"forge" doc:"github, gitlab, gitea (also for Forgejo) or none. Absent: recognised by its host's name, else by what the host answers."`
	Branches []string          `json:"branches" doc:"Maintained branches, as names or globs such as 2.*.x, where * stands for any text without a slash and ** alone for every branch. Absent: the default branch."`
	Tips     map[string]string `json:"tips" doc:"The commit at which each branch is mined, pinned before the notice. The seal writes HEAD and refs/tags/ too: the main line's commit, and a digest of the window's version tags."`
}

// Address returns the repository's address on its forge.
func (r Repository) Address() string {
	if r.Web != "" {
		return r.Web
	}
	return r.URL
}

// Threshold is the number T of credits that reach an indicator's full score, or
// None where the indicator is dropped for all bidders.
type Threshold struct {
	T    float64
	None bool
}

// Acceptance says that partial evidence of a kind, or a gap, is accepted, and why.
type Acceptance struct {
	Kind       string `json:"kind" doc:"The indicator whose evidence is partial; or gap, of a repository that could not be mined whole."`
	Repository string `json:"repository" doc:"Of a gap: the repository's url."`
	Reason     string `json:"reason" doc:"Why the buyer lives with it."`
}

// GapKind is the kind of an [Acceptance] of a gap.
const GapKind = "gap"

// Accepts reports whether the project lives with what could not be mined of a repository.
func (p Project) Accepts(repository string) bool {
	return slices.ContainsFunc(p.Accept, func(a Acceptance) bool { return a.Kind == GapKind && a.Repository == repository })
}

// Justification says why an indicator is asked for although few organisations reach a
// quarter of its threshold, or one has most of its credits.
type Justification struct {
	Indicator Indicator `json:"indicator" doc:"The indicator."`
	Reason    string    `json:"reason" doc:"Why it is asked for."`
}

// Lot is a part of the tender that is awarded separately.
type Lot struct {
	ID       string             `json:"id" doc:"Short name, in quotes where it is a number."`
	Title    string             `json:"title" doc:"What the lot is about."`
	Points   *float64           `json:"points" doc:"Points of a full score in this lot. Absent: the tender's."`
	Projects map[string]float64 `json:"projects" doc:"Weights of the projects; normalised to a sum of 1."`
}

// Vendor is a company or another employer.
type Vendor struct {
	Name    string       `json:"name" doc:"Name as a person reads it."`
	Names   []VendorName `json:"names" doc:"Names under which imported tables know it, with the days on which they were the vendor's."`
	Domains []MailDomain `json:"domains" doc:"Mail domains, subdomains included, with the days on which they were the vendor's."`
	Parent  []Parent     `json:"parent" doc:"Who owns it, and from when."`
	Keys    []SigningKey `json:"keys" doc:"SSH keys that sign its claims."`
	Hosts   []string     `json:"hosts" doc:"Hosts of forges that it runs, beside those under its mail domains: what only they attest of its people does not count."`
}

// VendorName is a name that was a vendor's on the days [From, Until).
type VendorName struct {
	Name  string `json:"name" doc:"Such as Karst & Fils."`
	From  Date   `json:"from" doc:"First day. Absent: since ever."`
	Until Date   `json:"until" doc:"First day after. Absent: still."`
}

// SigningKey is an SSH key that was a vendor's on the days [From, Until).
type SigningKey struct {
	Key   string `json:"key" doc:"Public key in the form of OpenSSH, such as ssh-ed25519 AAAA…"`
	From  Date   `json:"from" doc:"First day. Absent: since ever."`
	Until Date   `json:"until" doc:"First day after. Absent: still."`
}

// MailDomain is a mail domain that was a vendor's on the days [From, Until).
type MailDomain struct {
	Name  string `json:"name" doc:"Such as karst.example."`
	From  Date   `json:"from" doc:"First day. Absent: since ever."`
	Until Date   `json:"until" doc:"First day after. Absent: still."`
}

// Parent is the owner of a vendor on the days [From, Until).
type Parent struct {
	Vendor string `json:"vendor" doc:"The owner's short name."`
	From   Date   `json:"from" doc:"First day. Absent: since ever."`
	Until  Date   `json:"until" doc:"First day after. Absent: still."`
}

// Roster refers to a document that says who works for whom.
type Roster struct {
	File    string `json:"file" doc:"Path beside the tender document."`
	Format  string `json:"format" doc:"tributary; or the form of an imported table."`
	Signers string `json:"signers" doc:"Of a claim: path of the file with the keys of persons, in the form of OpenSSH's allowed signers."`
	// Persons is how many of [Tender.People] a people document states; they stand there
	// in the order of the documents.
	Persons int `json:"-"`
}

// People is a people document.
type People struct {
	Format string   `json:"format" doc:"Document format and major version: tributary-people/1."`
	People []Person `json:"people" doc:"The persons."`
}

// Person is somebody with identities and employers.
type Person struct {
	ID         string       `json:"id" doc:"Short name, unique in the tender."`
	Identities []string     `json:"identities" doc:"mail:ADDRESS, or HOST:ID with the numeric id of a forge account, such as github:1234567."`
	Employment []Employment `json:"employment" doc:"Who employed the person, and when."`
}

// Employment is one employment on the days [From, Until).
type Employment struct {
	Vendor   string   `json:"vendor" doc:"The vendor's short name; or independent, academic."`
	From     Date     `json:"from" doc:"First day. Absent: since ever."`
	Until    Date     `json:"until" doc:"First day after. Absent: still."`
	Fraction *float64 `json:"fraction" doc:"Part of the working time, above 0 and at most 1. Absent: 1."`
	Level    Level    `json:"level" doc:"Level of evidence. Absent: listed."`
	Source   string   `json:"source" doc:"Where this is known from."`
}

// Employers that are no vendors.
const (
	Independent = "independent"
	Academic    = "academic"
)

// Bidders are those who bid, or everybody.
type Bidders struct {
	All  bool
	List []Bidder
}

// Bidder is a vendor or a consortium that bids.
type Bidder struct {
	ID             string   `json:"id" doc:"Short name."`
	Name           string   `json:"name" doc:"Name as a person reads it. Absent: the first vendor's."`
	Vendors        []string `json:"vendors" doc:"The bidder's vendors: one, or the members of a consortium."`
	Subcontractors []string `json:"subcontractors" doc:"Vendors whose capacity it relies on."`
	Lots           []string `json:"lots" doc:"Lots it bids for. Absent: all."`
	Staff          []string `json:"staff" doc:"Award: the persons named in the bid."`
}

// Bots corrects the printed list of bots.
type Bots struct {
	Add    []string `json:"add" doc:"Identities that are robots: mail:ADDRESS or HOST:ID."`
	Exempt []string `json:"exempt" doc:"Identities that are people, whatever the list says."`
}

// Decision is a decision of the buyer on one artifact, or on whom a person worked for
// on the days [From, Until).
type Decision struct {
	ID        string     `json:"id" doc:"Short name."`
	On        Artifact   `json:"on" doc:"The artifact, such as commit:SHA; or person:ID, with the id of a roster."`
	Rule      string     `json:"rule" doc:"The rule overruled."`
	Decide    string     `json:"decide" doc:"count, refuse, vendor: ID, or pending: an objection that is not decided yet."`
	From      Date       `json:"from" doc:"On a person: first day. Absent: since ever."`
	Until     Date       `json:"until" doc:"On a person: first day after. Absent: still."`
	Reason    string     `json:"reason" doc:"Why."`
	By        string     `json:"by" doc:"Who decided."`
	At        Date       `json:"at" doc:"When."`
	Objection *Objection `json:"objection" doc:"The objection that was decided."`
}

// Pending is a decision that is still to be made: nothing changes, and no result is official.
const Pending = "pending"

// Objection is what somebody held against a verdict.
type Objection struct {
	By   string `json:"by" doc:"Who objects."`
	At   Date   `json:"at" doc:"When."`
	Text string `json:"text" doc:"What is objected to."`
}

// NewTender returns a tender with the defaults of method 1 and nothing else.
func NewTender() *Tender {
	t := &Tender{
		Format:     TenderFormat,
		Method:     1,
		Window:     Window{Months: 36},
		Mode:       Selection,
		Points:     100,
		Evidence:   Domain,
		Minimum:    Minimum{Acts: 10, Share: 0.10, Months: 3, Effect: Mark},
		Weights:    map[Pillar]float64{},
		Indicators: map[Pillar]map[Indicator]float64{},
		Rules: Rules{ChangesPerWeek: 15, ActsPerDay: 10, PortsPerDay: 3, Mate: 0.5,
			FloorActs: 3, FloorMonths: 2, RevertDays: 90,
			SmallText: 0.25, SmallTextLines: 10, ImportFiles: 200, ImportLines: 20000},
	}
	for _, p := range Pillars() {
		t.Weights[p.Name] = p.Weight
		t.Indicators[p.Name] = map[Indicator]float64{}
		for _, i := range p.Indicators {
			t.Indicators[p.Name][i.Name] = i.Weight
		}
	}
	return t
}

// ProjectNames returns the short names of the projects, sorted.
func (t *Tender) ProjectNames() []string { return slices.Sorted(maps.Keys(t.Projects)) }

// Share returns the employment's part of the working time.
func (e Employment) Share() float64 {
	if e.Fraction == nil {
		return 1
	}
	return *e.Fraction
}

// Within reports whether t lies on the days [from, until), a zero day being open.
func Within(t time.Time, from, until Date) bool {
	d := DateOf(t)
	return (from == 0 || d >= from) && (until == 0 || d < until)
}
