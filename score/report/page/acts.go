package page

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// acts are the rows of evidence, and what they can be filtered by.
type acts struct {
	Caption  string
	Rows     []row
	Projects []option
	Bidders  []option
	Rules    []option
	Measures []option // indicators
}

// row is an act. Filter holds the codes that it answers to, separated by spaces.
type row struct {
	Filter   string
	Act      string
	Of       string // the change that it belongs to
	Link     string
	Project  string
	Role     string
	Person   string
	Bidder   string
	Employer string
	Time     string // for machines
	Day      string
	Counted  bool
	Outcome  string
	Credit   string
	Amount   int64 // of all credits, in millionths, to sort by
	Rule     string
	Reason   said
}

// option is what acts can be filtered by.
type option struct{ Code, Text string }

// acts lays out the evidence; nil where the page shows none.
func (b *builder) acts(r *model.Ranking, s *Sample) *acts {
	if s == nil || len(s.Acts) == 0 {
		return nil
	}
	a := &acts{Caption: b.l.T("Acts, newest first")}
	used, reasons := map[string]bool{}, map[string]said{}
	for _, x := range s.Acts {
		if _, ok := reasons[x.Reason]; !ok {
			reasons[x.Reason] = b.say(x.Reason) // many acts share few reasons
		}
		line := b.row(x, reasons[x.Reason])
		for code := range strings.FieldsSeq(line.Filter) {
			used[code] = true
		}
		a.Rows = append(a.Rows, line)
	}
	options := func(prefix string, keys []string, name func(string) string) (list []option) {
		for _, key := range keys {
			if c := code1(prefix, key); used[c] {
				list = append(list, option{c, name(key)})
			}
		}
		return list
	}
	clipped := func(s string) string { return clip(s, mostName) }
	a.Projects = options("p", keysOf(s, func(x Act) []string { return []string{x.Project} }), clipped)
	a.Bidders = options("b", keysOf(s, func(x Act) []string { return x.Bidders }), b.bidder)
	a.Rules = options("r", keysOf(s, rulesOf), clipped)
	a.Measures = options("i", indicatorsInOrder(), func(i string) string { return b.indicator(model.Indicator(i)) })
	return a
}

// keysOf returns what the acts name, sorted.
func keysOf(s *Sample, of func(Act) []string) []string {
	all := map[string]bool{}
	for _, x := range s.Acts {
		for _, key := range of(x) {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func rulesOf(x Act) []string {
	if x.Rule == "" || slices.Contains(x.Touched, x.Rule) {
		return x.Touched
	}
	return append(slices.Clone(x.Touched), x.Rule)
}

func indicatorsInOrder() (list []string) {
	for _, m := range score.Metrics() {
		if !m.Months || m.Indicator == model.Stewardship {
			list = append(list, string(m.Indicator))
		}
	}
	return list
}

// code1 is the code by which a row answers to a filter: any text without white space would do.
func code1(prefix, key string) string {
	return prefix + strconv.FormatUint(uint64(hashOf(key)), 36)
}

// hashOf is FNV-1a. Two names with one code would only be filtered together.
func hashOf(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// filterOf is the filter that shows the acts behind a figure.
func filterOf(project, bidder string, i model.Indicator) string {
	return code1("p", project) + " " + code1("b", bidder) + " " + code1("i", string(i)) + " counted " + code1("c", string(i))
}

func (b *builder) row(x Act, reason said) row {
	codes := []string{code1("p", x.Project)}
	for _, id := range x.Bidders {
		codes = append(codes, code1("b", id))
	}
	for _, i := range x.Indicators {
		codes = append(codes, code1("i", string(i)))
	}
	for n, c := range x.Credits {
		if x.Claimed {
			break // it earned nothing for those whom it concerns
		}
		if n == 0 || c.Indicator != x.Credits[n-1].Indicator {
			codes = append(codes, code1("c", string(c.Indicator))) // it may have to do with another one, and earn nothing there
		}
	}
	for _, rule := range rulesOf(x) {
		codes = append(codes, code1("r", rule))
	}
	line := row{Act: actName(x.Artifact), Link: x.Link, Project: clip(x.Project, mostName), Role: b.role(x.Role), Person: x.Person,
		Bidder: b.bidders(x.Bidders), Employer: b.employer(x.Employer), Time: x.At.UTC().Format("2006-01-02T15:04Z"), Day: b.l.Date(x.At), Counted: x.Counted, Rule: clip(x.Rule, mostName), Reason: reason}
	if x.Change != "" && x.Change != x.Artifact {
		line.Of = actName(x.Change)
	}
	line.Outcome = b.words["refused"]
	if x.Counted {
		line.Outcome = b.words["counted"]
		codes = append(codes, "counted")
	} else {
		codes = append(codes, "refused")
	}
	line.Credit, line.Amount = b.credit(x.Credits)
	line.Filter = strings.Join(codes, " ")
	return line
}

// employer writes who employed the person, as [report.Vendors] does, in the page's language.
func (b *builder) employer(vendors string) string {
	list := strings.Split(vendors, ", ")
	for i, v := range list {
		if rest, ok := strings.CutPrefix(v, "unknown"); ok && (rest == "" || rest[0] == ' ') {
			list[i] = b.words["unknown"] + rest
		}
	}
	return strings.Join(list, ", ")
}

// actName shortens the name of a commit, as people do; its address has it whole.
func actName(a model.Artifact) string {
	if a.Kind() == model.CommitArtifact && len(a.Name()) >= 40 {
		return a.Kind() + ":" + a.Name()[:12]
	}
	return string(a)
}

// credit writes what an act earned.
func (b *builder) credit(list []model.Credit) (string, int64) {
	var texts []string
	all := int64(0)
	for n := 0; n < len(list); {
		c, sum := list[n], int64(0)
		for ; n < len(list) && list[n].Indicator == c.Indicator; n++ {
			sum += list[n].Amount // the months of a listing
		}
		all += sum
		texts = append(texts, b.indicator(c.Indicator)+" "+b.number(float64(sum)/model.Whole, 4))
	}
	return strings.Join(texts, ", "), all
}

// actsPart is the part of the page in which the acts stand.
func (b *builder) actsPart(s *Sample, only string) part {
	p := part{ID: "acts", Title: b.l.T("Acts, counted and refused")}
	if s == nil {
		p.Blocks = []block{{Text: &said{Text: b.l.T("This page shows no single acts.")}}}
		return p
	}
	p.Blocks = []block{{Text: &said{Text: b.shownActs(s, only)}}}
	if len(s.Acts) > 0 {
		p.Blocks = append(p.Blocks, block{Acts: true})
	}
	return p
}

// shownActs says which part of the acts the page shows.
func (b *builder) shownActs(s *Sample, only string) string {
	text := b.l.T("%s acts were read; %s of them earned something.", b.count(s.Read), b.count(s.Counted))
	if only != "" {
		text = b.l.T("%s acts concern %s; %s of them earned something. Those of others are not in this edition.", b.count(s.Read), b.bidder(only), b.count(s.Counted))
	}
	if s.Each == 0 {
		return text + " " + b.l.T("All of them are shown here.")
	}
	return text + " " + b.l.T("%s are shown here: of each project, bidder, indicator and outcome the first %s that were read. All of them stand in %s and evidence.jsonl.gz.", b.count(int64(len(s.Acts))), b.count(int64(s.Each)), report.TableFile(report.EvidenceTable, b.l))
}
