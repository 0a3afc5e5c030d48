package address_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/internal/address"
)

func TestHost(t *testing.T) {
	for in, want := range map[string][2]string{
		"https://GitHub.com/a/b.git":           {"github.com", "a/b"},
		"https://user:pw@github.com/a/b/":      {"github.com", "a/b"},
		"https://forge.example:8443/sub/a/b":   {"forge.example:8443", "sub/a/b"},
		"https://forge.example:443/a/b":        {"forge.example", "a/b"},
		"http://127.0.0.1:80/a/b":              {"127.0.0.1", "a/b"},
		"ssh://git@forge.example:2222/a/b.git": {"forge.example", "a/b"},
		"git@forge.example:a/b.git":            {"forge.example", "a/b"},
		"https://forge.example":                {"forge.example", ""},
	} {
		host, path, ok := address.Host(in)
		assert.True(t, ok, in)
		assert.Equal(t, want, [2]string{host, path}, in)
	}
	for _, in := range []string{"/tmp/a", "a/b", "file:///a/b", "file://host/a", "https:///a", "https://%zz/a", ""} {
		_, _, ok := address.Host(in)
		assert.False(t, ok, in)
	}
}
