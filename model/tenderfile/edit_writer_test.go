package tenderfile

import (
	"math/rand/v2"
	"strings"
)

// writer writes one tender in a layout drawn by lot: block or flow style, indents, quotes,
// comments, empty lines, line ends, marks.
type writer struct {
	rng *rand.Rand
	b   strings.Builder
}

func (w *writer) coin() bool { return w.rng.IntN(2) == 0 }

func (w *writer) one(of ...string) string { return of[w.rng.IntN(len(of))] }

// document writes a tender whose project p may have thresholds and a tip already.
func (w *writer) document() string {
	repository := mappingNode("url", textNode("./p"))
	if w.coin() {
		repository.inner.put(pair{textNode("tips"), mappingNode("main", textNode(tip))})
	}
	if w.coin() {
		repository.inner.put(pair{textNode("branches"), listNode([]string{"main", "2.*"})})
	}
	project := mappingNode("repositories", &node{shape: list, inner: &inner{items: []*node{mappingNode("url", textNode("./q")), repository}}})
	w.rng.Shuffle(2, func(i, j int) {
		items := project.pairs()[0].value.inner.items
		items[i], items[j] = items[j], items[i]
	})
	if w.coin() {
		thresholds := mappingNode("reviews", numberNode(30))
		if w.coin() {
			thresholds.inner.put(pair{textNode("security"), textNode("none")})
		}
		project.inner.put(pair{textNode("thresholds"), thresholds})
	}
	project.inner.put(pair{textNode("accept"), &node{shape: list, inner: &inner{items: []*node{mappingNode("kind", textNode("triage"), "reason", textNode("it's {moved}, #2: gone"))}}}})
	w.shuffle(project)
	root := mappingNode("format", textNode("tributary/1"), "window", mappingNode("until", textNode("2026-11-01"), "months", numberNode(36)), "bidders", &node{shape: list},
		"tender", mappingNode("title", textNode("Été # not a comment")),
		"projects", mappingNode("o", mappingNode("repositories", &node{shape: list, inner: &inner{items: []*node{mappingNode("url", textNode("./o"))}}}), "p", project))
	w.shuffle(root)
	w.shuffle(root.find("projects"))
	if w.rng.IntN(4) == 0 {
		w.b.WriteString("---\n")
	}
	w.block(root, "")
	if w.rng.IntN(4) == 0 {
		w.b.WriteString("...\n")
	}
	doc := w.b.String()
	if w.rng.IntN(4) == 0 && !strings.HasSuffix(doc, "...\n") {
		doc = strings.TrimRight(doc, "\n")
	}
	return w.one("", "", "\ufeff") + strings.ReplaceAll(doc, "\n", w.one("\n", "\n", "\r\n", "\r"))
}

func (w *writer) shuffle(n *node) {
	pairs := n.inner.pairs
	w.rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
}

// noise writes comments and empty lines between the entries of a block.
func (w *writer) noise(indent string) {
	switch w.rng.IntN(8) {
	case 0:
		w.b.WriteString(w.one(indent, "", indent+"  ") + w.one("# a remark: {with} braces\n", "#\n"))
	case 1:
		w.b.WriteString("\n")
	}
}

func (w *writer) endOfLine() {
	w.b.WriteString(w.one("", "", "", "  # said: \"why\"", " # }") + "\n")
}

// block writes a mapping in block style; its collections may be of either style.
func (w *writer) block(n *node, indent string) {
	for i, p := range n.pairs() {
		if i > 0 {
			w.noise(indent)
			w.b.WriteString(indent)
		}
		w.b.WriteString(w.scalar(p.key) + ":")
		w.value(p.value, indent)
	}
}

func (w *writer) value(n *node, indent string) {
	held := len(n.pairs()) + len(n.items())
	switch {
	case held == 0 || w.rng.IntN(3) == 0:
		w.b.WriteString(" " + w.flow(n, indent+"  "))
		w.endOfLine()
	case n.shape == mapping:
		w.endOfLine()
		inner := indent + w.one(" ", "  ", "    ")
		w.noise(inner)
		w.b.WriteString(inner)
		w.block(n, inner)
	default:
		w.endOfLine()
		inner := indent + w.one("", "  ")
		for _, item := range n.items() {
			w.noise(inner)
			dash := w.one("- ", "-   ")
			w.b.WriteString(inner + dash)
			if item.shape == mapping && w.coin() {
				w.block(item, inner+strings.Repeat(" ", len(dash)))
				continue
			}
			w.b.WriteString(w.flow(item, inner+"    "))
			w.endOfLine()
		}
	}
}

// flow writes a value between braces, on one line or over several.
func (w *writer) flow(n *node, indent string) string {
	var parts []string
	open, end := "{", "}"
	switch n.shape {
	case mapping:
		for _, p := range n.pairs() {
			parts = append(parts, w.scalar(p.key)+": "+w.flow(p.value, indent+"  "))
		}
	case list:
		open, end = "[", "]"
		for _, item := range n.items() {
			parts = append(parts, w.flow(item, indent+"  "))
		}
	default:
		return w.scalar(n)
	}
	if len(parts) == 0 {
		return open + end
	}
	if w.rng.IntN(3) > 0 {
		pad := w.one("", "", " ")
		return open + pad + strings.Join(parts, ", ") + pad + end
	}
	var b strings.Builder
	b.WriteString(open + "\n")
	for i, part := range parts {
		b.WriteString(indent + part)
		if i < len(parts)-1 || w.coin() {
			b.WriteString(",")
		}
		b.WriteString(w.one("", "", " # said") + "\n")
	}
	return b.String() + indent[:len(indent)-2] + end
}

func (w *writer) scalar(n *node) string {
	switch {
	case n.shape == number:
		return n.text
	case w.rng.IntN(4) == 0:
		return `"` + strings.ReplaceAll(n.text, `"`, `\"`) + `"`
	case w.rng.IntN(4) == 0 || strings.ContainsAny(n.text, "{}#:,'*[] "):
		return "'" + strings.ReplaceAll(n.text, "'", "''") + "'"
	}
	return n.text
}
