package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// sameRanking returns the first place at which two rankings are not the same: the one that
// was computed again, and the one that is stated.
func sameRanking(made, stated *model.Ranking) error {
	a, err := tree(made)
	if err != nil {
		return err
	}
	b, err := tree(stated)
	if err != nil {
		return err
	}
	if d := differ(nil, a, b); d != nil {
		d.File = RankingFile
		return d
	}
	return nil
}

// tree is a value as its JSON has it, with numbers as they are written.
func tree(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing a ranking: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var x any
	return x, d.Decode(&x)
}

// order is the order in which parts of a ranking are held against each other: causes
// before what follows from them.
var order = [...]string{"format", "status", "seal", "tender", "mode", "since", "until", "terms", "gaps", "projects", "read", "counted", "rules", "tips", "coverage", "indicators",
	"value", "acts", "r", "n", "points", "values", "months", "people", "scores", "lots"}

func differ(path []string, made, stated any) *Difference {
	switch a := made.(type) {
	case map[string]any:
		if b, ok := stated.(map[string]any); ok {
			return differInKeys(path, a, b)
		}
	case []any:
		if b, ok := stated.([]any); ok {
			return differInItems(path, a, b)
		}
	default:
		if made == stated {
			return nil
		}
	}
	return &Difference{At: strings.Join(path, ", "), Text: fmt.Sprintf("it is %s, and the evidence makes %s", short(stated), short(made))}
}

func differInKeys(path []string, a, b map[string]any) *Difference {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	place := func(k string) int {
		if i := slices.Index(order[:], k); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(keys, func(x, y string) int {
		if n := place(x) - place(y); n != 0 {
			return n
		}
		return strings.Compare(x, y)
	})
	for _, k := range keys {
		next := append(slices.Clone(path), k)
		if named(k) != "" {
			next = slices.Clone(path)
		}
		_, isList := a[k].([]any)
		_, wasList := b[k].([]any)
		if named(k) != "" && (isList || wasList) {
			x, _ := a[k].([]any)
			y, _ := b[k].([]any)
			if d := differInNamed(next, named(k), x, y); d != nil {
				return d
			}
			continue
		}
		if d := differ(next, a[k], b[k]); d != nil {
			return d
		}
	}
	return nil
}

// named says what the items of a list are called.
func named(list string) string {
	return map[string]string{"projects": "project", "scores": "bidder", "standings": "bidder", "indicators": "indicator", "values": "indicator",
		"lots": "lot", "rules": "rule", "gaps": "gap of", "decisions": "decision"}[list]
}

// differInNamed compares lists whose items have names.
func differInNamed(path []string, kind string, a, b []any) *Difference {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(b):
			return &Difference{At: strings.Join(append(path, kind+" "+nameOf(a[i])), ", "), Text: "it is left out"}
		case i >= len(a):
			return &Difference{At: strings.Join(append(path, kind+" "+nameOf(b[i])), ", "), Text: "nothing in the bundle gives rise to it"}
		case nameOf(a[i]) != nameOf(b[i]):
			return &Difference{At: strings.Join(append(path, kind+" "+nameOf(b[i])), ", "), Text: fmt.Sprintf("it stands where the evidence makes %s %s stand", kind, nameOf(a[i]))}
		}
		if d := differ(append(slices.Clone(path), kind+" "+nameOf(b[i])), a[i], b[i]); d != nil {
			return d
		}
	}
	return nil
}

func differInItems(path []string, a, b []any) *Difference {
	for i := range max(len(a), len(b)) {
		next := append(slices.Clone(path), fmt.Sprint(i+1))
		switch {
		case i >= len(b):
			return &Difference{At: strings.Join(next, ", "), Text: "it is left out: " + short(a[i])}
		case i >= len(a):
			return &Difference{At: strings.Join(next, ", "), Text: "nothing in the bundle gives rise to it: " + short(b[i])}
		}
		if d := differ(next, a[i], b[i]); d != nil {
			return d
		}
	}
	return nil
}

// nameOf names an item of a list.
func nameOf(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return visible(short(v))
	}
	if p, ok := m["pillar"].(string); ok {
		return visible(fmt.Sprintf("%s/%v", p, m["indicator"]))
	}
	for _, key := range []string{"id", "bidder", "project", "rule", "repository"} {
		if s, ok := m[key].(string); ok {
			return visible(s)
		}
	}
	return "?"
}

// short writes a value for a message.
func short(v any) string {
	if v == nil {
		return "nothing"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return visible(fmt.Sprintf("%.200s", text))
}
