// Command prune reads Gitea's description of its API on standard input and writes, on
// standard output, the names and types in it that the fake Gitea needs: the parameters of
// the paths that it answers, and the fields of what they answer. Words are left out.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// paths are those that the fake answers to GET.
var paths = []string{
	"/version", "/settings/api",
	"/repos/{owner}/{repo}", "/repos/{owner}/{repo}/pulls", "/repos/{owner}/{repo}/pulls/{index}",
	"/repos/{owner}/{repo}/pulls/{index}/reviews", "/repos/{owner}/{repo}/issues",
	"/repos/{owner}/{repo}/issues/comments", "/repos/{owner}/{repo}/issues/{index}/comments",
	"/repos/{owner}/{repo}/issues/{index}/timeline", "/repos/{owner}/{repo}/releases",
}

// reference is where a description names another one, or a type.
type reference struct {
	Ref    string     `json:"$ref"`
	Type   string     `json:"type"`
	Format string     `json:"format"`
	Items  *reference `json:"items"`
}

type described struct {
	Paths map[string]struct {
		Get struct {
			Parameters []struct{ Name, In, Type string }
			Responses  map[string]reference
		}
	}
	Responses   map[string]struct{ Schema reference }
	Definitions map[string]struct {
		Type       string
		Properties map[string]reference
	}
}

// pruned is what is kept. Types are written as "integer", "string date-time", "User" for
// a definition, and with "[]" before them for lists.
type pruned struct {
	Source      string
	Paths       map[string]path
	Definitions map[string]map[string]string
}

type path struct {
	Query []string // the names of its parameters, sorted
	Reply string
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: prune SOURCE <DESCRIPTION")
		os.Exit(2)
	}
	if err := prune(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "prune:", err)
		os.Exit(1)
	}
}

// placeholder is where the server puts its own version and folder.
var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

func prune(source string, in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var all described
	if err := json.Unmarshal(placeholder.ReplaceAll(text, nil), &all); err != nil {
		return err
	}
	kept := pruned{source, map[string]path{}, map[string]map[string]string{}}
	for _, name := range paths {
		get, ok := all.Paths[name]
		if !ok {
			return fmt.Errorf("there is no path %s", name)
		}
		p := path{Query: []string{}, Reply: all.Responses[last(get.Get.Responses["200"].Ref)].Schema.String()}
		for _, parameter := range get.Get.Parameters {
			if parameter.In == "query" {
				p.Query = append(p.Query, parameter.Name)
			}
		}
		slices.Sort(p.Query)
		kept.Paths[name] = p
		all.keep(p.Reply, kept.Definitions)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	if err := e.Encode(kept); err != nil {
		return err
	}
	_, err = out.Write(b.Bytes())
	return err
}

// keep keeps a type and those that it refers to.
func (d *described) keep(kind string, kept map[string]map[string]string) {
	name := strings.TrimLeft(kind, "[]")
	of, ok := d.Definitions[name]
	if !ok || kept[name] != nil {
		return
	}
	kept[name] = map[string]string{}
	if of.Type == "string" {
		return
	}
	for field, r := range of.Properties {
		kept[name][field] = r.String()
		d.keep(kept[name][field], kept)
	}
}

func (r reference) String() string {
	switch {
	case r.Ref != "":
		return last(r.Ref)
	case r.Type == "array" && r.Items != nil:
		return "[]" + r.Items.String()
	}
	return strings.TrimSpace(r.Type + " " + r.Format)
}

// last is what a reference names.
func last(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }
