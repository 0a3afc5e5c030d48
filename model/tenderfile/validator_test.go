package tenderfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// schema checks values against the part of JSON Schema that ours use. A keyword
// that it does not know fails, so that none is taken for checked.
type schema struct {
	root map[string]any
}

func loadSchema(t *testing.T, b []byte) *schema {
	s := &schema{}
	require.NoError(t, json.Unmarshal(b, &s.root))
	return s
}

func (s *schema) check(v any) error { return s.value(s.root, v, "$") }

func (s *schema) value(of map[string]any, v any, at string) error {
	for _, keyword := range slices.Sorted(maps.Keys(of)) {
		if err := s.keyword(of, keyword, v, at); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) keyword(of map[string]any, keyword string, v any, at string) error {
	want := of[keyword]
	fail := fmt.Errorf("%s: %v against %s %v", at, v, keyword, want)
	holds := true
	switch keyword {
	case "$schema", "$defs", "title", "description":
	case "$ref":
		name := strings.TrimPrefix(want.(string), "#/$defs/")
		return s.value(s.root["$defs"].(map[string]any)[name].(map[string]any), v, at)
	case "type":
		holds = isType(want.(string), v)
	case "const":
		holds = reflect.DeepEqual(v, want)
	case "enum":
		holds = slices.Contains(want.([]any), v)
	case "pattern":
		text, ok := v.(string)
		holds = ok && regexp.MustCompile(want.(string)).MatchString(text)
	case "minLength":
		holds = utf8.RuneCountInString(v.(string)) >= int(want.(float64))
	case "minimum":
		holds = v.(float64) >= want.(float64)
	case "maximum":
		holds = v.(float64) <= want.(float64)
	case "exclusiveMinimum":
		holds = v.(float64) > want.(float64)
	case "minItems":
		holds = len(v.([]any)) >= int(want.(float64))
	case "minProperties":
		holds = len(v.(map[string]any)) >= int(want.(float64))
	case "oneOf":
		matches := 0
		for _, o := range want.([]any) {
			if s.typeless(o.(map[string]any), v, at) == nil {
				matches++
			}
		}
		holds = matches == 1
	default:
		return s.nested(of, keyword, v, at)
	}
	if !holds {
		return fail
	}
	return nil
}

// typeless checks one branch of a oneOf, whose type decides first.
func (s *schema) typeless(of map[string]any, v any, at string) error {
	if want, ok := of["type"]; ok && !isType(want.(string), v) {
		return fmt.Errorf("%s: type", at)
	}
	return s.value(of, v, at)
}

func (s *schema) nested(of map[string]any, keyword string, v any, at string) error {
	switch keyword {
	case "items":
		for i, item := range asList(v) {
			if err := s.typeless(of["items"].(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	case "required":
		for _, key := range of["required"].([]any) {
			if _, ok := asMap(v)[key.(string)]; !ok {
				return fmt.Errorf("%s: %v is missing", at, key)
			}
		}
		return nil
	case "propertyNames":
		for key := range asMap(v) {
			if err := s.value(of[keyword].(map[string]any), key, at); err != nil {
				return err
			}
		}
		return nil
	case "properties", "additionalProperties":
		return s.members(of, v, at)
	}
	return fmt.Errorf("the validator does not know %s", keyword)
}

func (s *schema) members(of map[string]any, v any, at string) error {
	properties := asMap(of["properties"])
	for key, value := range asMap(v) {
		rule, ok := properties[key]
		if !ok {
			rule = of["additionalProperties"]
		}
		if rule == false {
			return fmt.Errorf("%s: unknown key %s", at, key)
		}
		if err := s.typeless(rule.(map[string]any), value, at+"."+key); err != nil {
			return err
		}
	}
	return nil
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func isType(want string, v any) bool {
	switch v := v.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == math.Trunc(v)
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
