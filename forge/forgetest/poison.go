package forgetest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Poison are repositories that mean harm, by what they do: for the tests of whoever mines many
// at once. A server gives all requests below /NAME to the handler of that name.
//
//	redirects  leads to itself without end
//	silent     never answers
//	endless    sends a pack of which there is no end
//	broken     sends a pack that ends in the middle
//	gone       is not there
var Poison = map[string]http.HandlerFunc{
	"redirects": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String(), http.StatusFound)
	},
	"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	"endless": func(w http.ResponseWriter, r *http.Request) {
		servePack(w, r, func() {
			for {
				if _, err := fmt.Fprintf(w, "%04x\x01PACK\x00\x00\x00\x02\x00\xff\xff\xff%s", 4+1+12+60000, strings.Repeat("x", 60000)); err != nil {
					return
				}
			}
		})
	},
	"broken": func(w http.ResponseWriter, r *http.Request) {
		servePack(w, r, func() { io.WriteString(w, "0011\x01PACK\x00\x00\x00\x02\x00\x00\x00\x030000") })
	},
	"gone": http.NotFound,
}

// Poisoned serves what means harm before it asks another handler.
func Poisoned(honest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if harm := Poison[name]; harm != nil {
			harm(w, r)
			return
		}
		honest.ServeHTTP(w, r)
	})
}

// servePack advertises one branch, and lets send write the pack.
func servePack(w http.ResponseWriter, r *http.Request, send func()) {
	packet := func(s string) { fmt.Fprintf(w, "%04x%s", len(s)+4, s) }
	if r.Method == http.MethodGet {
		packet("# service=git-upload-pack\n")
		io.WriteString(w, "0000")
		packet(strings.Repeat("1", 40) + " refs/heads/main\x00side-band-64k agent=x\n")
		io.WriteString(w, "0000")
		return
	}
	packet("NAK\n")
	send()
}
