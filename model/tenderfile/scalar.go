package tenderfile

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// scalar writes a text, a number or a truth value.
func (d *decoder) scalar(n *node, v reflect.Value, name string, l limit) bool {
	switch v.Kind() {
	case reflect.String:
		return d.text(n, v, name, l)
	case reflect.Bool:
		if n.shape != truth {
			return d.wrong(n, v.Type(), name, l)
		}
		v.SetBool(n.text == "true")
		return true
	}
	f, ok := d.number(n, v.Type(), name, l)
	if !ok {
		return false
	}
	if v.Kind() == reflect.Float64 {
		v.SetFloat(f)
	} else {
		v.SetInt(int64(f))
	}
	return true
}

func (d *decoder) text(n *node, v reflect.Value, name string, l limit) bool {
	if n.shape == number || n.shape == truth {
		d.fault(n, "%s wants a text; write %s in quotes, as \"%[2]s\"", quote(name), strings.Trim(quote(n.text), `"`))
		return false
	}
	if n.shape != text {
		return d.wrong(n, v.Type(), name, l)
	}
	if len(l.words) > 0 && !slices.Contains(l.words, n.text) {
		d.fault(n, "unknown %s %s; write %s", name, quote(n.text), oneOf(l.words))
		return false
	}
	if l.required && strings.TrimSpace(n.text) == "" {
		d.fault(n, "%s is empty; write %s", quote(name), l.sample)
		return false
	}
	if strings.ContainsFunc(n.text, control) {
		d.fault(n, "%s holds a control character; remove it", quote(name))
		return false
	}
	v.SetString(n.text)
	return true
}

// control holds for characters that a text cannot hold. An escape in quotes
// could otherwise bring them into tables and terminals.
func control(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || 0x7f <= r && r < 0xa0
}

// number reads a number within its limit. A whole number is wanted where t is
// an integer.
func (d *decoder) number(n *node, t reflect.Type, name string, l limit) (float64, bool) {
	if n.shape == text && plainNumber.MatchString(n.text) {
		d.fault(n, "%s wants a number; write %s without quotes", quote(name), n.text)
		return 0, false
	}
	if n.shape != number {
		return 0, d.wrong(n, t, name, l)
	}
	f, err := strconv.ParseFloat(n.text, 64)
	whole := t.Kind() == reflect.Int
	if err != nil || !plainNumber.MatchString(n.text) || whole && strings.ContainsAny(n.text, ".eE") {
		d.fault(n, "%s is not readable as %s; write digits, such as %s", strings.Trim(quote(n.text), `"`), d.wanted(t, l), example(whole))
		return 0, false
	}
	if f < l.least || l.above && f == l.least || f > l.top() {
		if f > l.least && l.most == 0 {
			l.most = ordinaryMost
		}
		d.fault(n, "%s is %s; write %s", quote(name), strings.Trim(quote(n.text), `"`), d.wanted(t, l)+zeroHint(name, f, l))
		return 0, false
	}
	return f, true
}

func example(whole bool) string {
	if whole {
		return "12"
	}
	return "12 or 0.5"
}

// zeroHint reminds of how something is switched off, since a weight below zero
// mostly means that.
func zeroHint(name string, f float64, l limit) string {
	if f < 0 && l.least == 0 && !l.above && l.most == 0 {
		return "; 0 means off"
	}
	return ""
}

func (d *decoder) threshold(n *node, to *model.Threshold, name string, l limit) bool {
	if n.shape == text && n.text == "none" {
		to.None = true
		return true
	}
	if n.shape == text && !plainNumber.MatchString(n.text) {
		return d.wrong(n, reflect.TypeFor[model.Threshold](), name, l)
	}
	f, ok := d.number(n, reflect.TypeFor[float64](), name, l)
	if ok {
		to.T = f
	}
	return ok
}

func (d *decoder) date(n *node, to *model.Date, name string, l limit) bool {
	if n.shape != text {
		return d.wrong(n, reflect.TypeFor[model.Date](), name, l)
	}
	day, err := model.ParseDate(n.text)
	if err != nil {
		d.fault(n, "%s is no date; write it as 2026-11-01", quote(n.text))
		return false
	}
	if day == 0 {
		d.fault(n, "1970-01-01 cannot be told from a date that is not stated; write 1970-01-02, or leave the key out")
		return false
	}
	*to = day
	return true
}

// plain writes a number as a person does.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
