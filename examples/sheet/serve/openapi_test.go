package serve

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
)

func description(t *testing.T) *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	require.True(t, doc.IsOpenAPI31OrLater())
	return doc
}

// described is a pattern of the router as the description writes it.
func described(pattern string) string { return strings.TrimSuffix(pattern, "{$}") }

// routesOf returns the addresses that a handler lays out, with their parameters.
func routesOf(t *testing.T) map[string][]string {
	h, err := Handler(Options{})
	require.NoError(t, err)
	all := map[string][]string{}
	for pattern, takes := range h.(*handler).laid {
		all[described(pattern)] = takes
	}
	return all
}

// Every address that is answered is described, with every parameter that it takes, and
// nothing else is.
func TestTheDescriptionHasEveryRouteAndParameter(t *testing.T) {
	doc, routes := description(t), routesOf(t)
	paths := slices.Sorted(maps.Keys(doc.Paths.Map()))
	assert.Equal(t, slices.Sorted(maps.Keys(routes)), paths)
	for path, item := range doc.Paths.Map() {
		assert.Equal(t, []string{"GET"}, slices.Collect(maps.Keys(item.Operations())), path)
		var takes []string
		for _, p := range item.Get.Parameters {
			if p.Value.In == "query" {
				takes = append(takes, p.Value.Name)
			} else {
				assert.Contains(t, path, "{"+p.Value.Name+"}")
			}
		}
		if slices.ContainsFunc(*item.Get.Security, func(r openapi3.SecurityRequirement) bool { _, ok := r["key"]; return ok }) {
			takes = append(takes, doc.Components.SecuritySchemes["key"].Value.Name)
		}
		assert.ElementsMatch(t, routes[path], takes, path)
		assert.Equal(t, strings.Count(path, "{"), len(item.Get.Parameters)-len(takes)+btoi(slices.Contains(takes, keyParameter)), path)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Each status that the description has of a route is given by the server, in the form that
// the description says; and it gives none that is not described.
func TestEveryDescribedAnswerIsGiven(t *testing.T) {
	doc := description(t)
	for path, item := range doc.Paths.Map() {
		for status := range item.Get.Responses.Map() {
			t.Run(status+" "+path, func(t *testing.T) {
				res, r := provoke(t, status, path)
				require.Equal(t, status, fmt.Sprint(res.StatusCode))
				holds(t, doc, item, path, r, res)
			})
		}
	}
}

// holds checks an answer against the description.
func holds(t testing.TB, doc *openapi3.T, item *openapi3.PathItem, path string, r *http.Request, res *http.Response) {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	described := item.Get.Responses.Status(res.StatusCode)
	require.NotNil(t, described, "%s gives %d", path, res.StatusCode)
	for name, h := range described.Value.Headers {
		if res.StatusCode != http.StatusNotModified || name == "ETag" {
			assert.NotEmpty(t, res.Header.Get(name), "%s %d: %s", path, res.StatusCode, name)
		}
		assert.NotNil(t, h.Value)
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: "GET", Operation: item.Get}},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	require.NoError(t, openapi3filter.ValidateResponse(t.Context(), input), "%s", body)
}

func init() {
	openapi3filter.RegisterBodyDecoder("text/csv", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder)
}

// provoke makes the server give a status at a described path.
func provoke(t *testing.T, status, path string) (*http.Response, *http.Request) {
	b := newBench(t, func(o *Options) {
		switch status {
		case "429":
			o.Rate, o.Burst = 1, 1
		case "421":
			o.Hosts = []string{"localhost"}
		case "503":
			o.Grants = spoiltStore(t)
		}
	})
	token, tender := b.token, name
	switch {
	case status == "404" && strings.Contains(path, "{tender}"):
		tender = "nothing"
	case status == "404":
		token = "wrong"
	case status == "410":
		token = b.expired
	case status == "401":
		token = "wrong"
	}
	values := url.Values{}
	address := strings.NewReplacer("{token}", token, "{tender}", tender).Replace(path)
	if strings.HasSuffix(path, "/points") || strings.HasSuffix(path, "/score") || strings.HasSuffix(path, "/rank") || strings.HasSuffix(path, "/score.json") {
		values.Set("bidder", "karst")
		values.Set("lot", "1")
	}
	switch status {
	case "400":
		values.Set("nonsense", "1")
	case "414":
		values.Set("refresh", strings.Repeat("x", maxAddress))
	}
	r := httptest.NewRequest("GET", "http://127.0.0.1"+address+"?"+values.Encode(), nil)
	r.Header.Set("Authorization", "Bearer "+token)
	switch status {
	case "405":
		r.Method = "POST"
	case "413":
		r.ContentLength = 1
	case "429":
		b.do(r.Clone(r.Context()))
	case "304":
		r.Header.Set("If-None-Match", b.do(r.Clone(r.Context())).Header.Get("ETag"))
	}
	return b.do(r), r
}

// spoiltStore is a file of grants that became unreadable.
func spoiltStore(t *testing.T) *grant.Store {
	file := filepath.Join(t.TempDir(), "grants")
	require.NoError(t, os.WriteFile(file, []byte("{}\n"), 0o600))
	store, err := grant.OpenStore(file)
	require.ErrorIs(t, err, grant.ErrStore)
	return store
}
