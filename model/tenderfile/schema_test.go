package tenderfile

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

var update = flag.Bool("update", false, "write the schemas from the types")

func TestSchemasAreWhatTheTypesSay(t *testing.T) {
	for name, c := range map[string]struct {
		of       reflect.Type
		title    string
		embedded []byte
	}{
		"tender-1.schema.json": {reflect.TypeFor[model.Tender](), "Tributary tender document, version 1", Schema()},
		"people-1.schema.json": {reflect.TypeFor[model.People](), "Tributary people document, version 1", PeopleSchema()},
		"claim-1.schema.json":  {reflect.TypeFor[model.Claim](), "Tributary claim, version 1", ClaimSchema()},
	} {
		want := generate(t, c.of, c.title)
		if *update {
			require.NoError(t, os.WriteFile(name, want, 0o644))
			continue
		}
		assert.Equal(t, string(want), string(c.embedded), "%s is stale; run go test -update here", name)
	}
}

func TestSchemaIsACopy(t *testing.T) {
	Schema()[0] = 'x'
	PeopleSchema()[0] = 'x'
	ClaimSchema()[0] = 'x'
	assert.True(t, json.Valid(Schema()))
	assert.True(t, json.Valid(PeopleSchema()))
	assert.True(t, json.Valid(ClaimSchema()))
}

// The keys of the schema on disk are fed to the decoder, type by type: it must
// know each of them, and no other.
func TestSchemaHasTheKeysThatAreRead(t *testing.T) {
	types := map[string]reflect.Type{}
	structs(reflect.TypeFor[model.Tender](), types)
	structs(reflect.TypeFor[model.People](), types)
	structs(reflect.TypeFor[model.Claim](), types)
	seen := 0
	for _, b := range [][]byte{Schema(), PeopleSchema(), ClaimSchema()} {
		var schema map[string]any
		require.NoError(t, json.Unmarshal(b, &schema))
		for name, def := range schema["$defs"].(map[string]any) {
			seen++
			n := &node{shape: mapping}
			d := &document{file: "t", collector: &collector{}}
			properties := def.(map[string]any)["properties"].(map[string]any)
			for key := range properties {
				n.put(d, &node{shape: text, text: key}, &node{})
			}
			d.decoder().structure(n, reflect.New(types[name]).Elem(), name, limit{})
			for _, f := range d.faults {
				assert.NotContains(t, f.Message, "unknown key", name)
			}
			assert.Len(t, properties, len(fieldsOf(types[name], nil)), name)
			assert.Equal(t, false, def.(map[string]any)["additionalProperties"], name)
		}
	}
	assert.Equal(t, len(types), seen, "each type is defined in one schema")
}

func TestSchemaAcceptsWhatIsReadAndRefusesWhatIsNot(t *testing.T) {
	tender, people, claim := loadSchema(t, Schema()), loadSchema(t, PeopleSchema()), loadSchema(t, ClaimSchema())
	assert.NoError(t, tender.check(loadYAML(t, "testdata/complete.yaml")))
	assert.NoError(t, people.check(loadYAML(t, "testdata/people.yaml")))
	assert.NoError(t, claim.check(loadYAML(t, "testdata/claim.yaml")))

	for name, spoil := range map[string]func(map[string]any){
		"unknown key":       func(m map[string]any) { m["waights"] = map[string]any{} },
		"unknown indicator": func(m map[string]any) { m["weights"].(map[string]any)["fame"] = 1.0 },
		"missing key":       func(m map[string]any) { delete(m, "projects") },
		"another version":   func(m map[string]any) { m["format"] = "tributary/2" },
		"word":              func(m map[string]any) { m["mode"] = "selct" },
		"zero":              func(m map[string]any) { m["points"] = 0.0 },
		"below":             func(m map[string]any) { m["weights"].(map[string]any)["commits"] = -1.0 },
		"beyond":            func(m map[string]any) { m["window"].(map[string]any)["months"] = 241.0 },
		"part of a number":  func(m map[string]any) { m["window"].(map[string]any)["months"] = 1.5 },
		"date":              func(m map[string]any) { m["window"].(map[string]any)["until"] = "2026" },
		"bidders":           func(m map[string]any) { m["bidders"] = "everybody" },
		"empty list":        func(m map[string]any) { m["lots"].([]any)[0].(map[string]any)["projects"] = map[string]any{} },
		"type":              func(m map[string]any) { m["lots"] = map[string]any{} },
		"vendor name":       func(m map[string]any) { m["vendors"] = map[string]any{"Big Co": map[string]any{}} },
	} {
		doc := loadYAML(t, "testdata/complete.yaml").(map[string]any)
		spoil(doc)
		assert.Error(t, tender.check(doc), name)
		b, err := json.Marshal(doc)
		require.NoError(t, err)
		_, err = ReadFS(files("t.json", string(b), "people.yaml", people1(t)), "t.json")
		assert.Error(t, err, name)
	}
}

func loadYAML(t *testing.T, name string) any {
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	var v any
	require.NoError(t, yaml.Unmarshal(b, &v))
	b, err = json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &v))
	return v
}

