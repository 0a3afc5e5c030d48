// Compare measures the miner against git itself and against go-git on a repository
// of your own, the two in turns, and prints the ratios:
//
//	go run ./.ci/compare -repo PATH -n 3
//
// Every line is the median of n runs of whole processes: wall time, processor time
// and peak resident memory, and the ratio to the line that it names. Needs git.
// Let the machine rest meanwhile, and keep the repository in the page cache.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	repo := flag.String("repo", "", "path of a repository")
	n := flag.Int("n", 3, "runs of each command")
	stats := flag.Int("go-git", 1000, "commits that go-git counts; 0 leaves it out, -1 counts all")
	flag.Parse()
	if *repo == "" || flag.NArg() > 0 || *n < 1 {
		log.Fatal("usage: go run ./.ci/compare -repo PATH [-n RUNS] [-go-git COMMITS]")
	}
	if err := compare(*repo, *n, *stats); err != nil {
		log.Fatal(err)
	}
}

// measure is a command, and what it is compared with.
type measure struct {
	name    string
	to      string   // name of another measure; "" where there is none
	before  []string // run first, and not measured
	command []string
	commits int
	runs    []usage
}

type usage struct {
	wall, cpu time.Duration
	peak      int64 // KiB
}

func compare(repo string, n, stats int) error {
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ms, err := measures(repo, dir, stats)
	if err != nil {
		return err
	}
	for i := range n {
		for k := range ms {
			if err := ms[k].run(); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "run %d of %d: %s %.2f s\n", i+1, n, ms[k].name, ms[k].runs[i].wall.Seconds())
		}
	}
	report(os.Stdout, ms)
	return nil
}

// measures builds the programs and lists what is run.
func measures(repo, dir string, stats int) ([]measure, error) {
	tender, peer := filepath.Join(dir, "tender"), filepath.Join(dir, "peer")
	for program, source := range map[string]string{tender: "./examples/tender", peer: "./.ci/compare/gogit"} {
		if out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", source, err, out)
		}
	}
	ask := func(args ...string) (string, error) {
		out, err := exec.Command("git", append([]string{"-C", repo}, args...)...).Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	tip, err := ask("log", "-1", "--format=%cd", "--date=format:%Y-%m-01")
	if err != nil {
		return nil, err
	}
	until, err := time.Parse(time.DateOnly, tip)
	if err != nil {
		return nil, err
	}
	since := until.AddDate(-3, 0, 0).Format(time.DateOnly)
	count := func(args ...string) int {
		out, err := ask(append([]string{"rev-list", "--count"}, args...)...)
		n, _ := strconv.Atoi(out)
		if err != nil {
			return 0
		}
		return n
	}
	earlier := "HEAD" // and then the commit of its line after which there are 100 more
	for n := 1; n <= 100 && count(earlier+"..HEAD") < 100; n++ {
		if _, err := ask("rev-parse", "--verify", "--quiet", fmt.Sprintf("HEAD~%d", n)); err != nil {
			break // the history is short
		}
		earlier = fmt.Sprintf("HEAD~%d", n)
	}
	document := filepath.Join(dir, "tender.yaml")
	text := fmt.Sprintf("format: tributary/1\nwindow: {until: %s, months: 36}\nprojects: {p: {repositories: [{url: %q, forge: none}]}}\nbidders: all\n",
		until.Format(time.DateOnly), repo)
	if err := os.WriteFile(document, []byte(text), 0o666); err != nil {
		return nil, err
	}
	mine := func(args ...string) []string {
		return append([]string{tender, "mine", "--cache", filepath.Join(dir, "cache"), "--repo", repo}, args...)
	}
	all := count("--no-merges", "HEAD")
	ms := []measure{
		{name: "git log --numstat", commits: all,
			command: []string{"git", "-C", repo, "log", "--no-merges", "-M100%", "--numstat"}},
		{name: "numstat", to: "git log --numstat", commits: all, command: mine("--fresh", "--format", "numstat")},
		{name: "churn and patches", to: "git log --numstat", commits: all, command: mine("--fresh", "--format", "churn")},
		{name: "numstat, 36 months", to: "numstat", commits: count("--no-merges", "--since-as-filter="+since, "HEAD"),
			command: mine("--fresh", "--format", "numstat", "--since", since)},
		{name: "score, 36 months", to: "numstat", commits: all,
			command: []string{tender, "score", "--cache", filepath.Join(dir, "cache"), "--fresh", document}},
		{name: "numstat, " + strconv.Itoa(count(earlier+"..HEAD")) + " commits are new", to: "numstat", commits: all,
			before: mine("--fresh", "--format", "numstat", "--rev", earlier), command: mine("--format", "numstat")},
	}
	if stats != 0 {
		counted := all
		if stats > 0 {
			counted = min(stats, all)
		}
		ms = append(ms, measure{name: "go-git Commit.Stats", commits: counted, command: []string{peer, repo, strconv.Itoa(counted)}})
	}
	return ms, nil
}

func (m *measure) run() error {
	if m.before != nil {
		if out, err := exec.Command(m.before[0], m.before[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%.2000s", strings.Join(m.before, " "), err, out)
		}
	}
	c := exec.Command(m.command[0], m.command[1:]...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = io.Discard, &said
	begin := time.Now()
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%.2000s", strings.Join(m.command, " "), err, said.Bytes())
	}
	m.runs = append(m.runs, usage{time.Since(begin), c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak(c.ProcessState)})
	return nil
}

// median returns the medians of the runs, each on its own.
func (m *measure) median() usage {
	at := func(of func(usage) int64) int64 {
		var v []int64
		for _, u := range m.runs {
			v = append(v, of(u))
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return usage{time.Duration(at(func(u usage) int64 { return int64(u.wall) })),
		time.Duration(at(func(u usage) int64 { return int64(u.cpu) })), at(func(u usage) int64 { return u.peak })}
}

func report(w io.Writer, ms []measure) {
	named := map[string]*measure{}
	for k := range ms {
		named[ms[k].name] = &ms[k]
	}
	fmt.Fprintf(w, "%-34s %8s %9s %9s %9s   %s\n", "", "commits", "wall s", "cpu s", "peak MiB", "against")
	for k := range ms {
		m := &ms[k]
		u := m.median()
		fmt.Fprintf(w, "%-34s %8d %9.2f %9.2f %9d", m.name, m.commits, u.wall.Seconds(), u.cpu.Seconds(), u.peak>>10)
		if to := named[m.to]; to != nil {
			v := to.median()
			fmt.Fprintf(w, "   %s: wall %.3f, cpu %.3f", to.name, u.wall.Seconds()/v.wall.Seconds(), u.cpu.Seconds()/v.cpu.Seconds())
			if m.commits != to.commits && m.before == nil {
				fmt.Fprintf(w, ", wall a commit %.2f", u.wall.Seconds()/v.wall.Seconds()*float64(to.commits)/float64(max(m.commits, 1)))
			}
		}
		if m.to == "" && m != &ms[0] {
			v := named["numstat"].median()
			fmt.Fprintf(w, "   numstat is %.0f times faster a commit", u.wall.Seconds()/float64(m.commits)/(v.wall.Seconds()/float64(named["numstat"].commits)))
		}
		fmt.Fprintln(w)
	}
}
