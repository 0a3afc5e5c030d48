package serve

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/tributary-oss/tributary/score/report"
)

// problem is an answer that is no data, written as RFC 9457 asks. Its texts are fixed: what
// a request said is never sent back.
type problem struct {
	status int
	detail string
	header map[string]string
}

func badRequest(detail string) *problem {
	return &problem{status: http.StatusBadRequest, detail: detail}
}

// notFound is the one answer for what does not exist and for what a request may not know of.
var notFound = &problem{status: http.StatusNotFound, detail: "There is nothing at this address, or it opens nothing."}

func (p *problem) write(w http.ResponseWriter) {
	text, err := indented(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"about:blank", http.StatusText(p.status), p.status, p.detail})
	if err != nil {
		panic(err) // texts and a number
	}
	h := w.Header()
	for name, value := range p.header {
		h.Set(name, value)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(p.status)
	w.Write(text)
}

// indented writes JSON for people too, in which nothing steers the terminal that shows it.
func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	err := report.WriteJSON(&b, v)
	return b.Bytes(), err
}
