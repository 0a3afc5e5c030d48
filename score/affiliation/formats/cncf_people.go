package formats

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// cncfSpan is one employer of one account, as a table of the CNCF has it.
type cncfSpan struct {
	vendor      string // "" where none is known; such a span ends the one before, and is no employment
	from, until model.Date
	stated      bool // the table itself says when it begins
	place       int  // line or object
	source      int  // index into cncfSources
}

// cncfFirst and cncfLast write an open bound as a day that can be compared.
func cncfFirst(d model.Date) model.Date {
	if d == 0 {
		return math.MinInt32
	}
	return d
}

func cncfLast(d model.Date) model.Date {
	if d == 0 {
		return math.MaxInt32
	}
	return d
}

// cncfFollow lets a span whose beginning is not stated begin where the last one before
// it ends, whatever their order. Both tables are kept beside maps of gitdm, which state
// ends alone: there, too, an employer's time begins where the one before ends.
func cncfFollow(spans []cncfSpan) {
	var ends []model.Date
	for _, s := range spans {
		if s.until != 0 {
			ends = append(ends, s.until)
		}
	}
	slices.Sort(ends)
	for i := range spans {
		n, _ := slices.BinarySearch(ends, cncfLast(spans[i].until))
		if !spans[i].stated && n > 0 {
			spans[i].from = ends[n-1]
		}
	}
}

// cncfCluster is what a table says of one account of GitHub.
type cncfCluster struct {
	login string
	mails []string
	spans []cncfSpan
}

// cncfClusters are accounts by their name in lower case: GitHub's names know no case.
type cncfClusters map[string]*cncfCluster

// at returns the cluster of an account. Of several spellings of its name, the first in
// the order of bytes holds.
func (c cncfClusters) at(login string) *cncfCluster {
	key := strings.ToLower(login)
	if c[key] == nil {
		c[key] = &cncfCluster{login: login}
	}
	c[key].login = min(c[key].login, login)
	return c[key]
}

// people returns the clusters as persons, sorted by their ids. The source of an employment
// is what source says of its span. Of each person at most one overlap and one employment
// that a stronger source overrules is remarked on, with its place.
func (c cncfClusters) people(source func(cncfSpan) string, remark func(place int, text string)) []model.Person {
	people := make([]model.Person, 0, len(c))
	for _, key := range slices.Sorted(maps.Keys(c)) {
		cluster := c[key]
		ids := append(make([]string, 0, len(cluster.mails)+1), "github/"+cluster.login)
		for _, mail := range cncfDistinct(cluster.mails) {
			ids = append(ids, "mail:"+mail)
		}
		spans, overruled := cncfStrongest(cluster.spans)
		if overruled > 0 {
			remark(overruled, "a stronger source of the same account says otherwise, and overrules this")
		}
		if i := cncfOverlap(spans); i >= 0 {
			remark(spans[i].place, "an employment here overlaps another one of the same account")
		}
		p := model.Person{ID: ids[0], Identities: ids, Employment: make([]model.Employment, 0, len(spans))}
		for _, s := range spans {
			p.Employment = append(p.Employment, model.Employment{Vendor: s.vendor, From: s.from, Until: s.until, Source: source(s)})
		}
		people = append(people, p)
	}
	slices.SortFunc(people, func(a, b model.Person) int { return strings.Compare(a.ID, b.ID) })
	return people
}

// cncfDistinct returns mail addresses sorted, each once; of several spellings of one, the
// first in the order of bytes.
func cncfDistinct(mails []string) []string {
	slices.Sort(mails)
	seen := make(map[string]bool, len(mails))
	return slices.DeleteFunc(mails, func(mail string) bool {
		key, before := strings.ToLower(mail), len(seen)
		seen[key] = true
		return len(seen) == before
	})
}

// cncfStrongest returns the spans of the strongest source that names an employer, sorted,
// each once, and the first place where a weaker one says something else, else 0.
func cncfStrongest(spans []cncfSpan) (strongest []cncfSpan, overruled int) {
	slices.SortFunc(spans, func(a, b cncfSpan) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cncfCompare(a, b), cmp.Compare(a.place, b.place))
	})
	for _, s := range spans {
		n := len(strongest)
		switch {
		case s.vendor == "" || n > 0 && s.source == strongest[0].source && cncfCompare(s, strongest[n-1]) == 0:
		case n == 0 || s.source == strongest[0].source:
			strongest = append(strongest, s)
		default:
			if _, said := slices.BinarySearchFunc(strongest, s, cncfCompare); !said && (overruled == 0 || s.place < overruled) {
				overruled = s.place
			}
		}
	}
	return strongest, overruled
}

// cncfCompare orders spans by their days and employers.
func cncfCompare(a, b cncfSpan) int {
	return cmp.Or(cmp.Compare(cncfFirst(a.from), cncfFirst(b.from)), cmp.Compare(cncfLast(a.until), cncfLast(b.until)), strings.Compare(a.vendor, b.vendor))
}

// cncfOverlap returns the index of the first of sorted spans that overlaps one before it
// with another employer, and -1 where none does.
func cncfOverlap(spans []cncfSpan) int {
	var reach cncfSpan // what reaches furthest; until the first overlap there is one such
	for i, s := range spans {
		if i > 0 && cncfFirst(s.from) < cncfLast(reach.until) && s.vendor != reach.vendor {
			return i
		}
		if i == 0 || cncfLast(s.until) > cncfLast(reach.until) {
			reach = s
		}
	}
	return -1
}

// cncfLogin reports whether a text can be the name of an account of GitHub: letters,
// digits and hyphens; underscores of accounts that a company manages; [bot] of programs.
func cncfLogin(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_[]") == ""
}

// cncfHidden writes a mail address as the tables do, against harvesters.
func cncfHidden(mail string) string {
	if strings.Contains(mail, "!") {
		return mail // could not be told from the @
	}
	return strings.ReplaceAll(mail, "@", "!")
}

// byPlace sorts the notes by where they stand.
func (n *notes) byPlace() {
	slices.SortStableFunc(n.list, func(a, b model.Note) int { return cmp.Compare(a.Line, b.Line) })
}
