package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
)

// Summary is what became of a list.
type Summary struct {
	All     int // projects of the list
	Skipped int // had nothing left to do
	Mined   int // ended well
	Failed  []Failure
	Open    int // were not begun, or interrupted
	Spent   time.Duration
}

// Failure is a project whose work failed and was not tried again.
type Failure struct {
	Project string
	Tries   int // how often it was begun
	Err     error
}

// Reason is why repositories failed.
type Reason struct {
	Text     string   // the same for all of them: without addresses and the like
	Projects []string // sorted, each once
}

// Reasons groups the failures by their reasons, those of most projects first and then by
// their text. A project with several failed repositories may stand under several.
func (s *Summary) Reasons() (list []Reason) {
	at := map[string]int{}
	for _, f := range s.Failed {
		for _, text := range ReasonsOf(f.Err) {
			i, ok := at[text]
			if !ok {
				i = len(list)
				at[text] = i
				list = append(list, Reason{Text: text})
			}
			list[i].Projects = append(list[i].Projects, f.Project)
		}
	}
	slices.SortFunc(list, func(a, b Reason) int {
		if len(a.Projects) != len(b.Projects) {
			return len(b.Projects) - len(a.Projects)
		}
		return strings.Compare(a.Text, b.Text)
	})
	return list
}

// ReasonsOf returns why an error came about, once each and sorted, without the names of
// what it happened to: of joined errors each, of a failed transfer its Reason, of
// anything else the innermost text.
func ReasonsOf(err error) []string {
	var texts []string
	for leaf := range leaves(err) {
		texts = append(texts, reasonOf(leaf))
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func reasonOf(err error) string {
	if stated, ok := errors.AsType[interface {
		error
		Reason() string
	}](err); ok {
		return stated.Reason()
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "it took longer than a repository may"
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// Temporary reports whether a work is worth another try: of all that failed in it,
// something has a method Temporary that says so, as errors of [git.Source] about
// transfers have, and nothing is beyond the time limit of a repository.
func Temporary(err error) bool {
	found := false
	for leaf := range leaves(err) {
		if errors.Is(leaf, ErrTime) || errors.Is(leaf, context.Canceled) {
			return false
		}
		t, ok := errors.AsType[interface {
			error
			Temporary() bool
		}](leaf)
		found = found || ok && t.Temporary()
	}
	return found
}

// leaves yields the errors that an error joins, however deep.
func leaves(err error) iter.Seq[error] {
	return func(yield func(error) bool) { eachLeaf(err, yield) }
}

func eachLeaf(err error, yield func(error) bool) bool {
	for at := err; at != nil; at = errors.Unwrap(at) {
		joined, ok := at.(interface{ Unwrap() []error })
		if !ok {
			continue
		}
		for _, e := range joined.Unwrap() {
			if !eachLeaf(e, yield) {
				return false
			}
		}
		return true
	}
	return err == nil || yield(err)
}

// sorted joins errors in the order of their texts.
func sorted(list []error) error {
	slices.SortFunc(list, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(list...)
}

// ErrTime says that a repository took longer than it may.
var ErrTime = errors.New("the time for a repository is over")

// timeError is ErrTime with the limit.
type timeError struct{ limit time.Duration }

func (e timeError) Error() string {
	return fmt.Sprintf("%v: it was stopped after %v; allow more, or look at what the server does", ErrTime, e.limit)
}

// Reason is the same for all repositories.
func (e timeError) Reason() string       { return fmt.Sprintf("stopped after %v, the time limit", e.limit) }
func (e timeError) Is(target error) bool { return target == ErrTime }

// Within returns a source that stops the mining of a repository after a time, with an
// error that is [ErrTime] and states it. The time that the consumer of the records takes
// counts. 0 is no limit.
func Within(s forge.Source, limit time.Duration) forge.Source {
	if limit == 0 {
		return s
	}
	return within{s, limit}
}

type within struct {
	forge.Source
	limit time.Duration
}

// Mine implements forge.Source.
func (w within) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		over := timeError{w.limit}
		ctx, cancel := context.WithTimeoutCause(ctx, w.limit, over)
		defer cancel()
		isOver := func() bool { return context.Cause(ctx) == error(over) }
		for r, err := range w.Source.Mine(ctx, repo, period) {
			if err != nil && isOver() {
				break
			}
			if !yield(r, err) {
				return
			}
		}
		if isOver() {
			yield(model.Record{}, over)
		}
	}
}
