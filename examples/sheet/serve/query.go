package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Parameters of addresses.
const (
	bidderParameter  = "bidder"  // a bidder's short name
	lotParameter     = "lot"     // a lot's short name
	localeParameter  = "locale"  // en or fr
	langParameter    = "lang"    // of a page: en or fr
	keyParameter     = "key"     // a token, as Power Query sends it
	refreshParameter = "refresh" // anything: makes an address new for programs that remember answers
)

// maxParameter bounds the value of a parameter, in bytes.
const maxParameter = 1000

// query holds the parameters of a request, each at most once.
type query url.Values

func (q query) get(name string) string { return url.Values(q).Get(name) }

// locale is the locale that was asked for.
func (q query) locale() string {
	if l := q.get(localeParameter); l != "" {
		return l
	}
	return localeEnglish
}

// readQuery reads the parameters that a route takes. Others are faults: a misspelt one would
// otherwise give another bidder's figure, or the wrong decimal sign.
func readQuery(r *http.Request, takes []string) (query, *problem) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("The part of the address after ? is not well formed.")
	}
	for name, list := range values {
		switch {
		case !slices.Contains(takes, name):
			return nil, badRequest(fmt.Sprintf("This address takes no such parameter. It takes %s.", strings.Join(takes, ", ")))
		case len(list) > 1:
			return nil, badRequest(fmt.Sprintf("%s is said more than once.", name))
		case len(list[0]) > maxParameter:
			return nil, badRequest(fmt.Sprintf("%s is longer than %d bytes.", name, maxParameter))
		}
	}
	for _, name := range []string{localeParameter, langParameter} {
		if v := values.Get(name); v != "" && v != localeEnglish && v != localeFrench {
			return nil, badRequest(fmt.Sprintf("%s is en or fr.", name))
		}
	}
	return query(values), nil
}
