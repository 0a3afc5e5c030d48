package parse

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// OwnersAliases reads an OWNERS_ALIASES file: the members of each alias, in the
// file's order. Names are as written; the tools that use them ignore case.
func OwnersAliases(b []byte) map[string][]string {
	aliases := map[string][]string{}
	total := 0
	for keys, item := range listItems(fileText(b)) {
		if len(keys) != 2 || keys[0] != "aliases" || total == listedMost {
			continue
		}
		if login := strings.TrimPrefix(item, "@"); isLogin(login) && !slices.Contains(aliases[keys[1]], login) {
			aliases[keys[1]] = append(aliases[keys[1]], login)
			total++
		}
	}
	return aliases
}

// owners reads the list form of Kubernetes ("approvers:", also inside filters)
// and the plain form (an address on each line, "per-file pattern=address,…").
func (l *listing) owners(text string) {
	for keys, item := range listItems(text) {
		if keys[len(keys)-1] != "approvers" {
			continue
		}
		if isMail(item) {
			l.add(model.Identity{Mail: item})
		} else if login := strings.TrimPrefix(item, "@"); isLogin(login) {
			l.add(model.Identity{Login: login})
		}
	}
	for line := range strings.Lines(text) {
		if len(line) > lineMost || startsBlank(line) {
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		if rule, ok := strings.CutPrefix(line, "per-file "); ok {
			_, line, _ = strings.Cut(rule, "=")
		}
		for mail := range strings.SplitSeq(line, ",") {
			if mail = strings.TrimSpace(mail); isMail(mail) {
				l.add(model.Identity{Mail: mail})
			}
		}
	}
}

// listItems yields the items of the lists of a YAML file, with the keys above
// them, outermost first. It reads what OWNERS files are made of and no more:
// keys nested by indentation, "- item" lines, "[a, b]" lists, quotes and
// comments. Anchors, block texts and maps in braces yield nothing. The keys are
// valid until the next item.
func listItems(text string) func(yield func([]string, string) bool) {
	return func(yield func([]string, string) bool) {
		var keys []string
		var depths []int
		flow := false // inside a "[" list that goes on
		for line := range strings.Lines(text) {
			if len(line) > lineMost {
				continue
			}
			content := uncommented(line)
			if flow {
				inside, _, closed := strings.Cut(content, "]")
				if flow = !closed; !yieldAll(keys, inside, yield) {
					return
				}
				continue
			}
			trimmed := strings.TrimSpace(content)
			if item, ok := strings.CutPrefix(trimmed, "- "); ok {
				if len(keys) > 0 && !yieldAll(keys, item, yield) {
					return
				}
				continue
			}
			key, value, ok := cutKey(trimmed)
			if !ok {
				continue
			}
			depth := len(content) - len(strings.TrimLeft(content, " \t"))
			for len(depths) > 0 && (depths[len(depths)-1] >= depth || len(depths) > 8) {
				keys, depths = keys[:len(keys)-1], depths[:len(depths)-1]
			}
			keys, depths = append(keys, key), append(depths, depth)
			if list, ok := strings.CutPrefix(value, "["); ok {
				inside, _, closed := strings.Cut(list, "]")
				if flow = !closed; !yieldAll(keys, inside, yield) {
					return
				}
			}
		}
	}
}

// yieldAll yields the items of "a, b", or the one item that it is.
func yieldAll(keys []string, items string, yield func([]string, string) bool) bool {
	for item := range strings.SplitSeq(items, ",") {
		if item = unquoted(item); item != "" && !yield(keys, item) {
			return false
		}
	}
	return true
}

// cutKey reads "key:" or "key: value".
func cutKey(s string) (key, value string, ok bool) {
	key, value, ok = strings.Cut(s, ":")
	if value != "" && value[0] != ' ' {
		// A colon inside a quoted pattern: the key ends at the last one.
		i := strings.LastIndex(s, ":")
		key, value = s[:i], s[i+1:]
	}
	key = unquoted(key)
	return key, strings.TrimSpace(value), ok && key != ""
}

// unquoted returns s without white space and without a pair of quotes around it.
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

// uncommented cuts off a comment, which begins a line or follows a space.
func uncommented(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}
