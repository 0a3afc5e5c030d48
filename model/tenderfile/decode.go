package tenderfile

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// decoder writes a tree into the model's types. The types' json tags are the
// keys, so that a new field needs nothing here. It goes on after a fault and
// leaves the value at its default, so that one reading tells every fault.
type decoder struct {
	*document
	limits map[string]limit
	known  map[reflect.Type][]field
}

func (d *document) decoder() *decoder {
	return &decoder{document: d, limits: limits(), known: map[reflect.Type][]field{}}
}

// fields returns a struct's keys, looked up once per type.
func (d *decoder) fields(t reflect.Type) []field {
	if _, ok := d.known[t]; !ok {
		d.known[t] = fieldsOf(t, d.limits)
	}
	return d.known[t]
}

// value writes n to v and reports whether it could. The name is the key that
// the value stands under.
func (d *decoder) value(n *node, v reflect.Value, name string, l limit) bool {
	if n.shape == nothing {
		d.fault(n, "%s has no value; write %s, or leave the key out", quote(name), d.wanted(v.Type(), l))
		return false
	}
	switch to := v.Addr().Interface().(type) {
	case *model.Bidders:
		return d.bidders(n, to)
	case *model.Threshold:
		return d.threshold(n, to, name, l)
	case *model.Date:
		return d.date(n, to, name, l)
	}
	switch v.Kind() {
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		ok := d.value(n, to.Elem(), name, l)
		if ok {
			v.Set(to)
		}
		return ok
	case reflect.Struct:
		return d.structure(n, v, name, l)
	case reflect.Map:
		return d.table(n, v, name, l)
	case reflect.Slice:
		return d.list(n, v, name, l)
	}
	return d.scalar(n, v, name, l)
}

func (d *decoder) structure(n *node, v reflect.Value, name string, l limit) bool {
	if n.shape != mapping {
		return d.wrong(n, v.Type(), name, l)
	}
	fields := d.fields(v.Type())
	for _, p := range n.pairs() {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == p.key.text })
		if i < 0 {
			d.unknownKey(p.key, fields)
			continue
		}
		f := fields[i]
		if v.Type() == reflect.TypeFor[model.Decision]() && f.key == "decide" {
			p.value = decision(p.value)
		}
		d.value(p.value, v.Field(f.index), f.key, f.limit)
	}
	for _, f := range fields {
		if f.limit.required && !n.has(f.key) {
			d.fault(n, "missing key %q; write %s", f.key, f.limit.sample)
		}
	}
	return true
}

func (d *decoder) unknownKey(key *node, fields []field) {
	if d.full() {
		return
	}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	d.fault(key, "%s", unknown("key", key.text, known))
}

// table writes a map key by key over what the map holds, which keeps the
// defaults of the keys that the document does not state.
func (d *decoder) table(n *node, v reflect.Value, name string, l limit) bool {
	if n.shape != mapping {
		return d.wrong(n, v.Type(), name, l)
	}
	if len(n.pairs()) == 0 && l.required {
		d.fault(n, "%s is empty; write %s", quote(name), l.sample)
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, p := range n.pairs() {
		key := reflect.ValueOf(p.key.text).Convert(v.Type().Key())
		to := reflect.New(v.Type().Elem()).Elem()
		if old := v.MapIndex(key); old.IsValid() {
			to.Set(old)
		}
		// Where a struct is at fault its name is known all the same, and
		// references to it are right.
		if d.value(p.value, to, p.key.text, l.each()) || to.Kind() == reflect.Struct {
			v.SetMapIndex(key, to)
		}
	}
	return true
}

// list writes a slice. An item at fault stays as its zero value, so that places
// in the slice and in the document agree.
func (d *decoder) list(n *node, v reflect.Value, name string, l limit) bool {
	if n.shape != list {
		return d.wrong(n, v.Type(), name, l)
	}
	if len(n.items()) == 0 && l.required {
		d.fault(n, "%s is empty; write %s", quote(name), l.sample)
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items()), len(n.items())))
	for i, item := range n.items() {
		d.value(item, v.Index(i), name, l.each())
	}
	return true
}

func (d *decoder) bidders(n *node, to *model.Bidders) bool {
	if n.shape == text && n.text == "all" {
		to.All = true
		return true
	}
	if n.shape != list {
		return d.wrong(n, reflect.TypeFor[model.Bidders](), "bidders", limit{})
	}
	// Before its notice a tender has no bidders yet: an empty list says so.
	return d.list(n, reflect.ValueOf(&to.List).Elem(), "bidders", d.limits["Tender.bidders"].each())
}

// decision turns decide: {vendor: karst} into the text "vendor: karst".
func decision(n *node) *node {
	if n.shape != mapping || len(n.pairs()) != 1 || n.pairs()[0].key.text != "vendor" || n.pairs()[0].value.shape != text {
		return n
	}
	return &node{shape: text, line: n.line, column: n.column, text: "vendor: " + n.pairs()[0].value.text}
}

// wrong says which type of value is wanted.
func (d *decoder) wrong(n *node, t reflect.Type, name string, l limit) bool {
	d.fault(n, "%s wants %s, not %s", quote(name), d.wanted(t, l), n.describe())
	return false
}

// wanted describes the values of a type for a message.
func (d *decoder) wanted(t reflect.Type, l limit) string {
	switch t {
	case reflect.TypeFor[model.Bidders]():
		return "the word all, or a list of bidders"
	case reflect.TypeFor[model.Threshold]():
		return "a number above 0, or none"
	case reflect.TypeFor[model.Date]():
		return "a date such as 2026-11-01"
	}
	if l.form != "" {
		return l.form
	}
	if l.least > 0 && l.least == l.most {
		return plain(l.least)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.wanted(t.Elem(), l)
	case reflect.Struct:
		return "keys with values, such as " + d.fields(t)[0].key
	case reflect.Map:
		return "names with values"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number " + span(l)
	case reflect.Float64:
		return "a number " + span(l)
	}
	if len(l.words) > 0 {
		return oneOf(l.words)
	}
	return "a text"
}

// span describes the range of a number for a message.
func span(l limit) string {
	switch {
	case l.above && l.most == 0:
		return fmt.Sprintf("above %s", plain(l.least))
	case l.above:
		return fmt.Sprintf("above %s and at most %s", plain(l.least), plain(l.most))
	case l.most == 0:
		return fmt.Sprintf("not below %s", plain(l.least))
	}
	return fmt.Sprintf("from %s to %s", plain(l.least), plain(l.most))
}
