package forgetest

import (
	_ "embed"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

//go:embed testdata/conform.txt
var conformTable string

// wanted is the table as a forge with these limits gives it.
func wanted(l Limits) []string {
	var table []string
	for row := range strings.Lines(conformTable) {
		if row = strings.TrimSpace(row); row == "" || strings.HasPrefix(row, "#") || l.Missing[kindOf(row)] != "" {
			continue
		}
		if row = limited(row, l); row != "" {
			table = append(table, row)
		}
	}
	slices.Sort(table)
	return table
}

// kindOf is the kind of facts that a row of the table belongs to.
func kindOf(row string) model.Kind {
	artifact, rest, _ := strings.Cut(row, " ")
	role, _, _ := strings.Cut(rest, " ")
	switch kind, _, _ := strings.Cut(artifact, ":"); {
	case kind == model.ReleaseArtifact:
		return model.ReleaseFacts
	case kind == model.AdvisoryArtifact:
		return model.AdvisoryFacts
	case kind == model.IssueArtifact:
		return model.IssueFacts
	case role == string(model.Reviewer) || role == string(model.Requested):
		return model.ReviewFacts
	}
	return model.MergeFacts
}

// limited is a row as a forge with these limits gives it; empty where it has none.
func limited(row string, l Limits) string {
	fields := strings.Fields(row)
	if l.NoWordsAlone && strings.Contains(row, " commented ") && !strings.Contains(row, " inline=") {
		return ""
	}
	if l.NoAnsweredRequests && fields[1] == string(model.Requested) && answered(row) {
		return ""
	}
	linear := strings.Contains(row, " became=rebased-") || strings.Contains(row, " became=head-")
	inline := strings.Contains(row, " inline=")
	for i, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		switch {
		case l.NoBots && (f == string(model.BotAccount) || f == string(model.AppAccount)):
			fields[i] = string(model.UserAccount)
		case l.NoApps && f == string(model.AppAccount):
			fields[i] = string(model.BotAccount)
		case name == "start" && (l.NoStart || l.StartOfLinearOnly && !linear), name == "stale" && l.NoStale,
			name == "reason" && l.NoCloseReason, name == "commit" && l.CommitOfLinesOnly && !inline:
			fields[i] = ""
		case name == "head" && l.RebaseMovesHead && linear:
			fields[i] = strings.Replace(f, value, became(fields), 1)
		}
	}
	return join(fields...)
}

// became is what a change became on its branch, as its row has it.
func became(fields []string) string {
	for _, f := range fields {
		if name, ok := strings.CutPrefix(f, "became="); ok {
			return name
		}
	}
	return ""
}

// answered reports whether the table has a review by whom a row of it says was asked.
func answered(row string) bool {
	f := strings.Fields(row)
	return strings.Contains(conformTable, "\n"+join(f[0], string(model.Reviewer), f[2], f[3])+" ")
}

// differences say what is wrong with what was mined without disturbance.
func differences(o outcome, l Limits) []string {
	found := faults(o.acts)
	got := rows(o.acts, l.Account)
	found = append(found, apart(wanted(l), got)...)
	found = append(found, needless(got, l)...)
	for _, k := range conformKinds() {
		c, why := o.coverage[k], l.Missing[k]
		switch {
		case why == "" && c.State != model.Complete:
			found = append(found, fmt.Sprintf("%s are %q: %s", k, c.State, c.Reason))
		case why != "" && (c.State != model.Unavailable || !strings.Contains(c.Reason, why)):
			found = append(found, fmt.Sprintf("%s are declared missing since %q, and are %q: %q", k, why, c.State, c.Reason))
		}
	}
	return found
}

// conformKinds are the kinds of facts that a forge shows.
func conformKinds() []model.Kind {
	return []model.Kind{model.MergeFacts, model.ReviewFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts}
}

// needless are the limits without which the source would give what is wanted, too.
func needless(got []string, l Limits) (found []string) {
	v := reflect.ValueOf(&l).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Bool && f.Bool() {
			f.SetBool(false)
			if slices.Equal(wanted(l), got) {
				found = append(found, fmt.Sprintf("the limit %s is declared and not needed", v.Type().Field(i).Name))
			}
			f.SetBool(true)
		}
	}
	return found
}

// apart are the rows that only one of two tables has.
func apart(want, got []string) (found []string) {
	count := map[string]int{}
	for _, row := range want {
		count[row]++
	}
	for _, row := range got {
		count[row]--
	}
	for _, row := range slices.Sorted(maps.Keys(count)) {
		switch n := count[row]; {
		case n > 0:
			found = append(found, fmt.Sprintf("missing: %s", row))
		case n < 0:
			found = append(found, fmt.Sprintf("not wanted: %s", row))
		}
	}
	return found
}
