package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// list makes projects of one repository each, on a host.
func list(n int, host string) map[string]model.Project {
	projects := map[string]model.Project{}
	for i := range n {
		projects[fmt.Sprintf("%s-%03d", host, i)] = model.Project{Repositories: []model.Repository{{URL: fmt.Sprintf("https://%s/a/%d", host, i)}}}
	}
	return projects
}

// passing is an error that another try may mend.
type passing struct{}

func (passing) Error() string   { return "https://a.example/x: the line is busy" }
func (passing) Temporary() bool { return true }
func (passing) Reason() string  { return "busy" }

func TestHostsAreAskedPolitely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		projects := list(20, "busy.example")
		for name, p := range list(5, "other.example") {
			projects[name] = p
		}
		var mu sync.Mutex
		running, most, otherDone := map[string]int{}, map[string]int{}, time.Time{}
		starts := map[string][]time.Time{}
		s, err := Run(t.Context(), projects, &Options{AtOnce: 8, PerHost: 2, Pause: time.Second}, func(_ context.Context, name string, _ model.Project) error {
			host := name[:len(name)-4]
			mu.Lock()
			running[host]++
			most[host] = max(most[host], running[host])
			starts[host] = append(starts[host], time.Now())
			mu.Unlock()
			time.Sleep(10 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			running[host]--
			if host == "other.example" {
				otherDone = time.Now()
			}
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, 25, s.Mined)
		assert.Equal(t, map[string]int{"busy.example": 2, "other.example": 2}, most)
		for _, at := range starts {
			for i := range at[1:] {
				assert.GreaterOrEqual(t, at[i+1].Sub(at[i]), time.Second)
			}
		}
		assert.Less(t, otherDone.Sub(starts["busy.example"][0]), 45*time.Second, "a busy host keeps no other waiting")
		assert.Equal(t, 101*time.Second, s.Spent)
	})
}

func TestLocalRepositoriesAreOnNoHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		projects := map[string]model.Project{}
		for i := range 8 {
			projects[fmt.Sprint(i)] = model.Project{Repositories: []model.Repository{{URL: fmt.Sprintf("/r/%d", i)}}}
		}
		began := time.Now()
		_, err := Run(t.Context(), projects, &Options{AtOnce: 8, PerHost: 1, Pause: time.Hour}, func(context.Context, string, model.Project) error {
			time.Sleep(time.Second)
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(began))
	})
}

func TestTemporaryFailuresAreTriedAgainMeanwhileOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var mu sync.Mutex
		tries := map[string][]time.Duration{}
		last := time.Duration(0)
		var news []Progress
		s, err := Run(t.Context(), list(10, "a.example"), &Options{AtOnce: 1, Tries: 4, Backoff: time.Minute, Progress: func(p Progress) { news = append(news, p) }},
			func(_ context.Context, name string, _ model.Project) error {
				mu.Lock()
				defer mu.Unlock()
				tries[name] = append(tries[name], time.Since(began))
				time.Sleep(time.Second)
				switch {
				case name == "a.example-000", name == "a.example-001" && len(tries[name]) < 3:
					return fmt.Errorf("mining: %w", passing{})
				case name == "a.example-002":
					return errors.New("mining x: it is gone")
				}
				last = max(last, time.Since(began))
				return nil
			})
		require.NoError(t, err)
		assert.Equal(t, []time.Duration{0, 61 * time.Second, 182 * time.Second, 423 * time.Second}, tries["a.example-000"], "after 1, 2 and 4 minutes")
		assert.Len(t, tries["a.example-001"], 3)
		assert.Len(t, tries["a.example-002"], 1, "what is gone stays gone")
		assert.Equal(t, []time.Duration{9 * time.Second}, tries["a.example-009"], "the others do not wait")
		assert.Equal(t, 8, s.Mined)
		require.Len(t, s.Failed, 2)
		assert.Equal(t, 4, s.Failed[0].Tries)
		assert.Equal(t, []Reason{{"busy", []string{"a.example-000"}}, {"mining x: it is gone", []string{"a.example-002"}}}, s.Reasons())

		assert.Equal(t, Progress{All: 10, Running: 1}, news[0], "nobody knows how long it takes")
		end := news[len(news)-1]
		assert.Equal(t, [...]int{10, 8, 2, 0, 0, 0}, [...]int{end.All, end.Mined, end.Failed, end.Waiting, end.Running, end.Rest()})
		assert.True(t, end.Known)
		assert.Zero(t, end.Left)
	})
}

func TestTimeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []Progress
		_, err := Run(t.Context(), list(4, "a.example"), &Options{AtOnce: 1, Done: func(name string) bool { return name == "a.example-003" }, Progress: func(p Progress) { at = append(at, p) }},
			func(context.Context, string, model.Project) error { time.Sleep(2 * time.Second); return nil })
		require.NoError(t, err)
		assert.Equal(t, Progress{All: 4, Skipped: 1, Mined: 1, Known: true, Rate: 0.5, Left: 4 * time.Second}, at[1], "what was skipped says nothing about the pace")
	})
}

func TestInterruptedRunWaitsAndSaysWhatIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, cancel)
		var under atomic.Int32
		s, err := Run(ctx, list(10, "a.example"), &Options{AtOnce: 2}, func(ctx context.Context, name string, _ model.Project) error {
			under.Add(1)
			defer under.Add(-1)
			select {
			case <-ctx.Done():
				time.Sleep(time.Second) // tidies up
				return ctx.Err()
			case <-time.After(time.Second):
				return nil
			}
		})
		assert.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, under.Load(), "nothing runs on")
		assert.Equal(t, 4, s.Mined)
		assert.Empty(t, s.Failed, "an interruption says nothing of a project")
		assert.Equal(t, 6, s.Open)
	})
}

// slow is a source that takes its time for each record, and stops in silence.
type slow struct{}

func (slow) Mine(ctx context.Context, _ model.Repository, _ model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
				if !yield(model.Record{}, nil) {
					return
				}
			}
		}
	}
}

func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, n := time.Now(), 0
		var last error
		for _, err := range Within(slow{}, 90*time.Second+time.Millisecond).Mine(t.Context(), model.Repository{}, model.Period{}) {
			n++
			last = err
		}
		assert.Equal(t, 91, n)
		assert.ErrorIs(t, last, ErrTime)
		assert.ErrorContains(t, last, "stopped after 1m30.001s")
		assert.Equal(t, 90*time.Second+time.Millisecond, time.Since(began))
		assert.Equal(t, []string{"stopped after 1m30.001s, the time limit"}, ReasonsOf(fmt.Errorf("a: %w", last)))
		assert.False(t, Temporary(errors.Join(passing{}, last)), "it would take the same time again")
		assert.Equal(t, slow{}, Within(slow{}, 0))
	})
}

func TestReasonsOfJoinedErrors(t *testing.T) {
	err := fmt.Errorf("p: %w", errors.Join(fmt.Errorf("a: %w", passing{}), fmt.Errorf("b: %w", errors.Join(errors.New("gone"), passing{}))))
	assert.Equal(t, []string{"busy", "gone"}, ReasonsOf(err))
	assert.True(t, Temporary(err))
	assert.False(t, Temporary(errors.New("gone")))
	assert.Empty(t, ReasonsOf(nil))
	s := Summary{Failed: []Failure{{Project: "b", Err: errors.New("gone")}, {Project: "c", Err: err}}}
	assert.Equal(t, []Reason{{"gone", []string{"b", "c"}}, {"busy", []string{"c"}}}, s.Reasons())
}

func TestOptions(t *testing.T) {
	_, err := Run(t.Context(), nil, &Options{AtOnce: -1, PerHost: -2, DropClones: true}, nil)
	require.Error(t, err)
	assert.Equal(t, "working through a list: AtOnce is -1; state at least 0\nDropClones and DiskBudget need Clones\nPerHost is -2; state at least 0", err.Error())
	s, err := Run(t.Context(), nil, nil, nil)
	require.NoError(t, err)
	assert.Zero(t, s.All)
}
