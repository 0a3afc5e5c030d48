package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/hosts"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what is stored of forges",
		Long: "Status lists the repositories of the store: when they were read last, how much is known\n" +
			"of them, and what is not complete. It asks nobody.",
		Args: exactly(0, "no argument: the store is named by --store"),
		RunE: func(c *cobra.Command, _ []string) error { return a.showStatus(c.Context()) },
	}
}

func (a *app) showStatus(ctx context.Context) error {
	file, err := a.storeFile()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, file, &store.Options{ReadOnly: true})
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(a.told, "%s: nothing is stored yet\n", file)
		return nil
	}
	if err != nil {
		return err
	}
	defer s.Close()
	logs, err := s.Logs()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, a.locale.T("REPOSITORY\tREAD\tFACTS"))
	for _, l := range logs {
		if err := a.statusOf(w, s, l); err != nil {
			return err
		}
	}
	return w.Flush()
}

// statusOf prints a line for a repository, and one for each kind of fact that is not
// complete.
func (a *app) statusOf(w *tabwriter.Writer, s *store.Store, l store.Info) error {
	var state struct {
		Name     string
		Finished time.Time
	}
	if len(l.State) == 0 {
		return nil // replies, of no repository
	}
	if err := json.Unmarshal(l.State, &state); err != nil {
		return fmt.Errorf("%s: its state cannot be read (%w); delete the store, and it is read again", l.Key, err)
	}
	host, _, _ := strings.Cut(l.Key, "/")
	read := a.locale.T("not to its end")
	if !state.Finished.IsZero() {
		read = state.Finished.UTC().Format("2006-01-02 15:04")
	}
	var counts []string
	for _, kind := range slices.Sorted(maps.Keys(l.Facts)) {
		if kind != "coverage" {
			counts = append(counts, a.stored(kind, l.Facts[kind]))
		}
	}
	fmt.Fprintf(w, "%s/%s\t%s\t%s\n", host, plain(state.Name), read, strings.Join(counts, ", "))
	for f, err := range s.Log(l.Key).Facts("coverage/") {
		if err != nil {
			return err
		}
		for _, r := range f.Records {
			if c := r.Coverage; c != nil && c.State != model.Complete {
				fmt.Fprintf(w, "  %s\t%s\t%s\n", a.say(string(c.Kind)), a.say(string(c.State)), a.say(plain(c.Reason)))
			}
		}
	}
	return nil
}

// stored says how many facts of a kind there are.
func (a *app) stored(kind string, n int) string {
	switch kind {
	case "change":
		return a.locale.T("%d changes", n)
	case "issue":
		return a.locale.T("%d issues", n)
	case "release":
		return a.locale.T("%d releases", n)
	case "advisory":
		return a.locale.T("%d advisories", n)
	}
	return strconv.Itoa(n) + " " + plain(kind)
}

// plan prints what reading the repositories of a tender from their forges will cost.
func (a *app) plan(ctx context.Context, t *model.Tender, s *sources) error {
	if s.forges == nil || len(s.forges.Hosts) == 0 {
		return errNoPlan
	}
	failed := false
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, a.locale.T("requests\tpoints\ttime\tchanges\tissues\t  repository"))
	requests, points, quotas := 0, 0, map[string]forge.Plan{}
	for _, r := range allRepositories(t) {
		p, ok, err := s.forges.Plan(ctx, r, t.Window.Period())
		switch {
		case !ok:
			continue
		case ctx.Err() != nil:
			return err
		case err != nil:
			failed = true
			fmt.Fprintln(a.Err, plain(err.Error()))
			continue
		}
		requests, points, quotas[hosts.Of(r)] = requests+p.Requests, points+p.Points, p
		fmt.Fprintf(w, "%d\t%d\t%s\t%d\t%d\t  %s/%s\n", p.Requests, p.Points, p.Time.Round(time.Second), p.Changes, p.Issues, hosts.Of(r), plain(p.Repository))
	}
	fmt.Fprintf(w, "%d\t%d\t\t\t\t  %s\n", requests, points, a.locale.T("all"))
	if err := w.Flush(); err != nil {
		return err
	}
	for _, host := range slices.Sorted(maps.Keys(quotas)) {
		a.quota(host, quotas[host])
	}
	if failed {
		return errGaps
	}
	return nil
}

// quota says what is left of a host's quota, as far as it tells.
func (a *app) quota(host string, p forge.Plan) {
	switch {
	case p.Limit == 0:
		return
	case p.Points > 0:
		fmt.Fprintf(a.told, "%s: %d of %d points are left until %s UTC; REST has a quota of its own.\n", host, p.Left, p.Limit, p.Reset.UTC().Format("15:04"))
	default:
		fmt.Fprintf(a.told, "%s: %d of %d requests are left until %s UTC.\n", host, p.Left, p.Limit, p.Reset.UTC().Format("15:04"))
	}
}

// What keeps a plan from being made.
var (
	errOffline = usageError{errors.New("--plan asks the forge, so it cannot be --offline")}
	errNoPlan  = usageError{errors.New("--plan: the document names no repository on a forge that can be asked")}
)

// allRepositories returns the repositories of a tender.
func allRepositories(t *model.Tender) (list []model.Repository) {
	for _, name := range t.ProjectNames() {
		list = append(list, t.Projects[name].Repositories...)
	}
	return list
}
