package git

import (
	"cmp"
	"fmt"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// chooseRevision makes a revision, or the later end of a range, the only branch.
func (m *mining) chooseRevision(rev string) error {
	if strings.Contains(rev, "...") {
		return fmt.Errorf("%q is a symmetric difference, which is not supported; write a range as A..B", rev)
	}
	from, to, isRange := strings.Cut(rev, "..")
	if !isRange {
		from, to = "", rev
	}
	if to == "" {
		to = "HEAD"
	}
	tip, err := m.revision(to)
	if err != nil {
		return err
	}
	m.branches = []branch{{name: to, tip: tip}}
	if !isRange {
		return nil
	}
	if from == "" {
		from = "HEAD"
	}
	h, err := m.revision(from)
	m.without = []hash{h}
	return err
}

// revision returns the commit that a revision names.
func (m *mining) revision(rev string) (hash, error) {
	base, suffix := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		base, suffix = rev[:i], rev[i:]
	}
	h, err := m.named(base)
	if err == nil {
		h, err = m.peel(h)
	}
	if err == nil {
		h, err = m.step(h, suffix)
	}
	if err != nil {
		return h, fmt.Errorf("revision %q: %w%s", rev, err, m.repo.store.Trouble())
	}
	return h, nil
}

// named finds a base in git's order: a whole hash, a reference, an abbreviation.
func (m *mining) named(base string) (hash, error) {
	if h, err := parse.ParseHash(base); err == nil {
		return h, nil
	}
	if base == "@" || base == "HEAD" {
		if err := cmp.Or(m.repo.brokenRef("HEAD"), m.repo.brokenRef(m.repo.head)); err != nil {
			return hash{}, err
		}
		if m.repo.headAt == (hash{}) {
			return hash{}, errEmpty(m.repo)
		}
		return m.repo.headAt, nil
	}
	for _, prefix := range []string{"", "refs/", tagsPrefix, headsPrefix, "refs/remotes/", originPrefix} {
		if h, ok := m.repo.refs[prefix+base]; ok && base != "" {
			return h, nil
		}
		if err := m.repo.brokenRef(prefix + base); err != nil {
			return hash{}, err
		}
	}
	found := m.abbreviated(base)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return hash{}, fmt.Errorf("it names no commit; use a branch, a tag, HEAD or a hash, with ~N or ^N behind it")
	}
	var names []string
	for _, h := range found {
		names = append(names, h.String()[:16])
	}
	slices.Sort(names)
	return hash{}, fmt.Errorf("%q is ambiguous; it could be %s", base, some(names))
}

// abbreviated returns the commits, and tags of commits, whose names begin so.
func (m *mining) abbreviated(digits string) []hash {
	digits = strings.ToLower(digits)
	if len(digits) < 4 || len(digits) >= 40 || strings.Trim(digits, "0123456789abcdef") != "" {
		return nil
	}
	return slices.DeleteFunc(m.repo.store.WithPrefix(digits), func(h hash) bool {
		k, _, err := m.objects.Read(h)
		if err == nil && k == object.Tag {
			_, err = m.peel(h)
			k = object.Commit
		}
		return err != nil || k != object.Commit
	})
}

// step follows ~N and ^N from a commit.
func (m *mining) step(h hash, suffix string) (hash, error) {
	for suffix != "" {
		sign := suffix[0]
		suffix = suffix[1:]
		if peels := regexp.MustCompile(`^\{(commit)?\}`).FindString(suffix); sign == '^' && peels != "" {
			suffix = suffix[len(peels):] // it is a commit already
			continue
		}
		digits := suffix[:len(suffix)-len(strings.TrimLeft(suffix, "0123456789"))]
		suffix = suffix[len(digits):]
		n := 1
		if digits != "" {
			var err error
			if n, err = strconv.Atoi(digits); err != nil || n > 10_000_000 {
				return h, fmt.Errorf("%s is too large a step", digits)
			}
		}
		if suffix != "" && suffix[0] != '~' && suffix[0] != '^' {
			return h, fmt.Errorf("%q cannot be read; only ~N and ^N are supported", string(sign)+digits+suffix)
		}
		times, which := n, 1
		if sign == '^' {
			times, which = min(n, 1), n
		}
		for range times {
			var err error
			if h, err = m.parent(h, which); err != nil {
				return h, err
			}
		}
	}
	return h, nil
}

// parent returns the parent of a commit with number n, counted from 1.
func (m *mining) parent(h hash, n int) (hash, error) {
	b, err := m.objects.ReadKind(h, object.Commit)
	if err != nil {
		return h, fmt.Errorf("reading commit %v: %w", h, err)
	}
	_, parents, _, err := parse.ParseGraph(b, nil)
	if err != nil {
		return h, fmt.Errorf("commit %v: %w", h, err)
	}
	if len(parents) < n {
		return h, fmt.Errorf("commit %v has no parent %d", h, n)
	}
	return parents[n-1], nil
}
