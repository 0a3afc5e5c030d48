package score

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// The parts of a document that move a score, by the names under which digests of them are
// printed. What is in none of them moves none: titles, names of the tender and the buyer,
// reasons, dates and authors of decisions, objections, keys that sign claims, what is
// accepted and justified.
//
// The same parts make two digests. The seal's takes them as they stood before the notice,
// so that whatever comes with the bids leaves it as it is. The method's, which every
// ranking bears, takes them as they were used, late vendors, rosters and decisions, mined
// tips and proposed thresholds included. Neither knows who bids.
const (
	sealMethod     = "method"     // version, rules and metrics with their words, the table of n, the printed text
	sealWindow     = "window"     // the months that count
	sealTerms      = "terms"      // mode, short-list, points, minimum points, level and minimum of evidence
	sealWeights    = "weights"    // of pillars and indicators
	sealRules      = "rules"      // parameters of the rules
	sealProjects   = "projects"   // their repositories with addresses, forges and declared branches
	sealTips       = "tips"       // the commit at which each branch is mined
	sealThresholds = "thresholds" // T of each project's indicators
	sealIndicators = "indicators" // which of them counted, as the sources could show them
	sealLots       = "lots"       // their projects with weights, and their points
	sealBots       = "bots"       // the printed list of robots, and the document's corrections
	sealVendors    = "vendors"    // names, mail domains and owners; domains that are a person's own
	sealRosters    = "rosters"    // who works for whom
	sealDecisions  = "decisions"  // what was decided, in the document's order
)

// sealOrder is the order in which parts are compared and told: what is mined first.
var sealOrder = [...]string{sealTips, sealThresholds, sealIndicators, sealWeights, sealRules, sealBots, sealRosters, sealMethod,
	sealWindow, sealTerms, sealProjects, sealLots, sealVendors, sealDecisions}

// bearing is what of a tender two digests take differently.
type bearing struct {
	vendors    []string
	rosters    map[string]string
	decisions  []string
	indicators map[string][]string
	tips       any
	thresholds any
}

// digests returns the digest of each part by its name.
func (b bearing) digests(t *model.Tender) map[string]string {
	return map[string]string{
		sealMethod:     digest(t.Method, common().rules, common().metrics, common().curve, common().text),
		sealWindow:     digest(t.Window),
		sealTerms:      digest(t.Mode, t.Shortlist, t.Points, t.MinimumPoints, t.Evidence, t.Minimum),
		sealWeights:    digest(t.Weights, t.Indicators),
		sealRules:      digest(t.Rules),
		sealProjects:   digest(addresses(t)),
		sealTips:       digest(b.tips),
		sealThresholds: digest(b.thresholds),
		sealIndicators: digest(b.indicators),
		sealLots:       digest(lots(t)),
		sealBots:       digest(common().bots, inOrder(t.Bots.Add), inOrder(t.Bots.Exempt)),
		sealVendors:    digest(employers(t, b.vendors), inOrder(t.Personal)),
		sealRosters:    digest(b.rosters),
		sealDecisions:  digest(verbs(t, b.decisions)),
	}
}

// methodDigest identifies how a ranking was made: SHA-256 over its parts as they were used.
func methodDigest(t *model.Tender, r *model.Ranking) string { return MethodBasisOf(t, r).Digest() }

// digest is the SHA-256 of a list of values in canonical form.
func digest(values ...any) string {
	h, before := sha256.New(), "["
	for _, v := range values {
		h.Write([]byte(before))
		before = ","
		form, ok := v.(canonical)
		if !ok {
			form = canonicalOf(v)
		}
		h.Write(form)
	}
	h.Write([]byte("]\n"))
	return hex.EncodeToString(h.Sum(nil))
}

// canonical is JSON without white space, with the keys of objects sorted, numbers as Go
// writes them and nothing escaped that need not be.
type canonical []byte

