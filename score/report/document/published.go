package document

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Difference is a passage of a tender's criterion that a published text lacks or gives with
// other numbers or names.
type Difference struct {
	Keys  []string // of the parameters that are concerned, see [Parameter]; none where it is a number of the method
	Lacks []string // the numbers and names that the published text lacks, as they are compared
	Want  string   // the passage as it is made from the document
	Found string   // the nearest passage of the published text; "" where none is near
}

// How alike two passages must be, as the part of the words of the one that the other holds:
// to be taken for the same where all numbers agree, and where they do not.
const (
	leastAlike = 0.3
	nearAlike  = 0.6
)

// leastWord is how long a word is that tells one passage from another, in letters.
const leastWord = 4

// ComparePublished holds a text, in Markdown, HTML or plain, against the criterion of a
// tender, as whoever edited it may have changed more than words. Each passage of the
// criterion that has a parameter or another number in it is looked for in the text by its
// words, and there all of these must stand, in this order. Words alone may differ, and
// passages may be joined, cut out of a table, or stand elsewhere. It is compared in the
// language that it agrees with best. Differences are in the criterion's order.
//
// A passage that was turned round may be listed although it means the same: a person decides.
func ComparePublished(t *model.Tender, published string) []Difference {
	var best *Document
	most := -1.
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		if err != nil {
			panic(err) // it is one of those that there are
		}
		d := Clause(t, l)
		words := setOf(tokens(joinText(d.units(), " ").String(), lang))
		if agrees := portionOf(words, setOf(tokens(published, lang))); agrees > most {
			best, most = d, agrees
		}
	}
	return compare(best, passages(published, best.Lang), best.Lang)
}

// passage is a part of a text that stands by itself: a paragraph, an item, a row.
type passage struct {
	text   string
	tokens []string
	words  map[string]bool
	left   map[string]int  // tokens that no passage of the criterion was found by yet
	above  map[string]bool // words of a table's caption
}

func newPassage(text, above, lang string) *passage {
	p := &passage{text: strings.ReplaceAll(text, "\t", " "), tokens: tokens(text, lang), left: map[string]int{}, above: setOf(tokens(above, lang))}
	p.words = setOf(p.tokens)
	for _, t := range p.tokens {
		p.left[t]++
	}
	return p
}

// wanted is a passage of the criterion: words by which it is found, and what must stand there.
type wanted struct {
	text  string
	words map[string]bool
	must  []string
	keys  []string
	keyOf map[string][]string // by token
	above map[string]bool
}

// compare looks for each passage of a criterion: first those that stand there as they are,
// so that of two that are alike none takes the other's place.
func compare(d *Document, published []*passage, lang string) (list []Difference) {
	all := wantedOf(d, lang)
	found := make([]bool, len(all))
	for n, w := range all {
		if p, alike := w.find(published); alike == 1 && portionOf(w.above, p.above) == 1 {
			found[n] = w.take(p)
		}
	}
	for n, w := range all {
		if found[n] {
			continue
		}
		p, alike := w.find(published)
		near := alike >= nearAlike || len(w.words) == 0
		lacks := w.lacks(p)
		switch {
		case p == nil, alike < leastAlike && len(w.words) > 0, len(lacks) > 0 && !near:
			list = append(list, Difference{Keys: w.keys, Lacks: w.must, Want: w.text})
		case len(lacks) > 0:
			list = append(list, Difference{Keys: w.keysOf(lacks), Lacks: lacks, Want: w.text, Found: p.text})
		case !w.take(p):
			list = append(list, Difference{Keys: w.keys, Lacks: w.must, Want: w.text, Found: p.text})
		}
	}
	return list
}

// take takes what must stand in a passage out of it, where all of it stands there in order.
func (w wanted) take(p *passage) bool {
	if len(w.lacks(p)) > 0 || !inOrder(w.must, p.tokens) {
		return false
	}
	for _, t := range w.must {
		p.left[t]--
	}
	return true
}

// wantedOf returns the passages of a criterion that have anything in them to be held against.
func wantedOf(d *Document, lang string) (list []wanted) {
	put := func(t, above Text) {
		w := wanted{text: strings.ReplaceAll(t.String(), "\t", " "), words: map[string]bool{}, keyOf: map[string][]string{}, above: setOf(tokens(above.String(), lang))}
		for _, v := range t.values() {
			w.keys = append(w.keys, v.key)
			for _, token := range tokens(v.shown, lang) {
				w.keyOf[token] = append(w.keyOf[token], v.key)
			}
		}
		for _, token := range tokens(t.withoutBlanks(), lang) {
			if w.keyOf[token] != nil || isFigure(token) {
				w.must = append(w.must, token)
			} else if len([]rune(token)) >= leastWord {
				w.words[token] = true
			}
		}
		slices.Sort(w.keys)
		w.keys = slices.Compact(w.keys)
		if len(w.must) > 0 {
			list = append(list, w)
		}
	}
	put(d.Status, "")
	for _, b := range d.Blocks {
		switch {
		case b.Items != nil:
			for _, item := range b.Items {
				put(item, "")
			}
		case b.Table != nil:
			for _, row := range append([][]Text{b.Table.Head}, b.Table.Rows...) {
				put(joinText(row, "\t"), b.Table.Caption)
			}
		case b.Para != "":
			put(b.Para, "")
		}
	}
	return list
}

// find returns the published passage that is most like the wanted one, and how alike the
// words are. Of equal ones the first is taken.
func (w wanted) find(published []*passage) (best *passage, alike float64) {
	most := -1.
	for _, p := range published {
		a := portionOf(w.words, p.words)
		rank := a + portionOf(w.above, p.above)
		if rank+0.5 <= most {
			continue // whatever stands there
		}
		rank += float64(float64(len(w.must)-len(w.lacks(p))) / float64(len(w.must)) / 2)
		if rank > most {
			best, alike, most = p, a, rank
		}
	}
	return best, alike
}

// portionOf is the part of the words that another text holds; 1 where there are none.
func portionOf(words, of map[string]bool) float64 {
	if len(words) == 0 {
		return 1
	}
	n := 0
	for w := range words {
		if of[w] {
			n++
		}
	}
	return float64(n) / float64(len(words))
}

// lacks returns what a published passage lacks of what must stand there.
func (w wanted) lacks(p *passage) (list []string) {
	if p == nil {
		return w.must
	}
	used := map[string]int{}
	for _, t := range w.must {
		if used[t]++; used[t] > p.left[t] {
			list = append(list, t)
		}
	}
	return list
}

// keysOf returns the keys of the parameters that are among tokens.
func (w wanted) keysOf(tokens []string) (keys []string) {
	for _, t := range tokens {
		keys = append(keys, w.keyOf[t]...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// inOrder reports whether all of want stand in a list, in their order.
func inOrder(want, list []string) bool {
	for _, t := range list {
		if len(want) > 0 && t == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

func setOf(list []string) map[string]bool {
	m := map[string]bool{}
	for _, s := range list {
		m[s] = true
	}
	return m
}

// String says what differs, for a person, in English.
func (d Difference) String() string { return d.In(locale.English()) }

// In says what differs, for a person, in a language. The passages are in that of the criterion.
func (d Difference) In(l *locale.Locale) string {
	what := strings.Join(d.Keys, ", ")
	if what == "" {
		what = l.T("a number of the method")
	}
	if d.Found == "" {
		return l.T("%s: missing; the document makes: %s", what, d.Want)
	}
	return l.T("%s: differs in %s; the document makes: %s", what, strings.Join(d.Lacks, ", "), d.Want) + "\n  " + l.T("the text says: %s", d.Found)
}
