package panel

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tributary-oss/tributary/forge/git"
)

// Months divides the months from since to until, both first instants of a month, into
// spans of so many: 1 names them as 2026-01, 3 as quarters, 2026-Q1. Quarters are those of
// the calendar; the first and the last one may be cut by the ends, and are named so:
// "2026-Q1 (part)".
func Months(since, until time.Time, months int) []Span {
	var list []Span
	for at := since; at.Before(until); {
		s := Span{Since: at, Name: at.Format("2006-01"), Until: at.AddDate(0, 1, 0)}
		if months == 3 {
			quarter := (int(at.Month()) - 1) / 3
			begin := time.Date(at.Year(), time.Month(quarter*3+1), 1, 0, 0, 0, 0, time.UTC)
			s.Name, s.Until = fmt.Sprintf("%d-Q%d", at.Year(), quarter+1), begin.AddDate(0, 3, 0)
			if begin.Before(since) || s.Until.After(until) {
				s.Name += " (part)"
			}
			if s.Until.After(until) {
				s.Until = until
			}
		}
		list = append(list, s)
		at = s.Until
	}
	return list
}

// Order is how releases follow each other.
type Order string

// The orders.
const (
	ByVersion Order = "version" // v1.9, v1.10, v2.0-rc1, v2.0
	ByDate    Order = "date"    // of the tags
)

// Tags chooses the tags whose names match a pattern, in which * stands for any text without
// a slash, and sorts them. Pre-releases, such as v2.0-rc1, are left out unless asked for. It
// fails on a pattern that is none.
func Tags(all []git.Tag, pattern string, by Order, prereleases bool) ([]git.Tag, error) {
	var list []git.Tag
	for _, t := range all {
		ok, err := path.Match(pattern, t.Name)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		if ok && (prereleases || !prerelease(t.Name)) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b git.Tag) int {
		if by == ByDate {
			return cmp.Or(a.At.Compare(b.At), compareVersions(a.Name, b.Name))
		}
		return compareVersions(a.Name, b.Name)
	})
	return list, nil
}

// prerelease reports whether the name of a tag says that it comes before a release: by
// words that Semantic Versioning and Python's PEP 440 know.
func prerelease(name string) bool {
	for _, p := range parts(name) {
		switch strings.ToLower(p) {
		case "rc", "alpha", "beta", "pre", "preview", "dev", "snapshot", "b", "a", "c":
			return true
		}
	}
	return false
}

// compareVersions compares names number by number; what comes before a release stands
// before it.
func compareVersions(a, b string) int {
	p, q := parts(a), parts(b)
	for i := range min(len(p), len(q)) {
		m, err := strconv.Atoi(p[i])
		n, also := strconv.Atoi(q[i])
		switch {
		case err == nil && also == nil && m != n:
			return cmp.Compare(m, n)
		case (err == nil) != (also == nil): // v1.0.1 comes after v1.0-rc1
			if err == nil {
				return 1
			}
			return -1
		case err != nil && p[i] != q[i]:
			return strings.Compare(p[i], q[i])
		}
	}
	switch {
	case len(p) == len(q):
		return strings.Compare(a, b)
	case len(p) > len(q):
		return after(p[len(q)])
	}
	return -after(q[len(p)])
}

// after says whether a name that goes on with a part comes after the one that ends there.
func after(part string) int {
	if prerelease(part) {
		return -1
	}
	return 1
}

// parts are the numbers and the words of a name.
func parts(name string) (list []string) {
	kind := func(r rune) int {
		switch {
		case r >= '0' && r <= '9':
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	last := 0
	for _, r := range name {
		k := kind(r)
		switch {
		case k == 0:
		case k == last:
			list[len(list)-1] += string(r)
		default:
			list = append(list, string(r))
		}
		last = k
	}
	return list
}
