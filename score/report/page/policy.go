package page

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// policy returns the content security policy of a page: its own style and script by their
// digests, and nothing else. See https://www.w3.org/TR/CSP3/.
func policy(style, script string) string {
	return "default-src 'none'; style-src " + digest(style) + "; script-src " + digest(script) + "; base-uri 'none'; form-action 'none'"
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// sheetLabel returns the rule that prints what the result is on every sheet of paper. A label
// holds letters alone, so that nobody's text gets into the style.
func sheetLabel(b banner) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, b.Label)
	return "@page{@top-left{content:\"" + letters + "\"}}\n"
}
