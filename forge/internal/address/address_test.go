package address_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/internal/address"
)

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"https://user:secret@forge.example/a?token=x#y": "https://forge.example/a",
		"https://us@er:sec@ret@forge.example":           "https://forge.example",
		"https://forge.example/a@b":                     "https://forge.example/a@b",
		"https://forge.example:8443/a/b":                "https://forge.example:8443/a/b",
		"https://user:p/secret@127.0.0.1:1/x":           "https://127.0.0.1:1/x",
		"https://user:1/secret@127.0.0.1:1/x":           "https://127.0.0.1:1/x",
		"https://user:1?secret@127.0.0.1:1/x?y":         "https://127.0.0.1:1/x",
		"https://user:p#secret@127.0.0.1:1/x":           "https://127.0.0.1:1/x",
		"https://user:p@se/cret@127.0.0.1:1/x":          "https://127.0.0.1:1/x",
		"https://sec?ret@127.0.0.1/x":                   "https://127.0.0.1/x",
		"https://us%zz/secret@127.0.0.1/x":              "https://127.0.0.1/x",
		"https://forge.example/x?token=a@b":             "https://forge.example/x",
		"ssh://user:secret@127.0.0.1/x":                 "ssh://127.0.0.1/x",
		"file://user:secret@/tmp/x":                     "file:///tmp/x",
		"file:///tmp/a:b@c":                             "file:///tmp/a:b@c",
		"https:/user:secret@127.0.0.1/x":                "…@127.0.0.1/x",
		"https:user:secret@127.0.0.1/x":                 "…@127.0.0.1/x",
		"//user:secret@127.0.0.1/x":                     "…@127.0.0.1/x",
		"user:secret@https://127.0.0.1/x":               "…@https://127.0.0.1/x",
		"user:secret@127.0.0.1:x":                       "…@127.0.0.1:x",
		"user:se/cret@127.0.0.1:x":                      "…@127.0.0.1:x",
		"me@karst.example:secret@127.0.0.1:x":           "…@127.0.0.1:x",
		"git@forge.example:a/b.git":                     "git@forge.example:a/b.git",
		`C:\a@b`:                                        `C:\a@b`,
		"../a:b@c":                                      "../a:b@c",
		"/a:b/b@c":                                      "/a:b/b@c",
		"/a/b@c":                                        "/a/b@c",
		"https://host/x":                                "https://host/x",
		"https://user:pw@host/x":                        "https://host/x",
		"https://token@host":                            "https://host",
		"https://user:p/w@host/x":                       "https://host/x",
		"https://user:p@w@host:8443/x/y":                "https://host:8443/x/y",
		"https://host/@scope/x":                         "https://host/@scope/x",
		"git@host:x.git":                                "git@host:x.git",
		"repo/x.git":                                    "repo/x.git",
	} {
		assert.Equal(t, want, address.Redact(in), in)
	}
}