func canonicalOf(v any) canonical {
	text, err := json.Marshal(v)
	if err != nil {
		panic("score: a part of a document cannot be written: " + err.Error()) // numbers are checked on reading
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		panic("score: a part of a document cannot be read again: " + err.Error())
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(plain); err != nil {
		panic("score: a part of a document cannot be written: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// common is what is the same for all documents, in canonical form. It is most of what the
// digests are made of: written anew for each ranking it took a tenth of a small evaluation.
var common = sync.OnceValue(func() (f struct{ rules, metrics, curve, text, bots canonical }) {
	f.rules, f.metrics, f.curve, f.text = canonicalOf(Rules()), canonicalOf(Metrics()), canonicalOf(curve), canonicalOf(methodText)
	f.bots = canonicalOf(Bots())
	return f
})

// addresses returns where the projects live, without what is pinned and accepted there.
func addresses(t *model.Tender) map[string][]model.Repository {
	m := make(map[string][]model.Repository, len(t.Projects))
	for name, p := range t.Projects {
		for _, r := range p.Repositories {
			r.Tips = nil
			m[name] = append(m[name], r)
		}
	}
	return m
}

// pinned returns the tips that the document states, by project and repository.
func pinned(t *model.Tender) map[string]map[string]map[string]string {
	m := map[string]map[string]map[string]string{}
	for name, p := range t.Projects {
		m[name] = map[string]map[string]string{}
		for _, r := range p.Repositories {
			m[name][r.URL] = r.Tips
		}
	}
	return m
}

// statedThresholds returns the thresholds that the document states, by project.
func statedThresholds(t *model.Tender) map[string]map[model.Indicator]string {
	m := map[string]map[model.Indicator]string{}
	for name, p := range t.Projects {
		m[name] = map[model.Indicator]string{}
		for i := range p.Thresholds {
			m[name][i] = written(p.Thresholds, i)
		}
	}
	return m
}

// lots returns the lots without their titles.
func lots(t *model.Tender) []model.Lot {
	list := slices.Clone(t.Lots)
	for n := range list {
		list[n].Title = ""
	}
	return list
}

// employers returns some of the vendors without their keys: what these make of a claim
// stands in the rosters.
func employers(t *model.Tender, ids []string) map[string]*model.Vendor {
	m := map[string]*model.Vendor{}
	for _, id := range ids {
		m[id] = nil
		if v, ok := t.Vendors[id]; ok {
			v.Keys = nil
			m[id] = &v
		}
	}
	return m
}

// rosters returns the digest of what each roster states, by its file. People of a tender
// made by hand, who are in no file, come under "". A record states digests in place of rosters.
func rosters(t *model.Tender) map[string]string {
	m := map[string]string{}
	for part, sum := range t.Withheld {
		if file, ok := strings.CutPrefix(part, model.WithheldRoster); ok {
			m[file] = sum
		}
	}
	put := func(file string, of model.Tender) {
		sum := affiliation.Digest(&of)
		m[file] = hex.EncodeToString(sum[:])
	}
	rest := t.People
	for _, r := range t.Rosters {
		n := min(r.Persons, len(rest))
		put(r.File, model.Tender{People: rest[:n]})
		rest = rest[n:]
	}
	for _, b := range t.Tables {
		put(b.File, model.Tender{Tables: []model.Table{b}})
	}
	if len(rest) > 0 {
		put("", model.Tender{People: rest})
	}
	return m
}

// verbs returns what some of the decisions say, in the document's order: of two on one
// artifact the first may have the word.
func verbs(t *model.Tender, ids []string) []model.Decision {
	var list []model.Decision
	for _, d := range t.Decisions {
		if slices.Contains(ids, d.ID) {
			list = append(list, model.Decision{ID: d.ID, On: d.On, Rule: d.Rule, Decide: d.Decide, From: d.From, Until: d.Until})
		}
	}
	return list
}

func names(decisions []model.Decision) []string {
	list := make([]string, 0, len(decisions))
	for _, d := range decisions {
		list = append(list, d.ID)
	}
	return list
}

// counted returns the indicators that count in a ranking, by project.
func counted(r *model.Ranking) map[string][]string {
	m := map[string][]string{}
	for _, p := range r.Projects {
		m[p.ID] = []string{}
		for _, i := range p.Indicators {
			if i.Weight > 0 {
				m[p.ID] = append(m[p.ID], string(i.Pillar)+"/"+string(i.Indicator))
			}
		}
	}
	return m
}

// inOrder returns words sorted and in lower case, for lists whose order means nothing.
func inOrder(words []string) []string {
	list := make([]string, 0, len(words))
	for _, w := range words {
		list = append(list, strings.ToLower(w))
	}
	slices.Sort(list)
	return list
}