func people1(t *testing.T) string {
	b, err := os.ReadFile("testdata/people.yaml")
	require.NoError(t, err)
	return string(b)
}

// structs gathers the struct types that documents spell, by name.
func structs(t reflect.Type, into map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		structs(t.Elem(), into)
	case reflect.Struct:
		if t == reflect.TypeFor[model.Bidders]() {
			t = reflect.TypeFor[model.Bidder]()
		}
		if t == reflect.TypeFor[model.Threshold]() || into[t.Name()] != nil {
			return
		}
		into[t.Name()] = t
		for _, f := range fieldsOf(t, nil) {
			structs(t.Field(f.index).Type, into)
		}
	}
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, m := range o {
		b.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", m.key, value)
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func generate(t *testing.T, of reflect.Type, title string) []byte {
	types := map[string]reflect.Type{}
	structs(of, types)
	var defs object
	for _, name := range slices.Sorted(maps.Keys(types)) {
		defs = append(defs, member{name, define(types[name])})
	}
	b, err := json.MarshalIndent(object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", title},
		{"$ref", "#/$defs/" + of.Name()},
		{"$defs", defs},
	}, "", "  ")
	require.NoError(t, err)
	return append(b, '\n')
}

func define(t reflect.Type) object {
	var properties object
	required := []string{}
	for _, f := range fieldsOf(t, limits()) {
		of := describeType(t.Field(f.index).Type, t.Name()+"."+f.key, f.limit)
		of = append(object{{"description", t.Field(f.index).Tag.Get("doc")}}, of...)
		properties = append(properties, member{f.key, of})
		if f.limit.required {
			required = append(required, f.key)
		}
	}
	return object{{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}}
}

// describeType writes the schema of a type, with the limit of the key it stands under.
func describeType(t reflect.Type, path string, l limit) object {
	switch path {
	case "Tender.format":
		return object{{"const", model.TenderFormat}}
	case "People.format":
		return object{{"const", model.PeopleFormat}}
	case "Claim.format":
		return object{{"const", model.ClaimFormat}}
	case "Seal.format":
		return object{{"const", model.SealFormat}}
	case "Decision.decide":
		vendor := object{{"type", "object"}, {"properties", object{{"vendor", object{{"type", "string"}}}}},
			{"required", []string{"vendor"}}, {"additionalProperties", false}}
		return object{{"oneOf", []object{{{"enum", []string{"count", "refuse"}}},
			{{"type", "string"}, {"pattern", "^vendor: ."}}, vendor}}}
	case "Tender.weights", "Tender.indicators", "Project.thresholds":
		return named(t, path, l)
	}
	switch t {
	case reflect.TypeFor[model.Bidders]():
		return object{{"oneOf", []object{{{"const", "all"}}, describeType(reflect.TypeFor[[]model.Bidder](), "", l.each())}}}
	case reflect.TypeFor[model.Threshold]():
		return object{{"oneOf", []object{{{"const", "none"}}, describeType(reflect.TypeFor[float64](), "", l)}}}
	case reflect.TypeFor[model.Date]():
		return object{{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}}
	}
	return ordinary(t, path, l)
}

func ordinary(t reflect.Type, path string, l limit) object {
	least := func(key string) object {
		if l.required {
			return object{{key, 1}}
		}
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return describeType(t.Elem(), "", l)
	case reflect.Struct:
		return object{{"$ref", "#/$defs/" + t.Name()}}
	case reflect.Slice:
		return append(object{{"type", "array"}, {"items", describeType(t.Elem(), "", l.each())}}, least("minItems")...)
	case reflect.Map:
		o := object{{"type", "object"}, {"additionalProperties", describeType(t.Elem(), "", l.each())}}
		if path == "Tender.vendors" {
			o = append(o, member{"propertyNames", object{{"pattern", vendorID.String()}}})
		}
		return append(o, least("minProperties")...)
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Int, reflect.Float64:
		bound := map[bool]string{true: "exclusiveMinimum", false: "minimum"}[l.above]
		kind := map[bool]string{true: "integer", false: "number"}[t.Kind() == reflect.Int]
		return object{{"type", kind}, {bound, l.least}, {"maximum", l.top()}}
	}
	if len(l.words) > 0 {
		return object{{"enum", l.words}}
	}
	return append(object{{"type", "string"}}, least("minLength")...)
}

// named writes the schema of a map whose keys the method knows.
func named(t reflect.Type, path string, l limit) object {
	var properties object
	value := describeType(t.Elem(), "", l.each())
	for _, p := range model.Pillars() {
		var inner object
		for _, i := range p.Indicators {
			if path == "Project.thresholds" && !i.Months {
				properties = append(properties, member{string(i.Name), value})
			}
			inner = append(inner, member{string(i.Name), describeType(reflect.TypeFor[float64](), "", l)})
		}
		switch path {
		case "Tender.weights":
			properties = append(properties, member{string(p.Name), value})
		case "Tender.indicators":
			properties = append(properties, member{string(p.Name), closed(inner)})
		}
	}
	return closed(properties)
}

func closed(properties object) object {
	return object{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
}
