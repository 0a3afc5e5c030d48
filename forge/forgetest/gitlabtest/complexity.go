package gitlabtest

import (
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// mostPage is how many items a page has at most, and where a query does not say
// (GitlabSchema, default_max_page_size).
const mostPage = 100

// price is what one field counts beside its children, where that is not 1.
type price struct {
	own   int  // a number of its own; 0: by the rule of resolvers
	list  bool // the page makes it dearer
	extra int  // what its resolver adds
	sort  bool // it is sorted where the query does not say how
}

// prices are the fields that do not count 1, by the declarations in app/graphql/types and
// app/graphql/resolvers. A field with a number of its own ignores its page, and so does a
// list without a resolver: approvedBy, discussions, issue.assignees.
var prices = map[string]price{
	"Project.mergeRequests":  {list: true, sort: true},
	"Project.issues":         {list: true, sort: true},
	"Project.releases":       {list: true, sort: true},
	"Project.labels":         {list: true},
	"Group.projects":         {list: true, extra: 10},
	"Group.mergeRequests":    {list: true, sort: true},
	"Group.issues":           {list: true, sort: true},
	"Group.releases":         {list: true, sort: true},
	"Group.descendantGroups": {own: 5},
	"Query.projects":         {list: true},
	"Query.groups":           {list: true},
	"Query.users":            {list: true, sort: true},

	"MergeRequest.notes":                     {list: true},
	"MergeRequest.labels":                    {own: 5},
	"MergeRequest.assignees":                 {own: 5},
	"MergeRequest.reviewers":                 {own: 5},
	"MergeRequest.committers":                {own: 5},
	"MergeRequest.mergedAt":                  {own: 5},
	"MergeRequest.subscribed":                {own: 5},
	"MergeRequest.diffHeadSha":               {own: 2},
	"MergeRequest.approved":                  {own: 2},
	"MergeRequest.mergeable":                 {own: 2},
	"MergeRequest.detailedMergeStatus":       {own: 2},
	"MergeRequest.defaultMergeCommitMessage": {own: 2},
	"MergeRequest.divergedFromTargetBranch":  {own: 2},
	"MergeRequest.sourceBranchExists":        {own: 2},
	"MergeRequest.targetBranchExists":        {own: 2},
	"MergeRequest.rebaseInProgress":          {own: 2},
	"MergeRequest.shouldBeRebased":           {own: 2},

	"Issue.notes":              {list: true},
	"Issue.labels":             {list: true},
	"Issue.participants":       {own: 5},
	"Issue.subscribed":         {own: 5},
	"Note.authorIsContributor": {own: 2},
}

// meter computes complexities. It walks what was validated.
type meter struct{ vars map[string]any }

func complexityOf(op *ast.OperationDefinition, vars map[string]any) int {
	return meter{vars}.selections([]ast.SelectionSet{op.SelectionSet}, publishedSchema().Query)
}

// chosen is one field of an answer, with all places of the query that ask for it.
type chosen struct {
	field *ast.Field
	below []ast.SelectionSet
}

// selections is what the dearest of a type's kinds counts.
func (m meter) selections(sets []ast.SelectionSet, of *ast.Definition) int {
	most := 0
	for _, kind := range publishedSchema().GetPossibleTypes(of) {
		sum := 0
		for _, c := range m.collect(nil, sets, kind) {
			sum += m.count(c, kind)
		}
		most = max(most, sum)
	}
	return most
}

// collect gathers the fields that one kind is asked for, through fragments.
func (m meter) collect(list []*chosen, sets []ast.SelectionSet, kind *ast.Definition) []*chosen {
	for _, set := range sets {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if graphql.Included(s.Directives, m.vars) {
					list = merge(list, s)
				}
			case *ast.InlineFragment:
				if graphql.Included(s.Directives, m.vars) && applies(s.TypeCondition, kind) {
					list = m.collect(list, []ast.SelectionSet{s.SelectionSet}, kind)
				}
			case *ast.FragmentSpread:
				if graphql.Included(s.Directives, m.vars) && applies(s.Definition.TypeCondition, kind) {
					list = m.collect(list, []ast.SelectionSet{s.Definition.SelectionSet}, kind)
				}
			}
		}
	}
	return list
}

func merge(list []*chosen, f *ast.Field) []*chosen {
	for _, c := range list {
		if c.field.Alias == f.Alias {
			c.below = append(c.below, f.SelectionSet)
			return list
		}
	}
	return append(list, &chosen{f, []ast.SelectionSet{f.SelectionSet}})
}

// applies tells whether objects of a kind are of a type; "" is any.
func applies(condition string, kind *ast.Definition) bool {
	if condition == "" || condition == kind.Name {
		return true
	}
	for _, d := range publishedSchema().PossibleTypes[condition] {
		if d.Name == kind.Name {
			return true
		}
	}
	return false
}

// count is what one field counts with all below it.
func (m meter) count(c *chosen, kind *ast.Definition) int {
	children := 0
	if c.field.Definition != nil {
		if d := publishedSchema().Types[c.field.Definition.Type.Name()]; d != nil && d.IsCompositeType() {
			children = m.selections(c.below, d)
		}
	}
	p := prices[kind.Name+"."+c.field.Name]
	switch {
	case p.own > 0:
		return children + p.own
	case !p.list:
		return children + 1
	}
	args := graphql.ArgumentsOf(c.field, m.vars)
	n := children + 1 + p.extra
	if p.sort || args.Text("sort") != "" {
		n++
	}
	if args.Text("search") != "" {
		n += 5
	}
	if len(args.Texts("iids")) > 0 || args.Text("iid") != "" {
		return n
	}
	page := mostPage
	for _, name := range []string{"first", "last"} {
		if size, ok := args.Number(name); ok {
			page = min(page, size)
		}
	}
	return int(float64(n) + float64(n)*(float64(page)*0.01))
}
